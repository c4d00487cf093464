"""What the applications of this package have in common: the form of their answers, and which there are."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.apps import ANSWERS

HOST = "localhost0.execute-api.us-east-1.amazonaws.com"
"""What every client sends, to a server and to a front door, so that the URLs which a framework builds are alike."""
FILE = Path(__file__).resolve().parent.parent.parent / "examples/fastapi/quotes.db"
"""A binary file of some kilobytes."""
PARTS = ("one ", "zw\xf6lf ", "\u4e16\u754c ", "three")
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
SECRET = "not one"
CHALLENGE = 'Basic realm="here"'

Pairs = Iterable[tuple[str, str]]


@dataclass(frozen=True)
class Framework:
    """One application: `app` of a module in this package.

    strips_root_path  whether it routes by the path below root_path; bridge(base_path=None) is for one that does not
    """

    name: str
    package: str
    module: str
    interface: str
    strips_root_path: bool = True

    @property
    def path(self) -> str:
        """The module's import path."""
        return f"tests.frameworks.{self.module}"


FRAMEWORKS = (
    Framework("Flask", "flask", "flask_app", "wsgi"),
    Framework("Django", "django", "django_wsgi_app", "wsgi"),
    Framework("Falcon", "falcon", "falcon_wsgi_app", "wsgi"),
    Framework("Bottle", "bottle", "bottle_app", "wsgi"),
    Framework("Pyramid", "pyramid", "pyramid_app", "wsgi"),
    Framework("Django, ASGI", "django", "django_asgi_app", "asgi"),
    Framework("FastAPI", "fastapi", "fastapi_app", "asgi"),
    Framework("Starlette", "starlette", "starlette_app", "asgi"),
    Framework("Litestar", "litestar", "litestar_app", "asgi"),
    Framework("Quart", "quart", "quart_app", "asgi"),
    Framework("Falcon, ASGI", "falcon", "falcon_asgi_app", "asgi", strips_root_path=False),
)


def seen(
    *,
    method: str,
    root_path: str,
    path: str,
    url: str,
    link: str,
    query_string: str,
    query: Pairs,
    headers: Pairs,
    cookies: dict[str, str],
    body: bytes,
    client: str | None,
) -> dict[str, Any]:
    """Return /echo's answer; link is the URL that the framework makes of its view of /file."""
    lines: dict[str, str] = {}
    for name, value in headers:  # some frameworks give a repeated header twice; joined means the same (RFC 9110, 5.3)
        lines[name.lower()] = f"{lines[name.lower()]},{value}" if name.lower() in lines else value
    return {
        "method": method,
        "root_path": root_path,
        "path": path,
        "url": url,
        "link": link,
        "query_string": query_string,
        "query": [list(pair) for pair in query],
        "headers": lines,
        "cookies": dict(sorted(cookies.items())),
        "body": base64.b64encode(body).decode(),
        "client": client,
    }


def form(fields: Pairs, files: Iterable[tuple[str, str | None, str | None, bytes]]) -> dict[str, Any]:
    """Return /form's answer; a file is (field, filename, content type, content)."""
    return {
        "fields": [list(pair) for pair in fields],
        "files": [[field, name, kind, base64.b64encode(content).decode()] for field, name, kind, content in files],
    }


def answer(path: str) -> tuple[int, list[tuple[str, str]], bytes]:
    """Return status, headers and body of what tests.apps.ANSWERS has for a path."""
    status, headers, chunks = ANSWERS[path]
    return status, headers, b"".join(chunks)
