"""One execution environment: a process that runs the runtime client, and the Runtime API that it talks to.

Init, then one invocation after the other; frozen in between. An init that fails or takes more than 10 seconds is tried again
as a part of the invocation, in the function's own time, and only then fails it. After a failed init, an exit or a timeout the
environment is over: the next invocation starts another. (Lambda resets the same one, which looks alike but in the log.)
https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
import uuid
from typing import TYPE_CHECKING

from lambdabridge.gateway.runtime import failures, report
from lambdabridge.gateway.runtime.api import RuntimeApi
from lambdabridge.gateway.runtime.exchange import Exchange
from lambdabridge.gateway.runtime.process import Process

if TYPE_CHECKING:
    from collections.abc import Callable

    from lambdabridge.gateway.runtime.exchange import Invocation
    from lambdabridge.gateway.runtime.failures import InvocationFailedError
    from lambdabridge.gateway.runtime.function import Function

_ENTRY = "lambdabridge.gateway.runtime.entry.handler"


class ExecutionEnvironment:
    """One process at a time, one invocation at a time.

    registered: called with "+" or "-" and a process group, for watch.py.
    """

    def __init__(self, function: Function, log: Callable[[str], None], registered: Callable[[str, int], None]) -> None:
        self._function = function
        self._log = log
        self._registered = registered
        self._process: Process | None = None
        self._exchange: Exchange
        self._api: RuntimeApi
        self._init_milliseconds: float | None = None
        """Until a REPORT has told it."""
        self._failed_memory = 0

    @property
    def alive(self) -> bool:
        """Whether there is a process that can take an invocation."""
        return self._process is not None and not self._process.exited.done()

    @property
    def pid(self) -> int:
        """The process; 0 for none."""
        return 0 if self._process is None else self._process.pid

    async def prepare(self) -> None:
        """Initialise before there is an invocation, as with provisioned concurrency; a failure shows at the invocation."""
        self._log(report.init_start())
        if await self._init("init", "", self._function.init_timeout) is None:
            self._freeze()

    async def run(self, invocation: Invocation) -> None:
        """Take one invocation from start to end, and note in it what became of it."""
        function, request_id = self._function, invocation.request_id
        failure: InvocationFailedError | None = None
        tried = self.alive
        if not tried:
            self._log(report.init_start())
            tried = await self._init("init", request_id, function.init_timeout) is None
        started = time.perf_counter()
        if not tried:
            failure = await self._init("invoke", request_id, function.timeout)
        self._log(report.start(request_id))
        if failure is None:
            failure = await self._invoke(invocation, started + function.timeout - time.perf_counter())
        milliseconds = (time.perf_counter() - started) * 1000
        if failure is not None:
            invocation.fail(failure)
            memory = await self.close() or self._failed_memory
            if failure.kind == "timeout":
                milliseconds = function.timeout * 1000
                now = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime()) + f".{time.time_ns() // 1_000_000 % 1000:03}Z"
                self._log(f"{now} {request_id} {failures.timeout_text(function.timeout)}")
            elif failure.kind == "exit":
                self._log(f"{str(failure).partition(': ')[2]}\n{failure.error_type}")
        else:
            memory = self._flushed()
        self._log(report.end(request_id))
        init, self._init_milliseconds = self._init_milliseconds, None
        self._log(report.report(request_id, milliseconds, function.memory, memory, init, failure))
        if failure is None:
            self._freeze()

    async def close(self) -> int:
        """End the process, and return the memory that it had."""
        process = self._process
        if process is None:
            return 0
        memory = process.peak_memory()
        await process.end()
        self._registered("-", process.pid)
        await self._api.close()
        self._process = None
        return memory

    async def _init(self, phase: str, request_id: str, limit: float) -> InvocationFailedError | None:
        """Start a process and wait until it asks for an invocation; return what failed, if anything did."""
        started = time.perf_counter()
        exchange = self._exchange = Exchange()
        self._api = RuntimeApi(exchange)
        address = await self._api.start()
        folder = self._function.folder or os.getcwd()
        stream = f"{time.strftime('%Y/%m/%d')}/[$LATEST]{uuid.uuid4().hex}"
        process = Process(self._log)
        variables = self._function.variables(os.environ, address, folder, stream)
        try:
            await process.start([sys.executable, "-m", "awslambdaric", _ENTRY], variables, folder)
        except BaseException:
            await self._api.close()
            raise
        self._process = process
        self._registered("+", process.pid)
        events = (exchange.ready, process.exited)
        await asyncio.wait((*events, exchange.init_failed), timeout=limit, return_when=asyncio.FIRST_COMPLETED)
        process.peak_memory()
        if exchange.init_failed.done():  # the runtime exits now
            left = max(started + limit - time.perf_counter(), 0)
            await asyncio.wait(events, timeout=left, return_when=asyncio.FIRST_COMPLETED)
        milliseconds = (time.perf_counter() - started) * 1000
        failure: InvocationFailedError | None = None
        if exchange.init_failed.done():
            failure = exchange.init_failed.result()
        elif process.exited.done():
            failure = failures.exited(request_id, process.exited.result())
        elif not exchange.ready.done():
            failure = failures.timed_out(request_id, limit)
        if failure is None:
            self._init_milliseconds = milliseconds if phase == "init" else None
        else:
            self._failed_memory = await self.close()
            self._log(report.init_report(milliseconds, phase, failure))
        return failure

    async def _invoke(self, invocation: Invocation, seconds: float) -> InvocationFailedError | None:
        """Deliver the event and wait until the runtime asks for the next; return what ended the environment."""
        process, exchange = self._process, self._exchange
        if process is None:  # pragma: no cover - run() has seen to it
            raise RuntimeError("there is no process")
        process.thaw()
        exchange.deliver(invocation, seconds)
        await asyncio.wait((exchange.ready, process.exited), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if process.exited.done():
            return failures.exited(invocation.request_id, process.exited.result())
        if not exchange.ready.done():
            return failures.timed_out(invocation.request_id, self._function.timeout)
        return None

    def _flushed(self) -> int:
        """Log what was printed until now, and return the memory."""
        if self._process is None:
            return 0
        self._process.flush(ended=True)
        return self._process.peak_memory()

    def _freeze(self) -> None:
        if self._function.freeze and self._process is not None:
            self._process.freeze()
