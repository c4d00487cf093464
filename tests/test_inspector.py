"""The inspector: what it keeps and shows, whom it answers, and that it sends the same request again.

The application below is served in this process; ask() is one ASGI call, with sockets only where curl is the judge.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
import re
import shutil
import socket
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable, Iterator
from importlib.resources import files
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes

import pytest

from lambdabridge.gateway.environment import Environment
from lambdabridge.gateway.gateway import Gateway
from lambdabridge.gateway.inspector import view
from lambdabridge.gateway.inspector.curl import command
from lambdabridge.gateway.inspector.inspector import Inspector
from lambdabridge.gateway.inspector.output import Output
from lambdabridge.gateway.inspector.record import Exchange, Record
from lambdabridge.gateway.terminal import request_lines
from lambdabridge.messages import Request
from tests.wire import front_door, serving, whole_gateway

API = "/_lambdabridge/api/requests"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
LARGE = "ä".encode() * 40_000
HELD = threading.Event()
BODIES: dict[str, tuple[list[tuple[str, str]], bytes]] = {
    "/image": ([("Content-Type", "image/png")], PNG),
    "/svg": ([("Content-Type", "image/svg+xml")], b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    "/large": ([("Content-Type", "text/plain")], b"x" + LARGE),
    "/gzip": ([("Content-Type", "text/plain"), ("Content-Encoding", "gzip")], gzip.compress(b"small", mtime=0)),
}


def app(environ: Any, start_response: Any) -> list[bytes]:
    """WSGI: what BODIES says, else what was sent."""
    path = environ["PATH_INFO"]
    if path == "/held":
        HELD.wait(20)
    if path == "/fails":
        raise SystemExit("no database")
    if path == "/writes":
        print("to standard output")
        print("to standard error", file=sys.stderr)
        logging.getLogger("tests.inspected").warning("to a log")
        helper = threading.Thread(target=print, args=("from a thread",))
        helper.start()
        helper.join()
    sent = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    headers, body = BODIES.get(path, ([("Content-Type", "application/octet-stream")], sent))
    start_response("200 OK", headers)
    return [body]


class Reply(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


OWN = (("host", "127.0.0.1:8000"),)


async def send_to(application: Any, target: str, method: str = "GET", headers: Any = OWN, body: bytes = b"") -> Reply:
    """Return what an ASGI application answers."""
    path, _, query = target.partition("?")
    scope = {
        "type": "http",
        "method": method,
        "path": unquote_to_bytes(path).decode("utf-8", "replace"),
        "raw_path": path.encode("latin-1"),
        "query_string": query.encode("latin-1"),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers],
        "scheme": "http",
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 8000),
    }
    messages: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body}

    async def send(message: dict[str, Any]) -> None:
        messages.append(message)

    await application(scope, receive, send)
    start, content = messages
    fields = [(name.decode(), value.decode("latin-1")) for name, value in start["headers"]]
    assert len(dict(fields)) == len(fields)
    return Reply(start["status"], dict(fields), content["body"])


def ask(application: Any, target: str, method: str = "GET", headers: Any = OWN, body: bytes = b"") -> Reply:
    return asyncio.run(send_to(application, target, method, headers, body))


@pytest.fixture(scope="module")
def environment() -> Iterator[Environment]:
    one = Environment("tests.test_inspector:app")
    one.start()
    yield one
    one.stop()


Make = Callable[..., Gateway]


@pytest.fixture
def make(environment: Environment) -> Make:
    """Return what makes a gateway with an inspector around the application."""

    def gateway(api: str = "http", record: Record | None = None, listening: str = "127.0.0.1") -> Gateway:
        inspector = Inspector("tests", listening, "some API", record)
        types: Any = {"binary_media_types": ("*/*",) if api == "rest" else ()}
        return whole_gateway(front_door(api, **types), environment, inspector=inspector)

    return gateway


# --- what is kept


def test_the_list(make: Make) -> None:
    gateway = make()
    ask(gateway, "/a%20b?c=<script>", "POST", body=b"{}")
    ask(gateway, "/fails")
    listed = ask(gateway, API)
    answer = listed.json
    for entry in answer["requests"]:
        assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", entry.pop("received"))
        assert entry.pop("milliseconds") >= 0
    common = {"replay_of": None, "route": "$default", "function": "tests"}
    assert answer == {
        "function": "tests",
        "kind": "some API",
        "kept": 200,
        "requests": [
            {
                "id": 2,
                "method": "GET",
                "target": "/fails",
                "status": 500,
                "failed": True,
                "reason": "the function failed: SystemExit: no database",
                **common,
            },
            {
                "id": 1,
                "method": "POST",
                "target": "/a%20b?c=<script>",
                "status": 200,
                "failed": False,
                "reason": "",
                **common,
            },
        ],
    }
    tag = listed.headers["etag"]
    assert ask(gateway, API, headers=(*OWN, ("if-none-match", tag)))[::2] == (304, b"")
    ask(gateway, "/")
    assert ask(gateway, API, headers=(*OWN, ("if-none-match", tag))).status == 200


def test_one_request_whole(make: Make) -> None:
    gateway = make()
    ask(gateway, "/x?a=1", "PUT", (*OWN, ("x-name", "caf\xc3\xa9")), b'{"a": 1}')
    one = ask(gateway, f"{API}/1").json
    event = one.pop("event")
    timings = one.pop("timings")
    headers = dict(one["response"].pop("headers"))
    assert set(headers) == {"content-type", "content-length", "date", "apigw-requestid"}
    assert one.pop("received")
    assert timings["answered"] == one.pop("milliseconds")
    assert 0 <= timings["began"] <= timings["ended"] <= timings["answered"]
    assert (event["value"]["rawPath"], event["value"]["headers"]["x-name"], event["cut"]) == (
        "/x",
        "caf\xc3\xa9",
        False,
    )
    body = {"size": 8, "kind": "text", "text": '{"a": 1}', "cut": False, "encoding": ""}
    assert one == {
        "id": 1,
        "method": "PUT",
        "target": "/x?a=1",
        "status": 200,
        "reason": "",
        "failed": False,
        "route": "$default",
        "replay_of": None,
        "function": "tests",
        "client": "127.0.0.1:50000",
        "request": {"headers": [["host", "127.0.0.1:8000"], ["x-name", "café"]], "body": body},
        "result": {
            "value": {
                "statusCode": 200,
                "headers": {"content-type": "application/octet-stream"},
                "body": '{"a": 1}',
                "isBase64Encoded": False,
            },
            "cut": False,
        },
        "error": "",
        "response": {"body": body},
        "logs": [],
        "logs_cut": False,
    }


def test_where_the_gateway_answers_by_itself(make: Make) -> None:
    gateway = make("rest")
    assert ask(gateway, "/without/stage").status == 403
    one = ask(gateway, f"{API}/1").json
    assert (one["event"]["value"], one["result"]["value"], one["error"], one["timings"]["began"]) == (
        None,
        None,
        "",
        None,
    )
    assert one["reason"] == "the stage is part of the path: http://127.0.0.1:8000/prod/"
    assert ask(gateway, f"{API}/1/event")[::2] == (
        404,
        b'{"error": "The gateway answered this request by itself; there was no event."}',
    )


def test_without_a_function_behind() -> None:
    gateway = Gateway("no such module", log=lambda line: None, inspector=Inspector("tests:app"))
    assert ask(gateway, "/").status == 502
    assert ask(gateway, f"{API}/1").json["response"]["body"]["text"] == "no such module\n"


def test_a_request_is_there_while_it_runs(make: Make) -> None:
    gateway = make()
    HELD.clear()

    async def both() -> tuple[Any, Any]:
        running = asyncio.ensure_future(send_to(gateway, "/held"))
        waiting = asyncio.ensure_future(send_to(gateway, "/second"))
        while not gateway.inspector or len(gateway.inspector.record.exchanges) < 2:
            await asyncio.sleep(0)
        seen = (await send_to(gateway, API)).json["requests"]
        HELD.set()
        await running
        await waiting
        return seen, [(await send_to(gateway, f"{API}/{number}")).json["timings"] for number in (1, 2)]

    seen, (first, second) = asyncio.run(both())
    assert [(entry["target"], entry["status"], entry["milliseconds"]) for entry in seen] == [
        ("/second", None, None),
        ("/held", None, None),
    ]
    assert second["began"] > 0
    assert first["function"] > 0


BOUNDS = {
    "number": (Record(count=3), [b""] * 5, [5, 4, 3]),
    "bytes": (Record(size=100_000), [b"x" * 10_000] * 5, [5, 4]),
    "the newest is larger than all": (Record(size=10), [b"x" * 10_000] * 5, [5]),
}


@pytest.mark.parametrize(("record", "bodies", "kept"), BOUNDS.values(), ids=BOUNDS)
def test_bounds(make: Make, record: Record, bodies: list[bytes], kept: list[int]) -> None:
    """An exchange of 10,000 bytes has them four times: request, event, result, response."""
    gateway = make(record=record)
    for body in bodies:
        ask(gateway, "/", "POST", body=body)
    assert [entry["id"] for entry in ask(gateway, API).json["requests"]] == kept
    assert ask(gateway, f"{API}/1")[::2] == (404, b'{"error": "This request is not kept any more."}')


def test_clear(make: Make) -> None:
    gateway = make()
    ask(gateway, "/")
    assert ask(gateway, API, "DELETE")[::2] == (204, b"")
    assert ask(gateway, API).json["requests"] == []


# --- bodies

SHOWN = 64 * 1024
TEXT = ("content-type", "text/plain")
DEFLATED = zlib.compress(b"\x00" * 10_000_000)
SEEN = {
    "empty": ([], b"", {"size": 0, "kind": "empty", "cut": False, "encoding": ""}),
    "text": ([TEXT], "ä".encode(), {"size": 2, "kind": "text", "text": "ä", "cut": False, "encoding": ""}),
    "cut inside a character": (
        [TEXT],
        b"x" + LARGE,
        {"size": 80_001, "kind": "text", "text": "x" + "ä" * (SHOWN // 2 - 1), "cut": True, "encoding": ""},
    ),
    "binary": (
        [],
        b"\xff\x00A" + bytes(14),
        {
            "size": 17,
            "kind": "binary",
            "cut": False,
            "encoding": "",
            "hexdump": "000000  ff 00 41 00 00 00 00 00  00 00 00 00 00 00 00 00  |..A.............|\n"
            "000010  00                                                |.|",
        },
    ),
    "gzip": (
        [TEXT, ("content-encoding", "gzip")],
        gzip.compress(b"small", mtime=0),
        {"size": 25, "kind": "text", "text": "small", "cut": False, "encoding": "gzip"},
    ),
    "gzip that is none": (
        [("content-encoding", "gzip")],
        b"plain",
        {"size": 5, "kind": "text", "text": "plain", "cut": False, "encoding": ""},
    ),
}


@pytest.mark.parametrize(("headers", "body", "expected"), SEEN.values(), ids=SEEN)
def test_how_a_body_is_shown(headers: list[tuple[str, str]], body: bytes, expected: Any) -> None:
    assert view.body_of(headers, body) == expected


def test_a_compressed_body_grows_no_further_than_what_is_shown() -> None:
    shown = view.body_of([("content-encoding", "deflate")], DEFLATED)
    assert (shown["kind"], shown["cut"], len(shown["hexdump"])) == ("binary", True, 256 * 77 - 1)
    assert len(view.body_of([("content-encoding", "gzip")], gzip.compress(b"a" * 10_000_000))["text"]) == SHOWN


TREES = {
    "what no browser reads": (
        [float("nan"), 2**53 + 1, 1.5, True],
        {"value": ["NaN", str(2**53 + 1), 1.5, True], "cut": False},
    ),
    "a long text": ("x" * 70_000, {"value": "x" * SHOWN + "... (70000 characters)", "cut": True}),
    "many members": ([[]] * 5000, {"value": [[]] * 1999, "cut": True}),
    "nothing": (None, {"value": None, "cut": False}),
}


@pytest.mark.parametrize(("value", "expected"), TREES.values(), ids=TREES)
def test_how_json_is_shown(value: object, expected: Any) -> None:
    assert view.tree(value) == expected


RAW = {
    "an image": ("/image", "response-body", "image/png", None, PNG),
    "an image with scripts": (
        "/svg",
        "response-body",
        "application/octet-stream",
        'attachment; filename="response-1.bin"',
        BODIES["/svg"][1],
    ),
    "what was sent": ("/", "request-body", "application/octet-stream", 'attachment; filename="request-1.bin"', b"sent"),
    "larger than what is shown": (
        "/large",
        "response-body",
        "application/octet-stream",
        'attachment; filename="response-1.bin"',
        b"x" + LARGE,
    ),
}


@pytest.mark.parametrize(("path", "what", "kind", "disposition", "body"), RAW.values(), ids=RAW)
def test_bodies_as_they_are(make: Make, path: str, what: str, kind: str, disposition: str | None, body: bytes) -> None:
    gateway = make()
    ask(gateway, path, "POST", body=b"sent")
    reply = ask(gateway, f"{API}/1/{what}")
    assert (reply.status, reply.body) == (200, body)
    assert reply.headers["content-type"] == kind
    assert reply.headers.get("content-disposition") == disposition
    assert reply.headers["content-security-policy"] == "default-src 'none'; sandbox"


def test_the_event_is_saved_whole(make: Make) -> None:
    gateway = make()
    ask(gateway, "/", "POST", (*OWN, ("content-type", "text/plain")), LARGE * 2)
    reply = ask(gateway, f"{API}/1/event")
    assert reply.headers["content-disposition"] == 'attachment; filename="event-1.json"'
    assert reply.json["body"] == (LARGE * 2).decode()
    assert ask(gateway, f"{API}/1").json["event"]["cut"]


# --- what the function writes


def test_logs(make: Make, capsys: pytest.CaptureFixture[str]) -> None:
    gateway = make()
    assert gateway.inspector is not None
    gateway.inspector.output.wrap()
    handler = logging.StreamHandler()
    logging.getLogger("tests.inspected").addHandler(handler)
    try:
        print("of the gateway")
        ask(gateway, "/writes")
        print("of the gateway")
    finally:
        logging.getLogger("tests.inspected").removeHandler(handler)
        gateway.inspector.output.unwrap()
    logs = ask(gateway, f"{API}/1").json["logs"]
    assert [(line["stream"], line["text"]) for line in logs] == [
        ("stdout", "to standard output\n"),
        ("stderr", "to standard error\n"),
        ("stderr", "to a log\n"),
        ("stdout", "from a thread\n"),
    ]
    assert capsys.readouterr() == (  # and the terminal has it all
        "of the gateway\nto standard output\nfrom a thread\nof the gateway\n",
        "to standard error\nto a log\n",
    )


def test_a_stream_stays_what_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    before = sys.stdout
    output = Output()
    output.wrap()
    output.wrap()  # once is enough
    assert (sys.stdout.isatty(), sys.stdout.encoding, sys.stdout.buffer) == (False, before.encoding, before.buffer)
    assert sys.stdout.write("abc") == 3
    sys.stdout.writelines(["d", "e"])
    output.unwrap()
    assert sys.stdout is before
    assert capsys.readouterr().out == "abcde"


async def never(exchange: Exchange) -> int:
    raise AssertionError("nobody asked for it")


def test_a_log_has_a_bound() -> None:
    exchange = Record().begin("/", Request("GET", "/", "/", "", [], b""), 0.0, never)
    for _ in range(3):
        exchange.write("stdout", "x" * 30_000)
    assert (sum(len(line.text) for line in exchange.lines), exchange.is_log_cut) == (SHOWN, True)


# --- whom it answers

GOOD = ["127.0.0.1:8000", "localhost", "LOCALHOST:1", "[::1]:8000", "dev.example:8000"]
BAD = [
    "evil.example",
    "localhost.evil.example",
    "evil.example:8000",
    "127.0.0.2",
    "localhost:x",
    "[::2]",
    "",
    "a@localhost",
]


@pytest.mark.parametrize(("host", "status"), [*((host, 200) for host in GOOD), *((host, 403) for host in BAD)])
@pytest.mark.parametrize("path", ["/_lambdabridge/", API, "/_lambdabridge/page.js"])
def test_host(make: Make, host: str, status: int, path: str) -> None:
    """A page that rebinds its own name to 127.0.0.1 sends that name."""
    assert ask(make(listening="dev.example"), path, headers=(("host", host),)).status == status


def test_hosts_that_are_none(make: Make) -> None:
    assert ask(make(), API, headers=()).json == {
        "error": "The inspector answers under localhost, 127.0.0.1, [::1]; the Host was missing."
    }
    twice = (("host", "localhost"), ("host", "evil.example"))
    assert ask(make(), API, headers=twice).status == 403


@pytest.mark.parametrize(("host", "status"), [("192.168.0.7:8000", 200), ("[fe80::1]", 200), ("evil.example", 403)])
def test_host_where_it_listens_everywhere(make: Make, host: str, status: int) -> None:
    assert ask(make(listening="0.0.0.0"), API, headers=(("host", host),)).status == status


ORIGINS = {
    "none": ((), True),
    "its own": ((("origin", "http://127.0.0.1:8000"),), True),
    "another port": ((("origin", "http://127.0.0.1:9000"),), False),
    "another scheme": ((("origin", "https://127.0.0.1:8000"),), False),
    "another host": ((("origin", "https://evil.example"),), False),
    "a sandboxed page's": ((("origin", "null"),), False),
    "Sec-Fetch-Site alone": ((("sec-fetch-site", "cross-site"),), False),
    "Sec-Fetch-Site of its own": ((("sec-fetch-site", "same-origin"),), True),
}


@pytest.mark.parametrize(("headers", "allowed"), ORIGINS.values(), ids=ORIGINS)
@pytest.mark.parametrize(
    ("method", "path", "status", "left"), [("POST", f"{API}/1/replay", 201, 2), ("DELETE", API, 204, 0)]
)
def test_origin(make: Make, method: str, path: str, status: int, left: int, headers: Any, allowed: bool) -> None:
    gateway = make()
    ask(gateway, "/")
    assert ask(gateway, path, method, (*OWN, *headers)).status == (status if allowed else 403)
    assert len(ask(gateway, API).json["requests"]) == (left if allowed else 1)


WRONG = {
    "no such page": ("GET", "/_lambdabridge/x", 404, "The inspector has no such page."),
    "above": ("GET", "/_lambdabridge/../inspector.py", 404, "The inspector has no such page."),
    "no such part": ("GET", f"{API}/1/x", 404, "The inspector has no such page."),
    "no number": ("GET", f"{API}/x", 404, "This request is not kept any more."),
    "a long number": ("GET", f"{API}/{'9' * 5000}", 404, "This request is not kept any more."),
    "a method": ("PUT", API, 405, "Expected GET or DELETE; the method was PUT."),
    "replay by a link": ("GET", f"{API}/1/replay", 405, "Expected POST; the method was GET."),
}


@pytest.mark.parametrize(("method", "path", "status", "sentence"), WRONG.values(), ids=WRONG)
def test_refusals(make: Make, method: str, path: str, status: int, sentence: str) -> None:
    gateway = make()
    ask(gateway, "/")
    reply = ask(gateway, path, method)
    assert (reply.status, reply.json) == (status, {"error": sentence})


PAGE = {
    "/_lambdabridge/": "text/html; charset=utf-8",
    "/_lambdabridge/page.css": "text/css; charset=utf-8",
    "/_lambdabridge/page.js": "text/javascript; charset=utf-8",
    "/_lambdabridge/icon.svg": "image/svg+xml",
    API: "application/json",
}


@pytest.mark.parametrize(("path", "kind"), PAGE.items(), ids=PAGE)
def test_headers_of_the_page(make: Make, path: str, kind: str) -> None:
    reply = ask(make(), path)
    fields = dict(reply.headers)
    fields.pop("etag", None)
    assert reply.status == 200
    assert fields == {
        "content-type": kind,
        "content-length": str(len(reply.body)),
        "cache-control": "no-store",
        "content-security-policy": "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
    }


def test_the_page_is_its_own() -> None:
    """Nothing from elsewhere, nothing inline, and no HTML out of text."""
    page = files("lambdabridge.gateway.inspector") / "page"
    html, script, style = ((page / name).read_text("utf-8") for name in ("index.html", "page.js", "page.css"))
    assert not re.findall(r"https?:|<style|style=|<script>|\son\w+=", html)
    assert not re.findall(r"(?:inner|outer)HTML|insertAdjacentHTML|document\.write|eval\(|Function\(|https?:", script)
    assert not re.findall(r"url\(|@import", style)


def test_without_an_inspector_the_path_is_the_applications(environment: Environment) -> None:
    gateway = whole_gateway(front_door("http"), environment)
    assert ask(gateway, "/_lambdabridge/", "POST", body=b"mine").body == b"mine"


def test_what_only_begins_like_the_inspectors_path_is_the_applications(make: Make) -> None:
    gateway = make()
    assert ask(gateway, "/_lambdabridges", "POST", body=b"mine").body == b"mine"
    assert ask(gateway, "/_lambdabridge").headers["location"] == "/_lambdabridge/"
    ask(gateway, "/_lambdabridge/")
    assert [entry["target"] for entry in ask(gateway, API).json["requests"]] == ["/_lambdabridges"]


# --- the same request again

SENT = {
    "plain": ("GET", "/text", (), b""),
    "binary": ("POST", "/a%2Fb%20c?x=%FF&x=2&y", (("x-a", "1"), ("x-a", "2"), ("cookie", "a=b")), bytes(range(256))),
    "slashes before the stage": ("GET", "//x", (), b""),
    "HEAD": ("HEAD", "/image", (), b""),
}
CHANGING = ("requestId", "extendedRequestId", "requestTime", "requestTimeEpoch", "time", "timeEpoch")


def comparable(event: dict[str, Any]) -> dict[str, Any]:
    event = json.loads(json.dumps(event))
    for name in CHANGING:
        event["requestContext"].pop(name, None)
    for headers in (event["headers"], event.get("multiValueHeaders") or {}):
        for name in [name for name in headers if name.lower() == "x-amzn-trace-id"]:
            del headers[name]
    return event


@pytest.mark.parametrize("api", ["http", "rest", "alb"])
@pytest.mark.parametrize(("method", "target", "headers", "body"), SENT.values(), ids=SENT)
def test_replay(make: Make, api: str, method: str, target: str, headers: Any, body: bytes) -> None:
    gateway = make(api)
    prefix = "/prod" if api == "rest" else ""
    target = "/" + prefix + target[1:] if target.startswith("//") and prefix else prefix + target
    ask(gateway, target, method, (*OWN, *headers), body)
    reply = ask(gateway, f"{API}/1/replay", "POST")
    assert (reply.status, reply.json) == (201, {"id": 2})
    assert gateway.inspector is not None
    first, second = gateway.inspector.record.exchanges
    assert second.replay_of == 1
    for name in ("target", "result", "error", "status", "body", "reason"):
        assert getattr(first, name) == getattr(second, name)
    for name in Request.__slots__:
        assert getattr(first.request, name) == getattr(second.request, name)
    assert first.event is not None
    assert second.event is not None
    assert comparable(first.event) == comparable(second.event)


# --- curl

CURLED = {
    "plain": ("GET", "/text?a=1&b=[x]{y}", (), b""),
    "dots and escapes": ("GET", "/a/../b/./%2e%2e/%41", (), b""),
    "quotes": ("POST", "/it's", (("x-quote", "'\"$(id)`id`\\ !x"), ("content-type", "text/plain")), b"it's $HOME @x"),
    "text": ("POST", "/", (("content-type", "application/json"),), '{\n\t"ä": "€"\n}\n'.encode()),
    "from a file? no": ("POST", "/", (), b"@/etc/hostname"),
    "binary": ("PUT", "/x", (("content-type", "image/png"),), PNG * 300),
    "large text": ("POST", "/x", (("content-type", "text/plain"), ("expect", "")), LARGE),
    "no body": ("POST", "/x", (), b""),
    "own agent": ("GET", "/", (("user-agent", "mine"), ("accept", "a/b"), ("x-empty", ""), ("x-empty", "")), b""),
    "bytes": ("GET", "/", (("x-utf-8", "caf\xc3\xa9"), ("x-latin-1", "caf\xe9 'x'\t\\"), ("x-hex", "\xe9a")), b""),
    "HEAD": ("HEAD", "/image", (), b""),
    "another host": ("GET", "/", (("host", "dev.example"),), b""),
    "a whole URL": ("GET", "http://a.example:1/x?y=z", (("host", "a.example:1"),), b""),
    "a method of one's own": ("PURGE", "/x", (), b""),
}


def send_raw(port: int, method: str, target: str, headers: Any, body: bytes) -> None:
    """Send a request to the letter."""
    lines = list(headers)
    if "host" not in dict(headers):
        lines.append(("host", f"127.0.0.1:{port}"))
    if body or method == "POST":
        lines.append(("content-length", str(len(body))))
    head = "".join([f"{method} {target} HTTP/1.1\r\n", *(f"{name}: {value}\r\n" for name, value in lines), "\r\n"])
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(head.encode("latin-1") + body)
        assert connection.recv(9) == b"HTTP/1.1 "


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("bash")), reason="needs curl and bash")
@pytest.mark.parametrize(("method", "target", "headers", "body"), CURLED.values(), ids=CURLED)
def test_curl_sends_the_same(make: Make, method: str, target: str, headers: Any, body: bytes) -> None:
    gateway = make()
    assert gateway.inspector is not None
    with serving(gateway, lifespan="off") as port:  # which would stop the environment
        send_raw(port, method, target, headers, body)
        first = gateway.inspector.record.exchanges[0]
        subprocess.run(
            ["bash", "-c", command(first.request, first.target)], check=True, capture_output=True, timeout=20
        )
    second = gateway.inspector.record.exchanges[1]
    assert (second.request.method, second.target) == (method, target)
    assert sorted(second.request.headers) == sorted(first.request.headers)
    assert second.request.body == first.request.body


def test_replay_goes_through_the_gateway_that_had_the_request(environment: Environment) -> None:
    inspector = Inspector("tests:app")
    rest, http_api = (whole_gateway(front_door(api), environment, inspector=inspector) for api in ("rest", "http"))
    ask(rest, "/prod/x")
    ask(http_api, f"{API}/1/replay", "POST")
    assert [(one.target, one.status, one.route) for one in inspector.record.exchanges] == [
        ("/prod/x", 200, "/{proxy+}")
    ] * 2


def test_curl_where_the_target_is_no_path() -> None:
    request = Request("GET", "/x", "/x", "", [("host", "a.example")], b"", scheme="http", server=("::1", 80))
    assert command(request, "http://a.example/x y") == (
        "curl --include --http1.1 --path-as-is --globoff --request GET 'http://[::1]:80/' --request-target "
        "'http://a.example/x y' \\\n  --header 'host: a.example' \\\n  --header user-agent: \\\n  --header accept:"
    )


# --- the terminal

LINES = {
    "plain": (("GET", "/a%20b?c=d", 200, 1.25), {}, ["GET /a%20b?c=d 200 1.2 ms"]),
    "route": (
        ("GET", "/users/7", 200, 1.0),
        {"route": "GET /users/{id}"},
        ["GET /users/7 200 1.0 ms  GET /users/{id}"],
    ),
    "escape sequences": (
        ("G\x1b", "/\x1b[2J\x9b1m\r\n\x7f\xe9", 404, 1.0),
        {"reason": "no route takes /\x1b[2J\u202e\nand é\tGET / 200"},
        [
            "G\\x1b /\\x1b[2J\\x9b1m\\x0d\\x0a\\x7f\\xe9 404 1.0 ms",
            "  no route takes /\\x1b[2J\\u202e",
            "  and é\\tGET / 200",
        ],
    ),
    "colours": (("GET", "/", 502, 1.0), {"colored": True}, ["GET / \x1b[31m502\x1b[0m 1.0 ms"]),
}


@pytest.mark.parametrize(("given", "options", "expected"), LINES.values(), ids=LINES)
def test_lines_in_the_terminal(given: Any, options: Any, expected: list[str]) -> None:
    assert request_lines(*given, **options) == expected


def test_the_gateway_writes_them(environment: Environment) -> None:
    lines: list[str] = []
    gateway = whole_gateway(front_door("rest"), environment, log=lines.append)
    ask(gateway, "/prod/a\x1b")
    ask(gateway, "/x")
    assert [re.sub(r"[\d.]+ ms", "_ ms", line) for line in lines] == [
        "GET /prod/a\\x1b 200 _ ms",
        "GET /x 403 _ ms",
        "  the stage is part of the path: http://127.0.0.1:8000/prod/",
    ]
