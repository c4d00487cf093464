"""Request and Response: the neutral vocabulary between front doors and applications.

Field names are those of the ASGI HTTP scope (https://asgi.readthedocs.io/en/latest/specs/www.html). All text is native
strings in the sense of PEP 3333: one character for each byte (latin-1), so that no byte which a client sent is lost.
Hand-written `__slots__` classes, because defining a dataclass costs as much as the rest of a cold start of this package.
"""

from __future__ import annotations

TYPE_CHECKING = False  # not from typing: its import costs more than this package
if TYPE_CHECKING:
    from typing import Any

    from lambdabridge.caller import Authorizer, Caller, ClientCertificate
    from lambdabridge.types import Address, Event, Headers, Source


class Request:
    """One HTTP request, whole.

    method        as sent, e.g. "GET"
    path          percent-decoded, root_path included; begins with "/"
    raw_path      percent-encoded, root_path included, without the query
    root_path     percent-decoded: the part of path before the application's own (the stage, a base path); "" or "/..."
    query_string  percent-encoded, without "?"
    headers       (lower-case name, value) pairs, in order, repeated ones kept; a single "cookie" at most
    body          bytes
    scheme        "https" or "http"
    http_version  "1.1"
    client        (host, port) or None where it is not known; port 0 means not known
    server        (host, port) as the client named it
    caller        what an authorizer and mutual TLS say, see caller.py; None where neither was there
    """

    __slots__ = (
        "body",
        "caller",
        "client",
        "headers",
        "http_version",
        "method",
        "path",
        "query_string",
        "raw_path",
        "root_path",
        "scheme",
        "server",
    )

    def __init__(
        self,
        method: str,
        path: str,
        raw_path: str,
        query_string: str,
        headers: Headers,
        body: bytes,
        root_path: str = "",
        scheme: str = "https",
        http_version: str = "1.1",
        client: Address | None = None,
        server: Address = ("localhost", 443),
        caller: Caller | None = None,
    ) -> None:
        self.method = method
        self.path = path
        self.raw_path = raw_path
        self.query_string = query_string
        self.headers = headers
        self.body = body
        self.root_path = root_path
        self.scheme = scheme
        self.http_version = http_version
        self.client = client
        self.server = server
        self.caller = caller

    def __repr__(self) -> str:
        return f"<Request {self.method} {self.raw_path}?{self.query_string} root_path={self.root_path!r}>"


class Invocation:
    """What every front door spells differently, in one form: environ["aws.invocation"], scope["aws.invocation"].

    event and context are Lambda's own. The rest is found when it is first asked for. It lives as long as the application
    keeps its environ or scope, often until garbage is collected, and so does not keep the Request.
    """

    __slots__ = ("_caller", "_deadline", "_source", "context", "event")

    def __init__(self, event: Event, context: Any, source: Source, request: Request) -> None:
        self.event = event
        self.context = context
        self._caller = request.caller
        self._source = source

    @property
    def source(self) -> str:
        """The front door: "rest_api", "http_api_v2", ... (the names of lambdabridge.sources.registry.SOURCES)."""
        from lambdabridge.sources.registry import short_name

        return short_name(self._source)

    @property
    def request_id(self) -> str | None:
        """The front door's id of the request, as in its access log; Lambda's own where it has none."""
        return self._identify()[0] or getattr(self.context, "aws_request_id", None)

    @property
    def stage(self) -> str | None:
        """The stage, "$default" included; None where the front door has no stages."""
        return self._identify()[1]

    def _identify(self) -> tuple[str | None, str | None]:
        identify = getattr(self._source, "identify", None)
        return (None, None) if identify is None else identify(self.event)

    @property
    def authorizer(self) -> Authorizer | None:
        """What the route's authorizer found: kind, principal, claims, scopes, context. None without one."""
        return None if self._caller is None else self._caller.authorizer

    @property
    def client_certificate(self) -> ClientCertificate | None:
        """The client's certificate: pem, subject, issuer, serial_number, not_before, not_after. None without one."""
        return None if self._caller is None else self._caller.client_certificate

    @property
    def tenant_id(self) -> str | None:
        """The tenant of a function with tenant isolation."""
        return getattr(self.context, "tenant_id", None)

    @property
    def trace_id(self) -> str | None:
        """The X-Ray trace id, "1-67891233-abcdef012345678912345678": Lambda's own, or else the front door's."""
        from lambdabridge.trace import trace_id

        return trace_id(self._headers)

    def _headers(self) -> Headers:
        try:
            return self._source.decode_request(self.event, None).headers
        except Exception:  # a warm-up request has no such source; an application may have changed its event
            return []

    @property
    def deadline(self) -> float | None:
        """Unix time in seconds at which Lambda ends the invocation; None without a context."""
        if not hasattr(self, "_deadline"):
            from time import time

            remaining = getattr(self.context, "get_remaining_time_in_millis", None)
            self._deadline: float | None = None if remaining is None else time() + remaining() / 1000
        return self._deadline


class Response:
    """One HTTP response, whole: status (int), headers as in Request, body (bytes)."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, headers: Headers, body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    def __repr__(self) -> str:
        return f"<Response {self.status}, {len(self.body)} bytes>"


def plain_response(status: int, text: str) -> Response:
    """Return a response of our own: for errors, where the application gave none."""
    return Response(status, [("content-type", "text/plain; charset=utf-8")], text.encode())


_TOKEN = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
_HOP_BY_HOP = frozenset(
    ("connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "proxy-connection")
)


_passed: set[str] = set()
"""Names that have been looked at and may be sent; an application uses a few, again and again."""


def check_headers(headers: Headers) -> Headers:
    """Return an application's response headers without those of one connection; raise ProtocolError for what is none.

    Names (lower-case here) are tokens (RFC 9110, section 5.1); values have no control characters (PEP 3333), one of
    which could smuggle in a header or a response, and nothing beyond latin-1.
    """
    for name, value in headers:
        if name not in _passed or not value.isascii() or not value.isprintable():
            return _check_each(headers)
    return headers


def _check_each(headers: Headers) -> Headers:
    for name, value in headers:
        if not name or name.strip(_TOKEN):
            _refuse(f"gave the header name {name!r}, which is none (RFC 9110, section 5.1)")
        for character in value:
            if (character < " " and character != "\t") or character == "\x7f":
                _refuse(f"gave the header {name!r} a control character: {value!r:.100}")
            if character > "\xff":
                _refuse(f"gave the header {name!r} a character beyond latin-1: {value!r:.100}")
    kept = [line for line in headers if line[0] not in _HOP_BY_HOP]
    if len(_passed) < 1024:
        _passed.update(name for name, _ in kept)
    return kept


def _refuse(what: str) -> None:
    from lambdabridge.errors import ProtocolError

    raise ProtocolError(f"The application {what}.")
