"""What is wrong with an event that could not be decoded, member by member. Imported only when one could not."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lambdabridge.types import Event

_MEMBERS: dict[str, tuple[type | None, ...]] = {
    "body": (str, None),
    "cookies": (list, None),
    "headers": (dict, None),
    "httpMethod": (str,),
    "isBase64Encoded": (bool, None),
    "multiValueHeaders": (dict, None),
    "multiValueQueryStringParameters": (dict, None),
    "path": (str,),
    "pathParameters": (dict, None),
    "queryStringParameters": (dict, None),
    "rawPath": (str,),
    "rawQueryString": (str, None),
    "requestContext": (dict, None),
}
_TEXT_VALUES = ("headers", "pathParameters", "queryStringParameters")
_LIST_VALUES = ("multiValueHeaders", "multiValueQueryStringParameters")


def problems(event: Event) -> list[str]:
    """Return a clause for each member of the wrong type: "body must be str or null and is dict"."""
    found: list[str] = []
    for member, types in _MEMBERS.items():
        if member in event:
            _check(found, member, event[member], types)
    for member in _TEXT_VALUES:
        for name, value in _items(event.get(member)):
            _check(found, f"{member}[{name!r}]", value, (str, None))
    for member in _LIST_VALUES:
        for name, values in _items(event.get(member)):
            _check(found, f"{member}[{name!r}]", values, (list, None))
            for value in values if isinstance(values, list) else ():
                _check(found, f"a value of {member}[{name!r}]", value, (str, None))
    cookies = event.get("cookies")
    for cookie in cookies if isinstance(cookies, list) else ():
        _check(found, "a cookie", cookie, (str,))
    context = event.get("requestContext")
    for inner in ("http", "identity"):
        for name, value in _items(context.get(inner) if isinstance(context, dict) else None):
            if name in ("method", "sourceIp"):
                _check(found, f"requestContext.{inner}.{name}", value, (str,) if name == "method" else (str, None))
    if isinstance(context, dict) and "identity" in context:
        _check(found, "requestContext.identity", context["identity"], (dict, None))
    return found


def _items(member: Any) -> list[tuple[str, Any]]:
    return list(member.items()) if isinstance(member, dict) else []


def _check(found: list[str], member: str, value: object, types: tuple[type | None, ...]) -> None:
    if not isinstance(value, tuple(t for t in types if t)) and not (value is None and None in types):
        wanted = " or ".join("null" if t is None else t.__name__ for t in types)
        found.append(f"{member} must be {wanted} and is {type(value).__name__}")
