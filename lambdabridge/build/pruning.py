"""What the function never loads, of the installed packages: found by rules that look at who needs it, not by lists of names.

    tests    a package's `tests` folder with modules, none of which a module outside such folders imports or names
    stubs    .pyi files and py.typed; where a package reads its stubs at run time (lazy_loader), they stay
    po       message catalogs in their source form, .po, beside the .mo that gettext loads
    bin      the commands that pip puts into bin/
    record   of .dist-info: RECORD and what the installer notes for itself; METADATA and entry points stay
    pip, setuptools, wheel       unless a distribution requires or a module imports them
    boto3, botocore, s3transfer  which the runtime has, and jmespath, urllib3, dateutil, six that come with it if nobody else
             needs them; nothing of it where a distribution wants botocore or boto3 below some version

`keep` takes these words, the names of distributions, and "all".
https://docs.aws.amazon.com/lambda/latest/dg/python-package.html
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from lambdabridge.build import own
from lambdabridge.build.distributions import Distribution, installed
from lambdabridge.build.imports import importers, module_name
from lambdabridge.build.size import size

SDK = ("boto3", "botocore", "s3transfer")
BESIDE_SDK = {"jmespath": "jmespath", "urllib3": "urllib3", "python-dateutil": "dateutil", "six": "six"}
TOOLS = {"pip": ("pip",), "setuptools": ("setuptools", "pkg_resources", "distutils"), "wheel": ("wheel",)}
"""Distribution -> what its modules are called."""
_RECORDS = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_build.json", "uv_cache.json")
_LOCK = ".lock"
"""uv's, beside the packages."""


class Pruning:
    """The work on one folder of installed packages.

    application  the folder of what uses them
    left_out     {what: bytes}, for the report
    notes        sentences
    """

    def __init__(self, folder: Path, application: Path, keep: tuple[str, ...] = ()) -> None:
        self.folder = folder
        self.application = application
        self.left_out: dict[str, int] = {}
        self.notes: list[str] = []
        self._keep = {"all"} if "all" in keep else set(keep)

    def run(self) -> None:
        """Leave out all that the rules say, and the folders that are empty then: importable they would be still."""
        self._apply()
        for path, _, _ in os.walk(self.folder, topdown=False):
            if path != str(self.folder) and not os.listdir(path):
                os.rmdir(path)

    def _apply(self) -> None:
        self._own_tools()
        self._caches()
        if self._keep == {"all"}:
            return
        distributions = installed(self.folder)
        self._sdk(distributions)
        self._tools(distributions)
        self._tests()
        if "stubs" not in self._keep:
            self._stubs()
        if "po" not in self._keep:
            sources = [path for path in self.folder.rglob("*.po") if path.with_suffix(".mo").is_file()]
            self._remove("message sources (.po)", sources)
        if "bin" not in self._keep:
            self._remove("commands (bin/)", [self.folder / "bin"])
        if "record" not in self._keep:
            for one in installed(self.folder).values():
                one.name_modules()
            notes = [path for info in self.folder.glob("*.dist-info") for path in map(info.joinpath, _RECORDS)]
            self._remove("installation records", [*notes, self.folder / _LOCK])

    def _own_tools(self) -> None:
        """Leave out what a release of this package has for the command line."""
        self._remove("lambdabridge's tools", [self.folder / "lambdabridge" / name for name in own.TOOLS])

    def _caches(self) -> None:
        """Leave out bytecode: it is made anew, for the target."""
        self._remove("bytecode of the installer", list(self.folder.rglob("__pycache__")))

    def _sdk(self, distributions: dict[str, Distribution]) -> None:
        there = [distributions[name] for name in SDK if name in distributions]
        if not there or self._keep & {"sdk", *SDK}:
            return
        family = {*SDK, *BESIDE_SDK}
        for one in distributions.values():
            limits = [f"{name} {one.requires[name]}" for name in SDK if _has_limit(one.requires.get(name, ""))]
            if limits and one.name not in family:
                self.notes.append(
                    f"boto3 and botocore stay: {one.name} wants {limits[0]}, and the runtime's is another."
                )
                return
        versions = ", ".join(f"{one.name} {one.version}" for one in there if one.name in ("boto3", "botocore"))
        self.notes.append(
            f"{versions}: left to Lambda's runtime, which has its own version; `--keep boto3` takes yours along."
        )
        for one in there:
            self._remove_distribution(one)
        imported = self._imported(BESIDE_SDK.values())
        for name in _order(distributions):  # dateutil before six, which it requires
            others = (one for one in distributions.values() if one.name not in SDK and one.info.is_dir())
            needed = any(name in one.requires for one in others) or BESIDE_SDK[name] in imported
            if not needed and name not in self._keep:
                self._remove_distribution(distributions[name])

    def _tools(self, distributions: dict[str, Distribution]) -> None:
        for name, modules in TOOLS.items():
            if name not in distributions or name in self._keep:
                continue
            required = any(name in one.requires for one in distributions.values() if one.name not in TOOLS)
            if not required and not self._imported(modules) & set(modules):
                self._remove_distribution(distributions[name])

    def _imported(self, modules: Iterable[str]) -> set[str]:
        """Return which top-level modules are imported by others than themselves."""
        names = list(modules)
        found = set()
        for path, named in self._importers(names):
            top = module_name(path).partition(".")[0]
            if top not in (*names, "bin", "_distutils_hack"):
                found |= {name.partition(".")[0] for name in named}
        return found

    def _importers(self, words: list[str]) -> list[tuple[str, set[str]]]:
        return [entry for folder in (self.folder, self.application) for entry in importers(folder, words).items()]

    def _tests(self) -> None:
        if "tests" in self._keep:
            return
        outside = [names for _, names in importers(self.application, ["tests"]).items()]
        for name, paths in unused_tests(self.folder, set().union(*outside)).items():
            if name not in self._keep:
                self._remove("tests", paths)
        # the application's own
        self._remove("tests", [path for paths in unused_tests(self.application).values() for path in paths])

    def _stubs(self) -> None:
        for top in sorted(path for path in self.folder.iterdir() if path.is_dir()):
            stubs = [path for pattern in ("*.pyi", "py.typed") for path in top.rglob(pattern)]
            if stubs and not any(b"attach_stub" in path.read_bytes() for path in top.rglob("*.py")):
                self._remove("type stubs", stubs)
        self._remove("type stubs", list(self.folder.glob("*.pyi")))

    def _remove_distribution(self, one: Distribution) -> None:
        self._remove(f"{one.name} {one.version}", [*one.files(), one.info])

    def _remove(self, what: str, paths: list[Path]) -> None:
        bytes_ = sum(size(path) for path in paths)
        for path in paths:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        if bytes_:
            self.left_out[what] = self.left_out.get(what, 0) + bytes_


def unused_tests(folder: Path, named_outside: frozenset[str] | set[str] = frozenset()) -> dict[str, list[Path]]:
    """Return {top-level name: folders called tests} of those that are only imported by one another."""
    tests = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("tests")) if path.is_dir()}
    # the outermost; templates/tests is somebody's data
    tests = {name: path for name, path in tests.items() if not _is_below(name, tests) and any(path.rglob("*.py"))}
    idle = set(tests)
    naming = importers(folder, ["tests"]) if tests else {}
    while True:
        named = {name for path, names in naming.items() if not _is_below(path, idle) for name in names} | named_outside
        used = {path for path in idle if any(_is_module_below(name, path) for name in named)}
        if not used:
            break
        idle -= used
    found: dict[str, list[Path]] = {}
    for path in sorted(idle):
        found.setdefault(path.partition("/")[0], []).append(tests[path])
    return found


def _order(distributions: dict[str, Distribution]) -> list[str]:
    """Return what comes with the SDK and is there, those first that require others of them."""
    there = [name for name in BESIDE_SDK if name in distributions]
    return sorted(there, key=lambda name: -len(distributions[name].requires.keys() & BESIDE_SDK.keys()))


def _is_below(path: str, folders: Iterable[str]) -> bool:
    return any(path.startswith(f"{folder}/") for folder in folders)


def _is_module_below(name: str, folder: str) -> bool:
    package = folder.replace("/", ".")
    return name == package or name.startswith(f"{package}.")


def _has_limit(requirement: str) -> bool:
    """Whether a requirement of boto3 or botocore has an upper bound among their versions, which are all 1.x: <1.41."""
    return bool(re.search(r"<=?\s*1\.|==|~=", requirement.partition(";")[0]))
