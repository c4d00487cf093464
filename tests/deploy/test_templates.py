"""SAM templates before SAM's own judges, without AWS: validation, cfn-lint, the transform, the build."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.facts import Facts, facts_of, resolve, source_arn
from tests.deploy.targets import EXAMPLES, TEMPLATES, prepared, run

pytest.importorskip("samcli", reason="SAM CLI is not installed: python3 dev.py deploy")

PATHS = ("/", "/a", "/a/b.c", "/DynamoDBManager")
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")
CATCH_ALL = {"ANY /", "ANY /{proxy+}"}
PERMISSIONS_OF_URLS = [
    {"Action": "lambda:InvokeFunctionUrl", "Principal": "*", "FunctionUrlAuthType": "NONE"},
    {"Action": "lambda:InvokeFunction", "Principal": "*", "InvokedViaFunctionUrl": True},
]
MACHINE = {"aarch64": 183, "x86_64": 62}  # of an ELF file


@pytest.fixture(scope="module", params=TEMPLATES)
def template(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepared(request.param, tmp_path_factory.mktemp("project"))


def transformed(template: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return the CloudFormation template that SAM makes of it."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    source = import_module("samtranslator.yaml_helper").yaml_parse(template.read_text())
    for resource in source["Resources"].values():
        if "CodeUri" in resource.get("Properties", {}):
            resource["Properties"]["CodeUri"] = "s3://bucket/key"  # as after the upload
    loader = type("NoManagedPolicies", (), {"load": staticmethod(dict)})()
    made: dict[str, Any] = import_module("samtranslator.translator.transform").transform(source, {}, loader)
    return made


def check_reach(facts: Facts, api: str, stage: str) -> None:
    """Every method and path may invoke the function; another API may not.

    An HTTP API names the route in the source ARN, braces and all, as its console says and CDK's permissions do:
    https://github.com/aws/serverless-application-model/issues/1860. For a REST API, all paths are tried.
    """
    paths = [route.partition(" ")[2] for route in facts.routes] if facts.apis == ["http"] else PATHS
    arns = [source_arn(api, stage, method, path) for method in METHODS for path in paths]
    assert [arn for arn in arns if not facts.may_invoke(arn)] == []
    others = [source_arn("another", stage, method, path) for method in METHODS for path in paths]
    assert [arn for arn in others if facts.may_invoke(arn)] == []


def test_sam_accepts_it(template: Path) -> None:
    assert "is a valid SAM Template" in run(
        "sam", "validate", "--lint", "--template", str(template), cwd=template.parent
    )


def test_the_doctor_finds_nothing(template: Path) -> None:
    run(
        "lambdabridge", "doctor", "--strict", str(template), cwd=template.parent
    )  # errors and warnings; notes are no matter


def test_every_request_reaches_the_function(template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = transformed(template, monkeypatch)
    facts = facts_of(made)
    (api,) = facts.apis
    if api == "function-url":
        assert (facts.routes, facts.stages, facts.invokers) == (set(), [], PERMISSIONS_OF_URLS)
        return
    extra = {"POST /DynamoDBManager"} if template.parent.name == "dynamodb_manager" else set()
    preflights = {route for route in facts.routes if route.startswith("OPTIONS ")}  # a REST API's CORS
    assert facts.routes - preflights == CATCH_ALL | extra
    stage, formats, types = {"http": ("$default", {"2.0"}, []), "rest": ("prod", set(), ["*/*"])}[api]
    assert (facts.stages, facts.formats, facts.binary_media_types) == ([stage], formats, types)
    check_reach(facts, "Api", stage)


def test_its_url_is_an_output(template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(transformed(template, monkeypatch)["Outputs"]) == ["Url"]


def test_the_dynamodb_manager_s_role_is_limited_to_its_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    resources = transformed(prepared("dynamodb_manager/template.yaml", tmp_path), monkeypatch)["Resources"]
    policies = [policy["PolicyDocument"] for policy in resources["FunctionRole"]["Properties"]["Policies"]]
    statements = [resolve(one) for policy in policies for one in policy["Statement"]]
    allowed = {
        action: one["Resource"] for one in statements for action in one["Action"] if action.startswith("dynamodb:")
    }
    names = ("PutItem", "GetItem", "UpdateItem", "DeleteItem", "Scan")
    assert allowed == {f"dynamodb:{name}": "Table.Arn" for name in names}


def test_cfn_lint_accepts_them(tmp_path: Path) -> None:
    folders = [tmp_path / str(number) for number in range(len(TEMPLATES))]
    for folder in folders:
        folder.mkdir()
    templates = [str(prepared(target, folder)) for target, folder in zip(TEMPLATES, folders, strict=True)]
    assert run("cfn-lint", *templates, cwd=tmp_path) == ""


@pytest.mark.parametrize("example", sorted({path.parent.name for path in EXAMPLES.glob("*/template.yaml")}))
def test_sam_builds_it_for_the_template_s_python_and_processor(example: str, tmp_path: Path) -> None:
    template = prepared(f"{example}/template.yaml", tmp_path)
    run("sam", "build", cwd=template.parent)
    built = template.parent / ".aws-sam" / "build" / "Function"
    assert (built / "app.py").exists()
    assert (built / "lambdabridge" / "__init__.py").exists()
    libraries = list(built.rglob("*.so*"))
    machines = {int.from_bytes(path.read_bytes()[18:20], "little") for path in libraries}
    tags = {found[1] for path in libraries if (found := re.search(r"\.cpython-(\d+)", path.name))}
    assert (machines - {MACHINE["aarch64"]}, tags - {"313"}) == (set(), set())
    if example == "fastapi":
        assert (machines, tags) == ({MACHINE["aarch64"]}, {"313"})  # pydantic's core: what a wrong build would break
