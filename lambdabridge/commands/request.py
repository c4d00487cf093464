"""What `event` and `invoke` say of the request, in curl's words: -H, -d, --json, -F; and the client that sends it."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lambdabridge.errors import ConfigurationError
from lambdabridge.gateway.settings import Settings

if TYPE_CHECKING:
    from lambdabridge.testing import Client

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
"""Those that API Gateway passes on."""


def method(text: str) -> str:
    """Return the method in upper case; for argparse."""
    if text.upper() not in METHODS:
        raise argparse.ArgumentTypeError(f"{text!r} is no method; expected one of {', '.join(METHODS)}")
    return text.upper()


def add_request(parser: argparse.ArgumentParser) -> None:
    """Add the options of the request."""
    parser.add_argument(
        "-H", "--header", metavar="LINE", action="append", default=[], help="'Name: value'; again for more lines"
    )
    parser.add_argument(
        "-d",
        "--data",
        metavar="TEXT",
        action="append",
        help="the body: text, or @FILE (@-: standard input) as it is; again for more, joined by &. "
        "Content-Type is that of a form unless a header says another",
    )
    parser.add_argument("--data-file", metavar="FILE", help="the same as -d @FILE")
    parser.add_argument("--json", metavar="TEXT", help="the body, with Content-Type application/json; also @FILE")
    parser.add_argument(
        "-F",
        "--form",
        metavar="FIELD",
        action="append",
        help="a field of a multipart form: name=value, or name=@FILE for an upload; again for more",
    )


def require_werkzeug(command: str) -> None:
    """Raise ConfigurationError where lambdabridge.testing can't be imported for want of its extra."""
    try:
        import lambdabridge.testing  # noqa: F401
    except ImportError as error:
        if error.name != "werkzeug":
            raise
        raise ConfigurationError(
            f"`lambdabridge {command}` needs werkzeug, which is in the extra: pip install 'lambdabridge[local]'"
        ) from None


def make_client(handler: Any, given: argparse.Namespace, interface: str = "auto") -> Client:
    """Return the test client for what the command line says of the API."""
    require_werkzeug(given.command)
    from lambdabridge.testing import Client

    # here, where a mistake has the names of the command line; the client's are those of keywords
    Settings("", given.api, given.stage, given.binary_media_types, given.multi_value_headers).check()
    return Client(
        handler,
        given.api,
        stage=given.stage,
        binary_media_types=given.binary_media_types,
        multi_value_headers=given.multi_value_headers,
        interface=interface,
    )


def request_options(given: argparse.Namespace) -> dict[str, Any]:
    """Return what Client.request() takes for the options."""
    headers = [_header(line) for line in given.header]
    names = {name.lower() for name, _ in headers}
    bodies = [("-d", given.data), ("--data-file", given.data_file), ("--json", given.json), ("-F", given.form)]
    used = [name for name, value in bodies if value is not None]
    if len(used) > 1:
        raise ConfigurationError(f"{' and '.join(used)} can't go together: each of them is the whole body.")
    options: dict[str, Any] = {"headers": headers}
    content_type = "application/x-www-form-urlencoded"
    if given.data is not None:
        options["data"] = b"&".join(_content(text) for text in given.data)
    elif given.data_file is not None:
        options["data"] = read_file(given.data_file)
    elif given.json is not None:
        options["data"] = _content(given.json)
        content_type = "application/json"
    elif given.form is not None:
        return {**options, **_form(given.form)}
    if used and "content-type" not in names:
        options["content_type"] = content_type
    return options


def _header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon or not name.strip() or "\n" in line or "\r" in line:
        raise ConfigurationError(f"-H {line!r}: expected 'Name: value'.")
    return name.strip(), os.fsencode(value.strip()).decode("latin-1")  # the bytes that were typed


def _content(text: str) -> bytes:
    return read_file(text[1:]) if text.startswith("@") else os.fsencode(text)


def _form(fields: list[str]) -> dict[str, Any]:
    data: list[tuple[str, str]] = []
    files: list[tuple[str, tuple[str, bytes]]] = []
    for field in fields:
        name, equals, value = field.partition("=")
        if not equals or not name:
            raise ConfigurationError(f"-F {field!r}: expected name=value or name=@FILE.")
        if value.startswith("@"):
            files.append((name, (Path(value[1:]).name, read_file(value[1:]))))
        else:
            data.append((name, value))
    return {"data": data, "files": files} if files else {"data": data, "content_type": "multipart/form-data"}


def read_file(name: str) -> bytes:
    """Return what is in a file, or for "-" on standard input; raise ConfigurationError if it can't be read."""
    if name == "-" and sys.stdin is None:  # as Python has it where the descriptor was closed
        raise ConfigurationError("Standard input is closed; '-' reads it.")
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{name!r} can't be read: {getattr(error, 'strerror', None) or error}.") from None
