"""The command line: `lambdabridge serve TARGET`. What goes wrong is one sentence on standard error and exit status 2."""

from __future__ import annotations

import argparse
import sys

from lambdabridge import __version__
from lambdabridge.errors import BridgeError


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status."""
    parser = _parser()
    given = parser.parse_args(arguments)
    try:
        return int(given.run(given))
    except BridgeError as error:
        cause = error.__cause__
        if cause is not None and given.traceback:
            import traceback

            traceback.print_exception(cause)
        print(f"lambdabridge: {error}", file=sys.stderr)
        if cause is not None and not given.traceback:
            print("(--traceback shows where)", file=sys.stderr)
        return 2
    except KeyboardInterrupt:  # while it was starting; once it serves, Ctrl-C is how it ends
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lambdabridge", description="Run a WSGI or ASGI application on AWS Lambda.")
    parser.add_argument("--version", action="version", version=f"lambdabridge {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serve = commands.add_parser(
        "serve",
        help="run an application behind a local API Gateway",
        description="Run an application or a handler behind a local API Gateway: HTTP becomes the event that AWS sends, "
        "the handler's result becomes HTTP again.",
    )
    serve.add_argument(
        "target", metavar="TARGET", help="module:attribute or path/to/file.py:attribute, an application or a handler"
    )
    serve.add_argument(
        "--api",
        choices=("http", "http-1.0", "rest", "function-url", "alb"),
        default="http",
        help="HTTP API with payload 2.0 (default) or 1.0, REST API, Function URL or Application Load Balancer",
    )
    serve.add_argument("--stage", default="", help="stage name (default: $default for HTTP APIs, prod for a REST API)")
    serve.add_argument(
        "--binary-media-types",
        metavar="TYPES",
        default="",
        help="comma-separated binaryMediaTypes of the REST API (default: none, as in AWS)",
    )
    serve.add_argument(
        "--multi-value-headers", action="store_true", help="the ALB's target group has multi-value headers enabled"
    )
    serve.add_argument(
        "--interface",
        choices=("auto", "wsgi", "asgi", "asgi2", "handler"),
        default="auto",
        help="what TARGET is (default: found by itself)",
    )
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    serve.add_argument("--port", type=int, default=8000, help="port to listen on (default: 8000; 0: any free one)")
    serve.add_argument("--reload", action="store_true", help="start anew when a Python file changes")
    serve.add_argument("--traceback", action="store_true", help="show the traceback when TARGET can't be imported")
    serve.set_defaults(run=_serve)
    return parser


def _serve(given: argparse.Namespace) -> int:
    from lambdabridge.gateway.server import serve
    from lambdabridge.gateway.settings import Settings

    sys.path.insert(0, "")  # TARGET is found from here, as `python -m` finds it
    settings = Settings(
        target=given.target,
        api=given.api,
        stage=given.stage,
        binary_media_types=tuple(entry.strip() for entry in given.binary_media_types.split(",") if entry.strip()),
        multi_value_headers=given.multi_value_headers,
        interface=given.interface,
        host=given.host,
        port=given.port,
    )
    settings.check()
    return serve(settings, reload=given.reload)
