"""REST's "AWS" integration with the pass-through mapping template, from AWS's text of the template: nobody recorded it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lambdabridge import bridge
from lambdabridge.sources import rest_template as source
from lambdabridge.sources.registry import SOURCES, resolve
from tests.apps import asgi_app, wsgi_app

HOST = "a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com"


def template(context: dict[str, Any] | None = None, **members: Any) -> dict[str, Any]:
    """Build what the template makes of GET /prod/text?a=x%20y; what API Gateway has no value for is ""."""
    given = {
        "account-id": "",
        "api-id": "a1b2c3d4e5",
        "authorizer-principal-id": "",
        "http-method": "GET",
        "stage": "prod",
        "source-ip": "203.0.113.9",
        "user-agent": "curl/8.0",
        "user-arn": "",
        "request-id": "t-1",
        "resource-id": "abc123",
        "resource-path": "/{proxy+}",
    }
    params = {"path": {"proxy": "text"}, "querystring": {"a": "x y"}, "header": {"Host": HOST, "X-A": "1"}}
    return {"body-json": {}, "params": params, "stage-variables": {}, "context": given | (context or {})} | members


def test_request() -> None:
    request = source.decode_request(template())
    assert (request.method, request.path, request.root_path) == ("GET", "/prod/text", "/prod")
    assert (request.query_string, request.body) == ("a=x%20y", b"")
    assert (request.client, request.server) == (("203.0.113.9", 0), (HOST, 443))
    assert request.headers == [("host", HOST), ("x-a", "1")]


@pytest.mark.parametrize(
    ("resource", "values", "path"),
    [
        ("/", {}, "/prod/"),
        ("/users/{id}/posts/{proxy+}", {"id": "7", "proxy": "a/b%20c"}, "/prod/users/7/posts/a/b c"),
        ("/{a}", {"a": "{b}", "b": "no"}, "/prod/{b}"),
    ],
)
def test_path(resource: str, values: dict[str, str], path: str) -> None:
    params = {"path": values, "querystring": {}, "header": {"Host": HOST}}
    assert source.decode_request(template({"resource-path": resource}, params=params)).path == path


def test_a_custom_domain_has_no_stage() -> None:
    params = {"path": {"proxy": "x"}, "querystring": {}, "header": {"Host": "api.example.com"}}
    request = source.decode_request(template(params=params))
    assert (request.path, request.root_path) == ("/x", "")


JSON, FORM = "application/json", "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("method", "content_type", "value", "body"),
    [
        ("POST", JSON, {"a": [1, "é"]}, '{"a":[1,"é"]}'.encode()),
        ("POST", "application/vnd.api+json; charset=utf-8", "text", b'"text"'),
        ("POST", JSON, {}, b"{}"),
        ("GET", JSON, {}, b""),
        ("POST", FORM, "a=1&b=2", b"a=1&b=2"),
        ("POST", FORM, {}, b""),
        ("POST", "", "", b""),
        ("POST", JSON, None, b""),
        ("PUT", JSON, 0, b"0"),
    ],
)
def test_body(method: str, content_type: str, value: Any, body: bytes) -> None:
    params = {"path": {"proxy": "x"}, "querystring": {}, "header": {"Host": HOST, "content-type": content_type}}
    event = template({"http-method": method}, **{"body-json": value, "params": params})
    request = source.decode_request(event)
    assert request.body == body
    assert dict(request.headers).get("content-length", "0") == str(len(body))


@pytest.mark.parametrize("app", [wsgi_app, asgi_app], ids=["wsgi", "asgi"])
def test_response(app: Any) -> None:
    assert bridge(app)(template()) == {
        "statusCode": 200,
        "headers": {"content-type": "text/plain; charset=utf-8"},
        "body": "grüße, 世界",
        "isBase64Encoded": False,
    }


def test_a_body_that_cannot_be_utf_8_is_the_clients_fault() -> None:
    event = json.loads(
        json.dumps(template({"http-method": "POST"})).replace('"body-json": {}', r'"body-json": "\ud800"')
    )
    event["params"]["header"]["Content-Type"] = JSON
    assert bridge(wsgi_app)(event)["statusCode"] == 400


def test_it_is_nobody_elses() -> None:
    assert [name for name in SOURCES if resolve(name).matches(template())] == ["rest_template"]
