"""Exactly one source claims an HTTP event, none what is not HTTP, whatever the order of SOURCES.

The events that are not HTTP have the members that AWS's guides show; those of the recorded corpus are judged in
test_recorded_events.py.
"""

from __future__ import annotations

import random
from typing import Any

import pytest

from lambdabridge.errors import UnknownEventError
from lambdabridge.sources.registry import SOURCES, find, resolve, short_name
from tests.events import alb, function_url
from tests.peer_cases.events import http_api_1_0, http_api_2_0, rest_api
from tests.test_lambda_at_edge import event as edge
from tests.test_rest_template import template
from tests.test_vpc_lattice import version_1, version_2

ARN = "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod/GET/x"
WEBSOCKET = {"eventType": "CONNECT", "connectionId": "L0SM9cOFvHcCIhw=", "routeKey": "$connect", "stage": "prod"}
CONSOLE = {"resource": "/{proxy+}", "path": "/x", "httpMethod": "GET", "headers": None, "multiValueHeaders": None}
CLOUDFRONT = {"uri": "/x", "method": "GET", "headers": {}, "clientIp": "2001:db8::9", "querystring": ""}

HTTP: dict[str, tuple[dict[str, Any], str]] = {
    "REST": (rest_api(), "rest_api"),
    "REST, the console's test": (
        CONSOLE | {"requestContext": {"path": "/x", "stage": "test-invoke-stage", "resourceId": "abc123"}},
        "rest_api",
    ),
    "REST, a version as emulators send it": (rest_api() | {"version": "1.0"}, "rest_api"),
    "REST, with an authorizer": (
        rest_api() | {"requestContext": rest_api()["requestContext"] | {"authorizer": {"principalId": "u"}}},
        "rest_api",
    ),
    "HTTP 1.0": (http_api_1_0(), "http_api_v1"),
    "HTTP 2.0": (http_api_2_0(), "http_api_v2"),
    "Function URL": (function_url(), "function_url"),
    "ALB": (alb(), "alb"),
    "ALB, multi-value headers": (alb(multi=True), "alb"),
    "VPC Lattice 1": (version_1(), "vpc_lattice"),
    "VPC Lattice 2": (version_2(), "vpc_lattice"),
    "Lambda@Edge": (edge(), "lambda_at_edge"),
    "pass-through template": (template(), "rest_template"),
}
OTHERS: dict[str, Any] = {
    "nothing": {},
    "the console's hello-world": {"key1": "value1", "key2": "value2"},
    "a list": [{"httpMethod": "GET", "path": "/x"}],
    "null": None,
    "authorizer, TOKEN": {"type": "TOKEN", "authorizationToken": "allow", "methodArn": ARN},
    "authorizer, REQUEST": rest_api() | {"type": "REQUEST", "methodArn": ARN},
    "authorizer, payload 1.0": http_api_1_0() | {"type": "REQUEST", "methodArn": ARN, "identitySource": "x"},
    "authorizer, payload 2.0": http_api_2_0() | {"type": "REQUEST", "routeArn": ARN, "identitySource": ["x"]},
    "WebSocket, connect": {"headers": {}, "requestContext": WEBSOCKET, "isBase64Encoded": False},
    "WebSocket, as samples mix it up": rest_api() | {"requestContext": WEBSOCKET},
    "WebSocket, message": {"requestContext": WEBSOCKET | {"eventType": "MESSAGE"}, "body": "{}"},
    "AppSync, resolver": {
        "arguments": {},
        "identity": None,
        "source": None,
        "request": {"headers": {"host": "x.appsync-api.eu-central-1.amazonaws.com"}, "domainName": None},
        "info": {"fieldName": "f", "parentTypeName": "Query"},
    },
    "AppSync, authorizer": {"authorizationToken": "t", "requestContext": {"apiId": "a", "requestId": "r"}},
    "AppSync, Events API": {"info": {"channel": {"path": "/default/x"}, "operation": "PUBLISH"}, "events": []},
    "SQS": {"Records": [{"messageId": "1", "body": "x", "eventSource": "aws:sqs"}]},
    "S3": {"Records": [{"eventSource": "aws:s3", "s3": {"bucket": {"name": "b"}}}]},
    "no records": {"Records": []},
    "schedule": {"version": "0", "id": "1", "detail-type": "Scheduled Event", "source": "aws.events", "detail": {}},
    "Lambda@Edge, origin response": {
        "Records": [{"cf": {"config": {}, "request": CLOUDFRONT, "response": {"status": "200", "headers": {}}}}]
    },
    "S3 Object Lambda": {"getObjectContext": {}, "userRequest": {"url": "https://x", "headers": {}}},
    "Bedrock agent": {"messageVersion": "1.0", "apiPath": "/x", "httpMethod": "GET", "actionGroup": "g"},
    "Cognito trigger": {"version": "1", "triggerSource": "PreSignUp_SignUp", "request": {}, "response": {}},
    "Serverless Framework's own template": {"method": "GET", "path": {}, "headers": {}, "query": {}, "body": {}},
    "a template of somebody's own": {"params": {}, "context": {"stage": "prod"}},
}


@pytest.mark.parametrize("case", HTTP)
def test_one_source_claims_an_http_event(case: str) -> None:
    event, source = HTTP[case]
    assert [name for name in SOURCES if resolve(name).matches(event)] == [source]


@pytest.mark.parametrize("case", HTTP)
def test_the_order_of_sources_means_nothing(case: str) -> None:
    event, source = HTTP[case]
    for seed in range(20):
        order = random.Random(seed).sample(SOURCES, len(SOURCES))
        assert short_name(find(event, order)) == source


@pytest.mark.parametrize("case", OTHERS)
def test_no_source_claims_what_is_not_http(case: str) -> None:
    with pytest.raises(UnknownEventError):
        find(OTHERS[case])
    if isinstance(OTHERS[case], dict):
        assert [name for name in SOURCES if resolve(name).matches(OTHERS[case])] == []


def test_every_source_is_here() -> None:
    assert {source for _, source in HTTP.values()} == set(SOURCES)
