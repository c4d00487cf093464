"""REST APIs as CloudFormation has them: RestApi, a tree of Resource, Method, Stage.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_ApiGateway.html
"""

from __future__ import annotations

from typing import Any

from lambdabridge.gateway.template import openapi
from lambdabridge.gateway.template.stack import Api, Stack

Resources = dict[str, tuple[str, dict[str, Any], dict[str, Any]]]


def read(stack: Stack, resources: Resources) -> None:
    """Add every AWS::ApiGateway::RestApi with its routes."""
    for name, (kind, properties, _) in resources.items():
        if kind == "AWS::ApiGateway::RestApi":
            types = tuple(str(entry).replace("~1", "/") for entry in properties.get("BinaryMediaTypes") or ())
            routes = openapi.routes(properties.get("Body"))
            stack.apis[name] = Api(name, "rest", _stage(resources, name), routes, types)
    for name, (kind, properties, _) in resources.items():
        api = stack.apis.get(str(properties.get("RestApiId")))
        if kind == "AWS::ApiGateway::Method" and api is not None:
            path = _path(resources, str(properties.get("ResourceId")), api.name)
            integration = {key.lower(): value for key, value in (properties.get("Integration") or {}).items()}
            route = openapi.route(f"{properties.get('HttpMethod')} {path}", integration)
            if route is None:
                stack.note(f"{name}: its integration runs no function and is not served here.")
            else:
                api.routes.append(route)


def _stage(resources: Resources, api: str) -> str:
    for kind, properties, _ in resources.values():
        if kind == "AWS::ApiGateway::Stage" and properties.get("RestApiId") == api:
            return str(properties.get("StageName") or "prod")
    for kind, properties, _ in resources.values():
        if kind == "AWS::ApiGateway::Deployment" and properties.get("RestApiId") == api and properties.get("StageName"):
            return str(properties["StageName"])
    return "prod"


def _path(resources: Resources, resource: str, api: str) -> str:
    """Return the path of a Resource; the root resource is the API's own."""
    parts: list[str] = []
    while resource != api and resource in resources and len(parts) < 50:
        properties = resources[resource][1]
        parts.insert(0, str(properties.get("PathPart", "")))
        resource = str(properties.get("ParentId"))
    return "/" + "/".join(parts)
