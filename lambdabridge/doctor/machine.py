"""A machine as its environment shows it, and the checks that are nobody else's: region, credentials, cfn-lint.

https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
"""

from __future__ import annotations

import configparser
import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lambdabridge.doctor.findings import Seen
from lambdabridge.doctor.subject import Subject

_REGION = ("AWS_REGION", "AWS_DEFAULT_REGION")
_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
         "AWS_CONTAINER_CREDENTIALS_FULL_URI")  # fmt: skip


@dataclass
class Machine:
    """A machine, as an environment's PATH and HOME show it; subject: the template that is deployed from it."""

    subject: Subject
    environment: Mapping[str, str]

    def which(self, *names: str) -> list[str]:
        """Return the programs of these names on PATH, in the order that `sam` tries them."""
        folders = self.environment.get("PATH", "").split(os.pathsep)
        found = [os.path.join(folder, name) for name in names for folder in folders if folder]
        return [path for path in found if os.path.isfile(path) and os.access(path, os.X_OK)]

    def version(self, program: str, *arguments: str) -> str:
        """Return what a program says of its version; "" if it can't be run."""
        return _output((program, *(arguments or ("--version",))), tuple(sorted(self.environment.items())))

    @property
    def home(self) -> Path:
        """The user's folder."""
        return Path(self.environment.get("HOME") or self.environment.get("USERPROFILE") or "/nonexistent")


@cache
def _output(command: tuple[str, ...], environment: tuple[tuple[str, str], ...]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, env=dict(environment), check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def numbers(text: str) -> tuple[int, ...]:
    """Return the first version in a text: "SAM CLI, version 1.170.0" -> (1, 170, 0)."""
    found = re.search(r"\d+(?:\.\d+)+", text)
    return tuple(map(int, found[0].split("."))) if found else ()


def dotted(version: tuple[int, ...]) -> str:
    """Return a version as people write it."""
    return ".".join(map(str, version))


def no_region(machine: Machine) -> Iterator[Seen]:
    """Find no region."""
    profile = machine.environment.get("AWS_PROFILE", "default")
    file = Path(machine.environment.get("AWS_CONFIG_FILE") or machine.home / ".aws" / "config")
    config = configparser.ConfigParser(interpolation=None)
    try:
        config.read(file)
        has_one = any(config.has_option(name, "region") for name in (profile, f"profile {profile}"))
    except configparser.Error:
        has_one = True  # that file is the AWS tools' to complain of
    if not has_one and not any(machine.environment.get(name) for name in _REGION):
        yield Seen(
            "aws", f"No region: neither {' nor '.join(_REGION)}, nor in {file}.", "export AWS_REGION=eu-central-1"
        )


def no_credentials(machine: Machine) -> Iterator[Seen]:
    """Find no sign of credentials; the files are not opened."""
    files = [machine.home / ".aws" / name for name in ("credentials", "config")]
    if not any(machine.environment.get(name) for name in _KEYS) and not any(map(os.path.isfile, files)):
        yield Seen("aws", "No credentials in the environment, and no ~/.aws/credentials or ~/.aws/config.",
                   "aws configure, or aws configure sso")  # fmt: skip


def no_lint(machine: Machine) -> Iterator[Seen]:
    """Find no cfn-lint, which knows what this doctor does not."""
    has_one = machine.which("cfn-lint", "cfn-lint.exe") or (
        machine.subject.tool == "sam" and machine.which("sam", "sam.cmd")
    )
    if not has_one:
        cure = "pip install cfn-lint, and then cfn-lint " + machine.subject.path.name
        yield Seen("cfn-lint", "cfn-lint is not on PATH.", cure)
