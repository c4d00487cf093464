"""The command line. What goes wrong is one sentence on standard error and exit status 2; the commands are in commands/."""

from __future__ import annotations

import argparse
import os
import sys

from lambdabridge import __version__
from lambdabridge.commands import build, cold, doctor, event, init, invoke, serve
from lambdabridge.commands.output import discard_rest
from lambdabridge.errors import BridgeError

COMMANDS = (serve, event, invoke, init, build, cold, doctor)


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status."""
    if sys.stderr is None:  # closed; print() would take standard output for it, which is the response's
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - as long as the process
    parser = _parser()
    given = parser.parse_args(arguments)
    try:
        return int(given.run(given))
    except BridgeError as error:
        cause = error.__cause__ if hasattr(given, "traceback") else None
        if cause is not None and given.traceback:
            import traceback

            traceback.print_exception(cause)
        print(f"lambdabridge: {error}", file=sys.stderr)
        if cause is not None and not given.traceback:
            print("(--traceback shows where)", file=sys.stderr)
        return 2
    except BrokenPipeError:  # `| head` has seen enough
        discard_rest(sys.stdout)
        return 141
    except KeyboardInterrupt:  # while it was starting; once it serves, Ctrl-C is how it ends
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lambdabridge", description="Run a WSGI or ASGI application on AWS Lambda.")
    parser.add_argument("--version", action="version", version=f"lambdabridge {__version__}")
    names = ",".join(command.__name__.rpartition(".")[2] for command in COMMANDS)
    commands = parser.add_subparsers(required=True, metavar=f"{{{names}}}", dest="command")
    for command in COMMANDS:
        command.add(commands)
    return parser
