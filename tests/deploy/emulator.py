"""ministack (https://pypi.org/project/ministack/) as an AWS account on this machine, and what is deployed to it.

It runs in an environment of its own, because its pins and SAM CLI's exclude each other; $LAMBDABRIDGE_MINISTACK names that
environment's Python. All clients get the account by the environment: an endpoint, keys that are no secret, a region.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

PYTHON = os.environ.get("LAMBDABRIDGE_MINISTACK", "")
REGION = "us-east-1"
HOST = f"{REGION}.amazonaws.com"  # what the URLs of a stack end with, so that they are used as they are
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
# boto3 and what it needs: what the managed runtime has besides the standard library
IN_THE_RUNTIME = ("boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3")


class Account:
    """A running ministack: its port, and the environment in which tools deploy to it."""

    def __init__(self, port: int, folder: Path) -> None:
        self.port = port
        self.folder = folder
        self.log = folder / "ministack.log"

    @property
    def environment(self) -> dict[str, str]:
        """Return this process's environment without an AWS account of the developer's, and with this one."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "LAMBDABRIDGE_"))}
        return {
            **kept,
            **KEYS,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "SAM_CLI_TELEMETRY": "0",
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), kept.get("PATH", os.defpath)]),
        }


@contextmanager
def started(folder: Path) -> Iterator[Account]:
    """Run ministack on a free port of this machine alone."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    account = Account(port, folder)
    own = {
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",  # which would listen on a fixed port
        "TMPDIR": str(folder),
        "LAMBDA_EXECUTOR": "local",
        "MINISTACK_HOST": HOST,
    }
    names = ("PATH", "HOME", "LANG")
    environment = {name: os.environ[name] for name in names if name in os.environ} | own
    words = [PYTHON, str(Path(__file__).with_name("emulator_process.py")), str(runtime_python(folder))]
    with account.log.open("w") as log:
        process = subprocess.Popen(words, env=environment, stdout=log, stderr=log, cwd=folder)
    try:
        wait_for(process, account)
        yield account
    finally:
        process.terminate()
        process.wait(20)


def wait_for(process: subprocess.Popen[bytes], account: Account) -> None:
    """Return when it takes connections; raise with its log when it ends instead."""
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError(f"ministack did not start:\n{account.log.read_text()[-3000:]}")
        with socket.socket() as attempt:
            if attempt.connect_ex(("127.0.0.1", account.port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"ministack did not answer within 30 seconds:\n{account.log.read_text()[-3000:]}")


def runtime_python(folder: Path) -> Path:
    """Make an interpreter that has what Lambda's has and nothing of this environment's."""
    home = folder / "runtime"
    venv.create(home, with_pip=False, symlinks=True)
    (packages,) = home.glob("lib/python*/site-packages")
    for name in IN_THE_RUNTIME:
        spec = find_spec(name)
        if spec is None or spec.origin is None:
            raise RuntimeError(f"{name} is not installed here; python3 dev.py deploy installs it")
        origin = Path(spec.origin)
        source = origin.parent if origin.name == "__init__.py" else origin
        (packages / source.name).symlink_to(source)
    return home / "bin" / "python"
