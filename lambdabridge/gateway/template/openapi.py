"""Routes in the OpenAPI body of an API: paths, methods, and x-amazon-apigateway-integration.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-extensions-integration.html
"""

from __future__ import annotations

import re
from typing import Any

from lambdabridge.gateway.template.stack import Cors, Route, cors_of

_METHODS = ("delete", "get", "head", "options", "patch", "post", "put", "x-amazon-apigateway-any-method")


def routes(body: Any) -> list[Route]:
    """Return the routes of an OpenAPI document."""
    found: list[Route] = []
    if not isinstance(body, dict):
        return found
    paths = body.get("paths")
    for path, item in (paths or {}).items():
        for method, operation in item.items() if isinstance(item, dict) else ():
            integration = operation.get("x-amazon-apigateway-integration") if isinstance(operation, dict) else None
            if method.lower() in _METHODS and isinstance(integration, dict):
                name = "ANY" if method.startswith("x-") else method.upper()
                key = "$default" if path in ("$default", "/$default") else f"{name} {path}"
                one = route(key, {name.lower(): value for name, value in integration.items()})
                one.authorizer = _security(operation.get("security", body.get("security")))
                found.append(one)
    return found


def _security(value: Any) -> str:
    """Return the names of the security schemes that an operation requires."""
    return ", ".join(str(name) for entry in value or () for name in entry)


def cors(body: Any) -> Cors | None:
    """Return the CORS configuration in an HTTP API's document; its names begin with a small letter there."""
    given = body.get("x-amazon-apigateway-cors") if isinstance(body, dict) else None
    if not isinstance(given, dict):
        return None
    return cors_of({str(name)[:1].upper() + str(name)[1:]: value for name, value in given.items()})


def route(key: str, integration: dict[str, Any]) -> Route:
    """Return a route for an integration whose members have lower-case names."""
    kind = str(integration.get("type", "")).upper()
    milliseconds = integration.get("timeoutinmillis")
    timeout = float(milliseconds) / 1000 if milliseconds is not None else None
    if kind == "MOCK":
        mock, loses = _mock(integration)
        return Route(key, "", timeout, mock, loses=loses)
    function = function_of(integration.get("uri"))
    if kind != "AWS_PROXY":
        return Route(key, "", timeout, unserved=f"its integration ({kind or 'of no type'}) is not run here")
    if not function:
        return Route(key, "", timeout, unserved="its integration names no function of this template")
    return Route(key, function, timeout, payload=str(integration.get("payloadformatversion") or "1.0"))


def function_of(uri: Any) -> str:
    """Return the logical id in a function's ARN or in the URI that invokes it; "" if there is none."""
    found = re.search(r":function:([A-Za-z0-9_-]+)", str(uri))
    return found[1] if found else ""


def _mock(integration: dict[str, Any]) -> tuple[tuple[int, dict[str, str]], str]:
    """Return (status, headers) of a mock's first response, whose values stand in single quotes, and what it loses."""
    responses: Any = integration.get("integrationresponses") or integration.get("responses") or {}
    first: dict[Any, Any] = next(iter(responses if isinstance(responses, list) else responses.values()), {})
    members = {str(name).lower(): value for name, value in first.items()}
    parameters = members.get("responseparameters") or {}
    headers = {str(name).rpartition("header.")[2]: str(value).strip("'") for name, value in parameters.items()}
    templates = (members.get("responsetemplates") or {}).values()
    has_body = any(str(text).strip() not in ("", "{}") for text in templates)
    status = str(members.get("statuscode") or 200)
    loses = "the body of its mock integration's response is not sent here" if has_body else ""
    return (int(status) if status.isdecimal() else 200, headers), loses
