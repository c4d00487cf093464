"""One connection of an HTTP/1.1 server: h11 on asyncio streams.

uvicorn serves the gateway, but ASGI has no request trailers, which is where a runtime reports an error in the middle of a
streamed response. https://h11.readthedocs.io/
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import h11

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

_CHUNKED_ABOVE = 2048
"""Bytes from which Lambda's own server (Go's net/http) sends chunks in place of a Content-Length; clients must know both."""


@dataclass
class Reply:
    """A status, headers and a whole body."""

    status: int
    body: bytes
    headers: list[tuple[str, str]]

    @classmethod
    def refusal(cls, status: int, error_type: str, message: str) -> Reply:
        """Return a reply that says why not."""
        text = json.dumps({"errorMessage": message, "errorType": error_type}, separators=(",", ":"))
        return cls(status, f"{text}\n".encode(), [("Content-Type", "application/json")])


class Exchanged:
    """One request on a connection; its body comes as it is read."""

    def __init__(self, connection: Connection, request: h11.Request) -> None:
        self.method = request.method.decode()
        self.path = request.target.decode().partition("?")[0]
        self.headers = {name.decode(): value.decode("latin-1") for name, value in request.headers}
        self.trailers: dict[str, str] = {}
        self._connection = connection

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the body; the trailers are there after it."""
        while True:
            event = await self._connection.event()
            if isinstance(event, h11.Data):
                yield bytes(event.data)
            elif isinstance(event, h11.EndOfMessage):
                self.trailers = {name.decode(): value.decode("latin-1") for name, value in event.headers}
                return
            else:
                raise ConnectionError("the request was cut short")

    async def body(self, limit: int) -> bytes | None:
        """Return the body, or None if it has more bytes than the limit; all of it is read."""
        whole = bytearray()
        size = 0
        async for chunk in self.chunks():
            size += len(chunk)
            if size <= limit:
                whole += chunk
        return bytes(whole) if size <= limit else None


class Connection:
    """A connection with a runtime client."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._state = h11.Connection(h11.SERVER)

    async def serve(self, answer: Callable[[Exchanged], Awaitable[Reply | None]]) -> None:
        """Answer requests until one side closes; an answer of None closes."""
        try:
            while isinstance(request := await self.event(), h11.Request):
                exchanged = Exchanged(self, request)
                reply = await answer(exchanged)
                if reply is None:
                    break
                if self._state.their_state is h11.SEND_BODY:
                    await exchanged.body(0)
                await self._send(reply)
                if self._state.our_state is not h11.DONE:
                    break
                self._state.start_next_cycle()
        except h11.RemoteProtocolError as error:
            if self._state.our_state in (h11.IDLE, h11.SEND_RESPONSE):
                try:
                    await self._send(Reply.refusal(error.error_status_hint, "InvalidRequest", str(error)))
                except ConnectionError:  # nobody is there to read it
                    pass
        except (ConnectionError, asyncio.CancelledError):  # the process is gone, or the gateway stops
            pass
        finally:
            self._writer.close()

    async def event(self) -> object:
        """Return h11's next event."""
        while True:
            if self._state.they_are_waiting_for_100_continue:
                self._writer.write(self._state.send(h11.InformationalResponse(status_code=100, headers=[])) or b"")
            event = self._state.next_event()
            if event is not h11.NEED_DATA:
                return event
            self._state.receive_data(await self._reader.read(65536))

    async def _send(self, reply: Reply) -> None:
        headers = list(reply.headers)
        if len(reply.body) <= _CHUNKED_ABOVE:
            headers.append(("Content-Length", str(len(reply.body))))
        head = h11.Response(status_code=reply.status, headers=headers)
        for event in (head, h11.Data(data=reply.body), h11.EndOfMessage()):
            self._writer.write(self._state.send(event) or b"")
        await self._writer.drain()
