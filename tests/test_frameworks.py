"""Each framework sees the same request, and its client gets the same response, through a real server and through events.

Judges: gunicorn for WSGI, uvicorn for ASGI, over sockets, with the same application (tests/frameworks/) behind them. Every
difference that a front door makes is listed below with its reason, and nothing else may differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from http.cookies import SimpleCookie

import pytest

from tests.apps import ANSWERS
from tests.frameworks.contract import FRAMEWORKS, Framework
from tests.frameworks.servers import (
    API_PREFIXES,
    Served,
    gunicorns,
    served,
    through_a_server,
    through_events,
    wait_for,
)
from tests.frameworks.sight import seen_by_app, seen_by_client, undated
from tests.scenarios import FORM, SCENARIOS, Scenario

pytestmark = [
    pytest.mark.filterwarnings(
        "ignore:StreamingHttpResponse must consume synchronous iterators"
    ),  # Django's FileResponse
    # WebOb's temporary files; Bottle's answer to a Range beyond the file; Quart, when uvicorn's client goes away at once
    pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning"),
]
MULTIPART = ("content-type", "multipart/form-data; boundary=x1")


def part(name: str, content: bytes, *, file: str = "", kind: str = "") -> bytes:
    """Return a part of a multipart body, as a browser writes it."""
    filename = f'; filename="{file}"\r\nContent-Type: {kind}' if file else ""
    return f'--x1\r\nContent-Disposition: form-data; name="{name}"{filename}\r\n\r\n'.encode() + content + b"\r\n"


PARTS = (
    part("name", "Zo\xeb".encode())
    + part("f", bytes(range(256)), file="gr\xfc\xdfe.bin", kind="application/octet-stream")
    + part("name", b"two\r\nlines")
    + part("f", b"", file="empty.txt", kind="text/plain")
    + b"--x1--\r\n"
)

# what the contract has beyond tests.scenarios, with the status that each has to have
MORE: list[tuple[Scenario, int]] = [
    (Scenario("form, parsed", "/form", "POST", (FORM,), b"a=1%2B1&name=Zo%C3%AB+%26&name=2"), 200),
    (Scenario("form with files, parsed", "/form", "POST", (MULTIPART,), PARTS), 200),
    (Scenario("two cookies", "/two-cookies"), 200),
    (Scenario("redirect to a view", "/go"), 302),
    (Scenario("file", "/file"), 200),
    (Scenario("part of a file", "/file", headers=(("range", "bytes=10-29"),)), 206),
    (Scenario("part beyond a file", "/file", headers=(("range", "bytes=99999999-"),)), 416),
    (Scenario("old file", "/file", headers=(("if-modified-since", "Thu, 01 Jan 2099 00:00:00 GMT"),)), 304),
    (Scenario("file-of-text", "/file-of-text"), 200),
    (Scenario("streamed", "/streamed"), 200),
    (Scenario("head of streamed", "/streamed", "HEAD"), 200),
    (Scenario("refused", "/refused"), 403),
    (Scenario("login", "/login"), 401),
    (Scenario("nowhere", "/nowhere"), 404),
    (Scenario("wrong method", "/go", "DELETE"), 405),
]
STATUS = {scenario.id: status for scenario, status in MORE}

# where a framework itself has another status, through a real server too: framework -> scenario's id -> status
NO_RANGES = {"part of a file": 200, "part beyond a file": 200, "old file": 200}
NO_HEAD = {"head of streamed": 405}  # for a route with GET
OWN: dict[str, dict[str, int]] = {
    "Django": NO_RANGES,
    "Django, ASGI": NO_RANGES,
    "Falcon": NO_RANGES | NO_HEAD,
    "Falcon, ASGI": NO_RANGES | NO_HEAD,
    "Litestar": NO_RANGES | NO_HEAD,
    "Quart": NO_RANGES,
    "Starlette": {"redirect to a view": 307, "old file": 200},
    "FastAPI": NO_HEAD | {"head": 405, "head of bytes": 405, "redirect to a view": 307, "old file": 200},
    "Bottle": {"redirect to a view": 303, "latin-1 header": 500},  # it decodes headers as UTF-8
    "Pyramid": {"wrong method": 404, "path bytes that are not UTF-8": 500},
}
ANSWERED_BY_THE_SERVER = {"Pyramid"}
"""What raises, where the others answer 500 by themselves: each server has an error page of its own."""

AS_TEXT = "payload 2.0 of an HTTP API has the path as text, where U+FFFD stands for such bytes"
LOSSES: dict[tuple[str, str, str], tuple[tuple[str, ...], str]] = {
    ("Django", "http", "path bytes that are not UTF-8"): (("path", "url"), AS_TEXT),
    ("Bottle", "http", "path bytes that are not UTF-8"): (("path", "url"), AS_TEXT),
    ("Pyramid", "http", "path bytes that are not UTF-8"): (("status",), AS_TEXT),
}
"""(framework, --api, scenario's id) -> what of it differs, and why. The other frameworks have U+FFFD in any case."""


@pytest.fixture(scope="module")
def ports() -> Iterator[dict[str, int]]:
    with gunicorns() as ports:
        yield ports


@pytest.fixture(scope="module", params=FRAMEWORKS, ids=lambda framework: framework.name)
def framework(request: pytest.FixtureRequest) -> Framework:
    framework: Framework = request.param
    return framework


@pytest.fixture(scope="module")
def application(framework: Framework, ports: dict[str, int]) -> Iterator[Served]:
    with served(framework, ports) as application:
        for port in set(application.real.values()):
            wait_for(port)
        yield application


@pytest.mark.parametrize("api", API_PREFIXES)
@pytest.mark.parametrize(
    "scenario", [*SCENARIOS, *(scenario for scenario, _ in MORE)], ids=lambda scenario: scenario.id
)
def test_same_as_through_a_real_server(application: Served, framework: Framework, scenario: Scenario, api: str) -> None:
    expected = through_a_server(application, framework, scenario, API_PREFIXES[api])
    got = through_events(api, application.handler, scenario)
    assert expected.status == OWN.get(framework.name, {}).get(scenario.id, contract_status(scenario))
    lost, _ = LOSSES.get((framework.name, api, scenario.id), ((), ""))
    if "status" in lost:
        assert (got.status, expected.status) == (200, 500)
        return
    if scenario.target.startswith("/echo") and expected.status == 200:
        seen, wanted = seen_by_app(got, api), seen_by_app(expected, api)
        for key in lost:
            assert seen.pop(key) != wanted.pop(key)  # a loss that is none does not belong in the list
        assert seen == wanted
    page = expected.status != 500 or framework.name not in ANSWERED_BY_THE_SERVER
    typed = page and any(name == "content-type" for name, _ in expected.headers)
    assert seen_by_client(got, scenario, page, typed) == seen_by_client(expected, scenario, page, typed)


def contract_status(scenario: Scenario) -> int:
    """Return the status that an application has to answer with."""
    if scenario.target == "/error":
        return 500
    return STATUS.get(scenario.id) or ANSWERS.get(scenario.target, (200,))[0]


@pytest.mark.parametrize("api", API_PREFIXES)
def test_a_session_goes_on_from_request_to_request(application: Served, framework: Framework, api: str) -> None:
    """And whoever served one request understands the cookie in the next: half go through the server, half through events."""
    cookies: SimpleCookie = SimpleCookie()
    counts, attributes = [], []
    shared = framework.package != "litestar"  # whose session is in the process's memory: here in one of the two alone
    for number in range(4):
        header = "; ".join(f"{name}={morsel.coded_value}" for name, morsel in cookies.items())
        scenario = Scenario("visits", "/visits", headers=(("cookie", header),) if header else ())
        if number % 2 and shared:
            reply = through_a_server(application, framework, scenario, API_PREFIXES[api])
        else:
            reply = through_events(api, application.handler, scenario)
        lines = [value for name, value in reply.headers if name == "set-cookie"]
        for line in lines:
            cookies.load(line)
        counts.append((reply.status, reply.body))
        attributes.append([re.sub("=[^;]*", "", line, count=1) for line in lines])
    assert counts == [(200, b"1"), (200, b"2"), (200, b"3"), (200, b"4")]
    assert len(attributes[0]) == 1
    assert [[undated(line) for line in lines] for lines in attributes[1:]] == [[undated(attributes[0][0])]] * 3
