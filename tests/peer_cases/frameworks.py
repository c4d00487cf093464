"""A Django project of one module, which leaves no trace in other tests' settings."""

from __future__ import annotations

from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.functional import empty

if TYPE_CHECKING:
    from collections.abc import Iterator


def hello(request: HttpRequest) -> HttpResponse:
    """Answer with a fixed word."""
    return HttpResponse("hello")


def url(request: HttpRequest) -> HttpResponse:
    """Answer with the URL of the request."""
    return HttpResponse(request.build_absolute_uri())


urlpatterns = [path("hello", hello), path("url", url)]


@contextmanager
def django_handler(name: str) -> Iterator[Any]:
    """Make Django's "WSGIHandler" or "ASGIHandler" for this module's URLs, under settings of its own."""
    others = settings._wrapped
    settings._wrapped = empty
    settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="x", LOGGING_CONFIG=None)
    try:
        yield getattr(import_module(f"django.core.handlers.{name[:4].lower()}"), name)()
    finally:
        settings._wrapped = others
