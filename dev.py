"""Set up and run everything from a clone, with nothing but Python 3.10 or newer.

    python3 dev.py serve [EXAMPLE...] [serve options]             run the examples behind the local gateway: flask, django,
                                                                  fastapi, dynamodb_manager
    python3 dev.py test  [pytest options]                         lint, types and tests (with options: pytest alone)
    python3 dev.py run   COMMAND...                               run COMMAND in the development environment
    python3 dev.py referees [pytest options]                      compare with SAM CLI's and LocalStack's gateways
    python3 dev.py emulators [--details]                          recorded cases through these, ministack and ours: a table
    python3 dev.py deploy [pytest options]                        templates and CDK apps: checked, deployed to ministack

The first call makes a virtual environment in .venv (or in $LAMBDABRIDGE_VENV) and installs the project there; later calls
install again only after pyproject.toml has changed. Standard library only: this file runs before anything is installed.
"""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent
VENV = Path(os.environ.get("LAMBDABRIDGE_VENV", ROOT / ".venv"))
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")

# example -> (target, port): one gateway each, as one function each would be deployed
EXAMPLES = {
    "flask": ("examples/flask/app.py:handler", 8001),
    "django": ("examples/django/app.py:handler", 8002),
    "fastapi": ("examples/fastapi/app.py:handler", 8003),
    "dynamodb_manager": ("examples/dynamodb_manager/app.py:handler", 8004),
}
REFEREES = ("referee-sam", "referee-localstack")  # extras whose pins exclude each other: an environment for each
MINISTACK = "referee-ministack"
EMULATORS = {"sam": "referee-sam", "localstack": "referee-localstack", "ministack": MINISTACK}
CHECKS = (("ruff", "check", "."), ("ruff", "format", "--check", "."), ("mypy",), ("pytest",))


def main(arguments: list[str]) -> int:
    """Run one command and return its exit status."""
    if sys.version_info < (3, 10):  # noqa: UP036 - this file runs on whatever `python3` is
        print(f"dev.py needs Python 3.10 or newer; this is {sys.version.split()[0]}.", file=sys.stderr)
        return 2
    if not arguments or arguments[0] in ("-h", "--help"):
        print(__doc__)
        return 0 if arguments else 2
    command, rest = arguments[0], arguments[1:]
    if command == "serve":
        install("local,examples")
        return serve(rest)
    if command == "test":
        install("dev")
        return execute("pytest", *rest) if rest else check()
    if command == "run":
        if not rest:
            print("dev.py: run what? For example: python3 dev.py run python benchmarks/warm.py", file=sys.stderr)
            return 2
        install("dev")
        return execute(*rest)
    if command == "referees":
        return referees(rest)
    if command == "emulators":
        return emulators(rest)
    if command == "deploy":
        return deploy(rest)
    known = "serve, test, run, referees, emulators and deploy"
    print(f"dev.py: unknown command {command!r}; the commands are {known}.", file=sys.stderr)
    return 2


def install(extras: str, venv: Path = VENV) -> None:
    """Install the project, editable, with these extras, unless that was done from this pyproject.toml already."""
    stamp = venv / f".installed-{extras.replace(',', '-')}"
    wanted = hashlib.sha256((ROOT / "pyproject.toml").read_bytes() + sys.version.encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    python = venv / BIN.name / "python"
    if not python.exists():
        print(f"Making a virtual environment in {venv} ...", flush=True)
        if subprocess.run([sys.executable, "-m", "venv", str(venv)], check=False).returncode:
            print("dev.py: python3 -m venv failed; on Debian and Ubuntu: apt install python3-venv", file=sys.stderr)
            raise SystemExit(2)
    print(f"Installing lambdabridge[{extras}], once; it takes a minute or so ...", flush=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-e", f"{ROOT}[{extras}]"]
    if subprocess.run(pip, check=False).returncode:
        print("dev.py: pip could not install the project (its own words are above).", file=sys.stderr)
        raise SystemExit(2)
    stamp.write_text(wanted)


def execute(name: str, *arguments: str, venv: Path = VENV) -> int:
    """Run one of the environment's programs from the project's root and return its exit status."""
    programs = venv / BIN.name
    program = programs / name
    environment = dict(os.environ, PATH=os.pathsep.join([str(programs), os.environ.get("PATH", os.defpath)]))
    try:
        done = subprocess.run(
            [str(program) if program.exists() else name, *arguments], cwd=ROOT, env=environment, check=False
        )
    except FileNotFoundError:
        print(f"dev.py: there is no program {name!r}.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return done.returncode


def check() -> int:
    """Run every check, also those after a failed one, and fail if any failed."""
    failed = []
    for words in CHECKS:
        print(f"== {' '.join(words)}", flush=True)
        if execute(*words):
            failed.append(" ".join(words))
    if failed:
        print(f"== failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def referees(arguments: list[str]) -> int:
    """Run test_referees.py in each referee's environment, also after a failed one, and fail if any failed."""
    failed = []
    for extra in REFEREES:
        install(extra, VENV / extra)
        print(f"== {extra}", flush=True)
        if execute("pytest", "-q", "tests/test_referees.py", *arguments, venv=VENV / extra):
            failed.append(extra)
    if failed:
        print(f"== failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def emulators(arguments: list[str]) -> int:
    """Print how many recorded cases each gateway passes, each in its environment: see tests/emulators."""
    install("dev")
    words = [f"ours={BIN / 'python'}"]
    for name, extra in EMULATORS.items():
        install(extra, VENV / extra)
        words.append(f"{name}={VENV / extra / BIN.name / 'python'}")
    return execute("python", "-m", "tests.emulators.table", *words, *arguments)


def deploy(arguments: list[str]) -> int:
    """Run what needs SAM and CDK, which are in one environment; ministack is in another: their pins exclude each other."""
    for extra in ("deploy", MINISTACK):
        install(extra, VENV / extra)
    os.environ["LAMBDABRIDGE_MINISTACK"] = str(VENV / MINISTACK / BIN.name / "python")
    return execute("pytest", "-q", "tests/deploy", "tests/test_doctor_tools.py", *arguments, venv=VENV / "deploy")


def serve(arguments: list[str]) -> int:
    """Start the named examples (all by default), each behind a local gateway of its own, until Ctrl-C."""
    first_option = next((i for i, word in enumerate(arguments) if word.startswith("-")), len(arguments))
    names, options = arguments[:first_option], arguments[first_option:]
    unknown = [name for name in names if name not in EXAMPLES]
    if unknown:
        print(f"dev.py: there is no example {unknown[0]!r}; there are {', '.join(EXAMPLES)}.", file=sys.stderr)
        return 2
    if "-h" in options or "--help" in options:
        return execute("lambdabridge", "serve", "--help")
    names = names or list(EXAMPLES)
    width = max(len(name) for name in names)
    if len(names) > 1 and any(word.split("=")[0] == "--port" for word in options):
        print("dev.py: --port is for one example: dev.py serve flask --port 9000", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    processes = []
    try:
        for name in names:
            target, port = EXAMPLES[name]
            words = [str(BIN / "python"), "-m", "lambdabridge", "serve", target, "--port", str(port), *options]
            process = subprocess.Popen(words, cwd=ROOT, stderr=subprocess.PIPE, text=True)
            processes.append(process)
            label = f"{name:{width}} " if len(names) > 1 else ""
            threading.Thread(target=relay, args=(process.stderr, label), daemon=True).start()
            time.sleep(0.5)  # so that they introduce themselves in order
        return max(process.wait() for process in processes)
    except KeyboardInterrupt:  # the terminal sent it to the gateways as well, and each ends by itself
        return max(process.wait() for process in processes)
    finally:
        for process in processes:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                process.wait()


def relay(lines: IO[str], label: str) -> None:
    """Print what a gateway says, with its example's name before it."""
    for line in lines:
        print(f"{label}{line}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        raise SystemExit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        raise SystemExit(130) from None
