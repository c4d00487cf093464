"""What an adapter costs for each invocation, once it is warm: lambdabridge, its peers and the bare application.

    python benchmarks/warm.py [--rounds N] [--quick]

Every round takes one sample of every configuration, in random order, so that what disturbs the machine disturbs all alike.
A sample is a loop of at least 2 ms without garbage collection; the medians of all rounds are shown. Overhead is an
adapter's median minus that of the bare application, which is called with a ready environ or scope. The applications read
the body and answer, nothing else. "again" is lambdabridge a second time: its difference to the first is the noise.
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
from io import BytesIO
from statistics import median
from time import perf_counter_ns
from typing import Any, NamedTuple

from lambdabridge import bridge
from tests.peer_cases.events import http_api_2_0, rest_api
from tests.peer_cases.kit import Context, ask
from tests.peers import PEERS

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
V1_ONLY = "awsgi"
AIMS = {"wsgi": ("apig_wsgi", 0.7), "asgi": ("mangum off", 0.5)}  # our overhead / theirs
SAMPLE = 2_000_000  # nanoseconds
LOOP = asyncio.new_event_loop()
LINES = [  # with the builders' own eight, what a browser's call sends through API Gateway
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
ITEMS = b'{"items": [' + b", ".join(b'{"id": %d, "name": "item", "price": 12.5}' % n for n in range(100, 124)) + b"]}"


class Scenario(NamedTuple):
    """A request and its answer."""

    title: str
    method: str = "GET"
    body: bytes = b""
    kind: str = "application/json"
    answer_kind: str = "application/json"
    answer: bytes = b'{"ok": true}'


SCENARIOS = (
    Scenario("small GET"),
    Scenario("JSON post, 1 KB", "POST", ITEMS),
    Scenario("binary download, 256 KB", answer_kind="image/png", answer=random.Random(1).randbytes(256 * 1024)),
    Scenario("base64 upload, 1 MB", "POST", random.Random(2).randbytes(1024 * 1024), "application/octet-stream"),
)


def make_event(payload: str, scenario: Scenario) -> dict[str, Any]:
    """Build the event: a REST API's for "v1", an HTTP API's in payload 2.0 for "v2"."""
    asked: dict[str, Any] = {"query": "page=2&sort=price", "body": scenario.body}
    asked["lines"] = [*LINES, ("Content-Type", scenario.kind)]
    if payload == "v1":
        return rest_api(scenario.method, "/items", binary=scenario.kind != "application/json", **asked)
    return http_api_2_0(scenario.method, "/items", **asked)


def wsgi_app(scenario: Scenario, bodies: list[bytes]) -> tuple[Any, Any]:
    """Make a WSGI application that leaves what it has read in `bodies`, and the bare call of it."""

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        bodies[0] = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        start_response("200 OK", [("Content-Type", scenario.answer_kind)])
        return [scenario.answer]

    environ = {"CONTENT_LENGTH": str(len(scenario.body)), "REQUEST_METHOD": scenario.method}

    def bare(event: object, context: object) -> bytes:
        return b"".join(app({**environ, "wsgi.input": BytesIO(scenario.body)}, lambda status, headers: None))

    return app, bare


def asgi_app(scenario: Scenario, bodies: list[bytes]) -> tuple[Any, Any]:
    """Make the same for ASGI; the application has a lifespan, and the bare call a loop that stays."""
    start = {
        "type": "http.response.start",
        "status": 200,
        "headers": [(b"content-type", scenario.answer_kind.encode())],
    }

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            for phase in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{phase}.complete"})
            return
        message = await receive()
        body = message.get("body", b"")
        while message.get("more_body", False):
            message = await receive()
            body += message.get("body", b"")
        bodies[0] = body
        await send(start)
        await send({"type": "http.response.body", "body": scenario.answer})

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": scenario.body}

    async def send(message: dict[str, Any]) -> None:
        pass

    return app, lambda event, context: LOOP.run_until_complete(app({"type": "http"}, receive, send))


def make_handlers(interface: str, payload: str, scenario: Scenario) -> dict[str, Any]:
    """Make every handler for one application, and check that each gives the application's answer."""
    bodies = [b""]
    app, bare = (wsgi_app if interface == "wsgi" else asgi_app)(scenario, bodies)
    handlers = {name: make(app) for name, make in ADAPTERS[interface].items() if payload == "v1" or name != V1_ONLY}
    for name, handler in handlers.items():
        bodies[0] = b""
        answer = ask(handler, make_event(payload, scenario), binary_media_types=True)
        if (answer.status, answer.body, bodies[0]) != (200, scenario.answer, scenario.body):
            raise SystemExit(
                f"{name} gives a wrong answer to {scenario.title!r} ({interface}, {payload}): {answer!r:.200}"
            )
    return {"bare application": bare, **handlers}


def sample(handler: Any, event: dict[str, Any], count: int) -> int:
    """Return the nanoseconds that `count` invocations take."""
    context = Context()
    gc.disable()
    start = perf_counter_ns()
    for _ in range(count):
        handler(event, context)
    taken = perf_counter_ns() - start
    gc.enable()
    return taken


def measure(rounds: int) -> dict[tuple[str, str, str], dict[str, float]]:
    """Return the median microseconds of each adapter for each (scenario, interface, payload)."""
    work = []
    for scenario in SCENARIOS:
        for interface, payload in (("wsgi", "v1"), ("wsgi", "v2"), ("asgi", "v1"), ("asgi", "v2")):
            event = make_event(payload, scenario)
            for name, handler in make_handlers(interface, payload, scenario).items():
                count = 1
                while sample(handler, event, count) < SAMPLE:
                    count *= 2
                work.append(((scenario.title, interface, payload), name, handler, event, count))
    samples: dict[tuple[tuple[str, str, str], str], list[float]] = {(group, name): [] for group, name, *_ in work}
    for _ in range(rounds):
        gc.collect()
        for group, name, handler, event, count in random.sample(work, len(work)):
            samples[group, name].append(sample(handler, event, count) / count / 1000)
    medians: dict[tuple[str, str, str], dict[str, float]] = {}
    for (group, name), values in samples.items():
        medians.setdefault(group, {})[name] = median(values)
    return medians


def report(medians: dict[tuple[str, str, str], dict[str, float]]) -> None:
    """Print a table for each scenario."""
    last = ""
    for (title, interface, payload), times in medians.items():
        if title != last:
            print(f"\n{title:<33}{'median us':>11}{'overhead us':>13}{'ours/theirs':>13}")
        last = title
        bare, peer, aim = times["bare application"], *AIMS[interface]
        for name, time in times.items():
            ratio = (times["lambdabridge"] - bare) / (time - bare) if name in ("again", peer) else None
            row = f"{interface} {payload}  {name:<24}{time:>11.2f}"
            row += f"{time - bare:>13.2f}" if name != "bare application" else ""
            row += f"{ratio:>13.2f}" if ratio is not None else ""
            print(row + (f"   aim {aim}" if name == peer else ""))


def main() -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--quick", action="store_true", help="15 rounds: to see that it runs")
    options = parser.parse_args()
    rounds = 15 if options.quick else options.rounds
    print(
        f"{datetime.now(timezone.utc):%Y-%m-%d}, Python {platform.python_version()}, {platform.platform()}, {rounds} rounds"
    )
    packages = ("lambdabridge", "apig-wsgi", "serverless-wsgi", "aws-wsgi", "mangum")
    print(", ".join(f"{name} {version(name)}" for name in packages))
    asyncio.set_event_loop(LOOP)  # mangum runs on the thread's loop
    report(measure(rounds))
    LOOP.close()


if __name__ == "__main__":
    main()
