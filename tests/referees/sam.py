"""SAM CLI's local API Gateway (https://github.com/aws/aws-sam-cli, samcli/local/apigw), without Docker.

`sam local start-api` is a Flask application that asks a runner for the function's result; the runner that would start a
container is replaced, everything else is SAM's. It has no stage in the path.
"""

from __future__ import annotations

import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from werkzeug.serving import WSGIRequestHandler, make_server

from tests.referees import run
from tests.wire import call

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its dependencies' affairs
    from samcli.lib.providers.provider import Api
    from samcli.local.apigw.local_apigw_service import LocalApigwService
    from samcli.local.apigw.route import Route

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.referees import Send
    from tests.scenarios import Scenario
    from tests.wire import Handler, Reply


class _Runner:
    """In the place of samcli's LocalLambdaRunner."""

    handler: Handler

    def is_debugging(self) -> bool:
        return False

    def invoke(self, name: str, event: str, stdout: Any, stderr: Any, tenant_id: str | None = None) -> None:
        stdout.write_str(run(self.handler, event))


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - werkzeug's name
        """Write nothing."""


def _routes(api: str) -> list[Route]:
    if api == "rest":
        return [Route("function", path, ["ANY"], Route.API) for path in ("/", "/{proxy+}")]
    version = {"http": "2.0", "http-1.0": "1.0"}[api]
    return [Route("function", "$default", ["ANY"], Route.HTTP, payload_format_version=version)]


@contextmanager
def open_api(api: str, binary_media_types: tuple[str, ...]) -> Iterator[Send]:
    """Serve an API on a port of its own. For HTTP APIs, too, SAM goes by BinaryMediaTypes, and fails on bytes without."""
    runner = _Runner()
    settings = Api(_routes(api))
    settings.binary_media_types_set = set(binary_media_types)
    settings.stage_name = {"rest": "prod"}.get(api, "$default")
    service = LocalApigwService(settings, runner, host="127.0.0.1", port=0)
    service.create()
    server = make_server("127.0.0.1", 0, service._app, request_handler=_Quiet)

    def send(scenario: Scenario, handler: Handler) -> Reply:
        runner.handler = handler
        with ThreadPoolExecutor(1) as client:
            reply = client.submit(call, server.server_port, scenario)
            server.handle_request()  # on this thread, as Lambda calls a handler on the main thread
            return reply.result()

    try:
        yield send
    finally:
        server.server_close()
