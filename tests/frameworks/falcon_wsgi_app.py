"""The contract's application in Falcon, as WSGI."""

from __future__ import annotations

from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import falcon
from falcon import Request, Response

from tests.apps import ANSWERS
from tests.frameworks.contract import CHALLENGE, FILE, PARTS, answer, form, seen


def echo(req: Request, resp: Response, **_: Any) -> None:
    resp.media = seen_by(req, req.bounded_stream.read())


def seen_by(req: Any, body: bytes) -> dict[str, Any]:
    """Return what Falcon's request says, WSGI's or ASGI's."""
    return seen(
        method=req.method,
        root_path=req.root_path,
        path=req.path,
        url=req.uri,
        link=req.prefix + "/file",
        query_string=req.query_string,
        query=[(k, v) for k, vs in req.params.items() for v in (vs if isinstance(vs, list) else [vs])],
        headers=req.headers.items(),
        cookies=req.cookies,
        body=body,
        client=req.remote_addr,
    )


class Form:
    def on_post(self, req: Request, resp: Response) -> None:
        if str(req.content_type).startswith("multipart/"):
            fields, files = [], []
            for part in req.get_media():
                if part.filename is None:
                    fields.append((part.name, part.text))
                else:
                    files.append((part.name, part.filename, part.content_type, part.stream.read()))
            resp.media = form(fields, files)
        else:
            resp.media = form(parse_qsl(req.bounded_stream.read().decode()), [])


class Views:
    """Each view is a responder with the suffix of its path."""

    def on_get_two_cookies(self, req: Request, resp: Response) -> None:
        resp.set_cookie("theme", "dark", same_site="Lax", secure=False)
        resp.set_cookie("lang", "fr", path="/echo", http_only=False)
        resp.unset_cookie("old")
        resp.text = "two"

    def on_get_go(self, req: Request, resp: Response) -> None:
        raise falcon.HTTPFound(f"{req.prefix}/echo?x=1&x=2")

    def on_get_file(self, req: Request, resp: Response) -> None:
        resp.content_type = falcon.MEDIA_MSGPACK
        resp.downloadable_as = "gr\xfc\xdfe.db"
        resp.set_stream(FILE.open("rb"), FILE.stat().st_size)

    def on_get_file_of_text(self, req: Request, resp: Response) -> None:
        resp.content_type = falcon.MEDIA_TEXT
        resp.text = Path(__file__).read_text()

    def on_get_streamed(self, req: Request, resp: Response) -> None:
        resp.content_type = falcon.MEDIA_TEXT
        resp.stream = (part.encode() for part in PARTS)

    def on_get_visits(self, req: Request, resp: Response) -> None:
        count = int(req.cookies.get("visits", 0)) + 1
        resp.set_cookie("visits", str(count), secure=False)
        resp.text = str(count)

    def on_get_refused(self, req: Request, resp: Response) -> None:
        raise falcon.HTTPForbidden(description="not you")

    def on_get_login(self, req: Request, resp: Response) -> None:
        raise falcon.HTTPUnauthorized(description="who?", challenges=[CHALLENGE])

    def on_get_error(self, req: Request, resp: Response) -> None:
        raise RuntimeError("on purpose")


class Answer:
    """One of ANSWERS."""

    def __init__(self, path: str) -> None:
        self.path = path

    def on_get(self, req: Request, resp: Response) -> None:
        fill(resp, self.path)

    on_head = on_get


PATHS = ("two-cookies", "go", "file", "file-of-text", "streamed", "visits", "refused", "login", "error")


def fill(resp: Any, path: str) -> None:
    """Fill in what ANSWERS has for a path."""
    status, headers, body = answer(path)
    resp.status = status
    resp.data = body
    for key, value in headers:
        if key == "Set-Cookie":
            for cookie in SimpleCookie(value).values():
                resp.append_header("Set-Cookie", cookie.OutputString())
        else:
            resp.append_header(key, value)


app = falcon.App()
app.add_sink(echo, "/echo")
app.add_route("/form", Form())
for path in PATHS:
    app.add_route(f"/{path}", Views(), suffix=path.replace("-", "_"))
for path in ANSWERS:
    app.add_route(path, Answer(path))
