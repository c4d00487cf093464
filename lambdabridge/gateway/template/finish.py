"""What is left to do when all resources are read: routes find their functions, or a reason why nothing runs for them.

A route that is not run here stays, as one that answers 501: no other route may take its requests.
"""

from __future__ import annotations

import re
import sys
from typing import Any

from lambdabridge.errors import ConfigurationError
from lambdabridge.gateway.template.rest import Resources
from lambdabridge.gateway.template.stack import Api, Route, Stack


def finish(stack: Stack, resources: Resources) -> None:
    """Leave the APIs and the functions that can be served, and say what was left out."""
    _name(stack, resources)
    for api in stack.apis.values():
        if not re.fullmatch(r"[A-Za-z0-9_-]*" + (r"|\$default" if api.kind == "http" else ""), api.stage):
            raise ConfigurationError(
                f"{api.name}: its stage is {api.stage!r}; expected a name of letters, digits, _ and -"
                + (", or $default." if api.kind == "http" else ".")
            )
        for route in api.routes:
            _find_function(stack, api, route)
        _drop_repeated(stack, api)
        _note_authorizers(stack, api)
        if api.routes and not any(route.function for route in api.routes):
            stack.note(f"{api.title or api.name} is not served: no function is behind its routes.")
    stack.apis = {name: api for name, api in stack.apis.items() if any(route.function for route in api.routes)}
    used = {route.function for api in stack.apis.values() for route in api.routes}
    stack.functions = {name: function for name, function in stack.functions.items() if name in used}
    _note_runtimes(stack)


def _name(stack: Stack, resources: Resources) -> None:
    """Give what a CDK app made the names that it has there, where they are not those of several."""
    titles: dict[str, list[Any]] = {}
    for name, one in [*stack.functions.items(), *stack.apis.items()]:
        metadata = resources[name][2].get("Metadata") if name in resources else None
        path = str((metadata or {}).get("aws:cdk:path", "")).split("/")
        if len(path) > 2:
            titles.setdefault(path[-2], []).append(one)
    for title, several in titles.items():
        if len(several) == 1:
            several[0].title = title


def _find_function(stack: Stack, api: Api, route: Route) -> None:
    by_name = {function.function_name: name for name, function in stack.functions.items() if function.function_name}
    if route.mock is None and not route.unserved and route.function not in stack.functions:
        if route.function in by_name:
            route.function = by_name[route.function]
        elif route.function in stack.left_out:
            route.unserved = f"{route.function}: {stack.left_out[route.function]}"
        else:
            route.unserved = "its integration names no function of this template"
    if route.unserved:
        route.function = ""
        if ": " not in route.unserved:  # else the function has its note
            stack.note(f"{api.title or api.name}: {route.key}: {route.unserved}.")
    if route.loses:
        stack.note(f"{api.title or api.name}: {route.key}: {route.loses}.")


def _drop_repeated(stack: Stack, api: Api) -> None:
    first: dict[str, Route] = {}
    for route in api.routes:
        kept = first.setdefault(route.key, route)
        if kept is not route and (kept.function or kept.unserved) != (route.function or route.unserved):
            others = f"{kept.function or 'what is not run here'} and {route.function or 'what is not run here'}"
            stack.note(f"{api.title or api.name}: {route.key} is a route to {others}; the first one is served.")
    api.routes = list(first.values())


def _note_authorizers(stack: Stack, api: Api) -> None:
    served = [route for route in api.routes if route.function]
    kinds = {route.key: route.authorizer or api.authorizer for route in served}
    for key, kind in kinds.items():
        if kind == "API key" and "API key" not in api.authorizer and api.authorizer:
            kinds[key] = f"{api.authorizer} and API key"
    for kind in dict.fromkeys(kinds.values()):
        keys = [key for key, own in kinds.items() if own == kind]
        if kind not in ("", "NONE"):
            which = "" if len(keys) == len(kinds) else f": {', '.join(keys)}"
            who = "its authorizer" if len(keys) == 1 or not which else "their authorizer"
            stack.note(
                f"{api.title or api.name}{which}: {who} ({kind}) is not run here: every request gets through without one."
            )


def _note_runtimes(stack: Stack) -> None:
    here = "python{}.{}".format(*sys.version_info)
    for name, function in stack.functions.items():
        runtime = function.runtime or here
        if runtime != here:
            stack.note(f"{function.title or name} wants {runtime}; it runs on {here[6:]} here.")
