"""REST API with the "AWS" (non-proxy) Lambda integration and AWS's pass-through mapping template, both directions.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-override-request-response-parameters.html

The template, which API Gateway's console generates as "Method request passthrough", makes `body-json`, `params` (`path`,
`querystring`, `header`), `stage-variables` and `context`. What it loses is lost: of repeated headers and parameters all but
one, the white space of a JSON body; of the path there is the resource with its parameters. An absent member is "".

The result has the members of a proxy response. Out of it the integration response's mapping template makes HTTP again: see
the README. Without one the client gets the result itself as JSON.
"""

from __future__ import annotations

from lambdabridge.body import encode_body, media_type
from lambdabridge.errors import BadRequestError
from lambdabridge.sources import alb, payload_v1
from lambdabridge.sources.base_path import is_execute_api
from lambdabridge.sources.members import client_address, encode_query
from lambdabridge.sources.raw_path import build_request

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lambdabridge.caller import Caller
    from lambdabridge.gateway.delivery import Delivery
    from lambdabridge.messages import Request, Response
    from lambdabridge.types import Event, ProxyResponse

_WITH_BODY = ("POST", "PUT", "PATCH")


def matches(event: Event) -> bool:
    """Return whether the pass-through mapping template made this event."""
    context = event.get("context")
    return (
        "params" in event and "requestContext" not in event and isinstance(context, dict) and "http-method" in context
    )


def decode_request(event: Event, base_path: str | None = "auto") -> Request:
    """Return the request that the client sent to a REST API, as far as the template passes it."""
    context, params = event["context"], event["params"] or {}
    headers, known = payload_v1.decode_headers(None, params.get("header"))
    in_path = params.get("path") or {}
    segments = context["resource-path"].split("/")
    path = "/".join(in_path.get(segment.strip("{}+"), segment) if "{" in segment else segment for segment in segments)
    query = encode_query({name: [value] for name, value in (params.get("querystring") or {}).items()})
    stage = context.get("stage")
    return build_request(
        context["http-method"],
        path,
        query,
        headers,
        known,
        _body(event.get("body-json"), context["http-method"], known.get("content-type", "")),
        client_address(context.get("source-ip")),
        base_path,
        prefix=f"/{stage}" if stage and _has_stage(known.get("host")) else "",
        caller=_caller(context),
    )


def _caller(context: dict[str, Any]) -> Caller | None:
    principal, user = context.get("authorizer-principal-id"), context.get("user-arn")
    if not principal and not user:
        return None
    from lambdabridge.caller import Authorizer, Caller

    return Caller(Authorizer("lambda", principal) if principal else Authorizer("iam", user))


def _has_stage(host: Any) -> bool:
    """Return whether the client's path begins with the stage: not on a custom domain, which only Host tells here."""
    return is_execute_api(host) or host.partition(":")[0] in ("localhost", "127.0.0.1")  # the local gateway


def _body(value: Any, method: str, content_type: str) -> bytes:
    r"""Return the body of `$input.json('$')`, which gives {} for none, and text for what is not JSON."""
    is_json = media_type(content_type).endswith(("/json", "+json"))
    if value is None or value == "" or (value == {} and not (is_json and method in _WITH_BODY)):
        return b""
    if isinstance(value, str) and not is_json:
        return value.encode()
    from json import dumps

    try:
        return dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError as error:
        raise BadRequestError(f"The body can't be encoded: {error}.") from error


def identify(event: Event) -> tuple[str | None, str | None]:
    """Return (request id, stage)."""
    return event["context"].get("request-id"), event["context"].get("stage")


def encode_response(response: Response, event: Event) -> ProxyResponse:
    """Return the response for a mapping template to read, which can set each name once."""
    body, is_base64 = encode_body(response.body, response.headers, text_first=True)
    headers = alb.single_value_headers(response)
    return {"statusCode": response.status, "headers": headers, "body": body, "isBase64Encoded": is_base64}


def encode_request(request: Request, delivery: Delivery) -> Event:
    """Return the event that the pass-through mapping template makes."""
    from json import loads
    from urllib.parse import parse_qsl

    headers = dict(request.headers)
    text = request.body.decode("utf-8", "replace")
    try:
        body = loads(text) if text else {}
    except ValueError:
        body = text
    agent = next((value for name, value in request.headers if name.lower() == "user-agent"), "")
    context = dict.fromkeys(_CONTEXT, "")
    context |= {
        "api-id": delivery.api_id,
        "http-method": request.method,
        "stage": delivery.stage,
        "source-ip": request.client[0] if request.client else "",
        "user-agent": agent,
        "request-id": delivery.request_id,
        "resource-id": "r3s0rc",
        "resource-path": delivery.resource,
    }
    return {
        "body-json": body,
        "params": {
            "path": delivery.path_parameters or {},
            # ";" separates as well at a REST API (AWS: "Known issues")
            "querystring": dict(parse_qsl(request.query_string.replace(";", "&"), keep_blank_values=True)),
            "header": headers,
        },
        "stage-variables": delivery.stage_variables or {},
        "context": context,
    }


_CONTEXT = (
    "account-id",
    "api-id",
    "api-key",
    "authorizer-principal-id",
    "caller",
    "cognito-authentication-provider",
    "cognito-authentication-type",
    "cognito-identity-id",
    "cognito-identity-pool-id",
    "http-method",
    "stage",
    "source-ip",
    "user",
    "user-agent",
    "user-arn",
    "request-id",
    "resource-id",
    "resource-path",
)


def decode_response(result: object, request: Request, delivery: Delivery) -> Response:
    """Return what the client gets through the README's mapping template for the integration response."""
    from lambdabridge.sources.result import RULES, decode

    return decode(result, RULES["rest_template"], decodes_base64=False)
