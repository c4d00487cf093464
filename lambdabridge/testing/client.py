"""Client: an HTTP client of one API whose function is here, through the front door's own code and without sockets.

A path is the application's: client.get("/x") asks for /prod/x where the stage `prod` is in the client's path, so that the
same test runs on every source. An absolute URL is taken as it is. Headers, Location among them, are what the client sees.
"""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import unquote, urlsplit

from lambdabridge import __version__
from lambdabridge.gateway.front_door import FrontDoor
from lambdabridge.gateway.settings import APIS
from lambdabridge.messages import Request
from lambdabridge.sources.registry import resolve
from lambdabridge.testing.body import encode
from lambdabridge.testing.configuration import check_base_url, make_settings
from lambdabridge.testing.cookies import Cookies
from lambdabridge.testing.function import Function
from lambdabridge.testing.request import check_cookie, check_method, check_options, merge_headers, pairs
from lambdabridge.testing.response import Response
from lambdabridge.testing.url import URL, parse_url, redirected

if TYPE_CHECKING:
    from collections.abc import Callable

    from typing_extensions import Self, Unpack

    from lambdabridge.testing.request import Fields, RequestOptions
    from lambdabridge.types import Application, Headers

T = TypeVar("T")
_DEFAULTS = {"Accept": "*/*", "User-Agent": f"lambdabridge-testing/{__version__}"}
_REDIRECTS = (301, 302, 303, 307, 308)


class Client:
    """An HTTP client of one API. Closes what it made: use it in a `with` statement, or call close().

    handler              what bridge() returned, an application (which is bridged), any Lambda handler, or an import string
                         of one of these, as `lambdabridge serve` takes it
    source               the front door, by its name in `lambdabridge serve --api`
    stage                the stage's name; "" is the API's usual one
    binary_media_types   of a REST API. None: */* where the API has them, which uploads and downloads need
                         (`lambdabridge serve` has none unless told so, as AWS)
    multi_value_headers  whether an ALB's target group has them enabled
    base_url             scheme and host that the client calls. None: https and the domain that AWS would give
    headers              sent with every request
    interface            what the handler is, where that can't be known
    follow_redirects     whether redirects are followed unless a request says otherwise
    raise_exceptions     what the application raises comes out of get() and the others. Otherwise it is as on Lambda: in the
                         log (pytest shows it with a failing test), and the client gets 500
    """

    def __init__(
        self,
        handler: Application | Callable[[Any, Any], Any] | str,
        source: str = "http",
        *,
        stage: str = "",
        binary_media_types: tuple[str, ...] | list[str] | None = None,
        multi_value_headers: bool = False,
        base_url: str | None = None,
        headers: Fields | None = None,
        interface: str = "auto",
        follow_redirects: bool = False,
        raise_exceptions: bool = False,
    ) -> None:
        self.settings = make_settings(source, stage, binary_media_types, multi_value_headers)
        self.base_url = check_base_url(base_url or f"https://{self.settings.domain_name}")
        self.headers = merge_headers(_DEFAULTS, headers)
        self.cookies = Cookies(urlsplit(self.base_url).hostname or "")
        self.follow_redirects = follow_redirects
        self.raise_exceptions = raise_exceptions
        self._front_door = FrontDoor(self.settings, resolve(APIS[source]))  # type: ignore[arg-type]
        self._function = Function(handler, interface)

    @property
    def handler(self) -> Callable[[Any, Any], Any]:
        """The Lambda handler that gets the events."""
        return self._function.handler

    def url(self, path: str = "/") -> str:
        """Return the whole URL that the client calls for a path of the application, the stage included."""
        return str(self._resolve(parse_url(path)))

    def request(self, method: str, url: str = "/", **options: Unpack[RequestOptions]) -> Response:
        """Send one request and return the response; the options are those of RequestOptions."""
        given = check_options(options)
        follow = given.pop("follow_redirects", None)
        cookies = [check_cookie(name, value) for name, value in pairs(given.pop("cookies", None), "cookies")]
        target = self._resolve(parse_url(url, given.pop("query_string", None)))
        headers = merge_headers(self.headers, given.pop("headers", None))
        method = check_method(method)
        lines, body = encode(method, headers, **given)  # what is left is the body's
        response = self._send(method, target, lines, body, cookies)
        history: list[Response] = []
        while (self.follow_redirects if follow is None else follow) and _leads_on(response):
            history.append(response)
            target = redirected(response, len(history))
            if response.status_code == 303 or (response.status_code in (301, 302) and method == "POST"):
                method, body = "HEAD" if method == "HEAD" else "GET", b""
                lines = [line for line in lines if not line[0].lower().startswith("content-")]
            response = self._send(method, target, lines, body, cookies)
            response.history = history
        return response

    def open(self, url: str = "/", method: str = "GET", **options: Unpack[RequestOptions]) -> Response:
        """Send one request, in the order of arguments that Flask's test client has."""
        return self.request(method, url, **options)

    def get(self, url: str = "/", **options: Unpack[RequestOptions]) -> Response:
        """Send a GET request."""
        return self.request("GET", url, **options)

    def head(self, url: str = "/", **options: Unpack[RequestOptions]) -> Response:
        """Send a HEAD request."""
        return self.request("HEAD", url, **options)

    def post(self, url: str = "/", **options: Unpack[RequestOptions]) -> Response:
        """Send a POST request."""
        return self.request("POST", url, **options)

    def put(self, url: str = "/", **options: Unpack[RequestOptions]) -> Response:
        """Send a PUT request."""
        return self.request("PUT", url, **options)

    def patch(self, url: str = "/", **options: Unpack[RequestOptions]) -> Response:
        """Send a PATCH request."""
        return self.request("PATCH", url, **options)

    def delete(self, url: str = "/", **options: Unpack[RequestOptions]) -> Response:
        """Send a DELETE request."""
        return self.request("DELETE", url, **options)

    def options(self, url: str = "/", **options: Unpack[RequestOptions]) -> Response:
        """Send an OPTIONS request."""
        return self.request("OPTIONS", url, **options)

    def close(self) -> None:
        """Close the handler if this client made it: an ASGI application's lifespan shutdown runs."""
        self._function.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Client of {self.url()} ({self.settings.api})>"

    def _resolve(self, url: URL) -> URL:
        if url.origin:
            return url._replace(path=url.path or "/")
        return URL(self.base_url, self.settings.stage_path + url.path or "/", url.query)

    def invoke(self, event: object) -> Any:
        """Call the handler with an event of any kind and return its result, as JSON says it."""
        return self._function.invoke(event, raise_exceptions=self.raise_exceptions)

    def pass_through(self, front_door: FrontDoor, request: Request, url: str) -> Response:
        """Return the response to a request that is ready, through a front door of one's own."""
        crossed: dict[str, Any] = {}

        async def invoke(event: dict[str, Any]) -> object:
            crossed["event"] = event
            crossed["result"] = self.invoke(event)
            return crossed["result"]

        answer = _finish(front_door.answer(request, invoke))
        status, headers, content = answer.response.status, list(answer.response.headers), answer.response.body
        is_bare = request.method == "HEAD" or status in (204, 304)
        if not is_bare and not any(name == "content-length" for name, _ in headers):
            headers.append(("content-length", str(len(content))))
        return Response(status, headers, content, url=url, reason=answer.reason, **crossed)

    def _send(self, method: str, url: URL, lines: Headers, body: bytes, cookies: Headers) -> Response:
        """Send one request, and keep the cookies of its response."""
        request = _request(method, url, self._with_cookies(lines, str(url), cookies), body)
        response = self.pass_through(self._front_door, request, str(url))
        self.cookies.store(str(url), response.headers.getlist("Set-Cookie"))
        return response

    def _with_cookies(self, lines: Headers, url: str, cookies: Headers) -> Headers:
        """Return the headers with one Cookie header: the request's own cookies win over the jar's of the same name."""
        own = [value for name, value in lines if name.lower() == "cookie"]
        own += [f"{name}={value}" for name, value in cookies]
        names = {pair.partition("=")[0].strip() for value in own for pair in value.split(";")}
        kept = [pair for pair in self.cookies.header(url).split("; ") if pair and pair.partition("=")[0] not in names]
        rest = [line for line in lines if line[0].lower() != "cookie"]
        return [*rest, ("Cookie", "; ".join([*kept, *own]))] if kept or own else rest


def _request(method: str, url: URL, lines: Headers, body: bytes) -> Request:
    parts = urlsplit(url.origin)
    server = (parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
    host = [value for name, value in lines if name.lower() == "host"] or [parts.netloc]
    return Request(
        method,
        unquote(url.path, "latin-1"),
        url.path,
        url.query,
        [("Host", host[-1]), *(line for line in lines if line[0].lower() != "host")],
        body,
        scheme=parts.scheme,
        client=("127.0.0.1", 50000),
        server=server,
    )


def _leads_on(response: Response) -> bool:
    return response.status_code in _REDIRECTS and "Location" in response.headers


def _finish(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never has to wait: no event loop is needed, and none that runs is in the way."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value  # type: ignore[no-any-return]
    coroutine.close()
    raise RuntimeError("The front door waited for something other than the function.")
