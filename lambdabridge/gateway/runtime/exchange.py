"""What Lambda and one runtime client tell each other: an invocation, its response or error, and that the next may come.

No HTTP here: api.py has the paths, environment.py decides what follows.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lambdabridge.gateway.runtime.failures import truncated

if TYPE_CHECKING:
    from lambdabridge.gateway.runtime.failures import InvocationFailedError

_CHUNKS = 16
"""How many pieces of a streamed response wait to be read before the function does."""


class Stream:
    """A streamed response: bytes as they come, then the end, or the failure in the middle.

    The function waits while nobody reads: what it sent and nobody read yet is bounded.
    """

    def __init__(self, content_type: str = "") -> None:
        self.content_type = content_type
        self._chunks: asyncio.Queue[bytes | InvocationFailedError | None] = asyncio.Queue()
        self._room = asyncio.Event()
        self._room.set()
        self._ended = False
        self._dropped = False

    async def put(self, chunk: bytes) -> None:
        """Pass on what the function sent, when there is room."""
        await self._room.wait()
        if not self._dropped and not self._ended:
            self._chunks.put_nowait(chunk)
            if self._chunks.qsize() >= _CHUNKS:
                self._room.clear()

    def end(self, failure: InvocationFailedError | None = None) -> None:
        """End the stream; what comes after the first end is ignored."""
        if not self._ended:
            self._ended = True
            self._chunks.put_nowait(failure)
            self._room.set()

    async def get(self) -> bytes | None:
        """Return the next bytes, None at the end; raise InvocationFailedError where the function failed."""
        chunk = await self._chunks.get()
        if self._chunks.qsize() < _CHUNKS:
            self._room.set()
        if chunk is None or isinstance(chunk, bytes):
            return chunk
        raise chunk

    def drop(self) -> None:
        """Let the function go on although the client is gone, as Lambda does."""
        self._dropped = True
        self._room.set()


@dataclass
class Invocation:
    """One event on its way to a runtime, and what became of it.

    The invoker gets a stream as soon as it begins, and everything else when the environment is free again: whoever sends one
    request after the other needs one environment.
    """

    event: bytes
    request_id: str
    arn: str
    trace_id: str
    answered: asyncio.Future[bytes | Stream]
    invocation_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    deadline: float = 0.0
    """Unix time in seconds; set when it starts."""
    outcome: bytes | Stream | InvocationFailedError | None = None

    def answer(self, answer: bytes | Stream) -> None:
        """Note the response."""
        if self.outcome is None:
            self.outcome = answer
            if isinstance(answer, Stream) and not self.answered.done():
                self.answered.set_result(answer)

    def fail(self, failure: InvocationFailedError) -> None:
        """Note a failure, unless there is a whole response."""
        if self.outcome is None:
            self.outcome = failure
        elif isinstance(self.outcome, Stream):
            self.outcome.end(failure)

    def finish(self) -> None:
        """Give the invoker the outcome."""
        if isinstance(self.outcome, Stream):  # one that is whole, or failed, has ended before
            self.outcome.end(truncated())
        if self.answered.done():
            return
        if isinstance(self.outcome, bytes):
            self.answered.set_result(self.outcome)
        elif isinstance(self.outcome, Exception):
            self.answered.set_exception(self.outcome)
            self.answered.exception()  # retrieved: the invoker may be gone

    @property
    def headers(self) -> list[tuple[str, str]]:
        """What GET /next says beside the event."""
        return [
            ("Content-Type", "application/json"),
            ("Lambda-Runtime-Aws-Request-Id", self.request_id),
            ("Lambda-Runtime-Deadline-Ms", str(int(self.deadline * 1000))),
            ("Lambda-Runtime-Invoked-Function-Arn", self.arn),
            ("Lambda-Runtime-Trace-Id", self.trace_id),
            ("Lambda-Runtime-Invocation-Id", self.invocation_id),
        ]


class Exchange:
    """One runtime client's state. Futures, so that the environment can wait for the first of several."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.ready: asyncio.Future[None] = self.loop.create_future()
        """Done when the runtime asks for the next invocation."""
        self.init_failed: asyncio.Future[InvocationFailedError] = self.loop.create_future()
        self.current: Invocation | None = None
        self._asked: asyncio.Future[Invocation | None] | None = None

    @property
    def initialised(self) -> bool:
        """Whether the runtime has ever asked for an invocation."""
        return self.current is not None or self.ready.done()

    async def next(self) -> Invocation | None:
        """Return the next invocation when there is one; None where the runtime asks a second time meanwhile."""
        if self._asked is not None and not self._asked.done():
            self._asked.set_result(None)
        asked: asyncio.Future[Invocation | None] = self.loop.create_future()
        self._asked = asked
        if not self.ready.done():
            self.ready.set_result(None)
        return await asked

    def deliver(self, invocation: Invocation, seconds: float) -> None:
        """Hand an invocation to the runtime, which has asked for it."""
        invocation.deadline = time.time() + seconds
        self.current = invocation
        self.ready = self.loop.create_future()
        if self._asked is not None:
            self._asked.set_result(invocation)
