"""VPC Lattice, from AWS's guide: nobody has recorded its events. The samples of the corpus are in test_recorded.py."""

from __future__ import annotations

from typing import Any

import pytest

from lambdabridge import bridge
from lambdabridge.sources import alb, http_api_v2, vpc_lattice
from tests.apps import asgi_app, wsgi_app

HOST = "shop-0a1b2c3d4e5f.7d67968.vpc-lattice-svcs.eu-central-1.on.aws"
ARN = "arn:aws:vpc-lattice:eu-central-1:123456789012"


def version_1(**members: Any) -> dict[str, Any]:
    return {
        "raw_path": "/text?a=1&a=2",
        "method": "GET",
        "headers": {"host": HOST, "x-forwarded-for": "6.6.6.6, 10.0.0.9", "accept": "*/*"},
        "query_string_parameters": {"a": "2"},
        "body": "",
        "is_base64_encoded": False,
    } | members


def version_2(**members: Any) -> dict[str, Any]:
    return {
        "version": "2.0",
        "path": "/text",
        "method": "GET",
        "headers": {"host": [HOST], "x-forwarded-for": ["6.6.6.6, 10.0.0.9"], "x-a": ["1", "2"]},
        "queryStringParameters": {"a": ["1", "2"], "b": ["x y"]},
        "requestContext": {
            "serviceNetworkArn": f"{ARN}:servicenetwork/sn-0bf3f2882e9cc805a",
            "serviceArn": f"{ARN}:service/svc-0a40eebed65f8d69c",
            "targetGroupArn": f"{ARN}:targetgroup/tg-6d0ecf831eec9f09",
            "identity": {"sourceVpcArn": "arn:aws:ec2:eu-central-1:123456789012:vpc/vpc-0b8276c84697e7339"},
            "region": "eu-central-1",
            "timeEpoch": "1696331543569073",
        },
        "body": None,
        "isBase64Encoded": False,
    } | members


def test_version_1() -> None:
    request = vpc_lattice.decode_request(version_1(body="AAE=", is_base64_encoded=True))
    assert (request.raw_path, request.query_string, request.body) == ("/text", "a=1&a=2", b"\0\1")
    assert (request.client, request.server) == (("10.0.0.9", 0), (HOST, 443))


def test_version_1_without_a_query_in_its_path() -> None:
    assert vpc_lattice.decode_request(version_1(raw_path="/x")).query_string == "a=2"


def test_version_2() -> None:
    request = vpc_lattice.decode_request(version_2(body="text"))
    assert (request.raw_path, request.query_string, request.body) == ("/text", "a=1&a=2&b=x%20y", b"text")
    assert [line for line in request.headers if line[0] == "x-a"] == [("x-a", "1"), ("x-a", "2")]
    assert request.client == ("10.0.0.9", 0)


def test_version_2_of_older_examples() -> None:
    event = version_2(headers={"host": HOST, "x-n": None}, queryStringParameters={"a": "1"})
    request = vpc_lattice.decode_request(event)
    assert (request.headers, request.query_string) == ([("host", HOST)], "a=1")


@pytest.mark.parametrize("build", [version_1, version_2])
@pytest.mark.parametrize("app", [wsgi_app, asgi_app], ids=["wsgi", "asgi"])
def test_response(build: Any, app: Any) -> None:
    assert bridge(app)(build()) == {
        "statusCode": 200,
        "statusDescription": "200 OK",
        "headers": {"content-type": "text/plain; charset=utf-8"},
        "body": "grüße, 世界",
        "isBase64Encoded": False,
    }


@pytest.mark.parametrize("build", [version_1, version_2])
def test_it_is_nobody_elses(build: Any) -> None:
    event = build()
    assert [source.matches(event) for source in (vpc_lattice, alb, http_api_v2)] == [True, False, False]
