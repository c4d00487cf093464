r"""A streamed answer of a function: the form that it has, and what each front door makes of it.

With the Content-Type below it begins with a prelude: JSON with statusCode, headers, cookies or multiValueHeaders; then eight
NUL bytes; then the body. This is the only place that knows it.
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html#runtimes-custom-response-streaming
https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html

What is documented: a REST API takes these four members only, the eight bytes within the first 16 KB, and answers 500 to all
else. Recorded: a Function URL ignores a member that it does not know. AWS's .NET code says that multiValueHeaders is a 500
there. Not known: what a Function URL answers to a prelude without an end, the Content-Type where the function gave none
(application/octet-stream here), and what the others, which can't stream, make of a prelude: here it is read for them too.
"""

from __future__ import annotations

from json import loads
from typing import TYPE_CHECKING, Any

from lambdabridge.body import MAX_RESULT, encode_body
from lambdabridge.errors import BadResultError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

CONTENT_TYPE = "application/vnd.awslambda.http-integration-response"
DELIMITER = bytes(8)
STREAMS = ("function-url", "rest")
"""--api: those that pass a streamed answer on as it comes (in the modes RESPONSE_STREAM and STREAM)."""
_MEMBERS = ("statusCode", "headers", "cookies", "multiValueHeaders")
_REST_PRELUDE = 16 * 1024


class Streamed:
    """The bytes of one answer: iterate over them, and drop() what is not wanted, so that the function can go on.

    get: returns the next bytes, None at the end; raises a FunctionError where the function failed.
    """

    def __init__(self, content_type: str, get: Callable[[], Awaitable[bytes | None]], drop: Callable[[], None]) -> None:
        self.content_type = content_type
        self._get = get
        self.drop = drop
        self._first = b""
        self._ended = False

    def __aiter__(self) -> Streamed:
        return self

    async def __anext__(self) -> bytes:
        first, self._first = self._first, b""
        if first:
            return first
        while not self._ended:
            chunk = await self._get()
            if chunk:
                return chunk
            self._ended = chunk is None
        raise StopAsyncIteration

    async def opened(self, api: str) -> tuple[object, Streamed | None]:
        """Return what the front door takes for the function's result, and the body's bytes where it streams them.

        Raises BadResultError for a prelude that it refuses, and what get() raises.
        """
        try:
            if api not in STREAMS:
                return await self._whole(), None
            if api == "rest":  # it looks for the prelude, whatever the Content-Type
                return _for_rest(await self._prelude(_REST_PRELUDE)), self
            if not self._has_prelude:
                kind = self.content_type or "application/octet-stream"
                return {"statusCode": 200, "headers": {"content-type": kind}}, self
            return _for_url(await self._prelude(MAX_RESULT)), self
        except BaseException:
            self.drop()
            raise

    @property
    def _has_prelude(self) -> bool:
        return self.content_type.partition(";")[0].strip().lower() == CONTENT_TYPE

    async def _prelude(self, most: int) -> dict[str, Any]:
        """Read the prelude; what came behind it is the first of the body."""
        read = bytearray()
        while (end := read.find(DELIMITER)) < 0 and len(read) < most:
            chunk = await anext(self, None)
            if chunk is None:
                break
            read += chunk
        if not 0 <= end <= most - len(DELIMITER):
            raise _refused(f"expected a prelude that ends with eight NUL bytes; it begins with {bytes(read[:60])!r}")
        self._first = bytes(read[end + len(DELIMITER) :])
        try:
            prelude = loads(bytes(read[:end]))
        except ValueError as error:
            raise _refused(f"its prelude is no JSON: {error}") from error
        if not isinstance(prelude, dict):
            raise _refused(f"its prelude must be an object and is {type(prelude).__name__}")
        return prelude

    async def _whole(self) -> object:
        """Return the answer as a result that was not streamed."""
        result: dict[str, Any] = {}
        if self._has_prelude:
            prelude = await self._prelude(MAX_RESULT)
            result = {"statusCode": 200, **{name: prelude[name] for name in _MEMBERS if name in prelude}}
        whole = bytearray()
        async for chunk in self:
            whole += chunk
            if len(whole) > MAX_RESULT:
                raise BadResultError(f"a streamed result of more than {MAX_RESULT:,} bytes, where it can't be streamed")
        if self._has_prelude:
            result["body"], result["isBase64Encoded"] = encode_body(bytes(whole), [])
            return result
        try:
            return loads(bytes(whole))
        except ValueError as error:
            raise BadResultError(f"the streamed result is no JSON: {error}") from error


def _for_rest(prelude: dict[str, Any]) -> dict[str, Any]:
    unknown = sorted(set(prelude) - set(_MEMBERS))
    if unknown:
        raise _refused(f"a REST API rejects the prelude's unknown member {', '.join(map(repr, unknown))}")
    cookies = prelude.pop("cookies", None)
    if not cookies:
        return prelude
    values = prelude.get("multiValueHeaders") or {}
    if not isinstance(values, dict):
        raise _refused("multiValueHeaders must be an object")
    name = next((name for name in values if name.lower() == "set-cookie"), "set-cookie")
    given = values.get(name, [])
    if not isinstance(cookies, list) or not isinstance(given, list):
        raise _refused("cookies and the values of multiValueHeaders must be lists")
    return {**prelude, "multiValueHeaders": {**values, name: [*given, *cookies]}}


def _for_url(prelude: dict[str, Any]) -> dict[str, Any]:
    if "multiValueHeaders" in prelude:
        raise _refused("a Function URL takes no multiValueHeaders in a prelude, only headers and cookies")
    return {"statusCode": 200, **{name: prelude[name] for name in _MEMBERS if name in prelude}}


def _refused(why: str) -> BadResultError:
    error = BadResultError(f"the streamed result: {why}")
    error.status = 500
    return error
