"""`lambdabridge build [FOLDER] --output DIR`: the folder that is deployed, without Docker."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lambdabridge.commands.common import Subparsers, add_parameter
from lambdabridge.commands.ending import ended_as_by_ctrl_c
from lambdabridge.errors import ConfigurationError

if TYPE_CHECKING:
    from lambdabridge.build.runtimes import Target


def add(commands: Subparsers[Any]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "build",
        help="make the folder that is deployed",
        description="Make the folder that is deployed: the requirements for the function's Python and architecture, the "
        "application's own files, bytecode that holds on Lambda; without what a function never loads, and without Docker.",
    )
    parser.add_argument(
        "folder", metavar="FOLDER", nargs="?", default=".", help="the application's folder (default: this one)"
    )
    parser.add_argument(
        "-o", "--output", metavar="DIR", help="the folder to make; one that an earlier build made is replaced"
    )
    _add_target(parser)
    _add_contents(parser)
    parser.add_argument(
        "--strict", action="store_true", help="no bytecode (no Python of that version here) is an error"
    )
    parser.add_argument(
        "--compile-only", metavar="DIR", help="only write bytecode into a folder that another tool made"
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("-v", "--verbose", action="store_true", help="say all that was left out")
    parser.set_defaults(run=run)


def _add_target(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("what it is built for", "from the template in FOLDER, if there is one")
    group.add_argument("--python", metavar="3.X", help="version of Python (default: 3.13)")
    group.add_argument("--arch", metavar="ARCH", help="arm64 or x86_64 (default: arm64)")
    group.add_argument(
        "--template", metavar="FILE", help="SAM or CloudFormation template that has Runtime and Architectures"
    )
    group.add_argument("--function", metavar="NAME", help="the function's logical id in the template")
    add_parameter(group)


def _add_contents(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("what goes in")
    group.add_argument(
        "-r",
        "--requirements",
        metavar="FILE",
        action="append",
        default=[],
        help="requirements file; repeatable (default: requirements.txt in FOLDER, else its pyproject.toml's dependencies)",
    )
    group.add_argument(
        "--exclude",
        metavar="PATTERN",
        action="append",
        default=[],
        help="leave out these files: 'data', '*.csv', '/docs'",
    )
    group.add_argument(
        "--include",
        metavar="PATTERN",
        action="append",
        default=[],
        help="take these files, though .gitignore or the rules leave them out",
    )
    group.add_argument(
        "--keep",
        metavar="WHAT",
        action="append",
        default=[],
        help="keep a package whole (boto3), or 'tests', 'stubs', 'po', 'bin', 'record', 'all'; repeatable",
    )
    group.add_argument(
        "--installer", choices=("auto", "uv", "pip"), default="auto", help="default: uv where it is found"
    )


def run(given: argparse.Namespace) -> int:
    """Build and return the exit status."""
    from lambdabridge.build.build import build, compile_only
    from lambdabridge.build.settings import Settings

    if bool(given.output) == bool(given.compile_only):
        raise ConfigurationError("Expected --output DIR (or --compile-only DIR, and not both).")
    folder = Path(given.compile_only or given.folder)
    target, origin = _target(given, folder)
    settings = Settings(
        folder=folder,
        output=Path(given.output or given.compile_only),
        target=target,
        requirements=tuple(map(Path, given.requirements)),
        exclude=tuple(given.exclude),
        include=tuple(given.include),
        keep=tuple(given.keep),
        installer=given.installer,
        strict=given.strict,
    )
    say = _quiet if given.json else _say
    if origin:
        say(f"For {target}, as {origin} says.")
    with ended_as_by_ctrl_c():
        report = (compile_only if given.compile_only else build)(settings, say)
    if given.json:
        json.dump(report.as_json(), sys.stdout, indent=2)
        print()
    else:  # all of it on standard output: `sam build` shows make's standard error only where it failed
        encoding = sys.stdout.encoding or "utf-8"  # names of files need not be text
        print("\n".join(report.lines(verbose=given.verbose)).encode(encoding, "backslashreplace").decode(encoding))
    return 0


def _say(line: str) -> None:
    print(line, flush=True)


def _quiet(line: str) -> None:
    """Say nothing."""


def _target(given: argparse.Namespace, folder: Path) -> tuple[Target, str]:
    """Return what is built for, and the template that says so; "" where none does."""
    from lambdabridge.build import runtimes, template

    file = Path(given.template) if given.template else None
    if file is None and not (given.python and given.arch):
        file = template.in_folder(folder)
    if file is None or (given.python and given.arch):
        if given.function or given.parameter:
            raise ConfigurationError("--function and --parameter go with a template, and there is none.")
        return runtimes.target(given.python or runtimes.DEFAULT_PYTHON, given.arch or runtimes.DEFAULT_ARCHITECTURE), ""
    if not file.is_file():
        raise ConfigurationError(f"There is no template {file}.")
    found = template.target_in(file, given.function, dict(given.parameter))
    return runtimes.target(given.python or found.python, given.arch or found.architecture), file.name
