"""Checks of what `cdk deploy` needs on a machine: Node.js, and a command line that reads what was synthesised.

https://docs.aws.amazon.com/cdk/v2/guide/prerequisites.html
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

from lambdabridge.doctor.findings import Seen
from lambdabridge.doctor.machine import Machine, dotted, numbers

CDK_MAJOR = 2


def no_node(machine: Machine) -> Iterator[Seen]:
    """Find a CDK app without Node.js."""
    if machine.subject.tool == "cdk" and not machine.which("node", "node.exe"):
        yield Seen("node", "node is not on PATH.", "Install Node.js from https://nodejs.org or your system's packages.")


def no_cdk(machine: Machine) -> Iterator[Seen]:
    """Find no CDK command line."""
    if machine.subject.tool == "cdk" and not _cdk(machine):
        yield Seen("cdk", "cdk is not on PATH.", "npx -y aws-cdk@2 deploy, or npm install -g aws-cdk@2")


def wrong_cdk(machine: Machine) -> Iterator[Seen]:
    """Find a CDK command line of another major version, or older than the synthesised stack."""
    if machine.subject.tool != "cdk":
        return
    manifest = machine.subject.path.with_name("manifest.json")
    try:
        least = numbers(str(json.loads(manifest.read_text()).get("minimumCliVersion") or ""))
    except (OSError, ValueError, AttributeError):
        least = ()
    for path in _cdk(machine)[:1]:
        version = numbers(machine.version(path))
        if version and (version[0] != CDK_MAJOR or version < least):
            needs = dotted(least) if least else f"{CDK_MAJOR}.x"
            seen = f"{path} is {dotted(version)}; what was synthesised needs {needs} or newer of {CDK_MAJOR}.x."
            yield Seen("cdk", seen, "npm install -g aws-cdk@2, or npx -y aws-cdk@2 deploy")


def _cdk(machine: Machine) -> list[str]:
    """Return the CDK command lines that are here: the project's own first."""
    folder = machine.subject.path.parent.parent
    own = [str(folder / "node_modules" / ".bin" / "cdk")]
    return [path for path in own if os.access(path, os.X_OK)] + machine.which("cdk", "cdk.cmd")
