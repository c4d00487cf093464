"""ministack, with three things that it lacks; run by ministack's own Python, as a file: emulator_process.py RUNTIME_PYTHON.

1. It transforms a SAM template, but of the OpenAPI bodies that come of it it takes GET, POST, ... and not ANY, and of an
   HTTP API's nothing. Here both become routes, with what ministack's own resources are made by.
2. It takes the "*~1*" of a template for a media type; API Gateway reads */* there.
3. It runs functions with its own Python and all that is installed there. RUNTIME_PYTHON is a Python that has what Lambda's
   has besides the standard library, boto3, so that what a package lacks is missing here too.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

ANY = "x-amazon-apigateway-any-method"


def take_any_in_rest_apis() -> None:
    """Import an OpenAPI body's ANY as the method ANY, which ministack routes."""
    rest: Any = import_module("ministack.services.apigateway_v1")
    import_path = rest._import_path_item
    rest._OPENAPI_HTTP_METHODS.add("any")

    def import_with_any(api: str, path: str, item: dict[str, Any], *more: Any) -> None:
        import_path(api, path, {"any" if key == ANY else key: value for key, value in item.items()}, *more)

    rest._import_path_item = import_with_any


def read_escaped_media_types() -> None:
    """Read ~1 as a slash in a REST API's binary media types."""
    provisioners: Any = import_module("ministack.services.cloudformation.provisioners")
    handlers = provisioners._RESOURCE_HANDLERS["AWS::ApiGateway::RestApi"]
    create = handlers["create"]

    def create_with_types(logical_id: str, properties: dict[str, Any], stack: str) -> tuple[str, dict[str, Any]]:
        types = [entry.replace("~1", "/") for entry in properties.get("BinaryMediaTypes", [])]
        made: tuple[str, dict[str, Any]] = create(logical_id, {**properties, "BinaryMediaTypes": types}, stack)
        return made

    handlers["create"] = create_with_types


def take_bodies_of_http_apis() -> None:
    """Make an integration and a route of each operation of an HTTP API's body, and its CORS settings the API's."""
    provisioners: Any = import_module("ministack.services.cloudformation.provisioners")
    handlers = provisioners._RESOURCE_HANDLERS["AWS::ApiGatewayV2::Api"]
    create = handlers["create"]

    def create_with_body(logical_id: str, properties: dict[str, Any], stack: str) -> tuple[str, dict[str, Any]]:
        body = properties.get("Body") or {}
        api, attributes = create(logical_id, {"ProtocolType": "HTTP", **properties}, stack)
        if "x-amazon-apigateway-cors" in body:
            provisioners._apigw_v2._apis[api]["corsConfiguration"] = body["x-amazon-apigateway-cors"]
        for path, item in body.get("paths", {}).items():
            for method, operation in item.items():
                proxy = operation["x-amazon-apigateway-integration"]
                made = {
                    "ApiId": api,
                    "IntegrationType": proxy["type"].upper(),
                    "IntegrationUri": proxy["uri"],
                    "PayloadFormatVersion": proxy["payloadFormatVersion"],
                }
                integration, _ = provisioners._apigw_v2_integration_create(logical_id, made, stack)
                route = path if path == "$default" else f"{'ANY' if method == ANY else method.upper()} {path}"
                target = {"ApiId": api, "RouteKey": route, "Target": f"integrations/{integration}"}
                provisioners._apigw_v2_route_create(logical_id, target, stack)
        return api, attributes

    handlers["create"] = create_with_body


def run_functions_with(python: str) -> None:
    """Run Python functions with another interpreter than ministack's."""
    runtime: Any = import_module("ministack.core.lambda_runtime")
    detect = runtime._detect_runtime_binary

    def detect_with(name: str) -> tuple[str, str]:
        binary, script = detect(name)
        return python if binary == sys.executable else binary, script

    runtime._detect_runtime_binary = detect_with


if __name__ == "__main__":
    take_any_in_rest_apis()
    read_escaped_media_types()
    take_bodies_of_http_apis()
    run_functions_with(sys.argv.pop())
    import_module("ministack.app").main()
