"""Handlers that test_runtime.py runs in processes; copied to a folder of its own as handlers.py, so nothing else is near."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

TICKS = [0]


def success(event: Any, context: Any) -> Any:
    print("a line")
    print("and one to stderr", file=sys.stderr)
    return {"event": event, "arn": context.invoked_function_arn, "text": "grüße"}


def error(event: Any, context: Any) -> Any:
    raise ValueError("no such item")


def unserialisable(event: Any, context: Any) -> Any:
    return object()


def oversize(event: Any, context: Any) -> Any:
    return "x" * 7_000_000


def largest(event: Any, context: Any) -> Any:
    return "x" * (6 * 1024 * 1024 + 98)  # and two quotes


def crash(event: Any, context: Any) -> Any:
    os._exit(3)


def leave(event: Any, context: Any) -> Any:
    os._exit(0)


def exits(event: Any, context: Any) -> Any:
    sys.exit("bye")


def killed(event: Any, context: Any) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


def sleeps(event: Any, context: Any) -> Any:
    time.sleep(600)


def variables(event: Any, context: Any) -> Any:
    return dict(os.environ)


def token(event: Any, context: Any) -> Any:
    """Note the token where the test can count it, take a while, and send it back; crash or wait where asked to."""
    with open(event["file"], "a", encoding="utf-8") as file:
        file.write(f"{event['token']}\n")
    if event.get("crash"):
        os._exit(1)
    while event.get("gate") and not Path(event["gate"]).exists():
        time.sleep(0.01)
    return {"token": event["token"], "pid": os.getpid()}


def _tick() -> None:
    while True:
        TICKS[0] += 1
        time.sleep(0.001)


def ticks(event: Any, context: Any) -> Any:
    """Return how often a thread in the background has run."""
    if not TICKS[0]:
        TICKS[0] = 1
        threading.Thread(target=_tick, daemon=True).start()
    return TICKS[0]


def child(event: Any, context: Any) -> Any:
    """Start a process that would outlive this one."""
    return [os.getpid(), subprocess.Popen(["sleep", "600"]).pid]


def app(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']} by {environ['aws.context'].aws_request_id}".encode()]
