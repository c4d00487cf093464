"""The contract's application in FastAPI: its parameters, its dependencies, views with and without async."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, FastAPI, Form, HTTPException, Request, UploadFile
from fastapi.responses import FileResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse
from fastapi.security import HTTPBasic
from starlette.middleware.sessions import SessionMiddleware

from tests.frameworks import starlette_app
from tests.frameworks.contract import FILE, METHODS, SECRET, form

app = FastAPI()
app.add_middleware(SessionMiddleware, secret_key=SECRET)


@app.api_route("/echo{rest:path}", methods=METHODS)
async def echo(rest: str, request: Request) -> dict[str, Any]:
    return await starlette_app.seen_by(request)


@app.post("/form")
def fields(
    name: Annotated[list[str], Form()], a: Annotated[str, Form()] = "", f: list[UploadFile] | None = None
) -> dict[str, Any]:
    files = [("f", part.filename, part.content_type, part.file.read()) for part in f or ()]
    return form([("a", a), *(("name", value) for value in name)], files)


@app.get("/two-cookies")
def two_cookies(response: Response) -> str:
    response.set_cookie("theme", "dark; not light", httponly=True, samesite="lax")
    response.set_cookie("lang", "fr", path="/echo", secure=True)
    return "two"


@app.get("/go")
def go(request: Request) -> RedirectResponse:
    return RedirectResponse(request.url_for("echo", rest="").include_query_params(x=1))


@app.get("/file")
def file() -> FileResponse:
    return FileResponse(FILE, media_type="application/octet-stream", filename=FILE.name)


@app.get("/file-of-text")
def file_of_text() -> FileResponse:
    return FileResponse(__file__, filename="gr\xfc\xdfe.py")


@app.get("/streamed")
async def streamed() -> StreamingResponse:
    return StreamingResponse(starlette_app.parts(), media_type="text/plain")


@app.get("/visits")
def visits(request: Request) -> PlainTextResponse:
    request.session["visits"] = request.session.get("visits", 0) + 1
    return PlainTextResponse(str(request.session["visits"]))


@app.get("/refused")
def refused() -> None:
    raise HTTPException(403, "not you")


@app.get("/login", dependencies=[Depends(HTTPBasic(realm="here"))])
def login() -> None: ...


@app.get("/error")
def error() -> None:
    raise RuntimeError("on purpose")


@app.get("/{name}")
def answers(name: str) -> Response:
    return starlette_app.answer_to(name)
