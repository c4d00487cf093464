"""What is measured for Django: one page of JSON, in one file, without a database."""

from __future__ import annotations

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, JsonResponse
from django.urls import path


def items(request: HttpRequest) -> JsonResponse:
    """Return a page of items."""
    page = int(request.GET.get("page", 1))
    return JsonResponse({"page": page, "items": [{"id": n, "name": "item", "price": 12.5} for n in range(3)]})


urlpatterns = [path("items", items)]
settings.configure(
    ALLOWED_HOSTS=["*"],
    MIDDLEWARE=["django.middleware.security.SecurityMiddleware", "django.middleware.common.CommonMiddleware"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="benchmark",
)
app = get_wsgi_application()
