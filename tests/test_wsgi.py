"""PEP 3333, rule by rule; wsgiref.validate and werkzeug's LintMiddleware watch every scenario."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from typing import Any
from wsgiref.validate import validator

import pytest
from werkzeug.middleware.lint import LintMiddleware

from lambdabridge import bridge
from lambdabridge.errors import ConfigurationError, ProtocolError
from lambdabridge.messages import Invocation, Request
from lambdabridge.sources import rest_api
from lambdabridge.wsgi import build_environ
from tests.apps import ANSWERS, wsgi_app
from tests.scenarios import SCENARIOS, Scenario
from tests.wire import answer, event_of, front_door

PLAIN = [("Content-Type", "text/plain")]
GET = event_of(front_door("rest"), Scenario("x", "/x"))


def call(app: Any, **options: Any) -> Any:
    return bridge(app, interface="wsgi", errors="raise", **options)(GET)


@pytest.mark.parametrize("judge", [validator, LintMiddleware], ids=["wsgiref.validate", "LintMiddleware"])
@pytest.mark.parametrize(("api", "stage"), [("rest", "prod"), ("http-1.0", "$default"), ("http", "dev")])
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.id)
def test_judges_find_nothing(scenario: Scenario, api: str, stage: str, judge: Any) -> None:
    if scenario.target == "/error":
        pytest.skip("raises on purpose")
    got = answer(front_door(api, stage), bridge(judge(wsgi_app), interface="wsgi", errors="raise"), scenario)
    assert got.response.status == (200 if scenario.target.startswith("/echo") else ANSWERS[scenario.target][0])


def test_environ() -> None:
    """Every key that PEP 3333 and CGI define, for a request with all there can be."""
    headers = [
        ("host", "api.example.com:8443"),
        ("content-type", "text/plain"),
        ("content-length", "2"),
        ("x-a", "1"),
        ("x-a", "2"),
        ("x_a", "forged"),
        ("proxy", "http://evil.example"),
        ("cookie", "a=1; b=2"),
        ("x-name", "caf\xe9"),
    ]
    request = Request(
        "POST",
        "/prod/caf\xc3\xa9",
        "/prod/caf%C3%A9",
        "q=%20",
        headers,
        b"hi",
        root_path="/prod",
        client=("203.0.113.9", 0),
        server=("api.example.com", 8443),
    )
    event, context = {"an": "event"}, object()
    invocation = Invocation(event, context, rest_api, request)
    environ = build_environ(request, invocation)
    assert isinstance(environ["wsgi.input"], io.BytesIO)
    assert environ.pop("wsgi.input").read() == b"hi"
    assert environ == {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "/prod",
        "PATH_INFO": "/caf\xc3\xa9",
        "QUERY_STRING": "q=%20",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_NAME": "api.example.com",
        "SERVER_PORT": "8443",
        "REMOTE_ADDR": "203.0.113.9",
        "REQUEST_URI": "/prod/caf%C3%A9?q=%20",
        "RAW_URI": "/prod/caf%C3%A9?q=%20",
        "CONTENT_TYPE": "text/plain",
        "CONTENT_LENGTH": "2",
        "HTTP_HOST": "api.example.com:8443",
        "HTTP_X_A": "1,2",
        "HTTP_COOKIE": "a=1; b=2",
        "HTTP_X_NAME": "caf\xe9",
        "HTTPS": "on",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "https",
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.input_terminated": True,
        "aws.event": event,
        "aws.context": context,
        "aws.invocation": invocation,
    }
    assert environ["aws.event"] is event


def test_http_has_no_https() -> None:
    request = Request("GET", "/", "/", "", [], b"", scheme="http", server=("x", 80))
    environ = build_environ(request, Invocation({}, None, rest_api, request))
    assert "HTTPS" not in environ
    assert (environ["wsgi.url_scheme"], environ["REMOTE_ADDR"]) == ("http", "")


def test_a_client_cannot_fill_the_memory_with_header_names() -> None:
    from lambdabridge import wsgi

    for number in range(2000):
        request = Request("GET", "/", "/", "", [(f"x-{number}", "1")], b"")
        assert build_environ(request, Invocation({}, None, rest_api, request))[f"HTTP_X_{number}"] == "1"
    assert len(wsgi._environ_keys) <= 1024


class Body:
    """An iterable that remembers whether it was closed."""

    def __init__(self, *chunks: Any, error: Exception | None = None, close_error: Exception | None = None) -> None:
        self.chunks = chunks
        self.error = error
        self.close_error = close_error
        self.closed = 0

    def __iter__(self) -> Iterator[bytes]:
        yield from self.chunks
        if self.error is not None:
            raise self.error

    def close(self) -> None:
        self.closed += 1
        if self.close_error is not None:
            raise self.close_error


def answering(body: Any, status: str = "200 OK", headers: Any = None) -> Any:
    def app(environ: Any, start_response: Any) -> Any:
        start_response(status, PLAIN if headers is None else headers)
        return body

    return app


def test_close_is_called_once() -> None:
    body = Body(b"a", b"b")
    assert call(answering(body))["body"] == "ab"
    assert body.closed == 1


def test_close_is_called_after_an_error() -> None:
    body = Body(b"a", error=OSError("disk"))
    with pytest.raises(OSError, match="disk"):
        call(answering(body))
    assert body.closed == 1


def test_close_is_called_when_the_process_is_told_to_exit() -> None:
    body = Body(error=SystemExit(1))  # type: ignore[arg-type]
    with pytest.raises(SystemExit):
        call(answering(body))
    assert body.closed == 1


def test_a_failing_close_does_not_lose_the_response(caplog: pytest.LogCaptureFixture) -> None:
    body = Body(b"done", close_error=OSError("pool"))
    assert call(answering(body))["body"] == "done"
    assert "close() failed after its response was complete: GET /prod/x" in caplog.text
    assert "OSError: pool" in caplog.text


def test_generator_that_starts_late() -> None:
    def app(environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("201 Created", PLAIN)
        yield b"la"
        yield b""
        yield b"zy"

    result = call(app)
    assert (result["statusCode"], result["body"]) == (201, "lazy")


def test_empty_chunk_before_start_response_is_no_output() -> None:
    """PEP 3333 forbids it, servers that buffer allow it; ours says it, since gunicorn would fail."""

    def app(environ: Any, start_response: Any) -> Iterator[bytes]:
        yield b""
        start_response("200 OK", PLAIN)

    with pytest.raises(Exception, match="gave output before it called start_response"):
        call(app)


def test_write() -> None:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        write = start_response("200 OK", PLAIN)
        write(b"written, ")
        write(b"then ")
        return [b"returned"]

    assert call(app)["body"] == "written, then returned"


def test_exc_info_before_output_replaces_the_response() -> None:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("X-First", "1")])
        try:
            raise ValueError("two", "arguments")
        except ValueError:
            start_response("503 Sorry", [("X-Second", "2")], sys.exc_info())
        return [b"sorry"]

    assert call(app) == {
        "statusCode": 503,
        "headers": {"x-second": "2"},
        "body": "sorry",
        "isBase64Encoded": False,
    }


def test_exc_info_after_output_raises_it_with_its_traceback() -> None:
    def app(environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", PLAIN)
        yield b"begun"
        try:
            raise ValueError("the first")
        except ValueError:
            start_response("500 Late", [], sys.exc_info())

    with pytest.raises(ValueError, match="the first") as caught:
        call(app)
    assert caught.traceback[-1].name == "app"


def start_twice(environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", PLAIN)
    start_response("200 OK", PLAIN)
    return []


def never_start(environ: Any, start_response: Any) -> list[bytes]:
    return []


def answer_none(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", PLAIN)


BROKEN = {
    "second start_response": (start_twice, "a second time without exc_info"),
    "no start_response": (never_start, "returned without calling start_response"),
    "str body": (answering(["text"]), "wrote str where PEP 3333 wants bytes: 'text'"),
    "one str": (answering("text"), "wrote str"),
    "None": (answer_none, "returned None where PEP 3333 wants an iterable"),
    "status without a number": (answering([], "OK"), "the status 'OK'"),
    "status int": (answering([], 200), "the status 200"),  # type: ignore[arg-type]
    "status 1xx": (answering([], "100 Continue"), "the status '100 Continue'"),
    "headers a dict": (answering([], headers={"a": "b"}), "wants a list of"),
    "header value int": (answering([], headers=[("Content-Length", 5)]), "wants a list of"),
    "header CRLF": (answering([], headers=[("X-A", "1\r\nSet-Cookie: b=2")]), "header 'x-a' a control character"),
    "header LF": (answering([], headers=[("X-A", "1\n2")]), "a control character"),
    "header control": (answering([], headers=[("X-A", "1\x01")]), "a control character"),
    "header delete": (answering([], headers=[("X-A", "1\x7f")]), "a control character"),
    "header CR in name": (answering([], headers=[("X\rA", "1")]), "which is none"),
    "header name with a space": (answering([], headers=[("X A", "1")]), "the header name 'x a', which is none"),
    "header without a name": (answering([], headers=[("", "1")]), "the header name '', which is none"),
    "header name beyond ASCII": (answering([], headers=[("X-\xe9", "1")]), "which is none"),
    "header value beyond latin-1": (answering([], headers=[("X-A", "日本")]), "a character beyond latin-1"),
    "header value a surrogate": (answering([], headers=[("X-A", "\udcff")]), "a character beyond latin-1"),
    "status with a line feed": (answering([], "200 OK\r\nX: y"), "the status '200 OK"),
    "status in other digits": (answering([], "\uff12\uff10\uff10 OK"), "the status"),
}


@pytest.mark.parametrize(("app", "message"), BROKEN.values(), ids=BROKEN)
def test_an_application_that_breaks_the_protocol(app: Any, message: str, caplog: pytest.LogCaptureFixture) -> None:
    """It gets a 500 and one clear sentence; with errors="raise", the error itself."""
    with pytest.raises(Exception, match=message):
        call(app)
    result = bridge(app, interface="wsgi")(GET)
    assert result == {
        "statusCode": 500,
        "headers": {"content-type": "text/plain; charset=utf-8"},
        "body": "Internal Server Error",
        "isBase64Encoded": False,
    }
    assert "GET /prod/x" in caplog.text


@pytest.mark.parametrize("value", ["caf\xe9", "non\xa0breaking", "tab\there", "", " a=1; Path=/", "x\t"])
def test_odd_header_values_are_not_lost(value: str) -> None:
    """White space around a value is not part of it; Django's cookies begin with a space."""
    assert call(answering([], headers=[("X-A", value)]))["headers"] == {"x-a": value.strip(" \t")}


def test_status_without_a_reason() -> None:
    assert call(answering([], "404"))["statusCode"] == 404


class Status(str):  # which defines __eq__, and so can't be hashed
    def __eq__(self, other: object) -> bool:
        return str.__eq__(self, other)

    def isprintable(self) -> bool:
        return True


def test_status_that_is_no_plain_text() -> None:
    assert call(answering([], Status("200 OK")))["statusCode"] == 200
    assert call(answering([], Status("200 a\nb")))["statusCode"] == 200
    with pytest.raises(ProtocolError, match="status"):
        call(answering([], "200 a\nb"))


def test_close_that_is_none() -> None:
    class Body(list):  # type: ignore[type-arg]
        close = None

    assert call(answering(Body([b"x"])))["body"] == "x"


def test_errors_of_the_application_are_logged_with_the_request(caplog: pytest.LogCaptureFixture) -> None:
    def app(environ: Any, start_response: Any) -> Any:
        raise LookupError("nothing there")

    assert bridge(app)(GET)["statusCode"] == 500
    assert "The application raised an exception: GET /prod/x" in caplog.text
    assert "LookupError: nothing there" in caplog.text


def test_hop_by_hop_headers_are_dropped() -> None:
    """They are for one connection, and there is none (PEP 3333; gunicorn drops them too)."""
    headers = [
        ("Connection", "close"),
        ("X-A", "1"),
        ("Transfer-Encoding", "chunked"),
        ("Keep-Alive", "x"),
        ("TE", "x"),
    ]
    assert call(answering([], headers=headers))["headers"] == {"x-a": "1"}


def test_a_sequence_is_an_iterable() -> None:
    class Old:
        def __getitem__(self, index: int) -> bytes:
            return [b"a", b"b"][index]

    assert call(answering(Old()))["body"] == "ab"


def test_lifespan_is_not_for_wsgi() -> None:
    with pytest.raises(ConfigurationError, match="a WSGI application has no lifespan"):
        bridge(wsgi_app, lifespan="on")
