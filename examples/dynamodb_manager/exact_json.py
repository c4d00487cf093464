"""JSON without loss for DynamoDB: a number keeps its 38 digits; sets and binary values, which JSON lacks, get a form.

boto3 takes and gives numbers as Decimal and refuses floats; Python's own json reads 0.1 as a float and can't write a
Decimal, and Flask's makes text of it. simplejson reads and writes Decimals as JSON numbers, digit by digit.
"""

from __future__ import annotations

import base64
from typing import Any

import simplejson
from boto3.dynamodb.types import Binary
from flask.json.provider import JSONProvider


class ExactJSON(JSONProvider):
    """Flask's JSON, by simplejson."""

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        return simplejson.dumps(obj, use_decimal=True, default=plain, **kwargs)

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        return simplejson.loads(s, use_decimal=True, **kwargs)


def plain(value: object) -> object:
    """Return what stands for it in JSON: a sorted list for a set, base64 for a binary value."""
    if isinstance(value, Binary):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=lambda member: bytes(member) if isinstance(member, Binary) else member)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def show(value: object) -> str:
    """Return a value as the client wrote it, or its beginning, for a message."""
    text = simplejson.dumps(value, use_decimal=True, default=plain, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."
