"""Cases: the server's duties in ASGI: receive and send, errors, the event loop, the lifespan.

https://asgi.readthedocs.io/en/latest/specs/www.html https://asgi.readthedocs.io/en/latest/specs/lifespan.html
"""

from __future__ import annotations

import asyncio
import warnings
from contextlib import asynccontextmanager
from threading import Thread
from typing import TYPE_CHECKING, Any

from .events import ALL, http_api_2_0, rest_api
from .frameworks import django_handler
from .kit import TEXT, Answer, Asgi, ask, case, logged, must_raise

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from .events import Event
    from .kit import MakeHandler, Message, Receive, Send

START = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", TEXT.encode())]}
OK = Answer(200, [("content-type", TEXT)], b"ok")


# ---- receive and send


@case("B-Z1 Django's ASGI view answers with its body", "asgi", ALL, zappa=AssertionError)
def django_view(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    with django_handler("ASGIHandler") as app, logged():
        answer = ask(make_handler(app), build(path="/hello"))
    assert (answer.status, answer.body) == (200, b"hello")


@case("B-Z1 receive() after the body waits until the response is complete", "asgi", zappa=AssertionError)
def disconnect_last(make_handler: MakeHandler) -> None:
    order = []

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        async def listen() -> None:
            order.append((await receive())["type"])

        order.append((await receive())["type"])
        listener = asyncio.create_task(listen())
        await asyncio.sleep(0.01)
        await send(START)
        await send({"type": "http.response.body", "body": b"o", "more_body": True})
        await asyncio.sleep(0.01)
        order.append("complete")
        await send({"type": "http.response.body", "body": b"k"})
        await listener

    assert ask(make_handler(app, lifespan="off"), rest_api()) == OK
    assert order == ["http.request", "complete", "http.disconnect"]


@case("B-Z2 Starlette streams all its chunks through a middleware", "asgi", zappa=AssertionError)
def all_chunks(make_handler: MakeHandler) -> None:
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.middleware.base import BaseHTTPMiddleware
    from starlette.requests import Request
    from starlette.responses import Response, StreamingResponse
    from starlette.routing import Route

    async def chunks() -> AsyncIterator[str]:
        for number in range(5):
            await asyncio.sleep(0)
            yield f"chunk{number} "

    def stream(request: Request) -> Response:
        return StreamingResponse(chunks())

    async def passing(request: Request, call_next: Any) -> Response:
        response: Response = await call_next(request)
        return response

    middleware = [Middleware(BaseHTTPMiddleware, dispatch=passing)]
    app = Starlette(routes=[Route("/foo", stream)], middleware=middleware)
    assert ask(make_handler(app), http_api_2_0()) == Answer(200, [], b"chunk0 chunk1 chunk2 chunk3 chunk4 ")


def unfinished(make_handler: MakeHandler, *messages: Message) -> None:
    """Expect a 500 and a line in the log for an application that returns after these messages."""

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        for message in messages:
            await send(message)

    with logged() as records:
        answer = ask(make_handler(app, lifespan="off"), rest_api())
    assert (answer.status, answer.body, len(records)) == (500, b"Internal Server Error", 1)


@case("B-M20 an application that sends nothing", "asgi", mangum=AttributeError)
def no_response(make_handler: MakeHandler) -> None:
    unfinished(make_handler)


@case("B-M20 an application that sends the start only", "asgi", mangum=AttributeError)
def start_only(make_handler: MakeHandler) -> None:
    unfinished(make_handler, START)


@case("B-M20 an application that promises more_body and returns", "asgi", mangum=AttributeError)
def dangling_body(make_handler: MakeHandler) -> None:
    unfinished(make_handler, START, {"type": "http.response.body", "body": b"x", "more_body": True})


def raising(make_handler: MakeHandler, error: type[BaseException]) -> None:
    """Expect that what is no Exception ends the invocation."""

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        raise error

    handler = make_handler(app, lifespan="off")
    must_raise(error, lambda: ask(handler, rest_api()))


@case("B-M21 SystemExit ends the invocation", "asgi", mangum=AssertionError)
def system_exit(make_handler: MakeHandler) -> None:
    raising(make_handler, SystemExit)


@case("B-M21 KeyboardInterrupt ends the invocation", "asgi", mangum=AssertionError)
def keyboard_interrupt(make_handler: MakeHandler) -> None:
    raising(make_handler, KeyboardInterrupt)


@case("B-M21 CancelledError ends the invocation", "asgi", mangum=AssertionError)
def cancelled(make_handler: MakeHandler) -> None:
    raising(make_handler, asyncio.CancelledError)


# ---- the event loop


def in_thread(call: Callable[[], object]) -> object:
    """Return what the call returns, or raise what it raises, in a new thread."""
    outcome: dict[str, Any] = {}

    def run() -> None:
        try:
            outcome["result"] = call()
        except BaseException as error:
            outcome["error"] = error

    thread = Thread(target=run)
    thread.start()
    thread.join()
    if "error" in outcome:
        raise outcome["error"]
    return outcome["result"]


@case("B-M3 the handler works after asyncio.run", "asgi", mangum=RuntimeError)
def after_asyncio_run(make_handler: MakeHandler) -> None:
    def invocations() -> list[Answer]:
        handler = make_handler(Asgi(), lifespan="off")
        first = ask(handler, rest_api())
        asyncio.run(asyncio.sleep(0))
        return [first, ask(handler, rest_api())]

    assert in_thread(invocations) == [OK, OK]


@case("B-M3 the handler works in another thread", "asgi", mangum=RuntimeError)
def other_thread(make_handler: MakeHandler) -> None:
    handler = make_handler(Asgi(), lifespan="off")
    assert in_thread(lambda: ask(handler, rest_api())) == OK


# mangum's get_event_loop() warns on 3.12 and 3.13, but only in an interpreter where no loop was ever set: not in this one
@case("B-M4 no deprecated call of asyncio", "asgi")
def no_warning(make_handler: MakeHandler) -> None:
    def invocation() -> Answer:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return ask(make_handler(Asgi(), lifespan="off"), rest_api())

    assert invocation() == OK


@case("B-Z8 all requests run on one loop", "asgi", zappa=AssertionError)
def one_loop(make_handler: MakeHandler) -> None:
    loops = []

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        loops.append(asyncio.get_running_loop())
        await Asgi()(scope, receive, send)

    handler = make_handler(app)
    assert [ask(handler, rest_api()) for _ in range(5)] == [OK] * 5
    assert len({id(loop) for loop in loops}) == 1


# ---- lifespan


@case("B-M1 the lifespan starts once, and its state is kept", "asgi", mangum=AssertionError)
def one_startup(make_handler: MakeHandler) -> None:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route

    happened = []

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[dict[str, list[int]]]:
        happened.append("startup")
        yield {"pool": []}
        happened.append("shutdown")

    def use(request: Request) -> PlainTextResponse:
        happened.append("request")
        request.state.pool.append(1)
        return PlainTextResponse(str(len(request.state.pool)))

    handler = make_handler(Starlette(routes=[Route("/foo", use)], lifespan=lifespan))
    bodies = [ask(handler, rest_api()).body for _ in range(3)]
    assert (happened, bodies) == (["startup", "request", "request", "request"], [b"1", b"2", b"3"])


class Lifespan(Asgi):
    """An application with these two answers to the lifespan's two messages; None raises."""

    def __init__(self, startup: str | None, shutdown: str) -> None:
        super().__init__()
        self.says = {"startup": startup, "shutdown": shutdown}

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await super().__call__(scope, receive, send)
            return
        for phase in ("startup", "shutdown"):
            await receive()
            if self.says[phase] is None:
                raise RuntimeError("no database")
            await send({"type": f"lifespan.{phase}.{self.says[phase]}", "message": "no database"})


@case('B-M8 with lifespan="on" nothing is served after a failed startup', "asgi", mangum=AssertionError)
def startup_raises(make_handler: MakeHandler) -> None:
    app = Lifespan(None, "complete")
    must_raise(Exception, lambda: ask(make_handler(app, lifespan="on"), rest_api()))
    assert app.calls == 0


@case("B-M9 a failed shutdown takes no answer away", "asgi", mangum=Exception)
def shutdown_fails(make_handler: MakeHandler) -> None:
    handler = make_handler(Lifespan("complete", "failed"))
    assert [ask(handler, rest_api()), ask(handler, rest_api())] == [OK, OK]


@case("B-M10 Django, which has no lifespan, fills no log with errors", "asgi", mangum=AssertionError)
def django_lifespan(make_handler: MakeHandler) -> None:
    with django_handler("ASGIHandler") as app, logged() as records:
        handler = make_handler(app)
        statuses = [ask(handler, http_api_2_0(path="/hello")).status for _ in range(2)]
    assert (statuses, records) == ([200, 200], [])


@case("B-Z10 the lifespan is run", "asgi", zappa=AssertionError)
def lifespan_runs(make_handler: MakeHandler) -> None:
    asked = []

    class Noting(Lifespan):
        async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
            asked.append(scope["type"])
            await super().__call__(scope, receive, send)

    assert ask(make_handler(Noting("complete", "complete")), rest_api()) == OK
    assert asked == ["lifespan", "http"]
