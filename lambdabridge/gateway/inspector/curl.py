"""A request as a curl command that sends the same bytes: target, headers and body as they came.

What curl would add, change or read in by itself is switched off one by one: https://curl.se/docs/manpage.html
For bash and zsh, in a UTF-8 terminal: bytes that are no text are in $'...' quotes, or come from base64.
"""

from __future__ import annotations

import re
from base64 import b64encode
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lambdabridge.messages import Request

_PLAIN_TARGET = re.compile(r"/[A-Za-z0-9._~!$&'()*+,;=:@%/\[\]{}-]*(\?[A-Za-z0-9._~!$&'()*+,;=:@%/?\[\]{}-]+)?")
_UNQUOTED = re.compile(r"[A-Za-z0-9._~+,:@%/=-]+")
_ADDED = ("user-agent", "accept", "content-type", "expect")
"""Headers that curl adds where they are not given."""


def command(request: Request, target: str) -> str:
    """Return the command; `target` is the request target as the client sent it."""
    host, port = request.server
    origin = f"{request.scheme}://{f'[{host}]' if ':' in host else host}:{port}"
    words = ["curl", "--include", "--http1.1", "--path-as-is", "--globoff"]
    words += ["--head"] if request.method == "HEAD" and not request.body else ["--request", request.method]
    if _PLAIN_TARGET.fullmatch(target):
        parts = [" ".join([*map(quote, words), quote(origin + target)])]
    else:
        parts = [" ".join([*map(quote, words), quote(origin + "/"), "--request-target", quote(target)])]
    given = {name for name, _ in request.headers}
    for name, value in request.headers:
        if name == "host" and value == origin.partition("//")[2]:
            continue
        if name == "content-length":  # curl counts for itself
            continue
        parts.append(f"--header {quote(f'{name}: {value}' if value else f'{name};')}")
    has_body = bool(request.body) or "content-length" in given or "transfer-encoding" in given
    absent = [name for name in _ADDED if name not in given and (has_body or name in ("user-agent", "accept"))]
    parts += [f"--header {quote(f'{name}:')}" for name in absent]
    if not has_body:
        return " \\\n  ".join(parts)
    text = _text(request.body)
    if text is not None:
        return " \\\n  ".join([*parts, f"--data-raw {quote(text)}"])
    encoded = f"printf %s {b64encode(request.body).decode('ascii')} | base64 -d"
    return f"{encoded} |\n" + " \\\n  ".join([*parts, "--data-binary @-"])


def _text(body: bytes) -> str | None:
    """Return the body as a shell's word; None where a file has to carry it."""
    if len(body) > 64 * 1024:  # Linux takes 128 KB for a word
        return None
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return None
    plain = text.replace("\n", "").replace("\t", "")
    return body.decode("latin-1") if not plain or plain.isprintable() else None


def quote(word: str) -> str:
    """Return one word of a shell; its characters are bytes (latin-1)."""
    if _UNQUOTED.fullmatch(word):
        return word
    try:
        readable = word.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        readable = "\x00"  # the shell gets it as bytes
    if readable.replace("\n", "").isprintable():
        return "'" + readable.replace("'", "'\\''") + "'"
    escaped = (
        chr(byte) if 32 <= byte < 127 and byte not in b"'\\" else f"\\x{byte:02x}" for byte in word.encode("latin-1")
    )
    return "$'" + "".join(escaped) + "'"
