"""`lambdabridge cold TARGET`: measure an application's cold start with AWS's own runtime client; say what would cut it."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lambdabridge.commands.common import Subparsers, add_api, assignment
from lambdabridge.commands.ending import ended_as_by_ctrl_c
from lambdabridge.commands.output import write
from lambdabridge.commands.request import METHODS, make_client, read_file
from lambdabridge.errors import ConfigurationError

if TYPE_CHECKING:
    from lambdabridge.coldpath.experiment import Options
    from lambdabridge.coldpath.results import Results

_MOST_MEMORY = 10240


def add(commands: Subparsers[Any]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "cold",
        help="measure an application's cold start and say what would cut it",
        description="Measure an application's cold start: processes of AWS's own runtime client, from their start to the "
        "first response and then warm; where the time goes; and what to do next, each cut tried on this application. "
        "Needs lambdabridge[cold], and Linux or macOS.",
    )
    parser.add_argument(
        "target",
        metavar="TARGET",
        nargs="?",
        help="module:attribute or path/to/file.py:attribute, an application or a handler",
    )
    parser.add_argument(
        "--compare",
        nargs=2,
        metavar=("A", "B"),
        help="two targets, or with TARGET two folders, measured in the same rounds",
    )
    parser.add_argument(
        "--folder",
        default="",
        metavar="DIR",
        help="the task root: a build, or the project (default: the current folder)",
    )
    parser.add_argument(
        "--runs", type=int, default=15, metavar="N", help="cold starts of each configuration (default: 15)"
    )
    parser.add_argument("--warm", type=int, default=50, metavar="N", help="warm requests after each (default: 50)")
    parser.add_argument("--request", default="", metavar="'METHOD PATH'", help="the request (default: 'GET /')")
    parser.add_argument("--event", metavar="FILE", help="a saved event in its place ('-': standard input)")
    parser.add_argument(
        "--memory",
        metavar="MB,MB",
        type=_sizes,
        default=(),
        help="memory sizes whose CPU share is tried: 128,512,1024,1769",
    )
    parser.add_argument("--python", default="", metavar="PYTHON", help="the interpreter (default: this command's own)")
    parser.add_argument(
        "--env",
        metavar="NAME=VALUE",
        action="append",
        type=assignment,
        default=[],
        help="an environment variable; again for more",
    )
    parser.add_argument(
        "--timeout", type=float, default=30, metavar="SECONDS", help="for init, and for each request (default: 30)"
    )
    parser.add_argument("--no-advice", dest="advice", action="store_false", help="only measure")
    parser.add_argument(
        "--json", dest="json_file", metavar="FILE", help="write the results there ('-': standard output)"
    )
    parser.add_argument("--html", dest="html_file", metavar="FILE", help="write a page that shows them all")
    parser.add_argument(
        "--budget",
        metavar="LIMIT",
        action="append",
        default=[],
        help="'total<=400ms' or 'total<=1.2x baseline.json': exit with 1 if it is exceeded; again for more",
    )
    add_api(parser)
    parser.set_defaults(run=run)


def _sizes(text: str) -> tuple[int, ...]:
    sizes = [part.strip() for part in text.split(",")]
    if not all(part.isdigit() and 128 <= int(part) <= _MOST_MEMORY for part in sizes):
        raise argparse.ArgumentTypeError(f"expected sizes of 128 to {_MOST_MEMORY} MB, such as 128,512, not {text!r}")
    return tuple(dict.fromkeys(map(int, sizes)))


def run(given: argparse.Namespace) -> int:
    """Measure and report; return the exit status: 1 for an application that fails, and for a budget that is exceeded."""
    _check(given)
    from lambdabridge.coldpath.budget import parse
    from lambdabridge.coldpath.experiment import compare, explain
    from lambdabridge.coldpath.invocation import FailedError

    budgets = [parse(text) for text in given.budget]
    progress = Progress()
    options = _options(given, progress)
    try:
        sides = _sides(given) if given.compare else None
        with ended_as_by_ctrl_c(), _folder_of_its_own():
            results = compare(*sides, options) if sides else explain(given.target, given.folder, options)
    except FailedError as error:
        progress.clear()
        output = error.failure["output"].strip()
        if output:
            print(output, file=sys.stderr)
        print(f"lambdabridge: {error}", file=sys.stderr)
        return 1
    finally:
        progress.clear()
    _show(results, given)
    broken = [sentence for sentence in (budget.broken(results) for budget in budgets) if sentence]
    for sentence in broken:
        print(f"lambdabridge: {sentence}", file=sys.stderr)
    return 1 if broken else 0


@contextmanager
def _folder_of_its_own() -> Iterator[None]:
    """Have all temporary files in one folder, which is removed: Ctrl-C in the middle of a removal would leave some."""
    from lambdabridge.coldpath.process import without_signals

    before, folder = tempfile.tempdir, ""
    try:
        with without_signals():
            folder = tempfile.tempdir = tempfile.mkdtemp(prefix="lambdabridge-cold-")
        yield
    finally:
        with without_signals():
            tempfile.tempdir = before
            shutil.rmtree(folder, ignore_errors=True)


def _check(given: argparse.Namespace) -> None:
    """Raise ConfigurationError, in one sentence, for what can't be."""
    if os.name == "nt":
        raise ConfigurationError(
            "`lambdabridge cold` needs Linux or macOS: AWS's runtime client does not run on Windows."
        )
    if not given.target and not given.compare:
        raise ConfigurationError("Expected TARGET, or --compare A B.")
    if given.runs < 1 or given.warm < 0:
        raise ConfigurationError("--runs has to be 1 or more, and --warm 0 or more.")
    if not 0 < given.timeout <= 900:
        raise ConfigurationError(f"--timeout {given.timeout:g}: expected more than 0 and at most 900 seconds.")
    if given.event and given.request:
        raise ConfigurationError("--event FILE is a whole request: --request can't go with it.")
    for name in filter(None, (given.json_file, given.html_file)):
        path = Path(name).absolute()
        if name != "-" and not path.parent.is_dir():
            raise ConfigurationError(f"{name!r} can't be written: there is no such folder.")
        if path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK):  # told before the measuring
            raise ConfigurationError(f"{name!r} can't be written: it is a folder, or not yours to write.")


def _options(given: argparse.Namespace, progress: Progress) -> Options:
    from lambdabridge.coldpath.experiment import Options

    event, request = _event(given)
    return Options(
        event,
        request,
        runs=given.runs,
        warm=given.warm,
        memory=given.memory,
        python=given.python,
        environment=dict(given.env),
        with_advice=given.advice and not given.compare,
        init_timeout=given.timeout,
        timeout=given.timeout,
        progress=progress,
        say=progress.say,
    )


def _event(given: argparse.Namespace) -> tuple[object, str]:
    """Return the event, and what it is in words."""
    if given.event:
        try:
            return json.loads(read_file(given.event)), f"the event in {given.event}"
        except (ValueError, RecursionError) as error:
            raise ConfigurationError(f"{given.event!r} holds no JSON: {error}.") from None
    method, _, path = (given.request or "GET /").strip().partition(" ")
    if method.upper() not in METHODS or not path.strip().startswith("/"):
        raise ConfigurationError(
            f"--request {given.request!r}: expected a method and a path, such as 'GET /items?page=2'."
        )
    client = make_client(_answer, given, interface="handler")
    response = client.request(method.upper(), path.strip())
    if response.event is None:
        raise ConfigurationError(f"--request {given.request!r}: there is no event: {response.reason}")
    return response.event, f"{method.upper()} {path.strip()} ({given.api})"


def _answer(event: object, context: object) -> dict[str, int]:
    """Answer as a function that any front door understands."""
    return {"statusCode": 200}


def _sides(given: argparse.Namespace) -> tuple[tuple[str, str], tuple[str, str]]:
    """Return (target, folder) of A and of B."""
    a, b = given.compare
    if not given.target:
        return (a, given.folder), (b, given.folder)
    for folder in (a, b):
        if not os.path.isdir(folder):
            raise ConfigurationError(f"--compare {a} {b}: with TARGET these are two folders, and {folder!r} is none.")
    return (given.target, a), (given.target, b)


def _show(results: Results, given: argparse.Namespace) -> None:
    from lambdabridge.coldpath.terminal import lines

    document = json.dumps(results, indent=1) + "\n"
    report = "".join(f"{line}\n" for line in lines(results))
    if given.json_file == "-":
        write(document.encode())
    else:
        write(report.encode("utf-8", "backslashreplace"))
        if given.json_file:
            _save(given.json_file, document)
    if given.html_file:
        from lambdabridge.coldpath.report import render

        _save(given.html_file, render(results))


def _save(name: str, text: str) -> None:
    try:
        Path(name).write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise ConfigurationError(f"{name!r} can't be written: {error.strerror}.") from None


class Progress:
    """One line on standard error, where that is a terminal; elsewhere a line for each step."""

    def __init__(self) -> None:
        self._is_terminal = sys.stderr.isatty()
        self._began = 0.0
        self._shown = 0

    def say(self, what: str) -> None:
        """Tell a step."""
        self._began = time.monotonic()
        self._line(f"{what} ...")

    def __call__(self, done: int, total: int, name: str) -> None:
        """Tell a run."""
        if not self._is_terminal or not name:
            return
        left = (time.monotonic() - self._began) / done * (total - done) if done else 0.0
        about = f", about {left:.0f} s left" if done > 3 else ""
        self._line(f"measuring: {done} of {total} cold starts{about} ({name})")

    def clear(self) -> None:
        """Take the line away."""
        if self._is_terminal and self._shown:
            print(f"\r{' ' * self._shown}\r", end="", file=sys.stderr, flush=True)
            self._shown = 0

    def _line(self, text: str) -> None:
        if not self._is_terminal:
            print(text, file=sys.stderr, flush=True)
            return
        print(f"\r{text:<{self._shown}}", end="", file=sys.stderr, flush=True)
        self._shown = len(text)
