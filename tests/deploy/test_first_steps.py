"""A newcomer's way from the first page of a framework's tutorial to a URL that answers, each command as it is typed.

In an environment of its own, with pip, because that is where it begins. `sam deploy` goes to the emulator; the commands
are what they would be for AWS, but that init is told this machine's Python and processor, with which the emulator runs.
The times are printed: python3 dev.py deploy -s -k first_steps
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy import emulator
from tests.deploy.scenarios import Site
from tests.deploy.stacks import ARCHITECTURE, PYTHON
from tests.deploy.targets import ROOT

if not emulator.PYTHON:
    pytest.skip("ministack's environment is not named: python3 dev.py deploy", allow_module_level=True)

FLASK = """\
from flask import Flask

app = Flask(__name__)

@app.route("/")
def hello_world():
    return "<p>Hello, World!</p>"
"""
FASTAPI = """\
from fastapi import FastAPI

app = FastAPI()


@app.get("/")
async def root():
    return {"message": "Hello World"}
"""


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[emulator.Account]:
    with emulator.started(tmp_path_factory.mktemp("ministack")) as account:
        yield account


@pytest.fixture(scope="module")
def shell(account: emulator.Account, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the environment of a shell in which a virtual environment is active."""
    home = tmp_path_factory.mktemp("newcomer") / ".venv"
    venv.create(home, with_pip=True, symlinks=True)
    paths = [
        entry for entry in account.environment["PATH"].split(os.pathsep) if entry != str(Path(sys.executable).parent)
    ]
    shell = account.environment | {"PATH": os.pathsep.join([str(home / "bin"), *paths]), "VIRTUAL_ENV": str(home)}
    typed(f"pip install --quiet '{ROOT}' aws-sam-cli", home.parent, shell)
    return shell


def typed(command: str, folder: Path, shell: dict[str, str], answers: str = "") -> str:
    """Run a command line as it is typed, say how long it took, and return what it prints."""
    began = time.perf_counter()
    done = subprocess.run(
        command, shell=True, cwd=folder, env=shell, input=answers, capture_output=True, text=True, check=False
    )
    print(f"{time.perf_counter() - began:6.1f} s  $ {command}")
    assert done.returncode == 0, f"{command}\n{done.stdout[-5000:]}\n{done.stderr[-5000:]}"
    return done.stdout


@pytest.fixture
def flask(tmp_path: Path) -> Path:
    (tmp_path / "hello.py").write_text(FLASK)  # and no requirements.txt: init writes one
    return tmp_path


@pytest.fixture
def fastapi(tmp_path: Path) -> Path:
    (tmp_path / "main.py").write_text(FASTAPI)
    (tmp_path / "requirements.txt").write_text("fastapi\n")
    return tmp_path


@pytest.fixture
def django(tmp_path: Path) -> Path:
    """Return what `django-admin startproject` writes, with the host that init's note asks for."""
    subprocess.run([sys.executable, "-m", "django", "startproject", "mysite", str(tmp_path)], check=True)
    settings = tmp_path / "mysite" / "settings.py"
    settings.write_text(settings.read_text().replace("ALLOWED_HOSTS = []", 'ALLOWED_HOSTS = [".amazonaws.com"]'))
    (tmp_path / "requirements.txt").write_text("django\n")
    return tmp_path


@pytest.mark.parametrize(
    ("framework", "answer"),
    [
        pytest.param("flask", "<p>Hello, World!</p>", id="flask"),
        pytest.param("fastapi", '{"message":"Hello World"}', id="fastapi"),
        pytest.param("django", "The install worked successfully! Congratulations!", id="django"),
    ],
)
def test_first_steps(
    request: pytest.FixtureRequest, account: emulator.Account, shell: dict[str, str], framework: str, answer: str
) -> None:
    project: Path = request.getfixturevalue(framework)
    print()
    here = f" --python {PYTHON} --arch {ARCHITECTURE}"
    typed(f"lambdabridge init --name hello-{framework}{here}", project, shell)
    typed("sam build", project, shell)
    said = typed("sam deploy", project, shell, answers="y\n")
    found = re.search(r"https://\S+", said.partition("Outputs")[2])
    assert found is not None, said
    response = Site(found[0], account.port).ask("GET", "")
    assert (response.status, answer in response.text) == (200, True)
