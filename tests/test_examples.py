"""The example applications, called directly and through events: as `app`, and as `handler` behind each front door.

One list of scenarios; each runs on every example, at the root of a host and below a stage, through every transport.
A transport turns a loaded example into a WSGI application, and a test client does the rest.
"""

from __future__ import annotations

import asyncio
import hashlib
import importlib.util
import inspect
import json
import os
import sqlite3
import struct
import subprocess
import sys
import threading
import zlib
from contextlib import ExitStack, contextmanager, nullcontext
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

import pytest
from a2wsgi import ASGIMiddleware
from werkzeug.datastructures import Headers
from werkzeug.http import parse_options_header
from werkzeug.test import Client, TestResponse
from werkzeug.urls import iri_to_uri

from lambdabridge.messages import Request
from tests.wire import finish, front_door

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator
    from contextlib import AbstractContextManager
    from types import ModuleType

    from _typeshed.wsgi import WSGIApplication

FOLDER = Path(__file__).resolve().parent.parent / "examples"
EXAMPLES = ("flask", "django", "fastapi")
BASES = {
    "root": "http://localhost",
    "stage": "https://abc123.execute-api.eu-west-1.amazonaws.com/prod",
}
BOUNDARY = "----WebKitFormBoundary7MA4YWxkTrZu0gW"
VISITOR = {"REMOTE_ADDR": "203.0.113.7", "REMOTE_PORT": "50000"}

LINKS = {"api/echo?lang=en&lang=fr": 200, "download": 200, "old": (302, 307), "error": 500}
MORE_LINKS = {"fastapi": {"quotes/1": 200, "docs": 200}}


# Transports: example -> WSGI application


@contextmanager
def direct(example: ModuleType) -> Iterator[WSGIApplication]:
    """Call `app` itself."""
    if inspect.iscoroutinefunction(example.app.__call__):
        with asgi_as_wsgi(example.app) as app:
            yield app
    else:
        yield example.app


@contextmanager
def asgi_as_wsgi(app: Any) -> Iterator[WSGIApplication]:
    """Run an application's lifespan, and its requests through a2wsgi, on one event loop in a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    def wait(coroutine: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result(timeout=10)

    try:
        lifespan = app.router.lifespan_context(app)
        state = wait(lifespan.__aenter__())

        async def with_state(scope: Any, receive: Any, send: Any) -> None:  # a2wsgi knows no lifespan
            await app(scope | {"state": dict(state)}, receive, send)

        yield ASGIMiddleware(with_state, loop=loop)  # type: ignore[misc]
        wait(lifespan.__aexit__(None, None, None))
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def through(api: str) -> Callable[[ModuleType], AbstractContextManager[WSGIApplication]]:
    """Return the transport through `handler` behind an API's front door; what begins the client's path is the stage."""

    @contextmanager
    def transport(example: ModuleType) -> Iterator[WSGIApplication]:
        async def invoke(event: dict[str, Any]) -> object:
            return json.loads(json.dumps(example.handler(json.loads(json.dumps(event)), None)))

        def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
            door = front_door(api, environ["SCRIPT_NAME"].strip("/"))
            raw_path, _, query = (environ["SCRIPT_NAME"] + environ["REQUEST_URI"]).partition("?")
            headers = [(key[5:].lower().replace("_", "-"), environ[key]) for key in environ if key.startswith("HTTP_")]
            entity = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}
            headers += [(name, environ[key]) for name, key in entity.items() if environ.get(key)]
            request = Request(
                environ["REQUEST_METHOD"],
                raw_path,
                raw_path,
                query,
                headers,
                environ["wsgi.input"].read(),
                scheme=environ["wsgi.url_scheme"],
                client=(environ.get("REMOTE_ADDR", "203.0.113.7"), 0),
                server=(environ["SERVER_NAME"], int(environ["SERVER_PORT"])),
            )
            response = finish(door.answer(request, invoke)).response
            start_response(f"{response.status} Answer", response.headers)
            return [response.body]

        yield app

    return transport


TRANSPORTS: dict[str, Callable[[ModuleType], AbstractContextManager[WSGIApplication]]] = {
    "direct": direct,
    "http": through("http"),
    "http-1.0": through("http-1.0"),
    "rest": through("rest"),
}


# A visitor's browser


class Page(HTMLParser):
    """What a visitor finds on a page: its title, links and forms, and the text of each element that has an id."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.title = ""
        self.links: list[str] = []
        self.forms: dict[str, dict[str, Any]] = {}
        self.texts: dict[str, str] = {}
        self._form: dict[str, Any] = {}
        self._within = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.links.append(values["href"])
        elif tag == "form":
            self._form = {name: values.get(name, "") for name in ("action", "method", "enctype")} | {"fields": {}}
            self.forms[values["id"]] = self._form
        elif tag == "input":
            self._form["fields"][values["name"]] = values.get("value", "")
        self._within = "title" if tag == "title" else values.get("id", "")

    def handle_endtag(self, tag: str) -> None:
        self._within = ""

    def handle_data(self, data: str) -> None:
        if self._within == "title":
            self.title += data
        elif self._within:
            self.texts[self._within] = self.texts.get(self._within, "") + data


class Browser:
    """One visitor of one site: resolves links, keeps cookies, and sends a form as it stands on the page."""

    def __init__(self, app: WSGIApplication, base: str, example: str) -> None:
        self.client = Client(app)
        self.app = app
        self.base = base
        self.example = example

    def resolve(self, link: str) -> str:
        """Return the URL that a link on the first page leads to; one that leaves the site (or its stage) is an error."""
        url = urljoin(f"{self.base}/", link)
        assert url.startswith(f"{self.base}/"), f"{link!r} leaves {self.base}"
        return url

    def fetch(self, link: str, method: str = "GET", **options: Any) -> TestResponse:
        path = self.resolve(link)[len(self.base) :]
        # buffered: reads the response to its end and closes it, as a server does
        fixed: dict[str, Any] = {"base_url": self.base, "environ_overrides": VISITOR, "buffered": True}
        return self.client.open(path, method=method, **fixed, **options)

    def page(self, link: str = "") -> Page:
        response = self.fetch(link)
        assert (response.status_code, response.mimetype) == (200, "text/html")
        return Page(response.text)

    def submit(self, form_id: str, **values: Any) -> TestResponse:
        """Fill in a form of the first page and send it."""
        form = self.page().forms[form_id]
        fields = {name: value for name, value in (form["fields"] | values).items() if value is not None}
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(self.base))
        headers = {"Origin": origin, "Referer": f"{self.base}/"}
        if form["enctype"] == "multipart/form-data":
            headers["Content-Type"] = f"multipart/form-data; boundary={BOUNDARY}"
            return self.fetch(form["action"], form["method"].upper(), data=multipart(fields), headers=headers)
        return self.fetch(form["action"], form["method"].upper(), data=fields, headers=headers)


def multipart(fields: dict[str, str | tuple[str, str, bytes]]) -> bytes:
    """Encode fields and files as a browser does; werkzeug 3.1's client leaves out a line end after an empty file."""
    parts = []
    for name, value in fields.items():
        head = f'Content-Disposition: form-data; name="{name}"'
        content = b""
        if isinstance(value, str):
            content = value.encode()
        else:
            filename, content_type, content = value
            head += f'; filename="{filename}"\r\nContent-Type: {content_type}'
        parts.append(f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode() + content + b"\r\n")
    return b"".join([*parts, f"--{BOUNDARY}--\r\n".encode()])


# Fixtures


@pytest.fixture(scope="module", params=EXAMPLES)
def example(request: pytest.FixtureRequest) -> Iterator[ModuleType]:
    folder = FOLDER / request.param
    name = f"example_{request.param}"  # each file is app.py: under their own name they would replace one another
    with pytest.MonkeyPatch.context() as patch, ExitStack() as stack:
        patch.delenv("DJANGO_SETTINGS_MODULE", raising=False)
        patch.delenv("SECRET_KEY", raising=False)
        patch.syspath_prepend(str(folder))  # until the end: Django imports the URLconf at the first request
        if request.param == "django":
            stack.enter_context(settings_of_the_example())
        if name not in sys.modules:
            spec = importlib.util.spec_from_file_location(name, folder / "app.py")
            assert spec is not None
            assert spec.loader is not None
            sys.modules[name] = importlib.util.module_from_spec(spec)  # Flask looks here to find its templates
            spec.loader.exec_module(sys.modules[name])
        yield sys.modules[name]


def settings_of_the_example() -> AbstractContextManager[object]:
    """Give Django the example's settings: it has one set in a process, and another test may have configured it first."""
    from django.conf import settings
    from django.test.utils import override_settings

    if not settings.configured:
        return nullcontext()  # app.py does it
    module = importlib.import_module("site_settings")
    override: AbstractContextManager[object] = override_settings(
        **{name: value for name, value in vars(module).items() if name.isupper()}
    )
    return override


# a REST API always has its stage in the path
PLACES = [(transport, base) for transport in TRANSPORTS for base in BASES if (transport, base) != ("rest", "root")]


@pytest.fixture(scope="module", params=PLACES, ids="-".join)
def place(request: pytest.FixtureRequest) -> tuple[str, str]:
    transport, base = request.param
    return transport, base


@pytest.fixture(scope="module")
def app(place: tuple[str, str], example: ModuleType) -> Iterator[WSGIApplication]:
    with TRANSPORTS[place[0]](example) as app:
        yield app


@pytest.fixture
def client(place: tuple[str, str], app: WSGIApplication, example: ModuleType) -> Browser:
    return Browser(app, BASES[place[1]], example.__name__.removeprefix("example_"))


# Scenarios


def test_first_page_links_to_everything_within_the_stage(client: Browser) -> None:
    response = client.fetch("")
    page = Page(response.text)
    assert response.content_type == "text/html; charset=utf-8"
    assert page.title.casefold() == f"{client.example} on lambda"
    links = LINKS | MORE_LINKS.get(client.example, {})
    assert [client.resolve(link) for link in page.links] == [f"{client.base}/{link}" for link in links]
    assert {name: client.resolve(form["action"]) for name, form in page.forms.items()} == {
        "guestbook": f"{client.base}/guestbook",
        "upload": f"{client.base}/upload",
    }
    assert f" {client.base}/api/sum<" in response.text
    assert "greeting" not in page.texts
    assert "problem" not in page.texts


def test_every_link_leads_where_it_says(client: Browser) -> None:
    expected = LINKS | MORE_LINKS.get(client.example, {})
    for link, status in zip(client.page().links, expected.values(), strict=True):
        assert client.fetch(link).status_code in (status if isinstance(status, tuple) else (status,)), link


@pytest.mark.parametrize(
    ("name", "message"),
    [
        pytest.param("Ada", "Hello & goodbye; a=b + 100%", id="ascii"),
        pytest.param("Zoë Ångström", "Grüße aus 東京, «voilà»", id="non-ascii"),
        pytest.param('<b>"O\'Neil" & co</b>', "<script>alert(1)</script>", id="html"),
        pytest.param("\U0001f600" * 40, "\U0001f600" * 200, id="longest"),
    ],
)
def test_guestbook_remembers_its_visitor(client: Browser, name: str, message: str) -> None:
    response = client.submit("guestbook", name=f"  {name} ", message=message)
    assert (response.status_code, client.resolve(response.location)) == (303, f"{client.base}/")
    for cookie in response.headers.getlist("Set-Cookie"):
        assert len(cookie) <= 4096  # RFC 6265, section 6.1: what a browser has to keep
        assert "httponly" in cookie.lower()
    html = client.fetch(response.location).text
    texts = Page(html).texts
    assert (texts["greeting"], texts["entry"]) == (f"Hello, {name}", f"You wrote: {message}")
    assert "<b>" not in html
    assert "<script>" not in html

    other = Browser(client.app, client.base, client.example)
    assert "greeting" not in other.page().texts


@pytest.mark.parametrize(
    ("name", "message"),
    [
        pytest.param("", "hello", id="no name"),
        pytest.param("Ada", "", id="no message"),
        pytest.param("  \t", "hello", id="blank name"),
        pytest.param(None, "hello", id="no name field"),
        pytest.param(None, None, id="no fields"),
        pytest.param("A" * 41, "hello", id="long name"),
        pytest.param("Ada", "é" * 201, id="long message"),
    ],
)
def test_guestbook_refuses(client: Browser, name: str | None, message: str | None) -> None:
    response = client.submit("guestbook", name=name, message=message)
    assert (response.status_code, response.mimetype) == (400, "text/html")
    assert 'id="problem"' in response.text
    assert "greeting" not in client.page().texts


def test_a_session_that_was_tampered_with_is_no_session(client: Browser) -> None:
    client.submit("guestbook", name="Ada", message="hello")
    host = urlsplit(client.base).hostname or ""
    key = "sessionid" if client.example == "django" else "session"
    cookie = client.client.get_cookie(key, host)
    assert cookie is not None
    signed = cookie.value[:-1] + ("A" if cookie.value[-1] != "A" else "B")
    for value in (f"x{cookie.value}", signed[:-4], "nonsense"):
        client.client.set_cookie(key, value, domain=host)
        assert "greeting" not in client.page().texts


@pytest.mark.parametrize(
    ("query", "pairs"),
    [
        pytest.param("", [], id="none"),
        pytest.param("?a=1&b=2&a=3", [["a", "1"], ["b", "2"], ["a", "3"]], id="repeated, in order"),
        pytest.param("?empty=&x=1", [["empty", ""], ["x", "1"]], id="empty value"),
        pytest.param("?q=caf%C3%A9&city=%E6%9D%B1", [["q", "café"], ["city", "東"]], id="non-ascii"),
        pytest.param("?q=a%20b%2Bc+d%26e", [["q", "a b+c d&e"]], id="escapes"),
    ],
)
def test_echo(client: Browser, place: tuple[str, str], query: str, pairs: list[list[str]]) -> None:
    host = urlsplit(client.base).hostname or ""
    client.client.set_cookie("theme", "dark", domain=host)
    client.client.set_cookie("lang", "fr", domain=host)
    response = client.fetch(f"api/echo{query}")
    assert (response.status_code, response.mimetype) == (200, "application/json")
    seen = response.get_json()
    if place[0] in ("rest", "http-1.0"):  # payload 1.0 has the parameters decoded, and by name
        pairs = sorted(pairs, key=lambda pair: [name for name, _ in pairs].index(pair[0]))
        query = iri_to_uri(seen["url"]).partition("api/echo")[2]
    # Flask's URL is an IRI and the others' a URI: iri_to_uri changes the first and leaves the second
    assert seen | {"url": iri_to_uri(seen["url"])} == {
        "method": "GET",
        "path": urlsplit(f"{client.base}/api/echo").path,
        "url": f"{client.base}/api/echo{query}",
        "query": pairs,
        "client": "203.0.113.7",
        "cookies": ["lang", "theme"],
    }


@pytest.mark.parametrize(
    ("body", "total"),
    [
        pytest.param(b'{"numbers": [1, 2, 3]}', 6, id="three"),
        pytest.param(b'{"numbers": []}', 0, id="none"),
        pytest.param(b'{"numbers": [-1.5, 2, 0.25]}', 0.75, id="fractions"),
        pytest.param(b'{"numbers": [1], "more": true}', 1, id="more keys"),
        pytest.param(b"", None, id="empty"),
        pytest.param(b'{"numbers": [1, 2', None, id="cut off"),
        pytest.param(b"\xff\xfe", None, id="not text"),
        pytest.param(b"[1, 2, 3]", None, id="a list"),
        pytest.param(b"{}", None, id="no numbers"),
        pytest.param(b'{"numbers": 6}', None, id="a number"),
        pytest.param(b'{"numbers": ["1"]}', None, id="text"),
        pytest.param(b'{"numbers": [true]}', None, id="bool"),
        pytest.param(b'{"numbers": [null]}', None, id="null"),
        pytest.param(b'{"numbers": [NaN]}', None, id="NaN"),
        pytest.param(b'{"numbers": [1e999]}', None, id="infinite"),
        pytest.param(b'{"numbers": [9007199254740993]}', None, id="too large for JSON"),
    ],
)
def test_sum(client: Browser, body: bytes, total: float | None) -> None:
    response = client.fetch("api/sum", "POST", data=body, content_type="application/json")
    assert response.mimetype == "application/json"
    if total is None:
        assert response.status_code in (400, 422)
        assert response.get_json().keys() in ({"error"}, {"detail"})
    else:
        assert (response.status_code, response.get_json()) == (200, {"sum": total})


@pytest.mark.parametrize(
    ("content", "filename", "content_type"),
    [
        pytest.param(bytes(range(256)) * 300, "bytes.bin", "application/octet-stream", id="binary"),
        pytest.param("Grüße\r\n--x\r\n".encode(), "Zürich plan.txt", "text/plain", id="non-ascii name"),
        pytest.param(b"", "empty.txt", "text/plain", id="empty file"),
        pytest.param(b"\x00" * 3_000_000, "large.png", "image/png", id="3 MB"),
    ],
)
def test_upload(client: Browser, content: bytes, filename: str, content_type: str) -> None:
    response = client.submit("upload", file=(filename, content_type, content))
    assert (response.status_code, response.mimetype) == (200, "application/json")
    assert response.get_json() == {
        "filename": filename,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "content_type": content_type,
    }


@pytest.mark.parametrize(
    "file",
    [
        pytest.param(None, id="no field"),
        pytest.param("text, not a file", id="text"),
        pytest.param(("", "application/octet-stream", b""), id="no file chosen"),
    ],
)
def test_upload_refuses(client: Browser, file: str | tuple[str, str, bytes] | None) -> None:
    response = client.submit("upload", file=file)
    assert (response.status_code, response.mimetype) in [(400, "application/json"), (422, "application/json")]


def test_download_is_a_picture(client: Browser) -> None:
    response = client.fetch("download")
    assert (response.status_code, response.content_type) == (200, "image/png")
    disposition = parse_options_header(response.headers["Content-Disposition"])
    assert disposition == ("attachment", {"filename": "gradient.png"})
    assert 55_000 < len(response.data) < 65_000
    assert read_png(response.data) == (
        160,
        128,
        b"".join(b"\0" + b"".join(bytes((255 * x // 160, 255 * y // 128, 96)) for x in range(160)) for y in range(128)),
    )


def read_png(data: bytes) -> tuple[int, int, bytes]:
    """Return width, height and rows of an 8-bit RGB picture; every chunk's CRC is checked."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    chunks = {}
    position = 8
    while position < len(data):
        (length,) = struct.unpack_from(">I", data, position)
        kind, body = data[position + 4 : position + 8], data[position + 8 : position + 8 + length]
        assert struct.unpack_from(">I", data, position + 8 + length) == (zlib.crc32(kind + body),)
        chunks[kind] = body
        position += 12 + length
    assert list(chunks) == [b"IHDR", b"IDAT", b"IEND"]
    width, height, *kind_of_pixels = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert kind_of_pixels == [8, 2, 0, 0, 0]
    return width, height, zlib.decompress(chunks[b"IDAT"])


def test_old_redirects_to_the_first_page(client: Browser) -> None:
    response = client.fetch("old")
    assert response.status_code in (302, 307)
    assert client.resolve(response.location) == f"{client.base}/"


def test_error_is_the_frameworks_own_500(client: Browser) -> None:
    response = client.fetch("error")
    assert response.status_code == 500
    assert "this page always fails" not in response.text
    assert client.page().title  # and the next request is served


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "nowhere", 404), ("GET", "api/sum", 405), ("GET", "upload", 405)],
)
def test_no_such_address_or_method(client: Browser, method: str, path: str, status: int) -> None:
    assert client.fetch(path, method).status_code == status


# Each by itself, in a process of its own, loaded as the command line loads it

ALONE = """
import sys
from werkzeug.test import Client
from lambdabridge.target import load_target
handler = load_target(sys.argv[1] + ":handler")
found = [handler.interface]
if handler.interface == "wsgi":
    found.append(str(Client(sys.modules["app"].app).get("/").status_code))
print(*found)
"""


@pytest.mark.parametrize(("name", "found"), [("flask", "wsgi 200"), ("django", "wsgi 200"), ("fastapi", "asgi")])
def test_loads_by_file_path(name: str, found: str, tmp_path: Path) -> None:
    environment = {
        key: value for key, value in os.environ.items() if key not in ("DJANGO_SETTINGS_MODULE", "SECRET_KEY")
    }
    command = [sys.executable, "-W", "error", "-c", ALONE, str(FOLDER / name / "app.py")]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, found, "")


# What one example has more


@pytest.mark.parametrize("example", ["django"], indirect=True)
@pytest.mark.parametrize("path", ["guestbook", "upload"])
def test_django_refuses_a_form_without_its_token(client: Browser, path: str) -> None:
    headers = Headers({"Origin": "https://elsewhere.example", "Referer": "https://elsewhere.example/"})
    data = {"name": "Ada", "message": "hello"}
    assert client.fetch(path, "POST", data=data, headers=headers).status_code == 403
    assert client.fetch(path, "POST", data=data).status_code == 403


@pytest.mark.parametrize("example", ["django"], indirect=True)
def test_django_serves_no_host_of_others(app: WSGIApplication) -> None:
    assert Client(app).get("/", base_url="https://elsewhere.example/prod").status_code == 400


@pytest.mark.parametrize("example", ["fastapi"], indirect=True)
@pytest.mark.parametrize(
    ("number", "status", "author"),
    [
        ("1", 200, "Ada Lovelace"),
        ("3", 200, "Blaise Pascal"),
        ("5", 404, ""),
        ("0", 422, ""),
        ("x", 422, ""),
        (f"{2**63}", 422, ""),
    ],
)
def test_fastapi_reads_quotes(client: Browser, number: str, status: int, author: str) -> None:
    response = client.fetch(f"quotes/{number}")
    assert (response.status_code, response.get_json().get("author", "")) == (status, author)


@pytest.mark.parametrize("example", ["fastapi"], indirect=True)
def test_fastapi_documents_itself(client: Browser) -> None:
    path = urlsplit(f"{client.base}/openapi.json").path
    assert f"'{path}'" in client.fetch("docs").text
    paths = client.fetch("openapi.json").get_json()["paths"]
    assert {"/quotes/{number}", "/api/sum", "/upload"} <= paths.keys()


def test_the_database_is_what_its_source_says() -> None:
    source = sqlite3.connect(":memory:")
    shipped = sqlite3.connect(f"{(FOLDER / 'fastapi/quotes.db').as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        source.executescript((FOLDER / "fastapi/quotes.sql").read_text("utf-8"))
        assert list(shipped.iterdump()) == list(source.iterdump())
    finally:
        source.close()
        shipped.close()
