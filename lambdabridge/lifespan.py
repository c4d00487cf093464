"""What lives as long as the execution environment: an event loop of one's own, and the ASGI application's lifespan on it.

The loop touches nobody else's. What an application binds to it (connection pools, locks, tasks) has to live as long; the
thread's current loop is neither used nor set, since asyncio.run() elsewhere would close it or take it away.

Lifespan is the protocol, the server's side. The Runner in asgi.py decides what an outcome means.
https://asgi.readthedocs.io/en/latest/specs/lifespan.html (spec_version 2.0)
"""

from __future__ import annotations

import asyncio

import lambdabridge

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

    from lambdabridge.types import ASGIApplication


class EventLoop:
    """Runs one coroutine at a time to its end, in whatever thread it is asked to."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._busy = False
        self._current: asyncio.Task[None] | None = None

    def run(self, function: Callable[..., Coroutine[Any, Any, None]], *arguments: Any) -> None:
        """Run a coroutine to its end on our loop, also where this thread has a running loop of somebody else's."""
        if self._busy:
            raise RuntimeError(
                "This handler is serving another event: an execution environment serves one at a time. "
                "Make one handler for each thread, and do not call a handler from its own application."
            )
        if self._loop.is_closed():
            raise RuntimeError("This handler was closed: close() ends an execution environment.")
        self._busy = True
        try:
            if asyncio._get_running_loop() is None:  # noqa: SLF001 - in asyncio.__all__; get_running_loop() would raise
                self._run_until_complete(function(*arguments))
            else:
                from concurrent.futures import ThreadPoolExecutor
                from contextvars import copy_context

                with ThreadPoolExecutor(1) as executor:
                    run = copy_context().run
                    executor.submit(run, lambda: self._run_until_complete(function(*arguments))).result()
        finally:
            self._busy = False

    def _run_until_complete(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Do what the loop's run_until_complete() does, for a coroutine alone: a fifth faster for a short one."""
        task = self._current = self._loop.create_task(coroutine)
        task.add_done_callback(self._stop)
        try:
            self._loop.run_forever()
        except BaseException:  # SystemExit, or a signal handler's exception, such as a deadline guard's
            self._end(task)
            raise
        if not task.done():
            self._end(task)
            raise RuntimeError("The application stopped the event loop, which belongs to the server.")
        self._current = None
        try:
            task.result()
        finally:
            del (
                task
            )  # its exception's traceback holds this frame: a cycle would keep the loop until garbage is collected

    def _end(self, task: asyncio.Task[None]) -> None:
        """See that nothing of a request that was left goes on in the next one; wait a second for it at the most."""
        self._current = None
        if not task.done():
            task.cancel()
            self._loop.run_until_complete(asyncio.wait([task], timeout=1))
        if task.done() and not task.cancelled():
            task.exception()  # or the loop would log that nobody asked for it

    def _stop(self, task: asyncio.Task[None]) -> None:
        # one that is no longer current was left by an exception or by somebody's stop(), and may not end the next one's run
        if task is self._current:
            self._loop.stop()

    def close(self) -> None:
        """End what was left running, and close the loop."""
        if self._loop.is_closed():
            return
        try:
            self.run(self._finish)
        finally:
            self._loop.close()

    @property
    def is_usable(self) -> bool:
        """Whether run() can be called now."""
        return not (self._busy or self._loop.is_closed())

    async def _finish(self) -> None:
        """End what the application left running, as asyncio.run() does."""
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=2)
        await self._loop.shutdown_asyncgens()
        await self._loop.shutdown_default_executor()

    def __del__(self) -> None:
        # no application's code and no lock here: this may run inside anything, and there is no lifespan to end
        loop = getattr(self, "_loop", None)
        if loop is not None and not loop.is_running() and not loop.is_closed():
            try:
                loop.close()
            except (OSError, ValueError):  # its sockets were collected before it
                pass


class Lifespan:
    """One lifespan scope: startup() when the execution environment begins, shutdown() when it ends.

    state        what the application leaves for its requests
    is_complete  whether it said lifespan.startup.complete
    failure      what it said with lifespan.startup.failed, or None
    error        what it raised, or None
    was_asked    whether it received lifespan.startup
    """

    def __init__(self, app: ASGIApplication) -> None:
        self.state: dict[str, Any] = {}
        self.failure: str | None = None  # what lifespan.startup.failed said
        self.error: BaseException | None = None
        self.is_complete = False
        self.was_asked = False
        self._app = app
        self._inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._answered = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def startup(self) -> None:
        """Start the application's lifespan and wait for its answer, or its end."""
        self._inbox.put_nowait({"type": "lifespan.startup"})
        self._task = asyncio.get_running_loop().create_task(self._run())
        await self._answered.wait()

    async def shutdown(self) -> None:
        """Ask it to shut down and wait for its end."""
        if self._task is None or self._task.done():
            return
        self._answered.clear()
        self._inbox.put_nowait({"type": "lifespan.shutdown"})
        await asyncio.wait([self._task])

    async def _run(self) -> None:
        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": self.state}
        try:
            await self._app(scope, self._receive, self._send)
        except BaseException as error:
            self.error = error  # also SystemExit: the Runner raises it where its caller is
        finally:
            self._answered.set()

    async def _receive(self) -> dict[str, Any]:
        self.was_asked = True
        return await self._inbox.get()

    async def _send(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        if kind == "lifespan.startup.complete":
            self.is_complete = True
        elif kind == "lifespan.startup.failed":
            self.failure = message.get("message", "")
        elif kind == "lifespan.shutdown.failed":
            from lambdabridge.log import log_error

            log_error(f"The application's shutdown failed: {message.get('message', '')}")
        elif kind != "lifespan.shutdown.complete":
            raise lambdabridge.errors.ProtocolError(
                f"The application sent a message of type {kind!r} in the lifespan scope."
            )
        self._answered.set()
