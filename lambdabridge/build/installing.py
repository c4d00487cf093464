"""Requirements -> packages in a folder, for another Python and architecture: by uv where it is found, else by pip.

Wheels only, at first. A package that has none at all, but a source distribution, is built here and taken if it comes out as
pure Python; compiled code of this machine is not for Lambda. What uv or pip says when it fails is passed on.
https://docs.astral.sh/uv/reference/cli/#uv-pip-install and https://pip.pypa.io/en/stable/cli/pip_install/
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from lambdabridge.build import pip_config
from lambdabridge.build.distributions import Distribution, installed, misfits, normalised
from lambdabridge.build.interpreter import find, find_uv
from lambdabridge.build.requirements import Requirements
from lambdabridge.build.runtimes import Target
from lambdabridge.errors import ConfigurationError


class Installer:
    """uv or pip, for one target.

    links   a folder with wheels that the index need not have
    notes   what is worth saying, a sentence each
    """

    def __init__(self, target: Target, links: Path, kind: str = "auto") -> None:
        self.target = target
        self.links = links
        self.notes: list[str] = []
        self._uv = find_uv() if kind in ("auto", "uv") else None
        if kind == "uv" and not self._uv:
            raise ConfigurationError(
                "There is no uv here: `pip install uv` brings it, or --installer pip does without."
            )
        self._pip = "" if self._uv else _find_pip(target.python)
        self.name = "uv" if self._uv else "pip"

    def install(self, requirements: Requirements, folder: Path) -> None:
        """Install into a folder; raise ConfigurationError with the installer's own words."""
        arguments = [part for file in requirements.files for part in ("-r", str(file))] + requirements.lines
        if self._uv:
            self._install_with_uv(arguments, folder, requirements.folder)
        else:
            self._install_with_pip(arguments, folder, requirements.folder)
        for one in installed(folder).values():
            if one.source:
                self._replace_editable(one, folder, requirements.folder)
        unfit = misfits(folder, self.target)
        if unfit:
            raise ConfigurationError(_no_wheel([f"{one.name} {one.version}" for one in unfit], self.target))
        for one in installed(folder).values():
            if one.tags and all("-linux_" in tag for tag in one.tags):
                self.notes.append(
                    f"{one.name} is compiled code whose wheel does not say that it runs on Lambda's glibc."
                )

    def _install_with_uv(self, arguments: list[str], folder: Path, where: Path) -> None:
        done = self._run_uv(["--only-binary", ":all:", *arguments], folder, where)
        if done.returncode == 0:
            return
        if not re.search(r"no usable wheels|Building source distributions is disabled", done.stderr):
            raise self._failed(done)
        again = self._run_uv(arguments, folder, where)
        if again.returncode:
            raise self._failed(again)
        there = installed(folder)
        for name, version in re.findall(r"^ *Built ([\w.-]+)(\S*)", again.stderr, re.MULTILINE):
            one = there.get(normalised(name))
            if one is not None and not any(tag.endswith("-none-any") for tag in one.tags):
                raise ConfigurationError(_no_wheel([name + version], self.target))
            if version:  # it is no local folder
                self.notes.append(f"{name}{version} has no wheel: it was built here, as pure Python.")

    def _run_uv(self, arguments: list[str], folder: Path, where: Path) -> subprocess.CompletedProcess[str]:
        options, environment = pip_config.for_uv(where)
        command = [self._uv or "uv", "pip", "install", "--python", sys.executable, "--target", str(folder)]
        # links into uv's cache would have their dates and modes changed there
        command += ["--link-mode", "copy", "--no-progress", "--color", "never", "--find-links", str(self.links)]
        command += ["--python-platform", self.target.uv_platform, "--python-version", self.target.python]
        return _run([*command, *options, *arguments], where, {"UV_PYTHON_DOWNLOADS": "never", **environment})

    def _install_with_pip(self, arguments: list[str], folder: Path, where: Path) -> None:
        built: list[str] = []
        while True:
            done = self._run_pip(arguments, folder, where)
            if done.stderr.startswith("UNTOLD") and not self.notes:
                self.notes.append(f"This pip resolves as for its own Python, not {self.target.python}: uv does better.")
            if done.returncode == 0:
                return
            missing = re.findall(r"No matching distribution found for ([^\s;]+)", done.stderr)
            if not missing or missing[0] in built:
                raise self._failed(done)
            built.append(missing[0])
            self._build_with_pip(missing[0], where, done)

    def _run_pip(self, arguments: list[str], folder: Path, where: Path) -> subprocess.CompletedProcess[str]:
        command = ["install", "--target", str(folder), "--upgrade", "--no-compile", "--only-binary=:all:"]
        command += ["--implementation", "cp", "--python-version", self.target.python, "--find-links", str(self.links)]
        command += [part for tag in self.target.platforms for part in ("--platform", tag)]
        script = Path(__file__).with_name("pip_for.py").read_text()
        return _run([self._pip, "-c", script, json.dumps(self.target.markers), *command, *arguments], where, _PIP)

    def _build_with_pip(self, requirement: str, where: Path, before: subprocess.CompletedProcess[str]) -> None:
        """Make a wheel of a source distribution, where the next try finds it; raise for what is no pure Python."""
        with tempfile.TemporaryDirectory(prefix="lambdabridge-") as made:
            command = [self._pip, "-m", "pip", "wheel", "--no-deps", "--wheel-dir", made, requirement]
            done = _run(command, where, {**pip_config.for_pip(), **_PIP})
            if "No matching distribution found" in done.stderr:  # nor is there a source distribution
                raise self._failed(before)
            if done.returncode:
                raise ConfigurationError(
                    f"{requirement} has no wheel for {self.target}, and pip could not build one:"
                    + _indented(done.stderr)
                )
            for wheel in Path(made).glob("*.whl"):
                if not wheel.name.endswith("-none-any.whl"):
                    raise ConfigurationError(_no_wheel([requirement], self.target) + _indented(before.stderr))
                shutil.copy(wheel, self.links)
        self.notes.append(f"{requirement} has no wheel: it was built here, as pure Python.")

    def _replace_editable(self, one: Distribution, folder: Path, where: Path) -> None:
        """Install a local folder's packages themselves in place of the .pth file that leads to them on this machine."""
        for path in one.files():
            path.unlink()
        shutil.rmtree(one.info, ignore_errors=True)
        arguments = ["--no-deps", str(one.source)]
        done = self._run_uv(arguments, folder, where) if self._uv else self._run_pip(arguments, folder, where)
        if done.returncode:
            raise self._failed(done)

    def _failed(self, done: subprocess.CompletedProcess[str]) -> ConfigurationError:
        lacking = re.findall(r"([\w.-]+(?:==[\w.+!-]+)?) ha(?:s|ve) no wheels with a matching", done.stderr)
        if lacking:
            return ConfigurationError(_no_wheel(lacking[:1], self.target) + _indented(done.stderr))
        return ConfigurationError(f"{self.name} could not install for {self.target}:" + _indented(done.stderr))


_PIP = {
    # settings that make sense for an environment of one's own, and would refuse --target
    "PIP_USER": "0",
    "PIP_REQUIRE_VIRTUALENV": "0",
    "PIP_NO_INPUT": "1",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_ROOT_USER_ACTION": "ignore",
}


def _find_pip(version: str) -> str:
    """Return an interpreter that has pip, of the target's version if there is one: a virtual environment of uv's has none."""
    candidates = [sys.executable, *(shutil.which(name) or "" for name in ("python3", "python"))]
    same = find(version)
    if same is not None:
        candidates.insert(0, same.path)
    for folder in os.get_exec_path():
        candidates += [str(path) for path in sorted(Path(folder).glob("python3.??"))]
    for candidate in filter(None, candidates):
        try:
            done = subprocess.run(
                [candidate, "-c", "import pip; print(pip.__version__)"], capture_output=True, text=True
            )
        except OSError:
            continue
        said = re.match(r"(\d+)\.(\d+)", done.stdout)
        if said and (int(said[1]), int(said[2])) >= (20, 3):
            return candidate
    raise ConfigurationError(
        "There is neither uv nor pip here: `pip install uv`, or `python -m ensurepip`, brings one."
    )


def _run(command: list[str], where: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=where, capture_output=True, text=True, errors="replace", env={**os.environ, **environment}
    )


def _no_wheel(names: list[str], target: Target) -> str:
    return (
        f"{', '.join(names)}: no wheel for {target}, and compiled code of this machine would not run there; "
        "another version, another --arch or another package may have one."
    )


def _indented(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return "".join(f"\n  {line}" for line in lines[-20:])
