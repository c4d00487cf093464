"""An event loop of one's own: it lives as long as its owner, and touches nobody else's.

What an application binds to its loop (connection pools, locks, tasks) has to live as long as the execution environment. The
thread's current loop is neither used nor set, since asyncio.run() elsewhere would close it or take it away.
"""

from __future__ import annotations

import asyncio

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any


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
