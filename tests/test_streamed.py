"""Streamed results through the gateway: sockets, uvicorn, front door, and a function in a process of AWS's runtime client.

What a function sends is in the request's x-script (see runtime_streaming.py). It waits after its first piece until the client
makes a file, so what the client has by then came before the rest was sent.
"""

from __future__ import annotations

import http.client
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lambdabridge.errors import BadResultError
from lambdabridge.gateway.front_door import FrontDoor
from lambdabridge.gateway.inspector.inspector import STREAMED, Inspector
from lambdabridge.gateway.sending import KEPT
from lambdabridge.gateway.server import OPTIONS
from lambdabridge.gateway.streamed import CONTENT_TYPE, DELIMITER, Streamed
from lambdabridge.gateway.template.stack import Cors
from tests.wire import finish, front_door, serving, whole_gateway

pytest.importorskip("awslambdaric", reason="AWS's runtime client is not installed (the extra `runtime`)")

from lambdabridge.gateway.runtime.function import Function
from lambdabridge.gateway.runtime.service import RuntimeEnvironment
from tests.test_runtime import wait_for

NULS = DELIMITER.decode()


def prelude(**members: Any) -> str:
    return json.dumps(members) + NULS


class Served:
    """A gateway that listens, its log and its inspector."""

    def __init__(self, function: RuntimeEnvironment, door: FrontDoor) -> None:
        self.log: list[str] = []
        self.inspector = Inspector("streaming:handler")
        self.prefix = door.settings.stage_path
        self._serving = serving(
            whole_gateway(door, function, self.log.append, self.inspector), **OPTIONS_HERE, lifespan="off"
        )
        self._connection: http.client.HTTPConnection

    def __enter__(self) -> Served:
        self._connection = http.client.HTTPConnection("127.0.0.1", self._serving.__enter__(), timeout=20)
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()
        self._serving.__exit__(None, None, None)

    def begin(self, script: dict[str, Any], method: str = "GET", **headers: str) -> http.client.HTTPResponse:
        self._connection.request(method, f"{self.prefix}/", headers={"x-script": json.dumps(script), **headers})
        return self._connection.getresponse()

    def post(self, path: str) -> None:
        self._connection.request("POST", path)
        self._connection.getresponse().read()

    def leave(self, response: http.client.HTTPResponse) -> None:
        response.close()
        self._connection.close()

    def logged(self) -> list[str]:
        """Return the log of one request without its first line, which has the milliseconds."""
        wait_for(lambda: len(self.log) > 0 and self.inspector.record.exchanges[-1].answered is not None)
        return [line.strip() for line in self.log[1:]]


OPTIONS_HERE = {name: OPTIONS[name] for name in ("server_header", "date_header", "proxy_headers", "ws")}


@pytest.fixture(scope="module")
def function(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RuntimeEnvironment]:
    folder = tmp_path_factory.mktemp("function")
    shutil.copy(Path(__file__).parent / "runtime_streaming.py", folder / "streaming.py")
    runtime = RuntimeEnvironment(Function("streaming:handler", folder=str(folder)), lambda line: None)
    runtime.start()
    yield runtime
    runtime.stop()


@pytest.fixture
def serve(function: RuntimeEnvironment) -> Iterator[Callable[..., Served]]:
    started: list[Served] = []

    def start(api: str, cors: Cors | None = None) -> Served:
        door = front_door(api, binary_media_types=())
        door.cors = cors
        started.append(Served(function, door).__enter__())
        return started[-1]

    yield start
    for served in started:
        served.__exit__()


HEAD = {"statusCode": 201, "headers": {"Content-Type": "text/event-stream", "X-Own": "1"}, "cookies": ["a=1", "b=2"]}
COOKIES = [("set-cookie", "a=1"), ("set-cookie", "b=2")]
OWN = [("content-type", "text/event-stream"), ("x-own", "1")]
IDENTIFIER = "x-amzn-requestid"


def lines(response: http.client.HTTPResponse) -> list[tuple[str, str]]:
    """Return the header lines that do not differ each time."""
    return [(name.lower(), value) for name, value in response.getheaders() if name.lower() not in (IDENTIFIER, "date")]


STREAMING = {
    "function url": ("function-url", CONTENT_TYPE, HEAD, 201, COOKIES + OWN),
    "function url, unknown member": (
        "function-url",
        f"{CONTENT_TYPE}; x=y",
        {"status": 404, "headers": {"Content-Type": "text/plain", "Content-Length": "7"}},
        200,
        [("content-type", "text/plain")],
    ),
    "rest": ("rest", CONTENT_TYPE, HEAD, 201, COOKIES + OWN),
    "rest, multi-value": (
        "rest",
        CONTENT_TYPE,
        {"multiValueHeaders": {"Set-Cookie": ["c=3"], "Date": ["x"]}, "cookies": ["a=1"]},
        200,
        [
            ("set-cookie", "c=3"),
            ("set-cookie", "a=1"),
            ("x-amzn-remapped-date", "x"),
            ("content-type", "application/json"),
        ],
    ),
    "function url, bytes only": ("function-url", "", None, 200, [("content-type", "application/octet-stream")]),
    "function url, a type of its own": ("function-url", "text/plain", None, 200, [("content-type", "text/plain")]),
}


@pytest.mark.parametrize(("api", "kind", "head", "status", "headers"), STREAMING.values(), ids=STREAMING)
def test_streams(
    serve: Callable[..., Served],
    tmp_path: Path,
    api: str,
    kind: str,
    head: dict[str, Any] | None,
    status: int,
    headers: list[tuple[str, str]],
) -> None:
    """The gate opens when the first piece is here."""
    served, gate = serve(api), tmp_path / "gate"
    first = ("" if head is None else prelude(**head)) + "\xff first"
    response = served.begin({"type": kind, "pieces": [first, "second", "third"], "gate": str(gate)})
    assert (response.status, response.read1()) == (status, b"\xff first")
    assert response.getheader(IDENTIFIER)
    assert lines(response) == [*headers, ("transfer-encoding", "chunked")]
    gate.touch()
    assert response.read() == b"secondthird"
    assert served.logged() == []
    exchange = served.inspector.record.exchanges[-1]
    assert (exchange.status, exchange.body, exchange.result) == (status, b"\xff firstsecondthird", STREAMED)


def test_prelude_in_pieces_and_next_request(serve: Callable[..., Served]) -> None:
    """The NUL bytes come in two pieces, and the connection is kept for the next request."""
    served = serve("rest")
    for _ in range(2):
        pieces = ['{"statusCode"', ":202}" + NULS[:3], NULS[3:], "\0\0", "body"]
        response = served.begin({"type": CONTENT_TYPE, "pieces": pieces})
        assert (response.status, response.read()) == (202, b"\0\0body")
        assert response.getheader("connection") is None


def test_cors(serve: Callable[..., Served]) -> None:
    served = serve("function-url", Cors(allow_origins=["https://a.example"]))
    head = prelude(headers={"access-control-allow-origin": "*", "content-type": "text/plain"})
    response = served.begin({"type": CONTENT_TYPE, "pieces": [head, "x"]}, origin="https://a.example")
    allowed = ("access-control-allow-origin", "https://a.example")
    assert lines(response) == [("content-type", "text/plain"), allowed, ("transfer-encoding", "chunked")]
    assert response.read() == b"x"


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 204), ("GET", 304)])
def test_no_body(serve: Callable[..., Served], tmp_path: Path, method: str, status: int) -> None:
    """The function is not held up by what nobody reads: it is more than the gateway would keep for a reader."""
    served, done = serve("function-url"), tmp_path / "done"
    script = {"pieces": [prelude(statusCode=status), "x" * 1000], "times": 2000, "type": CONTENT_TYPE}
    response = served.begin({**script, "done": str(done)}, method)
    assert (response.status, response.read(), response.getheader("content-length")) == (status, b"", None)
    wait_for(done.exists)


CUT = {
    "error": ({"fail": True}, b"firstsecond", "the function failed: ValueError: in the middle"),
    "truncated": ({"truncate": True}, b"first", "the function failed: Runtime.TruncatedResponse: "),
    "crash": ({"crash": True}, b"first", "the function failed: Runtime.ExitError: "),
}


@pytest.mark.parametrize(("script", "sent", "reason"), CUT.values(), ids=CUT)
def test_error_in_the_middle(
    serve: Callable[..., Served], tmp_path: Path, script: dict[str, Any], sent: bytes, reason: str
) -> None:
    served, gate = serve("function-url"), tmp_path / "gate"
    response = served.begin({**script, "gate": str(gate)})
    assert response.read1() == b"first"
    gate.touch()
    with pytest.raises(http.client.IncompleteRead) as caught:
        response.read()
    assert b"first" + caught.value.partial == sent
    (line,) = served.logged()
    assert line.startswith(f"the response was cut after {len(sent)} bytes: {reason}")
    assert served.inspector.record.exchanges[-1].body == sent
    served.leave(response)
    assert served.begin({}).read() == b"firstsecond"


def test_client_that_leaves(serve: Callable[..., Served], tmp_path: Path) -> None:
    """The gate opens when the gateway has seen it: the function runs on to its end, with more than anyone would keep."""
    served, gate, done = serve("function-url"), tmp_path / "gate", tmp_path / "done"
    script = {"pieces": ["first", "x" * 1000], "times": 2000, "gate": str(gate), "done": str(done)}
    response = served.begin(script)
    assert response.read1() == b"first"
    served.leave(response)
    assert served.logged() == ["the client left after 5 bytes; the function runs on, as on Lambda"]
    assert not done.exists()
    gate.touch()
    wait_for(done.exists)


REFUSED = {
    "rest, no prelude": (
        "rest",
        ["body"],
        500,
        "expected a prelude that ends with eight NUL bytes; it begins with b'body'",
    ),
    "rest, unknown member": (
        "rest",
        [prelude(status=1)],
        500,
        "a REST API rejects the prelude's unknown member 'status'",
    ),
    "url, no JSON": ("function-url", ["{" + NULS], 500, "its prelude is no JSON: "),
    "url, a list": ("function-url", ["[]" + NULS], 500, "its prelude must be an object and is list"),
    "url, multi-value": (
        "function-url",
        [prelude(multiValueHeaders={})],
        500,
        "a Function URL takes no multiValueHeaders",
    ),
    "url, status": ("function-url", [prelude(statusCode="x")], 502, "statusCode must be an HTTP status and is 'x'"),
}


@pytest.mark.parametrize(("api", "pieces", "status", "reason"), REFUSED.values(), ids=REFUSED)
def test_refused(serve: Callable[..., Served], api: str, pieces: list[str], status: int, reason: str) -> None:
    served = serve(api)
    response = served.begin({"type": CONTENT_TYPE, "pieces": pieces})
    assert (response.status, b"nternal" in response.read()) == (status, True)
    (line,) = served.logged()
    assert f"would answer {status} here: " in line
    assert reason in line


@pytest.mark.parametrize(("spaces", "taken"), [(16384 - 10, True), (16384 - 9, False)])
def test_rest_prelude_within_16_kb(spaces: int, taken: bool) -> None:
    """What is no prelude by then is not read on: the function may never end."""
    unread = [b" " * spaces, b"{}" + DELIMITER, b"body"]
    dropped: list[bool] = []

    async def get() -> bytes | None:
        return unread.pop(0)

    opened = Streamed("", get, lambda: dropped.append(True)).opened("rest")
    if taken:
        assert finish(opened)[0] == {}
    else:
        with pytest.raises(BadResultError):
            finish(opened)
    assert (unread, dropped) == ([b"body"], [True] * (not taken))


WHOLE = "the result was streamed, which this API can't pass on: it was sent whole"
BUFFERED = {
    "http": ("http", CONTENT_TYPE, [prelude(statusCode=201, cookies=["a=1"]), "\xff", "x"], 201, b"\xffx", WHOLE),
    "http, a result": ("http", "", ['{"statusCode": 202, ', '"body": "x"}'], 202, b"x", WHOLE),
    "alb": ("alb", CONTENT_TYPE, [prelude(statusCode=201), "x"], 201, b"x", WHOLE),
    "http, no JSON": (
        "http",
        "",
        ["first", "second"],
        500,
        b'{"message":"Internal Server Error"}',
        "API Gateway would answer 500 here: the streamed result is no JSON: Expecting value: line 1 column 1 (char 0)",
    ),
}


@pytest.mark.parametrize(("api", "kind", "pieces", "status", "body", "reason"), BUFFERED.values(), ids=BUFFERED)
def test_buffered(
    serve: Callable[..., Served], api: str, kind: str, pieces: list[str], status: int, body: bytes, reason: str
) -> None:
    served = serve(api)
    response = served.begin({"type": kind, "pieces": pieces})
    assert (response.status, response.read()) == (status, body)
    assert response.getheader("content-length") == str(len(body))
    assert served.logged() == [reason]


def test_error_before_the_body(serve: Callable[..., Served]) -> None:
    """Nothing was sent yet, so the client gets the front door's own answer."""
    served = serve("function-url")
    response = served.begin({"type": CONTENT_TYPE, "pieces": ["{"], "fail": True})
    assert (response.status, response.read()) == (502, b"Internal Server Error")
    assert served.logged() == ["the function failed: ValueError: in the middle"]


def test_what_the_inspector_keeps(serve: Callable[..., Served]) -> None:
    served = serve("function-url")
    response = served.begin({"pieces": ["first", "x" * 1000], "times": 5000})
    assert len(response.read()) == 5_000_005
    assert served.logged() == [f"streamed: 5,000,005 bytes, of which the inspector keeps {KEPT:,}"]
    assert served.inspector.record.exchanges[-1].body == b"first" + b"x" * (KEPT - 5)


def test_sent_again_from_the_inspector(serve: Callable[..., Served]) -> None:
    """There is no client that could leave: the stream is read to its end."""
    served = serve("rest")
    assert served.begin({"type": CONTENT_TYPE, "pieces": [prelude(), "body"]}).read() == b"body"
    served.logged()
    served.post("/_lambdabridge/api/requests/1/replay")
    wait_for(lambda: len(served.inspector.record.exchanges) == 2)
    served.logged()
    again = served.inspector.record.exchanges[-1]
    assert (again.replay_of, again.status, again.body) == (1, 200, b"body")
