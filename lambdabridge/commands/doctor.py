"""`lambdabridge doctor [TEMPLATE|cdk.out|FOLDER]`: what will fail or hurt, before it is deployed."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

from lambdabridge.commands.common import Subparsers, add_parameter


def add(commands: Subparsers[Any]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "doctor",
        help="say what will fail when a template is deployed",
        description="Look at a SAM or CloudFormation template or a synthesised CDK stack, the package and this machine, "
        "and say what will fail or hurt. Nothing is executed of the application, nothing is asked of AWS.",
        epilog="Exit status: 0; 1 if there is an error (with --strict also a warning); 2 if there is nothing to look at.",
    )
    parser.add_argument(
        "place",
        metavar="PLACE",
        nargs="?",
        default=".",
        help="a template, a folder with one, a CDK app or its cdk.out, or a built package (default: this folder)",
    )
    parser.add_argument("--strict", action="store_true", help="exit with 1 for warnings, too")
    parser.add_argument("--json", action="store_true", help="the report as JSON")
    parser.add_argument(
        "--ignore", metavar="CHECK", action="append", default=[], help="leave a check out; can be repeated"
    )
    parser.add_argument("--checks", action="store_true", help="list the checks, and look at nothing")
    add_parameter(parser)
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Print the report and return the exit status."""
    from datetime import date
    from pathlib import Path

    from lambdabridge.doctor.doctor import examine
    from lambdabridge.doctor.report import as_json, as_text, table
    from lambdabridge.gateway.terminal import is_colored

    if given.checks:
        print(table())
        return 0
    report = examine(Path(given.place), dict(given.parameter), os.environ, date.today(), given.ignore)
    print(as_json(report) if given.json else as_text(report, colored=is_colored(sys.stdout)))
    failing = report.count("error") + (report.count("warning") if given.strict else 0)
    return 1 if failing else 0
