"""The contract's application in Pyramid."""

from __future__ import annotations

from typing import Any

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPForbidden, HTTPFound, HTTPNotFound, HTTPUnauthorized
from pyramid.response import FileResponse, Response
from pyramid.session import JSONSerializer, SignedCookieSessionFactory

from tests.apps import ANSWERS
from tests.frameworks.contract import CHALLENGE, FILE, METHODS, PARTS, SECRET, answer, form, seen


def echo(request: Any) -> dict[str, Any]:
    return seen(
        method=request.method,
        root_path=request.script_name,
        path=request.path,
        url=request.url,
        link=request.route_url("file"),
        query_string=request.query_string,
        query=request.GET.items(),
        headers=request.headers.items(),
        cookies=request.cookies,
        body=request.body,
        client=request.remote_addr,
    )


def fields(request: Any) -> dict[str, Any]:
    items = list(request.POST.items())
    files = [(k, v.filename, v.type, v.file.read()) for k, v in items if not isinstance(v, str)]
    return form([(k, v) for k, v in items if isinstance(v, str)], files)


def two_cookies(request: Any) -> Response:
    response = Response("two")
    response.set_cookie("theme", "dark", httponly=True, samesite="Lax")
    response.set_cookie("lang", "fr", path="/echo", secure=True)
    response.delete_cookie("old")
    return response


def go(request: Any) -> Any:
    return HTTPFound(request.route_url("echo", rest="", _query=[("x", "1"), ("x", "2")]))


def file(request: Any) -> FileResponse:
    response = FileResponse(FILE, request, content_type="application/octet-stream")
    response.content_disposition = f"attachment; filename={FILE.name}"
    return response


def file_of_text(request: Any) -> FileResponse:
    return FileResponse(__file__, request, content_type="text/x-python")


def streamed(request: Any) -> Response:
    return Response(app_iter=(part.encode() for part in PARTS), content_type="text/plain", charset="utf-8")


def visits(request: Any) -> Response:
    request.session["visits"] = request.session.get("visits", 0) + 1
    return Response(str(request.session["visits"]))


def refused(request: Any) -> Response:
    raise HTTPForbidden("not you")


def login(request: Any) -> Any:
    return HTTPUnauthorized("who?", headers=[("WWW-Authenticate", CHALLENGE)])


def error(request: Any) -> Response:
    raise RuntimeError("on purpose")


def answers(request: Any) -> Response:
    path = f"/{request.matchdict['name']}"
    if path not in ANSWERS:
        raise HTTPNotFound
    status, headers, body = answer(path)
    return Response(body=body, status=f"{status} Reason", headerlist=list(headers))


def make() -> Any:
    """Return the WSGI application."""
    config = Configurator()
    config.set_session_factory(SignedCookieSessionFactory(SECRET, serializer=JSONSerializer()))
    config.add_route("echo", "/echo*rest")
    config.add_view(echo, route_name="echo", renderer="json", request_method=tuple(METHODS))
    config.add_route("form", "/form", request_method="POST")
    config.add_view(fields, route_name="form", renderer="json")
    for view in (two_cookies, go, file, file_of_text, streamed, visits, refused, login, error):
        name = view.__name__.replace("_", "-")
        config.add_route(name, f"/{name}")
        config.add_view(view, route_name=name, request_method="GET")
    config.add_route("answers", "/{name}")
    config.add_view(answers, route_name="answers", request_method="GET")
    return config.make_wsgi_app()


app = make()
