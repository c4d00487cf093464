"""Every template and CDK app that there is: those under examples/, and what `lambdabridge init` writes for each API."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLES = ROOT / "examples"
ORIGIN = "https://example.com"  # whose pages may ask the examples' APIs
APIS = ("http", "rest", "function-url")
APP = """\
from flask import Flask

app = Flask(__name__)


@app.get("/")
def hello():
    return "<p>Hello, World!</p>"
"""

# ids: example/template.yaml, example/infra/app.py, or init-http
TEMPLATES = [path.relative_to(EXAMPLES).as_posix() for path in sorted(EXAMPLES.glob("*/template*.yaml"))]
TEMPLATES += [f"init-{api}" for api in APIS]
CDK_APPS = [path.relative_to(EXAMPLES).as_posix() for path in sorted(EXAMPLES.glob("*/infra/*.py"))]
CDK_APPS += [f"init-{api}" for api in APIS]


def prepared(target: str, folder: Path, *options: str) -> Path:
    """Put a target's project into a folder, and return its template or CDK app there; options: of `lambdabridge init`.

    What an example does not have, init writes beside what it has: a function URL.
    """
    if not target.startswith("init-"):
        example, _, file = target.partition("/")
        ignored = shutil.ignore_patterns("__pycache__", ".aws-sam", "cdk.out", "build")
        shutil.copytree(EXAMPLES / example, folder / example, ignore=ignored)
        if not (folder / example / file).exists():
            more = ("--api", "function-url", "--name", f"{example}-url", "--cors", ORIGIN, "--secret", "SECRET_KEY")
            run("lambdabridge", "init", "app:app", *more, "--output", file, *options, cwd=folder / example)
        return folder / example / file
    project = folder / target
    project.mkdir()
    (project / "app.py").write_text(APP)
    (project / "requirements.txt").write_text("flask\nlambdabridge\n")
    run("lambdabridge", "init", "--api", target.removeprefix("init-"), *options, cwd=project)
    (made,) = [*project.glob("template*.yaml"), *project.glob("infra/*.py")]
    return made


def run(*words: str, cwd: Path, environment: dict[str, str] | None = None) -> str:
    """Run a program of this environment and return what it prints; a failure is shown whole."""
    variables = dict(os.environ if environment is None else environment)
    variables["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), variables.get("PATH", os.defpath)])
    variables.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    variables |= {"SAM_CLI_TELEMETRY": "0", "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1"}
    variables |= {"JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION": "1", "CDK_DISABLE_CLI_TELEMETRY": "true"}
    done = subprocess.run(words, cwd=cwd, env=variables, capture_output=True, text=True, check=False, timeout=600)
    if done.returncode:
        raise AssertionError(
            f"{' '.join(words)}: exit status {done.returncode}\n{done.stdout[-6000:]}\n{done.stderr[-6000:]}"
        )
    return done.stdout
