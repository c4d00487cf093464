"""Hypothesis: what was sent is what is seen, and no event, however mutated, gives anything but an answer or a typed error."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, unquote_to_bytes
from wsgiref.validate import validator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdabridge import bridge
from lambdabridge.errors import EventError
from lambdabridge.sources.members import decode_path, encode_path
from tests.apps import asgi_app, wsgi_app
from tests.events import alb, function_url
from tests.peer_cases.events import ALL as ALL_API_GATEWAY
from tests.scenarios import Scenario
from tests.wire import answer, event_of, front_door

TOKEN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"
names = st.text(TOKEN, min_size=1, max_size=12).map(lambda name: "x-" + name.lower())
# visible latin-1 and inner spaces; a comma would be ambiguous where lines are joined
values = st.text(
    st.characters(min_codepoint=0x21, max_codepoint=0xFF, exclude_characters=",\x7f"), min_size=1, max_size=12
)
values = values.filter(lambda value: value.isprintable())
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
segments = st.binary(min_size=1, max_size=8).map(lambda raw: quote(raw, safe="!$&'()*+,;=:@"))
text_segments = texts.filter(bool).map(lambda text: quote(text, safe="!$&'()*+,;=:@"))
queries = st.lists(st.tuples(texts, texts), max_size=4)


def scenarios(path_segments: st.SearchStrategy[str]) -> st.SearchStrategy[Scenario]:
    return st.builds(
        lambda path, query, method, headers, content_type, body: Scenario(
            "generated",
            "/echo/" + "/".join(path) + ("?" + "&".join(f"{quote(n)}={quote(v)}" for n, v in query) if query else ""),
            method,
            (*headers, *((("content-type", content_type),) if content_type else ())),
            body,
        ),
        st.lists(path_segments, max_size=3),
        queries,
        st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
        st.lists(st.tuples(names, values), max_size=3),
        st.sampled_from(["", "text/plain", "application/json", "application/octet-stream"]),
        st.binary(max_size=20),
    )


def check(scenario: Scenario, app: Any, api: str, stage: str) -> None:
    if api != "rest" and scenario.body:
        # an HTTP API passes text as text: bytes that are not UTF-8 under a text type are the client's error
        content_type = dict(scenario.headers).get("content-type", "")
        if content_type in ("text/plain", "application/json"):
            scenario = Scenario("generated", scenario.target, scenario.method, scenario.headers, b"text")
    door = front_door(api, stage, multi_value_headers=True)
    got = answer(door, bridge(app, errors="raise"), scenario)
    assert got.response.status == 200, got.reason
    seen = json.loads(got.response.body)
    path, _, query = scenario.target.partition("?")
    assert seen["method"] == scenario.method
    assert seen["root_path"] == door.settings.stage_path
    assert seen["path"] == door.settings.stage_path + unquote(path)
    if api == "http":
        assert unquote(seen["raw_path"]) == door.settings.stage_path + unquote(path)
        assert seen["query_string"] == query
    else:
        assert seen["raw_path"] == door.settings.stage_path + path
    assert by_name(seen["query_string"]) == by_name(query)
    sent: dict[str, str] = {}
    for name, value in scenario.headers:
        sent[name] = f"{sent[name]},{value}" if name in sent else value
    assert {name: seen["headers"].get(name) for name in sent} == sent
    assert base64.b64decode(seen["body"]) == scenario.body


def by_name(query: str) -> dict[str, list[str]]:
    parameters: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        parameters.setdefault(name, []).append(value)
    return parameters


RAW_PATHS = [("rest", "prod"), ("rest", "v1"), ("http-1.0", "prod"), ("function-url", ""), ("alb", "")]


@given(scenarios(segments), st.sampled_from(RAW_PATHS))
def test_wsgi_sees_what_was_sent_where_paths_are_raw(scenario: Scenario, place: tuple[str, str]) -> None:
    check(scenario, wsgi_app, *place)


@given(scenarios(segments), st.sampled_from(RAW_PATHS))
def test_asgi_sees_what_was_sent_where_paths_are_raw(scenario: Scenario, place: tuple[str, str]) -> None:
    check(scenario, asgi_app, *place)


# payload 2.0 has the path as text: bytes that are not UTF-8 are lost before they come here
@given(scenarios(text_segments), st.sampled_from(["$default", "prod"]))
def test_wsgi_sees_what_was_sent_in_payload_2(scenario: Scenario, stage: str) -> None:
    check(scenario, wsgi_app, "http", stage)


@given(scenarios(text_segments), st.sampled_from(["$default", "prod"]))
def test_asgi_sees_what_was_sent_in_payload_2(scenario: Scenario, stage: str) -> None:
    check(scenario, asgi_app, "http", stage)


lines = st.lists(st.tuples(names, values), max_size=4)


@given(
    st.sampled_from(["rest", "http", "http-1.0", "function-url", "alb"]),
    st.integers(200, 599),
    lines,
    st.lists(values, max_size=3),
    st.binary(),
)
def test_client_gets_what_the_application_said(
    api: str, status: int, headers: list[tuple[str, str]], cookies: list[str], body: bytes
) -> None:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        start_response(f"{status} X", headers + [("Set-Cookie", cookie) for cookie in cookies])
        return [body]

    door = front_door(api, multi_value_headers=status % 2 == 0)
    response = answer(door, bridge(app, errors="raise"), Scenario("x", "/")).response
    assert response.status == status
    assert response.body == (b"" if status in (204, 304) else body)
    # REST and HTTP 1.0 send the same line once (AWS: "only one of them is returned")
    once = list(dict.fromkeys(cookies))
    assert [value for name, value in response.headers if name == "set-cookie"] == once
    for name, _ in headers:
        sent = list(dict.fromkeys(v for n, v in headers if n == name))
        got = [v for n, v in response.headers if n == name]
        assert list(dict.fromkeys(", ".join(got).split(", "))) == sent


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_a_decoded_path_survives_encoding(path: str) -> None:
    raw = encode_path(path)
    assert raw.isascii()
    assert unquote(raw) == path


@given(st.binary(max_size=30))
def test_every_byte_of_a_path_survives_decoding(raw: bytes) -> None:
    encoded = quote(raw, safe="!$&'()*+,;=:@/")
    assert decode_path(encoded).encode("latin-1") == raw == unquote_to_bytes(encoded)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 600) | st.text(max_size=8),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=8), children, max_size=3),
    max_leaves=6,
)
ALL = (*ALL_API_GATEWAY, function_url, alb)
MEMBERS = sorted({member for build in ALL for member in build()})
CONTEXT = sorted({member for build in ALL for member in build()["requestContext"]})


@given(
    st.sampled_from(ALL),
    st.dictionaries(st.sampled_from(MEMBERS), JSON, max_size=3),
    st.dictionaries(st.sampled_from(CONTEXT), JSON, max_size=2),
    st.dictionaries(st.sampled_from(["method", "path", "protocol", "sourceIp", "userAgent"]), JSON, max_size=1),
    st.lists(st.sampled_from(MEMBERS), max_size=2),
)
@settings(max_examples=1000)
@pytest.mark.filterwarnings("ignore:Unknown REQUEST_METHOD")
def test_mutated_events(build: Any, members: Any, context: Any, inner: Any, without: list[str]) -> None:
    event = build(path="/text")
    event["requestContext"].get("http", event["requestContext"].get("identity", {})).update(inner)
    event["requestContext"] |= context
    event |= members
    for member in without:
        event.pop(member, None)
    answered_or_refused(event)


@given(JSON)
def test_events_of_any_shape(event: Any) -> None:
    answered_or_refused(event)


def content(environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"content"]


async def asgi_content(scope: Any, receive: Any, send: Any) -> None:
    """Answer if the scope holds what the specification says it holds."""
    for member in ("http_version", "method", "scheme", "path", "root_path"):
        assert type(scope[member]) is str, member
    assert type(scope["raw_path"]) is type(scope["query_string"]) is bytes
    assert all(type(name) is type(value) is bytes for name, value in scope["headers"])
    for address in (scope["client"] or ["", 0], scope["server"]):
        assert [type(item) for item in address] == [str, int]
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body", "body": b"content"})


MEMBERS_OF_RESULTS = {
    *("statusCode", "statusDescription", "headers", "multiValueHeaders", "cookies", "body", "isBase64Encoded")
}
HANDLERS = (
    bridge(validator(content), interface="wsgi", errors="raise"),
    bridge(asgi_content, lifespan="off", errors="raise"),
)


def answered_or_refused(event: Any) -> None:
    """Check that nothing malformed reaches the application: wsgiref's validator and asgi_content would say so."""
    for handler in HANDLERS:
        try:
            result = handler(event)
        except EventError as error:
            assert "\n" not in str(error)  # noqa: PT017 - either outcome is right
            continue
        json.dumps(result)
        assert set(result) <= MEMBERS_OF_RESULTS
        assert result["statusCode"] in (200, 400)


@given(st.sampled_from(["rest", "http", "http-1.0"]), scenarios(text_segments))
def test_events_are_json(api: str, scenario: Scenario) -> None:
    event = event_of(front_door(api), scenario)
    assert json.loads(json.dumps(event)) == event
