"""What is measured for FastAPI: one page of JSON, with a parameter and a response model."""

from __future__ import annotations

from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Item(BaseModel):
    """One item."""

    id: int
    name: str
    price: float


class Page(BaseModel):
    """A page of items."""

    page: int
    items: list[Item]


@app.get("/items")
async def items(page: int = 1) -> Page:
    """Return a page of items."""
    return Page(page=page, items=[Item(id=number, name="item", price=12.5) for number in range(3)])
