"""The headers that a front door takes away, adds and renames, on the way in and on the way out: tables by --api.

Recorded by LocalStack (tests/aws/services/apigateway, *.validation.json) and by AWS's .NET Test Tool (Snapshots/), where no
other place is named. Names stay as the client sent them until spelled() gives some the spelling that the event has.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lambdabridge.gateway.delivery import Delivery
    from lambdabridge.messages import Request
    from lambdabridge.types import Headers

_CONNECTION = frozenset(("connection", "transfer-encoding", "upgrade", "keep-alive"))
_REST_DROPS = frozenset(
    (
        "connection",
        "content-length",
        "content-md5",
        "expect",
        "max-forwards",
        "proxy-authenticate",
        "server",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "www-authenticate",
    )
)
DROPPED = {
    "rest": _REST_DROPS,  # ls-rest-regional-dropped-headers
    "rest-template": _REST_DROPS,
    "alb": frozenset(("transfer-encoding", "upgrade", "keep-alive")),  # `connection` is in the events that AWS shows
}
"""--api -> what the function never sees; for those that are not here, what is of one connection only."""
UNSIGNED = ("rest", "rest-template")
"""--api: those that drop an Authorization that holds an AWS signature (AWS's guide, important notes)."""
COUNTED = ("http", "http-1.0")
"""--api: those that send Content-Length with every request, "0" without a body."""
# a REST API's WWW-Authenticate: reports of users, serverless-offline issue 236
_REST_REMAPS = frozenset(("connection", "content-length", "date", "server", "www-authenticate"))
_TEMPLATE_REMAPS = frozenset(
    (
        "authorization",
        "content-md5",
        "expect",
        "host",
        "max-forwards",
        "proxy-authenticate",
        "trailer",
        "upgrade",
        "user-agent",
    )
)
REMAPPED = {"rest": _REST_REMAPS, "rest-template": _REST_REMAPS | _TEMPLATE_REMAPS}
"""--api -> what the client gets as x-amzn-remapped-<name>, because the gateway's own ones stand there."""
IDENTIFIED = {
    "rest": ("x-amzn-requestid", "request_id"),
    "rest-template": ("x-amzn-requestid", "request_id"),
    "http": ("apigw-requestid", "extended_request_id"),
    "http-1.0": ("apigw-requestid", "extended_request_id"),
    "function-url": ("x-amzn-requestid", "request_id"),
}
"""--api -> the response header with the request's identifier, and which of Delivery's that is; the others have none."""
TLS = (("x-amzn-tls-version", "TLSv1.3"), ("x-amzn-tls-cipher-suite", "TLS_AES_128_GCM_SHA256"))
"""What a Function URL says of the client's connection where it is encrypted."""
SPELLINGS = {
    "content-length": "Content-Length",
    "host": "Host",
    "user-agent": "User-Agent",
    "x-amzn-trace-id": "X-Amzn-Trace-Id",
    "x-forwarded-for": "X-Forwarded-For",
    "x-forwarded-port": "X-Forwarded-Port",
    "x-forwarded-proto": "X-Forwarded-Proto",
}
"""The names that the gateway writes; the client's own stay as they were sent, from HTTP/2 in lower case (hotsock/voker)."""
EDGE_SPELLINGS = {
    **SPELLINGS,
    "accept": "Accept",
    "accept-encoding": "Accept-Encoding",
    "accept-language": "Accept-Language",
    "authorization": "Authorization",
    "cookie": "Cookie",
    "referer": "Referer",
}
"""The same behind CloudFront (ls-rest-*: Authorization; aws-amplify/amplify-js issue 7327, lamby: the others)."""


def incoming(request: Request, api: str, seconds: float) -> Headers:
    """Return the headers that the function sees, with the names as the client sent them."""
    drops = DROPPED.get(api, _CONNECTION)
    given = {name.lower() for name, _ in request.headers}
    forwarded = [value for name, value in request.headers if name.lower() == "x-forwarded-for"]
    ours = ("x-forwarded-for", "x-forwarded-port", "x-forwarded-proto")
    headers = [line for line in request.headers if line[0].lower() not in drops and line[0].lower() not in ours]
    if api in UNSIGNED:
        headers = [line for line in headers if line[0].lower() != "authorization" or not line[1].startswith("AWS4-")]
    if "x-amzn-trace-id" not in given:
        headers.append(("x-amzn-trace-id", f"Root=1-{int(seconds):08x}-{uuid.uuid4().hex[:24]}"))
    headers += [
        ("x-forwarded-for", ", ".join([*forwarded, request.client[0] if request.client else "127.0.0.1"])),
        ("x-forwarded-port", str(request.server[1])),
        ("x-forwarded-proto", request.scheme),
    ]
    if api in COUNTED and "content-length" not in given:
        headers.append(("content-length", str(len(request.body))))
    if api == "function-url" and request.scheme == "https":
        headers = [line for line in headers if line[0].lower() not in dict(TLS)] + list(TLS)
    return headers


def spelled(headers: Headers, endpoint: str) -> Headers:
    """Return a request's headers under the names that an event in payload format 1.0 has; endpoint: see Delivery."""
    spellings = EDGE_SPELLINGS if endpoint == "EDGE" else SPELLINGS
    return [(spellings.get(name.lower(), name), value) for name, value in headers]


def renamed(headers: Headers, api: str, method: str) -> Headers:
    """Return a result's headers under the names that the client gets."""
    remaps = REMAPPED.get(api)
    if remaps is not None:
        return [(f"x-amzn-remapped-{name}" if name.lower() in remaps else name, value) for name, value in headers]
    if method == "HEAD":  # whose Content-Length is that of the body which GET would have
        return headers
    return [line for line in headers if line[0].lower() != "content-length"]


def identified(headers: Headers, api: str, delivery: Delivery) -> Headers:
    """Return a response's headers with the request's identifier, where the front door gives it."""
    if api not in IDENTIFIED:
        return headers
    name, member = IDENTIFIED[api]
    return [*headers, (name, getattr(delivery, member))]
