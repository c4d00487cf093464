"""Checks of the function's resource-based policy: API Gateway has to be let in, by every route, and nobody else.

https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway.html#apigateway-permissions
https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
"""

from __future__ import annotations

from collections.abc import Iterator

from lambdabridge.doctor.findings import Seen
from lambdabridge.doctor.policy import (
    Permission,
    covers,
    function_named,
    is_for_api,
    is_for_url,
    methods_of,
    permissions,
)
from lambdabridge.doctor.subject import Function, Subject
from lambdabridge.gateway.template.stack import Api, Route


def missing(subject: Subject) -> Iterator[Seen]:
    """Find an API that no permission names."""
    for api, function, routes in _behind(subject):
        if not any(
            covers(subject, one, api, route, method) for one, route, method in _all(subject, function, api, routes)
        ):
            yield Seen(
                function.name,
                f"No permission lets API Gateway invoke it for {subject.name(api.name)}.",
                _cure(subject, api, function),
            )


def narrow(subject: Subject) -> Iterator[Seen]:
    """Find an API of which some routes or methods are let through."""
    for api, function, routes in _behind(subject):
        every = _all(subject, function, api, routes)
        covered = {(route.key, method) for one, route, method in every if covers(subject, one, api, route, method)}
        left: dict[str, list[str]] = {}
        for route in routes:
            for method in methods_of(route):
                if (route.key, method) not in covered:
                    left.setdefault(route.key, []).append(method)
        if covered and left:
            shown = "; ".join(f"{key} ({', '.join(methods)})" for key, methods in left.items())
            seen = f"Its permissions for {subject.name(api.name)} don't cover: {shown}."
            yield Seen(function.name, seen, _cure(subject, api, function))


def wide(subject: Subject) -> Iterator[Seen]:
    """Find a permission for any API."""
    functions = {function.name: function for function in subject.functions}
    for one in permissions(subject):
        if one.function not in functions or one.name not in subject.resources or not is_for_api(one):
            continue
        is_any = one.source.partition("/")[0] == "*"
        if one.properties.get("Principal") == "*" and not is_for_url(one):
            yield Seen(one.name, "Its principal is *: anybody may invoke the function.",
                       "Principal: apigateway.amazonaws.com, with a SourceArn.", "Principal")  # fmt: skip
        elif one.properties.get("Principal") == "apigateway.amazonaws.com" and is_any:
            given = one.properties.get("SourceArn")
            if given or not one.properties.get("SourceAccount"):
                seen = (
                    f"Its SourceArn is {given}: any API." if given else "It has no SourceArn: any API of any account."
                )
                cure = "SourceArn: " + _arn("${Api}/*/*") + "   with your API's logical id for Api"
                yield Seen(one.name, seen, cure, "SourceArn" if given else "Principal")


def url(subject: Subject) -> Iterator[Seen]:
    """Find a public function URL that lacks one of its two permissions."""
    for name, properties in subject.of_kind("AWS::Lambda::Url").items():
        function = function_named(subject, properties.get("TargetFunctionArn"))
        if properties.get("AuthType") != "NONE" or function not in {one.name for one in subject.functions}:
            continue
        own = [
            one for one in permissions(subject) if one.function == function and one.properties.get("Principal") == "*"
        ]
        actions = {str(one.properties.get("Action")) for one in own}
        lacking = [
            action
            for action in ("lambda:InvokeFunctionUrl", "lambda:InvokeFunction")
            if not actions & {action, "lambda:*", "*"}
        ]
        if lacking:
            yield Seen(name, f"{' and '.join(lacking)} are allowed to nobody." if len(lacking) > 1
                       else f"{lacking[0]} is allowed to nobody.", _url_cure(subject, function, lacking))  # fmt: skip


def _url_cure(subject: Subject, function: str, lacking: list[str]) -> str:
    conditions = {
        "lambda:InvokeFunctionUrl": "FunctionUrlAuthType: NONE",
        "lambda:InvokeFunction": "InvokedViaFunctionUrl: true",
    }
    resources = " and ".join(
        f"{{Type: AWS::Lambda::Permission, Properties: {{Action: {action}, FunctionName: !Ref {function}, "
        f'Principal: "*", {conditions[action]}}}}}'
        for action in lacking
    )
    return subject.say(
        f"Add {resources}", "function.add_function_url(auth_type=...) of a current aws-cdk-lib adds both."
    )


def _behind(subject: Subject) -> Iterator[tuple[Api, Function, list[Route]]]:
    """Yield each API with each function that it needs to invoke by the function's own policy."""
    with_role = _with_role(subject)
    found: dict[tuple[str, str], tuple[Api, Function, list[Route]]] = {}
    for api, route, function in subject.routes_to(("rest", "http")):
        if api.name not in with_role:
            found.setdefault((api.name, function.name), (api, function, []))[2].append(route)
    yield from found.values()


def _with_role(subject: Subject) -> set[str]:
    """Return the APIs with integrations that bring a role, which may invoke without the function's policy."""
    found = set()
    for _, properties, _ in subject.resources.values():
        integration = properties.get("Integration")
        given = integration if isinstance(integration, dict) else properties
        if given.get("Credentials") or given.get("CredentialsArn"):
            found.add(str(properties.get("RestApiId") or properties.get("ApiId")))
    for name, (_, properties, _) in subject.resources.items():
        if "'credentials':" in str(properties.get("Body") or properties.get("DefinitionBody") or ""):
            found.add(name)
    return found


def _all(subject: Subject, function: Function, api: Api, routes: list[Route]) -> list[tuple[Permission, Route, str]]:
    own = [one for one in permissions(subject) if one.function == function.name and is_for_api(one)]
    return [(one, route, method) for one in own for route in routes for method in methods_of(route)]


def _cure(subject: Subject, api: Api, function: Function) -> str:
    end = "/*/*/*" if api.kind == "rest" else "/*/*"
    arn = _arn("${" + api.name + "}" + end)
    resource = (
        "Add {Type: AWS::Lambda::Permission, Properties: {Action: lambda:InvokeFunction, FunctionName: !Ref "
        f"{function.name}, Principal: apigateway.amazonaws.com, SourceArn: {arn}}}}}"
    )
    return subject.say(
        f"Let SAM do it with an Event of the function ({'Api' if api.kind == 'rest' else 'HttpApi'}), or: {resource}",
        'function.add_permission("Api", principal=iam.ServicePrincipal("apigateway.amazonaws.com"), '
        + ("source_arn=api.arn_for_execute_api())" if api.kind == "rest" else f'source_arn=Fn.sub("{arn[6:-1]}"))'),
        resource,
    )


def _arn(end: str) -> str:
    return f'!Sub "arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:{end}"'
