"""Checks of routes: a catch-all has to get every request, and be given the time to answer it.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-set-up-simple-proxy.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lambdabridge.doctor.findings import Seen
from lambdabridge.doctor.subject import Subject
from lambdabridge.gateway.limits import TIMEOUT
from lambdabridge.gateway.routes import ANY, find
from lambdabridge.gateway.template.stack import Api

_GATEWAYS = ("rest", "http")
_ROOT_GREEDY = re.compile(r"[A-Z]+ /\{[^/{}]+\+\}")


_ROOT = {
    (
        "sam",
        "rest",
    ): "One more of the function's Events: Root: {Type: Api, Properties: {Path: /, Method: ANY}} (RestApiId as "
    "the other has it)",
    (
        "sam",
        "http",
    ): "One more of the function's Events: Root: {Type: HttpApi, Properties: {Path: /, Method: ANY}} (ApiId as "
    "the other has it)",
    ("cdk", "rest"): 'api.root.add_method("ANY"); LambdaRestApi(handler=..., proxy=True) has both.',
    ("cdk", "http"): 'api.add_routes(path="/", methods=[HttpMethod.ANY], integration=...), or in place of all routes '
    "HttpApi(default_integration=...)",
    (
        "cloudformation",
        "rest",
    ): "One more AWS::ApiGateway::Method: HttpMethod: ANY, ResourceId: the API's RootResourceId",
    ("cloudformation", "http"): "One more AWS::ApiGatewayV2::Route: RouteKey: $default",
}
"""Tool, kind of API -> what to add for /."""


def root_route(subject: Subject) -> Iterator[Seen]:
    """Find an API that routes everything to the function but `/`."""
    for api in _with_catch_all(subject):
        if not _methods(api, "/"):
            greedy = next(route.key for route in api.routes if _ROOT_GREEDY.fullmatch(route.key))
            cure = _ROOT[subject.tool, api.kind]
            yield Seen(api.name, f"{greedy} is routed to the function, and nothing takes /.", cure)


def methods(subject: Subject) -> Iterator[Seen]:
    """Find a catch-all that takes some methods only."""
    for api in _with_catch_all(subject):
        for path, shown in (("/", "/"), ("/lambdabridge-doctor/x", "/{proxy+}")):
            served = _methods(api, path)
            missing = sorted(ANY - served - ({"OPTIONS"} if api.cors else set()))
            if served and missing:
                yield Seen(
                    api.name,
                    f"{shown} takes {', '.join(sorted(served))} and not {', '.join(missing)}.",
                    subject.say("Method: ANY", "methods=[HttpMethod.ANY], or add_method('ANY')", "HttpMethod: ANY"),
                )


def timeout(subject: Subject) -> Iterator[Seen]:
    """Find a function that may run for longer than its API waits."""
    if subject.streams:
        return
    for (api, name), (seconds, patience) in _waits(subject).items():
        if seconds > patience:
            yield Seen(
                name,
                f"Its timeout is {seconds:g} seconds, and {api} waits {patience:g}.",
                subject.say(f"Timeout: {patience:g}", f"timeout=Duration.seconds({patience:g})"),
                "Timeout",
            )


def _waits(subject: Subject) -> dict[tuple[str, str], tuple[float, float]]:
    """Return (API, function) -> (seconds of the function, seconds that the API waits for it at most)."""
    found: dict[tuple[str, str], tuple[float, float]] = {}
    for api, route, function in subject.routes_to(_GATEWAYS):
        seconds = str(function.properties.get("Timeout") or 3)
        if seconds.isdecimal():
            patience = max(route.timeout or TIMEOUT[api.kind], found.get((api.name, function.name), (0.0, 0.0))[1])
            found[api.name, function.name] = (float(seconds), patience)
    return found


def _with_catch_all(subject: Subject) -> list[Api]:
    """Return the APIs that have a {proxy+} at their root, and so leave routing to the application."""
    return [
        api
        for api in subject.apis
        if api.kind in _GATEWAYS
        and any(_ROOT_GREEDY.fullmatch(route.key) and (route.function or route.unserved) for route in api.routes)
    ]


def _methods(api: Api, path: str) -> set[str]:
    """Return the methods that some route takes for a path."""
    keys = tuple(route.key for route in api.routes)
    return {method for method in ANY if find(keys, method, path, is_rest=api.kind == "rest")}
