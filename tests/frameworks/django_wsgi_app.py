"""The contract's application in Django, through its WSGI handler."""

from __future__ import annotations

from django.core.handlers.wsgi import WSGIHandler

from tests.frameworks.django_views import application

app = application(WSGIHandler)
