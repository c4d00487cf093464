"""bridge(warm_up=...): what the application sees of these requests, and what becomes of one that fails."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("awslambdaric", reason="AWS's runtime client is not installed (the extra `runtime`)")

from lambdabridge.startup.warm_up import is_request, parse
from tests.lambda_process import environment, run
from tests.peer_cases.events import http_api_2_0

GET = http_api_2_0(path="/x")
BRIDGE = "from lambdabridge import bridge\nhandler = bridge(app, warm_up={requests!r})\n"
WSGI = """
import json

SEEN = []

def app(environ, start_response):
    warm = environ["aws.invocation"].source == "warm_up"
    event = environ["aws.event"] if warm else None
    SEEN.append([environ["REQUEST_METHOD"], environ["PATH_INFO"], environ["QUERY_STRING"], environ["HTTP_HOST"], event])
    if environ["PATH_INFO"] == "/raises":
        raise LookupError("no table")
    start_response("404 Not Found" if environ["PATH_INFO"] == "/missing" else "200 OK", [])
    return [json.dumps(SEEN).encode()]

"""
ASGI = """
import json

SEEN = []

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        scope["state"]["pool"] = "open"
        await send({"type": "lifespan.startup.complete"})
        return
    SEEN.append([scope["path"], scope["aws.invocation"].source, scope["state"]])
    if scope["path"] == "/raises":
        raise LookupError("no table")
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body", "body": json.dumps(SEEN).encode()})

"""


def write(folder: Path, app: str, requests: tuple[str, ...]) -> None:
    (folder / "app.py").write_text(app + BRIDGE.format(requests=requests))


def test_wsgi(tmp_path: Path) -> None:
    write(tmp_path, WSGI, ("/a%20b?q=1", "HEAD https://example.com/c", "https://example.com"))
    ended = run(tmp_path, [GET], LAMBDABRIDGE_APP="app:handler")
    *warm, last = ended.body
    assert warm == [
        ["GET", "/a b", "q=1", "localhost", {"warm_up": "/a%20b?q=1"}],
        ["HEAD", "/c", "", "example.com", {"warm_up": "HEAD https://example.com/c"}],
        ["GET", "/", "", "example.com", {"warm_up": "https://example.com"}],
    ]
    assert (last[1], last[4], ended.warnings) == ("/x", None, [])


def test_asgi_on_the_loop_and_with_the_state_of_the_requests(tmp_path: Path) -> None:
    write(tmp_path, ASGI, ("/a",))
    ended = run(tmp_path, [GET], handler="app.handler")
    state = {"pool": "open"}
    assert ended.body == [["/a", "warm_up", state], ["/x", "http_api_v2", state]]


@pytest.mark.parametrize("app", [WSGI, ASGI], ids=["wsgi", "asgi"])
def test_what_fails_is_logged_and_init_goes_on(tmp_path: Path, app: str) -> None:
    write(tmp_path, app, ("/raises", "/b"))
    ended = run(tmp_path, [GET], handler="app.handler")
    assert len(ended.body) == 3
    assert "The application raised an exception in a warm-up request: GET /raises" in ended.log
    assert ended.log.rstrip().endswith("LookupError: no table")


def test_a_refusal_is_logged(tmp_path: Path) -> None:
    write(tmp_path, WSGI, ("/missing",))
    ended = run(tmp_path, [GET], handler="app.handler")
    assert ended.warnings == ["The warm-up request '/missing' was answered with 404."]


def test_nothing_is_sent_elsewhere(tmp_path: Path) -> None:
    write(tmp_path, WSGI, ("/a",))
    done = subprocess.check_output(
        [sys.executable, "-c", "import app; print(app.SEEN)"], cwd=tmp_path, env=environment(tmp_path)
    )
    assert done == b"[]\n"


def test_base_path_is_the_clients() -> None:
    request = parse("GET /api/health", "/api")
    assert (request.root_path, request.path, request.raw_path) == ("/api", "/api/health", "/api/health")


ACCEPTED = ["/", "/a?b=c", "GET /", "OPTIONS /x", "https://example.com", "POST https://example.com/x"]
REFUSED = ["", "GET", "health", "get /", "GET  /", "GET /a b", "http://example.com", "/ü", "*", "1 /", None, 5]


@pytest.mark.parametrize(
    ("text", "expected"), [(text, True) for text in ACCEPTED] + [(text, False) for text in REFUSED]
)
def test_what_is_a_request(text: object, expected: bool) -> None:
    assert is_request(text) is expected
