"""Cases: the path, and which part of it is the stage or the base path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .events import ALL, DOMAIN, HOST, http_api_1_0, http_api_2_0, rest_api
from .kit import Asgi, Context, Wsgi, ask, case

if TYPE_CHECKING:
    from collections.abc import Callable

    from .events import Event
    from .kit import MakeHandler, Message, Receive


@case("B-M5 rawPath keeps the trailing slash, requestContext.http.path may not", "asgi", mangum=AssertionError)
def trailing_slash(make_handler: MakeHandler) -> None:
    app = Asgi()
    event = http_api_2_0(path="/foo/")
    event["requestContext"]["http"]["path"] = "/foo"
    ask(make_handler(app), event)
    assert app.seen("path", "root_path") == ("/foo/", "")


@case("B-M6 a percent sign in rawPath is data: encoded slash", "asgi", mangum=AssertionError)
def decoded_slash(make_handler: MakeHandler) -> None:
    app = Asgi()
    ask(make_handler(app), http_api_2_0(path="/a%252Fb"))
    assert app.seen("path", "root_path") == ("/a%2Fb", "")


@case("B-M6 a percent sign in rawPath is data: encoded percent", "asgi", mangum=AssertionError)
def decoded_percent(make_handler: MakeHandler) -> None:
    app = Asgi()
    ask(make_handler(app), http_api_2_0(path="/100%2525"))
    assert app.seen("path", "root_path") == ("/100%25", "")


@case("B-C1 rawPath is not decoded twice", "wsgi", apig_wsgi=AssertionError, serverless_wsgi=AssertionError)
def decoded_for_wsgi(make_handler: MakeHandler) -> None:
    app = Wsgi()
    ask(make_handler(app), http_api_2_0(path="/a%252Fb%2525"))
    assert app.seen("SCRIPT_NAME", "PATH_INFO") == ("", "/a%2Fb%25")


def on_domain(path: str, base: str) -> Event:
    """Build a request through a custom domain, with this base path mapping or none."""
    return rest_api(path=path, host=DOMAIN, base=base)


@case("B-M11 base path /api is no part of /apiv2", "asgi", mangum=AssertionError)
def base_path_boundary(make_handler: MakeHandler) -> None:
    app = Asgi()
    ask(make_handler(app, base_path="/api"), on_domain("/apiv2/x", base=""))
    assert app.seen("path", "root_path") == ("/apiv2/x", "")


@case("B-M11 the base path alone is the application's /", "asgi", mangum=AssertionError)
def base_path_alone(make_handler: MakeHandler) -> None:
    app = Asgi()
    ask(make_handler(app, base_path="/api"), on_domain("/", base="/api"))
    assert app.seen("path", "root_path") == ("/api/", "/api")


@case("B-M11 base path with a trailing slash", "asgi", mangum=AssertionError)
def base_path_slash(make_handler: MakeHandler) -> None:
    app = Asgi()
    ask(make_handler(app, base_path="/api/"), on_domain("/x", base="/api"))
    assert app.seen("path", "root_path") == ("/api/x", "/api")


@case("B-M12 the stage is root_path, and path includes it", "asgi", mangum=AssertionError)
def stage_in_scope(make_handler: MakeHandler) -> None:
    app = Asgi()
    ask(make_handler(app), rest_api())
    assert app.seen("path", "root_path") == ("/prod/foo", "/prod")


def starlette_urls(make_handler: MakeHandler, event: Event) -> str:
    """Ask a Starlette application for its request.url and url_for."""
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route

    def show(request: Request) -> PlainTextResponse:
        return PlainTextResponse(f"{request.url} {request.url_for('show')}")

    handler = make_handler(Starlette(routes=[Route("/foo", show)]), lifespan="off")
    return ask(handler, event).body.decode()


@case("B-M12 Starlette makes URLs with the stage", "asgi", mangum=AssertionError)
def stage_in_starlette(make_handler: MakeHandler) -> None:
    assert starlette_urls(make_handler, rest_api()) == f"https://{HOST}/prod/foo https://{HOST}/prod/foo"


@case("B-M12 Starlette makes URLs with the base path of a custom domain", "asgi", mangum=AssertionError)
def base_path_in_starlette(make_handler: MakeHandler) -> None:
    assert (
        starlette_urls(make_handler, on_domain("/foo", "/shop"))
        == f"https://{DOMAIN}/shop/foo https://{DOMAIN}/shop/foo"
    )


def flask_echo(make_handler: MakeHandler, event: Event) -> str:
    """Ask a Flask application for the path's variable and for the URL of the view."""
    from flask import Flask, url_for

    app = Flask(__name__)

    @app.get("/<name>")
    def show(name: str) -> str:
        return f"{name} {url_for('show', name='x', _external=True)}"

    return ask(make_handler(app), event).body.decode()


@case("B-A4 Flask gets the rawPath /日本", "wsgi", apig_wsgi=UnicodeEncodeError)
def japanese_path(make_handler: MakeHandler) -> None:
    event = http_api_2_0(path="/%E6%97%A5%E6%9C%AC")
    assert flask_echo(make_handler, event) == f"日本 https://{HOST}/x"


@case("B-A4 Flask gets the rawPath /café", "wsgi", apig_wsgi=AssertionError)
def french_path(make_handler: MakeHandler) -> None:
    assert flask_echo(make_handler, http_api_2_0(path="/caf%C3%A9")) == f"café https://{HOST}/x"


@case("B-A11 the stage is SCRIPT_NAME", "wsgi", apig_wsgi=AssertionError, awsgi=AssertionError)
def stage_in_environ(make_handler: MakeHandler) -> None:
    app = Wsgi()
    ask(make_handler(app), rest_api())
    assert app.seen("SCRIPT_NAME", "PATH_INFO") == ("/prod", "/foo")


@case("B-A11 Flask makes URLs with the stage", "wsgi", apig_wsgi=AssertionError)
def stage_in_flask(make_handler: MakeHandler) -> None:
    assert flask_echo(make_handler, rest_api()) == f"foo https://{HOST}/prod/x"


def wsgi_path(make_handler: MakeHandler, event: Event, **options: str) -> tuple[str, str]:
    """Return SCRIPT_NAME and PATH_INFO, which an application must be able to join."""
    app = Wsgi()
    ask(make_handler(app, **options), event)
    return str(app.environ["SCRIPT_NAME"]), str(app.environ["PATH_INFO"])


@case("B-S3 the $default stage is no part of the path: 2.0", "wsgi", serverless_wsgi=AssertionError)
def default_stage_2_0(make_handler: MakeHandler) -> None:
    assert wsgi_path(make_handler, http_api_2_0()) == ("", "/foo")


@case("B-S3 the $default stage is no part of the path: 1.0", "wsgi", serverless_wsgi=AssertionError)
def default_stage_1_0(make_handler: MakeHandler) -> None:
    assert wsgi_path(make_handler, http_api_1_0()) == ("", "/foo")


@case(
    "B-S4 a named stage is SCRIPT_NAME and not in PATH_INFO",
    "wsgi",
    [http_api_1_0, http_api_2_0],
    serverless_wsgi=AssertionError,
)
def named_stage(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    assert wsgi_path(make_handler, build(stage="dev")) == ("/dev", "/foo")


@case(
    "B-S4 Flask finds its route under a named stage",
    "wsgi",
    [http_api_1_0, http_api_2_0],
    serverless_wsgi=AssertionError,
)
def named_stage_in_flask(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    assert flask_echo(make_handler, build(stage="dev")) == f"foo https://{HOST}/dev/x"


@case("B-S7 base path /api is no part of /apiv2", "wsgi", serverless_wsgi=AssertionError)
def wsgi_base_path_boundary(make_handler: MakeHandler) -> None:
    assert wsgi_path(make_handler, on_domain("/apiv2/x", base=""), base_path="/api") == ("", "/apiv2/x")


@case("B-S7 a base path is written with its slash", "wsgi", serverless_wsgi=AssertionError)
def wsgi_base_path_slash(make_handler: MakeHandler) -> None:
    assert wsgi_path(make_handler, on_domain("/x", base="/api"), base_path="/api") == ("/api", "/x")


@case("B-S13 /%FF stays the byte FF", "wsgi", [rest_api, http_api_1_0], serverless_wsgi=AssertionError)
def byte_in_path(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    assert wsgi_path(make_handler, build(path="/%FF"))[1] == "/\xff"


@case("B-W4 the path is decoded", "wsgi", [rest_api, http_api_1_0], awsgi=AssertionError)
def decoded_once(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    assert wsgi_path(make_handler, build(path="/caf%C3%A9"))[1] == "/cafÃ©"  # UTF-8 as PEP 3333 wants it


@case("B-Z3 a REST path that begins like the stage", "wsgi", zappa=AssertionError)
def path_like_stage(make_handler: MakeHandler) -> None:
    got = [wsgi_path(make_handler, rest_api(path=path, stage="prod")) for path in ("/products", "/prod", "/prod/x")]
    assert got == [("/prod", "/products"), ("/prod", "/prod"), ("/prod", "/prod/x")]


@case(
    "B-Z6 no stage in URLs of the $default stage",
    "wsgi",
    [http_api_1_0, http_api_2_0],
    zappa=AssertionError,
    serverless_wsgi=AssertionError,
)
def default_stage_in_flask(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    assert flask_echo(make_handler, build()) == f"foo https://{HOST}/x"


@case("B-Z10 the base path is taken off once", "wsgi", zappa=AssertionError)
def base_path_twice(make_handler: MakeHandler) -> None:
    assert wsgi_path(make_handler, on_domain("/api/x", base="/api"), base_path="/api") == ("/api", "/api/x")


@case("B-M23 raw_path is bytes", "asgi", ALL, mangum=AssertionError)
def raw_path(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    app = Asgi()
    ask(make_handler(app), build(path="/a%20b"))
    assert app.scope["raw_path"] == app.scope["root_path"].encode() + b"/a%20b"


@case("B-M23 spec_version 2.4 or later, of ASGI 3", "asgi", mangum=AssertionError)
def spec_version(make_handler: MakeHandler) -> None:
    app = Asgi()
    ask(make_handler(app), rest_api())
    asgi = app.scope["asgi"]
    assert asgi["version"] == "3.0"
    assert tuple(map(int, asgi["spec_version"].split("."))) >= (2, 4)


@case("B-M23 Starlette streams without listening for a disconnect", "asgi", mangum=AssertionError)
def no_disconnect_listener(make_handler: MakeHandler) -> None:
    from starlette.responses import StreamingResponse

    receives = []

    async def app(scope: Message, receive: Receive, send: Any) -> None:
        async def counted() -> Message:
            receives.append(scope["type"])
            return await receive()

        await StreamingResponse(iter(["a", "b"]))(scope, counted, send)

    answer = make_handler(app, lifespan="off")(http_api_2_0(), Context())
    assert (answer["statusCode"], answer["body"], receives) == (200, "ab", [])


@case("B-M23 https means port 443", "asgi", ALL, mangum=AssertionError)
def https_port(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    app = Asgi()
    ask(make_handler(app), build(without=("X-Forwarded-Port", "X-Forwarded-Proto")))
    assert (app.scope["scheme"], *app.scope["server"]) == ("https", HOST, 443)
