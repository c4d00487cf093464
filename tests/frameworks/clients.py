"""The test clients for WSGI applications, each with a `send`: a Step in, a Reply out, the client's own arguments between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from tests.frameworks.contract import HOST
from tests.wire import Reply

VISITOR = {"REMOTE_ADDR": "127.0.0.1"}
Files = dict[str, tuple[str, bytes, str]]


@dataclass(frozen=True)
class Step:
    """One thing that a test does with its client, and what it expects: bytes are the body, a dict a part of its JSON."""

    path: str
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    json: Any = None
    fields: dict[str, list[str]] = field(default_factory=dict)
    files: Files = field(default_factory=dict)
    follow: bool = False
    status: int = 200
    expected: bytes | dict[str, Any] | None = None


class WerkzeugClient:
    """Flask's, and of any WSGI application without one of its own."""

    def __init__(self, app: Any, prefix: str) -> None:
        from werkzeug.test import Client

        self.base_url = f"http://{HOST}{prefix}"
        self.client = app.test_client() if hasattr(app, "test_client") else Client(app)

    def send(self, step: Step) -> Reply:
        data: Any = None
        if step.fields or step.files:
            files = {name: (BytesIO(content), file, kind) for name, (file, content, kind) in step.files.items()}
            data = {**step.fields, **files}
        arguments = {"data": data} if step.json is None else {"json": step.json}
        with self.client.open(
            step.path,
            method=step.method,
            base_url=self.base_url,
            headers=step.headers,
            environ_overrides=VISITOR,
            follow_redirects=step.follow,
            **arguments,
        ) as response:
            return Reply(response.status_code, lower(response.headers.items()), response.get_data())


class DjangoClient:
    """Django's; `app` is None for its own handler, or a WSGI application in that handler's place."""

    follows_below_a_prefix = False  # it takes the whole path of a Location as the one below SCRIPT_NAME

    def __init__(self, app: Any, prefix: str) -> None:
        from django.http import HttpResponse
        from django.test.client import Client, ClientHandler, WSGIRequest

        class Answer(HttpResponse):  # type: ignore[misc]
            url = property(lambda self: self["Location"])  # as redirects have it

        class Handler(ClientHandler):  # type: ignore[misc]
            def __call__(self, environ: dict[str, Any]) -> Any:
                response = Answer()
                del response["Content-Type"]

                def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
                    response.status_code = int(status[:3])
                    for name, value in headers:
                        if name == "set-cookie":
                            response.cookies.load(value)
                        else:
                            response[name] = value

                response.content = b"".join(app(environ, start_response))
                response.wsgi_request = WSGIRequest(environ)
                return response

        self.client = Client(SCRIPT_NAME=prefix, HTTP_HOST=HOST)
        if app is not None:
            self.client.handler = Handler()

    def send(self, step: Step) -> Reply:
        from django.core.files.uploadedfile import SimpleUploadedFile

        arguments: dict[str, Any] = {"headers": step.headers}
        if step.method in ("GET", "HEAD", "POST"):
            arguments["follow"] = step.follow
        if step.json is not None:
            arguments |= {"data": step.json, "content_type": "application/json"}
        elif step.fields or step.files:
            files = {name: SimpleUploadedFile(*file) for name, file in step.files.items()}
            arguments["data"] = {**step.fields, **files}
        response = getattr(self.client, step.method.lower())(step.path, **arguments)
        cookies = [("set-cookie", morsel.OutputString()) for morsel in response.cookies.values()]
        return Reply(response.status_code, [*lower(response.items()), *cookies], response.getvalue())


class WebTestClient:
    """WebTest's, which checks both sides of the conversation against PEP 3333."""

    def __init__(self, app: Any, prefix: str) -> None:
        from webtest import TestApp

        self.client = TestApp(app, extra_environ={"SCRIPT_NAME": prefix, "HTTP_HOST": HOST, **VISITOR})

    def send(self, step: Step) -> Reply:
        arguments: dict[str, Any] = {"headers": step.headers, "expect_errors": True}
        if step.json is not None:
            response = self.client.post_json(step.path, step.json, **arguments)
        elif step.fields or step.files:
            params = [(name, value) for name, values in step.fields.items() for value in values]
            files = [(name, *file) for name, file in step.files.items()]
            response = self.client.post(step.path, params, upload_files=files or None, **arguments)
        else:
            response = getattr(self.client, step.method.lower())(step.path, **arguments)
        if step.follow:
            response = response.follow()
        return Reply(response.status_int, lower(response.headers.items()), response.body)


class FalconClient:
    """Falcon's; it keeps no cookies, so this does."""

    def __init__(self, app: Any, prefix: str) -> None:
        from falcon.testing import simulate_request

        self.simulate: Callable[..., Any] = simulate_request
        self.app = app
        self.prefix = prefix
        self.cookies: dict[str, str] = {}

    def send(self, step: Step) -> Reply:
        path, _, query = step.path.partition("?")
        body, kind = _encoded(step)
        result = self.simulate(
            self.app,
            step.method,
            path,
            query_string=query,
            headers={**step.headers, **({"content-type": kind} if kind else {})},
            body=body,
            json=step.json,
            host=HOST,
            root_path=self.prefix,
            cookies=self.cookies,
        )
        self.cookies |= {name: cookie.value for name, cookie in result.cookies.items()}
        reply = Reply(result.status_code, _result_headers(result), result.content)
        if not step.follow:
            return reply
        location = result.headers["location"].partition(f"{HOST}{self.prefix}")[2]
        return self.send(Step(location))


def _result_headers(result: Any) -> list[tuple[str, str]]:
    lines = [line for line in lower(result.headers.items()) if line[0] != "set-cookie"]
    headers: SimpleCookie = SimpleCookie()
    for cookie in result.cookies.values():
        headers[cookie.name] = cookie.value
        for key in ("path", "domain", "samesite"):
            headers[cookie.name][key] = getattr(cookie, key.replace("samesite", "same_site")) or ""
        headers[cookie.name]["httponly"], headers[cookie.name]["secure"] = cookie.http_only, cookie.secure
    return [*lines, *(("set-cookie", morsel.OutputString()) for morsel in headers.values())]


def _encoded(step: Step) -> tuple[bytes, str]:
    if not step.fields and not step.files:
        return b"", ""
    from werkzeug.datastructures import FileStorage
    from werkzeug.test import encode_multipart

    if not step.files:
        return urlencode(step.fields, doseq=True).encode(), "application/x-www-form-urlencoded"
    files = {
        name: FileStorage(BytesIO(content), file, name, kind) for name, (file, content, kind) in step.files.items()
    }
    # werkzeug's own boundary is longer than RFC 2046 allows now and then, and Falcon refuses it
    boundary, body = encode_multipart({**step.fields, **files}, boundary="a-boundary-of-the-tests")
    return body, f'multipart/form-data; boundary="{boundary}"'


def lower(headers: Any) -> list[tuple[str, str]]:
    return [(name.lower(), value) for name, value in headers]
