"""From a function's result to HTTP: what each front door takes, in one table, and the decoder that obeys it.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-output-format
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html

Each refusal is a BadResultError with its reason. The encoders in the sources write what this table takes; a test holds them
to it. Imported by the gateway's side only, never in the deployed function.
"""

from __future__ import annotations

from json import dumps
from typing import TYPE_CHECKING, Any, NamedTuple

from lambdabridge.body import decode_result_body
from lambdabridge.errors import BadResultError
from lambdabridge.messages import Response

if TYPE_CHECKING:
    from lambdabridge.types import Headers


class Rules(NamedTuple):
    """What one front door takes.

    lines           the members with header lines that count, in the order in which the client gets them
    status          "number", "number or digits", or the status if there is no statusCode
    content_type    what the client gets where the function said nothing
    only            the members that there may be; empty: others are ignored
    undecodable     the status where the body is said to be base64 and is not; None: as for any result that is refused
    infers          whether a result without statusCode is a body by itself: no, with spaces, compact
    """

    lines: tuple[str, ...]
    status: str | int
    content_type: str
    only: tuple[str, ...] = ()
    infers: str = "no"
    undecodable: int | None = None


_TEXT = "text/plain; charset=utf-8"
_JSON = "application/json"
_BYTES = "application/octet-stream"
# base64Encoded is undocumented; SAM CLI found by trial that REST APIs take it, and read it first
_REST = ("statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded", "base64Encoded")
RULES = {
    "rest_api": Rules(("multiValueHeaders", "headers"), 200, _JSON, only=_REST, undecodable=500),  # ls-rest-binary-19
    "rest_template": Rules(("headers",), 200, _JSON),
    "http_api_v1": Rules(("headers", "multiValueHeaders"), "number or digits", _TEXT),
    "http_api_v2": Rules(("cookies", "headers"), "number or digits", _TEXT, infers="with spaces"),
    "function_url": Rules(("cookies", "headers"), "number or digits", _JSON, infers="compact"),
    "alb": Rules(("headers",), "number", _BYTES),
    "alb, multi-value headers": Rules(("multiValueHeaders",), "number", _BYTES),
    "vpc_lattice": Rules(("headers",), "number", _BYTES),
}
"""By source. Lambda@Edge, whose generated responses have a form of their own, is in lambda_at_edge.py."""


def decode(result: object, rules: Rules, *, decodes_base64: bool = True) -> Response:
    """Return what the client gets for a function's result; raise BadResultError where the front door refuses it."""
    if rules.infers != "no" and (not isinstance(result, dict) or "statusCode" not in result):
        text = result if isinstance(result, str) else _json(result, rules)
        return Response(200, [("content-type", _JSON)], text.encode("utf-8", "replace"))
    if not isinstance(result, dict):
        raise BadResultError(f"the result must be an object and is {type(result).__name__}")
    unknown = sorted(set(result) - set(rules.only)) if rules.only else ()
    if unknown:
        raise BadResultError(f"a REST API rejects the unknown member {', '.join(map(repr, unknown))}")
    body = result.get("body")
    if rules.infers == "compact" and body is not None and not isinstance(body, str):
        body = _json(body, rules)
    is_base64 = result.get("isBase64Encoded")
    if "base64Encoded" in rules.only:
        is_base64 = result.get("base64Encoded", is_base64)
    lines: Headers = []
    for member in rules.lines:  # AWS: of a pair that is in both members, the client gets one
        lines += [line for line in _READERS[member](result) if line not in lines] if lines else _READERS[member](result)
    return _response(
        _status_code(result.get("statusCode"), rules.status), lines, body, is_base64 and decodes_base64, rules
    )


def _json(value: object, rules: Rules) -> str:
    return dumps(value, separators=(",", ":") if rules.infers == "compact" else None)


def _response(status: int, lines: Headers, body: object, is_base64: object, rules: Rules) -> Response:
    if not any(name == "content-type" for name, _ in lines):
        lines.append(("content-type", rules.content_type))
    try:
        content = decode_result_body(body, is_base64)
    except BadResultError as error:
        error.status = rules.undecodable if isinstance(body, str) else None
        raise
    return Response(status, lines, content)


def _status_code(value: object, rule: str | int) -> int:
    if value is None and isinstance(rule, int):
        return rule
    if rule != "number" and isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 9:
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 100 <= value <= 999:
        wanted = "an HTTP status as a number" if rule == "number" else "an HTTP status"
        raise BadResultError(f"statusCode must be {wanted} and is {value!r:.60}")
    return value


def _single(result: dict[str, Any]) -> Headers:
    return [(name.lower(), _text(name, value)) for name, value in _map(result, "headers").items()]


def _multi(result: dict[str, Any]) -> Headers:
    lines: Headers = []
    for name, values in _map(result, "multiValueHeaders").items():
        if not isinstance(values, list):
            raise BadResultError(f"multiValueHeaders[{name!r}] must be a list and is {type(values).__name__}")
        lines += [(name.lower(), _text(name, value)) for value in values]
    return lines


def _cookies(result: dict[str, Any]) -> Headers:
    cookies = result.get("cookies") or []
    if not isinstance(cookies, list) or not all(isinstance(cookie, str) for cookie in cookies):
        raise BadResultError(f"cookies must be a list of strings and is {cookies!r:.60}")
    return [("set-cookie", cookie.strip(" \t")) for cookie in cookies]


_READERS = {"headers": _single, "multiValueHeaders": _multi, "cookies": _cookies}


def _map(result: dict[str, Any], member: str) -> dict[str, Any]:
    value = result.get(member)
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
