"""Flask on Lambda: a page with forms, a session in a signed cookie, JSON, an upload, a download, redirects.

Everything here is plain Flask; the last line alone makes it a Lambda function. To run it behind the local gateway:

    pip install -r examples/flask/requirements.txt "lambdabridge[local]"
    lambdabridge serve examples/flask/app.py:handler
"""

from __future__ import annotations

import hashlib
import os
import struct
import zlib
from io import BytesIO
from urllib.parse import parse_qsl

from flask import Flask, Response, redirect, render_template, request, send_file, session, url_for
from flask.typing import ResponseReturnValue

from lambdabridge import bridge

DEVELOPMENT_KEY = "development only: set SECRET_KEY in the environment"

# What the guestbook accepts. The entry is kept in the session, and the session is a signed cookie: two requests of one
# visitor may be answered by two execution environments, which share no memory and no disk. A browser drops a cookie
# of more than 4096 bytes; 40 + 200 characters fit even when each is an emoji (12 bytes as JSON, 16 in base64).
LIMITS = {"name": 40, "message": 200}
GUESTBOOK_PROBLEM = "Please give a name (at most {name} characters) and a message ({message}).".format(**LIMITS)

app = Flask(__name__)
app.config.update(SECRET_KEY=os.environ.get("SECRET_KEY", DEVELOPMENT_KEY), SESSION_COOKIE_SAMESITE="Lax")


@app.get("/")
def index() -> ResponseReturnValue:
    return page()


@app.post("/guestbook")
def guestbook() -> ResponseReturnValue:
    entry = {field: request.form.get(field, "").strip() for field in LIMITS}
    if not all(0 < len(entry[field]) <= limit for field, limit in LIMITS.items()):
        return page(GUESTBOOK_PROBLEM), 400
    session["entry"] = entry
    return redirect(url_for("index"), 303)  # 303: the browser asks for the page with GET, and a reload posts nothing


@app.get("/api/echo")
def echo() -> ResponseReturnValue:
    return {
        "method": request.method,
        "path": request.script_root + request.path,
        "url": request.url,
        # request.args would group repeated names: a=1&b=2&a=3 would come out as a, a, b
        "query": parse_qsl(request.query_string.decode(), keep_blank_values=True),
        "client": request.remote_addr,
        "cookies": sorted(request.cookies),
    }


@app.post("/api/sum")
def sum_numbers() -> ResponseReturnValue:
    body = request.get_json(silent=True)
    numbers = body.get("numbers") if isinstance(body, dict) else None
    if not isinstance(numbers, list) or not all(is_number(number) for number in numbers):
        return {"error": 'expected JSON such as {"numbers": [1, 2, 3]}'}, 400
    return {"sum": sum(numbers)}


@app.post("/upload")
def upload() -> ResponseReturnValue:
    file = request.files.get("file")
    if not file:  # also false for a file field that was sent empty
        return {"error": "expected multipart/form-data with a file in the field 'file'"}, 400
    content = file.read()
    return {
        "filename": file.filename,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "content_type": file.content_type,
    }


@app.get("/download")
def download() -> Response:
    return send_file(BytesIO(gradient_png()), "image/png", as_attachment=True, download_name="gradient.png")


@app.get("/old")
def old() -> ResponseReturnValue:
    return redirect(url_for("index"))


@app.get("/error")
def error() -> ResponseReturnValue:
    raise RuntimeError("this page always fails")


def page(problem: str | None = None) -> str:
    return render_template("index.html", entry=session.get("entry"), limits=LIMITS, problem=problem)


def is_number(value: object) -> bool:
    # Beyond 2**53 JSON readers disagree about integers (RFC 8259, section 6). NaN fails the comparison as well.
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 2**53


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
