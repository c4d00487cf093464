"""LocalStack's REST API engine; see tests/referees/localstack.py. It gets a request object, and no socket."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from localstack.services.apigateway.models import MergedRestApi, RestApiDeployment
from localstack.services.apigateway.next_gen.execute_api.context import RestApiInvocationContext
from localstack.services.apigateway.next_gen.execute_api.gateway import RestApiGateway
from localstack.services.apigateway.next_gen.execute_api.integrations.aws import RestApiAwsProxyIntegration
from localstack.services.apigateway.next_gen.execute_api.router import ApiGatewayEndpoint
from rolo import Request
from werkzeug.datastructures import Headers

from tests.emulators import Api, Engine, Observed, Send, api_of, request_through, result_of
from tests.recorded import Case
from tests.referees.localstack import _resource
from tests.wire import Reply


def _deployment(api: Api) -> Any:
    rest_api = MergedRestApi({"id": "localstack", "binaryMediaTypes": list(api.binary_media_types)})
    rest_api.resources = {}
    for route in api.routes:
        method, path = route.split()
        resource = _resource(path)
        resource["resourceMethods"] = {method: {**resource["resourceMethods"]["ANY"], "httpMethod": method}}
        rest_api.resources[path] = resource
    return RestApiDeployment("123456789012", "us-east-1", rest_api)


def _request(case: Case) -> Any:
    sent = request_through(case)
    headers = Headers(sent.headers)
    if "host" not in headers:
        headers["Host"] = "localhost"
    return Request(
        method=sent.method,
        path=sent.path,
        raw_path=sent.raw_path,
        query_string=sent.query_string,
        headers=headers,
        body=sent.body,
        scheme="http",
        remote_addr="127.0.0.1",
        server=("localhost", 80),
    )


def _reply(response: Any) -> Reply:
    """Return the response with a web server's part done."""
    headers = [(name.lower(), value) for name, value in response.headers.to_wsgi_list()]
    body = response.get_data()
    if "content-length" not in dict(headers):
        headers.append(("content-length", str(len(body))))
    return Reply(response.status_code, headers, body)


@contextmanager
def _open() -> Iterator[Send]:
    gateway = RestApiGateway()

    def send(case: Case) -> Observed:
        events: list[dict[str, Any]] = []

        def call(event: Any, **_: object) -> bytes:
            events.append(json.loads(event))
            return json.dumps(result_of(case)).encode()

        RestApiAwsProxyIntegration.call_lambda = staticmethod(call)
        api, request = api_of(case), _request(case)
        response = ApiGatewayEndpoint.create_response(request)
        context = RestApiInvocationContext(request)
        context.deployment = _deployment(api)
        context.api_id, context.stage, context.deployment_id = "localstack", api.stage, "deployment"
        context.stage_configuration = {"variables": api.stage_variables} if api.stage_variables else {}
        with closing(request):
            gateway.process_with_context(context, response)
        return Observed(events[0] if events else None, _reply(response))

    yield send


ENGINE = Engine("LocalStack", "localstack-core", ("rest-v1",), _open)
