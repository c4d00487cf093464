"""The same templates before AWS's own tools, where these are installed: they know part of what `lambdabridge doctor` says.

`pip install cfn-lint aws-sam-translator`; without them, these tests are skipped.
"""

from __future__ import annotations

import json
from datetime import date
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from lambdabridge.doctor.functions import RESERVED
from lambdabridge.doctor.runtimes import OLDEST, RUNTIMES
from tests.doctor_templates import HTTP, REST, SAM_HTTP, SAM_REST, URL, edited, found, project

needs_cfn_lint = pytest.mark.skipif(find_spec("cfnlint") is None, reason="cfn-lint is not installed")
needs_translator = pytest.mark.skipif(find_spec("samtranslator") is None, reason="aws-sam-translator is not installed")
pytestmark = pytest.mark.filterwarnings("ignore")  # theirs


@needs_cfn_lint
def test_runtimes_and_their_dates() -> None:
    data = Path(str(import_module("cfnlint.data").__path__[0])) / "AdditionalSpecs" / "LmbdRuntimeLifecycle.json"
    theirs = {
        name: tuple(date.fromisoformat(entry[key]) for key in ("deprecated", "create-block", "update-block"))
        for name, entry in json.loads(data.read_text()).items()
        if name.startswith("python3.") and int(name.rpartition(".")[2]) >= OLDEST[1] - 1
    }
    assert {name: dates and tuple(dates) for name, dates in RUNTIMES.items() if name in theirs or dates} == theirs


def rules(place: Path) -> set[str]:
    """Return the rules of cfn-lint that a template breaks."""
    return {match.rule.id for match in import_module("cfnlint").api.lint_file(place)}


@needs_cfn_lint
@pytest.mark.parametrize(
    "template", [SAM_HTTP, SAM_REST, HTTP, REST, URL], ids=["sam-http", "sam-rest", "http", "rest", "url"]
)
def test_the_templates_are_sound(tmp_path: Path, template: str) -> None:
    assert rules(project(tmp_path, template)) <= {"W3002"}  # Code: src, which is for `aws cloudformation package`


KNOWN = [
    ("reserved", ("STAGE: dev", "AWS_REGION: x"), "E3663", "environment-reserved"),
    ("ended", ("python3.13", "python3.10"), "W2531", "runtime-ended"),
    ("snapstart", ("MemorySize: 1024", "MemorySize: 1024, SnapStart: {ApplyOn: PublishedVersions}"), "W2530",
     "snapstart-version"),
]  # fmt: skip


@needs_cfn_lint
@pytest.mark.parametrize(("edit", "rule", "check"), [row[1:] for row in KNOWN], ids=[row[0] for row in KNOWN])
def test_both_find_it(tmp_path: Path, edit: tuple[str, str], rule: str, check: str) -> None:
    place = project(tmp_path, edited(SAM_HTTP, edit))
    assert rule in rules(place)
    assert check in [name for name, _, _ in found(place)]


@needs_cfn_lint
def test_reserved_variables(tmp_path: Path) -> None:
    variables = ", ".join(f"{name}: x" for name in sorted({*RESERVED, "TZ", "PATH", "LAMBDABRIDGE_APP"}))
    place = project(tmp_path, edited(SAM_HTTP, ("STAGE: dev", variables)))
    theirs = {
        match.message.split("'")[1]
        for match in import_module("cfnlint").api.lint_file(place)
        if match.rule.id == "E3663"
    }
    assert theirs == set(RESERVED)


def transformed(template: str) -> dict[str, Any]:
    """Return the resources that SAM makes of a template, as it is done at a deployment."""
    import yaml

    from tests.doctor_templates import in_cdk

    class Loader:
        def load(self) -> dict[str, str]:
            return {}

    data = yaml.safe_load(in_cdk(template.replace("src/", "s3://bucket/key")))
    translator = import_module("samtranslator.translator.transform")
    resources: dict[str, Any] = translator.transform(data, {}, Loader())["Resources"]
    return resources


@needs_translator
@pytest.mark.parametrize(
    ("edits", "stages", "noted"),
    [([], ["prod"], []), ([("      OpenApiVersion: 3.0.1\n", "")], ["Stage", "prod"], ["sam-stage"])],
    ids=["OpenApiVersion", "none"],
)
def test_sams_extra_stage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, edits: list[tuple[str, str]], stages: list[str], noted: list[str]
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    template = edited(SAM_REST, *edits)
    made = transformed(template).values()
    assert sorted(one["Properties"]["StageName"] for one in made if "StageName" in one.get("Properties", {})) == stages
    assert [name for name, _, _ in found(project(tmp_path, template))] == noted


@needs_translator
@pytest.mark.parametrize("template", [SAM_HTTP, SAM_REST], ids=["http", "rest"])
def test_what_sam_makes_is_enough_for_the_checks_of_permissions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, template: str
) -> None:
    """The permissions that are taken for granted of SAM are there, and cover what the routes need."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    place = project(tmp_path, json.dumps({"Resources": transformed(template)}), "template.json")
    assert [name for name, _, _ in found(place) if name.startswith(("permission", "root", "payload"))] == []
    kept = {
        name: one
        for name, one in transformed(template).items()
        if one["Type"] != "AWS::Lambda::Permission" or "Root" in name
    }
    place.write_text(json.dumps({"Resources": kept}))
    assert [name for name, _, _ in found(place) if name.startswith("permission")] == ["permission-narrow"]
