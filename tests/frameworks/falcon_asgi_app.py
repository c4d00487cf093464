"""The contract's application in Falcon, as ASGI."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import falcon
from falcon.asgi import App, Request, Response

from tests.apps import ANSWERS
from tests.frameworks.contract import CHALLENGE, FILE, PARTS, form
from tests.frameworks.falcon_wsgi_app import PATHS, fill, seen_by


async def echo(req: Request, resp: Response | None, **_: Any) -> None:
    assert resp is not None  # it is for WebSockets alone
    resp.media = seen_by(req, await req.stream.read())


class Form:
    async def on_post(self, req: Request, resp: Response) -> None:
        if str(req.content_type).startswith("multipart/"):
            fields, files = [], []
            async for part in await req.get_media():
                if part.filename is None:
                    fields.append((part.name, await part.text))
                else:
                    files.append((part.name, part.filename, part.content_type, await part.stream.read()))
            resp.media = form(fields, files)
        else:
            resp.media = form(parse_qsl((await req.stream.read()).decode()), [])


class Views:
    """Each view is a responder with the suffix of its path."""

    async def on_get_two_cookies(self, req: Request, resp: Response) -> None:
        resp.set_cookie("theme", "dark", same_site="Lax", secure=False)
        resp.set_cookie("lang", "fr", path="/echo", http_only=False)
        resp.unset_cookie("old")
        resp.text = "two"

    async def on_get_go(self, req: Request, resp: Response) -> None:
        raise falcon.HTTPFound(f"{req.prefix}/echo?x=1&x=2")

    async def on_get_file(self, req: Request, resp: Response) -> None:
        resp.content_type = falcon.MEDIA_MSGPACK
        resp.downloadable_as = "gr\xfc\xdfe.db"
        resp.data = FILE.read_bytes()

    async def on_get_file_of_text(self, req: Request, resp: Response) -> None:
        resp.content_type = falcon.MEDIA_TEXT
        resp.text = Path(__file__).read_text()

    async def on_get_streamed(self, req: Request, resp: Response) -> None:
        async def parts() -> AsyncIterator[bytes]:
            for part in PARTS:
                yield part.encode()

        resp.content_type = falcon.MEDIA_TEXT
        resp.stream = parts()

    async def on_get_visits(self, req: Request, resp: Response) -> None:
        count = int(req.cookies.get("visits", 0)) + 1
        resp.set_cookie("visits", str(count), secure=False)
        resp.text = str(count)

    async def on_get_refused(self, req: Request, resp: Response) -> None:
        raise falcon.HTTPForbidden(description="not you")

    async def on_get_login(self, req: Request, resp: Response) -> None:
        raise falcon.HTTPUnauthorized(description="who?", challenges=[CHALLENGE])

    async def on_get_error(self, req: Request, resp: Response) -> None:
        raise RuntimeError("on purpose")


class Answer:
    """One of ANSWERS."""

    def __init__(self, path: str) -> None:
        self.path = path

    async def on_get(self, req: Request, resp: Response) -> None:
        fill(resp, self.path)

    on_head = on_get


app = App()
app.add_sink(echo, "/echo")
app.add_route("/form", Form())
for path in PATHS:
    app.add_route(f"/{path}", Views(), suffix=path.replace("-", "_"))
for path in ANSWERS:
    app.add_route(path, Answer(path))
