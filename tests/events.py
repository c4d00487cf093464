"""Whole events of the front doors besides API Gateway, built from what the client sent, sharing no line with the package.

API Gateway's own are in peer_cases/events.py, where the words of the arguments are described.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from tests.peer_cases.events import grouped, header_lines, http_api_2_0, is_binary, text_of

URL_HOST = "2cxn22odiwguak4feg4jtt7cwm0ziblr.lambda-url.eu-central-1.on.aws"
ALB_HOST = "lambda-846800462.eu-central-1.elb.amazonaws.com"


def function_url(method: str = "GET", path: str = "/foo", **members: Any) -> dict[str, Any]:
    """Build a Function URL's: an HTTP API's, with a raw `rawPath`, the cookie header kept, no last slash in http.path."""
    event = http_api_2_0(method, path, host=URL_HOST, **{"rawPath": path} | members)
    event["requestContext"]["http"]["path"] = unquote(path).rstrip("/") or "/"
    event["requestContext"]["accountId"] = "anonymous"
    if "cookies" in event and "headers" not in members:
        event["headers"]["cookie"] = "; ".join(event["cookies"])
    return event


def alb(
    method: str = "GET",
    path: str = "/foo",
    *,
    query: str = "",
    lines: Any = (),
    body: bytes = b"",
    multi: bool = False,
    forwarded_for: str = "203.0.113.9",
    **members: Any,
) -> dict[str, Any]:
    """Build an ALB's: everything raw, names lower case, and either the members with several values or those with one."""
    sent = grouped((name.lower(), value) for name, value in header_lines(ALB_HOST, forwarded_for, lines, ()))
    parameters = grouped(pair.partition("=")[::2] for pair in query.split("&") if pair)
    binary = is_binary(body, lines)
    event: dict[str, Any] = {
        "requestContext": {"elb": {"targetGroupArn": "arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/t/1"}},
        "httpMethod": method,
        "path": path,
    }
    if multi:
        event |= {"multiValueQueryStringParameters": parameters, "multiValueHeaders": sent}
    else:
        event["queryStringParameters"] = {name: values[-1] for name, values in parameters.items()}
        event["headers"] = {name: values[-1] for name, values in sent.items()}
    return event | {"body": text_of(body, binary=binary), "isBase64Encoded": binary} | members
