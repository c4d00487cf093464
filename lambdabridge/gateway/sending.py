"""A streamed body on its way to the client: as it comes, no faster than the client reads, and no longer than it is there.

ASGI: https://asgi.readthedocs.io/en/latest/specs/www.html. An answer that is cut short is one whose last
http.response.body never comes: uvicorn then closes the connection, so that the client can see it.
"""

from __future__ import annotations

import asyncio
import traceback
from typing import TYPE_CHECKING, Any

from lambdabridge.gateway.front_door import FunctionError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from lambdabridge.gateway.streamed import Streamed

    Receive = Callable[[], Awaitable[dict[str, Any]]]
    Send = Callable[[dict[str, Any]], Awaitable[None]]

KEPT = 4 * 1024 * 1024
"""Bytes of a streamed body that are kept for the inspector: it may have no end."""


class Sending:
    """One streamed body. kept: its first bytes; reason: why the client has not got all of it, or the inspector."""

    def __init__(self, chunks: Streamed, receive: Receive, send: Send, most: int) -> None:
        self.reason = ""
        self.size = 0
        self._kept = bytearray()
        self._most = most
        self._chunks = chunks
        self._receive = receive
        self._send = send

    @property
    def kept(self) -> bytes:
        """The first bytes of what was sent."""
        return bytes(self._kept)

    async def run(self) -> None:
        """Send until the end, or until either side is gone; a function that the client leaves runs on, as on Lambda."""
        sending = asyncio.ensure_future(self._pass_on())
        leaving = asyncio.ensure_future(self._until_gone())
        try:
            await asyncio.wait((sending, leaving), return_when=asyncio.FIRST_COMPLETED)
            if sending.done():
                sending.result()
            else:
                self.reason = f"the client left after {self.size:,} bytes; the function runs on, as on Lambda"
        except FunctionError as error:
            self.reason = f"the response was cut after {self.size:,} bytes: the function failed: {error}"
        except asyncio.CancelledError:  # Ctrl-C, and the time for running requests is over
            self.reason = f"the response was cut after {self.size:,} bytes: the function was still running"
        except Exception as error:
            traceback.print_exc()
            self.reason = f"the response was cut after {self.size:,} bytes: the local gateway failed: {error!r}"
        finally:
            for task in (sending, leaving):
                task.add_done_callback(_noted)  # not awaited: at the gateway's end there is no time for it
                task.cancel()
            self._chunks.drop()
        if not self.reason and 0 < self._most < self.size:
            self.reason = f"streamed: {self.size:,} bytes, of which the inspector keeps {self._most:,}"

    async def _pass_on(self) -> None:
        async for chunk in self._chunks:
            await self._send({"type": "http.response.body", "body": chunk, "more_body": True})
            self.size += len(chunk)
            self._kept += chunk[: max(self._most - len(self._kept), 0)]
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _until_gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass


def _noted(task: asyncio.Task[None]) -> None:
    if not task.cancelled():
        task.exception()


async def nobody() -> dict[str, Any]:
    """Receive in the place of a client that is not there, and so can't leave."""
    await asyncio.Event().wait()
    return {"type": "http.disconnect"}
