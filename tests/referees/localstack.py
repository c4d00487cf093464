"""LocalStack's REST API engine (https://github.com/localstack/localstack, services/apigateway/next_gen/execute_api).

The handler chain runs as it is, on a deployment made here; the call of the Lambda service is replaced. Its behaviour is
covered by tests that LocalStack ran against AWS.
"""

from __future__ import annotations

import warnings
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import Headers

from tests.referees import run
from tests.wire import Reply, request_of

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its dependencies' affairs
    from localstack.http import Response
    from localstack.services.apigateway.models import MergedRestApi, RestApiDeployment
    from localstack.services.apigateway.next_gen.execute_api.context import RestApiInvocationContext
    from localstack.services.apigateway.next_gen.execute_api.gateway import RestApiGateway
    from localstack.services.apigateway.next_gen.execute_api.integrations.aws import RestApiAwsProxyIntegration
    from localstack.services.apigateway.next_gen.execute_api.router import ApiGatewayEndpoint
    from rolo import Request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.referees import Send
    from tests.scenarios import Scenario
    from tests.wire import Handler

STAGE = "prod"
_FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:function"


def _resource(path: str) -> dict[str, Any]:
    uri = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{_FUNCTION}/invocations"
    integration = {"type": "AWS_PROXY", "httpMethod": "POST", "uri": uri, "requestParameters": {}}
    method = {
        "httpMethod": "ANY",
        "methodIntegration": integration,
        "authorizationType": "NONE",
        "requestParameters": {},
    }
    return {"id": path, "path": path, "resourceMethods": {"ANY": method}}


def _deployment(binary_media_types: tuple[str, ...]) -> RestApiDeployment:
    api = MergedRestApi({"id": "localstack", "binaryMediaTypes": list(binary_media_types)})
    api.resources = {path: _resource(path) for path in ("/", "/{proxy+}")}
    return RestApiDeployment("123456789012", "us-east-1", api)


def _request(scenario: Scenario) -> Request:
    sent = request_of(scenario, f"/{STAGE}")
    return Request(
        method=sent.method,
        path=sent.path,
        raw_path=sent.raw_path,
        query_string=sent.query_string,
        headers=Headers(sent.headers),
        body=sent.body,
        scheme="http",
        remote_addr="127.0.0.1",
        server=("test.example", 80),
    )


@contextmanager
def open_api(api: str, binary_media_types: tuple[str, ...]) -> Iterator[Send]:
    """Make an API that needs no socket."""
    gateway, deployment = RestApiGateway(), _deployment(binary_media_types)
    replaced = RestApiAwsProxyIntegration.__dict__["call_lambda"]

    def send(scenario: Scenario, handler: Handler) -> Reply:
        RestApiAwsProxyIntegration.call_lambda = staticmethod(lambda event, **_: run(handler, event).encode())
        request = _request(scenario)
        response: Response = ApiGatewayEndpoint.create_response(request)
        context = RestApiInvocationContext(request)
        context.deployment = deployment
        context.api_id, context.stage, context.deployment_id = "localstack", STAGE, "deployment"
        context.stage_configuration = {}
        with closing(request):  # uploaded files
            gateway.process_with_context(context, response)
        lines = [(name.lower(), value) for name, value in response.headers.to_wsgi_list()]
        # a web server's part
        body = b"" if scenario.method == "HEAD" or response.status_code in (204, 304) else response.get_data()
        return Reply(response.status_code, lines, body)

    try:
        yield send
    finally:
        RestApiAwsProxyIntegration.call_lambda = replaced
