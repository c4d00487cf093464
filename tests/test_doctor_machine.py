"""`lambdabridge doctor` on a machine: folders with programs in them are PATH, as small shell scripts, and HOME."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from lambdabridge.doctor import checks
from lambdabridge.doctor.doctor import examine
from tests.doctor_templates import REST, SAM_HTTP, Found, edited, files, in_cdk, project

pytestmark = pytest.mark.skipif(os.name == "nt", reason="programs are shell scripts here")
PYTHON = """\
case "$2" in
  *version_info*) echo {version} ;;
  *pip*) {pip} ;;
esac
"""
WITH_PIP = PYTHON.format(version="3.13", pip="echo 25.0")
SAM = "echo 'SAM CLI, version 1.170.0'"
GOOD = {
    "sam": SAM,
    "python3.13": WITH_PIP,
    "make": "",
    "node": "",
    "cdk": "echo '2.1148.1 (build fcf5e34)'",
    "cfn-lint": "",
    "lambdabridge": "",
}
SETTINGS = {"AWS_REGION": "eu-central-1", "AWS_PROFILE": "mine"}
MAKEFILE = 'build-Function:\n\tlambdabridge build --function Function --output "$(ARTIFACTS_DIR)"\n'


def machine(folder: Path, programs: Mapping[str, str], variables: Mapping[str, str] = SETTINGS) -> dict[str, str]:
    """Return the environment of a machine that has these programs."""
    (folder / "bin").mkdir()
    for name, script in programs.items():
        file = folder / "bin" / name
        file.write_text(f"#!{shutil.which('sh')}\n{script}\n")
        file.chmod(0o755)
    (folder / "home").mkdir(exist_ok=True)
    return {"PATH": str(folder / "bin"), "HOME": str(folder / "home"), **variables}


def found(place: Path, environment: Mapping[str, str]) -> Found:
    others = [check.name for check in (*checks.TEMPLATE, *checks.PACKAGE)]
    report = examine(place, {}, environment, date(2026, 11, 21), others)
    return [(one.check, one.subject, one.line) for one in report.findings]


def without(*names: str, **instead: str) -> dict[str, str]:
    return {name: script for name, script in {**GOOD, **instead}.items() if name not in names}


OLD_SAM = {"sam": "echo 'SAM CLI, version 1.127.0'"}
ON_SAM: list[tuple[str, dict[str, str], Found]] = [
    ("all-there", GOOD, []),
    ("no-sam", without("sam"), [("sam-absent", "sam", None)]),
    (
        "neither-sam-nor-lint",
        without("sam", "cfn-lint"),
        [("sam-absent", "sam", None), ("cfn-lint-absent", "cfn-lint", None)],
    ),
    ("sam-lints", without("cfn-lint"), []),
    ("old-sam", without(**OLD_SAM), [("sam-old", "sam", None)]),
    ("sam-that-fails", without(sam="exit 1"), []),
    ("no-python", without("python3.13"), [("sam-python", "Function", None)]),
    (
        "another-python",
        without("python3.13", python3=PYTHON.format(version="3.11", pip="echo 25.0")),
        [("sam-python", "Function", None)],
    ),
    ("python3", without("python3.13", python3=WITH_PIP), []),
    ("no-pip", without(**{"python3.13": PYTHON.format(version="3.13", pip="exit 1")}), [("sam-pip", "Function", None)]),
    ("pip-of-the-second", without(**{"python3.13": PYTHON.format(version="3.13", pip="exit 1")}, python=WITH_PIP), []),
    ("no-node-no-make", without("node", "make", "cdk", "lambdabridge"), []),
]


@pytest.mark.parametrize(("programs", "expected"), [row[1:] for row in ON_SAM], ids=[row[0] for row in ON_SAM])
def test_sam(tmp_path: Path, programs: dict[str, str], expected: Found) -> None:
    place = project(tmp_path, SAM_HTTP)
    assert found(place, machine(tmp_path, programs)) == expected


ELSEWHERE = "    Metadata: {BuildMethod: makefile, ContextPath: make}\n"
ON_MAKE: list[tuple[str, dict[str, str], dict[str, str], str, Found]] = [
    ("all-there", GOOD, {"src/Makefile": MAKEFILE}, "", []),
    ("no-python", without("python3.13"), {"src/Makefile": MAKEFILE}, "", []),
    ("no-make", without("make"), {"src/Makefile": MAKEFILE}, "", [("make-absent", "Function", None)]),
    ("no-makefile", GOOD, {}, "", [("make-target", "Function", None)]),
    ("no-target", GOOD, {"src/Makefile": "build-Other:\n\ttrue\n"}, "", [("make-target", "Function", None)]),
    ("one-of-two-targets", GOOD, {"src/Makefile": "build-Other build-Function: x\n\ttrue\n"}, "", []),
    ("commented-out", GOOD, {"src/Makefile": "# build-Function:\n"}, "", [("make-target", "Function", None)]),
    ("elsewhere", GOOD, {"make/Makefile": MAKEFILE}, ELSEWHERE, []),
    ("not-elsewhere", GOOD, {"src/Makefile": MAKEFILE}, ELSEWHERE, [("make-target", "Function", None)]),
    (
        "no-lambdabridge",
        without("lambdabridge"),
        {"src/Makefile": MAKEFILE},
        "",
        [("make-lambdabridge", "Function", None)],
    ),
    ("other-recipe", without("lambdabridge"), {"src/Makefile": "build-Function:\n\tpip install ."}, "", []),
]


@pytest.mark.parametrize(
    ("programs", "contents", "metadata", "expected"), [row[1:] for row in ON_MAKE], ids=[row[0] for row in ON_MAKE]
)
def test_make(
    tmp_path: Path, programs: dict[str, str], contents: dict[str, str], metadata: str, expected: Found
) -> None:
    kind = "    Type: AWS::Serverless::Function\n"
    metadata = metadata or "    Metadata: {BuildMethod: makefile}\n"
    place = project(tmp_path, edited(SAM_HTTP, (kind, kind + metadata)))
    files(tmp_path, contents)
    assert found(place, machine(tmp_path, programs)) == expected


@pytest.mark.parametrize(
    ("age", "expected"), [(60, []), (-60, [("build-stale", "Function", None)])], ids=["new", "old"]
)
def test_a_build(tmp_path: Path, age: int, expected: Found) -> None:
    place = project(tmp_path, SAM_HTTP)
    files(tmp_path / ".aws-sam" / "build", {"template.yaml": SAM_HTTP, "Function/app.py": "handler = 1"})
    written = place.stat().st_mtime + age
    os.utime(tmp_path / ".aws-sam" / "build" / "template.yaml", (written, written))
    assert found(place, machine(tmp_path, GOOD)) == expected


OLD_NPM = without(cdk="echo '3.0.0 (build 4f3efd4)'")
ON_CDK: list[tuple[str, dict[str, str], str, Found]] = [
    ("all-there", GOOD, "2.1148.0", []),
    ("no-node", without("node"), "2.1148.0", [("node-absent", "node", None)]),
    ("no-cdk", without("cdk"), "2.1148.0", [("cdk-absent", "cdk", None)]),
    ("npms-3.0.0", OLD_NPM, "2.1148.0", [("cdk-version", "cdk", None)]),
    ("npms-3.0.0-beside-an-old-library", OLD_NPM, "", [("cdk-version", "cdk", None)]),
    ("older-than-the-library", without(cdk="echo '2.99.0 (build 1)'"), "2.1148.0", [("cdk-version", "cdk", None)]),
    ("of-unknown-age", without(cdk="echo '2.99.0 (build 1)'"), "", []),
    ("no-lint", without("cfn-lint"), "", [("cfn-lint-absent", "cfn-lint", None)]),
    ("no-sam-no-python", without("sam", "python3.13", "make"), "", []),
]


@pytest.mark.parametrize(("programs", "least", "expected"), [row[1:] for row in ON_CDK], ids=[row[0] for row in ON_CDK])
def test_cdk(tmp_path: Path, programs: dict[str, str], least: str, expected: Found) -> None:
    (tmp_path / "cdk.out").mkdir()
    project(tmp_path / "cdk.out", in_cdk(REST), "Web.template.json")
    manifest = {"version": "55.0.0", **({"minimumCliVersion": least} if least else {})}
    (tmp_path / "cdk.out" / "manifest.json").write_text(json.dumps(manifest))
    assert found(tmp_path, machine(tmp_path, programs)) == expected


def test_the_projects_own_cdk_goes_first(tmp_path: Path) -> None:
    (tmp_path / "cdk.out").mkdir()
    project(tmp_path / "cdk.out", in_cdk(REST), "Web.template.json")
    own = tmp_path / "node_modules" / ".bin" / "cdk"
    files(tmp_path, {"node_modules/.bin/cdk": f"#!{shutil.which('sh')}\necho 2.1148.1"})
    own.chmod(0o755)
    assert found(tmp_path, machine(tmp_path, OLD_NPM)) == []


NO_REGION, NO_CREDENTIALS = ("aws-region", "aws", None), ("aws-credentials", "aws", None)
ON_AWS: list[tuple[str, dict[str, str], dict[str, str], Found]] = [
    ("nothing", {}, {}, [NO_REGION, NO_CREDENTIALS]),
    ("region", {"AWS_DEFAULT_REGION": "eu-west-1"}, {}, [NO_CREDENTIALS]),
    ("key", {"AWS_ACCESS_KEY_ID": "x"}, {}, [NO_REGION]),
    ("role", {"AWS_WEB_IDENTITY_TOKEN_FILE": "x", "AWS_REGION": "x"}, {}, []),
    ("files", {}, {"home/.aws/config": "[default]\nregion = eu-west-1\n"}, []),
    ("another-profile", {"AWS_PROFILE": "b"}, {"home/.aws/config": "[profile a]\nregion = eu-west-1\n"}, [NO_REGION]),
    ("that-profile", {"AWS_PROFILE": "a"}, {"home/.aws/config": "[profile a]\nregion = eu-west-1\n"}, []),
    ("credentials-alone", {}, {"home/.aws/credentials": "not to be read"}, [NO_REGION]),
    ("no-config-at-all", {"AWS_PROFILE": "a"}, {"home/.aws/config": "region"}, []),
]


@pytest.mark.parametrize(
    ("variables", "contents", "expected"), [row[1:] for row in ON_AWS], ids=[row[0] for row in ON_AWS]
)
def test_aws(tmp_path: Path, variables: dict[str, str], contents: dict[str, str], expected: Found) -> None:
    files(tmp_path, contents)
    assert found(project(tmp_path, SAM_HTTP), machine(tmp_path, GOOD, variables)) == expected


def test_a_real_python(tmp_path: Path) -> None:
    """The scripts that are run do run: with the Python that runs the tests, as `sam build` would find it."""
    here = "{}.{}".format(*sys.version_info)
    place = project(tmp_path, edited(SAM_HTTP, ("python3.13", f"python{here}")))
    environment = machine(tmp_path, without("python3.13"))
    (tmp_path / "bin" / f"python{here}").symlink_to(sys.executable)
    assert [name for name, _, _ in found(place, environment)] in ([], ["sam-pip"])


_ROWS = [row[-1] for table in (ON_SAM, ON_MAKE, ON_CDK, ON_AWS) for row in table]
SEEN = {name for expected in _ROWS for name, _, _ in expected} | {"build-stale"}
