"""What a browser asks the inspector: an ASGI application under /_lambdabridge/.

    GET    /_lambdabridge/                                 the page; page.css, page.js, icon.svg
    GET    /_lambdabridge/api/requests                     the kept exchanges, newest first; an ETag says what one knows
    DELETE /_lambdabridge/api/requests                     forgets them
    GET    /_lambdabridge/api/requests/{id}                one of them
    GET    /_lambdabridge/api/requests/{id}/event          its event, whole, as a file for `lambdabridge invoke --event`
    GET    /_lambdabridge/api/requests/{id}/curl           its request as a shell command, whole
    GET    /_lambdabridge/api/requests/{id}/request-body   a body, whole; response-body likewise
    POST   /_lambdabridge/api/requests/{id}/replay         sends the same request through the gateway again

The page asks for the list each second while it is looked at. A stream of events would hold one of the six connections that
a browser has for this origin, which is also the application's, and would keep Ctrl-C waiting.
"""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

from lambdabridge.gateway.application import PREFIX
from lambdabridge.gateway.inspector import view
from lambdabridge.gateway.inspector.curl import command
from lambdabridge.gateway.inspector.guard import refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from lambdabridge.gateway.inspector.inspector import Inspector
    from lambdabridge.gateway.inspector.record import Exchange
    from lambdabridge.types import Headers

_JSON = "application/json"
_PAGE = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/page.css": ("page.css", "text/css; charset=utf-8"),
    "/icon.svg": ("icon.svg", "image/svg+xml"),
    "/page.js": ("page.js", "text/javascript; charset=utf-8"),
}
_ALWAYS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
_NUMBER = re.compile(r"[0-9]{1,9}")
_SANDBOX = "default-src 'none'; sandbox"
"""The policy of a client's or an application's body, should someone open it by itself."""


class Reply(NamedTuple):
    """An answer of the inspector's; headers are put over those that each one has."""

    status: int
    content_type: str
    body: bytes
    headers: dict[str, str] = {}  # noqa: RUF012 - nobody changes it


def _json(value: object, status: int = 200) -> Reply:
    return Reply(status, _JSON, json.dumps(value).encode())


def _refuse(status: int, sentence: str, **headers: str) -> Reply:
    return Reply(status, _JSON, json.dumps({"error": sentence}).encode(), headers)


class Pages:
    """Serves what one inspector keeps."""

    def __init__(self, inspector: Inspector) -> None:
        self.inspector = inspector

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Serve one HTTP connection under PREFIX."""
        headers = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"]]
        reason = refusal(scope["method"], scope["scheme"], headers, self.inspector.listening)
        reply = _refuse(403, reason) if reason else await self._reply(scope, dict(headers))
        length = "" if reply.status in (204, 304) else str(len(reply.body))
        fields = {"content-type": reply.content_type, "content-length": length, **_ALWAYS, **reply.headers}
        lines = [(name.encode(), value.encode()) for name, value in fields.items() if value]
        await send({"type": "http.response.start", "status": reply.status, "headers": lines})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else reply.body})

    async def _reply(self, scope: dict[str, Any], headers: dict[str, str]) -> Reply:
        path = scope["path"].removeprefix(PREFIX)
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        if path == "":
            return Reply(308, "", b"", {"location": f"{PREFIX}/"})
        if path in _PAGE:
            name, content_type = _PAGE[path]
            content = (files(__package__) / "page" / name).read_bytes()
            return _only(method, "GET") or Reply(200, content_type, content)
        if path == "/api/requests":
            return _only(method, "GET", "DELETE") or self._list(method, headers)
        number, _, what = path.removeprefix("/api/requests/").partition("/")
        if not path.startswith("/api/requests/") or what not in (*_OF_ONE, "replay"):
            return _refuse(404, "The inspector has no such page.")
        exchange = self.inspector.record.find(int(number)) if _NUMBER.fullmatch(number) else None
        if exchange is None:
            return _refuse(404, "This request is not kept any more.")
        if what == "replay":
            return _only(method, "POST") or await self._replay(exchange)
        return _only(method, "GET") or _OF_ONE[what](self, exchange)

    def _list(self, method: str, headers: dict[str, str]) -> Reply:
        if method == "DELETE":
            self.inspector.record.clear()
            return Reply(204, "", b"")
        tag = {"etag": f'"{self.inspector.record.version}"'}
        if headers.get("if-none-match") == tag["etag"]:
            return Reply(304, "", b"", tag)
        listed = {
            "function": self.inspector.function,
            "kind": self.inspector.kind,
            "kept": self.inspector.record.count,
            "requests": [view.summary(exchange) for exchange in reversed(self.inspector.record.exchanges)],
        }
        return _json(listed)._replace(headers=tag)

    async def _replay(self, exchange: Exchange) -> Reply:
        return _json({"id": await exchange.send_again(exchange)}, 201)

    def _detail(self, exchange: Exchange) -> Reply:
        return _json(view.detail(exchange))

    def _event(self, exchange: Exchange) -> Reply:
        if exchange.event is None:
            return _refuse(404, "The gateway answered this request by itself; there was no event.")
        content = json.dumps(exchange.event, indent=2).encode() + b"\n"
        return Reply(
            200, _JSON, content, {"content-disposition": f'attachment; filename="event-{exchange.number}.json"'}
        )

    def _curl(self, exchange: Exchange) -> Reply:
        return Reply(200, "text/plain; charset=utf-8", f"{command(exchange.request, exchange.target)}\n".encode())

    def _request_body(self, exchange: Exchange) -> Reply:
        return _body(exchange.request.headers, exchange.request.body, f"request-{exchange.number}.bin")

    def _response_body(self, exchange: Exchange) -> Reply:
        return _body(exchange.headers, exchange.body, f"response-{exchange.number}.bin")


_OF_ONE: dict[str, Callable[[Pages, Exchange], Reply]] = {
    "": Pages._detail,  # noqa: SLF001 - a table of its own methods
    "event": Pages._event,  # noqa: SLF001
    "curl": Pages._curl,  # noqa: SLF001
    "request-body": Pages._request_body,  # noqa: SLF001
    "response-body": Pages._response_body,  # noqa: SLF001
}


def _only(method: str, *allowed: str) -> Reply | None:
    if method in allowed:
        return None
    return _refuse(405, f"Expected {' or '.join(allowed)}; the method was {method}.", allow=", ".join(allowed))


def _body(headers: Headers, body: bytes, name: str) -> Reply:
    """Return a body as it is: an image as one, all else as a file, which no browser runs in this origin."""
    kind = view.media_type(headers)
    if kind in view.IMAGES:
        return Reply(200, kind, body, {"content-security-policy": _SANDBOX})
    disposition = f'attachment; filename="{name}"'
    fields = {"content-security-policy": _SANDBOX, "content-disposition": disposition}
    return Reply(200, "application/octet-stream", body, fields)
