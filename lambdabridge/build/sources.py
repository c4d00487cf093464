"""The application's own files: what git would take, less what no function needs and what is nobody's business.

.gitignore files are obeyed where git is there to read them, in a repository or not (`sam build` copies a folder without its
.git). What it leaves out is told, because the output of a build step (static files) may be among it; --include takes it.
https://git-scm.com/docs/git-ls-files
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

from lambdabridge.build.output import MARK, WORK
from lambdabridge.errors import ConfigurationError

FOLDERS = {
    ".git .hg .svn .github .gitlab .circleci .idea .vscode": "version control and editors",
    ".venv venv node_modules __pycache__ .tox .nox .eggs *.egg-info": "environments and caches",
    ".pytest_cache .mypy_cache .ruff_cache .hypothesis .cache htmlcov": "environments and caches",
    ".aws-sam cdk.out .serverless .terraform": "other builds",
}
"""Patterns of folders that are left out, and what they are."""
FILES = {
    "*.pyc *.pyo .coverage .DS_Store": "environments and caches",
    ".env .env.*": "secrets",
    ".gitignore .gitattributes .gitmodules .samignore .dockerignore .pre-commit-config.yaml": "version control and editors",
    "/template*.yaml /template*.yml /samconfig*.toml /Makefile /Dockerfile /cdk.json /cdk.context.json": "deployment",
}
"""Patterns of files; "/" at the head: in the application's folder itself only."""
_OF_HOOKS = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR", "GIT_PREFIX")
SECRETS = "secrets"
IGNORED = "ignored by git"


@dataclass
class Found:
    """The application's files.

    files    paths relative to the folder, with slashes, sorted
    skipped  {why: [path, ...]}; folders end in "/"
    notes    a sentence each
    """

    files: list[str] = field(default_factory=list)
    skipped: dict[str, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def skip(self, why: str, path: str) -> None:
        """Leave a file or a folder out."""
        self.skipped.setdefault(why, []).append(path)


def find(folder: Path, output: Path, exclude: tuple[str, ...] = (), include: tuple[str, ...] = ()) -> Found:
    """Return the files of an application; exclude and include are patterns as `matches` has them."""
    found = Found()
    ignored = _ignored_by_git(folder)
    if ignored is None:
        ignored = set()
        if (folder / ".gitignore").is_file():
            found.notes.append("There is no git here to read .gitignore: what it names goes in.")
    rules = (exclude, include, ignored)
    for path in _walk(folder, "", found, output.resolve(), rules, {folder.resolve(), *folder.resolve().parents}):
        found.files.append(path)
    found.files.sort()
    return found


def matches(path: str, pattern: str) -> bool:
    """Whether a pattern means a path or a folder above it: "static", "*.csv", "data/*.json", "/app.cfg" (at the top only)."""
    anchored = "/" in pattern.rstrip("/")
    pattern = pattern.strip("/")
    parts = PurePosixPath(path).parts
    if not anchored:
        return any(fnmatch(part, pattern) for part in parts)
    return any(fnmatch("/".join(parts[: count + 1]), pattern) for count in range(len(parts)))


_Rules = tuple[tuple[str, ...], tuple[str, ...], set[str]]


def _walk(folder: Path, base: str, found: Found, output: Path, rules: _Rules, above: set[Path]) -> Iterator[str]:
    """Yield the files below a folder; links to folders are followed unless they lead to one above."""
    _, include, _ = rules
    try:
        entries = sorted(os.scandir(folder / base), key=lambda entry: entry.name)
    except OSError as error:
        raise ConfigurationError(f"{folder / base} can't be read: {error.strerror}.") from error
    for entry in entries:
        path = base + entry.name
        real = Path(entry.path).resolve()
        if real == output or entry.name.startswith(WORK):
            continue
        is_folder = entry.is_dir()
        why = _why_not(path, is_folder, Path(entry.path), rules)
        if not is_folder and not entry.is_file():
            found.skip("no files, or links to nothing", path)
        elif is_folder and entry.is_symlink() and real in above:
            found.skip("links to a folder above", f"{path}/")
        elif why and not (is_folder and any(_is_above(path, pattern) for pattern in include)):
            found.skip(why, f"{path}/" if is_folder else path)
        elif is_folder:
            yield from _walk(folder, f"{path}/", found, output, rules, above | {real})
        else:
            yield path


def _why_not(path: str, is_folder: bool, entry: Path, rules: _Rules) -> str:
    """Return why a file or folder is left out; "" for one that is taken."""
    exclude, include, ignored = rules
    if any(matches(path, pattern) for pattern in exclude):
        return "--exclude"
    if any(matches(path, pattern) for pattern in include):
        return ""
    for patterns, why in (FOLDERS if is_folder else FILES).items():
        for pattern in patterns.split():
            if fnmatch(path if "/" in pattern else PurePosixPath(path).name, pattern.lstrip("/")):
                return why
    if is_folder and (entry / "pyvenv.cfg").is_file():
        return "environments and caches"
    if is_folder and (entry / "cdk.json").is_file():
        return "deployment"
    if is_folder and (entry / MARK).is_file():
        return "other builds"
    return IGNORED if path in ignored else ""


def _is_above(path: str, pattern: str) -> bool:
    """Whether what a pattern means may be below a folder: "build/static" is below build."""
    parts = pattern.strip("/").split("/")
    return len(parts) > 1 and fnmatch(path, "/".join(parts[: len(PurePosixPath(path).parts)]))


def _ignored_by_git(folder: Path) -> set[str] | None:
    """Return what .gitignore files of a folder and below it leave out; None without git."""
    question = ["ls-files", "--others", "--ignored", "--exclude-per-directory=.gitignore", "--directory", "-z"]
    with tempfile.TemporaryDirectory(prefix="lambdabridge-") as empty:
        # a repository that knows no file: the answer is the same with the project's own and without
        here = ["git", f"--git-dir={empty}", f"--work-tree={folder.resolve()}"]
        try:
            subprocess.run(["git", "init", "--quiet", "--bare", empty], capture_output=True, check=True, env=_own())
            done = subprocess.run([*here, *question], capture_output=True, check=True, cwd=folder, env=_own())
        except (OSError, subprocess.CalledProcessError):
            return None
        paths = {os.fsdecode(path).rstrip("/") for path in done.stdout.split(b"\0") if path}
    tracked = _tracked(folder)
    return {path for path in paths if not any(file == path or file.startswith(f"{path}/") for file in tracked)}


def _tracked(folder: Path) -> set[str]:
    """Return the files that the project's own repository has, though .gitignore may name them."""
    try:
        done = subprocess.run(["git", "ls-files", "-z"], capture_output=True, cwd=folder, check=True, env=_own())
    except (OSError, subprocess.CalledProcessError):
        return set()
    return {os.fsdecode(path) for path in done.stdout.split(b"\0") if path}


def _own() -> dict[str, str]:
    """Return the environment without the repository that a git hook has in it."""
    return {name: value for name, value in os.environ.items() if name not in _OF_HOOKS}
