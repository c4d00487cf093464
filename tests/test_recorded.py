"""Recorded AWS events and responses, against both directions of each source.

The corpus is not part of the project: it is looked for in ../shared/recorded (or $LAMBDABRIDGE_RECORDED) and skipped where
it is absent. What it taught is in test_front_door_facts.py as well, row by row.
"""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

import pytest

from lambdabridge import bridge
from lambdabridge.errors import BadResultError, EventError, UnknownEventError
from lambdabridge.gateway.delivery import Delivery
from lambdabridge.messages import Request
from lambdabridge.sources.registry import SOURCES, find, resolve
from tests.apps import asgi_app, wsgi_app

RECORDED = Path(os.environ.get("LAMBDABRIDGE_RECORDED", Path(__file__).parents[2] / "shared" / "recorded"))
MODULES = {
    "rest-v1": "rest_api",
    "http-api-1.0": "http_api_v1",
    "http-api-2.0": "http_api_v2",
    "function-url": "function_url",
    "alb": "alb",
    "vpc-lattice-1": "vpc_lattice",
    "vpc-lattice-2": "vpc_lattice",
    "lambda-at-edge": "lambda_at_edge",
    "sam-local-rest": "rest_api",
    "sam-local-http-api": "http_api_v2",
}
NOT_WHOLE = {
    "ls-rest-custom-domain-mapping-basepath-and-stage": "only path and requestContext.path were reported",
    "ls-rest-custom-domain-mapping-no-basepath-no-stage": "only path and requestContext.path were reported",
    "ls-rest-regional-dropped-headers": "only body and headers were recorded",
    "fl-http20-octet-stream": "requestContext.http was cut out by the reporter: there is no method",
    "aw-url-trailing-slash": "only rawPath and http.path were reported, and no domain name tells the front door",
    "ls-url-json-post": "rawPath and the domain name were not recorded",
    "ls-url-percent25-path": "rawPath and the domain name were not recorded",
    "go-url-iam": "requestContext.http was cut out of the sample",
    "sam-edge-accessrequestinresponse": "a response event: there is no request to serve",
    "sam-edge-modifyresponseheader": "a response event: there is no request to serve",
    "pt-rest-no-version": "a hand-made sample: isBase64Encoded is true and the body is not base64",
}
REST_DROPS = {"connection", "content-length", "expect", "te", "upgrade", "transfer-encoding"}


def _cases(folder: str) -> list[Any]:
    cases = [json.loads(file.read_text()) for file in sorted((RECORDED / folder).glob("*.json"))]
    return [pytest.param(case, id=case["id"]) for case in cases] or [
        pytest.param(None, marks=pytest.mark.skip(reason="the recorded corpus is not here"), id="absent")
    ]


@pytest.mark.parametrize("case", _cases("events"))
def test_one_source_claims_each_event(case: dict[str, Any]) -> None:
    claims = [name for name in SOURCES if resolve(name).matches(case["event"])]
    if case["id"] in NOT_WHOLE:
        assert set(claims) <= {MODULES[case["source"]], "http_api_v2"}
    else:
        expected = MODULES.get(case["source"])
        assert claims == ([expected] if expected else [])


@pytest.mark.parametrize("case", _cases("events"))
def test_event_decodes_to_the_request_that_was_sent(case: dict[str, Any]) -> None:
    if case["id"] in NOT_WHOLE:
        pytest.skip(NOT_WHOLE[case["id"]])
    if case["source"] not in MODULES:
        with pytest.raises(UnknownEventError):
            find(case["event"], SOURCES)
        return
    request = resolve(MODULES[case["source"]]).decode_request(case["event"], "auto")
    sent = case["http_request"]
    if sent is None:
        assert request.path.startswith(request.root_path + "/")
        return
    path, _, query = sent["target"].partition("?")
    assert request.method == sent["method"]
    assert _spelled(request.raw_path) == _spelled(_collapsed(path, case))
    assert request.path == unquote(_collapsed(path, case), "latin-1")
    assert _by_name(request.query_string) == _by_name(query)
    assert request.body == _body(sent)
    got = _joined(request.headers)
    for name, value in _joined([(name.lower(), value) for name, value in sent["headers"]]).items():
        if name not in REST_DROPS:
            assert got[name] == value


def _spelled(raw_path: str) -> str:
    return quote(unquote(raw_path), safe="/:@!$&'()*+,;=-._~")


def _collapsed(path: str, case: dict[str, Any]) -> str:
    """REST drops a second slash after the stage before anything sees it."""
    stage = f"/{case['config'].get('stage')}"
    return stage + "/" + path[len(stage) :].lstrip("/") if path.startswith(stage + "//") else path


def _by_name(query: str) -> dict[str, list[str]]:
    parameters: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        parameters.setdefault(name, []).append(value)
    return parameters


def _body(sent: dict[str, Any]) -> bytes:
    if "body_base64" in sent:
        return base64.b64decode(sent["body_base64"])
    return (sent["body"] or "").encode()


def _joined(headers: list[Any]) -> dict[str, str]:
    lines: dict[str, str] = {}
    for name, value in headers:
        for item in value if isinstance(value, list) else [value]:
            separator = "; " if name == "cookie" else ","
            lines[name] = f"{lines[name]}{separator}{item}" if name in lines else item
    return lines


@pytest.mark.parametrize("case", _cases("events"))
def test_every_event_is_answered_or_refused_by_name(case: dict[str, Any]) -> None:
    """No event, however odd, gets an exception of another kind than ours."""
    for app in (wsgi_app, asgi_app):
        handler = bridge(app)
        try:
            result: Any = handler(case["event"])
        except EventError:
            continue
        assert int(result.get("statusCode", result.get("status"))) in (200, 400, 500)


@pytest.mark.parametrize("case", _cases("responses"))
def test_result_becomes_the_response_that_the_client_got(case: dict[str, Any]) -> None:
    if case["source"] not in MODULES or case["kind"] != "response" or "lambda_result" not in case:
        pytest.skip("no result of these front doors")
    if "integration-method" in case["id"]:
        pytest.skip("the function was never called")
    if case["lambda_result"] is None:
        pytest.skip("a streamed result")
    config, sent = case["config"], case.get("request") or {}
    accept = sent.get("accept") or dict(sent.get("headers") or {}).get("Accept")
    headers = [("accept", accept)] if accept else []
    request = Request(sent.get("method", "GET"), "/", "/", "", headers, b"")
    delivery = Delivery(binary_media_types=tuple(config.get("binaryMediaTypes") or ()))
    source: Any = resolve(MODULES[case["source"]])
    wanted = case["http_response"]
    try:
        response = source.decode_response(case["lambda_result"], request, delivery)
    except BadResultError:
        assert wanted["status"] in (500, 502)
        return
    assert response.status == wanted["status"]
    body = base64.b64decode(wanted["body_base64"]) if "body_base64" in wanted else wanted["body"]
    if isinstance(case["lambda_result"], dict) and isinstance(case["lambda_result"].get("body"), dict):
        assert json.loads(response.body) == case["lambda_result"]["body"]  # a Function URL serialises it
    elif body is not None:
        assert response.body == (body if isinstance(body, bytes) else body.encode())
    got = _joined(response.headers)
    for name, value in (wanted["headers"] or {}).items():
        if name.lower() == "content-type" or name.lower() in got:
            wanted_value = ",".join(value) if isinstance(value, list) else value.replace(", ", ",")
            assert got[name.lower()] == wanted_value
