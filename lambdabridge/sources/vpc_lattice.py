"""VPC Lattice with a Lambda target, event structure versions 1 and 2, both directions.

https://docs.aws.amazon.com/vpc-lattice/latest/ug/lambda-functions.html

Version 1 has snake_case members, its raw_path carries the query. Version 2 has headers and query parameters as lists, in
older examples as strings. Nobody has recorded what either does to escapes: paths are taken as raw, parameters as decoded.
The response is the load balancer's with one value for each name.
"""

from __future__ import annotations

from lambdabridge.body import decode_body
from lambdabridge.sources import alb
from lambdabridge.sources.members import encode_query, grouped, last_forwarded, native_utf8
from lambdabridge.sources.payload_v1 import decode_headers
from lambdabridge.sources.raw_path import build_request

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lambdabridge.caller import Caller
    from lambdabridge.gateway.delivery import Delivery
    from lambdabridge.messages import Request, Response
    from lambdabridge.types import Event, ProxyResponse


def matches(event: Event) -> bool:
    """Return whether this is VPC Lattice's event, of either version."""
    if "httpMethod" in event or "rawPath" in event:
        return False
    return "method" in event and "headers" in event and ("raw_path" in event or is_version_2(event))


def is_version_2(event: Event) -> bool:
    """Return whether a VPC Lattice event is of version 2."""
    context = event.get("requestContext")
    return event.get("version") == "2.0" and "path" in event and isinstance(context, dict) and "serviceArn" in context


def decode_request(event: Event, base_path: str | None = "auto") -> Request:
    """Return the request that the client sent to the service."""
    path, mark, query = event["path" if is_version_2(event) else "raw_path"].partition("?")
    parameters = event.get("queryStringParameters") or event.get("query_string_parameters") or {}
    query = native_utf8(query) if mark else encode_query({name: _list(value) for name, value in parameters.items()})
    headers, known = decode_headers({name: _list(value) for name, value in (event["headers"] or {}).items()}, None)
    is_base64 = event.get("isBase64Encoded") or event.get("is_base64_encoded")
    body = decode_body({"body": event.get("body"), "isBase64Encoded": is_base64})
    client = last_forwarded(known.get("x-forwarded-for", ""))
    caller = _caller(event)
    return build_request(event["method"], path, query, headers, known, body, client, base_path, caller=caller)


def _caller(event: Event) -> Caller | None:
    """Return who signed the request, where the service's auth type is AWS_IAM; event structure 1 does not tell."""
    context = event.get("requestContext")
    identity = context.get("identity") if isinstance(context, dict) else None
    if not isinstance(identity, dict) or identity.get("type") != "AWS_IAM":
        return None
    from lambdabridge.caller import Authorizer, Caller

    return Caller(Authorizer("iam", identity.get("principal"), context=identity))


def _list(value: Any) -> Any:
    return value if isinstance(value, list) or value is None else [value]


def encode_response(response: Response, event: Event) -> ProxyResponse:
    """Return the response with one value for each header name."""
    return alb.single_value_response(response)


def encode_request(request: Request, delivery: Delivery) -> Event:
    """Return the event that VPC Lattice sends for a client's request, in the target group's event structure version."""
    from urllib.parse import parse_qsl

    headers = grouped((name.lower(), value) for name, value in request.headers)
    parameters = grouped(parse_qsl(request.query_string, keep_blank_values=True))
    body, is_base64 = alb.encode_target_body(request.body, headers)
    if delivery.event_structure == "1":
        return {
            "raw_path": f"{request.raw_path}?{request.query_string}" if request.query_string else request.raw_path,
            "method": request.method,
            "headers": {name: ("; " if name == "cookie" else ",").join(values) for name, values in headers.items()},
            "query_string_parameters": {name: values[-1] for name, values in parameters.items()},
            "body": body,
            "is_base64_encoded": is_base64,
        }
    arn = f"arn:aws:vpc-lattice:us-east-1:{delivery.account_id}"
    return {
        "version": "2.0",
        "path": request.raw_path,
        "method": request.method,
        "headers": headers,
        "queryStringParameters": parameters,
        "body": body,
        "isBase64Encoded": is_base64,
        "requestContext": {
            "serviceNetworkArn": f"{arn}:servicenetwork/sn-0123456789abcdef0",
            "serviceArn": f"{arn}:service/svc-0123456789abcdef0",
            "targetGroupArn": f"{arn}:targetgroup/tg-0123456789abcdef0",
            "identity": {"sourceVpcArn": f"arn:aws:ec2:us-east-1:{delivery.account_id}:vpc/vpc-0123456789abcdef0"},
            "region": "us-east-1",
            "timeEpoch": str(delivery.time_epoch * 1000),  # microseconds
        },
    }


def decode_response(result: object, request: Request, delivery: Delivery) -> Response:
    """Return what VPC Lattice sends to the client for a function's result."""
    from lambdabridge.sources.result import RULES, decode

    return decode(result, RULES["vpc_lattice"])
