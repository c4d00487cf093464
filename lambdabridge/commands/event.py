"""`lambdabridge event METHOD PATH`: the event that a front door sends for a request, as JSON on standard output."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from lambdabridge.commands.common import Subparsers, add_api
from lambdabridge.commands.output import write_json
from lambdabridge.commands.request import add_request, make_client, method, request_options


def add(commands: Subparsers[Any]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "event",
        help="print the event that API Gateway sends for a request",
        description="Print the event that a front door sends for a request, as JSON: for the console's test, for "
        "`sam local invoke -e`, for a test's fixture.",
    )
    parser.add_argument("method", metavar="METHOD", type=method, help="GET, POST, ...")
    parser.add_argument("path", metavar="PATH", help="the application's path, with the query: '/x?y=1'")
    add_request(parser)
    add_api(parser)
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Print the event and return the exit status: 1 if the front door would answer by itself."""
    client = make_client(_answer, given, interface="handler")
    response = client.request(given.method, given.path, **request_options(given))
    if response.event is None:
        print(f"lambdabridge: There is no event: {response.reason}", file=sys.stderr)
        return 1
    write_json(response.event)
    return 0


def _answer(event: object, context: object) -> dict[str, int]:
    """Answer as a function that any front door understands."""
    return {"statusCode": 200}
