"""ASGI 3, the server's side: build_scope, the exchange of messages, and the Runner that calls the application.

https://asgi.readthedocs.io/en/latest/specs/main.html (spec_version 2.5 of HTTP; lifespan is in lifespan.py)

One event loop belongs to the Runner from bridge() to the end of the process. On the main line, this file and lifespan.py
alone import asyncio.
"""

from __future__ import annotations

import asyncio

import lambdabridge
from lambdabridge.lifespan import EventLoop, Lifespan
from lambdabridge.messages import Response, check_headers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lambdabridge.caller import Caller
    from lambdabridge.messages import Invocation, Request
    from lambdabridge.types import ASGIApplication, Headers

_ASGI = {"version": "3.0", "spec_version": "2.5"}


def build_scope(request: Request, invocation: Invocation, state: dict[str, Any]) -> dict[str, Any]:
    """Return the HTTP connection scope for a request."""
    path, root_path = request.path, request.root_path
    client = request.client
    return {
        "type": "http",
        "asgi": _ASGI.copy(),
        "http_version": request.http_version,
        "method": request.method.upper(),
        "scheme": request.scheme,
        "path": path if path.isascii() else _text(path),
        "raw_path": request.raw_path.encode("latin-1"),
        "query_string": request.query_string.encode("latin-1"),
        "root_path": root_path if root_path.isascii() else _text(root_path),
        "headers": _encode_headers(request.headers),
        "client": None if client is None else list(client),
        "server": list(request.server),
        "state": state.copy(),
        "extensions": {} if request.caller is None else _extensions(request.caller),
        "aws.event": invocation.event,
        "aws.context": invocation.context,
        "aws.invocation": invocation,
    }


def _extensions(caller: Caller) -> dict[str, Any]:
    """Return the TLS extension for a client's certificate; what API Gateway does not tell of the connection is None.

    https://asgi.readthedocs.io/en/latest/specs/tls.html
    """
    certificate = caller.client_certificate
    if certificate is None:
        return {}
    from lambdabridge.caller import rfc4514

    tls = {
        "server_cert": None,
        "client_cert_chain": [certificate.pem],
        "client_cert_name": rfc4514(certificate.subject) or None,
        "client_cert_error": None,
        "tls_version": None,
        "cipher_suite": None,
    }
    return {"tls": tls}


def _encode_headers(headers: Headers) -> list[tuple[bytes, bytes]]:
    if "".join([value for _, value in headers]).isascii():
        return [(_names[name], value.encode()) for name, value in headers]  # encode() is fast without an argument
    return [(_names[name], value.encode("latin-1")) for name, value in headers]


class _Names(dict):  # type: ignore[type-arg]  # a dict[str, bytes] as the base costs 0.03 ms
    """Header name -> its bytes. Filled as names come."""

    def __missing__(self, name: str) -> bytes:
        encoded = name.encode("latin-1", "replace")
        if len(self) < 1024:  # names are the client's to choose
            self[name] = encoded
        return encoded


_names = _Names()


def _text(native: str) -> str:
    """Return a native string's bytes as text; what is not UTF-8 becomes U+FFFD, as uvicorn does it."""
    return native.encode("latin-1").decode("utf-8", "replace")


class _Exchange:
    """The messages of one request and its response, from both ends."""

    __slots__ = ("_done", "_request_sent", "chunks", "headers", "is_complete", "request", "status")

    def __init__(self, request: Request) -> None:
        self.request = request
        self.status: int | None = None
        self.headers: Headers = []
        self.chunks: list[bytes] = []
        self._request_sent = False
        self.is_complete = False
        self._done: asyncio.Event | None = None

    async def receive(self) -> dict[str, Any]:
        if not self._request_sent:
            self._request_sent = True
            return {"type": "http.request", "body": self.request.body, "more_body": False}
        if not self.is_complete:
            # a client would still be there: http.disconnect now would end streaming responses after their first part
            if self._done is None:
                self._done = asyncio.Event()
            await self._done.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        if self.is_complete:
            raise lambdabridge.errors.ProtocolError(f"The application sent {kind!r} after its response was complete.")
        if kind == "http.response.body":
            if self.status is None:
                raise lambdabridge.errors.ProtocolError(
                    "The application sent 'http.response.body' before 'http.response.start'."
                )
            body = message.get("body", b"")
            if body:
                self.chunks.append(_bytes(body))
            if not message.get("more_body"):
                self.is_complete = True
                if self._done is not None:
                    self._done.set()
        elif kind == "http.response.start":
            if self.status is not None:
                raise lambdabridge.errors.ProtocolError("The application sent 'http.response.start' a second time.")
            self.headers = _headers(message.get("headers", ()))
            self.status = _check_status(message.get("status"))
        else:
            raise lambdabridge.errors.ProtocolError(
                f"The application sent a message of type {kind!r}; known here are 'http.response.start' and "
                "'http.response.body' (no extension is offered in scope['extensions'])."
            )

    def response(self) -> Response:
        """Return the response; raise ProtocolError if the application did not send one to its end."""
        if self.is_complete and self.status is not None:
            return Response(self.status, self.headers, b"".join(self.chunks))
        missing = "a response" if self.status is None else "the end of its response (more_body was still true)"
        raise lambdabridge.errors.ProtocolError(f"The application returned without sending {missing}.")


def _bytes(body: Any) -> bytes:
    if isinstance(body, (bytes, bytearray, memoryview)):
        return bytes(body)
    raise lambdabridge.errors.ProtocolError(
        f"The application sent {type(body).__name__} as a response body where ASGI wants bytes: {body!r:.60}."
    )


def _check_status(status: Any) -> int:
    if isinstance(status, int) and 200 <= status <= 999:
        return int(status)  # an http.HTTPStatus as well
    raise lambdabridge.errors.ProtocolError(
        f"The application sent the status {status!r} where ASGI wants an integer from 200 to 999."
    )


def _headers(headers: Any) -> Headers:
    try:
        lines = [(name.decode("latin-1").lower(), value.decode("latin-1").strip(" \t")) for name, value in headers]
        return check_headers(lines)
    except (AttributeError, TypeError, ValueError):
        raise lambdabridge.errors.ProtocolError(
            f"The application sent the headers {headers!r:.200} where ASGI wants an iterable of [bytes, bytes]."
        ) from None


class Runner:
    """Runs one ASGI application on a loop of its own: startup when it is made, then a request for each run()."""

    def __init__(self, app: ASGIApplication, lifespan: str, *, raise_errors: bool = False) -> None:
        self.raise_errors = raise_errors
        self._loop = EventLoop()
        self._lifespan: Lifespan | None = None
        self._state: dict[str, Any] = {}
        if lifespan != "off":
            try:
                self._start(app, required=lifespan == "on")
            except BaseException:
                self.close()
                raise

    def _start(self, app: ASGIApplication, *, required: bool) -> None:
        lifespan = Lifespan(app)
        self._loop.run(lifespan.startup)
        if lifespan.error is not None and not isinstance(lifespan.error, Exception):
            raise lifespan.error
        if lifespan.failure is not None:
            # Starlette puts a whole traceback there, whose last line is the exception
            failure = lifespan.failure.strip().rpartition("\n")[2]
            raise lambdabridge.errors.LifespanError(f"The application's startup failed: {failure}") from lifespan.error
        if lifespan.is_complete:
            self._lifespan, self._state = lifespan, lifespan.state
            import atexit

            atexit.register(self.close)  # which keeps this object until then: what was started gets its shutdown
            return
        # the application knows no lifespan scope: the ASGI specification has it raise or return then
        reason = f"raised {type(lifespan.error).__name__}: {lifespan.error}" if lifespan.error else "returned"
        reason += " after it was asked to start" if lifespan.was_asked else ""
        if required:
            raise lambdabridge.errors.LifespanError(
                f'The application {reason} in the lifespan scope, and lifespan="on" requires it.'
            ) from (lifespan.error)
        from lambdabridge.log import log_debug, log_warning

        log = log_warning if lifespan.was_asked and lifespan.error else log_debug
        log(f"The application is taken to have no lifespan: it {reason} in that scope.")

    def run(self, app: ASGIApplication, request: Request, invocation: Invocation) -> Response:
        """Serve one request and return the response; the application's exceptions come out as they are."""
        exchange = _Exchange(request)
        scope = build_scope(request, invocation, self._state)
        try:
            self._loop.run(self._call, app, scope, exchange)
        except Exception as error:
            # after a complete response it is a background task's, and a server would have sent the response long before;
            # or that of a middleware such as Starlette's, which answers 500 itself and then raises it again
            is_server_error = exchange.status is not None and exchange.status >= 500
            if not exchange.is_complete or (self.raise_errors and is_server_error):
                raise
            from lambdabridge.log import log_exception

            when = "" if is_server_error else " after its response was complete"
            log_exception(f"The application raised an exception{when}", request, error)
        return exchange.response()

    async def _call(self, app: ASGIApplication, scope: dict[str, Any], exchange: _Exchange) -> None:
        awaitable = app(scope, exchange.receive, exchange.send)
        if not hasattr(awaitable, "__await__"):
            raise lambdabridge.errors.InterfaceError(
                f"The application was taken for ASGI but returned {awaitable!r:.60}, which can't be awaited; "
                'if it is WSGI, say so: bridge(app, interface="wsgi").'
            )
        await awaitable

    def close(self) -> None:
        """Run the lifespan's shutdown, once, and close the loop."""
        if not self._loop.is_usable:
            return
        try:
            if self._lifespan is not None:
                import atexit

                atexit.unregister(self.close)
                self._loop.run(self._lifespan.shutdown)
                if self._lifespan.error is not None:
                    from lambdabridge.log import log_error

                    log_error(f"The application's shutdown raised {self._lifespan.error!r}.")
        finally:
            self._loop.close()
