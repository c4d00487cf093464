"""`lambdabridge serve TARGET`: an application or a handler behind a gateway on this machine."""

from __future__ import annotations

import argparse
from typing import Any

from lambdabridge.commands.common import Subparsers, add_api, add_target, find_target_from_here


def add(commands: Subparsers[Any]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "serve",
        help="run an application behind a local API Gateway",
        description="Run an application or a handler behind a local API Gateway: HTTP becomes the event that AWS sends, "
        "the handler's result becomes HTTP again.",
    )
    add_target(parser)
    add_api(parser)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (default: 8000; 0: any free one)")
    parser.add_argument("--reload", action="store_true", help="start anew when a Python file changes")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Serve until Ctrl-C and return the exit status."""
    from lambdabridge.gateway.server import serve
    from lambdabridge.gateway.settings import Settings

    find_target_from_here()
    settings = Settings(
        target=given.target,
        api=given.api,
        stage=given.stage,
        binary_media_types=given.binary_media_types,
        multi_value_headers=given.multi_value_headers,
        interface=given.interface,
        host=given.host,
        port=given.port,
    )
    settings.check()
    return serve(settings, reload=given.reload)
