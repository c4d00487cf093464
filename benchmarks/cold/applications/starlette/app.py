"""What is measured for Starlette: one page of JSON."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


async def items(request: Request) -> JSONResponse:
    """Return a page of items."""
    page = int(request.query_params.get("page", "1"))
    return JSONResponse({"page": page, "items": [{"id": n, "name": "item", "price": 12.5} for n in range(3)]})


app = Starlette(routes=[Route("/items", items)])
