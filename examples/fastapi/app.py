"""FastAPI on Lambda: a lifespan that opens a database, a session in a signed cookie, forms, JSON, an upload, a download.

Everything here is plain FastAPI; the last line alone makes it a Lambda function. To run it behind the local gateway:

    pip install -r examples/fastapi/requirements.txt "lambdabridge[local]"
    lambdabridge serve examples/fastapi/app.py:handler

quotes.db ships with the code; after a change of quotes.sql, make it again: rm quotes.db; sqlite3 quotes.db < quotes.sql
"""

import hashlib
import os
import sqlite3
import struct
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any, TypedDict

from fastapi import FastAPI, Form, HTTPException, Request, Response, UploadFile
from fastapi import Path as PathParameter
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from fastapi.templating import Jinja2Templates
from pydantic import BaseModel, Field, StrictFloat, StrictInt
from starlette.middleware.sessions import SessionMiddleware

from lambdabridge import bridge

HERE = Path(__file__).resolve().parent
DEVELOPMENT_KEY = "development only: set SECRET_KEY in the environment"

# What the guestbook accepts. The entry is kept in the session, and the session is a signed cookie: two requests of one
# visitor may be answered by two execution environments, which share no memory and no disk. A browser drops a cookie
# of more than 4096 bytes; 40 + 200 characters fit even when each is an emoji (12 bytes as JSON, 16 in base64).
LIMITS = {"name": 40, "message": 200}
GUESTBOOK_PROBLEM = "Please give a name (at most {name} characters) and a message ({message}).".format(**LIMITS)


class State(TypedDict):
    quotes: sqlite3.Connection


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[State]:
    """Open the quotes once for an execution environment, not once for a request."""
    # The code's directory is read-only on Lambda. immutable=1: SQLite then takes no lock and looks for no journal.
    # check_same_thread: FastAPI calls the `def` endpoints from a thread pool; SQLite itself serialises the calls.
    uri = f"{(HERE / 'quotes.db').as_uri()}?mode=ro&immutable=1"
    quotes = sqlite3.connect(uri, uri=True, check_same_thread=False)
    quotes.row_factory = sqlite3.Row
    try:
        yield {"quotes": quotes}  # what is yielded here is request.state there
    finally:
        quotes.close()


app = FastAPI(title="FastAPI on Lambda", lifespan=lifespan)
app.add_middleware(SessionMiddleware, secret_key=os.environ.get("SECRET_KEY", DEVELOPMENT_KEY))
templates = Jinja2Templates(HERE / "templates")


@app.get("/", response_class=HTMLResponse)
async def index(request: Request) -> Response:
    return page(request)


@app.post("/guestbook", response_class=HTMLResponse)
async def guestbook(
    request: Request, name: Annotated[str, Form()] = "", message: Annotated[str, Form()] = ""
) -> Response:
    entry = {"name": name.strip(), "message": message.strip()}
    if not all(0 < len(entry[field]) <= limit for field, limit in LIMITS.items()):
        return page(request, GUESTBOOK_PROBLEM, status_code=400)
    request.session["entry"] = entry
    # 303: the browser asks for the page with GET, and a reload posts nothing
    return RedirectResponse(request.url_for("index"), status_code=303)


@app.get("/api/echo")
async def echo(request: Request) -> dict[str, Any]:
    return {
        "method": request.method,
        "path": request.url.path,
        "url": str(request.url),
        "query": request.query_params.multi_items(),
        "client": request.client.host if request.client else None,
        "cookies": sorted(request.cookies),
    }


# Beyond 2**53 JSON readers disagree about integers (RFC 8259, section 6). NaN fails the comparison as well.
Number = Annotated[StrictInt | StrictFloat, Field(gt=-(2**53), lt=2**53)]


class Numbers(BaseModel):
    numbers: list[Number]


@app.post("/api/sum")
async def sum_numbers(body: Numbers) -> dict[str, int | float]:
    return {"sum": sum(body.numbers)}


@app.post("/upload")
async def upload(file: UploadFile) -> dict[str, Any]:
    content = await file.read()
    return {
        "filename": file.filename,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "content_type": file.content_type,
    }


@app.get("/download", response_class=Response, responses={200: {"content": {"image/png": {}}}})
def download() -> Response:
    disposition = {"Content-Disposition": 'attachment; filename="gradient.png"'}
    return Response(gradient_png(), media_type="image/png", headers=disposition)


@app.get("/old", response_class=RedirectResponse)
async def old(request: Request) -> Response:
    return RedirectResponse(request.url_for("index"))


@app.get("/error")
async def error() -> None:
    raise RuntimeError("this page always fails")


@app.get("/quotes/{number}")
def quote(request: Request, number: Annotated[int, PathParameter(ge=1, lt=2**63)]) -> dict[str, Any]:
    quotes: sqlite3.Connection = request.state.quotes
    row = quotes.execute("SELECT id, text, author FROM quotes WHERE id = ?", (number,)).fetchone()
    if row is None:
        raise HTTPException(404, f"there is no quote {number}")
    return dict(row)


@app.exception_handler(RequestValidationError)
async def invalid_request(request: Request, error: RequestValidationError) -> Response:
    """Say what is wrong, as FastAPI does, but without the input: JSON can't repeat a NaN, and the answer would be 500."""
    problems = [{key: problem[key] for key in ("type", "loc", "msg")} for problem in error.errors()]
    return JSONResponse({"detail": problems}, status_code=422)


def page(request: Request, problem: str | None = None, status_code: int = 200) -> Response:
    context = {"entry": request.session.get("entry"), "limits": LIMITS, "problem": problem}
    return templates.TemplateResponse(request, "index.html", context, status_code)


def gradient_png(width: int = 160, height: int = 128) -> bytes:
    """Draw a gradient from dark blue to yellow; uncompressed, so that it weighs 60 KB."""
    rows = bytearray()
    for y in range(height):
        rows.append(0)  # each row opens with its filter type; 0 is none
        for x in range(width):
            rows += bytes((255 * x // width, 255 * y // height, 96))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)  # 8 bits a channel, RGB
    body = zlib.compress(bytes(rows), 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


handler = bridge(app)
