"""lambdabridge.testing: requests as a client sends them, responses as a client sees them, on every front door.

The frameworks' own parsers judge what was sent: Flask and Starlette read the forms, the files and the cookies.
"""

from __future__ import annotations

import asyncio
import base64
import copy
import io
import json
import logging
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import flask
import pytest
from fastapi import FastAPI, UploadFile
from fastapi import Request as ASGIRequest
from fastapi.responses import RedirectResponse
from werkzeug.datastructures import Headers
from werkzeug.http import parse_options_header

from lambdabridge import bridge
from lambdabridge.errors import BridgeError, ConfigurationError
from lambdabridge.gateway.settings import APIS, STAGES
from lambdabridge.testing import Client, Cookies, RedirectError
from lambdabridge.testing.body import encode
from lambdabridge.testing.request import merge_headers
from lambdabridge.testing.url import parse_url
from tests.apps import PNG, asgi_app, wsgi_app

TEXT_ALONE = {"rest-template": "its mapping template passes text: bytes that are not UTF-8 are lost both ways"}
every_source = pytest.mark.parametrize("source", APIS)
every_source_of_bytes = pytest.mark.parametrize("source", [source for source in APIS if source not in TEXT_ALONE])


def flask_app() -> Any:
    """Return an application with a bit of everything."""
    app = flask.Flask("tests.test_testing")
    app.secret_key = "x"

    @app.post("/echo")
    def echo() -> Any:
        request = flask.request
        files = [[name, f.filename, f.content_type, f.read().hex()] for name, f in request.files.items(multi=True)]
        return {
            "json": request.get_json(silent=True),
            "form": list(request.form.items(multi=True)),
            "files": files,
            "data": None if files or request.form or request.is_json else request.get_data(as_text=True),
            "type": request.mimetype,
        }

    @app.route("/files/<path:name>", methods=["GET", "POST", "DELETE"])
    def files(name: str) -> Any:
        return {"name": name, "args": list(flask.request.args.items(multi=True)), "method": flask.request.method}

    @app.post("/login")
    def login() -> Any:
        flask.session["user"] = flask.request.form["user"]
        return flask.redirect(flask.url_for("whoami"))

    @app.get("/whoami")
    def whoami() -> Any:
        return flask.session.get("user", "nobody")

    @app.get("/cookies")
    def cookies() -> Any:
        return dict(flask.request.cookies)

    @app.get("/repeated")
    def repeated() -> Any:
        lines = [("Vary", "Accept"), ("Vary", "Cookie"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2; Path=/x")]
        return flask.Response("two", headers=lines)

    @app.get("/png")
    def png() -> Any:
        return flask.Response(PNG, content_type="image/png")

    @app.route("/nothing", methods=["GET", "PATCH"])
    def nothing() -> Any:
        return "", 204

    @app.route("/to/<int:status>", methods=["GET", "POST", "PUT"])
    def to(status: int) -> Any:
        return flask.redirect(flask.request.args["location"], status)

    @app.route("/method", methods=["GET", "POST", "PUT"])
    def method() -> Any:
        return [flask.request.method, flask.request.get_data(as_text=True), flask.request.mimetype]

    return app


FLASK = flask_app()


# --- on every front door ---------------------------------------------------------------------------------------------


@every_source
def test_path_and_query(source: str) -> None:
    response = Client(FLASK, source).get("/files/a b/caf\xe9%20%25.txt?name=\u4e16&x=%26+")
    assert (response.status_code, response.headers["content-type"]) == (200, "application/json")
    assert response.json() == {
        "name": "a b/caf\xe9 %.txt",
        "args": [["name", "\u4e16"], ["x", "& "]],
        "method": "GET",
    }


BODIES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "JSON": (
        {"json": {"name": "\u4e16", "n": [1, None]}},
        {"json": {"name": "\u4e16", "n": [1, None]}, "type": "application/json"},
    ),
    "form": (
        {"data": {"a": ["1", "2"], "b": "x=&\xe9"}},
        {"form": [["a", "1"], ["a", "2"], ["b", "x=&\xe9"]], "type": "application/x-www-form-urlencoded"},
    ),
    "form of pairs": (
        {"data": [("a", "1"), ("b", "2"), ("a", "3")]},
        {"form": [["a", "1"], ["a", "3"], ["b", "2"]], "type": "application/x-www-form-urlencoded"},
    ),
    "several of one name, as in requests": (
        {"data": {"tags": ("README.md", b"b"), "n": 1, "none": None}},
        {"form": [["tags", "README.md"], ["tags", "b"], ["n", "1"]], "type": "application/x-www-form-urlencoded"},
    ),
    "bytearray": ({"data": bytearray(b"abc"), "content_type": "text/x"}, {"data": "abc", "type": "text/x"}),
    "text": (
        {"data": "gr\xfc\xdfe", "content_type": "text/plain"},
        {"data": "gr\xfc\xdfe", "type": "text/plain"},
    ),
    "open file": (
        {"data": io.BytesIO(b"abc"), "headers": {"Content-Type": "text/x"}},
        {"data": "abc", "type": "text/x"},
    ),
    "nothing": ({}, {"data": "", "type": ""}),
    "file as in requests": (
        {"files": {"f": ("a.png", PNG)}, "data": {"note": "\xe9"}},
        {"form": [["note", "\xe9"]], "files": [["f", "a.png", "image/png", PNG.hex()]], "type": "multipart/form-data"},
    ),
    "file as in Flask": (
        {"data": {"f": (io.BytesIO(PNG), "a.bin"), "note": "x"}},
        {"form": [["note", "x"]], "files": [["f", "a.bin", "application/octet-stream", PNG.hex()]]}
        | {"type": "multipart/form-data"},
    ),
    "several files of one name, as in Flask": (
        {"data": {"f": [(io.BytesIO(b"1"), "a.bin"), (io.BytesIO(b"2"), "b", "text/x")]}},
        {"files": [["f", "a.bin", "application/octet-stream", "31"], ["f", "b", "text/x", "32"]]}
        | {"type": "multipart/form-data"},
    ),
    "two files of one name, each with a type": (
        {"files": [("f", ("a", "text", "text/x")), ("f", ("b", b"\xff", "image/x"))]},
        {"files": [["f", "a", "text/x", "74657874"], ["f", "b", "image/x", "ff"]], "type": "multipart/form-data"},
    ),
}


@every_source_of_bytes
@pytest.mark.parametrize(("options", "seen"), BODIES.values(), ids=BODIES)
def test_bodies(source: str, options: dict[str, Any], seen: dict[str, Any]) -> None:
    response = Client(FLASK, source).post("/echo", **copy.deepcopy(options))
    assert response.json() == {"json": None, "form": [], "files": [], "data": None, **seen}
    assert response.reason == ""


@every_source
def test_session_cookie_and_redirect(source: str) -> None:
    client = Client(FLASK, source)
    assert client.get("/whoami").text == "nobody"
    response = client.post("/login", data={"user": "ada"})
    assert (response.status_code, response.headers["Location"]) == (302, _location(client, "/whoami"))
    assert client.get("/whoami").text == "ada"
    assert list(client.cookies) == ["session"]
    client.cookies.delete("session")
    assert client.get("/whoami").text == "nobody"
    response = client.post("/login", data={"user": "bob"}, follow_redirects=True)
    assert (response.status_code, response.text, response.url) == (200, "bob", client.url("/whoami"))
    assert [before.status_code for before in response.history] == [302]


def _location(client: Client, path: str) -> str:
    """Return the Location of a redirect to a path of the application: Flask's has no scheme and no host."""
    return client.settings.stage_path + path


@every_source
def test_repeated_headers(source: str) -> None:
    headers = Client(FLASK, source).get("/repeated").headers
    assert headers.getlist("set-cookie") == ["a=1", "b=2; Path=/x"]
    # some front doors have each name once; the list is the same (RFC 9110, section 5.3)
    assert ", ".join(headers.getlist("Vary")) == "Accept, Cookie"


@every_source_of_bytes
def test_binary_response(source: str) -> None:
    response = Client(FLASK, source).get("/png")
    assert (response.status_code, response.headers["Content-Type"], response.content) == (200, "image/png", PNG)
    assert response.data == PNG


def test_a_template_loses_bytes() -> None:
    """Which makes this a front door for JSON and forms; the rows above run on it where they are text."""
    client = Client(FLASK, "rest-template")
    assert client.post("/echo", json={"a": "\xe9"}).json()["json"] == {"a": "\xe9"}
    assert client.post("/echo", data={"a": "\xe9"}).json()["form"] == [["a", "\xe9"]]
    assert client.post("/echo", data=b"\xff").json()["data"] == "\ufffd"


@every_source
def test_responses_without_a_body(source: str) -> None:
    client = Client(FLASK, source)
    for response in (client.patch("/nothing"), client.head("/png")):
        assert response.content == b""
        assert response.reason == ""
    assert client.patch("/nothing").status_code == 204
    assert client.head("/png").headers["Content-Type"] == "image/png"


@every_source
@pytest.mark.parametrize("app", [wsgi_app, asgi_app], ids=["wsgi", "asgi"])
def test_the_application_is_found_below_the_stage(source: str, app: Any) -> None:
    seen = Client(app, source).get("/echo/x").json()
    stage_path = f"/{STAGES[source]}" if STAGES.get(source, "$default") != "$default" else ""
    assert (seen["root_path"], seen["path"], seen["scheme"]) == (stage_path, f"{stage_path}/echo/x", "https")


@every_source
def test_event_and_result(source: str) -> None:
    """What is shown is what crossed the wire: the handler gives the same for the same event."""
    client = Client(bridge(wsgi_app), source)
    response = client.get("/text")
    assert response.event == json.loads(json.dumps(response.event))
    assert client.handler(response.event, None) == response.result
    assert "gr\xfc\xdfe" in str(response.result)


def fastapi_app(log: list[str]) -> Any:
    """Return an application that notes its lifespan."""

    @asynccontextmanager
    async def lifespan(app: Any) -> AsyncIterator[None]:
        log.append("up")
        yield
        log.append("down")

    app = FastAPI(lifespan=lifespan)

    @app.post("/upload")
    async def upload(file: UploadFile) -> Any:
        return {"name": file.filename, "content": (await file.read()).hex()}

    @app.get("/old")
    async def old(request: ASGIRequest) -> Any:
        return RedirectResponse(request.url_for("new"), 301)

    @app.get("/new")
    async def new(request: ASGIRequest) -> Any:
        return {"url": str(request.url), "q": request.query_params.getlist("q")}

    @app.get("/error")
    async def error() -> Any:
        raise RuntimeError("on purpose")

    return app


@every_source_of_bytes
def test_fastapi(source: str) -> None:
    with Client(fastapi_app([]), source, base_url="https://api.example.com") as client:
        response = client.post("/upload", files={"file": ("a.bin", b"\x00\xff")})
        assert response.json() == {"name": "a.bin", "content": "00ff"}
        response = client.get("/old")
        assert response.headers["Location"] == client.url("/new")
        response = client.get("/old", follow_redirects=True)
        assert response.json() == {"url": client.url("/new"), "q": []}


# --- the request, to the letter --------------------------------------------------------------------------------------

URLS: dict[str, tuple[str, Any, tuple[str, str, str]]] = {
    "escapes": ("/a%2Fb%20c/%e9?q=%2f&q=1", None, ("", "/a%2Fb%20c/%e9", "q=%2f&q=1")),
    "what a request line can't hold": ("/a b/caf\xe9?x=\u4e16 1", None, ("", "/a%20b/caf%C3%A9", "x=%E4%B8%96%201")),
    "what it can": ("/a+b;c=1,2/[x]|{}\"'<>?a[]=1?b", None, ("", "/a+b;c=1,2/[x]|{}\"'<>", "a[]=1?b")),
    "two slashes": ("//a//b", None, ("", "//a//b", "")),
    "a percent sign alone": ("/100%", None, ("", "/100%", "")),
    "fragment": ("/x?y=1#z?", None, ("", "/x", "y=1")),
    "absolute": ("HTTPS://h.example:8000/p?q", None, ("https://h.example:8000", "/p", "q")),
    "absolute, no path": ("http://h.example?q", None, ("http://h.example", "", "q")),
    "a port that the scheme has anyway": ("https://h.example:443/p", None, ("https://h.example", "/p", "")),
    "a port of the other scheme": ("http://[::1]:443/p", None, ("http://[::1]:443", "/p", "")),
    "query of a mapping": ("/x", {"a": ["1", "2"], "b": "\xe9&"}, ("", "/x", "a=1&a=2&b=%C3%A9%26")),
    "query of pairs": ("/x", [("a", 1), ("b", 2), ("a", 3)], ("", "/x", "a=1&b=2&a=3")),
    "query as text": ("/x?a=1", "b=%2F &c", ("", "/x", "a=1&b=%2F%20&c")),
}


@pytest.mark.parametrize(("url", "query_string", "parts"), URLS.values(), ids=URLS)
def test_url(url: str, query_string: Any, parts: tuple[str, str, str]) -> None:
    assert tuple(parse_url(url, query_string)) == parts


def test_url_crosses_the_wire_as_it_was_given() -> None:
    response = Client(wsgi_app, "function-url").get("/echo/a%2Fb%e9?q=%2f&q=1&r")
    assert response.event is not None
    assert (response.event["rawPath"], response.event["rawQueryString"]) == ("/echo/a%2Fb%e9", "q=%2f&q=1&r")
    assert response.json()["raw_path"] == "/echo/a%2Fb%e9"


def test_an_absolute_url_has_its_stage_in_it() -> None:
    client = Client(wsgi_app, "rest", stage="dev")
    assert client.url("/text?a") == f"{client.base_url}/dev/text?a"
    assert client.get(client.url("/text")).status_code == 200
    response = client.get(f"{client.base_url}/text")
    assert (response.status_code, response.json(), response.event) == (403, {"message": "Forbidden"}, None)
    assert response.reason.startswith("the stage is part of the path: ")


def test_headers() -> None:
    client = Client(wsgi_app, "function-url", headers={"X-One": "1", "accept": "text/html"})
    client.headers["X-Two"] = "2"
    lines = [("x-one", "a"), ("X-One", "b"), ("Host", "other.example")]
    seen = client.get("/echo", headers=lines, cookies={"c": "3"}, auth=("ada", "pw")).json()["headers"]
    del seen["x-amzn-trace-id"]
    assert seen == {
        "accept": "text/html",
        "authorization": "Basic YWRhOnB3",
        "cookie": "c=3",
        "host": "other.example",
        "user-agent": client.headers["User-Agent"],
        "x-amzn-tls-cipher-suite": "TLS_AES_128_GCM_SHA256",
        "x-amzn-tls-version": "TLSv1.3",
        "x-forwarded-for": "127.0.0.1",
        "x-forwarded-port": "443",
        "x-forwarded-proto": "https",
        "x-one": "a,b",
        "x-two": "2",
    }


ENCODED: dict[str, tuple[str, dict[str, Any], list[tuple[str, str]], bytes]] = {
    "GET": ("GET", {}, [], b""),
    "POST without a body": ("POST", {}, [("Content-Length", "0")], b""),
    "bytes": ("GET", {"data": b"\xff"}, [("Content-Length", "1")], b"\xff"),
    "JSON": ("PUT", {"json": {}}, [("Content-Type", "application/json"), ("Content-Length", "2")], b"{}"),
    "JSON of another type": (
        "POST",
        {"json": [1], "content_type": "application/problem+json"},
        [("Content-Type", "application/problem+json"), ("Content-Length", "3")],
        b"[1]",
    ),
    "form": (
        "POST",
        {"data": {"a": "1 2"}},
        [("Content-Type", "application/x-www-form-urlencoded"), ("Content-Length", "5")],
        b"a=1+2",
    ),
}


@pytest.mark.parametrize(("method", "options", "lines", "body"), ENCODED.values(), ids=ENCODED)
def test_encode(method: str, options: dict[str, Any], lines: list[tuple[str, str]], body: bytes) -> None:
    assert encode(method, Headers(), **options) == (lines, body)


def test_a_large_upload_and_an_open_file(tmp_path: Path) -> None:
    """Over 500 KB, werkzeug writes to a temporary file, which has to be closed; one's own file stays open."""
    content = PNG * 600
    (tmp_path / "large.png").write_bytes(content)
    with open(tmp_path / "large.png", "rb") as file:
        response = Client(FLASK).post("/echo", files={"f": file})
        assert not file.closed
    assert response.json()["files"] == [["f", "large.png", "image/png", content.hex()]]


WRONG_REQUESTS: dict[str, tuple[dict[str, Any], str]] = {
    "no path": ({"url": "x"}, "'x' is no path: expected \"/...\", or an absolute URL of http or https."),
    "empty path": ({"url": ""}, "'' is no path: expected "),
    "query alone": ({"url": "?a=1"}, "'?a=1' is no path: expected "),
    "another scheme": ({"url": "ftp://h/"}, "'ftp://h/' is no path: expected "),
    "path of bytes": ({"url": b"/"}, "b'/' is no path: expected text such as "),
    "port": ({"url": "http://h:x/"}, "'http://h:x/' is no URL: expected a host after http://, and a port up to 65535."),
    "large port": (
        {"url": "http://h:99999/"},
        "'http://h:99999/' is no URL: expected a host after http://, and a port",
    ),
    "half an address": ({"url": "https://[::1/x"}, "'https://[::1/x' is no URL: expected a host after https://"),
    "no method": ({"method": "GE T"}, "'GE T' is no HTTP method."),
    "timeout": ({"timeout": 3}, "get(), post() and the others take no timeout=; they take json=, data=, files=, "),
    "name in httpx": ({"content": b"x"}, "get(), post() and the others take no content=; it is data= here."),
    "params twice": (
        {"params": "a", "query_string": "b"},
        "params= and query_string= are the same: expected one of them.",
    ),
    "query of a number": (
        {"query_string": 7},
        "query_string= must be a mapping or pairs of a name and a value; there is 7.",
    ),
    "header name": ({"headers": {"a b": "1"}}, "'a b' is no name of a header (RFC 9110, section 5.1)."),
    "header name of bytes": (
        {"headers": {b"a": "1"}},
        "headers= must be a mapping or pairs of a name and a value; there is",
    ),
    "headers as text": (
        {"headers": "a: 1"},
        "headers= must be a mapping or pairs of a name and a value; there is 'a: 1'.",
    ),
    "header value": ({"headers": {"a": "\u4e16"}}, "The header 'a' can't be sent: a character beyond latin-1"),
    "header value of bytes": ({"headers": {"a": b"1"}}, "The header 'a' must be text; it is b'1'."),
    "header of two lines": (
        {"headers": {"a": "1\r\nb: 2"}},
        "The header 'a' can't be sent: a line break or NUL in '1\\r\\nb",
    ),
    "content type of two lines": (
        {"content_type": "a/b\nc: d"},
        "The header 'Content-Type' can't be sent: a line break",
    ),
    "cookie of two lines": (
        {"cookies": {"a": "1\r\nX-Admin: 1"}},
        "The cookie 'a' can't be sent: a line break or NUL in '1",
    ),
    "cookie of two": ({"cookies": {"a": "1; b=2"}}, "The cookie 'a' can't be sent: a semicolon in '1; b=2'."),
    "cookie name": ({"cookies": {"a=b": "1"}}, "'a=b' is no name of a cookie (RFC 6265, section 4.1.1)."),
    "cookie of nothing": ({"cookies": {"a": None}}, "The cookie 'a' must be text; it is None."),
    "data of a number": (
        {"data": 7},
        "data= must be text, bytes, an open file or form fields (a mapping or a list of pairs)",
    ),
    "data of an iterator": (
        {"data": iter([b"x"])},
        "data= must be text, bytes, an open file or form fields (a mapping or",
    ),
    "data of no pairs": ({"data": ["x"]}, "data= must be a mapping or pairs of a name and a value; there is 'x'."),
    "data of a mapping in a mapping": (
        {"data": {"a": {}}},
        "The field 'a' of a form must be text or a file; it is {}.",
    ),
    "data of bytes that are no text": ({"data": {"a": b"\xff"}}, "The field 'a' is not UTF-8; files= takes any bytes."),
    "file as in Flask, with too much": (
        {"data": {"a": (io.BytesIO(), "a", "b", "c")}},
        "The file 'a' must be (file, file name, content type); it is (<_io.BytesIO",
    ),
    "data and JSON": ({"data": "x", "json": 1}, "json= is the whole body: data= and files= can't go with it."),
    "files and JSON": (
        {"files": {"f": b"x"}, "json": 1},
        "json= is the whole body: data= and files= can't go with it.",
    ),
    "files and a body": ({"files": {"f": b"x"}, "data": "x"}, "files= makes a multipart form; data= must be"),
    "file by its path": (
        {"files": {"f": Path("x")}},
        "The file 'f' must be text, bytes or an open file, or (file name, ",
    ),
    "file of a number": (
        {"files": {"f": ("a", 7)}},
        "The file 'f' must be text, bytes or an open file, or (file name, ",
    ),
    "file of one": (
        {"files": {"f": ("a",)}},
        "The file 'f' must be text, bytes or an open file, or (file name, content, ",
    ),
    "auth as text": ({"auth": "x"}, "auth= must be a tuple (user, password); it is 'x'."),
    "auth of a list": ({"auth": ["a", "b"]}, "auth= must be a tuple (user, password); it is ['a', 'b']."),
    "fields of no form": (
        {"data": {"a": "1"}, "content_type": "application/json"},
        "Fields can't be sent as application/json; expected one of application/x-www-form-urlencoded, multipart/",
    ),
}


@pytest.mark.parametrize(("options", "message"), WRONG_REQUESTS.values(), ids=WRONG_REQUESTS)
def test_what_is_no_request(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        Client(wsgi_app).request(**{"method": "POST", **options})
    assert str(raised.value).startswith(message)


def test_data_opens_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As werkzeug would for ("name", "other name"): the file's text would be sent."""
    monkeypatch.chdir(tmp_path)
    Path("secret.txt").write_text("secret")
    sent = Client(FLASK).post("/echo", data={"tags": ("secret.txt", "b"), "one": ("absent.txt", "c")}).json()
    assert (sent["form"], sent["files"]) == (
        [["tags", "secret.txt"], ["tags", "b"], ["one", "absent.txt"], ["one", "c"]],
        [],
    )


def test_params_is_query_string() -> None:
    client = Client(FLASK)
    assert client.get("/files/x?a=1", params={"b": [2, 3]}).json()["args"] == [["a", "1"], ["b", "2"], ["b", "3"]]


def test_merged_headers() -> None:
    merged = merge_headers({"A": "1", "B": "2"}, [("a", "3"), ("A", "4")], None)
    assert list(merged) == [("B", "2"), ("a", "3"), ("A", "4")]


# --- cookies ---------------------------------------------------------------------------------------------------------

COOKIES: dict[str, tuple[str, str, str, str]] = {
    "same host": ("a=1", "https://h.example/x/y", "https://h.example/x/z", "a=1"),
    "another host": ("a=1", "https://h.example/", "https://x.example/", ""),
    "a host below": ("a=1", "https://h.example/", "https://www.h.example/", ""),
    "a host below, with Domain": ("a=1; Domain=h.example", "https://h.example/", "https://www.h.example/", "a=1"),
    "a foreign Domain": ("a=1; Domain=x.example", "https://h.example/", "https://x.example/", ""),
    "no path: the folder of the URL": ("a=1", "https://h.example/x/y", "https://h.example/z", ""),
    "path": ("a=1; Path=/prod", "https://h.example/prod/x", "https://h.example/prod/y", "a=1"),
    "path, on segment boundaries": ("a=1; Path=/prod", "https://h.example/prod/x", "https://h.example/production", ""),
    "Secure, encrypted": ("a=1; Secure; Path=/", "https://h.example/", "https://h.example/", "a=1"),
    "Secure, in the clear": ("a=1; Secure; Path=/", "https://h.example/", "http://h.example/", ""),
    "expired": ("a=1; Expires=Wed, 09 Jun 2021 10:18:14 GMT", "https://h.example/", "https://h.example/", ""),
    "not expired": ("a=1; Expires=Wed, 09 Jun 2100 10:18:14 GMT", "https://h.example/", "https://h.example/", "a=1"),
    "Max-Age 0": ("a=1; Max-Age=0", "https://h.example/", "https://h.example/", ""),
    "Max-Age before Expires": (
        "a=1; Expires=Wed, 09 Jun 2021 10:18:14 GMT; Max-Age=60",
        "https://h.example/",
        "https://h.example/",
        "a=1",
    ),
    "quoted": ('a="x\\054y"', "https://h.example/", "https://h.example/", 'a="x\\054y"'),
    "localhost": ("a=1", "http://localhost:8000/", "http://localhost:8000/", "a=1"),
    "localhost by its name": ("a=1; Domain=localhost", "http://localhost:8000/", "http://localhost:8000/", "a=1"),
    "a host without dots by its name": ("a=1; domain = .H; Path=/x", "http://h/x", "http://h/x", "a=1"),
    "a host without dots by another's": ("a=1; Domain=hh", "http://h/", "http://h/", ""),
    "below localhost": ("a=1; Domain=localhost", "http://localhost/", "http://x.localhost/", ""),
    "IPv4 by its name": ("a=1; Domain=127.0.0.1", "http://127.0.0.1:8000/", "http://127.0.0.1:8000/", "a=1"),
}


@pytest.mark.parametrize(("line", "set_by", "asked", "header"), COOKIES.values(), ids=COOKIES)
def test_cookie_rules(line: str, set_by: str, asked: str, header: str) -> None:
    cookies = Cookies("h.example")
    cookies.store(set_by, [line])
    assert cookies.header(asked) == header


def test_cookies_as_a_mapping() -> None:
    client = Client(FLASK, "rest")
    client.cookies["a"] = "1"
    client.cookies.set("b", "2", path="/prod/whoami")
    client.cookies.set("c", "3", max_age=-1)
    client.cookies["n"] = 7  # type: ignore[assignment] # as numbers of a form and of a query
    assert client.cookies.pop("n") == "7"
    assert dict(client.cookies) == {"a": "1", "b": "2"}
    assert client.get("/cookies").json() == {"a": "1"}
    assert client.get("/cookies", cookies={"a": "4", "d": "5"}).json() == {"a": "4", "d": "5"}
    assert client.get("/cookies", headers={"Cookie": "e=6"}).json() == {"a": "1", "e": "6"}
    del client.cookies["a"]
    assert ("a" in client.cookies, client.cookies.get("a"), len(client.cookies)) == (False, None, 1)
    client.cookies.clear()
    assert dict(client.cookies) == {}
    with pytest.raises(KeyError):
        del client.cookies["a"]


@pytest.mark.parametrize("value", [None, b"1", "1\r\nX-Admin: 1", "1; b=2", "\u4e16"])
def test_what_is_no_cookie(value: Any) -> None:
    cookies = Cookies("h.example")
    with pytest.raises(ConfigurationError, match=r"^The cookie 'a' (must be|can't be sent)"):
        cookies["a"] = value
    assert dict(cookies) == {}


def test_a_cookie_of_a_domain() -> None:
    for domain, url, header in (
        ("h.example", "http://www.h.example/", "a=1"),
        ("localhost", "http://localhost:8000/", "a=1"),
        ("localhost", "http://h.example/", ""),
    ):
        cookies = Cookies("h.example")
        cookies.set("a", "1", domain=domain)
        assert cookies.header(url) == header


def test_a_cookie_that_is_deleted() -> None:
    cookies = Cookies("h.example")
    cookies.store("https://h.example/", ["a=1", "b=2; Max-Age=60"])
    cookies.store("https://h.example/", ["a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/"])
    assert cookies.header("https://h.example/") == "b=2"


@pytest.mark.parametrize("base_url", [None, "http://testserver", "http://localhost:8000", "http://[::1]:8000"])
def test_cookies_belong_to_the_host_that_is_called(base_url: str | None) -> None:
    client = Client(FLASK, base_url=base_url)
    client.cookies["a"] = "1"
    assert client.get("/cookies").json() == {"a": "1"}


# --- redirects -------------------------------------------------------------------------------------------------------

METHODS = {
    "301 POST": (301, "POST", ["GET", "", ""]),
    "302 POST": (302, "POST", ["GET", "", ""]),
    "302 PUT": (302, "PUT", ["PUT", "x", "text/plain"]),
    "303 PUT": (303, "PUT", ["GET", "", ""]),
    "307 POST": (307, "POST", ["POST", "x", "text/plain"]),
    "308 POST": (308, "POST", ["POST", "x", "text/plain"]),
}


@pytest.mark.parametrize(("status", "method", "seen"), METHODS.values(), ids=METHODS)
def test_method_after_a_redirect(status: int, method: str, seen: list[str]) -> None:
    client = Client(FLASK, "rest", follow_redirects=True)
    options = {"data": "x", "content_type": "text/plain", "query_string": {"location": "../method"}}
    response = client.request(method, f"/to/{status}", **options)  # type: ignore[arg-type]
    assert (response.json(), response.url) == (seen, client.url("/method"))


def test_redirect_that_forgets_the_stage() -> None:
    """As for a client of the REST API: the mistake shows, with the reason."""
    response = Client(FLASK, "rest", follow_redirects=True).get("/to/302?location=/method")
    assert response.status_code == 403
    assert response.reason.startswith("the stage is part of the path")


@pytest.mark.parametrize(
    ("location", "message"),
    [
        ("https://elsewhere.example/", "to another host and is not followed: https://elsewhere.example/"),
        ("//elsewhere.example/x", "to another host and is not followed: //elsewhere.example/x"),
        ("", "There was no end to redirects"),
        ("https://api.example.com:8443/x", "to another host and is not followed: https://api.example.com:8443/x"),
        ("ftp://api.example.com/", "to what is no URL of http or https and is not followed: ftp://api.example.com/"),
        ("mailto:a@b.example", "to what is no URL of http or https and is not followed: mailto:a@b.example"),
        ("https://api.example.com:99999/", "to what is no URL of http or https and is not followed: https://api"),
        ("https://[::1/x", "to what is no URL of http or https and is not followed: https://[::1/x"),
    ],
)
def test_redirect_that_is_not_followed(location: str, message: str) -> None:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        start_response("302 Found", [("Location", location or "/")])
        return []

    client = Client(app, base_url="https://api.example.com")
    assert client.get("/").status_code == 302
    with pytest.raises(RedirectError) as raised:
        client.get("/", follow_redirects=True)
    assert message in str(raised.value)
    assert isinstance(raised.value, BridgeError)


@pytest.mark.parametrize(
    ("base_url", "location"),
    [
        ("https://api.example.com", "https://api.example.com:443/method"),
        ("https://api.example.com:443", "https://API.example.com/method"),
        ("http://api.example.com", "https://api.example.com/method"),
        ("http://localhost:8000", "//localhost:8000/method"),
    ],
)
def test_redirect_to_the_same_host(base_url: str, location: str) -> None:
    client = Client(FLASK, base_url=base_url, follow_redirects=True)
    response = client.get("/to/302", params={"location": location})
    assert (response.json(), len(response.history)) == (["GET", "", ""], 1)


# --- what the front door refuses -------------------------------------------------------------------------------------

REFUSED: dict[str, tuple[str, Any, int, str]] = {
    "REST, unknown member": (
        "rest",
        {"statusCode": 200, "cookies": []},
        502,
        "API Gateway would answer 502 here: a REST API rejects the unknown member 'cookies'",
    ),
    "REST, no object": ("rest", "x", 502, "API Gateway would answer 502 here: the result must be an object and is str"),
    "ALB, status as text": (
        "alb",
        {"statusCode": "200"},
        502,
        "The load balancer would answer 502 here: ",
    ),
    "no JSON": (
        "http",
        {"body": b""},
        500,
        "the function failed: Runtime.MarshalError: its result is no JSON: Object of type bytes is not JSON serializable",
    ),
}


@pytest.mark.parametrize(("source", "result", "status", "reason"), REFUSED.values(), ids=REFUSED)
def test_refused_result(source: str, result: Any, status: int, reason: str) -> None:
    response = Client(lambda event, context: result, source).get("/")
    assert (response.status_code, response.reason[: len(reason)]) == (status, reason)
    assert repr(response) == f"<Response {status} of {response.url}, {len(response.content)} bytes: {response.reason}>"


ODD: tuple[Any, ...] = (None, 7, "text", [], {}, {"status": "x"}, {"statusCode": []}, {"statusCode": 200, "headers": 7})
ODD += ({"statusCode": 200, "body": {}}, {"status": 200, "headers": {"a": 1}}, {"statusCode": 200, "cookies": 7})


@every_source
@pytest.mark.parametrize("result", ODD, ids=repr)
def test_odd_result(source: str, result: Any) -> None:
    """Of a handler that is no bridge(): what is no response of this front door is an error of its own, with a reason."""
    response = Client(lambda event, context: result, source).get("/")
    assert (response.result, bool(response.reason)) == (result, response.status_code >= 500)


def test_binary_types_of_a_rest_api() -> None:
    """None unless set in AWS; here all unless set, since without them no upload arrives whole."""
    assert Client(FLASK, "rest").settings.binary_media_types == ("*/*",)
    assert Client(FLASK, "http").settings.binary_media_types == ()
    response = Client(FLASK, "rest", binary_media_types=()).get("/png")
    assert response.content[:4] == b"iVBO"
    assert response.reason.startswith("the client got the base64 text, as from API Gateway: ")
    response = Client(FLASK, "rest", binary_media_types=["image/png"]).get("/png", headers={"Accept": "image/png"})
    assert (response.content, response.reason) == (PNG, "")
    assert Client(FLASK, "rest", binary_media_types=["*~1*"]).settings.binary_media_types == ("*/*",)


def test_multi_value_headers_of_an_alb() -> None:
    for is_enabled, query in ((False, "a=2"), (True, "a=1&a=2")):
        client = Client(wsgi_app, "alb", multi_value_headers=is_enabled)
        assert client.get("/echo?a=1&a=2").json()["query_string"] == query


# --- exceptions ------------------------------------------------------------------------------------------------------


def failing_handler(event: Any, context: Any) -> Any:
    raise RuntimeError("on purpose")


def exiting_handler(event: Any, context: Any) -> Any:
    raise SystemExit("on purpose")


FAILING: dict[str, Callable[[], Any]] = {
    "WSGI": lambda: wsgi_app,
    "ASGI": lambda: asgi_app,
    "Starlette, which answers 500 and raises": lambda: fastapi_app([]),
    "bridged": lambda: bridge(wsgi_app),
    "bridged ASGI": lambda: bridge(asgi_app),
    "handler": lambda: failing_handler,
}


@pytest.mark.parametrize("make", FAILING.values(), ids=FAILING)
def test_exceptions(make: Callable[[], Any], caplog: pytest.LogCaptureFixture) -> None:
    target = make()
    with Client(target) as client:
        response = client.get("/error")
        assert response.status_code == 500
        (record,) = caplog.records
        assert (record.name, record.levelno) == ("lambdabridge", logging.ERROR)
        assert record.exc_info is not None
        assert repr(record.exc_info[1]) == "RuntimeError('on purpose')"
        reason = "the function failed: RuntimeError: on purpose" if target is failing_handler else ""
        assert response.reason == reason
        client.raise_exceptions = True
        with pytest.raises(RuntimeError, match="on purpose"):
            client.get("/error")
        client.raise_exceptions = False
        response = client.get("/error")
        assert (response.status_code, response.reason) == (500, reason)  # the handler is as it was before


def test_a_framework_that_answers_500_by_itself() -> None:
    """The README says what has it raise."""
    app = flask.Flask("tests.test_testing")

    @app.get("/error")
    def error() -> Any:
        raise RuntimeError("on purpose")

    client = Client(app, raise_exceptions=True)
    assert client.get("/error").status_code == 500
    app.config["PROPAGATE_EXCEPTIONS"] = True
    with pytest.raises(RuntimeError, match="on purpose"):
        client.get("/error")


def test_an_event_that_bridge_refuses(caplog: pytest.LogCaptureFixture) -> None:
    """One sentence, which the reason has: no traceback of ours in the log."""
    response = Client(bridge(wsgi_app, sources=["alb"])).get("/")
    assert (response.status_code, caplog.records) == (500, [])
    assert response.reason.startswith("the function failed: UnknownEventError: This is no HTTP event of a known front ")


def test_exit() -> None:
    assert Client(exiting_handler).get("/").reason == "the function failed: SystemExit: on purpose"
    with pytest.raises(SystemExit):
        Client(exiting_handler, raise_exceptions=True).get("/")


def test_what_ends_a_test_is_no_error_of_the_function() -> None:
    with pytest.raises(pytest.fail.Exception):
        Client(lambda event, context: pytest.fail("in the handler")).get("/")


# --- the handler -----------------------------------------------------------------------------------------------------


def test_the_client_closes_what_it_made() -> None:
    log: list[str] = []
    app = fastapi_app(log)
    with Client(app) as client:
        assert (client.get("/new").status_code, log) == (200, ["up"])
    assert log == ["up", "down"]
    handler = bridge(fastapi_app(log))
    with Client(handler) as client:
        assert client.handler is handler
    assert log == ["up", "down", "up"]
    handler.close()
    assert log == ["up", "down", "up", "down"]


def test_import_strings(tmp_path: Path) -> None:
    assert Client("tests.apps:wsgi_app").get("/teapot").status_code == 418
    path = tmp_path / "function_of_test_testing.py"
    path.write_text("def handler(event, context):\n    return {'statusCode': 201, 'body': context.function_name}\n")
    try:
        response = Client(f"{path}:handler", "alb").get("/")
        assert (response.status_code, response.text) == (201, "local")
    finally:
        sys.path.remove(str(tmp_path))
        del sys.modules[path.stem]


def test_a_bridge_beside_the_application_is_taken() -> None:
    """Or the lifespan would run a second time."""
    log: list[str] = []
    module = type(sys)("beside_of_test_testing")
    vars(module)["app"] = app = fastapi_app(log)
    vars(module)["handler"] = handler = bridge(app)
    sys.modules[module.__name__] = module
    try:
        with Client(f"{module.__name__}:app") as client:
            assert client.handler is handler
        assert log == ["up"]
    finally:
        handler.close()
        del sys.modules[module.__name__]


def test_a_bridge_beside_the_application_is_not_another_interface() -> None:
    module = type(sys)("interface_of_test_testing")
    vars(module).update(app=asgi_app, handler=bridge(asgi_app))
    sys.modules[module.__name__] = module
    try:
        beside = [
            Client(f"{module.__name__}:app", interface=interface).handler is vars(module)["handler"]
            for interface in ("auto", "asgi", "wsgi", "handler")
        ]
        assert beside == [True, True, False, False]
    finally:
        vars(module)["handler"].close()
        del sys.modules[module.__name__]


def test_context() -> None:
    seen: list[Any] = []

    def handler(event: Any, context: Any) -> Any:
        seen.append((context.aws_request_id, event["requestContext"]["requestId"]))
        seen.append(0 < context.get_remaining_time_in_millis() <= 29000)
        return {"statusCode": 200}

    Client(handler, "rest").get("/")
    assert seen[0][0] == seen[0][1]
    assert seen[1] is True


def test_inside_a_running_event_loop() -> None:
    async def test() -> list[int]:
        with Client(asgi_app) as client:
            return [client.get("/text").status_code, client.get("/teapot").status_code]

    assert asyncio.run(test()) == [200, 418]


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "source": ({"source": "soap"}, "There is no source 'soap'; expected one of http, http-1.0, rest, "),
    "source of a list": ({"source": []}, "There is no source []; expected one of http, http-1.0, rest, "),
    "stage": ({"source": "rest", "stage": "a/b"}, "stage='a/b': a stage of REST API has a name of letters, "),
    "stage of none": ({"source": "alb", "stage": "dev"}, "stage='dev': Application Load Balancer has no stages."),
    "stage of a number": ({"source": "rest", "stage": 7}, "stage=7: expected a stage's name as text."),
    "binary types": (
        {"source": "http", "binary_media_types": ["*/*"]},
        "binary_media_types=['*/*']: HTTP API, payload 2.0 has none; they are a REST API's.",
    ),
    "binary types as text": (
        {"source": "rest", "binary_media_types": "image/png"},
        "binary_media_types= must be None or a sequence of media types such as \"image/png\"; it is 'image/png'.",
    ),
    "headers as text": (
        {"headers": "a: 1"},
        "headers= must be a mapping or pairs of a name and a value; there is 'a: 1'.",
    ),
    "base URL with a stage": ({"base_url": "https://h.example/prod"}, "'https://h.example/prod': expected "),
    "base URL without a scheme": ({"base_url": "h.example"}, "'h.example': expected scheme and host"),
    "base URL with a port too large": ({"base_url": "http://h:99999"}, "'http://h:99999': expected scheme and host"),
    "base URL with a user": ({"base_url": "http://a:b@h"}, "'http://a:b@h': expected scheme and host"),
    "base URL of a number": ({"base_url": 7}, "7: expected scheme and host"),
    "base URL with half an address": ({"base_url": "http://[::1"}, "'http://[::1': expected scheme and host"),
    "module": ({"handler": "nowhere:app"}, "There is no module 'nowhere'"),
    "no application": ({"handler": "os:sep"}, "Expected an application or a handler; the target is the text '/'."),
    "number": ({"handler": 7}, "bridge() expected a WSGI or ASGI callable or an import string; it got 7."),
}


@pytest.mark.parametrize(("configuration", "message"), WRONG.values(), ids=WRONG)
def test_wrong_configuration(configuration: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        Client(**{"handler": wsgi_app, **configuration})
    assert str(raised.value).startswith(message)


def test_flask_names() -> None:
    """Tests that were written for Flask's client find these."""
    response = Client(FLASK).open("/files/x", "DELETE")
    assert response.get_json()["method"] == "DELETE"
    assert Client(FLASK).options("/files/x").headers["Allow"]


JSON: dict[str, tuple[str, str, dict[str, bool], Any]] = {
    "JSON": ("application/json; charset=utf-8", "[1]", {}, [1]),
    "problem": ("application/problem+json", "[1]", {}, [1]),
    "text": ("text/plain", "[1]", {}, None),
    "text, forced": ("text/plain", "[1]", {"force": True}, [1]),
    "no JSON, silent": ("application/json", "[", {"silent": True}, None),
    "no JSON": ("application/json", "[", {}, ValueError),
}


@pytest.mark.parametrize(("content_type", "body", "options", "expected"), JSON.values(), ids=JSON)
def test_get_json(content_type: str, body: str, options: dict[str, bool], expected: Any) -> None:
    """The same as what werkzeug's own response says."""
    app = flask.Flask("tests.test_testing")
    app.add_url_rule("/", view_func=lambda: flask.Response(body, content_type=content_type))
    for response in (Client(app).get("/"), app.test_client().get("/")):
        if expected is ValueError:
            with pytest.raises(ValueError):  # noqa: PT011 - json's own text
                response.get_json(**options)
        else:
            assert response.get_json(**options) == expected


def test_text_has_the_charset_of_the_content_type() -> None:
    client = Client(asgi_app)
    assert (client.get("/latin-1").text, client.get("/text").text) == ("caf\xe9", "gr\xfc\xdfe, \u4e16\u754c")
    content = {"statusCode": 200, "headers": {"content-type": "text/plain; charset=none"}, "body": "\xe9"}
    assert Client(lambda event, context: content).get("/").text == "\xe9"


def test_without_werkzeug() -> None:
    script = "import sys; sys.modules['werkzeug'] = None; import lambdabridge.testing"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1] == (
        "ImportError: lambdabridge.testing needs werkzeug, which is in the extra: pip install 'lambdabridge[testing]'"
    )


def test_a_boundary_is_never_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Falcon refuses one of more than RFC 2046's 70 characters with 400."""
    monkeypatch.setattr("werkzeug.test.random", lambda: 0.12345678901234567890123e-9)
    with Client(wsgi_app) as client:
        event = client.post("/echo", data={"a": "1"}, files={"f": ("x.txt", b"content")}).event
    assert event is not None
    boundary = parse_options_header(event["headers"]["content-type"])[1]["boundary"]
    body = base64.b64decode(event["body"])
    assert len(boundary) <= 70
    assert body.lstrip().startswith(f"--{boundary}\r\n".encode())
    assert body.rstrip().endswith(f"--{boundary}--".encode())
