"""The site's addresses; the names are what `reverse`, `redirect` and `{% url %}` ask for."""

from __future__ import annotations

from django.urls import path

from guestbook import views

urlpatterns = [
    path("", views.index, name="index"),
    path("guestbook", views.guestbook, name="guestbook"),
    path("api/echo", views.echo, name="echo"),
    path("api/sum", views.sum_numbers, name="sum_numbers"),
    path("upload", views.upload, name="upload"),
    path("download", views.download, name="download"),
    path("old", views.old, name="old"),
    path("error", views.error, name="error"),
]
