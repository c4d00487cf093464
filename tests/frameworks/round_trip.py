"""A whole round trip as an application: what a framework's test client sends becomes an event, the result a response.

A client that calls a WSGI or ASGI application then calls Lambda without knowing it. What the client mounts its application
at (SCRIPT_NAME, root_path) is the stage. Event and result cross as JSON, as in Lambda.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

from lambdabridge import bridge
from lambdabridge.adapter import Handler
from lambdabridge.errors import LifespanError
from lambdabridge.messages import Request, Response
from tests.wire import finish, front_door


def round_trip(api: str, handler: Callable[[Any, Any], Any], request: Request, root_path: str) -> Response:
    """Send a request through an API's front door; an exception of the handler's comes out as it is."""

    async def invoke(event: dict[str, Any]) -> object:
        return json.loads(json.dumps(handler(json.loads(json.dumps(event)), None)))

    response = finish(front_door(api, root_path.strip("/")).answer(request, invoke)).response
    if response.status in (204, 304):  # API Gateway gives it a Content-Type, and the clients' validators allow none
        response.headers = [line for line in response.headers if line[0] != "content-type"]
    return response


def wsgi_round_trip(api: str, handler: Callable[[Any, Any], Any]) -> Callable[[dict[str, Any], Any], Iterable[bytes]]:
    """Return a WSGI application that is a front door and the function behind it."""

    def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        raw_path = quote(
            environ.get("SCRIPT_NAME", "") + environ["PATH_INFO"], safe="/:@!$&'()*+,;=", encoding="latin-1"
        )
        headers = [(key[5:].lower().replace("_", "-"), environ[key]) for key in environ if key.startswith("HTTP_")]
        entity = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}
        headers += [(name, environ[key]) for name, key in entity.items() if environ.get(key)]
        if "HTTP_HOST" not in environ:
            headers.insert(0, ("host", environ["SERVER_NAME"]))
        request = Request(
            environ["REQUEST_METHOD"],
            raw_path,
            raw_path,
            environ.get("QUERY_STRING", ""),
            headers,
            environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)),
            scheme=environ["wsgi.url_scheme"],
            client=(environ.get("REMOTE_ADDR", "127.0.0.1"), 0),
            server=(environ["SERVER_NAME"], int(environ["SERVER_PORT"])),
        )
        response = round_trip(api, handler, request, environ.get("SCRIPT_NAME", ""))
        start_response(f"{response.status} Answer", response.headers)
        return [response.body]

    return app


class ASGIRoundTrip:
    """An ASGI application that is a front door and the function behind it, whose init is the lifespan's startup."""

    def __init__(self, api: str, app: Any, **options: Any) -> None:
        self.api = api
        self.app = app
        self.options = options
        self.handler: Handler | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one scope."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        raw_path = scope.get("raw_path") or quote(scope["path"]).encode()
        request = Request(
            scope["method"],
            scope["path"],
            raw_path.partition(b"?")[0].decode("latin-1"),
            scope["query_string"].decode("latin-1"),
            [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"]],
            body,
            scheme=scope["scheme"],
            client=tuple(scope["client"]) if scope.get("client") else None,
            server=tuple(scope["server"]) if scope.get("server") else ("localhost", 80),
        )
        if self.handler is None:  # a client that runs no lifespan
            self.handler = bridge(self.app, **{"lifespan": "off", **self.options})
        response = round_trip(self.api, self.handler, request, scope.get("root_path", ""))
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.headers]
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        await send({"type": "http.response.body", "body": response.body, "more_body": False})

    async def _lifespan(self, receive: Any, send: Any) -> None:
        await receive()
        try:
            self.handler = bridge(self.app, **{"lifespan": "on", **self.options})
        except LifespanError as error:
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            raise (error.__cause__ or error) from None  # as the application does it
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self.close()
        await send({"type": "lifespan.shutdown.complete"})

    def close(self) -> None:
        """End the execution environment."""
        if self.handler is not None:
            self.handler.close()
