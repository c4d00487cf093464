"""HTTP APIs and Function URLs as CloudFormation has them: AWS::ApiGatewayV2::Api, Route, Integration, Stage; Lambda::Url.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_ApiGatewayV2.html
"""

from __future__ import annotations

from lambdabridge.gateway.template import openapi
from lambdabridge.gateway.template.rest import Resources, authorizer, note_stages, variables
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
            cors = cors_of(properties.get("CorsConfiguration")) or openapi.cors(properties.get("Body"))
            stack.apis[name] = Api(name, "http", routes=routes, cors=cors)
            _set_stage(stack, stack.apis[name], resources)
        elif kind == "AWS::Lambda::Url":
            function = openapi.function_of(properties.get("TargetFunctionArn")) or str(properties["TargetFunctionArn"])
            route = Route("$default", function, authorizer=authorizer(properties.get("AuthType")))
            stack.apis[name] = Api(name, "function-url", "", [route], cors=cors_of(properties.get("Cors")))
    for kind, properties, _ in resources.values():
        api = stack.apis.get(str(properties.get("ApiId")))
        if kind == "AWS::ApiGatewayV2::Route" and api is not None and api.kind == "http":
            route = _route(resources, str(properties.get("RouteKey")), str(properties.get("Target")))
            route.authorizer = authorizer(properties.get("AuthorizationType"), properties.get("ApiKeyRequired"))
            api.routes.append(route)


def _route(resources: Resources, key: str, target: str) -> Route:
    name = target.rpartition("/")[2]  # "integrations/<id>"
    if name not in resources or resources[name][0] != "AWS::ApiGatewayV2::Integration":
        return Route(key, "", unserved="its target is no integration of this template")
    integration = {key.lower(): value for key, value in resources[name][1].items()}
    members = {"type": integration.get("integrationtype"), "uri": integration.get("integrationuri")}
    return openapi.route(key, integration | members)


def _set_stage(stack: Stack, api: Api, resources: Resources) -> None:
    stages = {
        str(properties.get("StageName") or "$default"): properties
        for kind, properties, _ in resources.values()
        if kind == "AWS::ApiGatewayV2::Stage" and properties.get("ApiId") == api.name
    }
    api.stage = "$default" if "$default" in stages or not stages else next(iter(stages))
    api.variables = variables(stages.get(api.stage, {}).get("StageVariables"))
    note_stages(stack, api, stages)
