"""Which route of an API takes a request, and what its path variables are.

A route is written as API Gateway's console and SAM write it: "ANY /{proxy+}", "GET /users/{id}", "$default". The method and
the resource decide together: a literal resource that lacks the method leaves the request to {proxy+} (measured on AWS,
ministack 7057b2d). A literal segment goes before a {variable}, that before a {greedy+} one, which matches no empty rest.
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import unquote

DEFAULT = "$default"
CATCH_ALL = {"rest": ("ANY /", "ANY /{proxy+}"), "rest-template": ("ANY /", "ANY /{proxy+}")}
"""--api -> the routes of an API that leaves all routing to the application; $default for those that are not here."""


ANY = frozenset(("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"))
"""What ANY is at a REST API (LocalStack's and SAM CLI's code); nobody saw an HTTP API refuse a method."""


class Match(NamedTuple):
    """A route, its resource ("/{proxy+}") and the path variables, percent-encoded as they came."""

    route: str
    resource: str
    path_parameters: dict[str, str]


def find(routes: tuple[str, ...], method: str, path: str, *, is_rest: bool) -> Match | None:
    """Return the best match for a raw path below the stage; None if no route takes it.

    A REST API ignores slashes at both ends (LocalStack, ls-rest-with-prepended-slash, -trailing-slash); nobody saw what an
    HTTP API does, so that there a slash at the end is an empty segment, which no variable matches.
    """
    path = path.strip("/") if is_rest else path.removeprefix("/")
    found: list[tuple[list[int], bool, Match]] = []
    for route in routes:
        its_method, _, resource = route.partition(" ")
        is_any = its_method == "ANY" and (not is_rest or method in ANY)
        if resource and (its_method == method or is_any):
            rank, parameters = _match(resource, path.split("/") if path else [])
            if rank is not None:
                found.append((rank, its_method == method, Match(route, resource, parameters)))
    if found:
        return max(found, key=lambda entry: entry[:2])[2]
    return Match(DEFAULT, DEFAULT, {}) if DEFAULT in routes else None


_LITERAL, _VARIABLE, _GREEDY = 2, 1, 0


def _match(resource: str, segments: list[str]) -> tuple[list[int] | None, dict[str, str]]:
    """Return (how good each segment fits, path variables), or (None, {}) if the resource does not match."""
    wanted = resource.strip("/").split("/") if resource.strip("/") else []
    rank: list[int] = []
    parameters: dict[str, str] = {}
    for number, name in enumerate(wanted):
        rest = "/".join(segments[number:])
        if name.endswith("+}") and rest:
            return [*rank, _GREEDY], {**parameters, name[1:-2]: rest}
        if number == len(segments):
            return None, {}
        if name.startswith("{") and segments[number]:
            rank.append(_VARIABLE)
            parameters[name[1:-1]] = segments[number]
        elif unquote(segments[number]) == name:
            rank.append(_LITERAL)
        else:
            return None, {}
    return (rank, parameters) if len(wanted) == len(segments) else (None, {})
