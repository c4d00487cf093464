"""The body in any form, and the headers that belong to it: forms, multipart and JSON by werkzeug's EnvironBuilder.

https://werkzeug.palletsprojects.com/en/stable/test/#werkzeug.test.EnvironBuilder

It is not given the URL: it would decode the path and encode it anew, so that %2F became a slash. Nor is it given a form's
("a", "b"): it would open the file of that name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import PurePath
from typing import IO, Any

from werkzeug.datastructures import Authorization, Headers, MultiDict
from werkzeug.http import parse_options_header
from werkzeug.test import EnvironBuilder

from lambdabridge.errors import ConfigurationError
from lambdabridge.testing.request import Fields, check_header, pairs

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


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
    body = _check_data(data)
    uploads = [(name, *_file(name, value)) for name, value in _uploads(files)]
    if json is not None and (body is not None or uploads):
        raise ConfigurationError("json= is the whole body: data= and files= can't go with it.")
    if uploads and body and not isinstance(body, MultiDict):
        raise ConfigurationError("files= makes a multipart form; data= must be its other fields, and json= none.")
    if content_type is not None:
        check_header("Content-Type", content_type)
    builder = EnvironBuilder(
        method=method, headers=headers.copy(), json=json, data=body, content_type=content_type, auth=_check_auth(auth)
    )
    try:
        for upload in uploads:
            builder.files.add_file(*upload)
        has_fields = bool(uploads) or (isinstance(body, MultiDict) and bool(body))
        if has_fields and builder.mimetype not in _FORMS:
            raise ConfigurationError(
                f"Fields can't be sent as {builder.mimetype}; expected one of {', '.join(_FORMS)}."
            )
        environ = builder.get_environ()
        with environ["wsgi.input"] as stream:  # a temporary file where it is large
            content: bytes = stream.read()
    finally:
        builder.close()
    lines = [check_header(name, value) for name, value in builder.headers]
    lines = [line for line in lines if line[0].lower() not in ("content-type", "content-length")]
    kind = environ.get("CONTENT_TYPE")
    if kind:
        if uploads or kind.startswith("multipart/form-data"):
            content, kind = _bounded(content, kind)
        lines.append(check_header("Content-Type", kind))
    if content or method in ("POST", "PUT", "PATCH"):
        lines.append(("Content-Length", str(len(content))))
    return lines, content


def _bounded(content: bytes, kind: str) -> tuple[bytes, str]:
    """Return a form and its type with a boundary of 70 characters at most (RFC 2046); werkzeug's is longer now and then."""
    boundary = parse_options_header(kind)[1].get("boundary", "")
    if len(boundary) <= 70:
        return content, kind
    return content.replace(boundary.encode(), boundary[:70].encode()), kind.replace(boundary, boundary[:70])


def _check_data(data: Any) -> bytes | MultiDict[str, Any] | None:
    """Return what data= stands for: a whole body, or the fields of a form."""
    content = data.read() if hasattr(data, "read") else data
    if isinstance(content, str):
        return content.encode("utf-8", "surrogateescape")
    if isinstance(content, (bytes, bytearray, memoryview)):
        return bytes(content)
    if isinstance(content, (Mapping, list, tuple)):
        return MultiDict([(name, one) for name, value in pairs(content, "data") for one in _values(name, value)])
    if content is None:
        return None
    raise ConfigurationError(
        f"data= must be text, bytes, an open file or form fields (a mapping or a list of pairs); it is {data!r:.60}."
    )


def _values(name: str, value: Any) -> Iterator[Any]:
    """Yield what a form has by one name: a list or tuple is several, but for Flask's (file, file name, content type)."""
    if isinstance(value, tuple) and value and hasattr(value[0], "read"):
        if len(value) > 3 or not all(one is None or isinstance(one, str) for one in value[1:]):
            raise ConfigurationError(f"The file {name!r} must be (file, file name, content type); it is {value!r:.60}.")
        yield value
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from _values(name, one)
    elif isinstance(value, bytes):
        try:
            yield value.decode()
        except UnicodeDecodeError:
            raise ConfigurationError(f"The field {name!r} is not UTF-8; files= takes any bytes.") from None
    elif isinstance(value, Mapping):
        raise ConfigurationError(f"The field {name!r} of a form must be text or a file; it is {value!r:.60}.")
    elif value is not None:
        yield value


def _uploads(files: Fields | None) -> list[tuple[str, Any]]:
    """Return (name, file) pairs; a list stands for as many files of that name."""
    found = pairs(files, "files")
    return [(name, one) for name, value in found for one in (value if isinstance(value, list) else [value])]


def _file(field: str, value: Any) -> tuple[IO[bytes], str, str | None]:
    name, content, content_type = None, value, None
    if isinstance(value, tuple) and len(value) in (2, 3):
        name, content, content_type = (*value, None)[:3]
    if hasattr(content, "read"):
        path = getattr(content, "name", None)
        name = name or (PurePath(path).name if isinstance(path, str) else None)
        content = content.read()
    if isinstance(content, str):
        content = content.encode()
    is_named = all(one is None or isinstance(one, str) for one in (name, content_type))
    if not isinstance(content, (bytes, bytearray, memoryview)) or not is_named:
        raise ConfigurationError(
            f"The file {field!r} must be text, bytes or an open file, or (file name, content, content type); "
            f"it is {value!r:.60}."
        )
    return BytesIO(content), name or field, content_type


def _check_auth(auth: Any) -> Any:
    is_pair = isinstance(auth, tuple) and len(auth) == 2 and all(isinstance(one, str) for one in auth)
    if auth is None or is_pair or isinstance(auth, Authorization):
        return auth
    raise ConfigurationError(f"auth= must be a tuple (user, password); it is {auth!r:.60}.")
