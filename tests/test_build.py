"""`lambdabridge build`, from the command line to the folder that is deployed."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import lambdabridge
from lambdabridge.build import interpreter
from lambdabridge.build.distributions import newer
from lambdabridge.build.output import EARLIEST, MARK
from lambdabridge.cli import main
from tests.building import tree, wheel, write
from tests.test_build_bytecode import COUNT
from tests.test_build_installing import links  # noqa: F401 - a fixture
from tests.test_imports import WSGI

THIS = f"{sys.version_info[0]}.{sys.version_info[1]}"
TAG = sys.implementation.cache_tag
TEMPLATE = """
Parameters: {{Version: {{Type: String, Default: python{version}}}}}
Globals: {{Function: {{Runtime: !Ref Version, Architectures: [x86_64]}}}}
Resources:
  First: {{Type: AWS::Serverless::Function, Properties: {{CodeUri: ., Handler: app.handler, Architectures: [arm64]}}}}
"""


TOP = """
import lib, app, lambdabridge

class package:  # as test_build_bytecode.COUNT asks
    class inner:
        raises = lambdabridge.bridge
"""
IN_TEMPLATE = "For Python 3.12 on arm64, as template.yaml says."


def functions(*runtimes: str) -> str:
    """Return a template with functions A, B, ... of these runtimes."""
    named = zip("ABC", runtimes, strict=False)
    made = {name: {"Type": "AWS::Lambda::Function", "Properties": {"Runtime": runtime}} for name, runtime in named}
    return json.dumps({"Resources": made})


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with an application, which is the current one."""
    folder = write(
        tmp_path / "project", {"app.py": WSGI, "data/x.txt": "x", "tests/test_app.py": "import app\n", ".env": "K=V"}
    )
    monkeypatch.chdir(folder)
    return folder


def snapshot(folder: Path) -> dict[str, tuple[bytes, float, int]]:
    """Return everything that a zip of a folder would have."""
    return {
        path: ((folder / path).read_bytes(), (folder / path).stat().st_mtime, (folder / path).stat().st_mode)
        for path in tree(folder)
    }


def built(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    """Run the command and return its report."""
    assert main(["build", *arguments, "--python", THIS, "--arch", "arm64", "--json"]) == 0
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    return report


def test_an_older_package_than_here(project: Path, links: Path, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: F811
    """One that an application was tried with here may have no wheel, and then an older one goes in."""
    here = importlib.metadata.version("pytest")
    wheel(links, "pytest", "0.1")
    wheel(links, "surely_not_here", "0.1")
    write(project, {"requirements.txt": "pytest\nsurely_not_here\n"})
    notes = built(capsys, "--output", "out")["notes"]
    assert [note.partition(":")[0] for note in notes] == [f"pytest 0.1 goes in, and {here} runs here"]
    assert f"pytest=={here}" in notes[0]


@pytest.mark.parametrize(
    ("version", "other", "is_newer"),
    [("1.9", "1.10", True), ("1.0", "1", False), ("2.0", "1.9", False), ("1.0", "1.0.post1", False), ("", "1", True)],
)
def test_newer(version: str, other: str, is_newer: bool) -> None:
    assert newer({"one": version}, {"one": other, "two": "1"}) == ({"one": (version, other)} if is_newer else {})


def test_whole(project: Path, links: Path, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: F811
    """Packages, this package, the application, bytecode; and it runs from there, with nothing compiled."""
    files = {"lib/__init__.py": "x = 1\n", "lib/tests/x.py": "", "lib/py.typed": "", "top.py": TOP}
    wheel(links, "lib", "1.0", files=files)
    write(project, {"requirements.txt": "lib\nlambdabridge\n"})
    report = built(capsys, "--output", "out")
    sizes = {
        name: report.pop(name)
        for name in ("bytes", "files", "installed_bytes", "left_out", "seconds", "zipped_bytes_about")
    }
    assert report.pop("bytecode").keys() == {"modules", "bytes", "failed"}
    assert report.pop("installer") in ("uv", "pip")
    assert report == {
        "output": "out",
        "python": THIS,
        "architecture": "arm64",
        "requirements": "requirements.txt",
        "packages": {"lambdabridge": lambdabridge.__version__, "lib": "1.0"},
        "application": {
            "files": 4,
            "bytes": sum(
                (project / name).stat().st_size
                for name in ("app.py", "data/x.txt", "requirements.txt", "tests/test_app.py")
            ),
            "skipped": {"secrets": [".env"]},
        },
        "notes": [],
        "warnings": [],
    }
    assert sizes["left_out"].keys() == {"tests", "installation records"}
    assert sizes["files"] == len(tree(project / "out"))
    assert [path for path in tree(project / "out") if not path.startswith("lambdabridge")] == sorted(
        [
            MARK,
            *(f"__pycache__/{name}.{TAG}.pyc" for name in ("app", "top")),
            "app.py",
            "data/x.txt",
            "lib-1.0.dist-info/METADATA",
            "lib-1.0.dist-info/WHEEL",
            "lib-1.0.dist-info/top_level.txt",
            "lib/__init__.py",
            f"lib/__pycache__/__init__.{TAG}.pyc",
            "requirements.txt",
            "top.py",
        ]
    )
    out = project / "out"
    done = subprocess.run(
        [sys.executable, "-B", "-I", "-S", "-c", COUNT, str(out)], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == [[], str(out / "lambdabridge" / "adapter.py")]


def test_twice_is_the_same(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Dates and modes too, from another folder, by somebody with another umask; and what was there before is gone."""
    built(capsys, "--output", "out")
    first = snapshot(project / "out")
    assert {(date, mode & 0o777) for _, date, mode in first.values()} == {(EARLIEST, 0o644)}
    (project / "out" / "stray.py").write_text("")
    before = os.umask(0o077)
    try:
        built(capsys, "--output", "out")
        moved = project.rename(project.with_name("moved"))
        os.chdir(moved)
        built(capsys, ".", "--output", "elsewhere")
    finally:
        os.umask(before)
    assert snapshot(moved / "out") == first
    assert snapshot(moved / "elsewhere") == first


def test_source_date_epoch(project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1600000000")
    built(capsys, "--output", "out")
    assert {date for _, date, _ in snapshot(project / "out").values()} == {1600000000}
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")  # no zip can have it
    built(capsys, "--output", "out")
    assert {date for _, date, _ in snapshot(project / "out").values()} == {EARLIEST}
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    assert main(["build", "--output", "out", "--python", THIS, "--arch", "arm64"]) == 2
    assert "SOURCE_DATE_EPOCH is 'yesterday'; expected a number of seconds." in capsys.readouterr().err


TEMPLATES = {
    "the template of the folder": (["--output", "out"], IN_TEMPLATE),
    "a template that is named": (
        ["--template", "template.yaml", "--output", "out"],
        IN_TEMPLATE,
    ),
    "a function": (["--function", "First", "--output", "out"], IN_TEMPLATE),
    "a parameter": (
        ["--parameter", "Version=python3.11", "--output", "out"],
        "For Python 3.11 on arm64, as template.yaml says.",
    ),
    "an architecture of one's own": (
        ["--arch", "x86_64", "--output", "out"],
        "For Python 3.12 on x86_64, as template.yaml says.",
    ),
}


@pytest.mark.parametrize(("arguments", "first"), TEMPLATES.values(), ids=TEMPLATES)
def test_template_says_what_is_built_for(
    project: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], first: str
) -> None:
    pytest.importorskip("yaml")
    write(project, {"template.yaml": TEMPLATE.format(version="3.12")})
    assert main(["build", *arguments]) == 0
    assert capsys.readouterr().out.splitlines()[0] == first


ERRORS: dict[str, tuple[dict[str, str], list[str], str]] = {
    "no output": ({}, [], "Expected --output DIR"),
    "both": ({}, ["--output", "out", "--compile-only", "out"], "and not both"),
    "no folder": ({}, ["nowhere", "--output", "out"], "There is no folder nowhere"),
    "nothing in it": ({"empty/.keep.pyc": ""}, ["empty", "--output", "out"], "There is nothing to build in empty"),
    "output is the folder": ({}, ["--output", "."], "--output is the application's own folder"),
    "output is around the folder": ({}, ["--output", ".."], "has the application's folder in it"),
    "output is a file": ({"out": ""}, ["--output", "out"], "--output out is a file"),
    "output is somebody else's": ({"out/x": ""}, ["--output", "out"], "nothing is deleted there"),
    "no such Python": ({}, ["--output", "out", "--python", "3.9"], "Lambda has no Python '3.9'; expected one of 3.10,"),
    "no such architecture": (
        {},
        ["--output", "out", "--arch", "armv7"],
        "no architecture 'armv7'; expected arm64 or x86_64",
    ),
    "no requirements": ({}, ["--output", "out", "-r", "no.txt"], "There is no file no.txt"),
    "no template": ({}, ["--output", "out", "--template", "no.yaml"], "There is no template no.yaml"),
    "function without a template": ({}, ["--output", "out", "--function", "F"], "there is none"),
    "no such function": (
        {"template.json": functions("nodejs22.x", "python3.13", "python3.12")},
        ["--output", "out", "--function", "D"],
        "template.json has no Python function 'D'; it has: B, C.",
    ),
    "functions differ": (
        {"template.json": functions("python3.13", "python3.12")},
        ["--output", "out"],
        "differ: A (Python 3.13 on x86_64), B (Python 3.12 on x86_64); give --function NAME.",
    ),
    "no Python in the template": (
        {"template.json": functions("nodejs22.x")},
        ["--output", "out"],
        "has no Python function; give --python and --arch",
    ),
    "a runtime that is gone": (
        {"template.json": functions("python3.8")},
        ["--output", "out"],
        "Lambda has no Python '3.8'; expected one of 3.10,",
    ),
    "compile no folder": ({}, ["--compile-only", "nowhere"], "There is no folder nowhere"),
}


@pytest.mark.parametrize(("files", "arguments", "said"), ERRORS.values(), ids=ERRORS)
def test_errors(
    project: Path, capsys: pytest.CaptureFixture[str], files: dict[str, str], arguments: list[str], said: str
) -> None:
    write(project, files)
    before = snapshot(project)
    assert main(["build", *arguments]) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.err.count("\n") == 1
    assert snapshot(project) == before


def test_a_build_that_fails_leaves_what_is_there(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    built(capsys, "--output", "out")
    before = snapshot(project)
    monkeypatch.setattr("lambdabridge.build.size.UNZIPPED", 1024)
    assert main(["build", "--output", "out", "--python", THIS, "--arch", "arm64"]) == 2
    said = capsys.readouterr().err
    assert re.search(
        r"would have .* MB \(.* of it bytecode\); Lambda takes 1 KB with layers\. The largest: lambdabridge ", said
    )
    assert snapshot(project) == before
    assert [path.name for path in project.iterdir() if path.name.startswith(".lambdabridge-work")] == []


def test_no_python_of_that_version(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interpreter, "find", lambda version: None)
    assert main(["build", "--output", "out", "--python", THIS, "--arch", "arm64"]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith(f"WARNING: There is no Python {THIS} on this machine to make its bytecode: every cold start")
    assert [path for path in tree(project / "out") if path.endswith(".pyc")] == []
    assert main(["build", "--output", "other", "--strict", "--python", THIS, "--arch", "arm64"]) == 2
    assert not (project / "other").exists()


def test_compile_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Somebody else's folder: bytecode is added, and nothing else is touched."""
    write(tmp_path, {"a.py": "x = 1\n", "b/c.py": "print 'x'\n", "b/x.pyi": ""})
    assert main(["build", "--compile-only", str(tmp_path), "--python", THIS, "--verbose"]) == 0
    assert tree(tmp_path) == sorted(["a.py", f"__pycache__/a.{TAG}.pyc", "b/c.py", "b/x.pyi"])
    assert f"not Python {THIS}: b/c.py: SyntaxError" in capsys.readouterr().out


def test_bytecode_that_can_not_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No "none is compiled on Lambda" then."""
    write(tmp_path, {"a.py": "x = 1\n", "__pycache__": "a file"})
    (tmp_path / "gone.py").symlink_to("nothing.py")
    assert main(["build", "--compile-only", str(tmp_path), "--python", THIS]) == 2
    assert "failed to compile" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_a_build_that_is_ended_leaves_nothing(project: Path, number: signal.Signals) -> None:
    script = "import time, lambdabridge.build.build as b, lambdabridge.cli as c\n"
    script += "b._install = lambda *_: (print('there', flush=True), time.sleep(60))\n"
    script += f"raise SystemExit(c.main(['build', '--output', 'out', '--python', '{THIS}', '--arch', 'arm64']))\n"
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "there\n"
        assert [path.name for path in project.glob(".lambdabridge-work-*")]
        process.send_signal(number)
        assert process.wait(20) == 130
    assert [path.name for path in project.iterdir() if path.name.startswith((".lambdabridge", "out"))] == []


def test_report(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(project, {".gitignore": "static/\n", "static/x.css": ""})
    assert main(["build", "--output", "out", "--python", THIS, "--arch", "x86_64"]) == 0
    said = re.sub(r"\d+(\.\d+)? (KB|MB|s)\b", "N", capsys.readouterr().out).splitlines()
    ignored = ["not taken    ignored by git: static/ (--include takes them)"] if shutil.which("git") else []
    note = [] if ignored else ["note: There is no git here to read .gitignore: what it names goes in."]
    lines = [re.sub(r"\d+ (modules|files)", r"N \1", line) for line in said]
    assert lines == [
        f"Compiling for Python {THIS} ...",
        "packages     lambdabridge alone, N (no requirements.txt, no dependencies in pyproject.toml)",
        "left out     N: installation records N",
        "application  N files, N",
        "not taken    secrets: .env (--include takes them)",
        *ignored,
        "bytecode     N modules, N: none is compiled on Lambda",
        "function     N of N, N files, N zipped",
        "made         out in N",
        *note,
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are text there")
def test_names_that_are_no_text(project: Path) -> None:
    Path(os.fsdecode(b"\xff.txt")).write_text("")
    os.symlink("nothing", b"\xfe")  # which is told
    command = [sys.executable, "-m", "lambdabridge", "build", "--output", "out", "--python", THIS, "--arch", "arm64"]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8:strict"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "links to nothing: \\udcfe" in done.stdout
    assert (project / "out" / os.fsdecode(b"\xff.txt")).is_file()


@pytest.mark.parametrize(
    ("files", "said"),
    [
        pytest.param({"src/shop/__init__.py": "", "tests/x.py": ""}, ["The modules are under src/"], id="src"),
        pytest.param({"src/shop/__init__.py": "", "app.py": ""}, [], id="src, and a module beside it"),
        pytest.param({"notes.txt": ""}, ["No file of "], id="another folder"),
    ],
)
def test_layout(tmp_path: Path, capsys: pytest.CaptureFixture[str], files: dict[str, str], said: list[str]) -> None:
    write(tmp_path / "project", files)
    notes = built(capsys, str(tmp_path / "project"), "--output", str(tmp_path / "out"))["notes"]
    assert [note[: len(said[0])] for note in notes] == said


SAM = shutil.which("sam")


@pytest.mark.skipif(not (SAM and shutil.which("make")), reason="sam and make are not both on PATH")
def test_sam_build(project: Path) -> None:
    """SAM's makefile build method: the two lines that init writes, in a copy of the folder and in it."""
    pytest.importorskip("yaml")
    template = TEMPLATE.format(version=THIS).replace("{Type: AWS", "{Metadata: {BuildMethod: makefile}, Type: AWS")
    makefile = 'build-First:\n\tlambdabridge build --function First --output "$(ARTIFACTS_DIR)"\n'
    transform = "Transform: AWS::Serverless-2016-10-31\n"
    write(project, {"template.yaml": transform + template, "Makefile": makefile})
    commands = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}", "SAM_CLI_TELEMETRY": "0"}
    first: dict[str, tuple[bytes, float, int]] = {}
    for option in ("--build-in-source", "--no-build-in-source"):
        subprocess.run([str(SAM), "build", option], env=environment, check=True, capture_output=True, cwd=project)
        made = snapshot(project / ".aws-sam" / "build" / "First")
        assert {"app.py", MARK, f"__pycache__/app.{TAG}.pyc", "lambdabridge/__init__.py"} <= made.keys()
        assert json.loads(made[MARK][0])["architecture"] == "arm64"
        first = first or made
        assert made == first


def test_an_earlier_build_is_no_application(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, {f"out/{MARK}": "{}", "out/app.py": ""})
    assert (
        main(
            ["build", str(tmp_path / "out"), "--output", str(tmp_path / "again"), "--python", "3.13", "--arch", "arm64"]
        )
        == 2
    )
    assert "out is what an earlier build made; expected the folder of the application that it was made from." in (
        capsys.readouterr().err
    )
