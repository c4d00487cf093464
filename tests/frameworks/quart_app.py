"""The contract's application in Quart: Flask's with async and await, and sessions of Quart's own."""

from __future__ import annotations

from collections.abc import AsyncIterator

from quart import Quart, Response, abort, jsonify, redirect, request, send_file, session, url_for
from werkzeug.datastructures import Headers
from werkzeug.routing import BaseConverter

from tests.apps import ANSWERS
from tests.frameworks.contract import CHALLENGE, FILE, METHODS, PARTS, SECRET, answer, form, seen


class Anything(BaseConverter):
    """Any rest of a path, slashes and nothing included."""

    regex = ".*"
    part_isolating = False


app = Quart(__name__)
app.secret_key = SECRET
app.url_map.converters["anything"] = Anything
app.url_map.merge_slashes = False


@app.route("/echo<anything:rest>", methods=METHODS, provide_automatic_options=False)
async def echo(rest: str) -> Response:
    return jsonify(
        seen(
            method=request.method,
            root_path=request.root_path,
            path=request.path,
            url=request.url,
            link=url_for("file", _external=True),
            query_string=request.query_string.decode("latin-1"),
            query=request.args.items(multi=True),
            headers=request.headers.items(),
            cookies=request.cookies,
            body=await request.get_data(cache=True, as_text=False, parse_form_data=False),
            client=request.remote_addr,
        )
    )


@app.post("/form")
async def fields() -> Response:
    files = (await request.files).items(multi=True)
    contents = [(field, f.filename, f.content_type, f.read()) for field, f in files]
    return jsonify(form((await request.form).items(multi=True), contents))


@app.get("/two-cookies")
async def two_cookies() -> Response:
    response = Response("two")
    response.set_cookie("theme", "dark; not light", httponly=True, samesite="Lax")
    response.set_cookie("lang", "fr", path="/echo", secure=True)
    response.delete_cookie("old")
    return response


@app.get("/go")
async def go() -> Response:
    return redirect(url_for("echo", rest="", x=[1, 2]))  # type: ignore[return-value]


@app.get("/file")
async def file() -> Response:
    return await send_file(FILE, mimetype="application/octet-stream", as_attachment=True)


@app.get("/file-of-text")
async def file_of_text() -> Response:
    return await send_file(__file__, mimetype="text/x-python", as_attachment=True, attachment_filename="gr\xfc\xdfe.py")


@app.get("/streamed")
async def streamed() -> Response:
    async def parts() -> AsyncIterator[str]:
        for part in PARTS:
            yield part

    return Response(parts(), mimetype="text/plain")


@app.get("/visits")
async def visits() -> str:
    session["visits"] = session.get("visits", 0) + 1
    return str(session["visits"])


@app.get("/refused")
async def refused() -> Response:
    abort(403, "not you")


@app.get("/login")
async def login() -> Response:
    return Response("who?", 401, {"WWW-Authenticate": CHALLENGE})


@app.get("/error")
async def error() -> Response:
    raise RuntimeError("on purpose")


@app.get("/<name>")
async def answers(name: str) -> Response:
    if f"/{name}" not in ANSWERS:
        abort(404)
    status, headers, body = answer(f"/{name}")
    return Response(body, status, Headers(headers))
