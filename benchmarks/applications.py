"""What warm.py measures: applications, what they are asked and answer, and one sample. Imports the standard library only.

Run as a script it is a worker of `warm.py --against`: it imports lambdabridge from the checkout that it is given, takes a
list of (interface, scenario, event, body to be seen) from standard input and then, for each line "row count", prints the
nanoseconds of that many invocations of that row.
"""

from __future__ import annotations

import asyncio
import gc
import pickle
import random
import sys
from io import BytesIO
from pathlib import Path
from time import perf_counter_ns
from typing import Any, NamedTuple

SAMPLE = 2_000_000
"""Nanoseconds that a sample takes at least."""
ITEMS = b'{"items": [' + b", ".join(b'{"id": %d, "name": "item", "price": 12.5}' % n for n in range(100, 124)) + b"]}"


class Context:
    """The context argument of a handler."""

    function_name = "benchmark"
    aws_request_id = "8f507cfc-xmpl-4697-b07a-ac58fc914c95"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        """Say that there is time."""
        return 29_000


class Scenario(NamedTuple):
    """A request and its answer."""

    title: str
    method: str = "GET"
    body: bytes = b""
    kind: str = "application/json"
    answer_kind: str = "application/json"
    answer: bytes = b'{"ok": true}'


SMALL = (Scenario("small GET"), Scenario("JSON post, 1 KB", "POST", ITEMS))
LARGE = (
    Scenario("binary download, 256 KB", answer_kind="image/png", answer=random.Random(1).randbytes(256 * 1024)),
    Scenario("base64 upload, 1 MB", "POST", random.Random(2).randbytes(1024 * 1024), "application/octet-stream"),
)


class Noted:
    """What an application was last called with: the environ or scope, and the body."""

    called_with: dict[str, Any]
    body: bytes


def wsgi_app(scenario: Scenario, noted: Noted) -> Any:
    """Make a WSGI application that reads the body and answers, nothing else."""

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        noted.body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        start_response("200 OK", [("Content-Type", scenario.answer_kind)])
        return [scenario.answer]

    return app


def asgi_app(scenario: Scenario, noted: Noted) -> Any:
    """Make the same for ASGI; the application has a lifespan."""
    headers = [(b"content-type", scenario.answer_kind.encode())]
    start = {"type": "http.response.start", "status": 200, "headers": headers}

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            for phase in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{phase}.complete"})
            return
        message = await receive()
        body = message.get("body", b"")
        while message.get("more_body", False):
            message = await receive()
            body += message.get("body", b"")
        noted.body = body
        await send(start)
        await send({"type": "http.response.body", "body": scenario.answer})

    return app


def noting(app: Any, interface: str, noted: Noted) -> Any:
    """Return the application with a note of what it is called with: for the check, not for the measurement."""

    def wsgi(environ: dict[str, Any], start_response: Any) -> Any:
        noted.called_with = environ
        return app(environ, start_response)

    async def asgi(scope: dict[str, Any], receive: Any, send: Any) -> None:
        noted.called_with = scope
        await app(scope, receive, send)

    return wsgi if interface == "wsgi" else asgi


APPS = {"wsgi": wsgi_app, "asgi": asgi_app}


def bare_wsgi(app: Any, scenario: Scenario) -> Any:
    """Return the bare call of a WSGI application, with a ready environ."""
    environ = {"CONTENT_LENGTH": str(len(scenario.body)), "REQUEST_METHOD": scenario.method}

    def bare(event: object, context: object) -> bytes:
        return b"".join(app({**environ, "wsgi.input": BytesIO(scenario.body)}, lambda status, headers: None))

    return bare


def bare_asgi(app: Any, scenario: Scenario, loop: asyncio.AbstractEventLoop) -> Any:
    """Return the bare call of an ASGI application, on a loop that stays."""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": scenario.body}

    async def send(message: dict[str, Any]) -> None:
        pass

    return lambda event, context: loop.run_until_complete(app({"type": "http"}, receive, send))


def sample(handler: Any, event: dict[str, Any], count: int) -> int:
    """Return the nanoseconds that `count` invocations take."""
    context = Context()
    gc.disable()
    start = perf_counter_ns()
    for _ in range(count):
        handler(event, context)
    taken = perf_counter_ns() - start
    gc.enable()
    return taken


def work(checkout: str) -> None:
    """Be a worker, until standard input ends."""
    sys.path.insert(0, checkout)
    import lambdabridge

    found = Path(lambdabridge.__file__ or "").resolve()
    if Path(checkout).resolve() not in found.parents:
        raise SystemExit(f"lambdabridge was imported from {found} and not from {checkout}.")
    handlers: list[Any] = []
    rows = pickle.load(sys.stdin.buffer)
    for interface, scenario, event, body in rows:
        noted = Noted()
        handler: Any = lambdabridge.bridge(APPS[interface](scenario, noted))
        try:
            handler(event, Context())
        except lambdabridge.errors.EventError:  # a front door that this checkout does not know
            handler = None
        if handler is not None and noted.body != body:
            raise SystemExit(f"{checkout}: the application did not get the body of {scenario.title!r}.")
        handlers.append(handler)
    print(" ".join(str(number) for number, handler in enumerate(handlers) if handler is None), flush=True)
    for line in sys.stdin.buffer:
        row, count = map(int, line.split())
        print(sample(handlers[row], rows[row][2], count), flush=True)
        gc.collect()


if __name__ == "__main__":
    # pickle names the class by its module, which is this one for the other side as well
    sys.modules["benchmarks.applications"] = sys.modules["__main__"]
    work(sys.argv[1])
