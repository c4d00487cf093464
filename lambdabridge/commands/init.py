"""`lambdabridge init [TARGET]`: what SAM or CDK need to deploy an application, written into the current folder."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any

from lambdabridge.commands.common import Subparsers, assignment
from lambdabridge.errors import ConfigurationError


def add(commands: Subparsers[Any]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "init",
        help="write what SAM or CDK need to deploy an application",
        description="Write a SAM template (or a CDK app) for the application in the current folder: an API's catch-all "
        "routes, permissions, logs, traces. No code of yours is run, and no file that differs is written over.",
    )
    parser.add_argument(
        "target",
        metavar="TARGET",
        nargs="?",
        default="",
        help="module:name or path/to/file.py:name of the application (default: the only one in this folder)",
    )
    tool = parser.add_mutually_exclusive_group()
    tool.add_argument("--sam", dest="tool", action="store_const", const="sam", default="sam", help="AWS SAM (default)")
    tool.add_argument("--cdk", dest="tool", action="store_const", const="cdk", help="AWS CDK, in Python")
    parser.add_argument("--api", choices=("http", "rest", "function-url"), default="http", help="default: http")
    _add_function(parser)
    parser.add_argument("--output", metavar="FILE", default="", help="the template (default: template.yaml) or CDK app")
    parser.add_argument("--force", action="store_true", help="write over files that differ")
    parser.add_argument("--print", action="store_true", help="print the files instead of writing them")
    parser.set_defaults(run=run)


def _add_function(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--name", default="", help="of the stack (default: this folder's)")
    parser.add_argument("--python", metavar="VERSION", default="3.13", help="of the Lambda runtime (default: 3.13)")
    parser.add_argument("--arch", choices=("arm64", "x86_64"), default="arm64", help="default: arm64")
    parser.add_argument("--memory", type=int, metavar="MB", default=1024, help="default: 1024")
    parser.add_argument("--timeout", type=int, metavar="SECONDS", default=29, help="default: 29")
    parser.add_argument(
        "--cors", metavar="ORIGINS", type=_words, default=(), help="comma-separated; the API answers preflights"
    )
    parser.add_argument(
        "--env",
        metavar="NAME=VALUE",
        action="append",
        type=assignment,
        default=[],
        help="environment variable; repeatable",
    )
    parser.add_argument(
        "--secret",
        metavar="NAME",
        action="append",
        default=[],
        help="environment variable with a random value that AWS Secrets Manager makes and keeps; repeatable",
    )


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def run(given: argparse.Namespace) -> int:
    """Write the files and return the exit status."""
    from lambdabridge.deploy import files, plan
    from lambdabridge.deploy.application import find
    from lambdabridge.deploy.settings import Settings

    project = Path.cwd()
    settings = Settings(
        name=given.name or _stack_name(project),
        tool=given.tool,
        api=given.api,
        python=given.python,
        arch=given.arch,
        memory=given.memory,
        timeout=given.timeout,
        cors=given.cors,
        env=dict(given.env),
        secrets=tuple(dict.fromkeys(given.secret)),
        output=given.output,
    )
    settings.check()
    application = find(project, given.target)
    made = plan.make(project, application, settings)
    if given.print:
        for file in made.files:
            print(f"--- {file.path}\n{file.text}")
        return 0
    lines = files.write(project, made.files, force=given.force)
    handler = f", with the handler `{application.handler[1]}`" if application.handler else ""
    print(f"Found {application.title} `{application.label}` in {application.file}{handler}.")
    print("\n".join([*lines, *made.notes, "Next:", *(f"  {command}" for command in made.commands)]))
    return 0


def _stack_name(project: Path) -> str:
    """Return the folder's name as a stack may be called."""
    name = re.sub(r"[^A-Za-z0-9]+", "-", project.name).strip("-")[:100]
    if not name:
        raise ConfigurationError("This folder's name has no letters or digits for a stack's name: give --name.")
    return name if name[0].isalpha() else f"app-{name}"
