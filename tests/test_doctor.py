"""`lambdabridge doctor` on templates: each fault is one edit of a template that has none, and is found where it stands.

A row's expectation is all that is found, so that no check can fire for another one's fault, or always.
"""

from __future__ import annotations

import contextlib
import copy
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from lambdabridge.doctor import checks
from lambdabridge.doctor.doctor import examine
from lambdabridge.doctor.runtimes import OLDEST, RUNTIMES
from lambdabridge.errors import ConfigurationError
from tests.doctor_templates import (
    HTTP,
    MAPPING,
    NOWHERE,
    REST,
    ROOT,
    ROOT_METHOD,
    SAM_HTTP,
    SAM_REST,
    TODAY,
    URL,
    Found,
    edited,
    found,
    in_cdk,
    project,
)


@pytest.mark.parametrize("template", [SAM_HTTP, SAM_REST, HTTP, REST], ids=["sam-http", "sam-rest", "http", "rest"])
def test_nothing_to_find(tmp_path: Path, template: str) -> None:
    assert found(project(tmp_path, template)) == []


def test_a_public_function_url_is_noted(tmp_path: Path) -> None:
    assert found(project(tmp_path, URL)) == [("url-public", "Url", 13)]


DEFAULT_ROUTE = [("{Path: /, Method: ANY}", "{}"), ('{Path: "/{proxy+}", Method: ANY}', "{Path: /more, Method: ANY}")]
VERSION = """\
  Version:
    Type: AWS::Lambda::Version
    Properties: {FunctionName: !Ref Function}
"""
OTHERS_PERMISSION = """\
  Other:
    Type: AWS::Lambda::Permission
    Properties: {Action: lambda:InvokeFunction, FunctionName: !Ref Function, Principal: apigateway.amazonaws.com}
"""
ENV = ("    Variables: {STAGE: dev}", "    Variables: {STAGE: dev, %s}")
ARN = "SourceArn: !Sub arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*/*/*"


def env(text: str) -> tuple[str, str]:
    return ENV[0], ENV[1] % text


ROWS: list[tuple[str, str, list[tuple[str, str]], Found]] = [
    # routes
    (
        "root",
        SAM_HTTP,
        [("Root: {Type: HttpApi, Properties: {Path: /, Method: ANY}}", "")],
        [("root-route", "ServerlessHttpApi", 13)],
    ),
    ("root-rest", REST, [(ROOT_METHOD, "")], [("root-route", "Api", 11)]),
    (
        "root-get-only",
        SAM_HTTP,
        [("Path: /, Method: ANY", "Path: /, Method: GET")],
        [("methods", "ServerlessHttpApi", 13)],
    ),
    (
        "root-of-another",
        SAM_HTTP,
        [
            ("Path: /, Method: ANY", "Path: /, Method: ANY, ApiId: !Ref Other"),
            ("Resources:\n", "Resources:\n  Other: {Type: AWS::Serverless::HttpApi}\n"),
        ],
        [("root-route", "ServerlessHttpApi", 14)],
    ),
    ("default", SAM_HTTP, DEFAULT_ROUTE, []),
    ("literal-routes-only", SAM_HTTP, [("Path: /, Method: ANY", "Path: /a, Method: GET"), ('"/{proxy+}"', "/b")], []),
    (
        "methods",
        SAM_REST,
        [('Path: "/{proxy+}", Method: ANY', 'Path: "/{proxy+}", Method: GET')],
        [("methods", "Api", 17)],
    ),
    ("methods-cors", SAM_HTTP, [("Resources:\n", "  HttpApi: {CorsConfiguration: true}\nResources:\n")], []),
    ("binary", SAM_REST, [('      BinaryMediaTypes: ["*~1*"]\n', "")], [("binary-media-types", "Api", 17)]),
    ("binary-rest", REST, [('BinaryMediaTypes: ["*/*"]', "Name: x")], [("binary-media-types", "Api", 11)]),
    ("binary-some", SAM_REST, [("*~1*", "image~1png")], [("binary-media-types-some", "Api", 22)]),
    ("payload-missing", HTTP, [('      PayloadFormatVersion: "2.0"\n', "")], [("payload-missing", "Integration", 18)]),
    (
        "payload-websocket",
        HTTP,
        [('      PayloadFormatVersion: "2.0"\n', ""), ("ProtocolType: HTTP", "ProtocolType: WEBSOCKET")],
        [],
    ),
    ("payload-1.0", HTTP, [('"2.0"', '"1.0"')], [("payload-1.0", "Api", 11)]),
    (
        "payload-1.0-sam",
        SAM_HTTP,
        [("Path: /, Method: ANY", 'Path: /, Method: ANY, PayloadFormatVersion: "1.0"')],
        [("payload-1.0", "ServerlessHttpApi", 13)],
    ),
    ("stage", SAM_REST, [("      OpenApiVersion: 3.0.1\n", "")], [("sam-stage", "Api", 17)]),
    (
        "stage-globals",
        SAM_REST,
        [("      OpenApiVersion: 3.0.1\n", ""), ("Resources:\n", "  Api: {OpenApiVersion: 3.0.1}\nResources:\n")],
        [],
    ),
    ("base-path", HTTP, [("  Stage:\n", MAPPING + "  Stage:\n")], [("base-path", "Api", 11)]),
    (
        "base-path-routed",
        HTTP,
        [("  Stage:\n", MAPPING + "  Stage:\n"), ("RouteKey: $default", "RouteKey: ANY /x")],
        [],
    ),
    # the function
    ("timeout-above", SAM_HTTP, [("Timeout: 29", "Timeout: 31")], [("timeout-gateway", "Function", 4)]),
    ("timeout-http", SAM_HTTP, [("Timeout: 29", "Timeout: 30")], []),
    ("timeout-rest", SAM_REST, [("Timeout: 29", "Timeout: 30")], [("timeout-gateway", "Function", 4)]),
    (
        "timeout-raised",
        REST,
        [("Timeout: 29", "Timeout: 60"), (ROOT_METHOD, ROOT_METHOD.replace("{Type", "{TimeoutInMillis: 60000, Type"))],
        [],
    ),
    ("timeout-default", SAM_HTTP, [("Timeout: 29, ", "")], [("timeout-short", "Function", 6)]),
    ("timeout-3", SAM_HTTP, [("Timeout: 29", "Timeout: 3")], [("timeout-short", "Function", 4)]),
    ("timeout-4", SAM_HTTP, [("Timeout: 29", "Timeout: 4")], []),
    ("timeout-refused", SAM_HTTP, [("Timeout: 29", "Timeout: 901")], [("template-value", "Function", 6)]),
    ("memory-default", SAM_HTTP, [(", MemorySize: 1024", "")], [("memory", "Function", 6)]),
    ("memory-128", SAM_HTTP, [("MemorySize: 1024", "MemorySize: 128")], [("memory", "Function", 4)]),
    ("memory-256", SAM_HTTP, [("MemorySize: 1024", "MemorySize: 256")], []),
    (
        "concurrency-0",
        SAM_HTTP,
        [("MemorySize: 1024", "MemorySize: 1024, ReservedConcurrentExecutions: 0")],
        [("concurrency-zero", "Function", 4)],
    ),
    ("concurrency-1", SAM_HTTP, [("MemorySize: 1024", "MemorySize: 1024, ReservedConcurrentExecutions: 1")], []),
    (
        "snapstart",
        SAM_HTTP,
        [("MemorySize: 1024", "MemorySize: 1024, SnapStart: {ApplyOn: PublishedVersions}")],
        [("snapstart-version", "Function", 4)],
    ),
    (
        "snapstart-alias",
        SAM_HTTP,
        [("MemorySize: 1024", "MemorySize: 1024, AutoPublishAlias: live, SnapStart: {ApplyOn: PublishedVersions}")],
        [],
    ),
    (
        "snapstart-versions",
        REST,
        [
            ("Timeout: 29", "Timeout: 29\n      SnapStart: {ApplyOn: PublishedVersions}"),
            ("Resources:\n", "Resources:\n" + VERSION),
        ],
        [],
    ),
    ("snapstart-none", SAM_HTTP, [("MemorySize: 1024", "MemorySize: 1024, SnapStart: {ApplyOn: None}")], []),
    (
        "snapstart-3.11",
        SAM_HTTP,
        [
            ("MemorySize: 1024", "MemorySize: 1024, AutoPublishAlias: live, SnapStart: {ApplyOn: PublishedVersions}"),
            ("python3.13", "python3.11"),
        ],
        [("snapstart-runtime", "Function", 4)],
    ),
    ("environment-size", SAM_HTTP, [env("A: " + "x" * 4080)], [("environment-size", "Function", 11)]),
    ("environment-fits", SAM_HTTP, [env("A: " + "x" * 4060)], []),
    (
        "environment-reserved",
        SAM_HTTP,
        [env("AWS_REGION: eu-west-1, TZ: UTC")],
        [("environment-reserved", "Function", 12)],
    ),
    # runtimes, on 2026-11-21
    ("runtime-missing", SAM_HTTP, [("Runtime: python3.13, ", "")], [("runtime-missing", "Function", 6)]),
    ("runtime-3.9", SAM_HTTP, [("python3.13", "python3.9")], [("runtime-unsupported", "Function", 4)]),
    ("runtime-3.10", SAM_HTTP, [("python3.13", "python3.10")], [("runtime-ended", "Function", 4)]),
    ("runtime-3.11", SAM_HTTP, [("python3.13", "python3.11")], []),
    ("runtime-3.15", SAM_HTTP, [("python3.13", "python3.15")], []),
    ("runtime-unknown", SAM_HTTP, [("python3.13", "python3.31")], [("runtime-unknown", "Function", 4)]),
    (
        "runtime-node",
        SAM_HTTP,
        [
            (
                "Resources:\n",
                "Resources:\n  Other: {Type: AWS::Serverless::Function, "
                "Properties: {Runtime: nodejs20.x, Handler: a.b, Timeout: 900}}\n",
            )
        ],
        [],
    ),
    # the handler
    ("handler-missing", SAM_HTTP, [("      Handler: app.handler\n", "")], [("handler", "Function", 6)]),
    ("handler-no-dot", SAM_HTTP, [("app.handler", "handler")], [("handler", "Function", 9)]),
    ("handler-no-file", SAM_HTTP, [("app.handler", "main.handler")], [("handler", "Function", 9)]),
    ("handler-no-name", SAM_HTTP, [("app.handler", "app.lambda_handler")], [("handler", "Function", 9)]),
    (
        "handler-in-layer",
        SAM_HTTP,
        [("app.handler", "main.handler"), ("MemorySize: 1024", "MemorySize: 1024, Layers: [x]")],
        [],
    ),
    ("handler-of-requirement", SAM_HTTP, [("app.handler", "flask.something")], []),
    ("code-missing", SAM_HTTP, [("CodeUri: src/", "CodeUri: sources/")], [("code-missing", "Function", 8)]),
    ("code-in-s3", SAM_HTTP, [("CodeUri: src/", "CodeUri: s3://bucket/key")], []),
    ("app", SAM_HTTP, [("app.handler", "lambdabridge.handler"), env("LAMBDABRIDGE_APP: app:handler")], []),
    ("app-missing", SAM_HTTP, [("app.handler", "lambdabridge.handler")], [("app-missing", "Function", 9)]),
    (
        "app-no-module",
        SAM_HTTP,
        [("app.handler", "lambdabridge.handler"), env("LAMBDABRIDGE_APP: site.wsgi:application")],
        [("app", "Function", 12)],
    ),
    (
        "app-no-name",
        SAM_HTTP,
        [("app.handler", "lambdabridge.handler"), env("LAMBDABRIDGE_APP: app:application")],
        [("app", "Function", 12)],
    ),
    (
        "app-no-import-string",
        SAM_HTTP,
        [("app.handler", "lambdabridge.handler"), env("LAMBDABRIDGE_APP: app.handler")],
        [("app", "Function", 12)],
    ),
    (
        "app-imported",
        SAM_HTTP,
        [("app.handler", "lambdabridge.handler"), env("LAMBDABRIDGE_APP: !ImportValue App")],
        [],
    ),
    (
        "app-parameter",
        SAM_HTTP,
        [
            ("app.handler", "lambdabridge.handler"),
            env("LAMBDABRIDGE_APP: !Ref App"),
            ("Resources:\n", "Parameters: {App: {Type: String}}\nResources:\n"),
        ],
        [],
    ),
    (
        "handler-parameter",
        SAM_HTTP,
        [("app.handler", "!Ref Name"), ("Resources:\n", "Parameters: {Name: {Type: String}}\nResources:\n")],
        [],
    ),
    ("app-unused", SAM_HTTP, [env("LAMBDABRIDGE_APP: app:handler")], [("app-unused", "Function", 12)]),
    # permissions
    (
        "permission-missing",
        REST,
        [("apigateway.amazonaws.com", "s3.amazonaws.com")],
        [("permission-missing", "Function", 2)],
    ),
    (
        "permission-of-another-api",
        REST,
        [("${Api}/*/*/*", "abcdef1234/*/*/*")],
        [("permission-missing", "Function", 2)],
    ),
    ("permission-root-only", REST, [(ARN, ARN[:-1])], [("permission-narrow", "Function", 2)]),
    ("permission-get-only", REST, [(ARN, ARN.replace("/*/*/*", "/*/GET/*"))], [("permission-narrow", "Function", 2)]),
    ("permission-stage", REST, [(ARN, ARN.replace("/*/*/*", "/prod/*/*"))], []),
    (
        "permission-other-stage",
        REST,
        [(ARN, ARN.replace("/*/*/*", "/dev/*/*"))],
        [("permission-missing", "Function", 2)],
    ),
    ("permission-no-source", REST, [(ARN, "SourceAccount: !Ref AWS::AccountId")], []),
    (
        "permission-any-api",
        REST,
        [(ARN, "SourceArn: !Sub arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:*/*")],
        [("permission-wide", "Permission", 46)],
    ),
    (
        "permission-any-account",
        REST,
        [("Resources:\n", "Resources:\n" + OTHERS_PERMISSION)],
        [("permission-wide", "Other", 4)],
    ),
    (
        "permission-role",
        REST,
        [
            ("apigateway.amazonaws.com", "s3.amazonaws.com"),
            (ROOT_METHOD, ROOT_METHOD.replace("{Type", "{Credentials: arn:aws:iam::123456789012:role/r, Type")),
        ],
        [],
    ),
    ("permission-http", HTTP, [("/*/*", "/dev/*")], [("permission-missing", "Function", 2)]),
    ("permission-http-default", HTTP, [("/*/*", "/*/$default")], []),
    (
        "url-invoke",
        URL,
        [("Action: lambda:InvokeFunction,", "Action: lambda:GetFunction,")],
        [("url-permission", "Url", 11), ("url-public", "Url", 13)],
    ),
    (
        "url-anybody",
        URL,
        [(", InvokedViaFunctionUrl: true", "")],
        [("permission-wide", "MayInvoke", 19), ("url-public", "Url", 13)],
    ),
    (
        "url-sam",
        SAM_HTTP,
        [("      Handler:", "      FunctionUrlConfig: {AuthType: NONE}\n      Handler:")],
        [("url-public", "Function", 9)],
    ),
    (
        "url-iam",
        URL,
        [("{AuthType: NONE", "{AuthType: AWS_IAM"), ("Action: lambda:InvokeFunction,", "Action: lambda:GetFunction,")],
        [],
    ),
]


@pytest.mark.parametrize(("template", "edits", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_faults(tmp_path: Path, template: str, edits: list[tuple[str, str]], expected: Found) -> None:
    assert found(project(tmp_path, edited(template, *edits))) == expected


@pytest.mark.parametrize(
    ("edits", "expected"),
    [([], []), ([(ROOT_METHOD, "")], [("root-route", "Api", 17)])],
    ids=["nothing", "root"],
)
def test_a_synthesised_stack(tmp_path: Path, edits: list[tuple[str, str]], expected: Found) -> None:
    (tmp_path / "cdk.out").mkdir()
    project(tmp_path / "cdk.out", in_cdk(edited(REST, *edits)), "Web.template.json")
    assert found(tmp_path) == expected
    report = examine(tmp_path, {}, NOWHERE, TODAY, ["node-absent", "aws-region", "aws-credentials", "cfn-lint-absent"])
    assert [one.cure for one in report.findings if one.check == "cdk-absent"] == [
        "npx -y aws-cdk@2 deploy, or npm install -g aws-cdk@2"
    ]


DATES = [
    ("a-year-before", "python3.11", date(2026, 6, 30), []),
    ("notice", "python3.11", date(2027, 1, 1), [("runtime-ending", "Function", 4)]),
    ("ended", "python3.11", date(2027, 6, 30), [("runtime-ended", "Function", 4)]),
    ("closed", "python3.11", date(2027, 7, 31), [("runtime-closed", "Function", 4)]),
    ("closed-3.10", "python3.10", date(2027, 2, 1), [("runtime-closed", "Function", 4)]),
]


@pytest.mark.parametrize(("runtime", "today", "expected"), [row[1:] for row in DATES], ids=[row[0] for row in DATES])
def test_dates(tmp_path: Path, runtime: str, today: date, expected: Found) -> None:
    place = project(tmp_path, edited(SAM_HTTP, ("python3.13", runtime)))
    assert found(place, today) == expected


def test_runtimes_are_those_that_are_built_for() -> None:
    from lambdabridge.build.runtimes import GLIBC

    mine = [name.removeprefix("python") for name in RUNTIMES if tuple(map(int, name[6:].split("."))) >= OLDEST]
    assert mine == list(GLIBC)
    assert f'requires-python = ">={OLDEST[0]}.{OLDEST[1]}"' in (ROOT / "pyproject.toml").read_text()


def test_every_check_has_a_fault_in_these_tables() -> None:
    from tests import test_doctor_code, test_doctor_machine, test_doctor_package

    seen = {name for row in ROWS for name, _, _ in row[-1]} | {name for row in DATES for name, _, _ in row[-1]}
    seen |= {"url-public", "template-unread"}
    seen |= test_doctor_code.SEEN | test_doctor_package.SEEN | test_doctor_machine.SEEN
    assert sorted({check.name for check in checks.CHECKS} - seen) == []
    assert len({check.name for check in checks.CHECKS}) == len(checks.CHECKS)


def test_what_can_not_be_read_is_said(tmp_path: Path) -> None:
    place = project(tmp_path, edited(SAM_HTTP, ("Events:", "Events: [1]\n      Was:")))
    assert found(place) == [("template-unread", "", None)]


ODD: list[Any] = [None, 7, ["text"], {"a": 1}]


def places_in(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to every value in a template."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield (*at, key)
        yield from places_in(inner, (*at, key))


@pytest.mark.parametrize("template", [SAM_REST, HTTP, URL], ids=["sam", "http", "url"])
def test_no_value_is_so_odd_that_a_check_fails(tmp_path: Path, template: str) -> None:
    place = project(tmp_path, in_cdk(template), "template.json")
    whole = json.loads(place.read_text())
    for at in places_in(whole):
        for odd in ODD:
            data = copy.deepcopy(whole)
            inner = data
            for key in at[:-1]:
                inner = inner[key]
            inner[at[-1]] = odd
            place.write_text(json.dumps(data))
            with contextlib.suppress(ConfigurationError):
                examine(place, {}, NOWHERE, TODAY)


@pytest.mark.parametrize("example", ["flask", "django", "fastapi"])
@pytest.mark.parametrize("name", ["template.yaml", "template-rest.yaml"])
def test_the_examples_have_nothing_to_find(example: str, name: str) -> None:
    assert found(ROOT / "examples" / example / name) == []


def test_a_parameter_without_a_value_is_no_fault(tmp_path: Path) -> None:
    parameters = "Parameters:\n  Python: {Type: String}\nResources:\n"
    place = project(tmp_path, edited(SAM_HTTP, ("Resources:\n", parameters), ("STAGE: dev", "STAGE: !Ref Python")))
    assert found(place) == []
    with pytest.raises(ConfigurationError, match="no parameter 'Pyton'"):
        examine(place, {"Pyton": "1"}, NOWHERE, TODAY)
