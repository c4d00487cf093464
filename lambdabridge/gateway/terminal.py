"""The lines that the terminal shows for a request: method, target, status, time, and why the gateway answered by itself.

What a client sent must not move the cursor or colour the screen: control characters come out as they are written in Python.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from lambdabridge.types import Event

_COLORS = {2: "32", 3: "36", 4: "33", 5: "31"}
"""First digit of the status -> SGR: green, cyan, yellow, red."""


def request_lines(
    method: str,
    target: str,
    status: int,
    milliseconds: float,
    *,
    route: str = "",
    reason: str = "",
    colored: bool = False,
) -> list[str]:
    """Return one line for a request, and the reason indented below it. `target`: as sent, one character for each byte."""
    shown = f"\x1b[{_COLORS.get(status // 100, '0')}m{status}\x1b[0m" if colored else str(status)
    line = f"{in_ascii(method)} {in_ascii(target)} {shown} {milliseconds:.1f} ms"
    if route:
        line += f"  {in_ascii(route)}"
    return [line, *(f"  {printable(part)}" for part in reason.splitlines())]


def route_of(event: Event) -> str:
    """Return the route that took the request, as its event names it: "$default", "GET /users/{id}", "/{proxy+}"."""
    return str(event.get("routeKey") or event.get("resource") or "")


def in_ascii(native: str) -> str:
    r"""Return a native string (one character for each byte) with all that is not printable ASCII as \x1b."""
    return re.sub(r"[^ -~]", lambda match: f"\\x{ord(match[0]):02x}", native)


def printable(text: str) -> str:
    """Return text without control characters, of which bidirectional ones are some."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def is_colored(stream: TextIO) -> bool:
    """Return whether a stream is a terminal that shows colours, and nobody asked for none (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb" and os.name != "nt"
