"""SAM's resources: AWS::Serverless::Function with its events and URL, ::Api and ::HttpApi, and Globals.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification.html
"""

from __future__ import annotations

from typing import Any

from lambdabridge.gateway.template import openapi
from lambdabridge.gateway.template.rest import authorizer, variables
from lambdabridge.gateway.template.stack import Api, Route, Stack, cors_of

IMPLICIT = {"Api": ("ServerlessRestApi", "rest", "Prod"), "HttpApi": ("ServerlessHttpApi", "http", "$default")}
"""Event type -> the API that SAM makes where an event names none: logical id, kind, stage."""
_API_MEMBER = {"Api": "RestApiId", "HttpApi": "ApiId"}


def read_api(stack: Stack, name: str, kind: str, properties: dict[str, Any], common: dict[str, Any]) -> None:
    """Add an AWS::Serverless::Api ("rest") or ::HttpApi ("http")."""
    properties = merge(common, properties)
    types = tuple(str(entry).replace("~1", "/") for entry in properties.get("BinaryMediaTypes") or ())
    stage = str(properties.get("StageName") or ("$default" if kind == "http" else "Prod"))
    body = properties.get("DefinitionBody")
    cors = (cors_of(properties.get("CorsConfiguration")) or openapi.cors(body)) if kind == "http" else None
    stack.apis[name] = Api(
        name,
        kind,
        stage,
        openapi.routes(body),
        types,
        cors,
        variables(properties.get("StageVariables" if kind == "http" else "Variables")),
        _authorizer(properties.get("Auth") or {}),
    )


def _authorizer(auth: dict[str, Any]) -> str:
    """Return what an API's Auth asks of each route: the kind of its default authorizer, an API key."""
    name = auth.get("DefaultAuthorizer")
    entry = (auth.get("Authorizers") or {}).get(name) if isinstance(name, str) else None
    members = entry if isinstance(entry, dict) else {}
    kinds = {"JwtConfiguration": "JWT", "UserPoolArn": "Cognito", "FunctionArn": "Lambda"}
    kind = next((kind for member, kind in kinds.items() if member in members), name)
    return authorizer(kind, auth.get("ApiKeyRequired"))


def _of_event(auth: dict[str, Any]) -> str:
    """Return what an event's Auth asks; "NONE" where it lets everybody through, whatever the API's says."""
    kind = auth.get("Authorizer")
    return authorizer(kind, auth.get("ApiKeyRequired")) or ("NONE" if kind == "NONE" else "")


def add_preflights(api: Api, cors: Any) -> None:
    """Add the OPTIONS methods that SAM makes for a REST API's Cors: a mock on each path that has none."""
    if isinstance(cors, str):
        cors = {"AllowOrigin": cors}
    if not isinstance(cors, dict):
        return
    methods: dict[str, set[str]] = {}
    for route in api.routes:
        method, _, path = route.key.partition(" ")
        methods.setdefault(path, set()).update(_ALL if method == "ANY" else {method})
    for path, allowed in methods.items():
        if any(route.key == f"OPTIONS {path}" for route in api.routes):
            continue
        headers = {"Access-Control-Allow-Methods": ",".join(sorted(allowed | {"OPTIONS"}))}
        for member, header in _CORS.items():
            if cors.get(member) is not None:
                headers[header] = str(cors[member]).strip("'").replace("True", "true")
        api.routes.append(Route(f"OPTIONS {path}", "", mock=(200, headers)))


_ALL = frozenset(("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"))
_CORS = {
    "AllowMethods": "Access-Control-Allow-Methods",
    "AllowHeaders": "Access-Control-Allow-Headers",
    "AllowOrigin": "Access-Control-Allow-Origin",
    "AllowCredentials": "Access-Control-Allow-Credentials",
    "MaxAge": "Access-Control-Max-Age",
}


def read_url(stack: Stack, name: str, properties: dict[str, Any]) -> None:
    """Add a function's URL, if it has one; its properties are with Globals."""
    url = properties.get("FunctionUrlConfig")
    if isinstance(url, dict):
        timeout = stack.functions[name].timeout if name in stack.functions else None
        route = Route("$default", name, timeout, authorizer=authorizer(url.get("AuthType")))
        stack.apis[f"{name}Url"] = Api(f"{name}Url", "function-url", "", [route], cors=cors_of(url.get("Cors")))


def read_events(stack: Stack, name: str, properties: dict[str, Any], globals_: dict[str, Any]) -> None:
    """Add the routes of a function's Api and HttpApi events; SAM makes the APIs that no event names."""
    for event in (properties.get("Events") or {}).values():
        kind = event.get("Type")
        if kind not in IMPLICIT:
            continue
        given = event.get("Properties") or {}
        default, api_kind, _ = IMPLICIT[kind]
        api_name = str(given.get(_API_MEMBER[kind]) or default)
        if api_name not in stack.apis:
            if api_name != default:
                stack.note(f"{name}: the API {api_name!r} of an event is not in the template.")
                continue
            read_api(stack, default, api_kind, {}, globals_.get(kind) or {})
        stack.apis[api_name].routes.append(_route(name, kind, given))


def _route(name: str, kind: str, given: dict[str, Any]) -> Route:
    method = str(given.get("Method") or "ANY").upper()
    path = given.get("Path")
    key = f"{'ANY' if method in ('X-AMAZON-APIGATEWAY-ANY-METHOD', '*') else method} {path}"
    if kind == "HttpApi" and (not path or path == "$default"):
        key = "$default"
    milliseconds = given.get("TimeoutInMillis")
    timeout = float(milliseconds) / 1000 if milliseconds else None
    payload = str(given.get("PayloadFormatVersion") or "2.0")
    return Route(key, name, timeout, payload=payload, authorizer=_of_event(given.get("Auth") or {}))


def merge(common: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Return Globals with a resource's own properties over it: maps are merged, lists appended, the rest replaced."""
    merged = dict(common)
    for name, value in own.items():
        before = merged.get(name)
        if isinstance(before, dict) and isinstance(value, dict):
            merged[name] = merge(before, value)
        elif isinstance(before, list) and isinstance(value, list):
            merged[name] = before + value
        else:
            merged[name] = value
    return merged
