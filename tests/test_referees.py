"""lambdabridge behind other people's gateways, and its own gateway beside them: see referees/.

Each request goes through an engine's event, an adapter, and the engine's reading of the result; what the application saw
and what the client got has to be what a real server makes of it. mangum and apig-wsgi get the same, so that it shows who
is at fault where something differs. Every difference is a row of referees/known*.py with its reason.

Skipped where no engine is installed: `python3 dev.py referees` installs them, each in an environment of its own.
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, nullcontext
from http.client import BadStatusLine
from typing import TYPE_CHECKING, Any

import pytest

from lambdabridge import bridge
from tests import apps
from tests.peers import apig_wsgi, mangum
from tests.referees import ENGINES, Engine, compare, known, known_events, known_results
from tests.referees.requests import EVERY_REQUEST
from tests.referees.results import REQUEST, RESULTS
from tests.scenarios import RESPONSES, Scenario
from tests.test_scenarios import _gunicorn
from tests.wire import Reply, call, front_door, serving

if TYPE_CHECKING:
    from lambdabridge.gateway.front_door import FrontDoor
    from tests.referees import Send
    from tests.wire import Handler

    Tally = dict[tuple[str, str], Counter[str]]

CASES = EVERY_REQUEST + RESPONSES
INSTALLED = [engine for engine in ENGINES if engine.is_installed]
if not INSTALLED:
    pytest.skip("no other gateway is installed: python3 dev.py referees", allow_module_level=True)


def _wsgi_without_raw_uri(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    environ.setdefault("RAW_URI", "")
    return apps.wsgi_app(environ, start_response)


async def _asgi_without_raw_path(scope: dict[str, Any], receive: Any, send: Any) -> None:
    await apps.asgi_app({**scope, "raw_path": scope["raw_path"] or b""}, receive, send)


# adapter -> (interface, its handler's factory); the others have no stage in SCRIPT_NAME or root_path, and no raw path
ADAPTERS: dict[str, tuple[str, Any]] = {
    "lambdabridge wsgi": ("wsgi", lambda: bridge(apps.wsgi_app)),
    "lambdabridge asgi": ("asgi", lambda: bridge(apps.asgi_app)),
    "mangum": ("asgi", lambda: mangum(_asgi_without_raw_path, lifespan="off")),
    "apig-wsgi": ("wsgi", lambda: apig_wsgi(_wsgi_without_raw_uri, binary_support=True)),
}


@pytest.fixture(scope="module")
def real() -> Iterator[dict[tuple[str, str], int]]:
    """(interface, client's prefix) -> port of a real server."""
    with ExitStack() as stack:
        ports = {}
        for prefix in ("", "/prod"):
            ports["asgi", prefix] = stack.enter_context(serving(apps.asgi_app, root_path=prefix, lifespan="off"))
            ports["wsgi", prefix] = stack.enter_context(_gunicorn(prefix))
        yield ports


@pytest.fixture(scope="module", params=INSTALLED, ids=lambda engine: engine.name)
def engine(request: pytest.FixtureRequest) -> Engine:
    found: Engine = request.param
    return found


@pytest.fixture(scope="module")
def send(engine: Engine) -> Iterator[Send]:
    logging.disable()  # what engines and adapters say about the failures on purpose
    with engine.open() as opened:
        yield opened
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def tally(request: pytest.FixtureRequest) -> Iterator[Tally]:
    """(engine, adapter) -> how many scenarios came out the same, and whose fault the others are; printed at the end."""
    counts: Tally = defaultdict(Counter)
    yield counts
    capture = request.config.pluginmanager.get_plugin("capturemanager")
    with capture.global_and_fixture_disabled() if capture else nullcontext():
        print("\nraw paths are compared for lambdabridge alone: the others have none")
        for (engine_name, name), count in counts.items():
            same = count["same"] + count[known.NOBODY]
            print(
                f"{engine_name:16}{name:18}{same:3} of {count.total()} as through a real server; the others:", end=" "
            )
            print(f"{count[known.ENGINE]} the engine's fault, {count[known.ADAPTER]} the adapter's")


@pytest.fixture(scope="module")
def handlers() -> Iterator[dict[str, Any]]:
    made = {name: make() for name, (_, make) in ADAPTERS.items()}
    yield made
    for name in known.OURS:
        made[name].close()


@pytest.mark.parametrize("name", ADAPTERS)
@pytest.mark.parametrize("scenario", CASES, ids=lambda scenario: scenario.id)
def test_same_as_through_a_real_server(
    engine: Engine,
    send: Send,
    handlers: dict[str, Any],
    real: dict[tuple[str, str], int],
    tally: Tally,
    name: str,
    scenario: Scenario,
) -> None:
    interface = ADAPTERS[name][0]
    prefix = engine.prefix if name in known.OURS else ""
    sent = compare.as_sent(scenario)
    expected = call(real[interface, prefix], sent, prefix if interface == "wsgi" else "")
    got = send(sent, handlers[name])
    found = compare.differences(got, expected, scenario, engine.api)
    rows = [
        row
        for row in known.SCENARIOS
        if engine.name in row.engines and name in row.adapters and scenario.id in row.cases
    ]
    tally[engine.name, name][_blame(rows)] += 1
    assert found.keys() == {part for row in rows for part in row.parts}, found


def _blame(rows: list[known.Difference]) -> str:
    blames = {row.blame for row in rows}
    return next((blame for blame in (known.ADAPTER, known.ENGINE, known.NOBODY) if blame in blames), "same")


@pytest.fixture(scope="module")
def door(engine: Engine) -> FrontDoor:
    """Return our own gateway with the API that the engine has."""
    is_rest = engine.api == "rest"
    types = engine.binary_media_types if is_rest else ()
    return front_door(engine.api, "prod" if is_rest else "", binary_media_types=types)


def _noting(events: list[dict[str, Any]]) -> Handler:
    def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
        events.append(event)
        return {"statusCode": 200}

    return handler


def test_same_event(engine: Engine, send: Send, door: FrontDoor) -> None:
    """For all scenarios at once: a row is for a member, and says in which scenarios it differs if not in all."""
    found: dict[str, dict[str, object]] = {}
    for scenario in EVERY_REQUEST:
        sent: list[dict[str, Any]] = []
        send(scenario, _noting(sent))
        for member, pair in compare.events(compare.our_event(door, scenario), sent[0]).items():
            found.setdefault(member, {})[scenario.id] = pair
    cases: dict[str, set[str]] = {}
    for row in known_events.EVENTS:
        for member in row.parts if engine.name in row.engines else ():
            cases.setdefault(member, set()).update(row.cases)
    assert found.keys() == cases.keys(), {member: found[member] for member in found.keys() - cases.keys()}
    for member, names in cases.items():
        assert not names or found[member].keys() == names, (member, found[member])


@pytest.mark.parametrize("name", RESULTS)
def test_same_reply(engine: Engine, send: Send, door: FrontDoor, name: str) -> None:
    try:
        theirs = send(REQUEST, lambda event, context: RESULTS[name])
    except (BadStatusLine, TypeError):  # a status line that is none; a body that can't be written
        theirs = Reply(0, [], b"")
    found = compare.replies(compare.our_reply(door, RESULTS[name]), theirs, REQUEST)
    rows = [row for row in known_results.RESULTS if engine.name in row.engines and name in row.cases]
    assert found.keys() == {part for row in rows for part in row.parts}, found


@pytest.mark.parametrize("name", known_results.ADDED)
def test_same_added_headers(engine: Engine, send: Send, door: FrontDoor, name: str) -> None:
    theirs = compare.added(send(REQUEST, lambda event, context: RESULTS[name]))
    ours = compare.added(compare.our_reply(door, RESULTS[name]))
    assert (ours - theirs, theirs - ours) == known_results.ADDED[name][engine.name]


def test_every_row_names_what_there_is() -> None:
    scenarios = {scenario.id for scenario in CASES}
    for row in (*known.SCENARIOS, *known_events.EVENTS):
        assert set(row.cases) <= scenarios, row
    for row in known_results.RESULTS:
        assert set(row.cases) <= RESULTS.keys(), row
    for row in (*known.SCENARIOS, *known_events.EVENTS, *known_results.RESULTS):
        assert set(row.engines) <= {engine.name for engine in ENGINES}, row
        assert set(row.adapters) <= ADAPTERS.keys(), row
