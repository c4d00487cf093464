"""The Runtime API, version 2018-06-01, of one execution environment: on a port of its own, since a client is told no more.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html; refusals as AWS's Runtime Interface Emulator words them.
"""

from __future__ import annotations

import asyncio
import base64
import json
import re
from typing import TYPE_CHECKING

from lambdabridge.body import MAX_RESULT
from lambdabridge.gateway.runtime.exchange import Stream
from lambdabridge.gateway.runtime.failures import InvocationFailedError, too_large
from lambdabridge.gateway.runtime.http1 import Connection, Reply

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from lambdabridge.gateway.runtime.exchange import Exchange, Invocation
    from lambdabridge.gateway.runtime.http1 import Exchanged

_ROOT = "/2018-06-01/runtime"
_INVOCATION = re.compile(_ROOT + r"/invocation/([^/]+)/(response|error)")
_MODE = "lambda-runtime-function-response-mode"
_ERROR_TYPE = "lambda-runtime-function-error-type"
_ERROR_BODY = "lambda-runtime-function-error-body"
_MAX_ERROR = MAX_RESULT


class RuntimeApi:
    """Serves one runtime client."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def start(self) -> str:
        """Listen, and return the address as AWS_LAMBDA_RUNTIME_API has it."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def close(self) -> None:
        """Close the port and each connection."""
        if self._server is not None:
            self._server.close()
        for connection in tuple(self._connections):
            connection.cancel()
        if self._connections:
            await asyncio.wait(self._connections)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._connections.add(task)
            task.add_done_callback(self._connections.discard)
        await Connection(reader, writer).serve(self._answer)

    async def _answer(self, request: Exchanged) -> Reply | None:
        handle = _PATHS.get((request.method, request.path))
        if handle is not None:
            return await handle(self, request)
        match = _INVOCATION.fullmatch(request.path)
        if match is None or request.method != "POST":
            return Reply(404, b"404 page not found\n", [("Content-Type", "text/plain; charset=utf-8")])
        invocation = self._exchange.current
        if invocation is None or match[1] != invocation.request_id:
            return Reply.refusal(400, "InvalidRequestID", "Invalid request ID")
        echoed = request.headers.get("lambda-runtime-invocation-id")  # clients before July 2026 do not send it back
        if echoed not in (None, invocation.invocation_id):
            return Reply.refusal(400, "InvalidInvocationID", "Invalid invocation ID")
        if invocation.outcome is not None:
            return _state_refused("the invocation has been answered")
        return await (self._response if match[2] == "response" else self._error)(request, invocation)

    async def _next(self, request: Exchanged) -> Reply | None:
        current = self._exchange.current
        if current is not None and current.outcome is None:
            return _state_refused("the last invocation has not been answered")
        invocation = await self._exchange.next()
        return None if invocation is None else Reply(200, invocation.event, invocation.headers)

    async def _init_error(self, request: Exchanged) -> Reply:
        body = await request.body(_MAX_ERROR) or b""
        if self._exchange.initialised:
            return _state_refused("the runtime was initialised")
        if not self._exchange.init_failed.done():
            self._exchange.init_failed.set_result(InvocationFailedError("init", body))
        return _accepted()

    async def _error(self, request: Exchanged, invocation: Invocation) -> Reply:
        invocation.fail(InvocationFailedError("error", await request.body(_MAX_ERROR) or b""))
        return _accepted()

    async def _response(self, request: Exchanged, invocation: Invocation) -> Reply:
        mode = request.headers.get(_MODE)
        if mode is not None:
            if mode.lower() != "streaming":
                return Reply.refusal(400, "InvalidFunctionResponseMode", "Invalid response mode")
            return await self._streamed(request, invocation)
        body = await request.body(MAX_RESULT)
        if body is None:
            invocation.fail(too_large())
            message = f"Exceeded maximum allowed payload size ({MAX_RESULT} bytes)."
            return Reply.refusal(413, "RequestEntityTooLarge", message)
        invocation.answer(body)
        return _accepted()

    async def _streamed(self, request: Exchanged, invocation: Invocation) -> Reply:
        stream = Stream(request.headers.get("content-type", ""))
        invocation.answer(stream)
        async for (
            chunk
        ) in request.chunks():  # one that is cut short ends with the invocation: the process may have died
            await stream.put(chunk)
        stream.end(_failure_in(request.trailers))
        return _accepted()


def _failure_in(trailers: dict[str, str]) -> InvocationFailedError | None:
    """Return the error that a streamed response ended with; its body is base64."""
    error_type = trailers.get(_ERROR_TYPE)
    if error_type is None:
        return None
    try:
        body = base64.b64decode(trailers.get(_ERROR_BODY, ""), validate=True)
    except ValueError:
        body = b""
    return InvocationFailedError("error", body or json.dumps({"errorType": error_type}).encode())


def _accepted() -> Reply:
    return Reply(202, b'{"status":"OK"}\n', [("Content-Type", "application/json")])


def _state_refused(why: str) -> Reply:
    return Reply.refusal(403, "InvalidStateTransition", f"State transition is not allowed: {why}")


_PATHS: dict[tuple[str, str], Callable[[RuntimeApi, Exchanged], Awaitable[Reply | None]]] = {
    ("GET", f"{_ROOT}/invocation/next"): RuntimeApi._next,  # noqa: SLF001
    ("POST", f"{_ROOT}/init/error"): RuntimeApi._init_error,  # noqa: SLF001
}
"""The paths that name no invocation."""
