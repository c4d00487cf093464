"""The contract's application in Django: settings, URLs and views, for its WSGI and its ASGI handler."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.handlers.asgi import ASGIRequest
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import path, re_path, reverse
from django.utils.functional import empty
from django.views.decorators.http import require_POST, require_safe

from tests.apps import ANSWERS
from tests.frameworks.contract import CHALLENGE, FILE, PARTS, SECRET, answer, form, seen

SETTINGS = {
    "ROOT_URLCONF": __name__,
    "ALLOWED_HOSTS": ["*"],
    "SECRET_KEY": SECRET,
    "SESSION_ENGINE": "django.contrib.sessions.backends.signed_cookies",
    "MIDDLEWARE": [
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.http.ConditionalGetMiddleware",
    ],
    "LOGGING_CONFIG": None,
}


@contextmanager
def these_settings() -> Iterator[None]:
    """Have Django use SETTINGS: it has one set in a process, and another test may have configured it."""
    others = settings._wrapped
    settings._wrapped = empty
    settings.configure(**SETTINGS)
    try:
        yield
    finally:
        settings._wrapped = others


def application(make: Callable[[], Any]) -> Any:
    """Return Django's handler, whose middleware is made under SETTINGS."""
    if settings.configured:
        with these_settings():
            return make()
    settings.configure(**SETTINGS)  # a process that serves this application alone
    return make()


def echo(request: HttpRequest) -> JsonResponse:
    meta = request.META
    return JsonResponse(
        seen(
            method=str(request.method),
            root_path=request.scope["root_path"] if isinstance(request, ASGIRequest) else meta["SCRIPT_NAME"],
            path=request.path,
            url=request.build_absolute_uri(),
            link=reverse("file"),
            query_string=meta["QUERY_STRING"],
            query=[(name, value) for name, values in request.GET.lists() for value in values],
            headers=request.headers.items(),
            cookies=request.COOKIES,
            body=request.body,
            client=meta["REMOTE_ADDR"],
        )
    )


def fields(request: HttpRequest) -> JsonResponse:
    files = [(field, f.name, f.content_type, f.read()) for field, fs in request.FILES.lists() for f in fs]
    return JsonResponse(form([(name, value) for name, values in request.POST.lists() for value in values], files))


def two_cookies(request: HttpRequest) -> HttpResponse:
    response = HttpResponse("two")
    response.set_cookie("theme", "dark; not light", httponly=True, samesite="Lax")
    response.set_cookie("lang", "fr", path="/echo", secure=True)
    response.delete_cookie("old")
    return response


def go(request: HttpRequest) -> HttpResponse:
    return redirect(reverse("echo") + "?x=1&x=2")


def file(request: HttpRequest) -> FileResponse:
    return FileResponse(FILE.open("rb"), as_attachment=True, content_type="application/octet-stream")


def file_of_text(request: HttpRequest) -> FileResponse:
    return FileResponse(Path(__file__).open("rb"), as_attachment=True, filename="gr\xfc\xdfe.py")


def streamed(request: HttpRequest) -> StreamingHttpResponse:
    async def parts() -> AsyncIterator[str]:
        for part in PARTS:
            yield part

    # Django warns where an ASGI handler has to read a plain iterator, and a WSGI handler an asynchronous one
    return StreamingHttpResponse(parts() if isinstance(request, ASGIRequest) else iter(PARTS), "text/plain")


def visits(request: HttpRequest) -> HttpResponse:
    request.session["visits"] = request.session.get("visits", 0) + 1
    return HttpResponse(request.session["visits"])


def refused(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied("not you")


def login(request: HttpRequest) -> HttpResponse:
    return HttpResponse("who?", status=401, headers={"WWW-Authenticate": CHALLENGE})


def error(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("on purpose")


def answers(request: HttpRequest, name: str) -> HttpResponse:
    if f"/{name}" not in ANSWERS:
        raise Http404
    status, headers, body = answer(f"/{name}")
    response = HttpResponse(body, status=status)
    for key, value in headers:
        if key == "Set-Cookie":
            response.cookies.load(value)
        else:  # Django has one value for each name
            response[key] = f"{response[key]}, {value}" if key == "Vary" and key in response else value
    return response


urlpatterns = [
    path("form", require_POST(fields)),
    path("two-cookies", require_safe(two_cookies)),
    path("go", require_safe(go)),
    path("file", require_safe(file), name="file"),
    path("file-of-text", require_safe(file_of_text)),
    path("streamed", require_safe(streamed)),
    path("visits", require_safe(visits)),
    path("refused", require_safe(refused)),
    path("login", require_safe(login)),
    path("error", error),
    path("echo", echo, name="echo"),
    re_path("^echo", echo),
    path("<name>", answers),
]
