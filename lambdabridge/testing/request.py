"""From what a test writer says to the request that a client sends: its options, headers and cookies.

What can't be sent is refused in one sentence; url.py and body.py do so for the URL and the body.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, TypedDict

from werkzeug.datastructures import Headers, MultiDict

from lambdabridge.errors import ConfigurationError

Fields = Mapping[str, Any] | Iterable[tuple[str, Any]]
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, section 5.6.2
_COOKIE_NAME = re.compile(r"[^\x00-\x20\x7f=;,]+")  # more than RFC 6265 has, as browsers and frameworks do
_ELSEWHERE = {"allow_redirects": "follow_redirects", "content": "data", "mimetype": "content_type"}
"""Names in requests, httpx and werkzeug -> ours."""


class RequestOptions(TypedDict, total=False):
    """What get(), post() and the others take beside the URL.

    json              any value that JSON can say
    data              text, bytes or an open file: the body; a mapping or pairs: form fields, of which a list or tuple is
                      several of one name, and an open file or a (file, file name, content type) makes it multipart, as in
                      werkzeug and Flask. A name of a file is never opened
    files             files of a multipart form, as in requests and httpx: {"field": content} or
                      {"field": (file name, content, content type)}; content is text, bytes or an open file
    headers           a mapping or pairs; a pair for each line where a name is repeated
    cookies           sent with this request, beside those of client.cookies
    query_string      text, a mapping (also of lists) or pairs; added to the URL's own
    params            the same, under its name in requests and httpx
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
    params: str | Fields | None
    content_type: str | None
    auth: tuple[str, str] | None
    follow_redirects: bool | None


def check_options(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options, params= under its other name; raise ConfigurationError for what is no option."""
    options = dict(given)
    known = RequestOptions.__annotations__
    for name in options.keys() - known.keys():
        hint = f"it is {_ELSEWHERE[name]}= here" if name in _ELSEWHERE else f"they take {'=, '.join(known)}="
        raise ConfigurationError(f"get(), post() and the others take no {name}=; {hint}.")
    params = options.pop("params", None)
    if params is not None and options.get("query_string") is not None:
        raise ConfigurationError("params= and query_string= are the same: expected one of them.")
    return options if params is None else {**options, "query_string": params}


def pairs(fields: Any, option: str) -> list[tuple[str, Any]]:
    """Return (name, value) pairs; raise ConfigurationError, which names the option, for what has none."""
    if fields is None:
        return []
    if isinstance(fields, MultiDict):
        fields = fields.items(multi=True)
    elif isinstance(fields, Mapping):
        fields = fields.items()
    given = list(fields) if isinstance(fields, Iterable) and not isinstance(fields, (str, bytes)) else [fields]
    for pair in given:
        if not isinstance(pair, (tuple, list)) or len(pair) != 2 or not isinstance(pair[0], str):
            raise ConfigurationError(
                f"{option}= must be a mapping or pairs of a name and a value; there is {pair!r:.60}."
            )
    return [(name, value) for name, value in given]


def check_method(method: str) -> str:
    """Return the method in upper case; raise ConfigurationError for what is no token."""
    if not isinstance(method, str) or not _TOKEN.fullmatch(method):
        raise ConfigurationError(f"{method!r} is no HTTP method.")
    return method.upper()


def merge_headers(*layers: Fields | None) -> Headers:
    """Return the headers of all layers; a later layer's name takes the place of all earlier lines of that name."""
    merged = Headers()
    for layer in layers:
        lines = [check_header(name, value) for name, value in pairs(layer, "headers")]
        for name in {name.lower() for name, _ in lines}:
            merged.remove(name)
        merged.extend(lines)
    return merged


def check_header(name: str, value: Any) -> tuple[str, str]:
    """Return a header's line; raise ConfigurationError for what can't be one."""
    if not _TOKEN.fullmatch(name):
        raise ConfigurationError(f"{name!r} is no name of a header (RFC 9110, section 5.1).")
    return name, _check_value("header", name, value)


def check_cookie(name: str, value: Any) -> tuple[str, str]:
    """Return a cookie; raise ConfigurationError for one that a Cookie header can't carry."""
    if not isinstance(name, str) or not _COOKIE_NAME.fullmatch(name):
        raise ConfigurationError(f"{name!r} is no name of a cookie (RFC 6265, section 4.1.1).")
    text = _check_value("cookie", name, value)
    if ";" in text:
        raise ConfigurationError(f"The cookie {name!r} can't be sent: a semicolon in {text!r:.100}.")
    return name, text


def _check_value(kind: str, name: str, value: Any) -> str:
    text = str(value) if isinstance(value, (int, float)) else value
    if not isinstance(text, str):
        raise ConfigurationError(f"The {kind} {name!r} must be text; it is {value!r:.60}.")
    if re.search(r"[\r\n\0]", text):
        raise ConfigurationError(f"The {kind} {name!r} can't be sent: a line break or NUL in {text!r:.100}.")
    if any(character > "\xff" for character in text):
        raise ConfigurationError(f"The {kind} {name!r} can't be sent: a character beyond latin-1 in {text!r:.100}.")
    return text
