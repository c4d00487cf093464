"""SAM CLI's local API Gateway; see tests/referees/sam.py. It has no stage in the path, and no Function URLs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from samcli.lib.providers.provider import Api as SamApi
from samcli.local.apigw.local_apigw_service import LocalApigwService
from samcli.local.apigw.route import Route
from werkzeug.serving import make_server

from tests.emulators import Api, Engine, Observed, Send, api_of, request_through, result_of
from tests.recorded import Case
from tests.recorded_sockets import as_bytes, exchange
from tests.referees.sam import _Quiet, _Runner


def _routes(api: Api) -> list[Any]:
    if api.source == "rest-v1":
        kind: dict[str, Any] = {"event_type": Route.API}
    else:
        kind = {"event_type": Route.HTTP, "payload_format_version": api.source.removeprefix("http-api-")}
    pairs = (route.split() if route != "$default" else ("ANY", "$default") for route in api.routes)
    return [Route("function", path, [method], **kind) for method, path in pairs]


def _service(api: Api, runner: _Runner) -> Any:
    settings = SamApi(_routes(api))
    settings.binary_media_types_set = set(api.binary_media_types)
    settings.stage_name, settings.stage_variables = api.stage, api.stage_variables
    service = LocalApigwService(settings, runner, host="127.0.0.1", port=0)
    service.create()
    return service


@contextmanager
def _open() -> Iterator[Send]:
    def send(case: Case) -> Observed:
        events: list[dict[str, Any]] = []

        def handler(event: Any, context: object) -> Any:
            events.append(json.loads(json.dumps(event)))
            return result_of(case)

        runner = _Runner()
        runner.handler = handler
        server = make_server("127.0.0.1", 0, _service(api_of(case), runner)._app, request_handler=_Quiet)
        request = request_through(case, has_stage=False)
        try:
            with ThreadPoolExecutor(1) as client:
                reply = client.submit(exchange, server.server_port, as_bytes(request), request.method)
                server.handle_request()
                return Observed(events[0] if events else None, reply.result())
        finally:
            server.server_close()

    yield send


ENGINE = Engine("SAM CLI", "aws-sam-cli", ("rest-v1", "http-api-1.0", "http-api-2.0"), _open)
