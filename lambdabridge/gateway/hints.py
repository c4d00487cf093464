"""What a REST API without binaryMediaTypes loses of a body, said in one sentence: nobody would see it otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lambdabridge.gateway.settings import Settings
    from lambdabridge.messages import Request, Response
    from lambdabridge.types import Event


def lost_upload(request: Request, event: Event, settings: Settings) -> str:
    """Return what the function lost of a request's body; "" if nothing."""
    if settings.api != "rest" or not request.body or event["isBase64Encoded"]:
        return ""
    try:
        request.body.decode()
    except UnicodeDecodeError:
        what = "the function got text with U+FFFD for what is not UTF-8"
        return _binary_hint(settings, what, "encodes", "Content-Type")
    return ""


def lost_download(result: object, response: Response, settings: Settings) -> str:
    """Return whether the client got base64 in place of bytes; "" if not."""
    is_base64 = isinstance(result, dict) and bool(result.get("isBase64Encoded"))
    if settings.api != "rest" or not is_base64 or not response.body:
        return ""
    if not isinstance(result, dict) or response.body != str(result.get("body")).encode():
        return ""
    return _binary_hint(settings, "the client got the base64 text", "decodes", "Accept")


def _binary_hint(settings: Settings, what: str, does: str, header: str) -> str:
    types = ", ".join(settings.binary_media_types) or "none"
    return (
        f"{what}, as from API Gateway: a REST API {does} only bodies whose {header} matches its binaryMediaTypes "
        f"(here: {types}); try --binary-media-types '*/*', or in a template BinaryMediaTypes"
    )
