"""The frameworks' own URLs: links, redirects and documentation pages come out as the client has to call them.

Judged by the frameworks, behind each way an API can be reached; the events are built by tests/peer_cases/events.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.test.utils import override_settings
from django.urls import path as route
from django.urls import reverse
from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse
from flask import Flask, redirect, url_for

from lambdabridge import bridge
from tests.peer_cases.events import DOMAIN, HOST, http_api_1_0, http_api_2_0, rest_api
from tests.peer_cases.frameworks import django_handler

Build = Callable[..., dict[str, Any]]


def rest_stage(path: str) -> dict[str, Any]:
    return rest_api(path=path)


def rest_custom_domain(path: str) -> dict[str, Any]:
    return rest_api(path=path, host=DOMAIN)


def rest_custom_domain_with_base_path(path: str) -> dict[str, Any]:
    return rest_api(path=path, host=DOMAIN, base="/shop")


def http_default(path: str) -> dict[str, Any]:
    return http_api_2_0(path=path)


def http_stage(path: str) -> dict[str, Any]:
    return http_api_2_0(path=path, stage="dev")


def http_custom_domain_hides_the_stage(path: str) -> dict[str, Any]:
    return http_api_2_0(path=path, stage="dev", host=DOMAIN)


def http_1_0_stage(path: str) -> dict[str, Any]:
    return http_api_1_0(path=path, stage="dev")


def http_1_0_custom_domain(path: str) -> dict[str, Any]:
    return http_api_1_0(path=path, stage="dev", host=DOMAIN)


BEGINNINGS = {
    rest_stage: f"https://{HOST}/prod",
    rest_custom_domain: f"https://{DOMAIN}",
    rest_custom_domain_with_base_path: f"https://{DOMAIN}/shop",
    http_default: f"https://{HOST}",
    http_stage: f"https://{HOST}/dev",
    http_custom_domain_hides_the_stage: f"https://{DOMAIN}",
    http_1_0_stage: f"https://{HOST}/dev",
    http_1_0_custom_domain: f"https://{DOMAIN}",
}
PLACES = pytest.mark.parametrize(
    ("build", "beginning"), BEGINNINGS.items(), ids=[build.__name__ for build in BEGINNINGS]
)


@PLACES
def test_flask(build: Build, beginning: str) -> None:
    app = Flask("x")

    @app.get("/items/")
    def items() -> str:
        return url_for("old", _external=True)

    @app.get("/old")
    def old() -> Any:
        return redirect(url_for("items"))

    handler = bridge(app, errors="raise")
    assert handler(build("/items/"))["body"] == f"{beginning}/old"
    root = beginning.partition("//")[2].partition("/")[2]
    assert handler(build("/old"))["headers"]["location"] == (f"/{root}/items/" if root else "/items/")
    # werkzeug's redirect to the path with a slash
    assert handler(build("/items"))["headers"]["location"] == f"{beginning}/items/"


@PLACES
def test_fastapi(build: Build, beginning: str) -> None:
    app = FastAPI()

    @app.get("/items/")
    async def items(request: Request) -> str:
        return str(request.url_for("old"))

    @app.get("/old")
    async def old(request: Request) -> RedirectResponse:
        return RedirectResponse(request.url_for("items"))

    handler = bridge(app, errors="raise")
    assert handler(build("/items/"))["body"] == f'"{beginning}/old"'
    assert handler(build("/old"))["headers"]["location"] == f"{beginning}/items/"
    # Starlette's redirect to the path with a slash
    assert handler(build("/items"))["headers"]["location"] == f"{beginning}/items/"
    root = beginning.partition("//")[2].partition("/")[2]
    path = f"/{root}/openapi.json" if root else "/openapi.json"
    assert f"'{path}'" in handler(build("/docs"))["body"]
    assert handler(build("/openapi.json"))["statusCode"] == 200
    handler.close()


def django_items(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.build_absolute_uri(reverse("old")))


def django_old(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(reverse("items"))


urlpatterns = [route("items/", django_items, name="items"), route("old", django_old, name="old")]


@PLACES
@pytest.mark.parametrize("kind", ["WSGIHandler", "ASGIHandler"])
def test_django(build: Build, beginning: str, kind: str) -> None:
    common = "django.middleware.common.CommonMiddleware"
    with django_handler(kind) as made, override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[common]):
        handler = bridge(type(made)(), errors="raise")
        assert handler(build("/items/"))["body"] == f"{beginning}/old"
        root = beginning.partition("//")[2].partition("/")[2]
        items = f"/{root}/items/" if root else "/items/"
        assert handler(build("/old"))["headers"]["location"] == items
        # Django's redirect to the path with a slash (APPEND_SLASH)
        assert handler(build("/items"))["headers"]["location"] == items
