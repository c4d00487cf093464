"""The ASGI application between the sockets and the front door: HTTP in, HTTP out, one line in the log for each request.

With an inspector, each exchange is told to it, and /_lambdabridge/ is its own; without one that is a path as any other.
"""

from __future__ import annotations

import asyncio
import sys
import time
import traceback
import uuid
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

from lambdabridge.gateway.environment import Environment
from lambdabridge.gateway.front_door import Answer, FrontDoor
from lambdabridge.gateway.routes import CATCH_ALL, DEFAULT
from lambdabridge.gateway.terminal import is_colored, request_lines, route_of
from lambdabridge.messages import Request, Response
from lambdabridge.sources.base_path import is_under

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from lambdabridge.gateway.inspector.inspector import Inspector
    from lambdabridge.gateway.inspector.pages import Pages
    from lambdabridge.gateway.inspector.record import Exchange
    from lambdabridge.types import Headers

PREFIX = "/_lambdabridge"
"""Where the inspector is, if there is one."""


class Closed:
    """In the front door's place while there is no function behind it: answers with the reason."""

    def __init__(self, reason: str) -> None:
        self.reason = reason

    async def answer(self, request: Request, invoke: Callable[[Any], Awaitable[object]]) -> Answer:
        """Return a 502 that says why."""
        return Answer(Response(502, [("content-type", "text/plain; charset=utf-8")], f"{self.reason}\n".encode()))


class Application:
    """ASGI: lifespan starts and stops the environment's thread, http goes through the front door."""

    def __init__(
        self,
        front_door: FrontDoor | Closed,
        environment: Environment | None,
        log: Callable[[str], None] | None = None,
        inspector: Inspector | None = None,
    ) -> None:
        self.front_door = front_door
        self.environment = environment
        self.log = log or _log
        self.inspector = inspector
        self.pages: Pages | None = None
        self.has_routes = isinstance(front_door, FrontDoor) and not _is_catch_all(front_door)
        if inspector is not None:
            from lambdabridge.gateway.inspector.pages import Pages

            self.pages = Pages(inspector)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Serve one connection."""
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            if self.environment is not None:
                self.environment.stop()
            if self.inspector is not None:
                self.inspector.output.unwrap()
            await send({"type": "lifespan.shutdown.complete"})
        elif scope["type"] == "http" and self.pages is not None and is_under(scope["path"], PREFIX):
            await self.pages(scope, receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)
        else:  # a WebSocket upgrade: neither REST nor HTTP APIs speak it
            await receive()
            await send({"type": "websocket.close", "code": 1000})

    async def _serve(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        started = time.perf_counter()
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        query = scope["query_string"].decode("latin-1")
        target = scope["raw_path"].decode("latin-1") + (f"?{query}" if query else "")
        await self._exchange(_request(scope, bytes(body)), target, send, started)

    async def _exchange(
        self, request: Request, target: str, send: Any, started: float, replay_of: int | None = None
    ) -> Exchange | None:
        """Answer one request, and tell the inspector and the terminal."""
        route = ""

        async def invoke(event: dict[str, Any]) -> object:
            nonlocal route
            route = route_of(event) if self.has_routes else ""
            return await self._invoke(event)

        seen: Callable[[Any], Awaitable[object]] = invoke
        exchange = None
        if self.inspector is not None:
            exchange = self.inspector.begin(target, request, started, self._send_again, replay_of)
            seen = self.inspector.watched(exchange, invoke, is_here=isinstance(self.environment, Environment))
        answer = await self._answer(request, seen)
        headers = _completed(answer.response)
        lines = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        await send({"type": "http.response.start", "status": answer.response.status, "headers": lines})
        await send({"type": "http.response.body", "body": answer.response.body})
        if self.inspector is not None and exchange is not None:
            self.inspector.end(exchange, answer.response.status, headers, answer.response.body, answer.reason)
        milliseconds = (time.perf_counter() - started) * 1000
        for line in request_lines(
            request.method,
            target,
            answer.response.status,
            milliseconds,
            route=route,
            reason=answer.reason,
            colored=self.log is _log and is_colored(sys.stderr),
        ):
            self.log(line)
        return exchange

    async def _send_again(self, exchange: Exchange) -> int:
        """Send a kept request through the front door as if it came again; return the number that it has now."""

        async def send(message: dict[str, Any]) -> None:
            """There is no client."""

        request = exchange.copy_of_request()
        again = await self._exchange(request, exchange.target, send, time.perf_counter(), exchange.number)
        return exchange.number if again is None else again.number

    async def _answer(self, request: Request, invoke: Callable[[Any], Awaitable[object]]) -> Answer:
        """Return what the client gets, whatever happens: no request ends without an answer and a line in the log."""
        try:
            return await self.front_door.answer(request, invoke)
        except asyncio.CancelledError:  # Ctrl-C, and the time for running requests is over
            return Answer(Response(503, [], b"The local gateway was stopped.\n"), "the function was still running")
        except Exception as error:
            traceback.print_exc()
            return Answer(Response(500, [], b"The local gateway failed.\n"), f"the local gateway failed: {error!r}")

    async def _invoke(self, event: dict[str, Any]) -> object:
        if self.environment is None:
            raise RuntimeError("there is no function")
        # not each front door tells one
        request_id = event.get("requestContext", {}).get("requestId") or str(uuid.uuid4())
        return await self.environment.invoke(event, request_id)


def _is_catch_all(front_door: FrontDoor) -> bool:
    return front_door.routes == CATCH_ALL.get(front_door.settings.api, (DEFAULT,))


def _request(scope: dict[str, Any], body: bytes) -> Request:
    raw_path = scope["raw_path"].decode("latin-1")
    if raw_path.startswith(("http://", "https://")):  # the absolute form, as to a proxy (RFC 9112, section 3.2.2)
        raw_path = "/" + raw_path.partition("//")[2].partition("/")[2]
    return Request(
        scope["method"],
        scope["path"],
        raw_path if raw_path.startswith("/") else "/",
        scope["query_string"].decode("latin-1"),
        [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"]],
        body,
        scheme=scope["scheme"],
        client=tuple(scope["client"]) if scope["client"] else None,
        server=tuple(scope["server"]) if scope["server"] else ("127.0.0.1", 80),
    )


def _completed(response: Response) -> Headers:
    """Return the headers that go out: what HTTP asks for and the front door has not set."""
    names = {name for name, _ in response.headers}
    headers = list(response.headers)
    if "content-length" not in names and response.status not in (204, 304):
        headers.append(("content-length", str(len(response.body))))
    if "date" not in names:
        headers.append(("date", formatdate(usegmt=True)))
    return headers


def _log(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
