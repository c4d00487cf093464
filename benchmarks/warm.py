"""What an adapter costs for each invocation, once it is warm: lambdabridge, its peers and the bare application.

    python benchmarks/warm.py [--rounds N] [--quick] [--against CHECKOUT]

Every round takes one sample of every configuration, in random order, so that what disturbs the machine disturbs all alike.
A sample is a loop of at least 2 ms without garbage collection; the medians of all rounds are shown. Overhead is an
adapter's median minus that of the bare application, which is called with a ready environ or scope. The applications read
the body and answer, nothing else. "again" is lambdabridge a second time: its difference to the first is the noise.

A peer has rows for the front doors that it claims, where it answers rightly; what is left out is said with its reason.
With --against there are no peers, but lambdabridge from another checkout; see against.py.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import platform
import random
from datetime import datetime, timezone
from functools import partial
from importlib.metadata import version
from statistics import median
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from benchmarks import against
from benchmarks.applications import APPS, LARGE, SAMPLE, SMALL, Noted, Scenario, bare_asgi, bare_wsgi, noting, sample
from lambdabridge import bridge
from tests.peer_cases.events import http_api_2_0, rest_api
from tests.peer_cases.kit import Context
from tests.peers import PEERS
from tests.receivers import receive
from tests.senders import DOORS, build, through_json
from tests.strategies import request

ADAPTERS: dict[str, dict[str, Any]] = {
    "wsgi": {
        "lambdabridge": bridge,
        "again": bridge,
        "apig_wsgi": partial(PEERS["apig_wsgi"], binary_support=True),
        "serverless_wsgi": PEERS["serverless_wsgi"],
        "awsgi": partial(PEERS["awsgi"], base64_content_types={"image/png"}),
    },
    "asgi": {
        "lambdabridge": bridge,
        "again": bridge,
        "mangum off": partial(PEERS["mangum"], lifespan="off"),
        "mangum auto": partial(PEERS["mangum"], lifespan="auto"),
    },
}
OURS = ("lambdabridge", "again")
_API_GATEWAY = ("apig_wsgi", "serverless_wsgi", "mangum off", "mangum auto")
CLAIMS: dict[str, tuple[str, ...]] = {
    "rest": (*_API_GATEWAY, "awsgi"),
    "http": _API_GATEWAY,
    "http-1.0": (*_API_GATEWAY, "awsgi"),
    "function-url": ("mangum off", "mangum auto"),
    "alb": ("apig_wsgi", "serverless_wsgi", "awsgi", "mangum off", "mangum auto"),
    "alb, multi-value": ("apig_wsgi", "serverless_wsgi", "awsgi", "mangum off", "mangum auto"),
    "lambda-at-edge": ("mangum off", "mangum auto"),
}
"""Front door -> the peers whose documentation or code is for it."""
SOURCES = (
    *("rest", "http", "http-1.0", "function-url", "alb", "alb, multi-value"),
    *("vpc-lattice-1", "vpc-lattice-2", "lambda-at-edge", "rest-template"),
)
AIMS = {"wsgi": ("apig_wsgi", 0.7), "asgi": ("mangum off", 0.5)}  # our overhead / theirs
LOOP = asyncio.new_event_loop()
LINES = [  # with the builders' own, what a browser's call sends through API Gateway
    ("Accept-Language", "en-GB,en;q=0.7,de;q=0.3"),
    (
        "Authorization",
        "Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P",
    ),
    ("Cache-Control", "no-cache"),
    ("Cookie", "session=8d1f0c3e5b; theme=dark"),
    ("Origin", "https://shop.example.com"),
    ("Referer", "https://shop.example.com/items"),
    *(("Sec-Fetch-Dest", "empty"), ("Sec-Fetch-Mode", "cors"), ("Sec-Fetch-Site", "cross-site")),
    ("X-Requested-With", "fetch"),
]
QUERY = "page=2&sort=price"


class Group(NamedTuple):
    """One table's worth of rows that are compared with each other."""

    scenario: Scenario
    interface: str
    source: str


GROUPS = [
    Group(scenario, interface, source)
    for scenarios, sources in ((SMALL, SOURCES), (LARGE, SOURCES[:2]))
    for scenario in scenarios
    for interface in APPS
    for source in sources
]


def make_event(source: str, scenario: Scenario) -> dict[str, Any]:
    """Build the event of a front door; tests/senders.py has those besides API Gateway's."""
    lines = [*LINES, ("Content-Type", scenario.kind)]
    asked: dict[str, Any] = {"query": QUERY, "body": scenario.body, "lines": lines}
    if source == "rest":
        return rest_api(scenario.method, "/items", binary=scenario.kind != "application/json", **asked)
    if source == "http":
        return http_api_2_0(scenario.method, "/items", **asked)
    headers = tuple((name.lower(), value) for name, value in lines)
    return build(DOORS[source], request(scenario.method, "/items", QUERY, headers, scenario.body))


def wrong(handler: Any, group: Group, noted: Noted) -> str:
    """Return what is wrong with a handler's answer, or with what its application saw; "" if nothing is."""
    scenario, interface, source = group
    noted.called_with, noted.body = {}, b""
    event = make_event(source, scenario)
    try:
        got = receive(DOORS[source], scenario.method, through_json(handler(event, Context())))
    except Exception as error:
        return f"{type(error).__name__}: {str(error).partition(chr(10))[0]:.100}"
    names = {"wsgi": ("PATH_INFO", "QUERY_STRING"), "asgi": ("path", "query_string")}[interface]
    path, query = (noted.called_with.get(name, "") for name in names)
    text = query.decode() if isinstance(query, bytes) else query
    said = (got.status, got.body, dict(got.headers).get("content-type"))
    if said != (200, scenario.answer, scenario.answer_kind):
        return f"its answer is {said!r:.100}"
    if (noted.body, path.endswith("/items"), parse_qsl(text)) != (expected_body(group), True, parse_qsl(QUERY)):
        return f"its application saw {noted.body!r:.40}, {path!r}, {text!r}"
    return ""


def expected_body(group: Group) -> bytes:
    """Return the body as the application gets it: the pass-through template makes its JSON anew."""
    body = group.scenario.body
    return body.replace(b": ", b":").replace(b", ", b",") if group.source == "rest-template" else body


def make_handlers(group: Group) -> dict[str, Any]:
    """Make every handler for one application, and check that each gives the application's answer."""
    noted = Noted()
    app = APPS[group.interface](group.scenario, noted)
    bare = bare_wsgi(app, group.scenario) if group.interface == "wsgi" else bare_asgi(app, group.scenario, LOOP)
    handlers = {"bare application": bare}
    for name, make in ADAPTERS[group.interface].items():
        if name not in OURS and name not in CLAIMS.get(group.source, ()):
            continue
        reason = wrong(make(noting(app, group.interface, noted)), group, noted)
        if not reason:
            handlers[name] = make(app)
        elif name in OURS:
            raise SystemExit(f"lambdabridge, {group.source}, {group.interface}, {group.scenario.title}: {reason}")
        else:
            print(f"no row: {name}, {group.source}, {group.scenario.title}: {reason}")
    return handlers


def measure(rounds: int) -> dict[Group, dict[str, float]]:
    """Return the median microseconds of each adapter for each group."""
    work = []
    for group in GROUPS:
        event = make_event(group.source, group.scenario)
        for name, handler in make_handlers(group).items():
            count = 1
            while sample(handler, event, count) < SAMPLE:
                count *= 2
            work.append((group, name, handler, event, count))
    samples: dict[tuple[Group, str], list[float]] = {(group, name): [] for group, name, *_ in work}
    for _ in range(rounds):
        gc.collect()
        for group, name, handler, event, count in random.sample(work, len(work)):
            samples[group, name].append(sample(handler, event, count) / count / 1000)
    medians: dict[Group, dict[str, float]] = {}
    for (group, name), values in samples.items():
        medians.setdefault(group, {})[name] = median(values)
    return medians


def report(medians: dict[Group, dict[str, float]]) -> None:
    """Print a table for each scenario."""
    last = ""
    for (scenario, interface, source), times in medians.items():
        if scenario.title != last:
            print(f"\n{scenario.title:<46}{'median us':>11}{'overhead us':>13}{'ours/theirs':>13}")
        last = scenario.title
        bare, peer, aim = times["bare application"], *AIMS[interface]
        for name, time in times.items():
            ratio = (times["lambdabridge"] - bare) / (time - bare) if name in ("again", peer) else None
            row = f"{interface} {source:<17} {name:<23}{time:>11.2f}"
            row += f"{time - bare:>13.2f}" if name != "bare application" else ""
            row += f"{ratio:>13.2f}" if ratio is not None else ""
            print(row + (f"   aim {aim}" if name == peer else ""))


def main() -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--quick", action="store_true", help="15 rounds: to see that it runs")
    parser.add_argument(
        "--against", metavar="CHECKOUT", help="compare with lambdabridge in this folder instead of peers"
    )
    options = parser.parse_args()
    rounds = 15 if options.quick else options.rounds
    print(
        f"{datetime.now(timezone.utc):%Y-%m-%d}, Python {platform.python_version()}, {platform.platform()}, {rounds} rounds"
    )
    if options.against:
        rows = [(g.interface, g.scenario, make_event(g.source, g.scenario), expected_body(g)) for g in GROUPS]
        names = [f"{group.interface} {group.source:<17} {group.scenario.title}" for group in GROUPS]
        against.compare(options.against, names, rows, rounds)
        return
    packages = ("lambdabridge", "apig-wsgi", "serverless-wsgi", "aws-wsgi", "mangum")
    print(", ".join(f"{name} {version(name)}" for name in packages))
    asyncio.set_event_loop(LOOP)  # mangum runs on the thread's loop
    report(measure(rounds))
    LOOP.close()


if __name__ == "__main__":
    main()
