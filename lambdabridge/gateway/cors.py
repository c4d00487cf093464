"""CORS as an HTTP API and a Function URL do it where it is configured: they answer the preflight, and write the headers.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html#urls-cors

A preflight is OPTIONS with Origin and Access-Control-Request-Method; it never reaches the function. What the function says
of CORS is replaced.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambdabridge.messages import Request, Response

if TYPE_CHECKING:
    from lambdabridge.gateway.template.stack import Cors
    from lambdabridge.types import Headers

_PREFIX = "access-control-"


def preflight(cors: Cors, request: Request) -> Response | None:
    """Return the answer to a preflight; None for any other request. One that is not allowed gets no headers."""
    given = {name.lower(): value for name, value in request.headers}
    if request.method != "OPTIONS" or "origin" not in given or "access-control-request-method" not in given:
        return None
    headers = _allowed(cors, given["origin"])
    if headers:
        for name, values in (("methods", cors.allow_methods), ("headers", cors.allow_headers)):
            if values:
                headers.append((f"{_PREFIX}allow-{name}", ",".join(values)))
        if cors.max_age is not None:
            headers.append((f"{_PREFIX}max-age", str(cors.max_age)))
    return Response(204, headers, b"")


def apply(cors: Cors, request: Request, headers: Headers) -> Headers:
    """Return a response's headers with the configuration's CORS headers in place of the function's."""
    origin = next((value for name, value in request.headers if name.lower() == "origin"), "")
    kept = [line for line in headers if not line[0].lower().startswith(_PREFIX)]
    allowed = _allowed(cors, origin) if origin else []
    if allowed and cors.expose_headers:
        allowed.append((f"{_PREFIX}expose-headers", ",".join(cors.expose_headers)))
    return kept + allowed


def _allowed(cors: Cors, origin: str) -> Headers:
    scheme = origin.partition("://")[0]
    if "*" in cors.allow_origins and not cors.allow_credentials:
        allowed = "*"
    elif {origin, f"{scheme}://*", "*"} & set(cors.allow_origins):
        allowed = origin
    else:
        return []
    headers = [(f"{_PREFIX}allow-origin", allowed)]
    if cors.allow_credentials:
        headers.append((f"{_PREFIX}allow-credentials", "true"))
    return headers
