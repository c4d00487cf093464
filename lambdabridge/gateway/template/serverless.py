"""SAM's resources: AWS::Serverless::Function with its events and URL, ::Api and ::HttpApi, and Globals.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification.html
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lambdabridge.gateway.template import openapi
from lambdabridge.gateway.template.stack import Api, Function, Route, Stack, cors_of

IMPLICIT = {"Api": ("ServerlessRestApi", "rest", "Prod"), "HttpApi": ("ServerlessHttpApi", "http", "$default")}
"""Event type -> the API that SAM makes where an event names none: logical id, kind, stage."""
_API_MEMBER = {"Api": "RestApiId", "HttpApi": "ApiId"}


def read_api(stack: Stack, name: str, kind: str, properties: dict[str, Any], common: dict[str, Any]) -> None:
    """Add an AWS::Serverless::Api ("rest") or ::HttpApi ("http")."""
    properties = _merge(common, properties)
    types = tuple(str(entry).replace("~1", "/") for entry in properties.get("BinaryMediaTypes") or ())
    stage = str(properties.get("StageName") or ("$default" if kind == "http" else "Prod"))
    cors = cors_of(properties.get("CorsConfiguration")) if kind == "http" else None
    api = Api(name, kind, stage, openapi.routes(properties.get("DefinitionBody")), types, cors)
    stack.apis[name] = api


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


def read_function(stack: Stack, name: str, properties: dict[str, Any], common: dict[str, Any], folder: Path) -> None:
    """Add an AWS::Serverless::Function, without its events."""
    properties = _merge(common, properties)
    if properties.get("PackageType") == "Image" or "ImageUri" in properties:
        stack.note(f"{name} is a container image, which is not run here.")
        return
    code = properties.get("CodeUri", ".")
    if not isinstance(code, str) or code.startswith("s3://"):
        stack.note(f"{name}: its code is in S3, not in a folder here.")
        return
    variables = (properties.get("Environment") or {}).get("Variables") or {}
    stack.functions[name] = Function(
        name,
        str((folder / code).resolve()),
        str(properties.get("Handler", "")),
        {key: str(value) for key, value in variables.items()},
        float(properties.get("Timeout") or 3),
        int(properties.get("MemorySize") or 128),
    )
    url = properties.get("FunctionUrlConfig")
    if isinstance(url, dict):
        route = Route("$default", name, timeout=float(properties.get("Timeout") or 3))
        stack.apis[f"{name}Url"] = Api(f"{name}Url", "function-url", "", [route], cors=cors_of(url.get("Cors")))


def read_events(stack: Stack, name: str, properties: dict[str, Any], globals_: dict[str, Any]) -> None:
    """Add the routes of a function's Api and HttpApi events; SAM makes the APIs that no event names."""
    for event in (properties.get("Events") or {}).values():
        kind = event.get("Type")
        if kind not in IMPLICIT or name not in stack.functions:
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
    return Route(key, name, timeout, payload=str(given.get("PayloadFormatVersion") or "2.0"))


def _merge(common: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Return Globals with a resource's own properties over it: maps are merged, lists appended, the rest replaced."""
    merged = dict(common)
    for name, value in own.items():
        before = merged.get(name)
        if isinstance(before, dict) and isinstance(value, dict):
            merged[name] = _merge(before, value)
        elif isinstance(before, list) and isinstance(value, list):
            merged[name] = before + value
        else:
            merged[name] = value
    return merged
