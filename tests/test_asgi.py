"""The ASGI specification, rule by rule: the scope, receive(), send(), lifespan, and the loop they run on."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextvars
import gc
import signal
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from asgiref.typing import HTTPScope

from lambdabridge import bridge
from lambdabridge.asgi import build_scope
from lambdabridge.errors import LifespanError
from lambdabridge.messages import Invocation, Request
from lambdabridge.sources import http_api_v2
from tests.apps import asgi_app
from tests.scenarios import Scenario
from tests.wire import event_of, front_door

GET = event_of(front_door("http"), Scenario("x", "/text"))
POST = event_of(front_door("http"), Scenario("x", "/text", "POST", (("content-type", "text/plain"),), b"body"))
START = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]}

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


def call(app: Any, event: Any = GET) -> Any:
    return bridge(app, interface="asgi", lifespan="off", errors="raise")(event)


def sending(*messages: dict[str, Any]) -> Any:
    async def app(scope: Any, receive: Receive, send: Send) -> None:
        for message in messages:
            await send(message)

    return app


def nothing(request: Request) -> tuple[Request, Invocation]:
    return request, Invocation({}, None, http_api_v2, request)


def test_scope_has_the_members_that_asgiref_names() -> None:
    scope = build_scope(*nothing(Request("GET", "/", "/", "", [], b"")), {})
    assert set(scope) - {"aws.event", "aws.context", "aws.invocation"} == set(HTTPScope.__annotations__)


def test_scope() -> None:
    """Every member of the HTTP connection scope, for a request with all there can be."""
    headers = [("host", "api.example.com"), ("x-a", "1"), ("x_a", "kept"), ("x-a", "caf\xe9")]
    request = Request(
        "post",
        "/prod/caf\xc3\xa9/\xff",
        "/prod/caf%C3%A9/%FF",
        "q=%20",
        headers,
        b"hi",
        root_path="/prod",
        client=("203.0.113.9", 0),
        server=("api.example.com", 443),
    )
    event, context, state = {"an": "event"}, object(), {"db": object()}
    invocation = Invocation(event, context, http_api_v2, request)
    scope = build_scope(request, invocation, state)
    assert scope == {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.5"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "https",
        "path": "/prod/café/\ufffd",
        "raw_path": b"/prod/caf%C3%A9/%FF",
        "query_string": b"q=%20",
        "root_path": "/prod",
        "headers": [(b"host", b"api.example.com"), (b"x-a", b"1"), (b"x_a", b"kept"), (b"x-a", b"caf\xe9")],
        "client": ["203.0.113.9", 0],
        "server": ["api.example.com", 443],
        "state": state,
        "extensions": {},
        "aws.event": event,
        "aws.context": context,
        "aws.invocation": invocation,
    }
    assert scope["state"] is not state


def test_header_value_with_a_line_feed_stays_one_value() -> None:
    """No client can send one; an event made by hand can."""
    request = Request("GET", "/", "/", "", [("x-a", "1\n2"), ("x-b", "3")], b"")
    assert build_scope(*nothing(request), {})["headers"] == [(b"x-a", b"1\n2"), (b"x-b", b"3")]


def test_receive_blocks_until_the_response_is_complete() -> None:
    seen: list[str] = []

    async def app(scope: Any, receive: Receive, send: Send) -> None:
        seen.append((await receive())["type"])

        async def listen() -> None:
            seen.append((await receive())["type"])

        listeners = [asyncio.create_task(listen()), asyncio.create_task(listen())]
        await asyncio.sleep(0.01)
        seen.append("still connected")
        await send({**START})
        await send({"type": "http.response.body", "body": b"1", "more_body": True})
        await asyncio.sleep(0)
        seen.append("half sent")
        await send({"type": "http.response.body", "body": b"2"})
        await asyncio.gather(*listeners)
        seen.append((await receive())["type"])

    assert call(app)["body"] == "12"
    assert seen == ["http.request", "still connected", "half sent"] + ["http.disconnect"] * 3


def test_request_body_comes_whole_and_once() -> None:
    messages: list[dict[str, Any]] = []

    async def app(scope: Any, receive: Receive, send: Send) -> None:
        messages.append(await receive())
        await asgi_app(scope, _none, send)

    async def _none() -> dict[str, Any]:
        return {"type": "http.request"}

    call(app, POST)
    assert messages == [{"type": "http.request", "body": b"body", "more_body": False}]


BODY = {"type": "http.response.body", "body": b"x"}
BROKEN = {
    "nothing": (sending(), "returned without sending a response"),
    "start alone": (sending(START), "the end of its response"),
    "dangling": (sending(START, {**BODY, "more_body": True}), r"the end of its response \(more_body was still true\)"),
    "body first": (sending(BODY), "'http.response.body' before 'http.response.start'"),
    "start twice": (sending(START, START), "'http.response.start' a second time"),
    "str body": (sending(START, {**BODY, "body": "x"}), "sent str as a response body where ASGI wants bytes"),
    "no status": (sending({"type": "http.response.start"}), "the status None"),
    "status str": (sending({**START, "status": "200"}), "the status '200'"),
    "status 1xx": (sending({**START, "status": 103}), "the status 103"),
    "str headers": (sending({**START, "headers": [("a", "b")]}), "wants an iterable of"),
    "header CRLF": (sending({**START, "headers": [(b"x-a", b"1\r\nb: 2")]}), "header 'x-a' a control character"),
    "trailers": (
        sending(START, BODY | {"more_body": True}, {"type": "http.response.trailers"}),
        "'http.response.trailers'",
    ),
    "early hint": (sending({"type": "http.response.early_hint"}), "message of type 'http.response.early_hint'"),
    "websocket": (sending({"type": "websocket.accept"}), "message of type 'websocket.accept'"),
}


@pytest.mark.parametrize(("app", "message"), BROKEN.values(), ids=BROKEN)
def test_an_application_that_breaks_the_protocol(app: Any, message: str, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(Exception, match=message):
        call(app)
    result = bridge(app, lifespan="off")(GET)
    assert (result["statusCode"], result["body"]) == (500, "Internal Server Error")
    assert "The application raised an exception: GET /text" in caplog.text


def test_application_is_told_where_it_broke_the_protocol() -> None:
    """The exception comes out of send(), so that its traceback shows the application's line."""
    told: list[str] = []

    async def app(scope: Any, receive: Receive, send: Send) -> None:
        try:
            await send({"type": "http.response.push"})
        except Exception as error:
            told.append(str(error))
        await asgi_app(scope, receive, send)

    assert call(app)["statusCode"] == 200
    assert "http.response.push" in told[0]


def test_message_after_the_end_is_refused() -> None:
    errors: list[str] = []

    async def app(scope: Any, receive: Receive, send: Send) -> None:
        await asgi_app(scope, receive, send)
        try:
            await send(BODY)
        except Exception as error:
            errors.append(str(error))

    assert call(app)["statusCode"] == 200
    assert errors == ["The application sent 'http.response.body' after its response was complete."]


def test_error_before_the_response(caplog: pytest.LogCaptureFixture) -> None:
    async def app(scope: Any, receive: Receive, send: Send) -> None:
        raise LookupError("gone")

    assert bridge(app, lifespan="off")(GET)["statusCode"] == 500
    assert "LookupError: gone" in caplog.text
    with pytest.raises(LookupError, match="gone"):
        call(app)


def test_error_in_the_middle_of_the_response(caplog: pytest.LogCaptureFixture) -> None:
    async def app(scope: Any, receive: Receive, send: Send) -> None:
        await send(START)
        await send({**BODY, "more_body": True})
        raise LookupError("half way")

    result = bridge(app, lifespan="off")(GET)
    assert (result["statusCode"], result["body"]) == (500, "Internal Server Error")
    assert "LookupError: half way" in caplog.text


def test_error_after_the_response_is_logged_and_the_response_kept(caplog: pytest.LogCaptureFixture) -> None:
    async def app(scope: Any, receive: Receive, send: Send) -> None:
        await asgi_app(scope, receive, send)
        raise LookupError("background task")

    assert call(app)["statusCode"] == 200
    assert "The application raised an exception after its response was complete: GET /text" in caplog.text
    assert "LookupError: background task" in caplog.text


@pytest.mark.parametrize("error", [SystemExit(3), KeyboardInterrupt(), asyncio.CancelledError()])
def test_what_is_for_the_process_is_not_swallowed(error: BaseException) -> None:
    async def app(scope: Any, receive: Receive, send: Send) -> None:
        await asyncio.sleep(0)
        raise error

    handler = bridge(app, lifespan="off")
    for _ in range(2):  # the second: nothing of the first is left in the loop
        with pytest.raises(type(error)):
            handler(GET)


@pytest.mark.parametrize("status", [200, 500])
def test_errors_raise_where_a_middleware_has_answered_500(status: int) -> None:
    """Starlette's answers and raises again, for the server to log."""

    async def app(scope: Any, receive: Receive, send: Send) -> None:
        await send({**START, "status": status})
        await send(BODY)
        raise LookupError("seen by the middleware")

    handler = bridge(app, lifespan="off", errors="raise")
    if status == 200:  # a background task's
        assert handler(GET)["statusCode"] == 200
    else:
        with pytest.raises(LookupError, match="seen by the middleware"):
            handler(GET)


def test_a_deadline_guard_leaves_nothing_for_the_next_request() -> None:
    """A signal handler's exception comes out of the loop and not out of the application."""
    ended: list[str] = []

    class DeadlineError(Exception):
        pass

    def guard(*_: object) -> None:
        raise DeadlineError

    async def app(scope: Any, receive: Receive, send: Send) -> None:
        if scope["path"] == "/slow":
            signal.setitimer(signal.ITIMER_REAL, 0.05)
            try:
                await asyncio.sleep(10)
            finally:
                ended.append("slow")
        await asyncio.sleep(0.01)
        await asgi_app(scope, receive, send)

    handler = bridge(app, lifespan="off")
    before = signal.signal(signal.SIGALRM, guard)
    try:
        slow = handler(event_of(front_door("http"), Scenario("slow", "/slow")))
    finally:
        signal.signal(signal.SIGALRM, before)
    assert (slow["statusCode"], ended) == (500, ["slow"])
    assert handler(GET)["statusCode"] == 200


def test_a_closed_handler_says_so() -> None:
    handler = bridge(asgi_app, errors="raise")
    handler.close()
    with pytest.raises(RuntimeError, match="This handler was closed"):
        handler(GET)


def test_one_loop_for_all_requests_and_nobody_elses() -> None:
    loops: list[asyncio.AbstractEventLoop] = []

    async def app(scope: Any, receive: Receive, send: Send) -> None:
        loops.append(asyncio.get_running_loop())
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
        else:
            await asgi_app(scope, receive, send)

    handler = bridge(app)
    handler(GET)
    asyncio.run(asyncio.sleep(0))  # closes the thread's current loop, and leaves none
    handler(GET)
    thread = threading.Thread(target=handler, args=(GET,))
    thread.start()
    thread.join()
    assert len(loops) == 4
    assert len(set(map(id, loops))) == 1
    handler.close()
    assert loops[0].is_closed()


def test_an_application_that_stops_the_loop_says_so() -> None:
    async def app(scope: Any, receive: Receive, send: Send) -> None:
        asyncio.get_running_loop().stop()
        await asyncio.sleep(1)

    with pytest.raises(RuntimeError, match="stopped the event loop"):
        call(app)


@pytest.mark.parametrize("leave", ["exit", "stop"])
def test_nothing_left_in_the_loop_ends_the_next_request(leave: str) -> None:
    mode = [leave]

    def exit_() -> None:
        raise SystemExit(3)

    async def app(scope: Any, receive: Receive, send: Send) -> None:
        await asgi_app(scope, receive, send)
        loop = asyncio.get_running_loop()
        if mode[0] == "exit":
            loop.call_soon(exit_)
        elif mode[0] == "stop":
            loop.stop()

    handler = bridge(app, lifespan="off", errors="raise")
    if leave == "exit":
        with pytest.raises(SystemExit):
            handler(GET)
    else:
        assert handler(GET)["statusCode"] == 200
    mode[0] = ""
    assert [handler(GET)["statusCode"] for _ in range(3)] == [200, 200, 200]


def test_works_where_a_loop_is_running() -> None:
    """In a notebook or an async test, the thread's loop is somebody else's."""
    handler = bridge(asgi_app)

    async def somebody() -> Any:
        made_here = bridge(asgi_app)
        return handler(GET), made_here(GET)

    first, second = asyncio.run(somebody())
    assert first == second
    assert first["statusCode"] == 200


def test_contextvars_of_the_caller_are_seen() -> None:
    variable = contextvars.ContextVar("variable", default="unset")
    seen: list[str] = []

    async def app(scope: Any, receive: Receive, send: Send) -> None:
        seen.append(variable.get())
        await asgi_app(scope, receive, send)

    handler = bridge(app, lifespan="off")
    variable.set("by a wrapper")
    handler(GET)
    assert seen == ["by a wrapper"]


def test_a_handler_called_from_its_own_application_says_so() -> None:
    handlers: list[Any] = []

    async def app(scope: Any, receive: Receive, send: Send) -> None:
        handlers[0](GET)

    handlers.append(bridge(app, lifespan="off", errors="raise"))
    with pytest.raises(RuntimeError, match="is serving another event"):
        handlers[0](GET)


class Lifespan:
    """An application whose lifespan follows a script and is written down."""

    def __init__(self, *answers: Any) -> None:
        self.answers = answers
        self.log: list[Any] = []

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        self.log.append(scope["type"])
        if scope["type"] == "http":
            self.log.append(dict(scope["state"]))
            scope["state"]["request"] = "its own"
            await asgi_app(scope, receive, send)
            return
        assert scope["asgi"] == {"version": "3.0", "spec_version": "2.0"}
        for answer in self.answers:
            if isinstance(answer, BaseException):
                raise answer
            if answer is None:
                self.log.append((await receive())["type"])
            elif "type" in answer:
                await send(answer)
            else:
                scope["state"].update(answer)


COMPLETE = {"type": "lifespan.startup.complete"}
GOODBYE = {"type": "lifespan.shutdown.complete"}


def test_lifespan_runs_once_for_the_execution_environment() -> None:
    app = Lifespan(None, {"db": "open"}, COMPLETE, None, GOODBYE)
    handler = bridge(app)
    assert app.log == ["lifespan", "lifespan.startup"]
    handler(GET)
    handler(GET)
    request = ["http", {"db": "open"}]
    assert app.log == ["lifespan", "lifespan.startup", *request, *request]
    handler.close()
    handler.close()
    assert app.log[-1] == "lifespan.shutdown"
    assert app.log.count("lifespan.shutdown") == 1


def test_lifespan_off() -> None:
    app = Lifespan(None, COMPLETE)
    bridge(app, lifespan="off")(GET)
    assert app.log == ["http", {}]


@pytest.mark.parametrize("answers", [(NotImplementedError("no lifespan"),), (None, OSError("late")), ()])
def test_an_application_without_lifespan(answers: Any, caplog: pytest.LogCaptureFixture) -> None:
    assert bridge(Lifespan(*answers))(GET)["statusCode"] == 200
    # the specification has it raise; one that had been asked to start may have failed to
    assert ("it raised OSError: late after it was asked to start" in caplog.text) is (None in answers)
    with pytest.raises(LifespanError, match='lifespan="on" requires it'):
        bridge(Lifespan(*answers), lifespan="on")


@pytest.mark.parametrize("lifespan", ["auto", "on"])
def test_a_failed_startup_fails_bridge(lifespan: Any) -> None:
    app = Lifespan(None, {"type": "lifespan.startup.failed", "message": "no database"}, OSError("refused"))
    with pytest.raises(LifespanError, match="startup failed: no database"):
        bridge(app, lifespan=lifespan)


def test_a_process_exit_in_startup_is_not_swallowed() -> None:
    with pytest.raises(SystemExit):
        bridge(Lifespan(None, SystemExit(4)))


def test_failures_of_shutdown_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    bridge(Lifespan(None, COMPLETE, None, {"type": "lifespan.shutdown.failed", "message": "stuck"})).close()
    assert "The application's shutdown failed: stuck" in caplog.text
    bridge(Lifespan(None, COMPLETE, None, OSError("torn"))).close()
    assert "The application's shutdown raised OSError('torn')" in caplog.text


def test_a_lifespan_that_never_ends_is_cancelled_at_close() -> None:
    async def app(scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await send(COMPLETE)
            background.append(asyncio.create_task(asyncio.sleep(3600)))
            await receive()

    background: list[asyncio.Task[None]] = []
    bridge(app).close()
    assert background[0].cancelled()


def test_a_forgotten_handler_runs_nothing_where_it_is_collected() -> None:
    """Garbage is collected in the middle of anything, a lock of concurrent.futures held, say."""
    app = Lifespan(None, COMPLETE, None, GOODBYE)
    handler = bridge(app)
    without = bridge(asgi_app)

    async def elsewhere() -> None:
        nonlocal handler, without
        with concurrent.futures.thread._global_shutdown_lock:
            del handler, without
            gc.collect()

    asyncio.run(elsewhere())
    assert app.log == ["lifespan", "lifespan.startup"]  # the shutdown is the process's end's


def test_lifespan_shutdown_runs_when_the_process_ends() -> None:
    code = (
        "from lambdabridge import bridge\n"
        "async def app(scope, receive, send):\n"
        "    await receive()\n"
        "    await send({'type': 'lifespan.startup.complete'})\n"
        "    print((await receive())['type'])\n"
        "    await send({'type': 'lifespan.shutdown.complete'})\n"
        "handler = bridge(app)\n"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "lifespan.shutdown\n", "")
