"""Request and Response: the neutral vocabulary between front doors and applications.

Field names are those of the ASGI HTTP scope (https://asgi.readthedocs.io/en/latest/specs/www.html). All text is native
strings in the sense of PEP 3333: one character for each byte (latin-1), so that no byte which a client sent is lost.
Hand-written `__slots__` classes, because defining a dataclass costs as much as the rest of a cold start of this package.
"""

from __future__ import annotations

TYPE_CHECKING = False  # not from typing: its import costs more than this package
if TYPE_CHECKING:
    from lambdabridge.types import Address, Headers


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
    """

    __slots__ = (
        "body",
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

    def __repr__(self) -> str:
        return f"<Request {self.method} {self.raw_path}?{self.query_string} root_path={self.root_path!r}>"


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
    ("connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "proxy-connection", "")
)


def check_headers(headers: Headers) -> Headers:
    """Return an application's response headers without those of one connection; raise ProtocolError for what is none.

    Names (lower-case here) are tokens (RFC 9110, section 5.1); values have no control characters (PEP 3333), one of
    which could smuggle in a header or a response, and nothing beyond latin-1.
    """
    names = [name for name, _ in headers]
    values = "".join([value for _, value in headers])
    if (
        values.isascii()
        and values.isprintable()
        and not "".join(names).strip(_TOKEN)  # strip() leaves nothing where every character is one of a token
        and _HOP_BY_HOP.isdisjoint(names)
    ):
        return headers
    for name, value in headers:
        if not name or name.strip(_TOKEN):
            _refuse(f"gave the header name {name!r}, which is none (RFC 9110, section 5.1)")
        for character in value:
            if (character < " " and character != "\t") or character == "\x7f":
                _refuse(f"gave the header {name!r} a control character: {value!r:.100}")
            if character > "\xff":
                _refuse(f"gave the header {name!r} a character beyond latin-1: {value!r:.100}")
    return [line for line in headers if line[0] not in _HOP_BY_HOP]


def _refuse(what: str) -> None:
    from lambdabridge.errors import ProtocolError

    raise ProtocolError(f"The application {what}.")
