"""What each front door refuses for its size or form, and how long it waits: tables by --api.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html#lambda-function-limits

The statuses are documented or reported, and so is the body of a REST API's 504; of the other bodies the form is an
emulator's or unknown. That 431 is the answer to long headers is reported, not recorded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambdabridge.body import MAX_RESULT
from lambdabridge.gateway.failures import Failure

if TYPE_CHECKING:
    from lambdabridge.messages import Request

_MB = 1024 * 1024
_JSON = "application/json"
_DEFAULT_BODY = 10 * _MB
BODY = {
    "function-url": 6 * _MB,
    "alb": 1 * _MB,
    "vpc-lattice-1": 6 * _MB,
    "vpc-lattice-2": 6 * _MB,
    "lambda-at-edge": 20 * 1024 * _MB,  # CloudFront takes 20 GB, and passes the first 40 KB
}
"""--api -> bytes of a request's body; 10 MB for those that are not here."""
EVENT = MAX_RESULT
"""Bytes of an event as JSON: what Lambda takes for a synchronous invocation. A body in base64 is a third larger in it."""
HEADERS = 10_240
"""Bytes of the request line and all header lines that REST and HTTP APIs take."""
_HAS_HEADER_LIMIT = ("rest", "rest-template", "http", "http-1.0")
TIMEOUT = {"rest": 29.0, "rest-template": 29.0, "http": 30.0, "http-1.0": 30.0, "lambda-at-edge": 5.0}
"""--api -> seconds that the front door waits for the function; where none is here, the function's own timeout counts."""

_REST_413 = Failure(413, _JSON, '{"message":"Request Too Long"}', "RequestTooLargeException")
_HTTP_413 = Failure(413, _JSON, '{"message":"Request Entity Too Large"}')
_PLAIN_413 = Failure(413, "text/plain", "Request Entity Too Large")
TOO_LARGE = {"rest": _REST_413, "rest-template": _REST_413, "http": _HTTP_413, "http-1.0": _HTTP_413}
_REST_504 = Failure(504, _JSON, '{"message": "Endpoint request timed out"}', "InternalServerErrorException")
_HTTP_503 = Failure(503, _JSON, '{"message":"Service Unavailable"}')
TIMED_OUT = {"rest": _REST_504, "rest-template": _REST_504, "http": _HTTP_503, "http-1.0": _HTTP_503}
"""--api -> the answer when the front door stopped waiting; a gateway timeout of no known form for the others."""
GATEWAY_TIMEOUT = Failure(504, "text/plain", "Gateway Timeout")
_BAD_REQUEST = Failure(400, "text/html", "<html><head><title>400 Bad Request</title></head></html>")
_TOO_LONG = Failure(431, _JSON, '{"message":"Request Header Fields Too Large"}')


def refuse_request(request: Request, api: str) -> tuple[Failure, str] | None:
    """Return the answer and the reason where a front door refuses a request for its size."""
    most = most_body(api)
    if len(request.body) > most:
        return _too_large(api), f"a body of {len(request.body):,} bytes or more, and {most:,} are taken"
    if api == "alb" and any(name.lower() == "upgrade" for name, _ in request.headers):
        return _BAD_REQUEST, "an upgrade to WebSocket, which has no Lambda function as a target"
    if api in _HAS_HEADER_LIMIT:
        size = header_size(request)
        if size > HEADERS:
            return _TOO_LONG, f"a request line and headers of {size:,} bytes, and {HEADERS:,} are taken"
    return None


def most_body(api: str) -> int:
    """Return how many bytes of a request's body a front door takes."""
    return BODY.get(api, _DEFAULT_BODY)


def refuse_event(size: int, api: str) -> tuple[Failure, str] | None:
    """Return the same for an event of so many bytes of JSON."""
    if size <= EVENT:
        return None
    return _too_large(api), f"an event of {size:,} bytes, and Lambda takes {EVENT:,}"


def _too_large(api: str) -> Failure:
    return TOO_LARGE.get(api, _PLAIN_413)


def header_size(request: Request) -> int:
    """Return the bytes of the request line and the header lines as HTTP/1.1 has them."""
    target = len(request.raw_path) + (len(request.query_string) + 1 if request.query_string else 0)
    line = len(request.method) + target + len("  HTTP/1.1\r\n")
    return line + sum(len(name) + len(value) + len(": \r\n") for name, value in request.headers)
