"""The X-Ray trace id of an invocation.

https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
"""

from __future__ import annotations

from os import environ

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from lambdabridge.types import Headers


def trace_id(headers: Callable[[], Headers]) -> str | None:
    """Return the Root of the tracing header that the managed runtime sets, or else of the request's X-Amzn-Trace-Id."""
    return _root(environ.get("_X_AMZN_TRACE_ID")) or _root(dict(headers()).get("x-amzn-trace-id"))


def _root(header: str | None) -> str | None:
    for part in (header or "").split(";"):
        name, _, value = part.strip().partition("=")
        if name == "Root" and value:
            return value
    return None
