"""What front doors refuse for its size, and CORS as HTTP APIs do it: AWS's guides, row by row."""

from __future__ import annotations

from typing import Any

import pytest

from lambdabridge.gateway.cors import apply, preflight
from lambdabridge.gateway.limits import EVENT, header_size, refuse_event, refuse_request
from lambdabridge.gateway.template.stack import Cors
from lambdabridge.messages import Request

MB = 1024 * 1024


def request(body: bytes = b"", headers: Any = (), method: str = "POST", query: str = "") -> Request:
    return Request(method, "/x", "/x", query, list(headers), body)


@pytest.mark.parametrize(
    ("api", "size", "status"),
    [
        ("rest", 10 * MB, None),
        ("rest", 10 * MB + 1, 413),
        ("http", 10 * MB, None),
        ("http-1.0", 10 * MB + 1, 413),
        ("function-url", 6 * MB + 1, 413),
        ("alb", MB, None),
        ("alb", MB + 1, 413),
        ("vpc-lattice-2", 6 * MB + 1, 413),
    ],
)
def test_body(api: str, size: int, status: int | None) -> None:
    refused = refuse_request(request(bytes(size)), api)
    assert (refused and refused[0].status) == status
    if refused:
        assert f"a body of {size:,} bytes or more" in refused[1]


def test_headers_count_as_http_1_1_sends_them() -> None:
    one = request(headers=[("host", "a"), ("x", "yz")], query="a=1")
    assert header_size(one) == len(b"POST /x?a=1 HTTP/1.1\r\nhost: a\r\nx: yz\r\n")


@pytest.mark.parametrize(
    ("api", "length", "status"),
    [("rest", 10_240, None), ("rest", 10_241, 431), ("http", 10_241, 431), ("alb", 20_000, None)],
)
def test_headers(api: str, length: int, status: int | None) -> None:
    value = "v" * (length - header_size(request(headers=[("x", "")])))
    refused = refuse_request(request(headers=[("x", value)]), api)
    assert (refused and refused[0].status) == status


def test_event() -> None:
    assert refuse_event(EVENT, "rest") is None
    refused = refuse_event(EVENT + 1, "rest")
    assert refused is not None
    assert (refused[0].status, refused[0].body) == (413, '{"message":"Request Too Long"}')


ORIGIN = ("origin", "https://a.example")
ASKS = ("access-control-request-method", "PUT")
FULL = Cors(["https://a.example"], ["GET", "PUT"], ["x-a"], ["x-b"], 600, True)
ALLOWED = [("access-control-allow-origin", "https://a.example"), ("access-control-allow-credentials", "true")]


@pytest.mark.parametrize(
    ("cors", "headers", "method", "wanted"),
    [
        (FULL, [ORIGIN], "OPTIONS", None),
        (FULL, [ASKS], "OPTIONS", None),
        (FULL, [ORIGIN, ASKS], "GET", None),
        (
            FULL,
            [ORIGIN, ASKS],
            "OPTIONS",
            [
                *ALLOWED,
                ("access-control-allow-methods", "GET,PUT"),
                ("access-control-allow-headers", "x-a"),
                ("access-control-max-age", "600"),
            ],
        ),
        (FULL, [("origin", "https://evil.example"), ASKS], "OPTIONS", []),
        (Cors(["*"]), [ORIGIN, ASKS], "OPTIONS", [("access-control-allow-origin", "*")]),
        (Cors(["https://*"]), [ORIGIN, ASKS], "OPTIONS", [("access-control-allow-origin", "https://a.example")]),
        (Cors(["http://*"]), [ORIGIN, ASKS], "OPTIONS", []),
    ],
)
def test_preflight(cors: Cors, headers: Any, method: str, wanted: Any) -> None:
    answer = preflight(cors, request(headers=headers, method=method))
    if wanted is None:
        assert answer is None
    else:
        assert answer is not None
        assert (answer.status, answer.headers, answer.body) == (204, wanted, b"")


@pytest.mark.parametrize(
    ("headers", "wanted"),
    [
        ([ORIGIN], [*ALLOWED, ("access-control-expose-headers", "x-b")]),
        ([("origin", "https://evil.example")], []),
        ([], []),
    ],
)
def test_what_the_function_says_of_cors_is_replaced(headers: Any, wanted: Any) -> None:
    said = [("x-c", "1"), ("access-control-allow-origin", "*"), ("access-control-max-age", "1")]
    assert apply(FULL, request(headers=headers), said) == [("x-c", "1"), *wanted]
