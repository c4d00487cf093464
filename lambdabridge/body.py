"""Text or base64: the one place that decides, in both directions.

A proxy event or response carries its body as a JSON string. Text goes through as it is; everything else as base64 with
isBase64Encoded. Text means UTF-8: a front door sends the string's UTF-8 to the client, so for bytes that are UTF-8 the
client gets exactly them. Content-Encoding or other bytes go out as base64.

REST APIs decode base64 only if Accept matches their binaryMediaTypes; without them the client gets the base64 itself.
So there text stays text whatever its Content-Encoding.
https://docs.aws.amazon.com/apigateway/latest/developerguide/lambda-proxy-binary-media.html
"""

from __future__ import annotations

import sys
from binascii import a2b_base64, b2a_base64

import lambdabridge

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from lambdabridge.messages import Request, Response
    from lambdabridge.types import Event, Headers, ProxyResponse, Source

MAX_RESULT = 6 * 1024 * 1024 + 100
"""Bytes of JSON that the Lambda Runtime API takes; more ends the process (413), and the next request starts cold."""


def decode_body(event: Event) -> bytes:
    """Return the request body of an event; raise BadRequestError if it is said to be base64 and is not."""
    body = event.get("body")
    if not body:
        return b""
    return decode_base64(body) if event.get("isBase64Encoded") else body.encode()


def decode_base64(text: str) -> bytes:
    """Return the bytes; raise BadRequestError if the text is not base64 to the letter."""
    try:
        return _strict_base64(text)
    except ValueError as error:
        raise lambdabridge.errors.BadRequestError(f"The body is marked as base64 but is not: {error}.") from error


if sys.version_info >= (3, 11):

    def _strict_base64(text: str) -> bytes:
        return a2b_base64(text, strict_mode=True)

else:

    def _strict_base64(text: str) -> bytes:
        from base64 import b64decode

        return b64decode(text, validate=True)


def encode_body(body: bytes, headers: Headers, *, text_first: bool = False) -> tuple[str, bool]:
    """Return (body, isBase64Encoded). text_first: keep UTF-8 text as text even with a Content-Encoding."""
    for name, value in headers:
        if name == "content-encoding" and value.strip().lower() not in ("", "identity") and not text_first:
            break
    else:
        if len(body) < _SMALL or _may_be_text(body):
            try:
                return body.decode(), False
            except UnicodeDecodeError:
                pass
    return b2a_base64(body, newline=False).decode("ascii"), True


_SMALL = 4096


def _may_be_text(body: bytes) -> bool:
    """Look at the beginning of a large body first: to fail on all of it costs a copy, a third of what base64 costs."""
    try:
        body[:1024].decode()
    except UnicodeDecodeError as error:
        return error.start > 1020  # a character that was cut in two
    return True


def encode_request_body(body: bytes, content_type: str, binary_media_types: tuple[str, ...] | None) -> tuple[str, bool]:
    """Return (body, isBase64Encoded) as the front door sends them.

    A REST API sends base64 if Content-Type matches its binaryMediaTypes, and otherwise text with U+FFFD for what is not
    UTF-8. An HTTP API (None) sends text for a few types only, and base64 for all else, forms included.
    """
    if binary_media_types is None:
        is_text = media_type(content_type) in _HTTP_API_TEXT or media_type(content_type).startswith("text/")
    else:
        is_text = not matches_media_type(media_type(content_type), binary_media_types)
    if is_text:
        return body.decode("utf-8", "replace"), False
    return b2a_base64(body, newline=False).decode("ascii"), True


_HTTP_API_TEXT = ("application/json", "application/javascript", "application/xml")


def media_type(content_type: str) -> str:
    """Return a media type without its parameters."""
    return content_type.partition(";")[0].strip().lower()


def matches_media_type(media_type: str, binary_media_types: tuple[str, ...]) -> bool:
    """Return whether a media type matches an entry of binaryMediaTypes: the same, "type/*" or "*/*"; never "*/type"."""
    return any(
        entry == "*/*"
        or (entry == media_type and not entry.startswith("*"))
        or (entry.endswith("/*") and media_type.startswith(entry[:-1]))
        for entry in binary_media_types
    )


def decode_result_body(body: object, is_base64: object) -> bytes:
    """Return the bytes of a function's result; raise BadResultError for what can't be a body."""
    if body is None:
        return b""
    if not isinstance(body, str):
        raise lambdabridge.errors.BadResultError(f"the member 'body' must be a string and is {type(body).__name__}")
    if not is_base64:
        return body.encode("utf-8", "replace")
    try:
        return _strict_base64(body)
    except ValueError as error:
        raise lambdabridge.errors.BadResultError(
            f"isBase64Encoded is true and the body is not base64 ({error})"
        ) from error


def warn_of_base64(result: ProxyResponse, request: Request, source: Source, binary_media_types: Sequence[str]) -> None:
    """Say so in the log if the client will get base64 text, because its Accept does not match binaryMediaTypes."""
    decodes = getattr(source, "decodes_base64", None)  # a REST API's question alone
    if decodes is None or not result.get("isBase64Encoded"):
        return
    types = tuple(entry.replace("~1", "/").lower() for entry in binary_media_types)  # "*~1*" is how templates write it
    accept = dict(request.headers).get("accept", "")
    if not decodes(accept, types):
        from lambdabridge.log import log_warning

        log_warning(
            f"The client of {request.method} {request.raw_path} gets base64 text: a REST API decodes a response only if "
            f"the first media type of Accept (here {accept!r:.80}) matches its binaryMediaTypes ({', '.join(types)})."
        )


def too_large(result: ProxyResponse, response: Response, request: Request, source: Source, event: Event) -> str:
    """Return what to say of a result that is larger than Lambda or its front door takes; "" if it is not."""
    limit = getattr(source, "most", None)
    most = MAX_RESULT if limit is None else limit(event)
    if len(response.body) < most // 6:  # JSON takes at most six bytes for one
        return ""
    size = result_size(result)
    if size <= most:
        return ""
    return (
        f"The response to {request.method} {request.raw_path} has a body of {len(response.body):,} bytes, "
        f"{size:,} as the function's result; {'Lambda' if most == MAX_RESULT else 'its front door'} takes {most:,}."
    )


def result_size(result: ProxyResponse) -> int:
    """Return the bytes that a result takes as the JSON that the managed runtime sends."""
    from json import dumps

    # awslambdaric escapes non-ASCII characters up to Python 3.11 and sends UTF-8 from 3.12 on
    text = result.get("body", "")
    is_ascii = bool(result.get("isBase64Encoded"))
    body = len(text) if is_ascii else len(dumps(text, ensure_ascii=sys.version_info < (3, 12)).encode())
    return len(dumps({**result, "body": ""})) + body
