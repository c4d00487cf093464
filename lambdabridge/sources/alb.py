"""Application Load Balancer with a Lambda target group, both directions.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html

The target group's attribute for multi-value headers decides which members there are: `headers` and `queryStringParameters`,
or `multiValueHeaders` and `multiValueQueryStringParameters`; the response has to use the same. The query is passed as it
came, undecoded. There is no client address but in X-Forwarded-For, to which the balancer adds the last entry in its usual
mode ("append"): what stands before that is the client's to choose, and in the mode "preserve" so is all of it. A health
check has no Host. statusCode must be a number.
"""

from __future__ import annotations

from lambdabridge.body import decode_body, encode_body, encode_request_body
from lambdabridge.sources import payload_v1
from lambdabridge.sources.members import grouped, last_forwarded, native_utf8
from lambdabridge.sources.raw_path import build_request

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lambdabridge.gateway.delivery import Delivery
    from lambdabridge.messages import Request, Response
    from lambdabridge.types import Event, ProxyResponse


def matches(event: Event) -> bool:
    """Return whether this is an ALB's event."""
    context = event.get("requestContext")
    is_request = "httpMethod" in event and "path" in event and "version" not in event
    return is_request and isinstance(context, dict) and "elb" in context


def decode_request(event: Event, base_path: str | None = "auto") -> Request:
    """Return the request that the client sent to the load balancer."""
    headers, known = payload_v1.decode_headers(event.get("multiValueHeaders"), event.get("headers"))
    query = _query(event.get("multiValueQueryStringParameters"), event.get("queryStringParameters"))
    client = last_forwarded(known.get("x-forwarded-for", ""))
    body = decode_body(event)
    return build_request(event["httpMethod"], event["path"], query, headers, known, body, client, base_path)


def _query(multi: dict[str, Any] | None, single: dict[str, Any] | None) -> str:
    parameters = multi or {name: [value] for name, value in (single or {}).items()}
    pairs = [f"{name}={value or ''}" for name, values in parameters.items() for value in values or ("",)]
    return native_utf8("&".join(pairs))


def encode_response(response: Response, event: Event) -> ProxyResponse:
    """Return the response with its headers in the member that the target group is set to."""
    if "multiValueHeaders" not in event:
        return single_value_response(response)
    return {**_response(response), "multiValueHeaders": grouped(response.headers)}


def most(event: Event) -> int:
    """Return how many bytes of result the load balancer takes."""
    return 1024 * 1024


def _response(response: Response) -> ProxyResponse:
    body, is_base64 = encode_body(response.body, response.headers)
    return {
        "statusCode": response.status,
        "statusDescription": status_description(response.status),
        "body": body,
        "isBase64Encoded": is_base64,
    }


def single_value_response(response: Response) -> ProxyResponse:
    """Return the response with `headers`, which has each name once."""
    return {**_response(response), "headers": single_value_headers(response)}


def single_value_headers(response: Response) -> dict[str, str]:
    """Return the headers with each name once: repeated ones are joined, cookies get spellings of their own."""
    headers: dict[str, str] = {}
    cookies = 0
    for name, value in response.headers:
        if name == "set-cookie":  # can't be joined: each goes under a spelling of its own, which ALB passes on
            headers[_spelling(name, cookies)] = value
            cookies += 1
        else:
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _spelling(name: str, number: int) -> str:
    """Return the spelling of a name whose upper-case letters are the bits of number: 512 of them for set-cookie."""
    letters = []
    for letter in name:
        letters.append(letter.upper() if number & 1 and letter.isalpha() else letter)
        number >>= letter.isalpha()
    return "".join(letters)


def status_description(status: int) -> str:
    """Return "200 OK" for 200."""
    from http import HTTPStatus

    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"{status} Unknown"


def encode_request(request: Request, delivery: Delivery) -> Event:
    """Return the event that an ALB sends for a client's request."""
    multi_headers = grouped((name.lower(), value) for name, value in request.headers)
    pairs = (pair.partition("=") for pair in request.query_string.split("&") if pair)
    multi_query = grouped((name, value) for name, _, value in pairs)
    body, is_base64 = encode_target_body(request.body, multi_headers)
    event: Event = {
        "requestContext": {"elb": {"targetGroupArn": delivery.target_group_arn}},
        "httpMethod": request.method,
        "path": request.raw_path,
    }
    if delivery.multi_value_headers:
        event |= {"multiValueQueryStringParameters": multi_query, "multiValueHeaders": multi_headers}
    else:
        event |= {
            "queryStringParameters": {name: values[-1] for name, values in multi_query.items()},
            "headers": {name: values[-1] for name, values in multi_headers.items()},
        }
    return event | {"body": body, "isBase64Encoded": is_base64}


def encode_target_body(body: bytes, headers: dict[str, list[str]]) -> tuple[str, bool]:
    """Return (body, isBase64Encoded) as a target group sends them: an HTTP API's rule, and base64 for what is encoded."""
    if not body:
        return "", False
    content_type = "" if "content-encoding" in headers else headers.get("content-type", [""])[-1]
    return encode_request_body(body, content_type, None)


def decode_response(result: object, request: Request, delivery: Delivery) -> Response:
    """Return what an ALB sends to the client for a function's result."""
    from lambdabridge.sources.result import RULES, decode

    return decode(result, RULES["alb, multi-value headers" if delivery.multi_value_headers else "alb"])
