"""Types for editors and type checkers. Nothing in this package imports this module at run time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol, TypeAlias, TypedDict

from lambdabridge.messages import Invocation, Request, Response

TYPE_CHECKING = False
if TYPE_CHECKING:
    # what is built for Lambda has no gateway
    from lambdabridge.gateway.delivery import Delivery

Headers: TypeAlias = list[tuple[str, str]]
Address: TypeAlias = tuple[str, int]
Event: TypeAlias = dict[str, Any]
"""What Lambda passes: parsed JSON."""


class ProxyResponse(TypedDict, total=False):
    """What API Gateway takes from a proxy integration; each source returns the members that its front door knows."""

    statusCode: int
    statusDescription: str
    headers: dict[str, str]
    multiValueHeaders: dict[str, list[str]]
    cookies: list[str]
    body: str
    isBase64Encoded: bool


class LambdaContext(Protocol):
    """The part of the context object that AWS documents and this package relies on."""

    aws_request_id: str

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds left before Lambda ends the invocation."""
        ...


Environ: TypeAlias = dict[str, Any]
ExcInfo: TypeAlias = tuple[type[BaseException], BaseException, Any]
StartResponse: TypeAlias = Callable[..., Callable[[bytes], object]]
WSGIApplication: TypeAlias = Callable[[Environ, StartResponse], Iterable[bytes]]
ASGIApplication: TypeAlias = Callable[..., Any]
Application: TypeAlias = WSGIApplication | ASGIApplication
Run: TypeAlias = Callable[[Any, Request, Invocation], Response]
"""run(app, request, invocation)"""


class Source(Protocol):
    """One front door: both directions of its event format. Modules under sources/ satisfy this."""

    @property
    def __name__(self) -> str:
        """The name that error messages give."""
        ...

    def matches(self, event: Event) -> bool:
        """Return whether the event is this front door's. Exclusive: at most one source answers True for an event."""
        ...

    def decode_request(self, event: Event, base_path: str | None) -> Request:
        """Return the request that the client sent."""
        ...

    def encode_response(self, response: Response, event: Event) -> ProxyResponse:
        """Return what the front door takes for this response. Never raises."""
        ...


class GatewaySource(Source, Protocol):
    """A source with the front door's own side, for the local gateway and the tests."""

    def encode_request(self, request: Request, delivery: Delivery) -> Event:
        """Return the event that the front door sends for a client's request."""
        ...

    def decode_response(self, result: object, request: Request, delivery: Delivery) -> Response:
        """Return what the client gets for a function's result; raise BadResultError where the front door refuses it."""
        ...
