"""What the gateway calls, with the names that gateway/environment.py has: start, invoke, stop.

The pool has a thread and an event loop of its own: start() and stop() can be called from anywhere. This process imports
nothing of the target's.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import sys
import threading
from typing import TYPE_CHECKING, Any

from lambdabridge.errors import ConfigurationError, TargetError
from lambdabridge.gateway.runtime.exchange import Stream
from lambdabridge.gateway.runtime.failures import InvocationFailedError, stopped
from lambdabridge.gateway.runtime.pool import Pool, trace_of
from lambdabridge.gateway.streamed import Streamed
from lambdabridge.target import split

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
    from typing import TypeVar

    from lambdabridge.gateway.runtime.function import Function

    Value = TypeVar("Value")

THREAD = "Lambda runtime"


class RuntimeEnvironment:
    """Runs one function in processes; FrontDoor can't tell it from the environment in this process."""

    def __init__(self, function: Function, log: Callable[[str], None] | None = None) -> None:
        self._function = function
        self._log = _log if log is None else log
        self._loop: asyncio.AbstractEventLoop | None = None
        self._pool: Pool | None = None
        self._thread = threading.Thread(target=self._work, name=THREAD, daemon=True)
        self._started = threading.Event()

    def start(self) -> None:
        """Check what can be checked without importing the target, and be ready; raise ConfigurationError in one sentence."""
        check(self._function)
        self._thread.start()
        self._started.wait()
        asyncio.run_coroutine_threadsafe(self._open(), self._running_loop()).result()

    async def invoke(self, event: dict[str, Any], request_id: str, patience: float | None = None) -> object:
        """Return the handler's result for one event; raise InvocationFailedError, a FunctionError, where Lambda would.

        A streamed one is a Streamed, as soon as it begins: the front door says what becomes of it.
        patience: seconds that the front door waits for it; StoppedWaiting is raised after them, and the function runs on.
        """
        answer = await self._answer(event, request_id, patience)
        if isinstance(answer, Stream):
            return self._streamed(answer)
        try:
            return json.loads(answer)
        except ValueError as error:
            told = {"errorType": "Runtime.MarshalError", "errorMessage": f"its result is no JSON: {error}"}
            raise InvocationFailedError("error", json.dumps(told).encode()) from error

    async def stream(
        self, event: dict[str, Any], request_id: str, patience: float | None = None
    ) -> AsyncIterator[bytes]:
        """Yield the response as the function sends it: a buffered one whole. A failure in the middle raises there."""
        answer = await self._answer(event, request_id, patience)
        if isinstance(answer, Stream):
            streamed = self._streamed(answer)
            try:
                async for chunk in streamed:
                    yield chunk
            finally:
                streamed.drop()
        else:
            yield answer

    def stop(self) -> None:
        """End each process; as on Lambda without extensions, they are not told before."""
        loop = self._loop
        if loop is None or not self._thread.is_alive():
            return
        if self._pool is not None:
            asyncio.run_coroutine_threadsafe(self._close(self._pool), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        self._thread.join()

    @property
    def pids(self) -> set[int]:
        """The processes that run now."""
        return set() if self._pool is None else {one.pid for one in tuple(self._pool.environments)} - {0}

    async def _answer(self, event: dict[str, Any], request_id: str, patience: float | None) -> bytes | Stream:
        if self._pool is None:
            raise stopped()
        return await self._there(self._pool.invoke(json.dumps(event).encode(), request_id, trace_of(event), patience))

    def _streamed(self, stream: Stream) -> Streamed:
        def get() -> Awaitable[bytes | None]:
            return self._there(stream.get())

        def drop() -> None:
            if self._loop is not None and not self._loop.is_closed():
                self._loop.call_soon_threadsafe(stream.drop)

        return Streamed(stream.content_type, get, drop)

    async def _there(self, coroutine: Coroutine[Any, Any, Value]) -> Value:
        """Await something on the pool's loop."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(coroutine, self._running_loop()))

    async def _open(self) -> None:
        self._pool = Pool(self._function, self._log)
        await self._pool.provision()

    async def _close(self, pool: Pool) -> None:
        await pool.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        if others:  # invokers that are about to learn of it
            await asyncio.wait(others, timeout=1)

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        if self._loop is None or self._loop.is_closed():
            raise stopped()
        return self._loop

    def _work(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._loop.call_soon(self._started.set)
        try:
            self._loop.run_forever()
        finally:
            self._loop.close()


def check(function: Function) -> None:
    """Raise ConfigurationError, in one sentence, for what can't be run at all."""
    function.check()
    if os.name == "nt":
        raise ConfigurationError("--runtime needs Linux or macOS: AWS's runtime client does not run on Windows.")
    for module in ("awslambdaric", "h11"):
        if importlib.util.find_spec(module) is None:
            raise ConfigurationError(
                f"--runtime needs {module}, which is in the extra: pip install 'lambdabridge[runtime]'"
            )
    path, _ = split(function.target)
    if path.endswith(".py"):
        if not os.path.isfile(path):
            raise TargetError(f"There is no file {path!r} (for {function.target!r}).")
        return
    package = path.partition(".")[0]
    if not package or package in sys.modules or _has_module(function.folder, package):
        return
    if importlib.util.find_spec(package) is None:
        where = f"in {function.folder}" if function.folder else "on the import path"
        raise TargetError(f"There is no module {package!r} {where} (for {function.target!r}).")


def _has_module(folder: str, name: str) -> bool:
    path = os.path.join(folder, name)
    return bool(folder) and (os.path.isfile(f"{path}.py") or os.path.isdir(path))


def _log(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
