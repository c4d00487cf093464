"""The function's resource-based policy, as a template makes it: who may invoke it, and which requests that covers.

https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway.html#apigateway-permissions

SAM writes the permissions for a function's Events when it is deployed. What CloudFormation and CDK templates have is
compared as Lambda compares it (StringLike: * and ?), but without region and account, which the template names by Ref. What
an API Gateway ARN ends with is METHOD/path of the route; whether a path variable stands there as it is written or as the
client sent it is not documented for both APIs, and so each of the two is enough.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from lambdabridge.doctor.subject import FUNCTIONS, Subject
from lambdabridge.gateway.routes import ANY, DEFAULT
from lambdabridge.gateway.template import openapi
from lambdabridge.gateway.template.serverless import IMPLICIT
from lambdabridge.gateway.template.stack import Api, Route


class Permission(NamedTuple):
    """An AWS::Lambda::Permission, or one that SAM makes; source: the end of SourceArn, "*" if there is none."""

    name: str
    function: str
    source: str
    properties: dict[str, Any]


def permissions(subject: Subject) -> list[Permission]:
    """Return the permissions of the template, and those that SAM makes for Events."""
    found = []
    for name, properties in subject.of_kind("AWS::Lambda::Permission").items():
        source = str(properties.get("SourceArn") or "*")
        end = source.split(":", 5)[5] if source.count(":") >= 5 else "*" if source.strip("*") == "" else source
        found.append(Permission(name, function_named(subject, properties.get("FunctionName")), end, properties))
    for function in subject.functions:
        found += [_of_event(function.name, kind, given) for kind, given in function.events if kind in IMPLICIT]
    return found


def _of_event(function: str, kind: str, given: dict[str, Any]) -> Permission:
    default, _, _ = IMPLICIT[kind]
    api = str(given.get("RestApiId" if kind == "Api" else "ApiId") or default)
    method = str(given.get("Method") or "any").upper()
    path = re.sub(r"\{[^}]*\}", "*", str(given.get("Path") or "/*"))
    source = f"{api}/*/{'*' if method in ('ANY', '*') else method}{'/*' if path == DEFAULT else path}"
    properties = {"Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com"}
    return Permission("", function, source, properties)


def function_named(subject: Subject, value: Any) -> str:
    """Return the logical id of the function that a FunctionName or an ARN names."""
    name = openapi.function_of(value) or str(value).partition(":")[0]
    if name in subject.resources and subject.resources[name][0] in FUNCTIONS:
        return name
    return next((one.name for one in subject.functions if one.properties.get("FunctionName") == name), name)


def is_for_api(one: Permission) -> bool:
    """Whether a permission is one that API Gateway can use."""
    action = one.properties.get("Action")
    principal = one.properties.get("Principal")
    return action in ("lambda:InvokeFunction", "lambda:*", "*") and (
        principal == "apigateway.amazonaws.com" or (principal == "*" and not is_for_url(one))
    )


def is_for_url(one: Permission) -> bool:
    """Whether a permission is for the function's URL only."""
    is_invoked_by_url = str(one.properties.get("InvokedViaFunctionUrl", "")).lower() == "true"
    return is_invoked_by_url or one.properties.get("Action") == "lambda:InvokeFunctionUrl"


def covers(subject: Subject, one: Permission, api: Api, route: Route, method: str) -> bool:
    """Whether a permission lets a request of this method through, on this route."""
    pattern = re.compile("".join({"*": ".*", "?": "."}.get(c, re.escape(c)) for c in one.source), re.DOTALL)
    return any(
        pattern.fullmatch(f"{api.name}/{stage}/{end}")
        for stage in _stages(subject, api)
        for end in _ends(route, method)
    )


def _stages(subject: Subject, api: Api) -> list[str]:
    """Return the names that a stage goes by in a resolved template: its own, and the logical ids of its resource."""
    kinds = ("AWS::ApiGateway::Stage", "AWS::ApiGatewayV2::Stage", "AWS::ApiGateway::Deployment")
    ids = [
        name
        for name, properties in subject.of_kind(*kinds).items()
        if str(properties.get("StageName") or "$default") == api.stage
    ]
    return [api.stage, *ids]


def _ends(route: Route, method: str) -> list[str]:
    if route.key == DEFAULT:
        return [DEFAULT, f"{method}/x"]
    path = route.key.partition(" ")[2]
    return [f"{method}{path}", f"{method}{re.sub(r'{[^}]*}', 'x', path)}"]


def methods_of(route: Route) -> list[str]:
    """Return the methods that a route takes."""
    method = route.key.partition(" ")[0]
    return sorted(ANY) if method in ("ANY", DEFAULT) else [method]
