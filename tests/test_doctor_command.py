"""The command `lambdabridge doctor`: what it prints, its exit status, what it says where there is nothing to look at."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lambdabridge.cli import main
from lambdabridge.doctor import checks
from tests.doctor_templates import SAM_HTTP, SAM_REST, edited, files, project

HERE = [option for check in checks.MACHINE for option in ("--ignore", check.name)]


BAD: list[tuple[str, dict[str, str], str, str]] = [
    ("nothing-there", {}, "nowhere", "There is no file or folder 'nowhere'."),
    (
        "empty-folder",
        {"folder/x.py": ""},
        "folder",
        "There is no template in folder: looked for template.yaml, template.yml, template.json, *.template.json, cdk.out, "
        "and a package that `lambdabridge build` or pip made. `lambdabridge init` writes a template.",
    ),
    (
        "not-synthesised",
        {"folder/cdk.json": "{}"},
        "folder",
        "folder is a CDK app without cdk.out: run `npx -y aws-cdk@2 synth` there first.",
    ),
    (
        "no-yaml",
        {"t.yaml": "Resources:\n  A: [\n"},
        "t.yaml",
        "The template t.yaml is not YAML: while parsing a flow node expected the node content, but found '<stream end>' in "
        '"<unicode string>", line 3, column 1: ^.',
    ),
    (
        "no-json",
        {"t.json": "{"},
        "t.json",
        "The template t.json is not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1).",
    ),
    ("no-template", {"t.yaml": "a: 1"}, "t.yaml", "t.yaml is no CloudFormation template: it has no Resources."),
    (
        "no-function",
        {"t.yaml": "Resources: {Bucket: {Type: AWS::S3::Bucket}}"},
        "t.yaml",
        "t.yaml has no Python function from a folder or a .zip archive.",
    ),
    (
        "nested",
        {"t.yaml": "Resources: {Web: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: web.yaml}}}"},
        "t.yaml",
        "t.yaml has no Python function from a folder or a .zip archive. Its nested stack Web is a template "
        "of its own: give that file.",
    ),
    (
        "foreign",
        {"t.yaml": "Resources: {F: {Type: AWS::Lambda::Function, Properties: {Runtime: nodejs22.x}}}"},
        "t.yaml",
        "t.yaml has no Python function from a folder or a .zip archive.",
    ),
    (
        "refers-to-itself",
        {"t.yaml": "Conditions: {A: !Condition A}\nResources: {F: {Type: AWS::Lambda::Function, Condition: A}}"},
        "t.yaml",
        "The template t.yaml can't be read: something in it refers to itself.",
    ),
    ("no-such-check", {"template.yaml": SAM_HTTP}, ". --ignore sam", "There is no check 'sam'; --checks lists them."),
]


@pytest.mark.parametrize(("contents", "place", "sentence"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_bad_input(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    contents: dict[str, str],
    place: str,
    sentence: str,
) -> None:
    files(tmp_path, contents)
    monkeypatch.chdir(tmp_path)
    assert main(["doctor", *place.split()]) == 2
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", f"lambdabridge: {sentence}\n")


STATUS = [
    ("clean", [], [], 0),
    ("note", [("OpenApiVersion: 3.0.1", "Name: x")], ["--strict"], 0),
    ("warning", [("Timeout: 29", "Timeout: 60")], [], 0),
    ("warning-strict", [("Timeout: 29", "Timeout: 60")], ["--strict"], 1),
    ("warning-ignored", [("Timeout: 29", "Timeout: 60")], ["--strict", "--ignore", "timeout-gateway"], 0),
    ("error", [("app.handler", "app.x")], [], 1),
]


@pytest.mark.parametrize(("edits", "options", "status"), [row[1:] for row in STATUS], ids=[row[0] for row in STATUS])
def test_exit_status(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], edits: list[tuple[str, str]], options: list[str], status: int
) -> None:
    project(tmp_path, edited(SAM_REST, *edits))
    assert main(["doctor", str(tmp_path), *options, *HERE]) == status


def test_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    project(tmp_path, edited(SAM_HTTP, ("Root: {Type: HttpApi, Properties: {Path: /, Method: ANY}}", "")))
    monkeypatch.chdir(tmp_path)
    assert main(["doctor", *HERE]) == 1
    assert (
        capsys.readouterr().out
        == """\
Looked at:
  template.yaml: SAM template
  function Function: app.handler, python3.13, arm64
    its package is not built yet (sam build): size, bytecode and native modules were not looked at
  HTTP API ServerlessHttpApi: ANY /{proxy+}

error [root-route] template.yaml:13 ServerlessHttpApi
  seen  ANY /{proxy+} is routed to the function, and nothing takes /.
  why   A {proxy+} matches no empty path: / is answered by the gateway, 403 by a REST API and 404 by an HTTP API.
  do    One more of the function's Events: Root: {Type: HttpApi, Properties: {Path: /, Method: ANY}} (ApiId as the
        other has it)
        https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-set-up-simple-proxy.html

1 error.
"""
    )


def test_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    project(tmp_path, edited(SAM_HTTP, ("app.handler", "app.x")))
    monkeypatch.chdir(tmp_path)
    assert main(["doctor", "--json", *HERE]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["counts"] == {"error": 1, "warning": 0, "note": 0}
    (only,) = report["findings"]
    assert {name: only[name] for name in ("check", "severity", "file", "line", "subject", "seen", "cure")} == {
        "check": "handler",
        "severity": "error",
        "file": "template.yaml",
        "line": 9,
        "subject": "Function",
        "seen": "Handler: app.x: app.py has no x. It has handler.",
        "cure": "handler = bridge(app), in that file; or the name that it has.",
    }


def test_checks_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--checks"]) == 0
    listed = [line.split()[:2] for line in capsys.readouterr().out.splitlines()]
    assert listed == [[check.severity, check.name] for check in checks.CHECKS]


def test_what_is_not_looked_at_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    more = "  Page: {Type: AWS::Serverless::Function, Properties: {Runtime: nodejs22.x, InlineCode: x}}\n"
    more += "  Fn::ForEach::More: [N, [a], {}]\n  1: {Type: AWS::S3::Bucket}\n"
    place = project(tmp_path, SAM_HTTP + more)
    assert main(["doctor", str(place), *HERE]) == 0
    said = capsys.readouterr().out
    assert "  not looked at, as no Python from a folder or an archive: Page, Fn::ForEach::More\n" in said
