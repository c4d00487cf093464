"""The requests that every front door, interface and real server is given: one list, several observers."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.apps import ANSWERS, PNG

MULTIPART = (
    b'--x,y\r\nContent-Disposition: form-data; name="f"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
    + PNG
    + b"\r\n--x,y--\r\n"
)


@dataclass(frozen=True)
class Scenario:
    """One HTTP request; target is percent-encoded and has the query."""

    id: str
    target: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    # front doors on which the application can't see what was sent: what is lost, and the reason
    losses: dict[str, tuple[str, str]] = field(default_factory=dict)


LAST = "without multi-value headers an ALB passes the last value alone"
FORM = ("content-type", "application/x-www-form-urlencoded")

REQUESTS = (
    Scenario("plain", "/echo"),
    Scenario("trailing slash", "/echo/"),
    Scenario("space", "/echo/a%20b"),
    Scenario("plus in path", "/echo/a+b%2Bc"),
    Scenario("UTF-8 path", "/echo/caf%C3%A9/%E4%B8%96"),
    Scenario("percent sign in path", "/echo/100%25"),
    Scenario("twice-encoded path", "/echo/a%252Fb"),
    Scenario(
        "encoded slash",
        "/echo/a%2Fb",
        losses={"http": ("raw_path", "payload 2.0 of an HTTP API has the path decoded, %2F as a slash")},
    ),
    Scenario(
        "path bytes that are not UTF-8",
        "/echo/%FF",
        losses={"http": ("raw_path", "payload 2.0 of an HTTP API has the path as text, which has no such bytes")},
    ),
    Scenario("colon and at in path", "/echo/a:b@c;d=e,f"),
    Scenario("double slash inside", "/echo//x"),
    Scenario("stage name inside the path", "/echo/prod/x"),
    Scenario("path that begins like the stage", "/echoprod"),
    Scenario("query", "/echo?a=1&b=2"),
    Scenario("repeated parameter", "/echo?a=1&a=2&a=1", losses={"alb": ("query_string", LAST)}),
    Scenario("encoded query", "/echo?q=a%2Bb+c%20d&r=%26%3D%25"),
    Scenario("empty and missing values", "/echo?empty=&none&x=1"),
    Scenario("UTF-8 query", "/echo?name=%E4%B8%96&caf%C3%A9=1"),
    Scenario("brackets in query", "/echo?c[]=1&c[]=2", losses={"alb": ("query_string", LAST)}),
    Scenario("header", "/echo", headers=(("x-one", "1"),)),
    Scenario(
        "repeated header",
        "/echo",
        headers=(("x-a", "1"), ("x-b", "b"), ("x-a", "2")),
        losses={"alb": ("headers", LAST)},
    ),
    Scenario("header with commas", "/echo", headers=(("if-modified-since", "Wed, 21 Oct 2015 07:28:00 GMT"),)),
    Scenario("latin-1 header", "/echo", headers=(("x-name", "caf\xe9"),)),
    Scenario("cookie", "/echo", headers=(("cookie", 'a=1; b="x y"; c=%20'),)),
    Scenario("authorization", "/echo", headers=(("authorization", "Bearer abc.def"),)),
    Scenario("accept", "/echo", headers=(("accept", "image/png,*/*;q=0.8"), ("user-agent", "test/1.0"))),
    Scenario("json", "/echo", "POST", (("content-type", "application/json"),), b'{"a": [1, "\xc3\xa9"]}'),
    Scenario("form", "/echo", "POST", (FORM,), b"a=1&b=%C3%A9&a=2"),
    Scenario("multipart", "/echo", "POST", (("content-type", 'multipart/form-data; boundary="x,y"'),), MULTIPART),
    Scenario("binary", "/echo", "PUT", (("content-type", "application/octet-stream"),), bytes(range(256))),
    Scenario("no content type", "/echo", "POST", (), b"\x00\x01data"),
    Scenario("empty post", "/echo", "POST"),
    Scenario("large body", "/echo", "POST", (("content-type", "application/octet-stream"),), b"0123456789" * 10_000),
    Scenario("delete with a body", "/echo", "DELETE", (("content-type", "application/json"),), b"{}"),
    Scenario("patch", "/echo", "PATCH", (("content-type", "application/json"),), b"{}"),
    Scenario("options", "/echo", "OPTIONS", (("origin", "https://example.com"),)),
)

RESPONSES = (
    *(Scenario(path.strip("/"), path) for path in ANSWERS),
    Scenario("head", "/text", "HEAD"),
    Scenario("head of bytes", "/bytes", "HEAD"),
    Scenario("error", "/error"),
)

SCENARIOS = REQUESTS + RESPONSES
