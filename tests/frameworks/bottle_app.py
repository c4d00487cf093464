"""The contract's application in Bottle."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bottle import Bottle, HTTPResponse, abort, redirect, request, response, static_file

from tests.apps import ANSWERS
from tests.frameworks.contract import CHALLENGE, FILE, METHODS, PARTS, answer, form, seen

app = Bottle()


def echo(rest: str = "") -> dict[str, Any]:
    return seen(
        method=request.method,
        root_path=request.script_name,
        path=request.path,
        url=request.url,
        link=app.get_url("file"),
        query_string=request.query_string,
        query=request.query.decode().allitems(),
        headers=request.headers.items(),
        cookies=request.cookies,
        body=request.body.read(),
        client=request.remote_addr,
    )


def fields() -> dict[str, Any]:
    files = [(k, part.raw_filename, part.content_type, part.file.read()) for k, part in request.files.allitems()]
    return form(request.forms.decode().allitems(), files)


def two_cookies() -> str:
    response.set_cookie("theme", "dark; not light", httponly=True, samesite="lax")
    response.set_cookie("lang", "fr", path="/echo", secure=True)
    return "two"


def go() -> None:
    redirect(request.script_name.rstrip("/") + "/echo?x=1&x=2")


def file() -> Any:
    return static_file(FILE.name, FILE.parent, "application/octet-stream", download=True)


def file_of_text() -> Any:
    return static_file("bottle_app.py", Path(__file__).parent, "text/x-python", download="gr\xfc\xdfe.py")


def streamed() -> Iterator[str]:
    response.content_type = "text/plain; charset=utf-8"
    yield from PARTS


def visits() -> str:
    count = int(request.get_cookie("visits", 0)) + 1
    response.set_cookie("visits", str(count))
    return str(count)


def refused() -> None:
    abort(403, "not you")


def login() -> Any:
    return HTTPResponse("who?", 401, {"WWW-Authenticate": CHALLENGE})


def error() -> None:
    raise RuntimeError("on purpose")


def answers(name: str) -> Any:
    if f"/{name}" not in ANSWERS:
        abort(404)
    status, headers, body = answer(f"/{name}")
    return HTTPResponse(body, status, headers)


VIEWS: dict[str, Callable[..., Any]] = {
    "/two-cookies": two_cookies,
    "/go": go,
    "/file": file,
    "/file-of-text": file_of_text,
    "/streamed": streamed,
    "/visits": visits,
    "/refused": refused,
    "/login": login,
    "/error": error,
    "/<name>": answers,
}
app.route("/echo<rest:re:.*>", METHODS, echo)
app.route("/form", "POST", fields)
for rule, view in VIEWS.items():
    app.route(rule, "GET", view, name=rule.strip("/"))
