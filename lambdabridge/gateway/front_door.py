"""What API Gateway does around the event: stage and route, headers on the way in and out, its own error responses.

How the real ones behave is recorded by LocalStack (tests/aws/services/apigateway, *.validation.json) and by AWS's .NET Test
Tool (Snapshots/); each rule below that is not in AWS's guide names which.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lambdabridge.errors import BadResultError, ProtocolError
from lambdabridge.gateway.delivery import Delivery, now
from lambdabridge.messages import Request, Response, check_headers
from lambdabridge.sources.base_path import is_under

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from lambdabridge.gateway.settings import Settings
    from lambdabridge.types import Event, GatewaySource, Headers

# never reach the function of a REST API (LocalStack, ls-rest-regional-dropped-headers)
_REST_DROPS = frozenset(
    (
        "connection",
        "content-length",
        "content-md5",
        "expect",
        "max-forwards",
        "proxy-authenticate",
        "server",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "www-authenticate",
    )
)
_HTTP_DROPS = frozenset(("connection", "transfer-encoding", "upgrade", "keep-alive"))
# sent to the client under another name, because the gateway's own ones stand there (LocalStack; WWW-Authenticate: reports)
_REST_REMAPS = frozenset(("connection", "content-length", "date", "server", "www-authenticate"))

# for a result that is refused, and for a function that fails: status, type, body; the space after REST's colon is real
_HTTP_500 = (500, "application/json", '{"message":"Internal Server Error"}')
_FAILED = {
    "rest": (502, "application/json", '{"message": "Internal server error"}'),
    "http": _HTTP_500,
    "http-1.0": _HTTP_500,
    "function-url": (502, "text/plain", "Internal Server Error"),
    "alb": (502, "text/html", "<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>"),
    "vpc-lattice-1": (502, "text/plain", "Bad Gateway"),
    "vpc-lattice-2": (502, "text/plain", "Bad Gateway"),
    "lambda-at-edge": (502, "text/html", "<html><head><title>502 Bad Gateway</title></head></html>"),
    "rest-template": (502, "application/json", '{"message": "Internal server error"}'),
}
_REQUEST_IDS = {
    "rest": "x-amzn-requestid",
    "function-url": "x-amzn-requestid",
    "alb": "",
    "vpc-lattice-1": "",
    "vpc-lattice-2": "",
    "lambda-at-edge": "",
}


class FunctionError(Exception):
    """The function raised, or its result is no JSON: what Lambda reports as X-Amz-Function-Error."""


@dataclass(frozen=True)
class Answer:
    """What the client gets, and one sentence for the developer where the gateway answered by itself or lost something."""

    response: Response
    reason: str = ""


def check(response: Response) -> Response:
    """Return the response as HTTP can carry it; raise BadResultError or ProtocolError where it can't."""
    if not 200 <= response.status <= 599:
        raise BadResultError(f"statusCode must be an HTTP status from 200 to 599 and is {response.status}")
    response.headers = check_headers(response.headers)
    return response


class FrontDoor:
    """One API with the catch-all routes: ANY / and ANY /{proxy+} of a REST API, $default of an HTTP API."""

    def __init__(self, settings: Settings, source: GatewaySource) -> None:
        self.settings = settings
        self.source = source

    async def answer(self, request: Request, invoke: Callable[[Any], Awaitable[object]]) -> Answer:
        """Return what the client gets; request has the path and the headers as they came."""
        if self.settings.api in (
            "rest",
            "rest-template",
        ):  # slashes before the stage are one (LocalStack, ls-rest-with-prepended-slash)
            request.raw_path = "/" + request.raw_path.lstrip("/")
        if not is_under(request.raw_path, self.settings.stage_path):
            return self._no_stage(request)
        delivery = self._delivery(request)
        event = self.source.encode_request(self._incoming(request), delivery)
        try:
            result = await invoke(event)
        except FunctionError as error:
            return self._error(delivery, *_FAILED[self.settings.api], f"the function failed: {error}")
        try:
            response = check(self.source.decode_response(result, request, delivery))
        except (BadResultError, ProtocolError) as error:
            failed = _FAILED[self.settings.api]
            who = {"function-url": "Lambda", "alb": "The load balancer"}.get(self.settings.api, "API Gateway")
            return self._error(delivery, *failed, f"{who} would answer {failed[0]} here: {error}")
        if request.method == "HEAD" or response.status in (204, 304):
            response.body = b""
        reason = self._lost_upload(request, event) or self._lost_download(result, response)
        return Answer(self._outgoing(response, delivery, request.method), reason)

    def _no_stage(self, request: Request) -> Answer:
        url = f"http://{dict(request.headers).get('host', self.settings.host)}{self.settings.stage_path}/"
        reason = f"the stage is part of the path: {url}"
        is_rest = self.settings.api == "rest"
        status, body = (403, '{"message":"Forbidden"}') if is_rest else (404, '{"message":"Not Found"}')
        return self._error(Delivery(**now()), status, "application/json", body, reason)  # type: ignore[arg-type]

    def _delivery(self, request: Request) -> Delivery:
        settings = self.settings
        rest = request.raw_path[len(settings.stage_path) :].strip("/")
        resource = route_key = "$default"
        path_parameters = None
        if settings.api in ("rest", "rest-template"):
            resource = "/{proxy+}" if rest else "/"
            path_parameters = {"proxy": rest} if rest else None
        return Delivery(
            stage=settings.stage_name,
            resource=resource,
            route_key=route_key,
            path_parameters=path_parameters,
            domain_name=settings.domain_name,
            api_id=settings.api_id,
            account_id=settings.account_id,
            binary_media_types=settings.binary_media_types,
            multi_value_headers=settings.multi_value_headers,
            event_structure="1" if settings.api == "vpc-lattice-1" else "2",
            **now(),  # type: ignore[arg-type]
        )

    def _incoming(self, request: Request) -> Request:
        """Return the request with the headers that the function sees: some dropped, the gateway's own added."""
        drops = _REST_DROPS if self.settings.api in ("rest", "rest-template") else _HTTP_DROPS
        address = request.client[0] if request.client else "127.0.0.1"
        forwarded = [value for name, value in request.headers if name == "x-forwarded-for"]
        ours = ("x-forwarded-for", "x-forwarded-port", "x-forwarded-proto")
        headers: Headers = [line for line in request.headers if line[0] not in drops and line[0] not in ours]
        if not any(name == "x-amzn-trace-id" for name, _ in headers):
            headers.append(("x-amzn-trace-id", f"Root=1-{int(time.time()):08x}-{uuid.uuid4().hex[:24]}"))
        headers += [
            ("x-forwarded-for", ", ".join([*forwarded, address])),
            ("x-forwarded-port", str(request.server[1])),
            ("x-forwarded-proto", request.scheme),
        ]
        if self.settings.api in ("http", "http-1.0") and not any(name == "content-length" for name, _ in headers):
            headers.append(("content-length", str(len(request.body))))
        return Request(
            request.method,
            request.path,
            request.raw_path,
            request.query_string,
            headers,
            request.body,
            scheme=request.scheme,
            client=request.client,
            server=request.server,
        )

    def _outgoing(self, response: Response, delivery: Delivery, method: str = "GET") -> Response:
        """Return the response with the headers that the client sees."""
        headers = response.headers
        if self.settings.api == "rest":
            headers = [(f"x-amzn-remapped-{n}" if n in _REST_REMAPS else n, v) for n, v in headers]
        elif method != "HEAD":  # whose Content-Length is that of the body which GET would have
            headers = [line for line in headers if line[0] != "content-length"]
        name = _REQUEST_IDS.get(self.settings.api, "apigw-requestid")
        if name:
            headers.append((name, delivery.request_id))
        return Response(response.status, headers, response.body)

    def _error(self, delivery: Delivery, status: int, content_type: str, body: str, reason: str) -> Answer:
        response = Response(status, [("content-type", content_type)], body.encode())
        return Answer(self._outgoing(response, delivery), reason)

    def _lost_upload(self, request: Request, event: Event) -> str:
        if self.settings.api != "rest" or not request.body or event["isBase64Encoded"]:
            return ""
        try:
            request.body.decode()
        except UnicodeDecodeError:
            return self._binary_hint(
                "the function got text with U+FFFD for what is not UTF-8", "encodes", "Content-Type"
            )
        return ""

    def _binary_hint(self, what: str, does: str, header: str) -> str:
        types = ", ".join(self.settings.binary_media_types) or "none"
        return (
            f"{what}, as from API Gateway: a REST API {does} only bodies whose {header} matches its binaryMediaTypes "
            f"(here: {types}); try --binary-media-types '*/*'"
        )

    def _lost_download(self, result: object, response: Response) -> str:
        if (
            self.settings.api != "rest"
            or not isinstance(result, dict)
            or not result.get("isBase64Encoded")
            or not response.body
        ):
            return ""
        if response.body != str(result.get("body")).encode():
            return ""
        return self._binary_hint("the client got the base64 text", "decodes", "Accept")
