"""What a client asks of a deployed example, over HTTP, and has to get: one list, for whatever tool deployed it."""

from __future__ import annotations

import hashlib
import html
import http.client
import json
import re
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from tests.deploy.targets import ORIGIN

BOUNDARY = "8f3b5c"
EVERY_BYTE = bytes(range(256)) * 4


@dataclass
class Answer:
    """An HTTP response."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def text(self) -> str:
        """Return the body as text."""
        return self.body.decode()

    def header(self, name: str) -> str:
        """Return a header's value."""
        return next((value for key, value in self.headers if key.lower() == name), "")


class Site:
    """A deployed example and one visitor: its URL is the stack's output; all requests go to the emulator's port."""

    def __init__(self, url: str, port: int) -> None:
        self.url = url
        self.port = port
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, link: str, body: bytes | str | None = None, **headers: str) -> Answer:
        """Send a request as a browser does: link relative to the site, cookies kept, Host and Origin of the site."""
        url = urlsplit(urljoin(self.url, link))
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent |= {"Host": url.netloc, "Accept": "*/*", "User-Agent": "tests", "Referer": self.url}
        if method == "POST":
            sent["Origin"] = f"{url.scheme}://{url.netloc}"
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            target = (url.path or "/") + (f"?{url.query}" if url.query else "")
            connection.request(method, target, body.encode() if isinstance(body, str) else body, sent)
            response = connection.getresponse()
            answer = Answer(response.status, response.getheaders(), response.read())
        finally:
            connection.close()
        for name, value in answer.headers:
            if name.lower() == "set-cookie":
                self.cookies |= {key: morsel.value for key, morsel in SimpleCookie(value).items()}
        return answer

    def form(self, action: str, **fields: str) -> Answer:
        """Fill in the form of the first page that goes to an action, with what the page has hidden in it, and send it."""
        page = self.ask("GET", "").text
        form = next(found for found in re.findall(r"<form.*?</form>", page, re.DOTALL) if action in found)
        hidden = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form)
        target = html.unescape(re.search(r'action="([^"]*)"', form)[1])  # type: ignore[index]
        body = urlencode({**{name: html.unescape(value) for name, value in hidden}, **fields})
        return self.ask("POST", target, body, Content_Type="application/x-www-form-urlencoded")


def page(site: Site) -> None:  # the first page links to what is below the site's URL
    answer = site.ask("GET", "")
    assert (answer.status, answer.header("content-type")) == (200, "text/html; charset=utf-8")
    links = [urljoin(site.url, html.unescape(link)) for link in re.findall(r'<a href="([^"]*)"', answer.text)]
    assert f"{site.url}download" in links
    assert [link for link in links if not link.startswith(site.url)] == []


def form_and_session(site: Site) -> None:  # a form is answered with 303 and a cookie, which the next page knows
    answer = site.form("guestbook", name="Zoë & co", message="a=b + 100%, 世界")
    assert (answer.status, urljoin(site.url, answer.header("location"))) == (303, site.url)
    text = html.unescape(site.ask("GET", "").text)
    assert "Hello, Zoë & co" in text
    assert "You wrote: a=b + 100%, 世界" in text


def query(site: Site) -> None:  # repeated and encoded parameters arrive; a REST API's event has them by name
    answer = site.ask("GET", "api/echo?a=1&b=x+y%26z&a=2&e=")
    assert (answer.status, answer.header("content-type")) == (200, "application/json")
    pairs = sorted(json.loads(answer.body)["query"], key=lambda pair: str(pair[0]))
    assert pairs == [["a", "1"], ["a", "2"], ["b", "x y&z"], ["e", ""]]


def own_url(site: Site) -> None:  # the application knows its own URL
    told = json.loads(site.ask("GET", "api/echo").body)
    assert (told["method"], told["url"]) == ("GET", f"{site.url}api/echo")


def escaped_path(site: Site) -> None:  # an escape in a path is what it stands for
    answer = site.ask("GET", "api/%65cho")
    assert (answer.status, json.loads(answer.body)["method"]) == (200, "GET")


def json_body(site: Site) -> None:  # JSON goes in and comes out
    answer = site.ask("POST", "api/sum", '{"numbers": [1, 2.5, 3]}', Content_Type="application/json")
    assert (answer.status, json.loads(answer.body)) == (200, {"sum": 6.5})


def upload(site: Site) -> None:  # a file arrives byte for byte
    head = 'Content-Disposition: form-data; name="file"; filename="a.bin"\r\nContent-Type: application/octet-stream'
    body = f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode() + EVERY_BYTE + f"\r\n--{BOUNDARY}--\r\n".encode()
    token = {"X_CSRFToken": site.cookies["csrftoken"]} if "csrftoken" in site.cookies else {}
    answer = site.ask("POST", "upload", body, Content_Type=f"multipart/form-data; boundary={BOUNDARY}", **token)
    assert answer.status == 200, answer.text
    told = json.loads(answer.body)
    assert (told["size"], told["sha256"]) == (len(EVERY_BYTE), hashlib.sha256(EVERY_BYTE).hexdigest())


def download(site: Site) -> None:  # a picture comes byte for byte: each chunk's checksum, each pixel
    answer = site.ask("GET", "download")
    assert (answer.status, answer.header("content-type")) == (200, "image/png")
    assert answer.body[:8] == b"\x89PNG\r\n\x1a\n"
    chunks: dict[bytes, bytes] = {}
    at = 8
    while at < len(answer.body):
        (size,) = struct.unpack_from(">I", answer.body, at)
        kind, data = answer.body[at + 4 : at + 8], answer.body[at + 8 : at + 8 + size]
        assert struct.unpack_from(">I", answer.body, at + 8 + size) == (zlib.crc32(kind + data),)
        chunks[kind] = data
        at += size + 12
    rows = [bytes(b for x in range(160) for b in (255 * x // 160, 255 * y // 128, 96)) for y in range(128)]
    assert zlib.decompress(chunks[b"IDAT"]) == b"".join(b"\0" + row for row in rows)


def redirect(site: Site) -> None:  # a redirect stays below the site's URL
    answer = site.ask("GET", "old")
    assert answer.status in (302, 307)
    assert urljoin(site.url, answer.header("location")) == site.url


def missing(site: Site) -> None:  # what is not there is the application's own 404, not the gateway's
    answer = site.ask("GET", "nothing/here")
    assert (answer.status, "Missing Authentication Token" in answer.text) == (404, False)


def error(site: Site) -> None:  # an error is a 500 without the traceback
    answer = site.ask("GET", "error")
    assert (answer.status, b"Traceback" in answer.body) == (500, False)


def preflight(site: Site) -> None:  # the API lets the pages of the origin that the template names ask it
    asked = {"Origin": ORIGIN, "Access_Control_Request_Method": "POST"}
    answer = site.ask("OPTIONS", "api/sum", None, **asked)
    assert (answer.status // 100, answer.header("access-control-allow-origin")) == (2, ORIGIN)


def dynamodb_page(site: Site) -> None:  # the page posts to where it is
    answer = site.ask("GET", "")
    assert answer.status == 200
    assert f'action="{urlsplit(site.url).path}DynamoDBManager"' in answer.text


def dynamodb_operations(site: Site) -> None:  # an item's life, on the stack's own table
    item = {"id": "1", "name": "Ada", "score": 0.5}
    key = {"Key": {"id": "1"}}
    more = {
        "UpdateExpression": "ADD score :more",
        "ExpressionAttributeValues": {":more": 0.25},
        "ReturnValues": "ALL_NEW",
    }
    assert manage(site, "create", {"Item": item}) == (200, {})
    assert manage(site, "read", key) == (200, {"Item": item})
    assert manage(site, "update", {**key, **more}) == (200, {"Attributes": {**item, "score": 0.75}})
    assert manage(site, "list") == (200, {"Items": [{**item, "score": 0.75}], "Count": 1, "ScannedCount": 1})
    assert manage(site, "delete", key) == (200, {})
    assert manage(site, "read", key) == (404, {"error": "there is no such item in 'lambda-apigateway'"})
    assert manage(site, "echo", {"a": 1.5}) == (200, {"a": 1.5})
    assert manage(site, "ping") == (200, "pong")


def dynamodb_refusals(site: Site) -> None:  # what is wrong is said
    assert manage(site, "drop")[0] == 400
    item = {"Item": {"id": "twice"}, "ConditionExpression": "attribute_not_exists(id)"}
    assert [manage(site, "create", item)[0] for _ in range(2)] == [200, 409]
    assert site.ask("GET", "DynamoDBManager").status == 405


def manage(site: Site, operation: str, payload: Any = None) -> tuple[int, Any]:
    """Send an operation as `curl -d` does."""
    message = {"operation": operation, "tableName": "lambda-apigateway", "payload": payload}
    answer = site.ask("POST", "DynamoDBManager", json.dumps(message), Content_Type="application/x-www-form-urlencoded")
    return answer.status, json.loads(answer.body)


Scenario = Callable[[Site], None]
PAGES: tuple[Scenario, ...] = (
    page,
    form_and_session,
    query,
    own_url,
    escaped_path,
    json_body,
    upload,
    download,
    redirect,
    missing,
    error,
    preflight,
)
DYNAMODB: tuple[Scenario, ...] = (dynamodb_page, dynamodb_operations, dynamodb_refusals)
