"""The contract's application in Flask; Quart's differs from it by async and await."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask, Response, abort, jsonify, redirect, request, send_file, session, url_for
from werkzeug.routing import BaseConverter

from tests.apps import ANSWERS
from tests.frameworks.contract import CHALLENGE, FILE, METHODS, PARTS, SECRET, answer, form, seen


class Anything(BaseConverter):
    """Any rest of a path, slashes and nothing included."""

    regex = ".*"
    part_isolating = False


app = Flask(__name__)
app.secret_key = SECRET
app.url_map.converters["anything"] = Anything
app.url_map.merge_slashes = False


@app.route("/echo<anything:rest>", methods=METHODS, provide_automatic_options=False)
def echo(rest: str) -> Response:
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
            body=request.get_data(),
            client=request.remote_addr,
        )
    )


@app.post("/form")
def fields() -> Response:
    files = ((field, f.filename, f.content_type, f.read()) for field, f in request.files.items(multi=True))
    return jsonify(form(request.form.items(multi=True), files))


@app.get("/two-cookies")
def two_cookies() -> Response:
    response = Response("two")
    response.set_cookie("theme", "dark; not light", httponly=True, samesite="Lax")
    response.set_cookie("lang", "fr", path="/echo", secure=True)
    response.delete_cookie("old")
    return response


@app.get("/go")
def go() -> Response:
    return redirect(url_for("echo", rest="", x=[1, 2]))  # type: ignore[return-value]


@app.get("/file")
def file() -> Response:
    return send_file(FILE, mimetype="application/octet-stream", as_attachment=True)


@app.get("/file-of-text")
def file_of_text() -> Response:
    return send_file(__file__, mimetype="text/x-python", as_attachment=True, download_name="gr\xfc\xdfe.py")


@app.get("/streamed")
def streamed() -> Response:
    def parts() -> Iterator[str]:
        yield from PARTS

    return Response(parts(), mimetype="text/plain")


@app.get("/visits")
def visits() -> str:
    session["visits"] = session.get("visits", 0) + 1
    return str(session["visits"])


@app.get("/refused")
def refused() -> Response:
    abort(403, "not you")


@app.get("/login")
def login() -> Response:
    return Response("who?", 401, {"WWW-Authenticate": CHALLENGE})


@app.get("/error")
def error() -> Response:
    raise RuntimeError("on purpose")


@app.get("/<name>")
def answers(name: str) -> Response:
    if f"/{name}" not in ANSWERS:
        abort(404)
    status, headers, body = answer(f"/{name}")
    return Response(body, status, headers)
