"""The folders that are measured: what a deployment of each application with each adapter has in /var/task.

Each is made of exact versions by `pip install --target`, once, and kept in a cache; what changes here or in the package makes
it anew. A folder exists in three states, which differ in bytecode alone:

stale        what pip wrote, and every source has the time that SAM's, CDK's and Serverless's archives give it, 1980: Python
             compares the two times, and compiles each module anew. This is how functions are deployed today.
none         no bytecode at all, as some build scripts ship it
unchecked    what `lambdabridge build` makes: unchecked-hash bytecode, which Python takes without a look at the source

The runtime client has a folder of its own with valid bytecode, as in Lambda's /var/runtime, and the interpreter is that of an
empty virtual environment: a .pth file in site-packages may import a hundred modules before anything is measured.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

from lambdabridge.build import own
from lambdabridge.build.bytecode import compile_folder
from lambdabridge.errors import ConfigurationError

HERE = Path(__file__).resolve().parent
PACKAGE = HERE.parents[1] / "lambdabridge"
OURS = "lambdabridge"
STATES = ("stale", "none", "unchecked")
ARCHIVE_TIME = 315532800
"""1980-01-01, the first time that a zip file can tell."""
RUNTIME_CLIENT = "awslambdaric==4.2.2"
FRAMEWORKS = {
    "flask": ("Flask", "flask==3.1.3"),
    "django": ("Django", "django==5.2.19"),
    "fastapi": ("FastAPI", "fastapi==0.165.0"),
    "starlette": ("Starlette", "starlette==1.10.0"),
}
"""Key -> its name, and what is installed."""
ADAPTERS = {
    OURS: "from app import app\nfrom lambdabridge import bridge\n\nhandler = bridge(app)\n",
    "apig-wsgi": "from app import app\nfrom apig_wsgi import make_lambda_handler\n\nhandler = make_lambda_handler(app)\n",
    "serverless-wsgi": (
        "from app import app\nfrom serverless_wsgi import handle_request\n\n\n"
        "def handler(event, context):\n    return handle_request(app, event, context)\n"
    ),
    "mangum": "from app import app\nfrom mangum import Mangum\n\nhandler = Mangum(app)\n",
}
"""Adapter -> lambda_function.py, as its documentation has it."""
_WSGI, _ASGI = (OURS, "apig-wsgi", "serverless-wsgi"), (OURS, "mangum")
CHOICES = {"flask": _WSGI, "django": _WSGI, "fastapi": _ASGI, "starlette": _ASGI}
"""Framework -> the adapters that are for it."""
BARE_HANDLER = 'def handler(event, context):\n    return {"statusCode": 200, "body": "{}"}\n'


class Place(NamedTuple):
    """What is on the disk for one interpreter."""

    python: Path
    """Of an environment without packages."""
    runtime: Path
    """The folder with awslambdaric."""
    folders: dict[tuple[str, str, str], Path]
    """(framework, adapter, state) -> the task root. The floor is ("bare", "", "stale")."""
    versions: dict[str, str]


def prepare(python: Path, cache: Path, peers: dict[str, str], frameworks: list[str]) -> Place:
    """Make what is missing of the folders, and return where they are; peers: adapter -> requirement."""
    installer = _Installer(python, cache)
    runtime = installer.install("runtime", [RUNTIME_CLIENT])
    folders = {("bare", "", "stale"): installer.bare()}
    versions = installer.versions(runtime)
    for framework in frameworks:
        for adapter in CHOICES[framework]:
            wanted = [FRAMEWORKS[framework][1], *([peers[adapter]] if adapter != OURS else [])]
            installed = installer.install(f"{framework}-{adapter}", wanted)
            versions.update(installer.versions(installed))
            for state in STATES:
                folders[framework, adapter, state] = installer.task_root(installed, framework, adapter, state)
    return Place(installer.clean, runtime, folders, dict(sorted(versions.items())))


class _Installer:
    """Makes folders for one interpreter; each has a stamp beside it that says what it was made of."""

    def __init__(self, python: Path, cache: Path) -> None:
        ask = "import json, sys; print(json.dumps([sys.version, sys._base_executable]))"
        try:
            asked = subprocess.run([str(python), "-c", ask], capture_output=True, text=True, check=True)
        except (OSError, subprocess.CalledProcessError):
            raise ConfigurationError(f"{str(python)!r} is no Python interpreter that can be run.") from None
        version, base = json.loads(asked.stdout)
        self.version: str = version
        self.root = cache / f"{version.split()[0]}-{hashlib.sha256((version + base).encode()).hexdigest()[:8]}"
        self.root.mkdir(parents=True, exist_ok=True)
        self.clean = self.root / "clean" / "bin" / "python"
        if not self.clean.exists():
            print(f"Making an environment of Python {version.split()[0]} in {self.root} ...", flush=True)
            _run([base, "-m", "venv", "--without-pip", str(self.root / "clean")])
            _run([base, "-m", "venv", str(self.root / "pip")])

    def install(self, name: str, requirements: list[str]) -> Path:
        """Install into a folder of this name, with pip's bytecode, unless that was done."""
        folder = self.root / "installed" / name
        if not self._done(folder, *requirements):
            print(f"Installing {', '.join(requirements)} ...", flush=True)
            shutil.rmtree(folder, ignore_errors=True)
            pip = [str(self.root / "pip" / "bin" / "python"), "-m", "pip", "install", "-qq", "--compile"]
            _run([*pip, "--disable-pip-version-check", "--target", str(folder), *requirements])
            compile_with_times(folder, self.clean)
            self._finish(folder, *requirements)
        return folder

    def task_root(self, installed: Path, framework: str, adapter: str, state: str) -> Path:
        """Return the folder of an application with an adapter in a state."""
        folder = self.root / "task" / f"{framework}-{adapter}-{state}"
        application = HERE / "applications" / framework / "app.py"
        made_of = [self._stamp(installed).read_text(), application.read_text(), Path(__file__).read_text()]
        if state == "unchecked":
            made_of += [_digest_of(PACKAGE / "build" / name) for name in ("bytecode.py", "compiling.py")]
        if not self._done(folder, *made_of):
            print(f"Making {folder.name} ...", flush=True)
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(installed, folder)  # with its times, which pip's bytecode has noted
            shutil.copyfile(application, folder / "app.py")
            (folder / "lambda_function.py").write_text(ADAPTERS[adapter])
            set_bytecode(folder, state, self.clean)
            self._finish(folder, *made_of)
        if adapter == OURS:
            self._add_package(folder / PACKAGE.name, state)
        return folder

    def _add_package(self, package: Path, state: str) -> None:
        """Put what is deployed of this checkout's package into a task root: it changes more often than all the rest."""
        names = own.files(PACKAGE)
        made_of = [f"{name}\0{_digest_of(PACKAGE / name)}" for name in names]
        if not package.exists() or not self._done(package, *made_of):
            shutil.rmtree(package, ignore_errors=True)
            for name in names:
                (package / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(PACKAGE / name, package / name)
            set_bytecode(package, state, self.clean)
            self._finish(package, *made_of)

    def bare(self) -> Path:
        """Return the folder with a handler that has no framework at all."""
        folder = self.root / "task" / "bare"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "lambda_function.py").write_text(BARE_HANDLER)
        return folder

    def versions(self, folder: Path) -> dict[str, str]:
        """Return name -> version of all that is installed in a folder."""
        names = [path.name.removesuffix(".dist-info").partition("-") for path in folder.glob("*.dist-info")]
        return {name.lower().replace("_", "-"): version for name, _, version in names}

    def _stamp(self, folder: Path) -> Path:
        return folder.with_name(f"{folder.name}.made")

    def _done(self, folder: Path, *made_of: str) -> bool:
        stamp = self._stamp(folder)
        return stamp.exists() and stamp.read_text() == self._made_of(*made_of)

    def _finish(self, folder: Path, *made_of: str) -> None:
        self._stamp(folder).write_text(self._made_of(*made_of))

    def _made_of(self, *parts: str) -> str:
        return hashlib.sha256("\0".join([self.version, *parts]).encode()).hexdigest()


def set_bytecode(folder: Path, state: str, python: Path) -> None:
    """Bring the bytecode below a folder into a state."""
    if state == "stale":
        compile_with_times(folder, python)
    else:
        for cache in list(folder.rglob("__pycache__")):
            shutil.rmtree(cache)
    if state == "unchecked":
        compile_folder(folder, str(python), f"{folder}/")  # the prefix: as if it were at its place on Lambda
    for source in folder.rglob("*.py"):
        os.utime(source, (ARCHIVE_TIME, ARCHIVE_TIME))


def compile_with_times(folder: Path, python: Path) -> None:
    """Write timestamp bytecode for what has none; pip does the same, and does not mind what can't be compiled."""
    subprocess.run([str(python), "-m", "compileall", "-q", "-j", "0", str(folder)], capture_output=True, check=False)


def _digest_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _run(command: list[str]) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    if subprocess.run(command, env=environment, check=False).returncode:
        raise ConfigurationError(f"{' '.join(command)} failed; its own words are above.")
