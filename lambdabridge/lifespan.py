"""The ASGI lifespan protocol, the server's side. The Runner in asgi.py decides what an outcome means.

https://asgi.readthedocs.io/en/latest/specs/lifespan.html (spec_version 2.0)
"""

from __future__ import annotations

import asyncio

from lambdabridge.errors import ProtocolError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lambdabridge.types import ASGIApplication


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
            raise ProtocolError(f"The application sent a message of type {kind!r} in the lifespan scope.")
        self._answered.set()
