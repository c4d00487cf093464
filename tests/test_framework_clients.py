"""The frameworks' own test clients, run through events: a test that passes on the application passes on its function.

Each step is taken with the client as the framework means it, and with the same client before a front door and the function
behind it (frameworks/round_trip.py). Both have to fulfil the step, and the client has to see the same.
"""

from __future__ import annotations

import gc
import json
import re
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Annotated, Any

import pytest
from fastapi import BackgroundTasks, Depends, FastAPI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from lambdabridge import bridge
from tests.frameworks import asgi_clients, clients
from tests.frameworks.clients import Step
from tests.frameworks.contract import FILE, FRAMEWORKS, PARTS, Framework
from tests.frameworks.round_trip import ASGIRoundTrip, wsgi_round_trip
from tests.frameworks.servers import API_PREFIXES, load
from tests.frameworks.sight import seen_by_app, seen_by_client, undated
from tests.scenarios import Scenario
from tests.wire import Reply

pytestmark = [
    pytest.mark.filterwarnings(
        "ignore:StreamingHttpResponse must consume synchronous iterators"
    ),  # Django's FileResponse
    pytest.mark.filterwarnings("ignore:'cgi' is deprecated:DeprecationWarning"),  # WebOb imports it
    pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning"),  # WebOb's and the clients' temporary files
]

TEXT = ("gr\xfc\xdfe.txt", "Gr\xfc\xdfe\r\n".encode(), "text/plain")
BINARY = ("a.bin", bytes(range(256)), "application/octet-stream")

STEPS = (
    Step(
        "/echo?a=1&b=x%20y", headers={"X-One": "1, 2"}, expected={"query": [["a", "1"], ["b", "x y"]], "method": "GET"}
    ),
    Step("/echo/caf%C3%A9", expected={"method": "GET"}),
    Step("/echo", "POST", json={"a": [1, "\xe9"]}, expected={"method": "POST"}),
    Step("/form", "POST", fields={"name": ["Zo\xeb & co"], "a": ["1+1"]}),
    Step("/form", "POST", fields={"name": ["Zo\xeb"]}, files={"f": TEXT}),
    Step("/form", "POST", fields={"name": ["Zo\xeb"]}, files={"f": BINARY}),
    Step("/echo", expected={"cookies": {}}),
    Step("/visits", expected=b"1"),
    Step("/visits", expected=b"2"),
    Step("/two-cookies"),
    Step("/visits", expected=b"3"),
    Step("/go", follow=True, expected={"path": "/echo"}),
    Step("/streamed", expected="".join(PARTS).encode()),
    Step("/file", expected=FILE.read_bytes()),
    Step("/bytes"),
    Step("/cookies", expected=b"two"),
    Step("/repeated"),
    Step("/gzip"),
    Step("/nothing", status=204, expected=b""),
    Step("/teapot", status=418),
    Step("/refused", status=403),
    Step("/nowhere", status=404),
)


@dataclass(frozen=True)
class Pair:
    """A framework and a client that drives it; raises: whether the client gets a view's exception."""

    framework: Framework
    client: Any
    raises: bool


BY_NAME = {framework.name: framework for framework in FRAMEWORKS}
PAIRS = (
    Pair(BY_NAME["Flask"], clients.WerkzeugClient, raises=True),
    Pair(BY_NAME["Bottle"], clients.WerkzeugClient, raises=False),
    Pair(BY_NAME["Bottle"], clients.WebTestClient, raises=False),
    Pair(BY_NAME["Pyramid"], clients.WebTestClient, raises=True),
    Pair(BY_NAME["Django"], clients.DjangoClient, raises=True),
    Pair(BY_NAME["Falcon"], clients.FalconClient, raises=False),
    Pair(BY_NAME["Starlette"], asgi_clients.StarletteClient, raises=True),
    Pair(BY_NAME["FastAPI"], asgi_clients.StarletteClient, raises=True),
    Pair(BY_NAME["Litestar"], asgi_clients.StarletteClient, raises=False),
    Pair(BY_NAME["Quart"], asgi_clients.QuartClient, raises=False),
)


@contextmanager
def ready(pair: Pair, prefix: str, api: str = "") -> Iterator[Any]:
    """Make a client of the application itself, or (with an --api) of its function behind a front door."""
    pytest.importorskip(pair.framework.package, reason=f"{pair.framework.name} is not installed", exc_type=ImportError)
    with ExitStack() as stack:
        if pair.framework.package == "django":
            from django.urls import set_script_prefix

            from tests.frameworks.django_views import these_settings

            stack.enter_context(these_settings())
            stack.callback(set_script_prefix, "/")
            set_script_prefix(prefix or "/")  # its client leaves the one of the thread's last request
        app = load(pair.framework)
        if hasattr(app, "testing"):
            app.testing = True
        if api:
            app = through_events(pair, app, api, stack)
        elif pair.client is clients.DjangoClient:
            app = None  # its client has a handler of its own
        client = pair.client(app, prefix)
        stack.callback(getattr(client, "close", lambda: None))
        yield client


def through_events(pair: Pair, app: Any, api: str, stack: ExitStack) -> Any:
    """Return what a client has to call: Flask's and Quart's clients want the application with another inside."""
    inside = {"Flask": "wsgi_app", "Quart": "asgi_app"}.get(pair.framework.name)
    called = getattr(app, inside) if inside else app
    around: Any
    if pair.framework.interface == "wsgi":
        around = wsgi_round_trip(api, bridge(called, errors="raise"))
    else:
        around = ASGIRoundTrip(api, called, errors="raise")
        stack.callback(around.close)
    if inside:
        setattr(app, inside, around)
        return app
    return around


@pytest.fixture(scope="module", autouse=True)
def collect() -> Iterator[None]:
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        gc.collect()  # the files of pytestmark: another module's tests would be blamed for them


@pytest.mark.parametrize("api", API_PREFIXES)
@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair.framework.name}-{pair.client.__name__}")
def test_every_step_is_as_without_lambda(pair: Pair, api: str) -> None:
    prefix = API_PREFIXES[api]
    with ready(pair, prefix) as direct, ready(pair, prefix, api) as events:
        for step in STEPS:
            if step.follow and prefix and not getattr(direct, "follows_below_a_prefix", True):
                continue
            wanted, got = direct.send(step), events.send(step)
            for reply in (wanted, got):
                check(step, reply, prefix)
            assert comparable(got, step, wanted, api) == comparable(wanted, step, wanted, api), step.path


def check(step: Step, reply: Reply, prefix: str) -> None:
    """See that a reply is what the step expects."""
    assert (step.path, reply.status) == (step.path, step.status)
    if isinstance(step.expected, bytes):
        assert (step.path, reply.body) == (step.path, step.expected)
    elif step.expected is not None:
        seen = json.loads(reply.body)
        seen["path"] = seen["path"].removeprefix(prefix)
        assert {key: seen[key] for key in step.expected} == step.expected


def comparable(reply: Reply, step: Step, wanted: Reply, api: str) -> object:
    """Return what has to be the same: not the seconds and signatures of a session, nor what a front door is known to add."""
    headers = [
        (name, re.sub("^((?:session|sessionid|visits)=)[^;]*", r"\1", undated(value))) for name, value in reply.headers
    ]
    typed = any(name == "content-type" for name, _ in wanted.headers)
    path = "/echo" if step.follow else step.path
    response = seen_by_client(Reply(reply.status, headers, reply.body), Scenario(path, path), True, typed)
    if not path.startswith("/echo"):
        return response
    seen = seen_by_app(reply, api)
    seen["cookies"] = {name: "" if "session" in name else value for name, value in seen["cookies"].items()}
    seen["headers"].pop("cookie", None)
    if step.follow:
        seen.pop("client")  # werkzeug's client forgets it on the way
    return response, seen


@pytest.mark.parametrize("api", API_PREFIXES)
@pytest.mark.parametrize(
    "pair", [pair for pair in PAIRS if pair.raises], ids=lambda pair: f"{pair.framework.name}-{pair.client.__name__}"
)
def test_an_exception_of_a_view_comes_out_of_the_client(pair: Pair, api: str) -> None:
    """With errors="raise", as it does without Lambda."""
    for called in ("", api):
        with ready(pair, API_PREFIXES[api], called) as client, pytest.raises(RuntimeError, match="on purpose"):
            client.send(Step("/error"))


@contextmanager
def starlette_client(app: Any, api: str) -> Iterator[Any]:
    """Make Starlette's client of an application, or (with an --api) of its function."""
    with asgi_clients.starlette_test_client()(
        ASGIRoundTrip(api, app, errors="raise") if api else app, root_path=API_PREFIXES.get(api, "")
    ) as client:
        yield client


@pytest.mark.parametrize("api", ["", *API_PREFIXES])
def test_the_client_runs_the_lifespan(api: str) -> None:
    said: list[str] = []

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[dict[str, str]]:
        said.append("startup")
        yield {"pool": "open"}
        said.append("shutdown")

    async def view(request: Request) -> Response:
        said.append("request")
        return PlainTextResponse(request.state.pool)

    app = Starlette(routes=[Route("/", view)], lifespan=lifespan)
    with starlette_client(app, api) as client:
        answers = [client.get(f"{API_PREFIXES.get(api, '')}/").text for _ in range(2)]
    assert (said, answers) == (["startup", "request", "request", "shutdown"], ["open", "open"])


@pytest.mark.parametrize("api", ["", *API_PREFIXES])
def test_a_startup_that_fails_fails_in_the_client(api: str) -> None:
    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        if app.routes == []:
            raise RuntimeError("no database")
        yield

    with pytest.raises(RuntimeError, match="no database"), starlette_client(Starlette(lifespan=lifespan), api):
        pass


def fastapi_order(api: str) -> list[str]:
    """Return what happens, in its order, when a test has put a dependency in another's place."""
    said: list[str] = []

    async def database() -> str:
        return "the real database"

    async def other() -> AsyncIterator[str]:
        said.append("open")
        yield "test database"
        said.append("close")

    async def view(tasks: BackgroundTasks, found: Annotated[str, Depends(database)]) -> str:
        tasks.add_task(said.append, "task")
        said.append("view")
        return found

    view.__annotations__["found"] = Annotated[str, Depends(database)]  # the name is this function's own
    app = FastAPI()
    app.get("/things")(view)
    app.dependency_overrides[database] = other
    with starlette_client(app, api) as client:
        said.append(client.get(f"{API_PREFIXES.get(api, '')}/things").json())
    return said


@pytest.mark.parametrize("api", API_PREFIXES)
def test_fastapi_overrides_a_dependency_and_runs_what_is_left_behind(api: str) -> None:
    """A dependency's end and background tasks run before the client has the answer, in FastAPI's order."""
    order = fastapi_order(api)
    assert order == fastapi_order("")
    assert (sorted(order[:-1]), order[-1]) == (["close", "open", "task", "view"], "test database")
