"""What a front door does around the event, as one line: stage, route, headers in, event, result, headers out.

The rules that it obeys are tables by --api: routes.py, headers.py, failures.py. How the real ones behave is recorded by
LocalStack (tests/aws/services/apigateway, *.validation.json) and by AWS's .NET Test Tool (Snapshots/).
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from lambdabridge.errors import BadResultError, ProtocolError
from lambdabridge.gateway import headers as header_rules
from lambdabridge.gateway import routes as routing
from lambdabridge.gateway.delivery import Delivery, arrive
from lambdabridge.gateway.failures import BAD_GATEWAY, FAILED, NO_ROUTE, NO_STAGE, NOT_FOUND, WHO, Failure
from lambdabridge.messages import Request, Response, check_headers
from lambdabridge.sources.base_path import is_under

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from lambdabridge.gateway.settings import Settings
    from lambdabridge.types import Event, GatewaySource

REST = ("rest", "rest-template")
"""--api: those that are REST APIs."""


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
    """One API, by default with the catch-all routes: ANY / and ANY /{proxy+} of a REST API, $default of an HTTP API.

    configured: what `settings` can't say (a custom domain, an edge endpoint, stage variables, identifiers).
    """

    def __init__(
        self,
        settings: Settings,
        source: GatewaySource,
        *,
        configured: Delivery | None = None,
        routes: tuple[str, ...] = (),
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.settings = settings
        self.source = source
        self.routes = routes or routing.CATCH_ALL.get(settings.api, (routing.DEFAULT,))
        self.clock = clock
        self.configured = replace(
            configured or Delivery(domain_name=settings.domain_name),
            stage=settings.stage_name,
            api_id=settings.api_id,
            account_id=settings.account_id,
            binary_media_types=settings.binary_media_types,
            multi_value_headers=settings.multi_value_headers,
            event_structure="1" if settings.api == "vpc-lattice-1" else "2",
        )

    async def answer(self, request: Request, invoke: Callable[[Any], Awaitable[object]]) -> Answer:
        """Return what the client gets; request has the path and the headers as they came."""
        api = self.settings.api
        seconds = self.clock()
        delivery = arrive(self.configured, seconds)
        if api in REST:  # slashes before the stage are one (LocalStack, ls-rest-with-prepended-slash)
            request.raw_path = "/" + request.raw_path.lstrip("/")
        base = delivery.base_path if delivery.is_custom_domain else self.settings.stage_path
        if not is_under(request.raw_path, base):
            return self._own(delivery, NO_STAGE.get(api, NOT_FOUND), self._no_stage(request, base))
        path = request.raw_path[len(base) :]
        match = routing.find(self.routes, request.method, path, ignores_outer_slashes=api in REST)
        if match is None:
            reason = f"no route takes {request.method} {path or '/'}; there are: {', '.join(self.routes)}"
            return self._own(delivery, NO_ROUTE.get(api, NOT_FOUND), reason)
        delivery = replace(
            delivery, resource=match.resource, route_key=match.route, path_parameters=match.path_parameters or None
        )
        event = self.source.encode_request(self._incoming(request, seconds), delivery)
        try:
            result = await invoke(event)
        except FunctionError as error:
            return self._own(delivery, FAILED.get(api, BAD_GATEWAY), f"the function failed: {error}")
        try:
            response = self.source.decode_response(result, request, delivery)
            response.headers = header_rules.renamed(response.headers, api, request.method)
            response = check(response)
        except (BadResultError, ProtocolError) as error:
            failed = FAILED.get(api, BAD_GATEWAY)
            failed = replace(failed, status=getattr(error, "status", None) or failed.status)
            who = WHO.get(api, "API Gateway")
            return self._own(delivery, failed, f"{who} would answer {failed.status} here: {error}")
        if request.method == "HEAD" or response.status in (204, 304):
            response.body = b""
        response.headers = header_rules.identified(response.headers, api, delivery)
        return Answer(response, self._lost_upload(request, event) or self._lost_download(result, response))

    def _no_stage(self, request: Request, base: str) -> str:
        host = {name.lower(): value for name, value in request.headers}.get("host", self.settings.host)
        return f"the stage is part of the path: http://{host}{base}/"

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
        headers = header_rules.identified(headers, self.settings.api, delivery)
        return Answer(Response(failure.status, headers, failure.body.encode()), reason)

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
