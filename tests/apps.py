"""One application, twice: `wsgi_app` (PEP 3333) and `asgi_app` (ASGI 3) answer every scenario alike.

/echo... answers as JSON what the application saw of the request, in the same words for both interfaces, so that what came
through a real server and what came through an event can be compared. The other paths answer as ANSWERS says.
"""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4
TEXT = "text/plain; charset=utf-8"

# path -> (status, headers, chunks)
ANSWERS: dict[str, tuple[int, list[tuple[str, str]], list[bytes]]] = {
    "/text": (200, [("Content-Type", TEXT)], ["grüße, 世界".encode()]),
    "/bytes": (200, [("Content-Type", "image/png")], [PNG]),
    "/latin-1": (200, [("Content-Type", "text/html; charset=iso-8859-1")], [b"caf\xe9"]),
    "/gzip": (200, [("Content-Type", TEXT), ("Content-Encoding", "gzip")], [gzip.compress(b"compressed", mtime=0)]),
    "/stream": (200, [("Content-Type", TEXT)], [b"one ", b"", b"two ", b"three"]),
    "/empty": (200, [("Content-Type", TEXT), ("Content-Length", "0")], []),
    "/cookies": (
        200,
        [("Content-Type", TEXT), ("Set-Cookie", "a=1; Expires=Wed, 09 Jun 2032 10:18:14 GMT"), ("Set-Cookie", "b=2")],
        [b"two"],
    ),
    "/repeated": (200, [("Content-Type", TEXT), ("Vary", "Accept"), ("Link", "<a>"), ("Vary", "Cookie")], [b"vary"]),
    "/header-latin-1": (200, [("Content-Type", TEXT), ("X-Name", "caf\xe9")], [b"name"]),
    "/created": (
        201,
        [("Content-Type", "application/json"), ("Location", "https://test.example/things/7")],
        [b'{"id":7}'],
    ),
    "/redirect": (
        302,
        [("Content-Type", TEXT), ("Location", "https://test.example/text"), ("Content-Length", "0")],
        [],
    ),
    "/nothing": (204, [], []),
    "/not-modified": (304, [("ETag", '"x"')], []),
    "/teapot": (418, [("Content-Type", TEXT)], [b"short and stout"]),
    "/unregistered": (599, [("Content-Type", TEXT)], [b"599"]),
}


def _echo(
    *,
    method: str,
    root_path: str,
    path: str,
    raw_path: str,
    query_string: str,
    headers: dict[str, str],
    body: bytes,
    scheme: str,
    client: str,
) -> bytes:
    seen = {
        "method": method,
        "root_path": root_path,
        "path": path,
        "raw_path": raw_path,
        "query_string": query_string,
        "headers": headers,
        "body": base64.b64encode(body).decode(),
        "scheme": scheme,
        "client": client,
    }
    return json.dumps(seen).encode()


def _utf8(native: str) -> str:
    return native.encode("latin-1").decode("utf-8", "replace")


def wsgi_app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Answer as a WSGI application."""
    path = environ["PATH_INFO"]
    if path.startswith("/echo"):
        headers = {
            key.removeprefix("HTTP_").lower().replace("_", "-"): value
            for key, value in environ.items()
            if key.startswith("HTTP_") or key in ("CONTENT_TYPE", "CONTENT_LENGTH")
        }
        # CGI has an empty CONTENT_TYPE or CONTENT_LENGTH mean the same as none
        headers = {name: value for name, value in headers.items() if value or not name.startswith("content-")}
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = _echo(
            method=environ["REQUEST_METHOD"],
            root_path=_utf8(environ["SCRIPT_NAME"]),
            path=_utf8(environ["SCRIPT_NAME"] + path),
            raw_path=environ["RAW_URI"].partition("?")[0],
            query_string=environ["QUERY_STRING"],
            headers=headers,
            body=environ["wsgi.input"].read(length) if length else b"",
            scheme=environ["wsgi.url_scheme"],
            client=environ["REMOTE_ADDR"],
        )
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
    if path == "/error":
        raise RuntimeError("on purpose")
    status, answer_headers, chunks = ANSWERS[path]
    start_response(f"{status} Reason", list(answer_headers))
    return [] if environ["REQUEST_METHOD"] == "HEAD" else chunks


async def asgi_app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer as an ASGI application."""
    if scope["type"] != "http":
        raise NotImplementedError(scope["type"])
    body = b""
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    root_path = scope["root_path"]
    path = scope["path"].removeprefix(root_path)
    if path == "/error":
        raise RuntimeError("on purpose")
    if path.startswith("/echo"):
        headers: dict[str, str] = {}
        for raw_name, raw_value in scope["headers"]:
            name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
            headers[name] = f"{headers[name]},{value}" if name in headers else value
        content = _echo(
            method=scope["method"],
            root_path=root_path,
            path=scope["path"],
            raw_path=scope["raw_path"].decode("latin-1"),
            query_string=scope["query_string"].decode("latin-1"),
            headers=headers,
            body=body,
            scheme=scope["scheme"],
            client=scope["client"][0],
        )
        status, answer_headers, chunks = 200, [("content-type", "application/json")], [content]
    else:
        status, answer_headers, chunks = ANSWERS[path]
    lines = [(name.lower().encode(), value.encode("latin-1")) for name, value in answer_headers]
    await send({"type": "http.response.start", "status": status, "headers": lines})
    for chunk in chunks:
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body"})
