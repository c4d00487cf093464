"""The ASGI application between the sockets and the front door: HTTP in, HTTP out, one line in the log for each request."""

from __future__ import annotations

import sys
import time
import uuid
from typing import TYPE_CHECKING, Any

from lambdabridge.messages import Request

if TYPE_CHECKING:
    from collections.abc import Callable

    from lambdabridge.gateway.environment import Environment
    from lambdabridge.gateway.front_door import Answer, FrontDoor


class Application:
    """ASGI: lifespan starts and stops the environment's thread, http goes through the front door."""

    def __init__(
        self, front_door: FrontDoor, environment: Environment, log: Callable[[str], None] | None = None
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
        answer: Answer = await self.front_door.answer(request, self._invoke)
        response = answer.response
        lines = [(name.encode("latin-1"), _bytes(value)) for name, value in response.headers]
        if request.method != "HEAD" and response.status not in (204, 304):
            lines.append((b"content-length", str(len(response.body)).encode()))
        await send({"type": "http.response.start", "status": response.status, "headers": lines})
        await send({"type": "http.response.body", "body": response.body})
        milliseconds = (time.perf_counter() - started) * 1000
        target = request.raw_path + (f"?{request.query_string}" if request.query_string else "")
        self.log(f"{request.method} {target} {response.status} {milliseconds:.1f} ms")
        if answer.reason:
            self.log(f"  {answer.reason}")

    async def _invoke(self, event: dict[str, Any]) -> object:
        request_id = event["requestContext"].get("requestId") or str(uuid.uuid4())  # an ALB tells none
        return await self.environment.invoke(event, request_id)


def _request(scope: dict[str, Any], body: bytes) -> Request:
    raw_path = scope["raw_path"].decode("latin-1")
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


def _bytes(value: str) -> bytes:
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode()


def _log(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
