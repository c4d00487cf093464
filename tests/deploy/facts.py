"""What a CloudFormation template deploys, as far as it decides which requests reach the function: plain values.

Two forms are read: an OpenAPI body, which SAM's transform writes, and resources of their own, which CDK does. References
become text, an API's own id its logical id, so that a value says to what it belongs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

ANY = "x-amazon-apigateway-any-method"
PSEUDO = {
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::AccountId": "000000000000",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::StackName": "stack",
}
_APIS = {"AWS::ApiGateway::RestApi": "rest", "AWS::ApiGatewayV2::Api": "http", "AWS::Lambda::Url": "function-url"}
_STAGES = ("AWS::ApiGateway::Stage", "AWS::ApiGatewayV2::Stage")


@dataclass
class Facts:
    """routes: method and path. formats: payload format versions of HTTP APIs. invokers: who may invoke, and from where."""

    apis: list[str] = field(default_factory=list)
    routes: set[str] = field(default_factory=set)
    formats: set[str] = field(default_factory=set)
    stages: list[str] = field(default_factory=list)
    binary_media_types: list[str] = field(default_factory=list)
    invokers: list[dict[str, Any]] = field(default_factory=list)

    def may_invoke(self, arn: str) -> bool:
        """Say whether API Gateway may invoke the function for a request with this source ARN."""
        return any(
            one["Principal"] == "apigateway.amazonaws.com" and fnmatchcase(arn, one["SourceArn"])
            for one in self.invokers
        )


def facts_of(template: dict[str, Any]) -> Facts:
    """Return what a template deploys, all its references resolved."""
    resources: dict[str, dict[str, Any]] = template["Resources"]
    stages = {name: one["Properties"]["StageName"] for name, one in resources.items() if one["Type"] in _STAGES}
    facts = Facts()
    for resource in resources.values():
        kind, properties = resource["Type"], resolve(resource.get("Properties", {}), stages)
        if kind in _APIS:
            facts.apis.append(_APIS[kind])
            read_body(facts, properties.get("Body") or {})
            types = {entry.replace("~1", "/") for entry in properties.get("BinaryMediaTypes", [])}
            facts.binary_media_types += sorted(types - set(facts.binary_media_types))
        elif kind in _STAGES:
            facts.stages.append(properties["StageName"])
        elif kind == "AWS::ApiGateway::Deployment" and "StageName" in properties:
            facts.stages.append(properties["StageName"])  # a second one, which SAM makes unless told otherwise
        elif kind == "AWS::Lambda::Permission":
            facts.invokers.append({key: value for key, value in properties.items() if key != "FunctionName"})
        elif kind == "AWS::ApiGateway::Method":
            facts.routes.add(f"{properties['HttpMethod']} {path_of(properties['ResourceId'], resources)}")
        elif kind == "AWS::ApiGatewayV2::Route":
            facts.routes.add(properties["RouteKey"])
        elif kind == "AWS::ApiGatewayV2::Integration":
            facts.formats.add(properties["PayloadFormatVersion"])
    return facts


def read_body(facts: Facts, body: dict[str, Any]) -> None:
    """Add the routes of an OpenAPI body."""
    facts.binary_media_types += body.get("x-amazon-apigateway-binary-media-types", [])
    for path, item in body.get("paths", {}).items():
        for method, operation in item.items():
            facts.routes.add(path if path == "$default" else f"{'ANY' if method == ANY else method.upper()} {path}")
            integration = operation["x-amazon-apigateway-integration"]
            if "payloadFormatVersion" in integration:
                facts.formats.add(integration["payloadFormatVersion"])


def path_of(resource: str, resources: dict[str, dict[str, Any]]) -> str:
    """Return the path of a REST API's resource, which is a reference to it or to the API's root."""
    if resource not in resources:
        return "/"
    properties = resolve(resources[resource]["Properties"])
    return f"{path_of(properties['ParentId'], resources).rstrip('/')}/{properties['PathPart']}"


def resolve(value: Any, names: Mapping[str, str] = PSEUDO) -> Any:
    """Replace references by text: a stage's is its name, any other resource's its logical id. A condition is true."""
    if isinstance(value, list):
        return [resolve(entry, names) for entry in value]
    if not isinstance(value, dict):
        return value
    name, argument = next(iter(value.items()), ("", ""))
    if len(value) > 1 or name not in ("Ref", *_FUNCTIONS):
        return {key: resolve(entry, names) for key, entry in value.items()}
    if name == "Ref":
        return {**PSEUDO, **names}.get(argument, argument)
    return _FUNCTIONS[name](argument, names)


def _substituted(argument: Any, names: Mapping[str, str]) -> str:
    text, own = (argument[0], resolve(argument[1], names)) if isinstance(argument, list) else (argument, {})
    variables = {**PSEUDO, **names, **own}
    return re.sub(r"\$\{([^}!]+)\}", lambda found: str(variables.get(found[1], found[1])), text)


_FUNCTIONS: dict[str, Callable[[Any, Mapping[str, str]], Any]] = {
    "Fn::Sub": _substituted,
    "Fn::GetAtt": lambda argument, names: argument if isinstance(argument, str) else ".".join(argument),
    "Fn::Join": lambda argument, names: argument[0].join(str(resolve(part, names)) for part in argument[1]),
    "Fn::If": lambda argument, names: resolve(argument[1], names),
}


def source_arn(api: str, stage: str, method: str, path: str) -> str:
    """Return the source ARN that API Gateway names when it invokes the function for a route."""
    return f"arn:aws:execute-api:us-east-1:000000000000:{api}/{stage}/{method}{path}"
