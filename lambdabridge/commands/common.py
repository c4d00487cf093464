"""The options that several commands have: what TARGET is, and which API stands in front of it."""

from __future__ import annotations

import argparse
import sys

from lambdabridge.gateway.settings import APIS, KINDS, STAGES

Subparsers = argparse._SubParsersAction  # noqa: SLF001 - argparse has no public name for it


def add_target(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    """Add TARGET and how it is taken."""
    parser.add_argument(
        "target",
        metavar="TARGET",
        nargs=None if required else "?",
        help="module:attribute or path/to/file.py:attribute, an application or a handler",
    )
    parser.add_argument(
        "--interface",
        choices=("auto", "wsgi", "asgi", "asgi2", "handler"),
        default="auto",
        help="what TARGET is (default: found by itself)",
    )
    parser.add_argument("--traceback", action="store_true", help="show the traceback when TARGET can't be imported")


def find_target_from_here() -> None:
    """Let TARGET's module be found in the current folder, as `python -m` finds one."""
    sys.path.insert(0, "")


def add_api(parser: argparse.ArgumentParser) -> None:
    """Add which API it is and how it is set."""
    kinds = ", ".join(f"{name} ({kind})" for name, kind in KINDS.items())
    stages = ", ".join(f"{stage.replace('%', '%%')} for {name}" for name, stage in STAGES.items())
    parser.add_argument(
        "--api",
        "--source",
        dest="api",
        metavar="API",
        choices=tuple(APIS),
        default="http",
        help=f"{kinds}; default: http",
    )
    parser.add_argument("--stage", default="", help=f"stage name (default: {stages})")
    parser.add_argument(
        "--binary-media-types",
        metavar="TYPES",
        type=_types,
        default=(),
        help="comma-separated binaryMediaTypes of the REST API (default: none, as in AWS)",
    )
    parser.add_argument(
        "--multi-value-headers", action="store_true", help="the ALB's target group has multi-value headers enabled"
    )


def add_parameter(parser: argparse._ActionsContainer) -> None:
    """Add --parameter, as a list of (name, value)."""
    parser.add_argument(
        "--parameter",
        metavar="NAME=VALUE",
        action="append",
        type=assignment,
        default=[],
        help="value of a template's parameter; can be repeated",
    )


def assignment(text: str) -> tuple[str, str]:
    """Return (name, value) of NAME=VALUE, for argparse."""
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"expected NAME=VALUE, not {text!r}")
    return name, value


def _types(text: str) -> tuple[str, ...]:
    # "*~1*" is how a SAM template writes "*/*"
    return tuple(entry.strip().replace("~1", "/") for entry in text.split(",") if entry.strip())
