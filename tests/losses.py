"""What each front door and interface loses of a request: one table; nothing else may differ. Responses: response_losses.py.

A loss is a function from what was sent to what may be seen, with its reason and its evidence: [V] recorded by machine on
AWS, [C] captured there, [O] reported by users, [D] AWS's guide, [?] nobody has recorded it. `spelled` names the members that
the front door spells anew; sent and seen are compared after that function. Each loss has an example on which it shows: one
that is none fails a test.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote, unquote, unquote_to_bytes, urlencode

from tests.peer_cases.events import grouped
from tests.strategies import Lines, Request, request


class Loss(NamedTuple):
    """One thing that is lost on a request's way to the application."""

    reason: str
    evidence: str
    lose: Callable[[Request], Request]
    example: Request
    spelled: Mapping[str, Callable[[Any], object]] = {}


def joined(headers: Lines, name: str, by: str) -> Lines:
    """Return the headers with the lines of one name as one, at the end."""
    found = [value for each, value in headers if each == name]
    rest = tuple(line for line in headers if line[0] != name)
    return (*rest, (name, by.join(found))) if found else headers


def _several(lose: Callable[[Lines], Lines]) -> Callable[[Request], Request]:
    return lambda sent: sent._replace(headers=lose(sent.headers))


def _each_joined(headers: Lines) -> Lines:
    return tuple((name, ",".join(found)) for name, found in grouped(headers).items())


def _last_of_each(headers: Lines) -> Lines:
    return tuple((name, found[-1]) for name, found in grouped(headers).items())


def pairs(query: str) -> list[tuple[str, str]]:
    return parse_qsl(query, keep_blank_values=True)


def raw_pairs(query: str) -> list[tuple[str, str]]:
    """Return the pairs as they are spelled; "a" and "a=" are the same pair."""
    return [(name, value) for name, _, value in (pair.partition("=") for pair in query.split("&") if pair)]


def segments(raw_path: str) -> list[bytes]:
    """Return a path's segments decoded: an escaped slash does not end one."""
    return [unquote_to_bytes(segment) for segment in raw_path.split("/")]


def _grouped_query(sent: Request) -> Request:
    by_name = grouped(pairs(sent.query))
    return sent._replace(query=urlencode([(name, value) for name, found in by_name.items() for value in found]))


def _last_query(sent: Request) -> Request:
    return sent._replace(query=urlencode(dict(pairs(sent.query))))


def _grouped_raw_query(sent: Request) -> Request:
    by_name = grouped(raw_pairs(sent.query))
    return sent._replace(query="&".join(f"{name}={value}" for name, found in by_name.items() for value in found))


def _last_raw_query(sent: Request) -> Request:
    return sent._replace(query="&".join(f"{name}={value}" for name, value in dict(raw_pairs(sent.query)).items()))


def _decoded_path(sent: Request) -> Request:
    path = unquote(sent.raw_path)  # what is not UTF-8 is U+FFFD in JSON text
    return sent._replace(path=path.encode(), raw_path=quote(path, safe="/"))


def _path(change: Callable[[str], str]) -> Callable[[Request], Request]:
    return lambda sent: sent._replace(raw_path=change(sent.raw_path), path=unquote_to_bytes(change(sent.raw_path)))


def as_text(body: bytes) -> bytes:
    return body.decode("utf-8", "replace").encode()


TEXT_TYPES = ("application/json", "application/javascript", "application/xml")


def content_type(headers: Lines) -> str:
    return dict(headers).get("content-type", "").partition(";")[0]


def _is_text(sent: Request) -> bool:
    kind = content_type(sent.headers)
    return kind.startswith("text/") or kind in TEXT_TYPES


def _text_of_text_types(sent: Request) -> Request:
    return sent._replace(body=as_text(sent.body)) if _is_text(sent) else sent


def _text_unless_encoded(sent: Request) -> Request:
    return sent if "content-encoding" in dict(sent.headers) else _text_of_text_types(sent)


def _template_body(sent: Request) -> Request:
    text = sent.body.decode("utf-8", "replace")
    try:
        value = json.loads(text) if text else {}
    except ValueError:
        value = text
    is_json = content_type(sent.headers).endswith(("/json", "+json"))
    if value is None or value == "" or (value == {} and not (is_json and sent.method in ("POST", "PUT", "PATCH"))):
        return sent._replace(body=b"")
    if isinstance(value, str) and not is_json:
        return sent._replace(body=value.encode())
    return sent._replace(body=json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def _examples(**members: Any) -> Request:
    return request("POST", "/x", **members)


_TWICE: Lines = (("x-a", "1"), ("x-b", "b"), ("x-a", "2"))
_BYTES = _examples(headers=(("content-type", "text/plain"),), body=b"\xff")

COOKIES = Loss(
    "several Cookie lines are one for an application that is not HTTP/2's",
    "RFC 9113, section 8.2.3",
    _several(lambda headers: joined(headers, "cookie", "; ")),
    _examples(headers=(("cookie", "a=1"), ("cookie", "b=2"))),
)
DECODED_QUERY = Loss(
    "parameters come decoded, as lists by name: their spelling and the order of names are gone, invalid UTF-8 is U+FFFD",
    "[V][C] section 0: multi query map; U+FFFD [?]",
    _grouped_query,
    _examples(query="a=%41&b=%FF&a=2&c"),
    {"query": pairs},
)
SEMICOLON = Loss(
    "a semicolon divides parameters as & does",
    "[D] section 1.1: Query",
    lambda sent: sent._replace(query=sent.query.replace(";", "&")),
    _examples(query="a;b=1"),
)
RAW_QUERY = Loss(
    "parameters come as lists by name, not decoded: the order of names is gone, and whether an empty value had its '='",
    "[C] section 0: ALB, multi query map",
    _grouped_raw_query,
    _examples(query="a=%41&b&a=2"),
    {"query": raw_pairs},
)
LAST_QUERY = Loss(
    "of a repeated parameter the last value alone",
    "[D] section 4: repeated values in single mode",
    _last_raw_query,
    _examples(query="a=%41&b&a=2"),
    {"query": raw_pairs},
)
LAST_HEADER = Loss(
    "of a repeated header the last line alone",
    "[D] section 4: repeated values in single mode",
    _several(_last_of_each),
    _examples(headers=_TWICE),
)
JOINED_HEADERS = Loss(
    "the lines of a repeated header are joined by a comma",
    "[C] section 2.1: headers",
    _several(lambda headers: _each_joined(joined(headers, "cookie", "; "))),
    _examples(headers=_TWICE),
)
ONE_FIRST_SLASH = Loss(
    "slashes after the stage are one",
    "[V] section 1.1: `/stage//x` gives path:/x",
    _path(lambda path: "/" + path.lstrip("/")),
    request("GET", "//x"),
)
DECODED_PATH = Loss(
    "rawPath is decoded: %2F is a slash, the spelling is gone, and what is not UTF-8 is U+FFFD",
    "[C][O] section 0: rawPath; U+FFFD [?]",
    _decoded_path,
    request("GET", "/a%2Fb/%FF"),
    {"raw_path": segments},
)
TEXT = Loss(
    "a body of a text type is text, where what is not UTF-8 is U+FFFD",
    "[C][O] section 2.1: body; U+FFFD [?], section 8",
    _text_of_text_types,
    _BYTES,
)
TEXT_UNLESS_ENCODED = Loss(
    "as with HTTP APIs, but a Content-Encoding makes every body base64",
    "[D] section 4: Base64",
    _text_unless_encoded,
    _BYTES,
)
ALL_TEXT = Loss(
    "without binaryMediaTypes every body is text, where what is not UTF-8 is U+FFFD",
    "[V] section 1.2: Request",
    lambda sent: sent._replace(body=as_text(sent.body)),
    _examples(body=b"\xff"),
)
TEMPLATE_PATH = Loss(
    "the path is the resource with its parameter, which has no slashes at its ends",
    "[V] section 1.1: Slashes",
    _path(lambda path: "/" + path.strip("/")),
    request("GET", "//x/"),
)
TEMPLATE_QUERY = Loss(
    "$input.params() has a parameter once, decoded",
    "[D] mapping template reference: $input.params()",
    _last_query,
    _examples(query="a=%41&b&a=2"),
    {"query": pairs},
)
TEMPLATE_HEADER = LAST_HEADER._replace(evidence="[D] mapping template reference: $input.params()")
TEMPLATE_BODY = Loss(
    "$input.json('$') makes JSON of the body: white space and escapes are gone, no body is {}, what is no JSON is text",
    "[D] mapping template reference: $input.json(); text that is no JSON [?]",
    _template_body,
    _examples(headers=(("content-type", "application/json"),), body=b'{ "a": "\\u00e9" }'),
)

_HTTP_1 = (COOKIES, DECODED_QUERY, TEXT)
_HTTP_2 = (JOINED_HEADERS, DECODED_PATH, TEXT)
LOSSES: dict[str, tuple[Loss, ...]] = {
    "rest": (ONE_FIRST_SLASH, COOKIES, SEMICOLON, DECODED_QUERY),
    "rest, no binaryMediaTypes": (ONE_FIRST_SLASH, COOKIES, SEMICOLON, DECODED_QUERY, ALL_TEXT),
    "rest-template": (TEMPLATE_PATH, TEMPLATE_HEADER, SEMICOLON, TEMPLATE_QUERY, TEMPLATE_BODY),
    "http-1.0": _HTTP_1,
    "http-1.0 with a stage": _HTTP_1,
    "http": _HTTP_2,
    "http with a stage": _HTTP_2,
    "function-url": (JOINED_HEADERS, TEXT),
    "alb": (LAST_HEADER, LAST_QUERY, TEXT_UNLESS_ENCODED),
    "alb, multi-value": (COOKIES, RAW_QUERY, TEXT_UNLESS_ENCODED),
    "vpc-lattice-1": (
        JOINED_HEADERS._replace(evidence="[?] version 1 has one string for a name"),
        TEXT_UNLESS_ENCODED,
    ),
    "vpc-lattice-2": (COOKIES, DECODED_QUERY._replace(evidence="[?] taken as API Gateway's"), TEXT_UNLESS_ENCODED),
    "lambda-at-edge": (COOKIES,),
}
"""Door -> what it loses, in this order."""

WSGI = Loss(
    "environ has one value for a name, joined by a comma, and none for a name with '_' or for Proxy",
    "RFC 3875, section 4.1.18; '_' and Proxy as in gunicorn and werkzeug (https://httpoxy.org)",
    _several(
        lambda headers: _each_joined(tuple(line for line in headers if "_" not in line[0] and line[0] != "proxy"))
    ),
    _examples(headers=(*_TWICE, ("x_a", "1"), ("proxy", "1"))),
)
ASGI = Loss(
    "scope['path'] is text, where what is not UTF-8 is U+FFFD, and the method is in upper case",
    "ASGI HTTP: path, method; U+FFFD as in uvicorn",
    lambda sent: sent._replace(method=sent.method.upper(), path=as_text(sent.path)),
    request("get", "/%FF"),
)
INTERFACES = {"wsgi": (WSGI,), "asgi": (ASGI,)}
