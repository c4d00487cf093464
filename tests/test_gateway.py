"""The local gateway without sockets: stage and route, headers, refusals, and the execution environment behind it."""

from __future__ import annotations

import asyncio
import functools
import sqlite3
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from lambdabridge import bridge
from lambdabridge.adapter import Handler
from lambdabridge.errors import ConfigurationError, TargetError
from lambdabridge.gateway.environment import Environment
from lambdabridge.gateway.front_door import FrontDoor, FunctionError, StoppedWaiting
from lambdabridge.gateway.handlers import as_handler
from lambdabridge.gateway.settings import APIS, Settings
from lambdabridge.gateway.template.stack import Cors
from lambdabridge.sources.registry import resolve
from tests.apps import PNG, asgi_app, wsgi_app
from tests.scenarios import Scenario
from tests.wire import answer, event_of, finish, front_door, request_of

REST_502 = (502, b'{"message": "Internal server error"}')
HTTP_500 = (500, b'{"message":"Internal Server Error"}')


def returning(result: Any) -> Any:
    return lambda event, context: result


# --- events ----------------------------------------------------------------------------------------------------------

POST = Scenario(
    "x",
    "/a%20b/c?q=1&q=2",
    "POST",
    (("content-type", "application/json"), ("cookie", "a=1; b=2"), ("expect", "x"), ("x-forwarded-for", "6.6.6.6")),
    b"{}",
)


def test_rest_event() -> None:
    """Whole, but for what changes with each request."""
    event = event_of(front_door("rest"), POST)
    context = event.pop("requestContext")
    assert event.pop("multiValueHeaders") == {name: [value] for name, value in event["headers"].items()}
    assert event["headers"].pop("X-Amzn-Trace-Id").startswith("Root=1-")
    assert event == {
        "resource": "/{proxy+}",
        "path": "/a%20b/c",
        "httpMethod": "POST",
        "headers": {
            "Host": "test.example:8000",
            "content-type": "application/json",
            "cookie": "a=1; b=2",
            "X-Forwarded-For": "6.6.6.6, 203.0.113.9",
            "X-Forwarded-Port": "443",
            "X-Forwarded-Proto": "https",
        },
        "queryStringParameters": {"q": "2"},
        "multiValueQueryStringParameters": {"q": ["1", "2"]},
        "pathParameters": {"proxy": "a%20b/c"},
        "stageVariables": None,
        "body": "e30=",
        "isBase64Encoded": True,
    }
    assert context["path"] == "/prod/a%20b/c"
    assert (context["stage"], context["resourcePath"], context["identity"]["sourceIp"]) == (
        "prod",
        "/{proxy+}",
        "203.0.113.9",
    )


def test_http_event() -> None:
    event = event_of(front_door("http", "dev"), POST)
    context = event.pop("requestContext")
    assert event["headers"].pop("x-amzn-trace-id").startswith("Root=1-")
    assert event == {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/dev/a b/c",
        "rawQueryString": "q=1&q=2",
        "cookies": ["a=1", "b=2"],
        "headers": {
            "host": "test.example:8000",
            "content-type": "application/json",
            "content-length": "2",
            "expect": "x",
            "x-forwarded-for": "6.6.6.6, 203.0.113.9",
            "x-forwarded-port": "443",
            "x-forwarded-proto": "https",
        },
        "queryStringParameters": {"q": "1,2"},
        "body": "{}",
        "isBase64Encoded": False,
    }
    assert context["http"] == {
        "method": "POST",
        "path": "/dev/a b/c",
        "protocol": "HTTP/1.1",
        "sourceIp": "203.0.113.9",
        "userAgent": "",
    }
    assert (context["stage"], context["routeKey"]) == ("dev", "$default")


def test_what_is_empty_is_absent_on_an_http_api_and_null_on_a_rest_api() -> None:
    get = Scenario("x", "/")
    http = event_of(front_door("http"), get)
    assert not {"cookies", "queryStringParameters", "pathParameters", "stageVariables", "body"} & set(http)
    rest = event_of(front_door("rest"), get)
    absent = ("queryStringParameters", "multiValueQueryStringParameters", "pathParameters", "stageVariables", "body")
    assert [rest[member] for member in absent] == [None] * 5
    assert rest["resource"] == "/"
    assert "version" not in rest


@pytest.mark.parametrize("content_type", ["", "application/x-www-form-urlencoded", "application/problem+json"])
def test_http_api_sends_few_types_as_text(content_type: str) -> None:
    """Measured on AWS (ministack issue 766): forms and a missing type come as base64 even if they are ASCII."""
    event = event_of(front_door("http"), Scenario("x", "/", "POST", (("content-type", content_type),), b"a=1"))
    assert (event["body"], event["isBase64Encoded"]) == ("YT0x", True)


def test_rest_api_without_binary_types_loses_bytes() -> None:
    door = front_door("rest", binary_media_types=())
    event = event_of(door, Scenario("x", "/", "POST", (("content-type", "image/png"),), b"\x89P\xff"))
    assert (event["body"], event["isBase64Encoded"]) == ("\ufffdP\ufffd", False)


# --- stage -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("api", "stage", "target", "status", "body"),
    [
        ("rest", "", "/text", 403, b'{"message":"Forbidden"}'),
        ("rest", "", "/production", 403, b'{"message":"Forbidden"}'),
        ("http", "dev", "/text", 404, b'{"message":"Not Found"}'),
    ],
)
def test_a_path_without_the_stage_is_refused(api: str, stage: str, target: str, status: int, body: bytes) -> None:
    door = front_door(api, stage)
    got = finish(door.answer(request_of(Scenario("x", target)), returning({})))
    assert (got.response.status, got.response.body) == (status, body)
    assert got.reason == f"the stage is part of the path: http://test.example:8000{door.settings.stage_path}/"


# --- results ---------------------------------------------------------------------------------------------------------

REFUSED = {
    "unknown member": ({"statusCode": 200, "cookies": []}, "a REST API rejects the unknown member 'cookies'"),
    "no object": ("text", "the result must be an object and is str"),
    "none": (None, "the result must be an object and is NoneType"),
    "status": ({"statusCode": "many"}, "statusCode must be an HTTP status and is 'many'"),
    "status 0": ({"statusCode": 0}, "statusCode must be an HTTP status and is 0"),
    "header list": ({"headers": {"X-A": ["1"]}}, "the header 'X-A' must be a string and is list"),
    "headers a list": ({"headers": []}, "headers must be an object and is list"),
    "multi": ({"multiValueHeaders": {"X-A": "1"}}, "multiValueHeaders['X-A'] must be a list and is str"),
    "body": ({"body": {"a": 1}}, "the member 'body' must be a string and is dict"),
}


@pytest.mark.parametrize(("result", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_a_rest_api_refuses(result: Any, reason: str) -> None:
    got = answer(front_door("rest"), returning(result), Scenario("x", "/"))
    assert (got.response.status, got.response.body) == REST_502
    assert got.reason.startswith(f"API Gateway would answer 502 here: {reason}")


def test_base64_that_is_none_is_a_rest_apis_500() -> None:
    """ls-rest-binary-19: every other result that is refused is a 502."""
    got = answer(
        front_door("rest", binary_media_types=("*/*",)),
        returning({"body": "aGk", "isBase64Encoded": True}),
        Scenario("x", "/"),
    )
    assert (got.response.status, got.response.body) == (500, REST_502[1])
    assert got.reason.startswith(
        "API Gateway would answer 500 here: isBase64Encoded is true and the body is not base64"
    )


@pytest.mark.parametrize("api", ["http", "http-1.0"])
def test_what_an_http_api_refuses(api: str) -> None:
    got = answer(front_door(api), returning({"statusCode": 200, "headers": {"a": ["1"]}}), Scenario("x", "/"))
    assert (got.response.status, got.response.body) == HTTP_500
    assert got.reason == "API Gateway would answer 500 here: the header 'a' must be a string and is list"


@pytest.mark.parametrize(("api", "error"), [("rest", REST_502), ("http", HTTP_500), ("http-1.0", HTTP_500)])
def test_a_failing_function(api: str, error: Any) -> None:
    async def invoke(event: Any) -> object:
        raise FunctionError("ValueError: no")

    got = finish(front_door(api).answer(request_of(Scenario("x", "/prod" if api == "rest" else "/")), invoke))
    assert (got.response.status, got.response.body) == error
    assert got.reason == "the function failed: ValueError: no"


INFERRED = {
    "object": ({"a": 1}, b'{"a": 1}'),
    "string": ("text", b"text"),
    "list": ([1], b"[1]"),
    "number": (5, b"5"),
}


@pytest.mark.parametrize(("result", "body"), INFERRED.values(), ids=INFERRED)
def test_http_api_infers_a_response(result: Any, body: bytes) -> None:
    response = answer(front_door("http"), returning(result), Scenario("x", "/")).response
    assert (response.status, response.body, dict(response.headers)["content-type"]) == (200, body, "application/json")


def test_merge_order_of_headers_differs() -> None:
    """REST: multiValueHeaders first; HTTP 1.0: headers first (both recorded). The same line comes once."""
    result = {"statusCode": 200, "headers": {"X-A": "1"}, "multiValueHeaders": {"x-a": ["2", "1"]}}
    lines = {}
    for api in ("rest", "http-1.0"):
        headers = answer(front_door(api), returning(result), Scenario("x", "/")).response.headers
        lines[api] = [value for name, value in headers if name == "x-a"]
    assert lines == {"rest": ["2", "1"], "http-1.0": ["1", "2"]}


def test_default_content_types() -> None:
    got = {}
    for api in ("rest", "http", "http-1.0"):
        response = answer(front_door(api), returning({"statusCode": 200}), Scenario("x", "/")).response
        got[api] = dict(response.headers)["content-type"]
    assert got == {
        "rest": "application/json",
        "http": "text/plain; charset=utf-8",
        "http-1.0": "text/plain; charset=utf-8",
    }


def test_rest_remaps_headers() -> None:
    result = {"headers": {"Connection": "c", "Date": "d", "Server": "s", "WWW-Authenticate": "w", "X-A": "a"}}
    headers = dict(answer(front_door("rest"), returning(result), Scenario("x", "/")).response.headers)
    assert {name: value for name, value in headers.items() if len(value) == 1} == {
        "x-amzn-remapped-connection": "c",
        "x-amzn-remapped-date": "d",
        "x-amzn-remapped-server": "s",
        "x-amzn-remapped-www-authenticate": "w",
        "x-a": "a",
    }


@pytest.mark.parametrize(
    ("types", "accept", "is_decoded"),
    [
        ((), "image/png", False),
        (("image/png",), "image/png", True),
        (("image/*",), "image/png,*/*", True),
        (("image/png",), "*/*", False),
        (("image/png",), "text/html,image/png", False),
        (("*/*",), "", True),
    ],
)
def test_rest_decodes_base64_by_accept(types: Any, accept: str, is_decoded: bool) -> None:
    door = front_door("rest", binary_media_types=types)
    got = answer(door, bridge(wsgi_app), Scenario("x", "/bytes", headers=(("accept", accept),)))
    assert (got.response.body == PNG) is is_decoded
    assert ("the client got the base64 text" in got.reason) is not is_decoded


# --- the execution environment ---------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def started(folder: Path, code: str, name: str = "handler") -> Environment:
    (folder / "target_module.py").write_text(code)
    environment = Environment(f"{folder}/target_module.py:{name}")
    environment.start()
    return environment


def invoke(environment: Environment, event: Any) -> object:
    return asyncio.run(environment.invoke(event, "an-id"))


def test_one_thread_from_import_to_shutdown(folder: Path) -> None:
    """sqlite3 refuses a connection in another thread than the one that opened it; in Lambda there is but one."""
    code = (
        "import sqlite3, threading\n"
        "db = sqlite3.connect(':memory:')\n"
        "def handler(event, context):\n"
        "    if event['n'] is None: return db.close()\n"
        "    return {'sum': db.execute('select 1 + ?', (event['n'],)).fetchone()[0], 'id': context.aws_request_id,\n"
        "            'left': context.get_remaining_time_in_millis() > 0, 'thread': threading.get_ident()}\n"
    )
    environment = started(folder, code)
    first, second, closed = [invoke(environment, {"n": n}) for n in (2, 3, None)]
    assert closed is None
    environment.stop()
    assert isinstance(first, dict)
    assert isinstance(second, dict)
    assert (first["sum"], second["sum"], first["id"], first["left"]) == (3, 4, "an-id", True)
    assert first["thread"] == second["thread"] != threading.get_ident()
    assert sqlite3.threadsafety >= 0


FAILING = {
    "raises": ("def handler(event, context): raise LookupError('x')", "LookupError: x"),
    "exits": ("def handler(event, context): raise SystemExit(3)", "SystemExit: 3"),
    "no JSON": ("def handler(event, context): return {1, 2}", "Runtime.MarshalError: its result is no JSON"),
}


@pytest.mark.parametrize(("code", "message"), FAILING.values(), ids=FAILING)
def test_function_errors(folder: Path, code: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    environment = started(folder, code)
    with pytest.raises(FunctionError, match=message):
        invoke(environment, {})
    with pytest.raises(FunctionError):  # and it still serves
        invoke(environment, {})
    environment.stop()


def test_a_target_that_exits(folder: Path) -> None:
    with pytest.raises(TargetError, match="ended the process while it was imported: SystemExit: 3"):
        started(folder, "raise SystemExit(3)")


def lambda_handler(event: Any, context: Any) -> Any:
    return None


def unused_names(_event: Any, _context: Any) -> Any:
    return None


class HandlerObject:
    def __call__(self, event: Any, context: Any) -> Any: ...

    def method(self, event: Any, context: Any) -> Any: ...


def with_settings(settings: Any, event: Any, context: Any) -> Any: ...


def optional(event: Any, context: Any, extra: Any = None) -> Any: ...


@functools.wraps(lambda_handler)
def wrapped(*args: Any) -> Any: ...


def test_application_or_handler() -> None:
    ready = bridge(wsgi_app)
    assert as_handler(ready, "auto") is ready
    assert as_handler(lambda_handler, "auto") is lambda_handler
    assert as_handler(unused_names, "auto") is unused_names
    assert as_handler(wsgi_app, "handler") is wsgi_app
    for app in (wsgi_app, asgi_app):
        assert isinstance(as_handler(app, "auto"), Handler)
    for handler in (HandlerObject(), HandlerObject().method, functools.partial(with_settings, {}), optional, wrapped):
        assert as_handler(handler, "auto") is handler
    with pytest.raises(ConfigurationError, match="is a Lambda handler already"):
        bridge(lambda_handler)


def test_the_modules_own_handler_is_served(folder: Path) -> None:
    """Else serving `app` where `handler = bridge(app)` stands below it would run the lifespan twice."""
    code = (
        "from lambdabridge import bridge\n"
        "def app(environ, start_response): ...\n"
        "def other(environ, start_response): ...\n"
        "handler = bridge(app)\n"
    )
    environment = started(folder, code, "app")
    assert environment.handler is sys.modules["target_module"].handler
    environment.stop()
    environment = started(folder, code, "other")
    assert environment.handler is not sys.modules["target_module"].handler
    environment.stop()


UNSENDABLE = {
    "status 100": {"statusCode": 100},
    "status 999": {"statusCode": 999},
    "name": {"statusCode": 200, "headers": {"x a": "b"}},
    "name beyond ASCII": {"statusCode": 200, "headers": {"x-\u20ac": "b"}},
    "value": {"statusCode": 200, "headers": {"x-a": "a\r\nset-cookie: b=1"}},
    "surrogate": {"statusCode": 200, "headers": {"x-a": "\udcff"}},
}


@pytest.mark.parametrize("api", ["rest", "http", "http-1.0", "function-url", "alb"])
@pytest.mark.parametrize("result", UNSENDABLE.values(), ids=UNSENDABLE)
def test_what_http_cannot_carry(api: str, result: Any) -> None:
    got = answer(front_door(api), returning(result), Scenario("x", "/"))
    assert got.response.status in (500, 502)
    assert " would answer 50" in got.reason


@pytest.mark.parametrize("cookies", ["a=b", {"a": "b"}, 5, [5], ["a=b\r\nx: y"]])
def test_cookies_that_are_none(cookies: Any) -> None:
    got = answer(front_door("http"), returning({"statusCode": 200, "cookies": cookies}), Scenario("x", "/"))
    assert (got.response.status, got.response.body) == HTTP_500


@pytest.mark.parametrize("status", [204, 304])
def test_no_body_where_http_has_none(status: int) -> None:
    got = answer(front_door("http"), returning({"statusCode": status, "body": "x"}), Scenario("x", "/"))
    assert (got.response.status, got.response.body) == (status, b"")


def test_slashes_before_a_rest_apis_stage_are_one() -> None:
    door = front_door("rest")
    events: list[Any] = []

    async def invoke(event: Any) -> object:
        events.append(event)
        return {}

    finish(door.answer(request_of(Scenario("x", "//prod//x")), invoke))
    assert (events[0]["path"], events[0]["requestContext"]["path"]) == ("/x", "/prod//x")


def test_a_lost_upload_is_said() -> None:
    upload = Scenario("x", "/echo", "POST", (("content-type", "image/png"),), PNG)
    assert answer(front_door("rest", binary_media_types=()), bridge(wsgi_app), upload).reason == (
        "the function got text with U+FFFD for what is not UTF-8, as from API Gateway: a REST API encodes only bodies "
        "whose Content-Type matches its binaryMediaTypes (here: none); try --binary-media-types '*/*', or in a template "
        "BinaryMediaTypes"
    )
    assert answer(front_door("rest"), bridge(wsgi_app), upload).reason == ""


def test_settings_cross_a_process_boundary() -> None:
    settings = Settings("app:app", api="rest", stage="x", binary_media_types=("*/*", "image/png"), port=1)
    assert Settings.from_json(settings.to_json()) == settings


# --- limits, mocks, CORS ---------------------------------------------------------------------------------------------


def never(event: Any, context: Any) -> Any:
    raise AssertionError("the function was called")


@pytest.mark.parametrize(
    ("api", "size", "status", "body"),
    [
        ("rest", 10 * 1024 * 1024 + 1, 413, b'{"message":"Request Too Long"}'),
        ("http", 10 * 1024 * 1024 + 1, 413, b'{"message":"Request Entity Too Large"}'),
        ("rest", 5 * 1024 * 1024, 413, b'{"message":"Request Too Long"}'),  # in base64 more than Lambda takes
        ("function-url", 5 * 1024 * 1024, 413, b"Request Entity Too Large"),
        ("alb", 1024 * 1024 + 1, 413, b"Request Entity Too Large"),
    ],
)
def test_a_body_that_is_too_large_never_reaches_the_function(api: str, size: int, status: int, body: bytes) -> None:
    scenario = Scenario("x", "/", "POST", (("content-type", "application/octet-stream"),), bytes(size))
    got = answer(front_door(api), never, scenario)
    assert (got.response.status, got.response.body) == (status, body)
    assert f"would answer {status} here" in got.reason


def test_a_body_at_the_limit_of_lambda_does() -> None:
    scenario = Scenario("x", "/", "POST", (("content-type", "text/plain"),), b"a" * 6 * 1024 * 1024)
    got = answer(front_door("http"), returning({"statusCode": 200}), scenario)
    assert got.response.status == 413  # with the rest of the event it is too much
    fits = Scenario("x", "/", "POST", (("content-type", "text/plain"),), b"a" * (6 * 1024 * 1024 - 4000))
    assert answer(front_door("http"), returning({"statusCode": 200}), fits).response.status == 200


def test_a_load_balancer_takes_1_mb_of_result() -> None:
    result = {"statusCode": 200, "body": "a" * 1024 * 1024}
    got = answer(front_door("alb"), returning(result), Scenario("x", "/"))
    assert got.response.status == 502
    assert "and 1,048,576 are taken" in got.reason


def test_a_load_balancer_upgrades_nothing() -> None:
    upgrade = (("connection", "Upgrade"), ("upgrade", "websocket"))
    got = answer(front_door("alb"), never, Scenario("x", "/", headers=upgrade))
    assert got.response.status == 400
    seen = event_of(front_door("http"), Scenario("x", "/", headers=upgrade))
    assert not {"upgrade", "connection"} & set(seen["headers"])


def test_long_headers() -> None:
    got = answer(front_door("rest"), never, Scenario("x", "/", headers=(("x-a", "v" * 11_000),)))
    assert got.response.status == 431


@pytest.mark.parametrize(
    ("api", "status", "body"),
    [
        ("rest", 504, b'{"message": "Endpoint request timed out"}'),
        ("http", 503, b'{"message":"Service Unavailable"}'),
        ("function-url", 504, b"Gateway Timeout"),
    ],
)
def test_a_front_door_that_stopped_waiting(api: str, status: int, body: bytes) -> None:
    async def invoke(event: Any) -> object:
        raise StoppedWaiting("29 seconds are over")

    door = front_door(api)
    got = finish(door.answer(request_of(Scenario("x", "/"), door.settings.stage_path), invoke))
    assert (got.response.status, got.response.body) == (status, body)
    assert got.reason.endswith(f"would answer {status} here: 29 seconds are over")


def test_mocks_and_cors() -> None:
    settings = Settings(target="x", api="rest")
    door = FrontDoor(
        settings,
        resolve("rest_api"),  # type: ignore[arg-type]
        routes=("GET /x", "OPTIONS /x"),
        mocks={"OPTIONS /x": (204, {"access-control-allow-origin": "*"})},
    )
    got = answer(door, never, Scenario("x", "/x", "OPTIONS"))
    assert (got.response.status, got.response.headers[0]) == (204, ("access-control-allow-origin", "*"))
    origin = (("origin", "https://a.example"), ("access-control-request-method", "PUT"))
    http = FrontDoor(Settings(target="x"), resolve("http_api_v2"), cors=Cors(["https://a.example"]))  # type: ignore[arg-type]
    got = answer(http, never, Scenario("x", "/x", "OPTIONS", origin))
    assert (got.response.status, got.response.headers[0]) == (204, ("access-control-allow-origin", "https://a.example"))
    said = {"statusCode": 200, "headers": {"access-control-allow-origin": "*", "x-a": "1"}}
    got = answer(http, returning(said), Scenario("x", "/x", headers=origin))
    assert ("access-control-allow-origin", "*") not in got.response.headers
    assert ("access-control-allow-origin", "https://a.example") in got.response.headers


# --- the execution environment's limits ------------------------------------------------------------------------------


def slow_environment(seconds: float, **options: Any) -> Environment:
    environment = Environment("unused", **options)

    def handler(event: Any, context: Any) -> dict[str, int]:
        time.sleep(seconds)
        return {"statusCode": 200}

    environment.handler = handler
    return environment


def test_a_functions_own_timeout() -> None:
    environment = slow_environment(0.4, timeout=0.05)
    with pytest.raises(FunctionError, match=r"^Task timed out after 0\.05 seconds$"):
        asyncio.run(environment.invoke({}, "an-id", 29.0))
    environment.stop()


def test_the_front_doors_patience() -> None:
    environment = slow_environment(0.4)
    with pytest.raises(StoppedWaiting, match=r"did not answer within 0\.05 seconds"):
        asyncio.run(environment.invoke({}, "an-id", 0.05))
    environment.stop()


def test_a_request_behind_one_that_hangs_is_answered() -> None:
    environment = slow_environment(1.0, timeout=0.05)

    async def both() -> None:
        with pytest.raises(FunctionError, match="Task timed out"):
            await environment.invoke({}, "1")
        with pytest.raises(FunctionError, match="it still runs a request that timed out"):
            await environment.invoke({}, "2")

    asyncio.run(both())
    environment.stop()


def test_no_timeout_at_all_is_for_debugging() -> None:
    environment = slow_environment(0.2, timeout=0)
    assert asyncio.run(environment.invoke({}, "1", 0.01)) == {"statusCode": 200}
    environment.stop()


def short_names_handler(e: Any, c: Any) -> None:
    """Its parameters have names of its own."""


def test_a_handler_by_its_name() -> None:
    assert as_handler(short_names_handler, "auto") is short_names_handler
    assert isinstance(as_handler(short_names_handler, "wsgi"), Handler)


def test_who_waits_for_another_request_does_not_lose_its_time() -> None:
    environment = slow_environment(0.2, timeout=0.35)

    async def both() -> list[object]:
        return list(await asyncio.gather(environment.invoke({}, "1"), environment.invoke({}, "2")))

    assert asyncio.run(both()) == [{"statusCode": 200}] * 2
    environment.stop()


def test_a_result_of_more_than_6_mb_is_none() -> None:
    environment = Environment("unused")
    environment.handler = lambda event, context: {"body": "a" * (6 * 1024 * 1024 + 101)}
    with pytest.raises(FunctionError, match=r"Function\.ResponseSizeTooLarge: .*6291556 bytes"):
        asyncio.run(environment.invoke({}, "an-id"))
    environment.stop()


@pytest.mark.parametrize("method", ["TRACE", "PROPFIND", "get"])
def test_a_rest_api_takes_seven_methods(method: str) -> None:
    got = answer(front_door("rest"), never, Scenario("x", "/x", method))
    assert (got.response.status, got.response.body) == (403, b'{"message":"Missing Authentication Token"}')
    assert (
        answer(front_door("http"), returning({"statusCode": 204}), Scenario("x", "/x", method)).response.status == 204
    )


# --- custom domains --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("api", "stage", "base_path", "target", "path", "root_path"),
    [
        ("rest", "", "/shop", "/shop/text", "/text", "/shop"),
        ("rest", "", "/", "/text", "/text", ""),
        ("http", "v1", "/", "/text", "/text", ""),
        ("http-1.0", "v1", "/", "/text", "/text", ""),
    ],
)
def test_custom_domain(api: str, stage: str, base_path: str, target: str, path: str, root_path: str) -> None:
    seen: list[tuple[str, str]] = []

    def app(environ: Any, start_response: Any) -> list[bytes]:
        seen.append((environ["PATH_INFO"], environ["SCRIPT_NAME"]))
        start_response("204 No Content", [])
        return []

    settings = Settings(target="x", api=api, stage=stage, base_path=base_path)
    settings.check()
    door = FrontDoor(settings, resolve(APIS[api]))  # type: ignore[arg-type]
    request = request_of(Scenario("x", target))
    handler = bridge(app)

    async def invoke(event: Any) -> object:
        assert ".execute-api." not in event["requestContext"]["domainName"]
        return handler(event)

    assert finish(door.answer(request, invoke)).response.status == 204
    assert seen == [(path, root_path)]


@pytest.mark.parametrize(("api", "base_path"), [("alb", "/x"), ("rest", "x"), ("rest", "/a b")])
def test_a_base_path_that_is_none(api: str, base_path: str) -> None:
    with pytest.raises(ConfigurationError, match=f"^--base-path {base_path}: expected a path such as /shop"):
        Settings(target="x", api=api, base_path=base_path).check()
