"""The Lambda side: one execution environment, which imports the target and then runs its handler, one event at a time.

Everything of the target's runs on one thread from import to shutdown, as in Lambda, so that what it opened while it was
imported (an SQLite connection, an event loop) can be used in requests. Events and results cross as JSON, as in Lambda.
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import traceback
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

from lambdabridge.adapter import Handler
from lambdabridge.body import MAX_RESULT
from lambdabridge.errors import TargetError
from lambdabridge.gateway.front_door import FunctionError, StoppedWaiting
from lambdabridge.gateway.handlers import as_handler, handler_beside
from lambdabridge.target import load_target

THREAD = "execution environment"
_Job = Callable[[], None]


class Context:
    """What the managed runtime passes as the context, as far as AWS documents it.

    https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
    """

    function_version = "$LATEST"
    log_stream_name = "local"
    identity = None
    client_context = None

    def __init__(
        self, request_id: str, deadline: float, clock: Callable[[], float], name: str = "local", memory: int = 1024
    ) -> None:
        self.function_name = name
        self.invoked_function_arn = f"arn:aws:lambda:us-east-1:123456789012:function:{name}"
        self.log_group_name = f"/aws/lambda/{name}"
        self.memory_limit_in_mb = str(memory)
        self.aws_request_id = request_id
        self._deadline = deadline
        self._clock = clock

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds left before the gateway stops waiting."""
        return max(int((self._deadline - self._clock()) * 1000), 0)


class Environment:
    """Runs the handler of one target on one thread. timeout: seconds; 0 for none, also of the front door, to debug."""

    def __init__(
        self, target: str, interface: str = "auto", timeout: float = 29.0, *, name: str = "local", memory: int = 1024
    ) -> None:
        self.handler: Callable[[Any, Any], Any] | None = None
        self._target = target
        self._interface = interface
        self._timeout = timeout
        self._name = name
        self._memory = memory
        self._overdue = 0
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name=THREAD, daemon=True)
        self._thread.start()

    def start(self) -> None:
        """Import the target; what that raises comes out here."""
        failure: list[BaseException] = []
        done = threading.Event()

        def job() -> None:
            try:
                target = load_target(self._target)
                self.handler = handler_beside(target, self._target, self._interface) or as_handler(
                    target, self._interface
                )
            except BaseException as error:
                failure.append(error)
            done.set()

        self._jobs.put(job)
        while not done.wait(0.1):  # a Ctrl-C that comes just before an endless wait would be seen after it
            pass
        if failure and not isinstance(failure[0], Exception):
            kind = type(failure[0]).__name__
            raise TargetError(f"{self._target!r} ended the process while it was imported: {kind}: {failure[0]}")
        if failure:
            raise failure[0]

    async def invoke(self, event: dict[str, Any], request_id: str, patience: float | None = None) -> object:
        """Return the handler's result for one event, as its JSON says it; raise FunctionError where Lambda would.

        patience: seconds that the front door waits; StoppedWaiting is raised after them. They begin when the handler does:
        on Lambda no request waits for another one. What runs too long can't be ended here: the next request waits for it,
        as long as it would for its own answer.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[object] = loop.create_future()
        begun = asyncio.Event()
        text = json.dumps(event)

        def settle(result: object, error: Exception | None) -> None:
            if not future.done():  # the client may be gone
                if error is None:
                    future.set_result(result)
                else:
                    future.set_exception(error)

        def tell(call: Callable[..., object], *values: object) -> None:
            try:
                loop.call_soon_threadsafe(call, *values)
            except RuntimeError:  # the gateway was stopped, and the function ran on
                pass

        def job() -> None:
            if future.cancelled():
                return
            tell(begun.set)
            result: object = None
            error: Exception | None = None
            try:
                result = self._run(text, loop.time() + (self._timeout or 900), loop.time, request_id)
            except FunctionError as failure:
                error = failure
            if future in overdue:
                self._overdue -= 1
            tell(settle, result, error)

        overdue: set[asyncio.Future[object]] = set()
        self._jobs.put(job)
        is_function = patience is None or self._timeout <= patience
        seconds = self._timeout if is_function or patience is None else patience
        limit = seconds if self._timeout else None
        if self._overdue and limit is not None:
            try:
                await asyncio.wait_for(begun.wait(), limit)
            except asyncio.TimeoutError:
                future.cancel()
                raise FunctionError(
                    "it still runs a request that timed out; in this process it can't be ended (--runtime can)"
                ) from None
        await begun.wait()
        done, _ = await asyncio.wait((future,), timeout=limit)
        if done:
            return future.result()
        overdue.add(future)
        self._overdue += 1
        if is_function:
            raise FunctionError(f"Task timed out after {seconds:.2f} seconds")
        raise StoppedWaiting(f"the function did not answer within {seconds:g} seconds")

    def _run(self, text: str, deadline: float, clock: Callable[[], float], request_id: str) -> object:
        handler = self.handler
        if handler is None:
            raise FunctionError("Runtime.HandlerNotFound: the target has not been imported")
        try:
            result = handler(json.loads(text), Context(request_id, deadline, clock, self._name, self._memory))
        except BaseException as error:  # also SystemExit, which Lambda reports as Runtime.ExitError
            traceback.print_exc()
            raise FunctionError(f"{type(error).__name__}: {error}") from error
        try:
            text = json.dumps(result, ensure_ascii=sys.version_info < (3, 12))  # as the managed runtime does
            size = len(text.encode())
        except (TypeError, ValueError) as error:
            raise FunctionError(f"Runtime.MarshalError: its result is no JSON: {error}") from error
        if size > MAX_RESULT:
            raise FunctionError(
                f"Function.ResponseSizeTooLarge: Response payload size ({size} bytes) exceeded maximum allowed payload "
                f"size ({MAX_RESULT} bytes)."
            )
        return json.loads(text)

    def stop(self) -> None:
        """Run an ASGI application's shutdown; what still runs after two seconds is left to the process's end."""
        handler = self.handler
        if isinstance(handler, Handler):
            self._jobs.put(handler.close)
        self._jobs.put(None)
        self._thread.join(2)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()
