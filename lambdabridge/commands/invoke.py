"""`lambdabridge invoke TARGET METHOD PATH`: one request to an application through a front door, the response as `curl -i`.

Standard output has the response and nothing else: what the application prints goes to standard error with the rest.
"""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import redirect_stdout
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lambdabridge.adapter import Handler
from lambdabridge.commands.common import Subparsers, add_api, add_target, find_target_from_here
from lambdabridge.commands.output import as_json, write, write_json
from lambdabridge.commands.request import add_request, make_client, method, read_file, request_options, require_werkzeug
from lambdabridge.errors import ConfigurationError
from lambdabridge.gateway.settings import KINDS

if TYPE_CHECKING:
    from lambdabridge.testing import Response
    from lambdabridge.testing.saved import Outcome

FAILED = 22
"""--fail's exit status, as curl's."""


def add(commands: Subparsers[Any]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "invoke",
        help="send one request to an application through API Gateway's events",
        description="Send one request to an application or a handler as it would come through a front door, and print "
        "the response as `curl -i` does.",
    )
    add_target(parser)
    parser.add_argument("method", metavar="METHOD", nargs="?", type=method, help="GET, POST, ...")
    parser.add_argument("path", metavar="PATH", nargs="?", help="the application's path, with the query: '/x?y=1'")
    parser.add_argument(
        "--event",
        metavar="FILE",
        help="a saved event in place of METHOD and PATH ('-': standard input); it names its own API and stage",
    )
    add_request(parser)
    add_api(parser)
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="write the body there; '-': standard output has the body alone"
    )
    parser.add_argument("--show-event", action="store_true", help="print the event on standard error")
    parser.add_argument("--show-result", action="store_true", help="print the function's result on standard error")
    parser.add_argument("--fail", action="store_true", help=f"exit with {FAILED} if the status is 400 or above")
    parser.set_defaults(run=run, api=None)  # None: "http", or what an event says of itself


def run(given: argparse.Namespace) -> int:
    """Send the request, print the response and return the exit status."""
    if (given.event is None) == (given.method is None) or (given.event is None and given.path is None):
        raise ConfigurationError("Expected METHOD and PATH after TARGET, or --event FILE without them.")
    options = request_options(given)
    saved = given.event is not None
    if saved and (len(options) > 1 or options["headers"] or given.stage or given.multi_value_headers):
        raise ConfigurationError(
            "--event FILE is a whole request: -H, -d, --data-file, --json, -F, --stage and --multi-value-headers can't go "
            "with it."
        )
    event = _read_event(given) if saved else None
    given.api = given.api or "http"
    find_target_from_here()
    with redirect_stdout(sys.stderr):
        client = make_client(given.target, given, given.interface)
        try:
            if saved:
                from lambdabridge.testing.saved import send_event

                response: Response | Outcome = send_event(client, event)
            else:
                response = client.request(given.method, given.path, **options)
        finally:
            if isinstance(client.handler, Handler):  # also the module's own: what its shutdown prints belongs here too
                client.handler.close()
    return _show(response, given)


def _read_event(given: argparse.Namespace) -> Any:
    """Return the saved event, and let --source be its own; raise ConfigurationError where another one was asked for."""
    content = read_file(given.event)
    try:
        event = json.loads(content)
        json.dumps(event)
    except ValueError as error:
        raise ConfigurationError(f"{given.event!r} holds no JSON: {error}.") from None
    except RecursionError:
        raise ConfigurationError(f"{given.event!r} holds JSON that is nested too deep for Python.") from None
    require_werkzeug(given.command)
    from lambdabridge.testing.saved import api_of

    api = api_of(event)
    if given.api and given.api != api:
        what = f"is that of {api} ({KINDS[api]})" if api else "is no HTTP event of a known front door"
        raise ConfigurationError(f"--source {given.api}: the event in {given.event!r} {what}.")
    given.api = api
    return event


def _show(response: Response | Outcome, given: argparse.Namespace) -> int:
    for is_wanted, name, value in (
        (given.show_event, "event", response.event),
        (given.show_result, "result", response.result),
    ):
        if is_wanted:
            print(f"{name}: {as_json(value)}", file=sys.stderr)
    if response.reason:
        print(f"lambdabridge: {response.reason}", file=sys.stderr)
    if isinstance(response, tuple):  # an Outcome: the result is all there is
        if not response.reason:
            write_json(response.result)
        return 1 if response.reason else 0
    write(_head(response), sys.stderr if given.output == "-" else None)
    _write_body(response, given.output)
    return FAILED if given.fail and response.status_code >= 400 else 0


def _head(response: Response) -> bytes:
    try:
        phrase = HTTPStatus(response.status_code).phrase
    except ValueError:
        phrase = ""
    lines = [f"HTTP/1.1 {response.status_code} {phrase}".rstrip()]
    lines += [f"{name}: {value}" for name, value in response.headers]
    return "".join(f"{line}\n" for line in [*lines, ""]).encode("latin-1")


def _write_body(response: Response, output: str | None) -> None:
    body = response.content
    if output not in (None, "-"):
        try:
            Path(str(output)).write_bytes(body)
        except OSError as error:
            raise ConfigurationError(f"{output!r} can't be written: {error.strerror}.") from None
        return
    to_terminal = output is None and sys.stdout is not None and sys.stdout.isatty()
    if to_terminal and _is_binary(body):
        kind = response.headers.get("Content-Type", "no type")
        body = f"[{len(body):,} bytes of {kind}, not shown on a terminal: --output FILE keeps them]".encode()
    if to_terminal and body and not body.endswith(b"\n"):
        body += b"\n"
    write(body)


def _is_binary(body: bytes) -> bool:
    try:
        return "\0" in body.decode()
    except UnicodeDecodeError:
        return True
