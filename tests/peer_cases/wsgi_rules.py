"""Cases: the server's duties in PEP 3333, and what frameworks make of them.

https://peps.python.org/pep-3333/
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from .events import ALL, console_test, http_api_1_0, rest_api
from .frameworks import django_handler
from .kit import TEXT, Answer, ask, case, logged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from .events import Event
    from .kit import Environ, MakeHandler

    StartResponse = Callable[..., Any]

V1 = (rest_api, http_api_1_0)
PLAIN = [("Content-Type", TEXT)]


class Closing:
    """An iterable that counts the calls of its close()."""

    def __init__(self, *chunks: bytes) -> None:
        self.chunks = chunks
        self.closed = 0

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self.chunks:
            if not chunk:
                raise RuntimeError("boom")
            yield chunk

    def close(self) -> None:
        self.closed += 1


def closed(make_handler: MakeHandler, event: Event) -> None:
    """Expect one close() for each call."""
    bodies = [Closing(b"a", b"b"), Closing(b"c")]
    left = iter(bodies)

    def app(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", PLAIN)
        return next(left)

    handler = make_handler(app)
    answers = [ask(handler, event).body for _ in bodies]
    assert (answers, [body.closed for body in bodies]) == ([b"ab", b"c"], [1, 1])


@case("B-S1 close() is called", "wsgi", ALL, serverless_wsgi=AssertionError)
def close_serverless(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    closed(make_handler, build())


@case("B-W3 close() is called", "wsgi", V1, awsgi=AssertionError)
def close_awsgi(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    closed(make_handler, build())


@case("B-S1 close() is called after an error while iterating", "wsgi", serverless_wsgi=RuntimeError)
def close_after_error(make_handler: MakeHandler) -> None:
    body = Closing(b"a", b"")

    def app(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", PLAIN)
        return body

    assert (ask(make_handler(app), rest_api()).status, body.closed) == (500, 1)


@case("B-S1 werkzeug's call_on_close runs", "wsgi", serverless_wsgi=AssertionError, awsgi=AssertionError)
def call_on_close(make_handler: MakeHandler) -> None:
    from werkzeug.wrappers import Response

    ran = []
    app = Response("x")
    app.call_on_close(lambda: ran.append(1))
    assert (ask(make_handler(app), rest_api()).body, ran) == (b"x", [1])


@case("B-S1 Django's request_finished is sent", "wsgi", serverless_wsgi=AssertionError, awsgi=AssertionError)
def request_finished(make_handler: MakeHandler) -> None:
    from django.core.signals import request_finished as signal

    finished: list[object] = []

    def note(sender: object, **_: object) -> None:
        finished.append(sender)

    signal.connect(note)
    try:
        with django_handler("WSGIHandler") as app:
            assert ask(make_handler(app), rest_api(path="/hello")).body == b"hello"
    finally:
        signal.disconnect(note)
    assert len(finished) == 1


@case("B-A9 Django takes the console's test event", "wsgi", apig_wsgi=AssertionError)
def console_django(make_handler: MakeHandler) -> None:
    with django_handler("WSGIHandler") as app:
        answer = ask(make_handler(app), console_test("/url"))
    assert (answer.status, answer.body.lower()) == (200, b"https://testprefix.testdomainname/url")


class TwoArgumentsError(Exception):
    """An exception that cannot be made again from its class and itself."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__(one, two)


def error_page(error: Exception, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Do what error middlewares do: replace the answer that was begun."""
    start_response("200 OK", [("Content-Type", "text/html"), ("X-Old", "1")])
    try:
        raise error
    except Exception:
        start_response("503 Oops", PLAIN, sys.exc_info())
        return [b"sorry"]


@case("B-A8 exc_info replaces the answer that was begun", "wsgi", ALL, apig_wsgi=ValueError, serverless_wsgi=ValueError)
def replaced(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    def app(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        return error_page(ValueError("boom"), environ, start_response)

    assert ask(make_handler(app), build()) == Answer(503, [("content-type", TEXT)], b"sorry")


@case("B-A8 exc_info of any exception class", "wsgi", apig_wsgi=TypeError)
def replaced_two_arguments(make_handler: MakeHandler) -> None:
    def app(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        return error_page(TwoArgumentsError("a", "b"), environ, start_response)

    assert ask(make_handler(app), rest_api()) == Answer(503, [("content-type", TEXT)], b"sorry")


@case("B-A8 exc_info after output is raised as it is", "wsgi", apig_wsgi=AssertionError)
def exc_info_after_output(make_handler: MakeHandler) -> None:
    error, raised = TwoArgumentsError("a", "b"), []

    def app(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", PLAIN)(b"output")
        try:
            raise error
        except TwoArgumentsError:
            try:
                start_response("500 Oops", PLAIN, sys.exc_info())
            except Exception as again:
                raised.append(again)
        return []

    ask(make_handler(app), rest_api())
    assert len(raised) == 1
    assert raised[0] is error


@case(
    "B-A14 a second start_response without exc_info is an error",
    "wsgi",
    apig_wsgi=AssertionError,
    serverless_wsgi=AssertionError,
)
def second_start(make_handler: MakeHandler) -> None:
    def app(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [("X-A", "1")])
        start_response("404 Not Found", [("X-B", "2")])
        return [b"x"]

    with logged() as records:
        answer = ask(make_handler(app), rest_api())
    assert (answer.status, {"x-a", "x-b"} & dict(answer.headers).keys(), len(records)) == (500, set(), 1)


@case("B-A14 an application that never calls start_response is logged", "wsgi", apig_wsgi=AssertionError)
def never_started(make_handler: MakeHandler) -> None:
    def app(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        return []

    with logged() as records:
        answer = ask(make_handler(app), rest_api())
    assert (answer.status, len(records)) == (500, 1)


@case("B-W1 status and headers of a generator are read after its first chunk", "wsgi", V1, awsgi=AssertionError)
def generator(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    def app(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        start_response("201 Created", PLAIN)
        yield b"h"
        yield b"i"

    assert ask(make_handler(app), build()) == Answer(201, [("content-type", TEXT)], b"hi")


@case("B-Z10 the body of a 500 tells the client nothing", "wsgi", ALL, zappa=AssertionError)
def silent_500(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    def app(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        raise ValueError("secret")

    with logged() as records:
        answer = ask(make_handler(app), build())
    assert answer == Answer(500, [("content-type", "text/plain; charset=utf-8")], b"Internal Server Error")
    assert [record.name for record in records] == ["lambdabridge"]
