"""Hypothesis strategies: requests as clients send them, responses as applications give them, events as nobody should.

A client may send what HTTP's grammar lets a server read (RFC 9110, RFC 9112): any token as a method, any visible ASCII but
"#" in the target, escapes that are no UTF-8 or no escapes at all, header values of any latin-1 without controls. What a
front door answers by itself or replaces (hop-by-hop headers, X-Forwarded-*, Host) is in the tests of the front doors.

Alternatives are drawn from tables more often than letter by letter: that is where a generated case's time goes.
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote, unquote_to_bytes

from hypothesis import strategies as st

Lines = tuple[tuple[str, str], ...]


class Request(NamedTuple):
    """A request as it was sent, or as may be seen: `path` is decoded; neither path has the stage; names in lower case."""

    method: str
    path: bytes
    raw_path: str
    query: str
    headers: Lines
    body: bytes


class Response(NamedTuple):
    """A response as the application gave it, or as the client may get it; `method` is the request's."""

    method: str
    status: int
    headers: Lines
    body: bytes


def request(
    method: str = "GET", raw_path: str = "/", query: str = "", headers: Lines = (), body: bytes = b""
) -> Request:
    """Return the request for a percent-encoded path."""
    return Request(method, unquote_to_bytes(raw_path), raw_path, query, headers, body)


TCHAR = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
VISIBLE = "".join(map(chr, range(0x21, 0x7F))).replace("#", "")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "get", "M-SEARCH")
SEGMENTS = (
    *("", "a", "prod", "v1", ".", "..", "a%2Fb", "a%2fb", "%25", "%2525", "%2F", "a;v=1", "a+b", "a%20b", "caf%C3%A9"),
    *(
        "%E4%B8%96",
        "%FF",
        "%ff%FE",
        "%",
        "%zz",
        "%4",
        "%3F",
        "%23",
        "%00",
        "%0A",
        "[x]",
        "a:b@c",
        "{proxy+}",
        "$default",
    ),
)
PARTS = (
    *("a=1", "a=2", "&", "&&", "=", "a", "a=", "=1", "a+b=c+d", "a%2Bb=%26", "%3D=%3D", "x[]=1", "x[]=2", ";", "a;b=1"),
    *("q=%E4%B8%96", "q=%FF", "q=%", "q=%zz", "/?", "q=a,b", "q=1,2&q=3", "%00=%0A", '"<>`{|}^\\', "A=1", "b=%25"),
)
TYPES = (
    *("text/plain", "text/html; charset=iso-8859-1", "text/csv;header=present", "application/json", "application/xml"),
    *("application/json; charset=utf-8", "application/javascript", "application/x-www-form-urlencoded", "image/png"),
    *("multipart/form-data; boundary=x", "application/octet-stream", "application/vnd.api+json", "image/svg+xml"),
)
NAMES = (
    "x-a",
    "x-b",
    "authorization",
    "range",
    "if-none-match",
    "referer",
    "accept-language",
    "x_a",
    "proxy",
    "priority",
)
VALUES = (
    "1",
    "",
    "a, b",
    "a,b",
    "a  b",
    "caf\xe9",
    "\xe4\xb8\x96",
    "\x85",
    "\xa0",
    "a\tb",
    '"q"',
    'W/"x"',
    "%41",
    "null",
)
COOKIES = ("a=1", "b=2", 'c="x y"', "a=1; b=2", "a=", "d=%20", "e=\xe9", "f=a,b")
BODIES = (
    *(b"", b"text", b'{"a": [1, "\xc3\xa9"]}', b"{}", b"null", b'"text"', b" 12 ", b"\0", b"\xff\xfe", b"\xed\xa0\x80"),
    *(
        b"a=1&b=%C3%A9",
        b"--x\r\n\r\n\xff\r\n--x--\r\n",
        b"\xef\xbb\xbfbom",
        "grüße, 世界".encode(),
        b"\x1f\x8b\x08\x00",
        b"YWJj",
    ),
)

latin_1 = st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f")
values = st.sampled_from(VALUES) | st.text(latin_1, max_size=8).map(lambda value: value.strip(" "))
names = st.sampled_from(NAMES) | st.text(TCHAR, min_size=1, max_size=8).map(lambda name: "x-" + name.lower())
content_types = st.sampled_from(TYPES).map(lambda value: ("content-type", value))
encodings = st.sampled_from(("gzip", "br", "identity", "")).map(lambda value: ("content-encoding", value))
lines = st.tuples(names, values)
cookies = st.sampled_from(COOKIES).map(lambda value: ("cookie", value))
bodies = st.sampled_from(BODIES) | st.binary(max_size=24)
methods = st.sampled_from(METHODS) | st.text(TCHAR, min_size=1, max_size=8)
segments = (
    st.sampled_from(SEGMENTS)
    | st.binary(min_size=1, max_size=6).map(lambda raw: quote(raw, safe="!$&'()*+,;=:@"))
    | st.text(VISIBLE.replace("?", ""), min_size=1, max_size=6)
)
queries = st.lists(st.sampled_from(PARTS) | st.text(VISIBLE, max_size=6), max_size=5).map("&".join) | st.text(
    VISIBLE, max_size=12
)


@st.composite
def requests(draw: st.DrawFn) -> Request:
    """Draw a request; a client has one Content-Type and one Content-Encoding at most."""
    headers = draw(st.lists(lines | cookies, max_size=4))
    kind = draw(st.integers(0, 3))
    if kind:
        headers.append(draw(content_types))
    if kind == 3:
        headers.insert(0, draw(encodings))
    path = "/" + "/".join(draw(st.lists(segments, max_size=4)))
    return request(draw(methods), path, draw(queries), tuple(headers), draw(bodies))


ANSWERED = ("x-a", "x-b", "vary", "link", "etag", "location", "cache-control", "x_a")
OWNED = ("content-length", "date", "server", "www-authenticate", "via", "x-cache", "x-amzn-a", "x-real-ip")
"""Names of response headers that one front door or another keeps for itself."""


@st.composite
def responses(draw: st.DrawFn) -> Response:
    """Draw a response: any status that can end a request, and any headers but those of one connection."""
    said = st.sampled_from(ANSWERED) | st.text(TCHAR, min_size=1, max_size=8).map(lambda name: "x-" + name.lower())
    owned = st.tuples(st.sampled_from(OWNED), st.just("7"))
    set_cookies = st.tuples(
        st.just("set-cookie"), st.sampled_from((*COOKIES, "a=1; Expires=Wed, 09 Jun 2032 10:18:14 GMT"))
    )
    headers = draw(st.lists(st.tuples(said, values) | set_cookies | owned, max_size=6))
    kind = draw(st.integers(0, 3))
    if kind:
        headers.append(draw(content_types))
    if kind == 3:
        headers.append(draw(encodings))
    method = draw(st.sampled_from(("GET", "POST", "HEAD")))
    return Response(method, draw(st.integers(200, 599)), tuple(headers), draw(bodies))
