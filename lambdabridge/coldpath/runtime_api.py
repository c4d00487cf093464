"""A Runtime API for one process that is measured: one thread, blocking sockets, and the clock read beside each of them.

Not the one of gateway/runtime, which is asyncio and h11: its own work would be in each warm request, as much as an adapter's.
This one knows no limits and refuses nothing: it is never a front door.
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

from __future__ import annotations

import os
import selectors
import socket
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = "/2018-06-01/runtime"
_CHUNKED_ABOVE = 2048  # from there on Lambda's own server sends the event in chunks
_POLL = 0.05
"""Seconds between two looks at whether the process is still there."""


class SilenceError(Exception):
    """Nothing came in time."""


class GoneError(Exception):
    """The process ended, or closed its connection, before it sent what was awaited."""


@dataclass
class Received:
    """One request of the runtime client, and when its last byte was here (time.perf_counter)."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    at: float
    """Without what this server itself waited for its CPU after the first byte had come."""
    connection: socket.socket


class RuntimeApi:
    """Listens on a port of its own; use it in a `with` statement."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._rest: dict[socket.socket, bytes] = {}
        try:
            self._schedule = os.open("/proc/thread-self/schedstat", os.O_RDONLY)
        except OSError:  # no Linux
            self._schedule = -1
        self._waited = 0.0

    def receive(self, seconds: float, is_alive: Callable[[], bool]) -> Received:
        """Return the next request; raise SilenceError after so many seconds, GoneError once the process is no more."""
        end = time.perf_counter() + seconds
        accepted = False
        while True:
            if not accepted:  # else the request may have come with the connection
                self._waited = self._delay()
            for connection, rest in self._rest.items():
                if rest:  # two requests in one packet: clients of today wait, but nothing says so
                    return self._read(connection, end)
            ready = self._selector.select(min(_POLL, max(end - time.perf_counter(), 0)))
            for key, _ in ready:
                if key.fileobj is self._listener:
                    self._accept()
                    accepted = True
                    continue
                connection = cast("socket.socket", key.fileobj)  # nothing else is registered
                first = _receive(connection)
                if not first:
                    self._drop(connection)
                    continue
                self._rest[connection] += first
                return self._read(connection, end)
            if not ready and not is_alive():
                raise GoneError
            if time.perf_counter() >= end:
                raise SilenceError

    def reply(self, received: Received, status: int, headers: dict[str, str], body: bytes) -> None:
        """Answer a request."""
        head = f"HTTP/1.1 {status} {'OK' if status == 200 else 'Accepted'}\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        if len(body) <= _CHUNKED_ABOVE:
            content = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
        else:
            content = f"{head}Transfer-Encoding: chunked\r\n\r\n{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n"
        try:
            received.connection.sendall(content)
        except OSError as error:
            raise GoneError from error

    def __enter__(self) -> RuntimeApi:
        return self

    def __exit__(self, *_: object) -> None:
        for connection in tuple(self._rest):
            self._drop(connection)
        self._selector.close()
        self._listener.close()
        if self._schedule >= 0:
            os.close(self._schedule)

    def _delay(self) -> float:
        """Return how long this thread was ready to run and did not, in seconds."""
        return int(os.pread(self._schedule, 100, 0).split()[1]) / 1e9 if self._schedule >= 0 else 0.0

    def _accept(self) -> None:
        connection, _ = self._listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._selector.register(connection, selectors.EVENT_READ)
        self._rest[connection] = b""

    def _drop(self, connection: socket.socket) -> None:
        self._selector.unregister(connection)
        del self._rest[connection]
        connection.close()

    def _read(self, connection: socket.socket, end: float) -> Received:
        """Read one request to its end; some of it is here."""
        reader = _Reader(connection, self._rest[connection], end)
        head = reader.until(b"\r\n\r\n").decode("latin-1")
        start, *lines = head.split("\r\n")
        method, path, _ = start.split(" ", 2)
        pairs = (line.partition(":") for line in lines)
        headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        if headers.get("expect", "").lower() == "100-continue":
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        if headers.get("transfer-encoding", "").lower() == "chunked":
            body = reader.chunks()
        else:
            body = reader.exactly(int(headers.get("content-length") or 0))
        at = time.perf_counter() - (self._delay() - self._waited)
        self._rest[connection] = reader.rest
        return Received(method, path.partition("?")[0], headers, body, at, connection)


class _Reader:
    """What has come on a connection, and what still comes."""

    def __init__(self, connection: socket.socket, rest: bytes, end: float) -> None:
        self.rest = rest
        self._connection = connection
        self._end = end

    def until(self, mark: bytes) -> bytes:
        while mark not in self.rest:
            self._more()
        found, _, self.rest = self.rest.partition(mark)
        return found

    def exactly(self, size: int) -> bytes:
        parts, have = [self.rest], len(self.rest)
        while have < size:  # a large body is not put together anew with each packet
            self.rest = b""
            self._more()
            parts.append(self.rest)
            have += len(self.rest)
        whole = b"".join(parts)
        self.rest = whole[size:]
        return whole[:size]

    def chunks(self) -> bytes:
        whole = []
        while size := int(self.until(b"\r\n").partition(b";")[0], 16):
            whole.append(self.exactly(size))
            self.until(b"\r\n")
        while self.until(b"\r\n"):  # trailers
            pass
        return b"".join(whole)

    def _more(self) -> None:
        left = self._end - time.perf_counter()
        if left <= 0:
            raise SilenceError
        self._connection.settimeout(left)
        try:
            read = _receive(self._connection)
        except TimeoutError:
            raise SilenceError from None
        finally:
            self._connection.settimeout(None)
        if not read:
            raise GoneError
        self.rest += read


def _receive(connection: socket.socket) -> bytes:
    try:
        return connection.recv(262_144)
    except TimeoutError:
        raise
    except OSError:  # reset: it was killed, or exited with data unread
        return b""
