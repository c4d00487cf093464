"""What application.py tells the inspector: a request came, so the function is invoked, this is what the client got."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from lambdabridge.gateway.inspector.output import Output
from lambdabridge.gateway.inspector.record import Exchange, Record
from lambdabridge.gateway.streamed import Streamed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from lambdabridge.gateway.inspector.record import SendAgain
    from lambdabridge.messages import Request
    from lambdabridge.types import Headers

    Invoke = Callable[[dict[str, Any]], Awaitable[object]]

STREAMED = "(streamed: see the response)"
"""In the place of a result that came piece by piece."""


class Inspector:
    """What one gateway keeps and shows.

    function   what it serves, as on the command line
    listening  the host that it was told to listen on
    kind       "REST API, stage prod"
    """

    def __init__(
        self, function: str, listening: str = "127.0.0.1", kind: str = "", record: Record | None = None
    ) -> None:
        self.function = function
        self.listening = listening
        self.kind = kind
        self.record = record or Record()
        self.output = Output()
        self._turns: dict[str, asyncio.Lock] = {}

    def begin(
        self, target: str, request: Request, started: float, send_again: SendAgain, replay_of: int | None = None
    ) -> Exchange:
        """Keep a request that has come; send_again() sends it through the same gateway another time."""
        return self.record.begin(target, request, started, send_again, replay_of)

    def watched(self, exchange: Exchange, invoke: Invoke, *, function: str = "", is_here: bool) -> Invoke:
        """Return the same invoke(), seen: event, result or error, times, and what the function writes meanwhile.

        function: which one, where there are several. is_here: it runs in this process, one event at a time. Then waiting
        for one's turn here tells the function's time from the queue's, and what is written in that time is its own.
        (Where the front door stopped waiting for a function that runs on, both are the next one's.)
        """

        async def seen(event: dict[str, Any]) -> object:
            exchange.event = event
            exchange.function = function or self.function
            self.record.changed()
            if not is_here:
                return await timed(event)
            turn = self._turns.setdefault(exchange.function, asyncio.Lock())
            async with turn:
                with self.output.heard_by(exchange.write):
                    return await timed(event)

        async def timed(event: dict[str, Any]) -> object:
            exchange.began = exchange.now()
            try:
                result = await invoke(event)
            except BaseException as error:
                exchange.error = str(error) or type(error).__name__
                raise
            finally:
                exchange.ended = exchange.now()
            exchange.result = STREAMED if isinstance(result, Streamed) else result
            return result

        return seen

    def end(self, exchange: Exchange, status: int, headers: Headers, body: bytes, reason: str) -> None:
        """Keep what the client got."""
        exchange.answered = exchange.now()
        if exchange.result is STREAMED:
            exchange.ended = exchange.answered
        exchange.status, exchange.headers, exchange.body, exchange.reason = status, headers, body, reason
        self.record.changed(exchange)
