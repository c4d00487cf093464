"""From a function's result to HTTP: what the front doors' own sides share. Each refusal is a BadResultError with its reason.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-output-format
"""

from __future__ import annotations

from lambdabridge.errors import BadResultError
from lambdabridge.messages import Response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lambdabridge.types import Headers


def check_object(result: object) -> dict[str, Any]:
    """Return the result if it is an object."""
    if not isinstance(result, dict):
        raise BadResultError(f"the result must be an object and is {type(result).__name__}")
    return result


def status_code(members: dict[str, Any], default: int | None) -> int:
    """Return statusCode, an integer or its digits; None as the default means that it is required."""
    value = members.get("statusCode")
    if value is None:
        value = default
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 100 <= value <= 999:
        raise BadResultError(f"statusCode must be an HTTP status and is {value!r}")
    return value


def header_lines(members: dict[str, Any]) -> tuple[Headers, Headers]:
    """Return the lines of `headers` and of `multiValueHeaders`."""
    single: Headers = []
    multi: Headers = []
    for name, value in _map(members, "headers").items():
        single.append((name.lower(), _text(name, value)))
    for name, values in _map(members, "multiValueHeaders").items():
        if not isinstance(values, list):
            raise BadResultError(f"multiValueHeaders[{name!r}] must be a list and is {type(values).__name__}")
        multi += [(name.lower(), _text(name, value)) for value in values]
    return single, multi


def cookie_lines(members: dict[str, Any]) -> Headers:
    """Return the lines of `cookies`, a list of strings."""
    cookies = members.get("cookies") or []
    if not isinstance(cookies, list) or not all(isinstance(cookie, str) for cookie in cookies):
        raise BadResultError(f"cookies must be a list of strings and is {cookies!r:.60}")
    return [("set-cookie", cookie.strip(" \t")) for cookie in cookies]


def _map(members: dict[str, Any], member: str) -> dict[str, Any]:
    value = members.get(member)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BadResultError(f"{member} must be an object and is {type(value).__name__}")
    return value


def _text(name: str, value: object) -> str:
    if isinstance(value, str):
        return value.strip(" \t")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    raise BadResultError(f"the header {name!r} must be a string and is {type(value).__name__}")


def merge(status: int, lines: Headers, body: bytes, default_content_type: str) -> Response:
    """Return the response with its lines, the same line once, and the front door's Content-Type where there is none."""
    headers = list(dict.fromkeys(lines))
    if not any(name == "content-type" for name, _ in headers):
        headers.append(("content-type", default_content_type))
    return Response(status, headers, body)
