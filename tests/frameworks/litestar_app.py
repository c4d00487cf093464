"""The contract's application in Litestar."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from litestar import HttpMethod, Litestar, Request, get, post, route
from litestar.datastructures import UploadFile
from litestar.exceptions import HTTPException, NotAuthorizedException, NotFoundException, PermissionDeniedException
from litestar.middleware.session.server_side import ServerSideSessionConfig
from litestar.params import FromPath
from litestar.response import File, Redirect, Response, Stream

from tests.apps import ANSWERS
from tests.frameworks.contract import CHALLENGE, FILE, METHODS, PARTS, answer, form, seen

Seen = Request[Any, Any, Any]


@route(["/echo", "/echo/{rest:path}", "/echoprod"], http_method=[HttpMethod(m) for m in METHODS], status_code=200)
async def echo(request: Seen) -> dict[str, Any]:
    return seen(
        method=request.method,
        root_path=request.scope["root_path"],
        path=request.url.path,
        url=str(request.url),
        link=request.app.route_reverse("file"),
        query_string=request.url.query,
        query=request.query_params.items(),
        headers=request.headers.items(),
        cookies=request.cookies,
        body=await request.body(),
        client=request.client.host if request.client else None,
    )


@post("/form", status_code=200)
async def fields(request: Seen) -> dict[str, Any]:
    items = (await request.form()).multi_items()
    files = [(k, v.filename, v.content_type, await v.read()) for k, v in items if isinstance(v, UploadFile)]
    return form([(k, v) for k, v in items if not isinstance(v, UploadFile)], files)


@get("/two-cookies", media_type="text/plain")
async def two_cookies() -> Response[str]:
    response = Response("two")
    response.set_cookie("theme", "dark; not light", httponly=True, samesite="lax")
    response.set_cookie("lang", "fr", path="/echo", secure=True)
    return response


@get("/go")
async def go(request: Seen) -> Redirect:
    return Redirect(f"{str(request.base_url).rstrip('/')}/echo?x=1&x=2")


@get("/file", name="file")
async def file() -> File:
    return File(FILE, media_type="application/octet-stream", filename=FILE.name)


@get("/file-of-text")
async def file_of_text() -> File:
    return File(__file__, media_type="text/x-python", filename="gr\xfc\xdfe.py")


@get("/streamed")
async def streamed() -> Stream:
    async def parts() -> AsyncIterator[str]:
        for part in PARTS:
            yield part

    return Stream(parts(), media_type="text/plain")


@get("/visits", media_type="text/plain", middleware=[ServerSideSessionConfig().middleware])
async def visits(request: Seen) -> str:
    count = int(request.session.get("visits", 0)) + 1
    request.set_session({"visits": count})
    return str(count)


@get("/refused")
async def refused() -> None:
    raise PermissionDeniedException("not you")


@get("/login")
async def login() -> None:
    raise NotAuthorizedException("who?", headers={"WWW-Authenticate": CHALLENGE})


@get("/error")
async def error() -> None:
    raise RuntimeError("on purpose")


@route("/{name:str}", http_method=[HttpMethod.GET, HttpMethod.HEAD], status_code=200)
async def answers(name: FromPath[str]) -> Response[bytes]:
    if f"/{name}" not in ANSWERS:
        raise NotFoundException
    status, headers, body = answer(f"/{name}")
    if status == 599:
        raise HTTPException(status_code=599, detail="599")
    single = {key: value for key, value in headers if key != "Set-Cookie"}
    response = Response(body, status_code=status, headers=single)
    for key, value in headers:
        if key == "Set-Cookie":
            cookie, _, content = value.partition(";")[0].partition("=")
            response.set_cookie(cookie, content)
    return response


app = Litestar(
    [echo, fields, two_cookies, go, file, file_of_text, streamed, visits, refused, login, error, answers],
    openapi_config=None,
)
