"""From settings to a deployment, and what the terminal says of it: each URL, route, function, and what is left out."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from lambdabridge.gateway.deployment import Deployment, LambdaSide, from_stack, from_target
from lambdabridge.gateway.environment import Environment
from lambdabridge.gateway.runtime.names import INTERFACE, TARGET

if TYPE_CHECKING:
    from lambdabridge.gateway.deployment import Endpoint
    from lambdabridge.gateway.runtime.function import Function
    from lambdabridge.gateway.settings import Settings
    from lambdabridge.gateway.template.stack import Stack


def read_template(settings: Settings) -> Stack | None:
    """Return what the template deploys; None where there is none."""
    if not settings.template:
        return None
    from lambdabridge.gateway.template.reading import read_stack

    return read_stack(settings.template, settings.parameters)


def make_deployment(settings: Settings, stack: Stack | None) -> Deployment:
    """Return what is to be served, a template's stack or the settings' target; nothing of it is started."""
    if stack is not None:
        is_here = len(stack.functions) == 1 and not settings.runtime
        return from_stack(settings, stack, _here if is_here else _in_processes)
    if not settings.runtime:
        return from_target(settings, Environment(settings.target, settings.interface, settings.timeout))
    from lambdabridge.gateway.runtime.function import function_of
    from lambdabridge.gateway.runtime.service import RuntimeEnvironment

    return from_target(settings, RuntimeEnvironment(function_of(settings)))


def _here(function: Function) -> LambdaSide:
    """Return a template's only function in this process, where a debugger works; else as in a process of its own.

    What is in the current folder is no part of the function: its own folder takes that one's place.
    """
    variables = function.variables(os.environ, "", function.folder, "local")
    os.environ.update({name: value for name, value in variables.items() if name not in _OF_ANOTHER_PROCESS})
    if sys.path and os.path.realpath(sys.path[0] or ".") == os.path.realpath("."):
        del sys.path[0]
    sys.path.insert(0, function.folder)
    os.chdir(function.folder)
    return Environment(
        function.target, function.interface, function.timeout, name=function.name, memory=function.memory
    )


_OF_ANOTHER_PROCESS = ("AWS_LAMBDA_RUNTIME_API", "LANG", "PYTHONIOENCODING", "TZ", TARGET, INTERFACE)
"""What Lambda's processes have and this one can't: its Runtime API, what is read when Python starts."""


def _in_processes(function: Function) -> LambdaSide:
    from lambdabridge.gateway.runtime.service import RuntimeEnvironment

    def log(line: str) -> None:
        print(f"{function.name}: {line}", file=sys.stderr, flush=True)

    return RuntimeEnvironment(function, log)


def announce(settings: Settings, deployment: Deployment) -> None:
    """Say what is served where."""
    lines = []
    for endpoint in deployment.endpoints:
        own = endpoint.settings
        url = _url(own)
        lines.append(f"{url}{own.stage_path}/  ->  {own.target}  ({own.kind}; Ctrl-C stops)")
        lines += _routes(endpoint) if settings.template else []
    if settings.inspector:
        lines.append(f"inspector: {_url(deployment.endpoints[0].settings)}/_lambdabridge/")
    lines += [f"note: {note}" for note in deployment.notes]
    print("\n".join(lines), file=sys.stderr, flush=True)


def _url(settings: Settings) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}"


def _routes(endpoint: Endpoint) -> list[str]:
    door = next(iter(endpoint.doors.values()))
    lines = []
    for key in door.routes:
        target = endpoint.targets.get(key)
        served_by = target.name if target else "a mock integration"
        lines.append(f"    {key}  ->  {'501, not run here' if key in endpoint.unserved else served_by}")
    return lines
