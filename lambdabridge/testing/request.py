"""From what a test writer says to the request that a client sends: the URL to the letter, headers, a body in any form.

werkzeug's EnvironBuilder makes the body and the headers that belong to it (forms, multipart, JSON). It is not given the URL:
it would decode the path and encode it anew, so that %2F became a slash.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import PurePath
from typing import IO, Any, NamedTuple, TypedDict
from urllib.parse import quote, urlencode

from werkzeug.datastructures import Headers, MultiDict
from werkzeug.test import EnvironBuilder

from lambdabridge.errors import ConfigurationError
from lambdabridge.testing.configuration import check_base_url

Fields = Mapping[str, Any] | Iterable[tuple[str, Any]]
_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, section 5.6.2
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class RequestOptions(TypedDict, total=False):
    """What get(), post() and the others take beside the URL.

    json              any value that JSON can say
    data              text, bytes or an open file: the body; a mapping or pairs: form fields, of which a file or a
                      (file, file name, content type) makes it multipart, as in werkzeug and Flask
    files             files of a multipart form, as in requests and httpx: {"field": content} or
                      {"field": (file name, content, content type)}; content is text, bytes or an open file
    headers           a mapping or pairs; a pair for each line where a name is repeated
    cookies           sent with this request, beside those of client.cookies
    query_string      text, a mapping (also of lists) or pairs; added to the URL's own
    content_type      the Content-Type
    auth              (user, password) for basic authentication
    follow_redirects  in place of the client's own setting
    """

    json: Any
    data: Any
    files: Fields | None
    headers: Fields | None
    cookies: Mapping[str, str] | None
    query_string: str | Fields | None
    content_type: str | None
    auth: tuple[str, str] | None
    follow_redirects: bool | None


class URL(NamedTuple):
    """A URL as it is sent; origin is "https://host:port", or "" where only path and query were given."""

    origin: str
    path: str
    query: str

    def __str__(self) -> str:
        return f"{self.origin}{self.path}{'?' if self.query else ''}{self.query}"


def parse_url(url: str, query_string: str | Fields | None = None) -> URL:
    """Return the parts of a URL; percent-encoded is only what can't stand in a request line (spaces, non-ASCII)."""
    found = re.match(r"(?i)(https?://[^/?]*)?([^?]*)\??(.*)\Z", _sendable(url.partition("#")[0]), re.DOTALL)
    origin, path, query = found.groups() if found else ("", "", "")  # it always matches
    if path and not path.startswith("/"):
        raise ConfigurationError(f'{url!r} is no path: expected "/...", or an absolute URL.')
    added = _sendable(query_string) if isinstance(query_string, str) else urlencode(_pairs(query_string), doseq=True)
    return URL(check_base_url(origin) if origin else "", path, "&".join(filter(None, (query, added))))


def _sendable(text: str) -> str:
    return quote(text, safe=_PRINTABLE, errors="surrogateescape")


def _pairs(fields: Fields | None) -> list[tuple[str, Any]]:
    if fields is None:
        return []
    if isinstance(fields, MultiDict):
        return list(fields.items(multi=True))
    return list(fields.items() if isinstance(fields, Mapping) else fields)


def check_method(method: str) -> str:
    """Return the method in upper case; raise ConfigurationError for what is no token."""
    if not _TOKEN.fullmatch(method):
        raise ConfigurationError(f"{method!r} is no HTTP method.")
    return method.upper()


def merge_headers(*layers: Fields | None) -> Headers:
    """Return the headers of all layers; a later layer's name takes the place of all earlier lines of that name."""
    merged = Headers()
    for layer in layers:
        lines = layer if isinstance(layer, Headers) else Headers(_pairs(layer))
        for name in {name.lower() for name, _ in lines}:
            merged.remove(name)
        merged.extend(lines)
    return merged


def encode(
    method: str,
    headers: Headers,
    *,
    json: Any = None,
    data: Any = None,
    files: Fields | None = None,
    content_type: str | None = None,
    auth: tuple[str, str] | None = None,
) -> tuple[list[tuple[str, str]], bytes]:
    """Return (header lines, body); names are spelled as they were given, since some front doors pass them so."""
    if data is not None and not isinstance(data, (str, bytes)) and not hasattr(data, "read"):
        data = MultiDict(_spread(data))
    has_fields = bool(files) or (isinstance(data, MultiDict) and bool(data))
    builder = EnvironBuilder(
        method=method, headers=headers.copy(), json=json, data=data, content_type=content_type, auth=auth
    )
    try:
        if files and builder.input_stream is not None:
            raise ConfigurationError("files= makes a multipart form; data= must be its other fields, and json= none.")
        for name, value in _spread(files or ()):
            builder.files.add_file(name, *_file(name, value))
        if has_fields and builder.mimetype not in _FORMS:
            raise ConfigurationError(
                f"Fields can't be sent as {builder.mimetype}; expected one of {', '.join(_FORMS)}."
            )
        environ = builder.get_environ()
        with environ["wsgi.input"] as stream:  # a temporary file where it is large
            body = stream.read()
    finally:
        builder.close()
    lines = [_line(name, value) for name, value in builder.headers]
    lines = [line for line in lines if line[0].lower() not in ("content-type", "content-length")]
    if environ.get("CONTENT_TYPE"):
        lines.append(_line("Content-Type", environ["CONTENT_TYPE"]))
    if body or method in ("POST", "PUT", "PATCH"):
        lines.append(("Content-Length", str(len(body))))
    return lines, body


def _spread(fields: Fields) -> list[tuple[str, Any]]:
    """Return (name, value) pairs; a list stands for as many fields of that name."""
    return [(name, one) for name, value in _pairs(fields) for one in (value if isinstance(value, list) else [value])]


def _file(field: str, value: Any) -> tuple[IO[bytes], str, str | None]:
    name, content, content_type = None, value, None
    if isinstance(value, tuple):
        name, content, content_type = (*value, None)[:3]
    if hasattr(content, "read"):
        path = getattr(content, "name", None)
        name = name or (PurePath(path).name if isinstance(path, str) else None)
        content = content.read()
    return BytesIO(content.encode() if isinstance(content, str) else content), name or field, content_type


def _line(name: str, value: str) -> tuple[str, str]:
    if not _TOKEN.fullmatch(name):
        raise ConfigurationError(f"{name!r} is no name of a header (RFC 9110, section 5.1).")
    if any(character > "\xff" for character in value):
        raise ConfigurationError(f"The header {name!r} can't be sent: a character beyond latin-1 in {value!r:.100}.")
    return name, value
