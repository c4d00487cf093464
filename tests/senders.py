"""What each front door sends for a client's request, by builders that share no line with the package.

The package's own gateway side is the other sender (receivers.py): a mistake that is made in both halves of one package
passes every round trip.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from tests.events import ALB_HOST, URL_HOST, alb, function_url
from tests.peer_cases.events import CLIENT, HOST, grouped, http_api_1_0, http_api_2_0, is_binary, rest_api, text_of
from tests.strategies import Lines, Request

Event = dict[str, Any]
LATTICE_HOST = "shop-0a1b2c3d4e5f.7d67968.vpc-lattice-svcs.eu-central-1.on.aws"
EDGE_HOST = "d111111abcdef8.cloudfront.net"


class Door(NamedTuple):
    """One way to be reached: --api, the stage, a REST API's binaryMediaTypes, an ALB's multi-value headers."""

    api: str
    stage: str = ""
    binary: bool = False
    multi: bool = False

    @property
    def prefix(self) -> str:
        """What a client's path begins with."""
        return f"/{self.stage}" if self.stage not in ("", "$default") else ""


DOORS = {
    "rest": Door("rest", "prod", binary=True),
    "rest, no binaryMediaTypes": Door("rest", "v1"),
    "rest-template": Door("rest-template", "prod"),
    "http-1.0": Door("http-1.0", "$default"),
    "http-1.0 with a stage": Door("http-1.0", "prod"),
    "http": Door("http", "$default"),
    "http with a stage": Door("http", "prod"),
    "function-url": Door("function-url"),
    "alb": Door("alb"),
    "alb, multi-value": Door("alb", multi=True),
    "vpc-lattice-1": Door("vpc-lattice-1"),
    "vpc-lattice-2": Door("vpc-lattice-2"),
    "lambda-at-edge": Door("lambda-at-edge"),
}


def with_body(event: Event, sent: Request, text: str = "body", flag: str = "isBase64Encoded") -> Event:
    """Put the body in as a load balancer does: a Content-Encoding makes it base64, else the Content-Type decides."""
    is_base64 = is_binary(sent.body, sent.headers) or any(name == "content-encoding" for name, _ in sent.headers)
    return event | {text: text_of(sent.body, binary=is_base64), flag: is_base64 and bool(sent.body)}


def titled(headers: Lines) -> Lines:
    """Return headers with their names as most HTTP/1.1 clients spell them."""
    return tuple((name.title(), value) for name, value in headers)


def _rest(door: Door, sent: Request) -> Event:
    """Build a REST API's: slashes after the stage are one in `path` (LocalStack, recorded), and ";" splits the query."""
    path, query, headers = "/" + sent.raw_path.lstrip("/"), sent.query.replace(";", "&"), sent.headers
    context = {"path": door.prefix + sent.raw_path}
    words: Any = {
        "query": query,
        "lines": titled(headers),
        "body": sent.body,
        "binary": door.binary,
        "stage": door.stage,
    }
    return rest_api(sent.method, path, context=context, **words)


def _http(build: Callable[..., Event]) -> Callable[[Door, Request], Event]:
    def send(door: Door, sent: Request) -> Event:
        words: Any = {"query": sent.query, "lines": titled(sent.headers), "body": sent.body}
        if door.stage:
            words["stage"] = door.stage
        return build(sent.method, sent.raw_path, **words)

    return send


def _alb(door: Door, sent: Request) -> Event:
    event = alb(sent.method, sent.raw_path, query=sent.query, lines=sent.headers, multi=door.multi)
    return with_body(event, sent)


def _lattice_headers(sent: Request) -> dict[str, list[str]]:
    headers = grouped([("host", LATTICE_HOST), ("x-forwarded-for", f"6.6.6.6, {CLIENT}"), *sent.headers])
    if "cookie" in headers:  # several are HTTP/2's; RFC 9113, section 8.2.3, has them joined for anything else
        headers["cookie"] = ["; ".join(headers["cookie"])]
    return headers


def _lattice_1(door: Door, sent: Request) -> Event:
    event: Event = {
        "raw_path": sent.raw_path + (f"?{sent.query}" if sent.query else ""),
        "method": sent.method,
        "headers": {name: ",".join(lines) for name, lines in _lattice_headers(sent).items()},
        "query_string_parameters": dict(parse_qsl(sent.query, keep_blank_values=True)),
    }
    return with_body(event, sent, flag="is_base64_encoded")


def _lattice_2(door: Door, sent: Request) -> Event:
    event: Event = {
        "version": "2.0",
        "path": sent.raw_path,
        "method": sent.method,
        "headers": _lattice_headers(sent),
        "queryStringParameters": grouped(parse_qsl(sent.query, keep_blank_values=True)),
        "requestContext": {"serviceArn": "arn:aws:vpc-lattice:eu-central-1:1:service/svc-0", "region": "eu-central-1"},
    }
    return with_body(event, sent)


def _edge(door: Door, sent: Request) -> Event:
    headers = grouped([("host", EDGE_HOST), *sent.headers])
    members: Event = {
        "clientIp": CLIENT,
        "method": sent.method,
        "uri": sent.raw_path,
        "querystring": sent.query,
        "headers": {name: [{"key": name.title(), "value": line} for line in lines] for name, lines in headers.items()},
        "body": {
            "inputTruncated": False,
            "action": "read-only",
            "encoding": "base64",
            "data": b64encode(sent.body).decode(),
        },
    }
    config = {"distributionDomainName": EDGE_HOST, "distributionId": "E", "eventType": "viewer-request"}
    return {"Records": [{"cf": {"config": config, "request": members}}]}


def _template(door: Door, sent: Request) -> Event:
    """Build what AWS's pass-through template makes: a path parameter has lost the slashes at its ends."""
    rest = sent.raw_path.strip("/")
    text = sent.body.decode("utf-8", "replace")
    try:
        body = json.loads(text) if text else {}
    except ValueError:
        body = text
    return {
        "body-json": body,
        "params": {
            "path": {"proxy": rest} if rest else {},
            "querystring": dict(parse_qsl(sent.query.replace(";", "&"), keep_blank_values=True)),
            "header": {**dict(titled(sent.headers)), "Host": HOST, "X-Forwarded-For": CLIENT},
        },
        "stage-variables": {},
        "context": {
            "http-method": sent.method,
            "stage": door.stage,
            "source-ip": CLIENT,
            "resource-path": "/{proxy+}" if rest else "/",
        },
    }


BUILDERS: dict[str, Callable[[Door, Request], Event]] = {
    "rest": _rest,
    "rest-template": _template,
    "http-1.0": _http(http_api_1_0),
    "http": _http(http_api_2_0),
    "function-url": _http(function_url),
    "alb": _alb,
    "vpc-lattice-1": _lattice_1,
    "vpc-lattice-2": _lattice_2,
    "lambda-at-edge": _edge,
}
HOSTS = {
    **dict.fromkeys(("rest", "rest-template", "http-1.0", "http"), HOST),
    **dict.fromkeys(("vpc-lattice-1", "vpc-lattice-2"), LATTICE_HOST),
    "function-url": URL_HOST,
    "alb": ALB_HOST,
    "lambda-at-edge": EDGE_HOST,
}


def through_json(value: Any) -> Any:
    return json.loads(json.dumps(value))


def build(door: Door, sent: Request) -> Event:
    """Return the event of the sender that shares no line with the package."""
    event: Event = through_json(BUILDERS[door.api](door, sent))
    return event
