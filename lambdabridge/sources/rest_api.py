"""REST API (v1) with Lambda proxy integration, both directions.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html

`path` is raw (percent-encoded) and without the stage; requestContext.path has the stage. Path parameters are raw, query
parameters decoded. Empty maps and an empty body are null. The response may have five members and no other.
"""

from __future__ import annotations

from lambdabridge.body import encode_body, encode_request_body, matches_media_type, media_type
from lambdabridge.sources import members, payload_v1
from lambdabridge.sources.base_path import base_of, is_under, place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lambdabridge.gateway.delivery import Delivery
    from lambdabridge.messages import Request, Response
    from lambdabridge.types import Event, ProxyResponse

identify = members.identify


def matches(event: Event) -> bool:
    """Return whether this is a REST API's proxy event."""
    return payload_v1.is_request(event) and not payload_v1.is_http_api(event)


def decode_request(event: Event, base_path: str | None = "auto") -> Request:
    """Return the request that the client sent to a REST API."""
    context = event.get("requestContext") or {}
    path = event["path"]
    if not path.startswith("/"):
        path = "/" + path
    if base_path is None:
        return payload_v1.decode(event, context, "", path)
    prefix = base = ""
    context_path = context.get("path")
    if context_path != path and isinstance(context_path, str):
        stage = f"/{context.get('stage')}"
        if context.get("stage") and is_under(context_path, stage):
            prefix = stage
    else:  # a custom domain: path begins with its base path, and the stage appears nowhere
        base = base_of(path, event.get("resource"), event.get("pathParameters"))
    return payload_v1.decode(event, context, *place(prefix, path, base, base_path))


def encode_response(response: Response, event: Event) -> ProxyResponse:
    """Return the proxy response: with any other member a REST API would answer 502."""
    body, is_base64 = encode_body(response.body, response.headers, text_first=True)
    return payload_v1.encode_response(response, body, is_base64)


def encode_request(request: Request, delivery: Delivery) -> Event:
    """Return the event that a REST API sends for a client's request."""
    content_type = next((value for name, value in request.headers if name.lower() == "content-type"), "")
    context_path = "/" + request.raw_path.lstrip("/")
    path = context_path
    if not delivery.is_custom_domain:
        path = "/" + context_path[len(delivery.stage) + 1 :].lstrip("/")
    return payload_v1.encode_event(
        request,
        delivery,
        path=path,
        context_path=context_path,
        path_parameters=delivery.path_parameters,
        query_string=request.query_string.replace(";", "&"),  # which "results in the data being split" (AWS's guide)
        body=encode_request_body(request.body, content_type, delivery.binary_media_types),
        request_id=delivery.request_id,
        context={"resourceId": delivery.resource_id, "deploymentId": delivery.deployment_id},
    )


def decode_response(result: object, request: Request, delivery: Delivery) -> Response:
    """Return what a REST API sends to the client for a function's result."""
    from lambdabridge.sources.result import RULES, decode

    accept = next((value for name, value in request.headers if name.lower() == "accept"), "")
    return decode(result, RULES["rest_api"], decodes_base64=decodes_base64(accept, delivery.binary_media_types))


def decodes_base64(accept: str, binary_media_types: tuple[str, ...]) -> bool:
    """Whether base64 in the response is decoded: the first media type of Accept decides, not the Content-Type.

    Otherwise the client gets the base64 itself.
    """
    return matches_media_type(media_type(accept.partition(",")[0]), binary_media_types)
