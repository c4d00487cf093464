"""Which of the application's own files `lambdabridge build` takes."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from lambdabridge.build.output import MARK
from lambdabridge.build.sources import Found, find, matches
from tests.building import write

FILES = {
    "app.py": "",
    "data/a.csv": "",
    "data/b.json": "",
    "site/css/x.css": "",
    "static/x.css": "",
    "db.sqlite3": "",
    "deep/.gitignore": "*.log\n!kept.log\n",
    "deep/a.log": "",
    "deep/kept.log": "",
    ".gitignore": "static/\n/db.sqlite3\n",
    ".git/config": "",
    ".env": "KEY=1",
    ".env.local": "KEY=1",
    "env/pyvenv.cfg": "",
    "env/lib/x.py": "",
    ".venv/x.py": "",
    "node_modules/x/index.js": "",
    "__pycache__/app.cpython-311.pyc": "",
    "deep/__pycache__/x.cpython-311.pyc": "",
    "old.pyc": "",
    ".aws-sam/build/x": "",
    "earlier/" + MARK: "",
    "earlier/app.py": "",
    "out/app.py": "",
    "template.yaml": "",
    "deep/template.yaml": "",
    "Makefile": "",
}
TAKEN = ["app.py", "data/a.csv", "data/b.json", "deep/kept.log", "deep/template.yaml", "site/css/x.css"]
CASES: dict[str, tuple[tuple[str, ...], tuple[str, ...], list[str], list[str]]] = {
    # (exclude, include, less, more)
    "as it is": ((), (), [], []),
    "exclude a folder anywhere": (("css",), (), ["site/css/x.css"], []),
    "exclude by ending": (("*.csv",), (), ["data/a.csv"], []),
    "exclude a path": (("data/*.json",), (), ["data/b.json"], []),
    "exclude at the top only": (("/template.yaml", "/app.py"), (), ["app.py"], []),
    "include what git ignores": ((), ("static",), [], ["static/x.css"]),
    "include one file of a folder": ((), ("static/x.css",), [], ["static/x.css"]),
    "include what the rules leave out": ((), (".env.local", "/Makefile"), [], [".env.local", "Makefile"]),
    "exclude prevails": (("static",), ("static",), [], []),
}
needs_git = pytest.mark.skipif(not shutil.which("git"), reason="there is no git to read .gitignore")


@pytest.mark.parametrize(("exclude", "include", "less", "more"), CASES.values(), ids=CASES)
@needs_git
def test_files(
    tmp_path: Path, exclude: tuple[str, ...], include: tuple[str, ...], less: list[str], more: list[str]
) -> None:
    write(tmp_path, FILES)
    found = find(tmp_path, tmp_path / "out", exclude, include)
    assert found.files == sorted((set(TAKEN) - set(less)) | set(more))


@needs_git
def test_what_is_left_out_has_its_reason(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    assert find(tmp_path, tmp_path / "out", ("data",)).skipped == {
        "--exclude": ["data/"],
        "ignored by git": ["db.sqlite3", "deep/a.log", "static/"],
        "secrets": [".env", ".env.local"],
        "deployment": ["Makefile", "template.yaml"],
        "version control and editors": [".git/", ".gitignore", "deep/.gitignore"],
        "environments and caches": [
            ".venv/",
            "__pycache__/",
            "deep/__pycache__/",
            "env/",
            "node_modules/",
            "old.pyc",
        ],
        "other builds": [".aws-sam/", "earlier/"],
    }


@needs_git
def test_what_git_has_is_taken_though_ignored(tmp_path: Path) -> None:
    write(tmp_path, {".gitignore": "kept/\n*.dat\n", "kept/a.txt": "", "x.dat": "", "y.dat": ""})
    for command in (["init", "-q"], ["add", "-f", "kept/a.txt", "x.dat"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    assert find(tmp_path, tmp_path / "out").files == ["kept/a.txt", "x.dat"]


def test_without_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {".gitignore": "static/\n", "static/x.css": "", "app.py": ""})
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find(tmp_path, tmp_path / "out") == Found(
        ["app.py", "static/x.css"],
        {"version control and editors": [".gitignore"]},
        ["There is no git here to read .gitignore: what it names goes in."],
    )


def test_links(tmp_path: Path) -> None:
    """What a link leads to is taken, unless that is where we are."""
    write(tmp_path, {"outside/x.py": "", "app/real/a.txt": ""})
    app = tmp_path / "app"
    for name, target in {"shared": "../outside", "file.txt": "real/a.txt", "real/loop": "..", "broken": "no"}.items():
        os.symlink(target, app / name)
    found = find(app, tmp_path / "out")
    assert found.files == ["file.txt", "real/a.txt", "shared/x.py"]
    assert found.skipped == {"no files, or links to nothing": ["broken"], "links to a folder above": ["real/loop/"]}


def test_links_in_a_circle(tmp_path: Path) -> None:
    """Each folder's files once more at most, not until the system has followed forty links."""
    write(tmp_path, {"app/a/b/x.py": "", "app/c/y.py": "", "app/d/z.py": ""})
    app = tmp_path / "app"
    for name, target in {"a/b/up": "..", "c/to_d": "../d", "d/to_c": "../c", "around": "/"}.items():
        os.symlink(target, app / name)
    found = find(app, tmp_path / "out")
    assert found.files == ["a/b/x.py", "c/to_d/z.py", "c/y.py", "d/to_c/y.py", "d/z.py"]
    assert found.skipped == {"links to a folder above": ["a/b/up/", "around/", "c/to_d/to_c/", "d/to_c/to_d/"]}


@needs_git
def test_in_a_git_hook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its variables name another repository."""
    subprocess.run(["git", "init", "-q", str(tmp_path / "other")], check=True)
    write(tmp_path / "app", {".gitignore": "x.py\n", "app.py": "", "x.py": ""})
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other" / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path / "other"))
    found = find(tmp_path / "app", tmp_path / "out")
    assert (found.files, found.notes) == (["app.py"], [])


@pytest.mark.parametrize(
    ("path", "pattern", "expected"),
    [
        ("a/static/x.css", "static", True),
        ("a/static/x.css", "static/", True),
        ("a/static/x.css", "/static", False),
        ("a/static/x.css", "a/static", True),
        ("a/static/x.css", "a/static/*.css", True),
        ("a/static/x.css", "*.css", True),
        ("a/static/x.css", "b/*.css", False),
        ("a/statics/x.css", "static", False),
    ],
)
def test_patterns(path: str, pattern: str, expected: bool) -> None:
    assert matches(path, pattern) is expected
