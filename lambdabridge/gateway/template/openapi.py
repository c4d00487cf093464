"""Routes in the OpenAPI body of an API: paths, methods, and x-amazon-apigateway-integration.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-extensions-integration.html
"""

from __future__ import annotations

import re
from typing import Any

from lambdabridge.gateway.template.stack import Route

_METHODS = ("delete", "get", "head", "options", "patch", "post", "put", "x-amazon-apigateway-any-method")


def routes(body: Any) -> list[Route]:
    """Return the routes of an OpenAPI document whose integrations are functions or mocks."""
    found = []
    paths = body.get("paths") if isinstance(body, dict) else None
    for path, item in (paths or {}).items():
        for method, operation in item.items() if isinstance(item, dict) else ():
            integration = operation.get("x-amazon-apigateway-integration") if isinstance(operation, dict) else None
            if method.lower() in _METHODS and isinstance(integration, dict):
                name = "ANY" if method.startswith("x-") else method.upper()
                key = "$default" if path in ("$default", "/$default") else f"{name} {path}"
                found.append(route(key, {name.lower(): value for name, value in integration.items()}))
    return [one for one in found if one is not None]


def route(key: str, integration: dict[str, Any]) -> Route | None:
    """Return a route for an integration whose members have lower-case names; None for one that runs no function."""
    kind = str(integration.get("type", "")).upper()
    milliseconds = integration.get("timeoutinmillis")
    timeout = float(milliseconds) / 1000 if milliseconds is not None else None
    if kind == "MOCK":
        return Route(key, "", timeout, _mock(integration))
    function = function_of(integration.get("uri"))
    if kind != "AWS_PROXY" or not function:
        return None
    return Route(key, function, timeout, payload=str(integration.get("payloadformatversion") or "1.0"))


def function_of(uri: Any) -> str:
    """Return the logical id in a function's ARN or in the URI that invokes it; "" if there is none."""
    found = re.search(r":function:([A-Za-z0-9_-]+)", str(uri))
    return found[1] if found else ""


def _mock(integration: dict[str, Any]) -> tuple[int, dict[str, str]]:
    """Return (status, headers) of a mock's first response; header values stand in single quotes."""
    responses: Any = integration.get("integrationresponses") or integration.get("responses") or {}
    first: dict[Any, Any] = next(iter(responses if isinstance(responses, list) else responses.values()), {})
    members = {str(name).lower(): value for name, value in first.items()}
    parameters = members.get("responseparameters") or {}
    headers = {str(name).rpartition("header.")[2]: str(value).strip("'") for name, value in parameters.items()}
    return int(members.get("statuscode") or 200), headers
