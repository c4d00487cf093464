"""What each front door loses of a response: one table, and nothing else may differ. The marks are those of losses.py."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import NamedTuple

from tests.peer_cases.events import grouped
from tests.strategies import Response


class ResponseLoss(NamedTuple):
    """One thing that is lost on a response's way to the client."""

    reason: str
    evidence: str
    lose: Callable[[Response], Response]
    example: Response


def _said(*headers: tuple[str, str], status: int = 200, body: bytes = b"") -> Response:
    return Response("GET", status, headers, body)


def _without(names: tuple[str, ...], beginnings: tuple[str, ...] = ("\0",)) -> Callable[[Response], Response]:
    def lose(said: Response) -> Response:
        kept = (line for line in said.headers if line[0] not in names and not line[0].startswith(beginnings))
        return said._replace(headers=tuple(kept))

    return lose


def _joined_lines(said: Response) -> Response:
    each = grouped(line for line in said.headers if line[0] != "set-cookie")
    cookies = (line for line in said.headers if line[0] == "set-cookie")
    return said._replace(headers=(*((name, ", ".join(found).strip(" ")) for name, found in each.items()), *cookies))


def _renamed(said: Response) -> Response:
    names = ("content-length", "date", "server", "www-authenticate")
    lines = ((f"x-amzn-remapped-{name}" if name in names else name, value) for name, value in said.headers)
    return said._replace(headers=tuple(lines))


def _base64_text(said: Response) -> Response:
    try:
        said.body.decode()
    except UnicodeDecodeError:
        return said._replace(body=b64encode(said.body))
    return said


def _typed(default: str) -> ResponseLoss:
    def lose(said: Response) -> Response:
        has_type = any(name == "content-type" for name, _ in said.headers)
        return said if has_type else said._replace(headers=(*said.headers, ("content-type", default)))

    return ResponseLoss("a Content-Type where there is none", "[C] sections 1.3, 2.3, 3; else [?]", lose, _said())


def _empty(said: Response) -> Response:
    return said._replace(body=b"") if said.method == "HEAD" or said.status in (204, 304) else said


NO_BODY = ResponseLoss("no body where HTTP has none", "RFC 9110, section 6.4.1", _empty, _said(status=204, body=b"x"))
COUNTED = ResponseLoss(
    "the front door counts the body itself",
    "[C] section 2.3: Gateway adds",
    lambda said: said if said.method == "HEAD" else _without(("content-length",))(said),
    _said(("content-length", "7")),
)
LINES_JOINED = ResponseLoss(
    "one string for a name: repeated lines are joined, but for cookies",
    "RFC 9110, section 5.3; `cookies` of payload 2.0, or spellings of set-cookie on a load balancer",
    _joined_lines,
    _said(("vary", "a"), ("vary", "b")),
)
REMAPPED = ResponseLoss(
    "some are sent under another name",
    "[V][O] section 1.3: Remapped",
    _renamed,
    _said(("date", "7")),
)
BASE64_TEXT = ResponseLoss(
    "where base64 is not decoded, the client gets its text for what is not UTF-8",
    "[V] section 1.2: Response",
    _base64_text,
    _said(body=b"\xff"),
)
EDGE_OWN = ResponseLoss(
    "CloudFront keeps these for itself, and would answer 502",
    "[D] restrictions on all edge functions",
    _without(("content-length", "via", "x-cache", "x-real-ip"), ("x-amzn-",)),
    _said(("via", "7")),
)
_JSON, _PLAIN, _BINARY = (
    _typed(t) for t in ("application/json", "text/plain; charset=utf-8", "application/octet-stream")
)
RESPONSE_LOSSES: dict[str, tuple[ResponseLoss, ...]] = {
    "rest": (REMAPPED, _JSON, NO_BODY),
    "rest, no binaryMediaTypes": (REMAPPED, _JSON, NO_BODY, BASE64_TEXT),
    "rest-template": (LINES_JOINED, REMAPPED, _JSON, NO_BODY, BASE64_TEXT),
    "http-1.0": (COUNTED, _PLAIN, NO_BODY),
    "http-1.0 with a stage": (COUNTED, _PLAIN, NO_BODY),
    "http": (COUNTED, LINES_JOINED, _PLAIN, NO_BODY),
    "http with a stage": (COUNTED, LINES_JOINED, _PLAIN, NO_BODY),
    "function-url": (COUNTED, LINES_JOINED, _JSON, NO_BODY),
    "alb": (COUNTED, LINES_JOINED, _BINARY, NO_BODY),
    "alb, multi-value": (COUNTED, _BINARY, NO_BODY),
    "vpc-lattice-1": (COUNTED, LINES_JOINED, _BINARY, NO_BODY),
    "vpc-lattice-2": (COUNTED, LINES_JOINED, _BINARY, NO_BODY),
    "lambda-at-edge": (EDGE_OWN, NO_BODY),
}
"""Door -> what it loses, in this order."""
