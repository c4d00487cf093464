"""An exchange as the JSON of the inspector's API. Bodies are cut to what a page can show, and each says so.

What a client or an application wrote is data all the way: JSON here, and text nodes on the page.
"""

from __future__ import annotations

import json
import zlib
from datetime import datetime, timezone
from math import isfinite
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lambdabridge.gateway.inspector.record import Exchange
    from lambdabridge.types import Headers

SHOWN = 64 * 1024
"""Bytes of a text body, characters of a member of an event."""
DUMPED = 4 * 1024
"""Bytes of a hexdump."""
MEMBERS = 2000
"""Members of an event or a result."""
IMAGES = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp")
"""Shown as images; image/svg+xml may hold scripts."""
_EXACT = 2**53
"""Whole numbers up to here are the same in a browser."""


def summary(exchange: Exchange) -> dict[str, Any]:
    """Return the entry in the list of requests."""
    return {
        "id": exchange.number,
        "method": exchange.request.method,
        "target": readable(exchange.target),
        "status": exchange.status or None,
        "milliseconds": _milliseconds(exchange.answered),
        "reason": exchange.reason,
        "failed": bool(exchange.error),
        "route": exchange.route,
        "function": exchange.function,
        "received": datetime.fromtimestamp(exchange.received, timezone.utc).isoformat(timespec="milliseconds"),
        "replay_of": exchange.replay_of,
    }


def detail(exchange: Exchange) -> dict[str, Any]:
    """Return all of an exchange."""
    request = exchange.request
    return {
        **summary(exchange),
        "client": f"{request.client[0]}:{request.client[1]}" if request.client else None,
        "request": {"headers": _lines(request.headers), "body": body_of(request.headers, request.body)},
        "event": tree(exchange.event),
        "result": tree(exchange.result),
        "error": exchange.error,
        "response": {"headers": _lines(exchange.headers), "body": body_of(exchange.headers, exchange.body)},
        "timings": {
            "began": _milliseconds(exchange.began),
            "ended": _milliseconds(exchange.ended),
            "answered": _milliseconds(exchange.answered),
            "function": _milliseconds(
                None if exchange.ended is None or exchange.began is None else exchange.ended - exchange.began
            ),
        },
        "logs": [
            {"stream": line.stream, "milliseconds": round(line.milliseconds, 1), "text": line.text}
            for line in list(exchange.lines)
        ],
        "logs_cut": exchange.is_log_cut,
    }


def readable(native: str) -> str:
    """Return PEP 3333's native string as text: UTF-8 if it is that, else latin-1."""
    try:
        return native.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return native


def _lines(headers: Headers) -> list[list[str]]:
    return [[name, readable(value)] for name, value in headers]


def _milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 1)


def header(headers: Headers, wanted: str) -> str:
    """Return a header's first value; "" without one."""
    return next((value for name, value in headers if name.lower() == wanted), "")


def media_type(headers: Headers) -> str:
    """Return the media type without its parameters, "image/png"."""
    return header(headers, "content-type").partition(";")[0].strip().lower()


def body_of(headers: Headers, body: bytes) -> dict[str, Any]:
    """Return how a body is shown: kind is "empty", "text", "image" or "binary"."""
    shown: dict[str, Any] = {"size": len(body), "kind": "empty", "cut": False, "encoding": ""}
    if not body:
        return shown
    encoding = header(headers, "content-encoding").strip().lower()
    content = _decompressed(body, encoding)
    if content is not None:
        shown["encoding"] = encoding
    text = _text(body if content is None else content)
    if text is not None:
        cut = len(body if content is None else content) > SHOWN
        return {**shown, "kind": "text", "text": text, "cut": cut}
    kind = "image" if media_type(headers) in IMAGES else "binary"
    return {**shown, "kind": kind, "hexdump": hexdump(body[:DUMPED]), "cut": len(body) > DUMPED}


def _decompressed(body: bytes, encoding: str) -> bytes | None:
    """Return the beginning of what is compressed, or None; never more than can be shown, whatever is in it."""
    bits = {"gzip": 31, "deflate": 15}.get(encoding)
    if bits is None:
        return None
    try:
        return zlib.decompressobj(bits).decompress(body, SHOWN + 1)
    except zlib.error:
        return None


def _text(body: bytes) -> str | None:
    start = body[:SHOWN]
    for missing in range(4):  # a character may be cut in two
        try:
            text = start[: len(start) - missing].decode("utf-8")
        except UnicodeDecodeError:
            if len(body) <= SHOWN:
                return None
        else:
            return None if "\x00" in text else text
    return None


def hexdump(body: bytes) -> str:
    """Return lines as of `hexdump -C`: offset, sixteen bytes, the same as ASCII."""
    lines = []
    for offset in range(0, len(body), 16):
        row = body[offset : offset + 16]
        ascii_ = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
        lines.append(f"{offset:06x}  {row[:8].hex(' '):23}  {row[8:].hex(' '):23}  |{ascii_}|")
    return "\n".join(lines)


def tree(value: object) -> dict[str, Any]:
    """Return parsed JSON as a page can show it, and whether something was cut."""
    budget = _Budget()
    return {"value": budget.take(value), "cut": budget.cut}


class _Budget:
    """Copies JSON until there is too much of it."""

    def __init__(self) -> None:
        self.members = MEMBERS
        self.characters = 4 * SHOWN
        self.cut = False

    def take(self, value: object) -> object:
        """Return the value, or the beginning of it."""
        self.members -= 1
        if isinstance(value, str):
            room = min(SHOWN, self.characters)
            self.characters -= min(len(value), room)
            if len(value) <= room:
                return value
            self.cut = True
            return f"{value[:room]}... ({len(value)} characters)"
        if isinstance(value, dict):
            return {str(self.take(name)): self.take(member) for name, member in self._some(list(value.items()))}
        if isinstance(value, list):
            return [self.take(member) for member in self._some(value)]
        if isinstance(value, float) and not isfinite(value):
            return json.dumps(value)  # NaN is Python's JSON, and no browser's
        return str(value) if isinstance(value, int) and abs(value) > _EXACT else value

    def _some(self, members: list[Any]) -> list[Any]:
        if len(members) > self.members:
            self.cut = True
        return members[: max(self.members, 0)]
