"""`sam build && sam deploy`, and `cdk deploy`, as a developer types them, to the emulator's account.

Functions run there with a Python of this machine, so they are built for its version and its processor, by the templates'
parameters and the CDK apps' context.
"""

from __future__ import annotations

import json
import platform
import sys
from pathlib import Path

from tests.deploy.emulator import Account
from tests.deploy.targets import run

CDK = ("npx", "--yes", "aws-cdk@2")  # `aws-cdk` alone is 3.0.0, older than 2.1148 and too old for aws-cdk-lib
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
ARCHITECTURE = {"aarch64": "arm64", "arm64": "arm64"}.get(platform.machine(), "x86_64")


def sam_deploy(account: Account, template: Path, stack: str) -> dict[str, str]:
    """Build and deploy a SAM template, and return the stack's outputs."""
    folder, config = template.parent, template.name.replace("template", "samconfig").replace(".yaml", ".toml")
    values = {"PythonRuntime": f"python{PYTHON}", "Architecture": ARCHITECTURE}
    words = ("--config-file", config, "--parameter-overrides", *(f"{name}={value}" for name, value in values.items()))
    options = " ".join(f"--parameter {name}={value}" for name, value in values.items())
    run("sam", "build", *words, cwd=folder, environment=account.environment | {"BUILD_OPTIONS": options})
    deploy = ("sam", "deploy", *words, "--stack-name", stack, "--no-confirm-changeset", "--no-progressbar")
    run(*deploy, cwd=folder, environment=account.environment)
    return outputs(account, folder, stack)


def bootstrap(account: Account, folder: Path) -> None:
    """Make what CDK wants an account to have, once."""
    run(*CDK, "bootstrap", "aws://000000000000/us-east-1", cwd=folder, environment=account.environment)


def cdk_deploy(account: Account, app: Path) -> dict[str, str]:
    """Deploy a CDK app that has one stack, and return its outputs."""
    folder = app.parent
    context = ("-c", f"python={PYTHON}", "-c", f"architecture={ARCHITECTURE}")
    words = ("--app", f"python {app.name}", "--require-approval", "never", "--outputs-file", "outputs.json")
    run(*CDK, "deploy", *context, *words, cwd=folder, environment=account.environment)
    (made,) = json.loads((folder / "outputs.json").read_text()).values()
    return dict(made)


def outputs(account: Account, folder: Path, stack: str) -> dict[str, str]:
    """Return a stack's outputs, as SAM CLI lists them."""
    words = ("sam", "list", "stack-outputs", "--stack-name", stack, "--output", "json")
    listed = run(*words, cwd=folder, environment=account.environment)
    return {output["OutputKey"]: output["OutputValue"] for output in json.loads(listed)}
