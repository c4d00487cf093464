"""`lambdabridge serve TARGET`: an application or a handler behind a gateway on this machine."""

from __future__ import annotations

import argparse
from typing import Any

from lambdabridge.commands.common import Subparsers, add_api, add_parameter, add_target, find_target_from_here
from lambdabridge.errors import ConfigurationError
from lambdabridge.gateway.settings import OF_PROCESSES, Settings


def add(commands: Subparsers[Any]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "serve",
        help="run an application behind a local API Gateway",
        description="Run an application or a handler behind a local API Gateway: HTTP becomes the event that AWS sends, "
        "the handler's result becomes HTTP again.",
    )
    add_target(parser, required=False)
    add_api(parser)
    parser.add_argument(
        "--base-path",
        metavar="PATH",
        default="",
        help="as behind a custom domain with this base path ('/': without one): no stage in the client's path",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    parser.add_argument(
        "--port", type=int, default=8000, help="port of the first API (default: 8000; 0: any free ones)"
    )
    parser.add_argument(
        "--timeout",
        type=float,
        default=29,
        metavar="SECONDS",
        help="the function's timeout (default: 29; 0: none, to debug)",
    )
    parser.add_argument("--reload", action="store_true", help="start anew when a Python file changes")
    parser.add_argument("--no-inspector", dest="inspector", action="store_false", help="no page at /_lambdabridge/")
    _add_template(parser)
    _add_runtime(parser)
    parser.set_defaults(run=run)


def _add_template(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("a template in place of TARGET")
    group.add_argument(
        "--template",
        metavar="FILE",
        default="",
        help="SAM or CloudFormation template, a folder with one, or a CDK app's cdk.out: each API on a port of its own",
    )
    add_parameter(group)


def _add_runtime(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(
        "processes as on Lambda", "AWS's runtime client against a Runtime API of ours; needs lambdabridge[runtime]"
    )
    group.add_argument(
        "--runtime", action="store_true", help="run functions in processes (several of a template always are)"
    )
    for flag, kind, metavar, text in (
        (
            "--concurrency",
            int,
            "N",
            f"processes at once, more requests are throttled (default: {_DEFAULTS.concurrency})",
        ),
        ("--queue", float, "SECONDS", "let a request wait for a free process, as Lambda does not (default: 0)"),
        ("--provisioned", int, "N", "initialise N processes at start (default: 0)"),
        ("--memory", int, "MB", f"memory size to report; not enforced (default: {_DEFAULTS.memory})"),
    ):
        group.add_argument(flag, type=kind, metavar=metavar, help=text)
    group.add_argument(
        "--no-freeze", dest="freeze", action="store_false", default=None, help="let processes run on between requests"
    )


_DEFAULTS = Settings("")


def run(given: argparse.Namespace) -> int:
    """Serve until Ctrl-C and return the exit status."""
    from lambdabridge.gateway.server import serve

    if bool(given.target) == bool(given.template):
        raise ConfigurationError("Expected TARGET or --template FILE, and not both.")
    runtime = {name: getattr(given, name) for name in OF_PROCESSES if getattr(given, name) is not None}
    if runtime and not given.runtime and not given.template:
        flag = "no-freeze" if "freeze" in runtime and len(runtime) == 1 else next(name for name in runtime)
        raise ConfigurationError(f"--{flag} is for processes: it goes with --runtime.")
    if given.parameter and not given.template:
        raise ConfigurationError("--parameter is for a template: it goes with --template FILE.")
    if given.template and (given.stage or given.base_path or given.binary_media_types or given.multi_value_headers):
        raise ConfigurationError(
            "--stage, --base-path, --binary-media-types and --multi-value-headers: see the template."
        )
    if given.template and (given.api, given.interface, given.timeout) != ("http", "auto", 29):
        raise ConfigurationError("--api, --interface and --timeout: see the template.")
    find_target_from_here()
    settings = Settings(
        target=given.target or "",
        api=given.api,
        stage=given.stage,
        base_path=given.base_path,
        binary_media_types=given.binary_media_types,
        multi_value_headers=given.multi_value_headers,
        interface=given.interface,
        host=given.host,
        port=given.port,
        timeout=given.timeout,
        inspector=given.inspector,
        runtime=given.runtime or bool(runtime),
        template=given.template,
        parameters=dict(given.parameter),
        **runtime,
    )
    settings.check()
    return serve(settings, reload=given.reload)
