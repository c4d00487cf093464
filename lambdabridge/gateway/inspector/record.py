"""The exchanges that the inspector keeps: the latest ones, bounded in number and in bytes.

Bodies are kept whole, because a request that is sent again or saved as an event has to be the one that came. So it is the
number of kept exchanges that gives way when bodies are large; the newest is always there.
"""

from __future__ import annotations

import time
import uuid
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lambdabridge.gateway.terminal import route_of
from lambdabridge.messages import Request

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from lambdabridge.types import Headers

    SendAgain = Callable[["Exchange"], Awaitable[int]]
    """Sends a kept request through its gateway again and returns the new number."""

COUNT = 200
BYTES = 64 * 1024 * 1024
LOG_CHARACTERS = 64 * 1024
"""What one request may write before its log is cut."""


@dataclass
class Line:
    """Something the function wrote: at once, or up to the end of a line."""

    stream: str
    milliseconds: float
    text: str


@dataclass
class Exchange:
    """One request and what became of it.

    target    the request target as the client sent it, also where that was a whole URL
    request   what the front door got; a copy, because the front door may change its own
    received  Unix time
    function  which one the route leads to; "" until that is known
    size      about how many bytes it keeps in memory
    began     seconds from `started` to the function's begin; ended and answered likewise; None until then
    error     what Lambda would report of the function, if it failed
    status    0 until there is an answer
    reason    why the gateway answered by itself, or what it lost
    """

    number: int
    target: str
    request: Request
    received: float
    started: float
    send_again: SendAgain
    replay_of: int | None = None
    function: str = ""
    event: dict[str, Any] | None = None
    result: object = None
    error: str = ""
    began: float | None = None
    ended: float | None = None
    answered: float | None = None
    status: int = 0
    headers: Headers = field(default_factory=list)
    body: bytes = b""
    reason: str = ""
    lines: list[Line] = field(default_factory=list)
    written: int = 0
    is_log_cut: bool = False
    size: int = 0

    def now(self) -> float:
        """Return the seconds since the request came."""
        return time.perf_counter() - self.started

    def write(self, stream: str, text: str) -> None:
        """Keep what the function wrote; called from its threads."""
        room = max(LOG_CHARACTERS - self.written, 0)
        self.is_log_cut = self.is_log_cut or len(text) > room
        text = text[:room]
        self.written += len(text)
        if not text:
            return
        if self.lines and self.lines[-1].stream == stream and not self.lines[-1].text.endswith("\n"):
            self.lines[-1].text += text  # print() writes the text and the line's end one after the other
        else:
            self.lines.append(Line(stream, self.now() * 1000, text))

    def resize(self) -> int:
        """Count anew about how many bytes this keeps in memory, and return by how many it grew."""
        before = self.size
        bodies = [self.request.body, self.body, *(_body(value) for value in (self.event, self.result))]
        self.size = sum(map(len, bodies)) + self.written + 4096
        return self.size - before

    @property
    def route(self) -> str:
        """The route that took the request, as the event names it: "$default", "GET /users/{id}", "/{proxy+}"."""
        return route_of(self.event or {})

    def copy_of_request(self) -> Request:
        """Return the request as it came; the front door may change what it gets."""
        return copy_of(self.request)


def _body(message: object) -> str:
    body = message.get("body") if isinstance(message, dict) else None
    return body if isinstance(body, str) else ""


class Record:
    """The latest exchanges, oldest first."""

    def __init__(self, count: int = COUNT, size: int = BYTES) -> None:
        self.count = count
        self.size = size
        self.exchanges: deque[Exchange] = deque()
        self._number = 0
        self._changes = 0
        self._bytes = 0
        self._token = uuid.uuid4().hex[:8]  # after a restart numbers begin anew, and pages are still open

    @property
    def version(self) -> str:
        """Text that differs after each change."""
        return f"{self._token}-{self._changes}"

    def begin(
        self, target: str, request: Request, started: float, send_again: SendAgain, replay_of: int | None = None
    ) -> Exchange:
        """Keep a request that has come."""
        self._number += 1
        exchange = Exchange(self._number, target, copy_of(request), time.time(), started, send_again, replay_of)
        self.exchanges.append(exchange)
        self.changed(exchange)
        return exchange

    def changed(self, exchange: Exchange | None = None) -> None:
        """Note that an exchange is not as it was; let go of the oldest ones where there are too many."""
        self._changes += 1
        if exchange is not None:  # which may be gone already
            self._bytes += exchange.resize() if self.find(exchange.number) else 0
        while len(self.exchanges) > 1 and (len(self.exchanges) > self.count or self._bytes > self.size):
            self._bytes -= self.exchanges.popleft().size

    def find(self, number: int) -> Exchange | None:
        """Return a kept exchange."""
        return next((exchange for exchange in reversed(self.exchanges) if exchange.number == number), None)

    def clear(self) -> None:
        """Let go of all."""
        self.exchanges.clear()
        self._bytes = 0
        self.changed()


def copy_of(request: Request) -> Request:
    """Return an equal request that nobody else changes."""
    return Request(
        request.method,
        request.path,
        request.raw_path,
        request.query_string,
        list(request.headers),
        request.body,
        scheme=request.scheme,
        client=request.client,
        server=request.server,
    )
