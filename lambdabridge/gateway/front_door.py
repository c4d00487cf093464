"""What a front door does around the event, as one line: stage, route, headers in, event, result, headers out.

The rules that it obeys are tables by --api: routes.py, headers.py, limits.py, cors.py, failures.py. How the real ones behave
is recorded by LocalStack (tests/aws/services/apigateway, *.validation.json) and by AWS's .NET Test Tool (Snapshots/).
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from json import dumps
from typing import TYPE_CHECKING, Any

from lambdabridge.errors import BadResultError, ProtocolError
from lambdabridge.gateway import cors as cors_rules
from lambdabridge.gateway import headers as header_rules
from lambdabridge.gateway import routes as routing
from lambdabridge.gateway.delivery import Delivery, arrive
from lambdabridge.gateway.failures import (
    BAD_GATEWAY,
    FAILED,
    NO_ROUTE,
    NO_STAGE,
    NOT_FOUND,
    STOPPED,
    THROTTLED,
    WHO,
    Failure,
)
from lambdabridge.gateway.hints import lost_download, lost_upload
from lambdabridge.gateway.limits import GATEWAY_TIMEOUT, TIMED_OUT, refuse_event, refuse_request
from lambdabridge.gateway.streamed import Streamed
from lambdabridge.messages import Request, Response, check_headers
from lambdabridge.sources.base_path import is_under

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from lambdabridge.gateway.settings import Settings
    from lambdabridge.gateway.template.stack import Cors
    from lambdabridge.types import Event, GatewaySource

REST = ("rest", "rest-template")
"""--api: those that are REST APIs."""
_LARGE = 1_000_000
"""Bytes of a request's body from which the event is measured: JSON takes at most six bytes for one, and Lambda 6 MB."""


class FunctionError(Exception):
    """The function raised, or its result is no JSON: what Lambda reports as X-Amz-Function-Error.

    kind: "error", or for processes one of runtime.failures.Kind.
    """

    kind: str = "error"


class StoppedWaiting(Exception):  # noqa: N818 - nobody's error: what an integration's timeout is for
    """The front door's own time for a function was over."""


@dataclass(frozen=True)
class Answer:
    """What the client gets, and one sentence for the developer where the gateway answered by itself or lost something.

    chunks: the body in place of response.body, where it is streamed; whoever gets the answer reads or drops them.
    """

    response: Response
    reason: str = ""
    chunks: Streamed | None = None


@dataclass(frozen=True)
class Routed:
    """A request that a route takes: what deliver() needs."""

    request: Request
    delivery: Delivery
    seconds: float

    @property
    def route(self) -> str:
        """The route's key: "ANY /{proxy+}", "$default"."""
        return self.delivery.route_key


def check(response: Response) -> Response:
    """Return the response as HTTP can carry it; raise BadResultError or ProtocolError where it can't."""
    if not 200 <= response.status <= 599:
        raise BadResultError(f"statusCode must be an HTTP status from 200 to 599 and is {response.status}")
    response.headers = check_headers(response.headers)
    return response


def _configured(settings: Settings, configured: Delivery | None) -> Delivery:
    delivery = configured or Delivery(domain_name=settings.domain_name)
    if not settings.base_path:
        return delivery
    return replace(delivery, is_custom_domain=True, base_path=settings.base_path.rstrip("/"))


class FrontDoor:
    """One API, by default with the catch-all routes: ANY / and ANY /{proxy+} of a REST API, $default of an HTTP API.

    configured: what `settings` can't say (a custom domain, an edge endpoint, stage variables, identifiers).
    mocks: the routes that answer without a function, with status and headers (a REST API's MOCK integrations).
    """

    def __init__(
        self,
        settings: Settings,
        source: GatewaySource,
        *,
        configured: Delivery | None = None,
        routes: tuple[str, ...] = (),
        mocks: dict[str, tuple[int, dict[str, str]]] | None = None,
        cors: Cors | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.settings = settings
        self.source = source
        self.routes = routes or routing.CATCH_ALL.get(settings.api, (routing.DEFAULT,))
        self.mocks = mocks or {}
        self.cors = cors
        self.clock = clock
        self.configured = replace(
            _configured(settings, configured),
            stage=settings.stage_name,
            api_id=settings.api_id,
            account_id=settings.account_id,
            binary_media_types=settings.binary_media_types,
            multi_value_headers=settings.multi_value_headers,
            event_structure="1" if settings.api == "vpc-lattice-1" else "2",
        )

    async def answer(self, request: Request, invoke: Callable[[Any], Awaitable[object]]) -> Answer:
        """Return what the client gets; request has the path and the headers as they came."""
        routed = self.find_route(request)
        return routed if isinstance(routed, Answer) else await self.deliver(routed, invoke)

    def find_route(self, request: Request) -> Routed | Answer:
        """Return the route that takes a request, or what the client gets without any function."""
        api = self.settings.api
        seconds = self.clock()
        delivery = arrive(self.configured, seconds)
        if api in REST:  # slashes before the stage are one (LocalStack, ls-rest-with-prepended-slash)
            request.raw_path = "/" + request.raw_path.lstrip("/")
        refused = refuse_request(request, api)
        if refused is not None:
            return self._refuse(delivery, *refused)
        base = delivery.base_path if delivery.is_custom_domain else self.settings.stage_path
        if not is_under(request.raw_path, base):
            return self._own(delivery, NO_STAGE.get(api, NOT_FOUND), self._no_stage(request, base))
        if self.cors is not None:
            preflight = cors_rules.preflight(self.cors, request)
            if preflight is not None:
                return self._identified(delivery, preflight, "a preflight, answered by the API's CORS configuration")
        path = request.raw_path[len(base) :]
        match = routing.find(self.routes, request.method, path, is_rest=api in REST)
        if match is None:
            reason = f"no route takes {request.method} {path or '/'}; there are: {', '.join(self.routes)}"
            return self._own(delivery, NO_ROUTE.get(api, NOT_FOUND), reason)
        if match.route in self.mocks:
            status, headers = self.mocks[match.route]
            return self._identified(delivery, Response(status, list(headers.items()), b""), "a mock integration")
        delivery = replace(
            delivery, resource=match.resource, route_key=match.route, path_parameters=match.path_parameters or None
        )
        return Routed(request, delivery, seconds)

    async def deliver(self, routed: Routed, invoke: Callable[[Any], Awaitable[object]]) -> Answer:
        """Return what the client gets from the function of a route."""
        api, request, delivery = self.settings.api, routed.request, routed.delivery
        event = self.source.encode_request(self._incoming(request, routed.seconds), delivery)
        if len(request.body) > _LARGE:
            refused = refuse_event(len(dumps(event)), api)
            if refused is not None:
                return self._refuse(delivery, *refused)
        chunks: Streamed | None = None
        unstreamed = ""
        try:
            result = await invoke(event)
            if isinstance(result, Streamed):
                result, chunks = await result.opened(api)
                unstreamed = (
                    "" if chunks else "the result was streamed, which this API can't pass on: it was sent whole"
                )
        except BadResultError as error:
            return self._refused(delivery, error)
        except FunctionError as error:
            if error.kind == "throttled":
                return self._refuse(delivery, THROTTLED.get(api, FAILED.get(api, BAD_GATEWAY)), str(error))
            failed = STOPPED if error.kind == "stopped" else FAILED.get(api, BAD_GATEWAY)
            return self._own(delivery, failed, f"the function failed: {error}")
        except StoppedWaiting as error:
            return self._refuse(delivery, TIMED_OUT.get(api, GATEWAY_TIMEOUT), str(error))
        try:
            self._check_size(result, event)
            response = self.source.decode_response(result, request, delivery)
            response.headers = header_rules.renamed(response.headers, api, request.method)
            response = check(response)
        except (BadResultError, ProtocolError) as error:
            if chunks is not None:
                chunks.drop()
            return self._refused(delivery, error)
        if request.method == "HEAD" or response.status in (204, 304):
            response.body = b""
            if chunks is not None:
                chunks.drop()
                chunks = None
        if self.cors is not None:
            response.headers = cors_rules.apply(self.cors, request, response.headers)
        reason = lost_upload(request, event, self.settings) or lost_download(result, response, self.settings)
        return replace(self._identified(delivery, response, reason or unstreamed), chunks=chunks)

    def _check_size(self, result: object, event: Event) -> None:
        """Hold a result to the source's own limit, where it has one below Lambda's."""
        limit = getattr(self.source, "most", None)
        if limit is None or not isinstance(result, dict):
            return
        most = limit(event)
        if len(str(result.get("body"))) > most // 6:
            size = len(dumps(result))
            if size > most:
                raise BadResultError(f"a result of {size:,} bytes, and {most:,} are taken")

    def _refused(self, delivery: Delivery, error: Exception) -> Answer:
        failed = FAILED.get(self.settings.api, BAD_GATEWAY)
        failed = replace(failed, status=getattr(error, "status", None) or failed.status)
        return self._refuse(delivery, failed, str(error))

    def _refuse(self, delivery: Delivery, failure: Failure, why: str) -> Answer:
        who = WHO.get(self.settings.api, "API Gateway")
        return self._own(delivery, failure, f"{who} would answer {failure.status} here: {why}")

    def _identified(self, delivery: Delivery, response: Response, reason: str) -> Answer:
        response.headers = header_rules.identified(response.headers, self.settings.api, delivery)
        return Answer(response, reason)

    def _no_stage(self, request: Request, base: str) -> str:
        host = {name.lower(): value for name, value in request.headers}.get("host", self.settings.host)
        what = "custom domain's base path" if self.settings.base_path else "stage"
        return f"the {what} is part of the path: http://{host}{base}/"

    def _incoming(self, request: Request, seconds: float) -> Request:
        """Return the request with the headers that the function sees."""
        return Request(
            request.method,
            request.path,
            request.raw_path,
            request.query_string,
            header_rules.incoming(request, self.settings.api, seconds),
            request.body,
            scheme=request.scheme,
            client=request.client,
            server=request.server,
        )

    def _own(self, delivery: Delivery, failure: Failure, reason: str) -> Answer:
        """Return an answer of the front door's own."""
        headers = [("content-type", failure.content_type)]
        if failure.error_type:
            headers.append(("x-amzn-errortype", failure.error_type))
        return self._identified(delivery, Response(failure.status, headers, failure.body.encode()), reason)
