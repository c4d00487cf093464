"""Bytecode as it is on Lambda: how many modules a real process compiles, with each kind of bytecode in the task root."""

from __future__ import annotations

import compileall
import os
import py_compile
import shutil
import sys
from pathlib import Path

import pytest

from lambdabridge.coldpath import advice, experiment, surroundings
from lambdabridge.coldpath.experiment import Options, Subject, look
from lambdabridge.coldpath.imports_figures import compiled, walk

pytest.importorskip("awslambdaric", reason="AWS's runtime client is not installed")
pytestmark = pytest.mark.skipif(os.name == "nt", reason="awslambdaric does not run on Windows")

OPTIONS = Options(event={}, request="nothing", runs=1, init_timeout=60, timeout=30)
HANDLER = """
import costly
import needed
from costly_too import Thing, other
from costly_too.deep import x
import registers
def seldom(): return costly.x
def annotated(thing: Thing | None, others: list[Thing]) -> Thing: return other(thing)
def handler(event, context):
    return {"statusCode": 200, "body": needed.text()}
"""
WORK = "sum(range(500_000))\n"


@pytest.fixture(scope="module")
def interpreter(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return an interpreter without packages, made once."""
    return surroundings._clean(sys._base_executable, str(tmp_path_factory.mktemp("python") / "python"))  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch, interpreter: str) -> None:
    """No figure counts here."""
    monkeypatch.setattr(surroundings, "_clean", lambda base, folder: interpreter)
    monkeypatch.setattr(experiment, "TREES", 1)


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """Make a task root that holds its dependencies, of which there is one."""
    folder = tmp_path / "build"
    (folder / "costly_too").mkdir(parents=True)
    (folder / "example-1.0.dist-info").mkdir()
    (folder / "function.py").write_text(HANDLER)
    (folder / "costly.py").write_text(WORK)
    (folder / "registers.py").write_text(WORK)  # for its effect: no name of it is used
    (folder / "needed.py").write_text(f"{WORK}def text(): return 'hello'\n")
    (folder / "costly_too" / "__init__.py").write_text(f"{WORK}class Thing: pass\ndef other(thing): return thing\n")
    (folder / "costly_too" / "deep.py").write_text("x = 1\n")
    return folder


def looked_at(build: Path, tmp_path: Path) -> Subject:
    (tmp_path / "scratch").mkdir()
    return look("function:handler", str(build), OPTIONS, str(tmp_path / "scratch"))


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        pytest.param(None, 6, id="none"),
        pytest.param(py_compile.PycInvalidationMode.TIMESTAMP, 6, id="pip's, valid here and stale after the zip"),
        pytest.param(py_compile.PycInvalidationMode.CHECKED_HASH, 0, id="checked hash"),
        pytest.param(py_compile.PycInvalidationMode.UNCHECKED_HASH, 0, id="unchecked hash"),
    ],
)
def test_modules_that_are_compiled(
    build: Path, tmp_path: Path, mode: py_compile.PycInvalidationMode | None, expected: int
) -> None:
    if mode is not None:
        compileall.compile_dir(build, quiet=1, invalidation_mode=mode)
    subject = looked_at(build, tmp_path)
    own = [module for module, _ in walk(subject.tree) if module["file"].startswith(str(build))]
    assert (len(own), sum(module["from_source"] for module in own)) == (6, expected)
    assert compiled(subject.tree)[0] == expected  # and nothing of the runtime's or the standard library's
    assert {step.configuration.name for step in advice.find(subject, OPTIONS)} == (
        {"bytecode", "deferred"} if expected else {"deferred"}
    )


def test_imports_that_can_wait(build: Path, tmp_path: Path) -> None:
    compileall.compile_dir(build, quiet=1, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    steps = advice.find(looked_at(build, tmp_path), OPTIONS)
    assert [step.configuration.name for step in steps] == ["deferred"]  # no lambdabridge in this build
    assert sorted(steps[0].configuration.left_out) == ["costly", "costly_too"]  # not `needed`, nor `registers`
    assert sorted(steps[0].how.splitlines()) == [
        "costly: imported by function, line 2",
        "costly_too: imported by function, line 4",
    ]


def test_bytecode_of_the_folder_stays_as_it_is(build: Path, tmp_path: Path) -> None:
    before = sorted(build.rglob("*"))
    looked_at(build, tmp_path)
    assert sorted(build.rglob("*")) == before


def test_a_build_finds_nothing_but_what_it_holds(build: Path, tmp_path: Path) -> None:
    (build / "function.py").write_text("import iniconfig\n")  # which is here, and not there
    with pytest.raises(Exception, match="No module named 'iniconfig'"):
        looked_at(build, tmp_path)
    shutil.rmtree(build / "example-1.0.dist-info")  # no build any more: a project beside its virtual environment
    (build / "function.py").write_text(f"import iniconfig\n{HANDLER}")
    shutil.rmtree(tmp_path / "scratch")
    assert looked_at(build, tmp_path).where.complete is False
