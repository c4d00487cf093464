"""CDK apps, synthesised here without AWS, and held to the facts of the SAM templates."""

from __future__ import annotations

import json
import os
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.facts import facts_of
from tests.deploy.targets import CDK_APPS, prepared, run
from tests.deploy.test_templates import CATCH_ALL, PERMISSIONS_OF_URLS, check_reach

pytestmark = pytest.mark.skipif(not find_spec("aws_cdk"), reason="CDK is not installed: python3 dev.py deploy")


@pytest.fixture(scope="module", params=CDK_APPS)
def synthesised(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run an app, without the build of its code, and return the template that comes of it."""
    app = prepared(request.param, tmp_path_factory.mktemp("project"), "--cdk")
    folder = app.parent
    context = json.dumps({"aws:cdk:bundling-stacks": []})
    environment = os.environ | {"CDK_OUTDIR": str(folder / "cdk.out"), "CDK_CONTEXT_JSON": context}
    run("python", app.name, cwd=folder, environment=environment)
    (template,) = (folder / "cdk.out").glob("*.template.json")
    return template


@pytest.fixture(scope="module")
def template(synthesised: Path) -> dict[str, Any]:
    template: dict[str, Any] = json.loads(synthesised.read_text())
    return template


def test_every_request_reaches_the_function(synthesised: Path, template: dict[str, Any]) -> None:
    facts = facts_of(template)
    (api,) = facts.apis
    if api == "function-url":
        by_action = {"lambda:InvokeFunctionUrl": 0, "lambda:InvokeFunction": 1}
        invokers = sorted(facts.invokers, key=lambda one: by_action[one["Action"]])
        assert (facts.routes, facts.stages, invokers) == (set(), [], PERMISSIONS_OF_URLS)
        return
    example = synthesised.parent.parent.parent.name
    extra = {"POST /DynamoDBManager"} if example == "dynamodb_manager" else set()
    preflights = {route for route in facts.routes if route.startswith("OPTIONS ")}
    assert facts.routes - preflights == CATCH_ALL | extra
    stage, formats, types = {"http": ("$default", {"2.0"}, []), "rest": ("prod", set(), ["*/*"])}[api]
    assert (facts.stages, facts.formats, facts.binary_media_types) == ([stage], formats, types)
    kinds = ("AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api")
    (name,) = [name for name, resource in template["Resources"].items() if resource["Type"] in kinds]
    check_reach(facts, name, stage)


@pytest.fixture(scope="module")
def assertions() -> Any:
    with pytest.MonkeyPatch.context() as patch:  # import starts Node, which may have its end-of-life to announce
        patch.setenv("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "1")
        return import_module("aws_cdk.assertions")


def test_it_deploys_one_function_as_the_templates_do(template: dict[str, Any], assertions: Any) -> None:
    found = assertions.Template.from_json(template)
    found.resource_count_is("AWS::Lambda::Function", 1)
    expected = {"Runtime": "python3.13", "Architectures": ["arm64"], "MemorySize": 1024, "Timeout": 29}
    found.has_resource_properties("AWS::Lambda::Function", expected | {"TracingConfig": {"Mode": "Active"}})
    found.has_output("Url", {})


def test_no_policy_allows_everything(template: dict[str, Any], assertions: Any) -> None:
    found = assertions.Template.from_json(template)
    policies = found.find_resources("AWS::IAM::Policy")
    statements = [one for policy in policies.values() for one in policy["Properties"]["PolicyDocument"]["Statement"]]
    wide = [one["Action"] for one in statements if one["Resource"] == "*"]
    assert statements != []
    assert wide == [["xray:PutTraceSegments", "xray:PutTelemetryRecords"]]  # which has no narrower resource


def test_cfn_lint_accepts_it(synthesised: Path) -> None:
    # W3005: CDK writes dependencies that a reference implies
    assert run("cfn-lint", "--ignore-checks", "W3005", "--", str(synthesised), cwd=synthesised.parent) == ""


def test_the_doctor_finds_nothing(synthesised: Path) -> None:
    # the code was not built, so that what it would bring is not there
    unbuilt = ("--ignore", "packed-lambdabridge", "--ignore", "packed-imports")
    run("lambdabridge", "doctor", "--strict", *unbuilt, str(synthesised.parent), cwd=synthesised.parent.parent)
