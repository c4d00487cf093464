"""The ASGI application between the sockets and the front door: HTTP in, HTTP out, one line in the log for each request."""

from __future__ import annotations

import asyncio
import sys
import time
import traceback
import uuid
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

from lambdabridge.gateway.front_door import Answer
from lambdabridge.messages import Request, Response

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from lambdabridge.gateway.environment import Environment
    from lambdabridge.gateway.front_door import FrontDoor


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
        self, front_door: FrontDoor | Closed, environment: Environment | None, log: Callable[[str], None] | None = None
    ) -> None:
        self.front_door = front_door
        self.environment = environment
        self.log = log or _log

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Serve one connection."""
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            if self.environment is not None:
                self.environment.stop()
            await send({"type": "lifespan.shutdown.complete"})
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
        request = _request(scope, bytes(body))
        answer = await self._answer(request)
        response = answer.response
        lines = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.headers]
        names = {name for name, _ in response.headers}
        if "content-length" not in names and response.status not in (204, 304):
            lines.append((b"content-length", str(len(response.body)).encode()))
        if "date" not in names:
            lines.append((b"date", formatdate(usegmt=True).encode()))
        await send({"type": "http.response.start", "status": response.status, "headers": lines})
        await send({"type": "http.response.body", "body": response.body})
        milliseconds = (time.perf_counter() - started) * 1000
        target = request.raw_path + (f"?{request.query_string}" if request.query_string else "")
        self.log(f"{request.method} {target} {response.status} {milliseconds:.1f} ms")
        if answer.reason:
            self.log(f"  {answer.reason}")

    async def _answer(self, request: Request) -> Answer:
        """Return what the client gets, whatever happens: no request ends without an answer and a line in the log."""
        try:
            return await self.front_door.answer(request, self._invoke)
        except asyncio.CancelledError:  # Ctrl-C, and the time for running requests is over
            return Answer(Response(503, [], b"The local gateway was stopped.\n"), "the function was still running")
        except Exception as error:
            traceback.print_exc()
            return Answer(Response(500, [], b"The local gateway failed.\n"), f"the local gateway failed: {error!r}")

    async def _invoke(self, event: dict[str, Any]) -> object:
        if self.environment is None:
            raise RuntimeError("there is no function")
        request_id = event.get("requestContext", {}).get("requestId") or str(uuid.uuid4())  # not each front door tells one
        return await self.environment.invoke(event, request_id)


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


def _log(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
