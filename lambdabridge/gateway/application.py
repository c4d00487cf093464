"""The ASGI side of one endpoint: HTTP in, front door and function, HTTP out, one line in the log for each request.

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

from lambdabridge.gateway.deployment import Endpoint
from lambdabridge.gateway.environment import Environment
from lambdabridge.gateway.front_door import Answer
from lambdabridge.gateway.limits import most_body
from lambdabridge.gateway.sending import KEPT, Sending, nobody
from lambdabridge.gateway.terminal import is_colored, request_lines
from lambdabridge.messages import Request, Response
from lambdabridge.sources.base_path import is_under

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from lambdabridge.gateway.deployment import Target
    from lambdabridge.gateway.inspector.inspector import Inspector
    from lambdabridge.gateway.inspector.pages import Pages
    from lambdabridge.gateway.inspector.record import Exchange
    from lambdabridge.types import Headers

    Log = Callable[[str], None]

PREFIX = "/_lambdabridge"
"""Where the inspector is, if there is one."""


class Closed:
    """In an endpoint's place while there is no function behind it: answers with the reason."""

    most = most_body("http")
    name = ""

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def find_route(self, request: Request) -> Answer:
        """Return a 502 that says why."""
        return Answer(Response(502, [("content-type", "text/plain; charset=utf-8")], f"{self.reason}\n".encode()))


class Application:
    """ASGI for the requests of one endpoint; lifespan is gateway.py's."""

    def __init__(
        self, endpoint: Endpoint | Closed, *, log: Log | None = None, inspector: Inspector | None = None
    ) -> None:
        self.endpoint = endpoint
        self.log = log or log_to_terminal
        self.inspector = inspector
        self.pages: Pages | None = None
        if inspector is not None:
            from lambdabridge.gateway.inspector.pages import Pages

            self.pages = Pages(inspector)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Serve one request."""
        if scope["type"] == "http" and self.pages is not None and is_under(scope["path"], PREFIX):
            await self.pages(scope, receive, send)
        else:
            await self._serve(scope, receive, send)

    async def _serve(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        started = time.perf_counter()
        parts: list[bytes] = []
        size = kept = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            part = message.get("body", b"")
            size += len(part)
            if kept <= self.endpoint.most:
                parts.append(part)
                kept += len(part)
            # a body over the limit is refused: what else comes is read for the client's sake, and not kept
            if not message.get("more_body") or size > 10 * self.endpoint.most:
                break
        body = b"".join(parts)
        parts.clear()
        query = scope["query_string"].decode("latin-1")
        target = scope["raw_path"].decode("latin-1") + (f"?{query}" if query else "")
        await self._exchange(_request(scope, body), target, receive, send, started)

    async def _exchange(
        self, request: Request, target: str, receive: Any, send: Any, started: float, replay_of: int | None = None
    ) -> Exchange | None:
        """Answer one request, and tell the inspector and the terminal."""
        exchange = None
        if self.inspector is not None:
            exchange = self.inspector.begin(target, request, started, self._send_again, replay_of)
        answer, route = await self._answer(request, exchange)
        headers = _completed(answer, request.method)
        lines = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        await send({"type": "http.response.start", "status": answer.response.status, "headers": lines})
        body, reason = answer.response.body, answer.reason
        if answer.chunks is None:
            await send({"type": "http.response.body", "body": body})
        else:
            sending = Sending(answer.chunks, receive, send, KEPT if exchange is not None else 0)
            await sending.run()
            body, reason = sending.kept, sending.reason or reason
        if self.inspector is not None and exchange is not None:
            self.inspector.end(exchange, answer.response.status, headers, body, reason)
        milliseconds = (time.perf_counter() - started) * 1000
        for line in request_lines(
            request.method,
            target,
            answer.response.status,
            milliseconds,
            route=route,
            reason=reason,
            colored=self.log is log_to_terminal and is_colored(sys.stderr),
        ):
            self.log(line)
        return exchange

    async def _send_again(self, exchange: Exchange) -> int:
        """Send a kept request through the front door as if it came again; return the number that it has now."""

        async def send(message: dict[str, Any]) -> None:
            """There is no client."""

        request = exchange.copy_of_request()
        again = await self._exchange(request, exchange.target, nobody, send, time.perf_counter(), exchange.number)
        return exchange.number if again is None else again.number

    async def _answer(self, request: Request, exchange: Exchange | None) -> tuple[Answer, str]:
        """Return what the client gets, whatever happens, and the route: no request ends without an answer."""
        route = ""
        try:
            found = self.endpoint.find_route(request)
            if isinstance(found, Answer):
                return found, ""
            door, routed, target = found
            route = target.label(routed.route)
            if self.endpoint.name:
                route = f"{self.endpoint.name}: {route}"
            return await door.deliver(routed, self._invoke(target, exchange)), route
        except asyncio.CancelledError:  # Ctrl-C, and the time for running requests is over
            return Answer(
                Response(503, [], b"The local gateway was stopped.\n"), "the function was still running"
            ), route
        except Exception as error:
            traceback.print_exc()
            return Answer(
                Response(500, [], b"The local gateway failed.\n"), f"the local gateway failed: {error!r}"
            ), route

    def _invoke(self, target: Target, exchange: Exchange | None) -> Callable[[Any], Awaitable[object]]:
        """Return what invokes a function, seen by the inspector."""

        async def invoke(event: dict[str, Any]) -> object:
            return await target.function.invoke(event, _request_id(event), target.patience)

        if self.inspector is None or exchange is None:
            return invoke
        is_here = isinstance(target.function, Environment)
        name = f"{self.endpoint.name} -> {target.name}" if self.endpoint.name else target.name
        return self.inspector.watched(exchange, invoke, function=name, is_here=is_here)


def _request_id(event: dict[str, Any]) -> str:
    """Return Lambda's id for the invocation: a Function URL's own id of the request, elsewhere a new one."""
    context = event.get("requestContext", {})
    is_url = ".lambda-url." in str(context.get("domainName"))
    return context["requestId"] if is_url else str(uuid.uuid4())


def _request(scope: dict[str, Any], body: bytes) -> Request:
    raw_path = scope["raw_path"].decode("latin-1")
    if raw_path.lower().startswith(
        ("http://", "https://")
    ):  # the absolute form, as to a proxy (RFC 9112, section 3.2.2)
        raw_path = "/" + raw_path.partition("//")[2].partition("/")[2]
    return Request(
        scope["method"],
        scope["path"],
        raw_path if raw_path.startswith("/") else "/",
        scope["query_string"].decode("latin-1"),
        [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"]],
        body,
        scheme=scope["scheme"],
        client=(scope["client"][0].removeprefix("::ffff:"), scope["client"][1]) if scope["client"] else None,
        server=tuple(scope["server"]) if scope["server"] else ("127.0.0.1", 80),
    )


def _completed(answer: Answer, method: str) -> Headers:
    """Return the headers that go out: what HTTP asks for and the front door has not set."""
    response = answer.response
    names = {name for name, _ in response.headers}
    headers = list(response.headers)
    has_length = answer.chunks is None and response.status not in (204, 304) and method != "HEAD"
    if has_length and "content-length" not in names:
        headers.append(("content-length", str(len(response.body))))
    if "date" not in names:
        headers.append(("date", formatdate(usegmt=True)))
    return headers


def log_to_terminal(line: str) -> None:
    """Print a line on standard error."""
    print(line, file=sys.stderr, flush=True)
