"""HTTP APIs and Function URLs as CloudFormation has them: AWS::ApiGatewayV2::Api, Route, Integration, Stage; Lambda::Url.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_ApiGatewayV2.html
"""

from __future__ import annotations

from lambdabridge.gateway.template import openapi
from lambdabridge.gateway.template.rest import Resources
from lambdabridge.gateway.template.stack import Api, Route, Stack, cors_of


def read(stack: Stack, resources: Resources) -> None:
    """Add every HTTP API with its routes, and every Function URL."""
    for name, (kind, properties, _) in resources.items():
        if kind == "AWS::ApiGatewayV2::Api":
            if properties.get("ProtocolType") == "WEBSOCKET":
                stack.note(f"{name} is a WebSocket API, which is not served here.")
                continue
            routes = openapi.routes(properties.get("Body"))
            if properties.get("Target"):  # quick create: everything to one function
                routes.append(Route("$default", openapi.function_of(properties["Target"])))
            cors = cors_of(properties.get("CorsConfiguration"))
            stack.apis[name] = Api(name, "http", _stage(resources, name), routes, cors=cors)
        elif kind == "AWS::Lambda::Url":
            function = openapi.function_of(properties.get("TargetFunctionArn")) or str(properties["TargetFunctionArn"])
            stack.apis[name] = Api(
                name, "function-url", "", [Route("$default", function)], cors=cors_of(properties.get("Cors"))
            )
    for name, (kind, properties, _) in resources.items():
        api = stack.apis.get(str(properties.get("ApiId")))
        if kind == "AWS::ApiGatewayV2::Route" and api is not None and api.kind == "http":
            route = _route(resources, str(properties.get("RouteKey")), str(properties.get("Target")))
            if route is None:
                stack.note(f"{name}: its integration runs no function and is not served here.")
            else:
                api.routes.append(route)


def _route(resources: Resources, key: str, target: str) -> Route | None:
    name = target.rpartition("/")[2]  # "integrations/<id>"
    if name not in resources or resources[name][0] != "AWS::ApiGatewayV2::Integration":
        return None
    integration = {key.lower(): value for key, value in resources[name][1].items()}
    members = {"type": integration.get("integrationtype"), "uri": integration.get("integrationuri")}
    return openapi.route(key, integration | members)


def _stage(resources: Resources, api: str) -> str:
    stages = [
        str(properties.get("StageName") or "$default")
        for kind, properties, _ in resources.values()
        if kind == "AWS::ApiGatewayV2::Stage" and properties.get("ApiId") == api
    ]
    return "$default" if "$default" in stages or not stages else stages[0]
