"""The contract's application in Starlette."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Route

from tests.apps import ANSWERS
from tests.frameworks.contract import CHALLENGE, FILE, METHODS, PARTS, SECRET, answer, form, seen


async def seen_by(request: Request) -> dict[str, Any]:
    """Return what Starlette's request says; FastAPI's is the same class."""
    return seen(
        method=request.method,
        root_path=request.scope["root_path"],
        path=request.url.path,
        url=str(request.url),
        link=str(request.url_for("file")),
        query_string=request.url.query,
        query=request.query_params.multi_items(),
        headers=request.headers.items(),
        cookies=request.cookies,
        body=await request.body(),
        client=request.client.host if request.client else None,
    )


async def echo(request: Request) -> Response:
    return JSONResponse(await seen_by(request))


async def fields(request: Request) -> Response:
    async with request.form() as parts:
        items = parts.multi_items()
        files = [(k, v.filename, v.content_type, await v.read()) for k, v in items if not isinstance(v, str)]
        return JSONResponse(form([(k, v) for k, v in items if isinstance(v, str)], files))


async def two_cookies(request: Request) -> Response:
    response = PlainTextResponse("two")
    response.set_cookie("theme", "dark; not light", httponly=True, samesite="lax")
    response.set_cookie("lang", "fr", path="/echo", secure=True)
    return response


async def go(request: Request) -> Response:
    return RedirectResponse(request.url_for("echo", rest="").include_query_params(x=1))


async def file(request: Request) -> Response:
    return FileResponse(FILE, media_type="application/octet-stream", filename=FILE.name)


async def file_of_text(request: Request) -> Response:
    return FileResponse(__file__, filename="gr\xfc\xdfe.py")


async def parts() -> AsyncIterator[str]:
    for part in PARTS:
        yield part


async def streamed(request: Request) -> Response:
    return StreamingResponse(parts(), media_type="text/plain")


async def visits(request: Request) -> Response:
    request.session["visits"] = request.session.get("visits", 0) + 1
    return PlainTextResponse(str(request.session["visits"]))


async def refused(request: Request) -> Response:
    raise HTTPException(403, "not you")


async def login(request: Request) -> Response:
    raise HTTPException(401, "who?", {"WWW-Authenticate": CHALLENGE})


async def error(request: Request) -> Response:
    raise RuntimeError("on purpose")


async def answers(request: Request) -> Response:
    return answer_to(request.path_params["name"])


def answer_to(name: str) -> Response:
    """Return what ANSWERS has for a name."""
    if f"/{name}" not in ANSWERS:
        raise HTTPException(404)
    status, headers, body = answer(f"/{name}")
    response = Response(body, status)
    for key, value in headers:
        if key != "Content-Length":  # Starlette counts by itself
            response.headers.append(key, value)
    return response


app = Starlette(
    routes=[
        Route("/echo{rest:path}", echo, methods=METHODS),
        Route("/form", fields, methods=["POST"]),
        Route("/two-cookies", two_cookies),
        Route("/go", go),
        Route("/file", file),
        Route("/file-of-text", file_of_text),
        Route("/streamed", streamed),
        Route("/visits", visits),
        Route("/refused", refused),
        Route("/login", login),
        Route("/error", error),
        Route("/{name}", answers),
    ],
    middleware=[Middleware(SessionMiddleware, secret_key=SECRET)],
)
