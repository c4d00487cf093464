"""The contract's application in Django, through its ASGI handler."""

from __future__ import annotations

from django.core.handlers.asgi import ASGIHandler

from tests.frameworks.django_views import application

app = application(ASGIHandler)
