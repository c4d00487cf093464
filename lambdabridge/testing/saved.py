"""A saved event in place of a request: for `lambdabridge invoke TARGET --event FILE`.

An HTTP event goes through the front door's code like any other, but for the making of the event; its source is found as a
handler finds it. Any other event, and a function that is no bridge(), has nothing but a result.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from lambdabridge.adapter import Handler
from lambdabridge.errors import BridgeError
from lambdabridge.gateway.front_door import FrontDoor, FunctionError
from lambdabridge.gateway.settings import APIS
from lambdabridge.messages import Request
from lambdabridge.sources import vpc_lattice
from lambdabridge.sources.registry import find, resolve
from lambdabridge.testing.response import Response

if TYPE_CHECKING:
    from lambdabridge.gateway.delivery import Delivery
    from lambdabridge.messages import Response as Message
    from lambdabridge.testing.client import Client
    from lambdabridge.types import Event, GatewaySource, Source


class Outcome(NamedTuple):
    """What an event that is not HTTP came to; reason says why there is no result."""

    event: Any
    result: Any
    reason: str = ""


class SavedEvent:
    """A source whose front door always sends the same event."""

    __name__ = "saved event"

    def __init__(self, source: GatewaySource, event: Event) -> None:
        self.event = event
        self.matches = source.matches
        self.decode_request = source.decode_request
        self.encode_response = source.encode_response
        self._source = source

    def encode_request(self, request: Request, delivery: Delivery) -> Event:
        """Return the saved event."""
        return self.event

    def decode_response(self, result: object, request: Request, delivery: Delivery) -> Message:
        """Return what the source makes of the result."""
        return self._source.decode_response(result, request, delivery)


def send_event(client: Client, event: Any) -> Response | Outcome:
    """Return the response to a saved event, or the outcome where none is to be had."""
    source = _source_of(event) if isinstance(client.handler, Handler) else None
    api = api_of(event)
    if source is None or not api:
        return _invoke(client, event)
    try:
        sent = source.decode_request(event, "auto")
    except (BridgeError, AttributeError, IndexError, KeyError, TypeError, ValueError):
        return _invoke(client, event)  # which says what is wrong with it
    settings = replace(
        client.settings,
        api=api,
        stage="",
        multi_value_headers="multiValueHeaders" in event,
    )
    front_door = FrontDoor(settings, SavedEvent(source, event))  # type: ignore[arg-type] # those in APIS have both sides
    # the front door asks whether stage and route are right, and these are the event's own; nor is a body lost on the way
    request = Request(sent.method, "/", f"{settings.stage_path}/", "", sent.headers, b"", server=sent.server)
    host = sent.server[0] if sent.server[1] in (80, 443) else f"{sent.server[0]}:{sent.server[1]}"
    query = f"?{sent.query_string}" if sent.query_string else ""
    return client.pass_through(front_door, request, f"{sent.scheme}://{host}{sent.raw_path}{query}")


def api_of(event: Any) -> str:
    """Return the front door that an event came through, by its name in `--api`; "" for what is no HTTP event."""
    source = _source_of(event)
    names = [name for name, module in APIS.items() if source is resolve(module)]
    if source is vpc_lattice:
        return f"vpc-lattice-{2 if vpc_lattice.is_version_2(event) else 1}"
    return names[0] if names else ""


def _source_of(event: object) -> Source | None:
    try:
        return find(event)
    except BridgeError:
        return None


def _invoke(client: Client, event: object) -> Outcome:
    try:
        return Outcome(event, client.invoke(event))
    except FunctionError as error:
        return Outcome(event, None, f"The function failed: {error}")
