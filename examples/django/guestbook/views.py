"""One function for each address in urls.py."""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from io import BytesIO
from urllib.parse import parse_qsl

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from guestbook.forms import EntryForm, UploadForm


class HttpResponseSeeOther(HttpResponseRedirect):
    status_code = 303  # the browser asks for the page with GET, and a reload posts nothing


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    return page(request, EntryForm())


@require_POST
def guestbook(request: HttpRequest) -> HttpResponse:
    form = EntryForm(request.POST)
    if not form.is_valid():
        return page(request, form, status=400)
    request.session["entry"] = form.cleaned_data
    return HttpResponseSeeOther(reverse("index"))


@require_safe
def echo(request: HttpRequest) -> HttpResponse:
    seen = {
        "method": request.method,
        "path": request.path,
        "url": request.build_absolute_uri(),
        # request.GET would group repeated names: a=1&b=2&a=3 would come out as a, a, b
        "query": parse_qsl(request.META["QUERY_STRING"], keep_blank_values=True),
        "client": request.META.get("REMOTE_ADDR"),
        "cookies": sorted(request.COOKIES),
    }
    return JsonResponse(seen)


@csrf_exempt  # called by programs, not by a form; no cookie gives it any right
@require_POST
def sum_numbers(request: HttpRequest) -> HttpResponse:
    try:
        numbers = json.loads(request.body)["numbers"]
    except (ValueError, TypeError, KeyError):
        numbers = None
    if not isinstance(numbers, list) or not all(is_number(number) for number in numbers):
        return JsonResponse({"error": 'expected JSON such as {"numbers": [1, 2, 3]}'}, status=400)
    return JsonResponse({"sum": sum(numbers)})


@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return JsonResponse({"error": form.errors}, status=400)
    file = form.cleaned_data["file"]
    content = file.read()
    received = {
        "filename": file.name,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "content_type": file.content_type,
    }
    return JsonResponse(received)


@require_safe
def download(request: HttpRequest) -> FileResponse:
    return FileResponse(BytesIO(gradient_png()), as_attachment=True, filename="gradient.png")


@require_safe
def old(request: HttpRequest) -> HttpResponse:
    return redirect("index")


@require_safe
def error(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("this page always fails")


def page(request: HttpRequest, form: EntryForm, status: int = 200) -> HttpResponse:
    context = {
        "entry": request.session.get("entry"),
        "form": form,
        "upload_form": UploadForm(),
        "sum_url": request.build_absolute_uri(reverse("sum_numbers")),
    }
    return render(request, "guestbook/index.html", context, status=status)


def is_number(value: object) -> bool:
    # Beyond 2**53 JSON readers disagree about integers (RFC 8259, section 6). NaN fails the comparison as well.
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 2**53


def gradient_png(width: int = 160, height: int = 128) -> bytes:
    """Draw a gradient from dark blue to yellow; uncompressed, so that it weighs 60 KB."""
    rows = bytearray()
    for y in range(height):
        rows.append(0)  # each row opens with its filter type; 0 is none
        for x in range(width):
            rows += bytes((255 * x // width, 255 * y // height, 96))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)  # 8 bits a channel, RGB
    body = zlib.compress(bytes(rows), 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
