"""bridge(warm_up=("/", "GET /health")): requests that the application answers at init; its first-request work is done then.

They go through the same run as a client's, with no event behind them: aws.invocation.source is "warm_up" then, which no
client can send, and aws.event is {"warm_up": "GET /health"}. What fails is logged and init goes on: no client waits for it.
The loop, its tasks and what the application opened stay for the requests, as after any other request.
"""

from __future__ import annotations

import os

from lambdabridge.errors import ConfigurationError
from lambdabridge.messages import Invocation
from lambdabridge.sources.raw_path import build_request

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from lambdabridge.messages import Request
    from lambdabridge.types import Application, Run

_HEADERS = {
    "accept": "*/*",
    "user-agent": "lambdabridge-warm-up",
    "x-forwarded-proto": "https",
    "x-forwarded-port": "443",
}


class _WarmUp:
    """In a front door's place: aws.invocation.source is its name."""

    __name__ = "warm_up"


def warm_up(run: Run, app: Application, requests: Sequence[str], base_path: str | None) -> None:
    """Send requests to an application, on Lambda only."""
    if "AWS_LAMBDA_RUNTIME_API" not in os.environ:
        return
    source: Any = _WarmUp()
    for text in requests:
        request = parse(text, base_path)
        try:
            response = run(app, request, Invocation({"warm_up": text}, None, source, request))
        except ConfigurationError:  # a wrong interface: no request can be served
            raise
        except Exception as error:
            from lambdabridge.log import log_exception

            log_exception("The application raised an exception in a warm-up request", request, error)
            continue
        if response.status >= 400:
            from lambdabridge.log import log_warning

            log_warning(
                f"The warm-up request {text!r} was answered with {response.status}.{_hint(response.status, text)}"
            )


def parse(text: str, base_path: str | None) -> Request:
    """Return the request for "/path", "METHOD /path" or either with a whole URL, whose host is the Host header then."""
    method, target = split(text)
    host = "localhost"
    if not target.startswith("/"):
        host, _, target = target.partition("://")[2].partition("/")
        target = "/" + target
    path, _, query = target.partition("#")[0].partition("?")
    headers = {"host": host, **_HEADERS}
    return build_request(method, path, query, list(headers.items()), headers, b"", ("127.0.0.1", 0), base_path)


def split(text: str) -> tuple[str, str]:
    """Return (method, path or URL)."""
    method, space, target = text.partition(" ")
    return (method, target) if space else ("GET", text)


def is_request(value: object) -> bool:
    """Return whether a warm-up request is written as one."""
    if not isinstance(value, str) or not value.isascii():
        return False
    method, target = split(value)
    has_path = target.startswith(("/", "https://")) and " " not in target
    return has_path and method.isalpha() and method.isupper()


def _hint(status: int, text: str) -> str:
    if status == 400 and "://" not in text:
        return ' If it is the host that the application refuses, name one: "https://example.com/".'
    return ""
