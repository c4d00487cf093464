"""What an application and a client saw, without what a front door is known to change: what has to be the same."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from tests.scenarios import Scenario
from tests.test_scenarios import ADDED_HEADERS, IGNORED_REQUEST_HEADERS, IGNORED_RESPONSE_HEADERS
from tests.wire import Reply


def seen_by_app(reply: Reply, api: str) -> dict[str, Any]:
    """Return what /echo says, without what a front door is known to change."""
    assert reply.status == 200, reply
    seen: dict[str, Any] = json.loads(reply.body)
    ignored = ADDED_HEADERS | IGNORED_REQUEST_HEADERS | {"script-name"}
    seen["headers"] = {name: value for name, value in seen["headers"].items() if name not in ignored}
    url = urlsplit(seen["url"])
    path = url.path
    if api == "http":  # the client's own spelling of a path is gone: the event has it decoded
        path = quote(unquote(path), safe="/:@!$&'()*+,;=-._~")
    seen["url"] = url._replace(path=path, query="").geturl()
    seen["url's query"] = url.query
    if api == "rest":
        # decoded parameters, in the order of their names' first occurrence, which is how payload 1.0 has them
        for key in ("url's query", "query_string", "query"):
            value = seen[key]
            pairs = parse_qsl(value, keep_blank_values=True) if isinstance(value, str) else value
            seen[key] = sorted(pairs, key=lambda pair: [name for name, _ in pairs].index(pair[0]))
    return seen


def seen_by_client(reply: Reply, scenario: Scenario, page: bool, typed: bool) -> object:
    """Return the response without what a front door is known to change, and without the server's own page."""
    ignored = IGNORED_RESPONSE_HEADERS | {"x-amzn-remapped-date", "expires"}  # which count from the request
    if not typed or reply.status in (204, 304):
        ignored |= {"content-type"}  # API Gateway gives every response one
    is_echo = scenario.target.startswith("/echo")
    if is_echo:
        ignored |= {"etag"}  # of the body, which seen_by_app() compares
    joined: dict[str, list[str]] = {}
    for name, value in reply.headers:
        if name not in ignored:
            # a REST API has a WWW-Authenticate of its own: this is where it puts the application's
            joined.setdefault(name.replace("x-amzn-remapped-www-", "www-"), []).append(value)
    # payload 2.0 joins repeated headers in one line, but never Set-Cookie; Allow is a set, in any order
    if "set-cookie" in joined:
        joined["set-cookie"] = [undated(line) for line in joined["set-cookie"]]
    sets = {"set-cookie": "", "allow": ", "}
    lines = {
        name: ", ".join(values) if name not in sets else sorted(v for line in values for v in parts(line, sets[name]))
        for name, values in joined.items()
    }
    return reply.status, lines, reply.body if page and not is_echo else b""


def parts(line: str, separator: str) -> list[str]:
    return line.split(separator) if separator else [line]


def undated(attributes: str) -> str:
    """Return a cookie's attributes with every whole date as "a date": two servers may answer in different seconds."""
    return re.sub(
        r"(expires)=\w{3}, \d\d[ -]\w{3}[ -]\d{4} [\d:]{8} GMT", r"\1=a date", attributes, flags=re.IGNORECASE
    )
