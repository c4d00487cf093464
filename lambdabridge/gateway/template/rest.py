"""REST APIs as CloudFormation has them: RestApi, a tree of Resource, Method, Stage.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_ApiGateway.html
"""

from __future__ import annotations

from collections.abc import Iterable
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
            stack.apis[name] = Api(name, "rest", routes=routes, binary_media_types=types)
            _set_stage(stack, stack.apis[name], resources)
    for kind, properties, _ in resources.values():
        api = stack.apis.get(str(properties.get("RestApiId")))
        if kind == "AWS::ApiGateway::Method" and api is not None:
            path = _path(resources, str(properties.get("ResourceId")), api.name)
            integration = {key.lower(): value for key, value in (properties.get("Integration") or {}).items()}
            route = openapi.route(f"{properties.get('HttpMethod')} {path}", integration)
            route.authorizer = authorizer(properties.get("AuthorizationType"), properties.get("ApiKeyRequired"))
            api.routes.append(route)


def authorizer(kind: Any, key: Any = None) -> str:
    """Return what decides who gets through, for an AuthorizationType or AuthType and an ApiKeyRequired."""
    found = [] if kind in (None, "", "NONE") else [str(kind)]
    return " and ".join(found + (["API key"] if key in (True, "true") else []))


def variables(given: Any) -> dict[str, str]:
    """Return a stage's variables."""
    return {str(name): str(value) for name, value in given.items()} if isinstance(given, dict) else {}


def note_stages(stack: Stack, api: Api, stages: Iterable[str]) -> None:
    """Say which stages are not served: one is."""
    for stage in stages:
        if stage != api.stage:
            stack.note(f"{api.name}: its stage {stage} is not served here, only {api.stage}.")


def _set_stage(stack: Stack, api: Api, resources: Resources) -> None:
    found: dict[str, dict[str, Any]] = {}
    for wanted in ("AWS::ApiGateway::Stage", "AWS::ApiGateway::Deployment"):
        for kind, properties, _ in resources.values():
            if kind == wanted and properties.get("RestApiId") == api.name and properties.get("StageName"):
                found.setdefault(str(properties["StageName"]), properties)
    api.stage = next(iter(found), "prod")
    api.variables = variables(found.get(api.stage, {}).get("Variables"))
    note_stages(stack, api, found)


def _path(resources: Resources, resource: str, api: str) -> str:
    """Return the path of a Resource; the root resource is the API's own."""
    parts: list[str] = []
    while resource != api and resource in resources and len(parts) < 50:
        properties = resources[resource][1]
        parts.insert(0, str(properties.get("PathPart", "")))
        resource = str(properties.get("ParentId"))
    return "/" + "/".join(parts)
