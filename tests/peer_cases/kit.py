"""What the cases are made of: the Case itself, applications that remember, and what a client sees of a result.

A case passes or fails through `run(make_handler)`, for any adapter's `make_handler(application, **options)`. Results are
compared as the client would see them, because adapters may rightly differ in how they write the same answer down.
"""

from __future__ import annotations

import logging
from base64 import b64decode
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence

    from .events import Event, Pairs

    Handler = Callable[[Event, Any], Mapping[str, Any]]
    MakeHandler = Callable[..., Handler]  # lambdabridge.bridge and the like; options: lifespan, base_path
    Environ = dict[str, Any]
    Message = dict[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]
    RawPairs = Sequence[tuple[bytes, bytes]]

TEXT = "text/plain; charset=utf-8"
PLAIN = ((b"content-type", TEXT.encode()),)
REST_KEYS = {"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"}


@dataclass(frozen=True)
class Case:
    """One way to be wrong: `run` raises AssertionError, or lets the adapter's error through, where it is found."""

    id: str
    interface: str
    run: Callable[[MakeHandler], None]
    peers: Mapping[str, type[BaseException]]  # the adapters that have this bug -> what `run` raises there

    @property
    def bug(self) -> str:
        """The id of the bug; one bug may need several cases."""
        return self.id.split()[0]


CASES: list[Case] = []


def case(
    title: str, interface: str, formats: Iterable[Callable[..., Event]] = (), **peers: type[BaseException]
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a function as a case, or with `formats` as one case for each: it is then given the event builder too."""

    def register(run: Callable[..., None]) -> Callable[..., None]:
        ways: dict[str, Callable[..., None]] = {}
        for build in formats:
            ways[f"{title} [{build.__name__}]"] = partial(run, build=build)
        CASES.extend(Case(name, interface, way, peers) for name, way in (ways or {title: run}).items())
        return run

    return register


class Context:
    """The `context` argument of a Lambda handler."""

    function_name = "peers"
    function_version = "$LATEST"
    invoked_function_arn = "arn:aws:lambda:eu-central-1:123456789012:function:peers"
    memory_limit_in_mb = "512"
    aws_request_id = "8f507cfc-xmpl-4697-b07a-ac58fc914c95"
    log_group_name = "/aws/lambda/peers"
    log_stream_name = "2026/07/10/[$LATEST]0123456789abcdef"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        """Say that there is time."""
        return 29_000


class Wsgi:
    """A WSGI application that reads the body, remembers what it was called with, and always gives the same answer."""

    def __init__(self, status: str = "200 OK", headers: Pairs = (("Content-Type", TEXT),), body: bytes = b"ok") -> None:
        self.answer = (status, list(headers), body)
        self.calls = 0
        self.environ: Environ = {}
        self.body = b""

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        status, headers, body = self.answer
        self.calls += 1
        self.environ = environ
        self.body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        start_response(status, headers)
        return [body]

    def seen(self, *names: str) -> tuple[Any, ...]:
        """Return these variables of the environ; None for those that are not there."""
        return tuple(self.environ.get(name) for name in names)


class Asgi:
    """The same for ASGI; it does not know the lifespan protocol."""

    def __init__(self, status: int = 200, headers: RawPairs = PLAIN, body: bytes = b"ok") -> None:
        self.answer = (status, list(headers), body)
        self.calls = 0
        self.scope: Message = {}
        self.body = b""

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise ValueError(scope["type"])
        status, headers, body = self.answer
        self.calls += 1
        self.scope = scope
        self.body = await read(receive)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def seen(self, *names: str) -> tuple[Any, ...]:
        """Return these members of the scope; None for those that are not there."""
        return tuple(self.scope.get(name) for name in names)

    def lines(self, name: bytes) -> list[bytes]:
        """Return the values of all header lines with this name."""
        return [bytes(value) for key, value in self.scope["headers"] if key == name]


async def read(receive: Receive) -> bytes:
    """Read the whole body of a request."""
    body, more = BytesIO(), True
    while more:
        message = await receive()
        body.write(message.get("body", b""))
        more = message.get("more_body", False)
    return body.getvalue()


class Answer(NamedTuple):
    """A response as the client sees it; the names of `headers` in lower case, sorted."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


def ask(handler: Handler, event: Event, *, binary_media_types: bool = False) -> Answer:
    """Invoke the handler and do with the result what API Gateway does.

    A REST API answers 502 if it finds a key that it does not know, and sends base64 on as text unless its
    binaryMediaTypes say otherwise. An HTTP API decodes always. A line that is both in `headers` and in
    `multiValueHeaders` is sent once.
    """
    result = dict(handler(event, Context()))
    rest = "version" not in event
    if rest and not result.keys() <= REST_KEYS:
        raise AssertionError(f"502 for unknown keys: {sorted(result.keys() - REST_KEYS)}")
    many: list[tuple[str, str]] = []
    if event.get("version") != "2.0":
        lists = (result.get("multiValueHeaders") or {}).items()
        many = [(name.lower(), value) for name, values in lists for value in values]
    single = [(name.lower(), value) for name, value in (result.get("headers") or {}).items()]
    cookies = [("set-cookie", cookie) for cookie in result.get("cookies") or ()]
    headers = [line for line in single if line not in many] + cookies + many
    body = (result.get("body") or "").encode()
    if result.get("isBase64Encoded") and (binary_media_types or not rest):
        body = b64decode(body, validate=True)
    return Answer(int(result["statusCode"]), sorted(headers, key=lambda line: line[0]), body)


def must_raise(expected: type[BaseException], call: Callable[[], object]) -> BaseException:
    """Return the exception that `call` raises; AssertionError if there is none, others go through."""
    try:
        result = call()
    except expected as error:
        return error
    raise AssertionError(f"{expected.__name__} was not raised, but there was a result: {result}")


@contextmanager
def logged(level: int = logging.ERROR) -> Iterator[list[logging.LogRecord]]:
    """Collect the log records from this level on, whichever logger they are for."""
    records: list[logging.LogRecord] = []
    collector = logging.Handler(level)
    collector.handle = records.append  # type: ignore[method-assign, assignment]
    logging.getLogger().addHandler(collector)
    try:
        yield records
    finally:
        logging.getLogger().removeHandler(collector)
