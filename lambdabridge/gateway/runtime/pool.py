"""The execution environments of one function: which one takes an invocation, and what happens when there is none.

The environment that was used last is used first. Where all are busy and there may be no more, the invocation is throttled, as
on Lambda; `Function.queue` lets it wait instead.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import traceback
import uuid
from collections import deque
from typing import TYPE_CHECKING, Any

from lambdabridge.gateway.front_door import StoppedWaiting
from lambdabridge.gateway.runtime import failures, watch
from lambdabridge.gateway.runtime.environment import ExecutionEnvironment
from lambdabridge.gateway.runtime.exchange import Invocation

if TYPE_CHECKING:
    from collections.abc import Callable

    from lambdabridge.gateway.runtime.exchange import Stream
    from lambdabridge.gateway.runtime.function import Function


class Pool:
    """Takes invocations; lives on one event loop."""

    def __init__(self, function: Function, log: Callable[[str], None]) -> None:
        self.environments: set[ExecutionEnvironment] = set()
        self._function = function
        self._log = log
        self._idle: list[ExecutionEnvironment] = []
        self._waiting: deque[asyncio.Future[ExecutionEnvironment]] = deque()
        self._running: dict[asyncio.Task[None], Invocation] = {}
        self._closed = False
        # -I -S: it needs nothing but the standard library, and is there before the first process is
        command = [sys.executable, "-I", "-S", watch.__file__]
        self._watch = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)

    async def provision(self) -> None:
        """Initialise as many environments as the function has provisioned."""
        environments = [self._new() for _ in range(self._function.provisioned)]
        await asyncio.gather(*(environment.prepare() for environment in environments))
        self._idle += environments

    async def invoke(
        self, event: bytes, request_id: str, trace: str = "", patience: float | None = None
    ) -> bytes | Stream:
        """Return the function's response; raise InvocationFailedError where there is none.

        patience: seconds, from when there is an environment, after which StoppedWaiting is raised. The invocation goes on,
        as it does when its invoker is gone.
        """
        if self._closed:
            raise failures.stopped()
        environment = await self._take()
        answered: asyncio.Future[bytes | Stream] = asyncio.get_running_loop().create_future()
        invocation = Invocation(event, _lambdas_own(request_id), self._function.arn, _traced(trace), answered)
        task = asyncio.ensure_future(self._run(environment, invocation))
        self._running[task] = invocation
        task.add_done_callback(self._running.pop)
        await asyncio.wait((answered,), timeout=patience)  # which cancels nothing
        if not answered.done():
            raise StoppedWaiting(f"the function did not answer within {patience:g} seconds")
        return answered.result()

    async def close(self) -> None:
        """End all environments; invocations that run fail."""
        self._closed = True
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_exception(failures.stopped())
        running = dict(self._running)
        for task, invocation in running.items():
            invocation.fail(failures.stopped())
            task.cancel()
        if running:
            await asyncio.wait(running)
        await asyncio.gather(*(environment.close() for environment in tuple(self.environments)))
        if self._watch.stdin is not None:
            self._watch.stdin.close()
        self._watch.wait()

    async def _run(self, environment: ExecutionEnvironment, invocation: Invocation) -> None:
        try:
            await environment.run(invocation)
        except Exception as error:  # the gateway's own fault: the client gets an answer, and the others go on
            traceback.print_exc()
            invocation.fail(failures.failure("exit", "Sandbox.Failure", f"the local gateway failed: {error!r}"))
            await environment.close()
        finally:
            self._give_back(environment)
            invocation.finish()

    async def _take(self) -> ExecutionEnvironment:
        while self._idle:
            environment = self._idle.pop()
            if environment.alive:
                return environment
            await self._discard(environment)
        if len(self.environments) < self._function.concurrency:
            return self._new()
        waiting: asyncio.Future[ExecutionEnvironment] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        try:
            await asyncio.wait((waiting,), timeout=self._function.queue)
        except asyncio.CancelledError:
            if waiting.done() and waiting.exception() is None:
                self._give_back(waiting.result())
            raise
        finally:
            if waiting in self._waiting:
                self._waiting.remove(waiting)
        if not waiting.done():
            raise failures.throttled(self._function.concurrency)
        return waiting.result()

    def _give_back(self, environment: ExecutionEnvironment) -> None:
        if self._closed:
            return
        if not environment.alive:
            self.environments.discard(environment)
        while self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.done():
                waiting.set_result(environment if environment.alive else self._new())
                return
        if environment.alive:
            self._idle.append(environment)

    def _new(self) -> ExecutionEnvironment:
        environment = ExecutionEnvironment(self._function, self._log, self._register)
        self.environments.add(environment)
        return environment

    async def _discard(self, environment: ExecutionEnvironment) -> None:
        self.environments.discard(environment)
        await environment.close()

    def _register(self, sign: str, group: int) -> None:
        if self._watch.stdin is not None:
            try:
                self._watch.stdin.write(f"{sign}{group}\n".encode())
                self._watch.stdin.flush()
            except (BrokenPipeError, ValueError):  # somebody ended it: stop() still ends what it can
                pass


def _lambdas_own(request_id: str) -> str:
    """Return the id that the invocation has on Lambda: a UUID, where the front door's may be any text."""
    try:
        return str(uuid.UUID(request_id))
    except ValueError:
        return str(uuid.uuid4())


def _traced(header: str) -> str:
    """Return X-Ray's header for a trace that is not sampled, with the front door's root if it told one."""
    if not header.startswith("Root="):
        header = f"Root=1-{int.from_bytes(os.urandom(4), 'big'):08x}-{os.urandom(12).hex()}"
    return f"{header.partition(';')[0]};Parent={os.urandom(8).hex()};Sampled=0"


def trace_of(event: Any) -> str:
    """Return the X-Amzn-Trace-Id header of an HTTP event, or "" if it has none."""
    headers = event.get("headers") if isinstance(event, dict) else None
    if not isinstance(headers, dict):
        return ""
    return next((str(value) for name, value in headers.items() if name.lower() == "x-amzn-trace-id"), "")
