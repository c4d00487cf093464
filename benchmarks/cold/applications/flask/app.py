"""What is measured for Flask: one page of JSON."""

from __future__ import annotations

from flask import Flask, Response, jsonify, request

app = Flask(__name__)


@app.get("/items")
def items() -> Response:
    """Return a page of items."""
    page = request.args.get("page", 1, type=int)
    return jsonify(page=page, items=[{"id": number, "name": "item", "price": 12.5} for number in range(3)])
