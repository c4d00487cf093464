"""One run: a process from its start through its init, its first request and some warm ones; or how it failed.

The clock is this process's. What the run waited for its CPU is subtracted, unless it was throttled.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lambdabridge.coldpath import phases
from lambdabridge.coldpath.process import Process
from lambdabridge.coldpath.runtime_api import ROOT, GoneError, Received, RuntimeApi, SilenceError
from lambdabridge.coldpath.throttle import share_of
from lambdabridge.coldpath.variables import environment

if TYPE_CHECKING:
    from lambdabridge.coldpath.engine import Configuration
    from lambdabridge.coldpath.process import Guard, Pinned
    from lambdabridge.coldpath.results import Failure, Sample
    from lambdabridge.coldpath.throttle import Unthrottled

_WARM_SECONDS = 1.0
"""How long warm requests go on at most, in each run."""
_STREAMING = "lambda-runtime-function-response-mode"


class FailedError(Exception):
    """A run that has no figures."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure["message"])
        self.failure = failure


@dataclass(frozen=True)
class Expired:
    """Seconds that a process gets."""

    init: float
    invocation: float


@dataclass
class Run:
    """What one run gave."""

    sample: Sample
    result: Any
    """The function's, of the first event; of a streamed one what comes before the body."""
    output: str
    init_seconds: float
    """With what it waited for its CPU."""


def run(
    one: Configuration,
    event: bytes,
    warm: int,
    limits: Expired,
    throttle: Unthrottled,
    guard: Guard,
    pinned: Pinned,
    most: float = 1.0,
) -> Run:
    """Measure one process; raise FailedError. Where it waited for more than a part of its time, no warm requests follow."""
    share = share_of(one.memory)
    with RuntimeApi() as api, tempfile.TemporaryDirectory(prefix="lambdabridge-cold-") as scratch:
        marks_file = os.path.join(scratch, "phases") if one.probed else ""
        variables = environment(one, api.address, marks_file)
        command = [one.python, *one.command, one.handler]
        try:
            throttle.enter()
            throttle.limit(share if one.init == "throttled" else None)
            pinned.there()
            try:
                process = Process(command, variables, one.path[0], guard)
            finally:
                pinned.here()
            with process:
                throttle.started(process.pid)
                done = _Course(one, api, process, event, limits).go(warm, throttle, share, most)
            if one.probed:
                done.sample["marks"] = phases.marks(
                    marks_file, process.began, done.sample["init_ms"], done.init_seconds
                )
            return done
        except OSError as error:
            raise FailedError(_failure("setup", f"{one.python!r} can't be started: {error.strerror}.")) from error
        finally:
            throttle.leave()


class _Course:
    """The course of one run."""

    def __init__(self, one: Configuration, api: RuntimeApi, process: Process, event: bytes, limits: Expired) -> None:
        self._one = one
        self._api = api
        self._process = process
        self._event = event
        self._limits = limits
        self._count = 0

    def go(self, warm: int, throttle: Unthrottled, share: float | None, most: float) -> Run:
        process = self._process
        asked = self._next(self._limits.init)
        init = asked.at - process.began
        waited = process.delay_seconds()
        if share is not None and self._one.init == "boosted":
            throttle.limit(share)
        first, answer = self._invoke(asked)
        waited_until_then, cpu = process.delay_seconds(), process.cpu_seconds()
        result = self._check(answer)
        resident, _ = process.memory()
        # waiting for a share of a CPU is not waiting for others
        in_init = 0.0 if waited is None or (share is not None and self._one.init == "throttled") else waited
        in_all = in_init if waited_until_then is None or share is not None else waited_until_then
        if part_waited((init + first - in_all) * 1000, in_all * 1000) > most:
            warm = 0
        times: list[float] = []
        end = time.perf_counter() + _WARM_SECONDS
        while len(times) < warm and time.perf_counter() < end:
            self._api.reply(answer, 202, _JSON, b'{"status":"OK"}\n')
            seconds, answer = self._invoke(self._next(self._limits.invocation))
            self._check(answer)
            times.append(seconds * 1000)
        _, peak = process.memory()
        sample: Sample = {
            "round": 0,
            "init_ms": (init - in_init) * 1000,
            "first_ms": (first - in_all + in_init) * 1000,
            "total_ms": (init + first - in_all) * 1000,
            "cpu_ms": None if cpu is None else cpu * 1000,
            "delay_ms": None if waited is None else in_all * 1000,
            "retries": 0,
            "warm_ms": times,
            "rss_mb": resident,
            "peak_mb": peak,
            "marks": None,
        }
        return Run(sample, result, process.output(), init)

    def _invoke(self, asked: Received) -> tuple[float, Received]:
        """Send the event, and return how long the answer took, and the answer."""
        self._count += 1
        headers = {
            **_JSON,
            "Lambda-Runtime-Aws-Request-Id": f"00000000-0000-4000-8000-{self._count:012}",
            "Lambda-Runtime-Deadline-Ms": str(int((time.time() + self._limits.invocation) * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:us-east-1:123456789012:function:local",
            "Lambda-Runtime-Trace-Id": "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0",
            "Lambda-Runtime-Invocation-Id": f"10000000-0000-4000-8000-{self._count:012}",
        }
        began = time.perf_counter()
        try:
            self._api.reply(asked, 200, headers, self._event)
        except GoneError:
            raise self._gone("before its event") from None
        answer = self._receive(self._limits.invocation, "answer an event")
        return answer.at - began, answer

    def _next(self, seconds: float) -> Received:
        """Return the request for an event; raise FailedError for anything else."""
        received = self._receive(seconds, "ask for an event")
        if (received.method, received.path) == ("GET", f"{ROOT}/invocation/next"):
            return received
        if received.path == f"{ROOT}/init/error":
            self._api.reply(received, 202, _JSON, b'{"status":"OK"}\n')
            self._process.status(2)  # it prints the traceback, and ends
            told = _told(received.body)
            kind = "import" if told.startswith(("Runtime.ImportModule", "Runtime.UserCodeSyntax")) else "init"
            raise FailedError(_failure(kind, f"Its init failed: {told}", self._process.output()))
        raise FailedError(
            _failure("init", f"It sent {received.method} {received.path} where it should ask for an event.")
        )

    def _receive(self, seconds: float, what: str) -> Received:
        try:
            return self._api.receive(seconds, self._process.is_alive)
        except SilenceError:
            message = f"It did not {what} within {seconds:g} seconds."
            raise FailedError(_failure("timeout", message, self._process.output())) from None
        except GoneError:
            raise self._gone(f"where it should {what}") from None

    def _gone(self, when: str) -> FailedError:
        status = self._process.status(2)
        how = "closed its connection" if status is None else f"ended with {_exit(status)}"
        return FailedError(_failure("exit", f"The process {how} {when}.", self._process.output()))

    def _check(self, answer: Received) -> Any:
        """Return the function's result; raise FailedError for an error, and for a status of 500 and above."""
        if answer.path.endswith("/error"):
            self._api.reply(answer, 202, _JSON, b'{"status":"OK"}\n')
            time.sleep(0.05)  # it has printed the traceback, or does so now
            raise FailedError(_failure("error", f"It raised {_told(answer.body)}", self._process.output()))
        result = _result(answer)
        status = result.get("statusCode") if isinstance(result, dict) else None
        if isinstance(status, int) and status >= 500:
            body = result.get("body", "") if isinstance(result, dict) else ""
            printed = f"{self._process.output()}\n{str(body)[:4000]}".strip("\n")
            raise FailedError(_failure("status", f"It answered {status}.", printed))
        return result


def part_waited(total_ms: float, delay_ms: float | None) -> float:
    """Return the part of a run's time in which it waited for its CPU."""
    return (delay_ms or 0.0) / (total_ms + (delay_ms or 0.0))


_JSON = {"Content-Type": "application/json"}


def _failure(kind: Any, message: str, output: str = "") -> Failure:
    return {"name": "", "kind": kind, "message": message, "output": output}


def _result(answer: Received) -> Any:
    body = answer.body.partition(b"\0" * 8)[0] if _STREAMING in answer.headers else answer.body
    try:
        return json.loads(body)
    except ValueError:
        return None


def _told(body: bytes) -> str:
    """Return "type: message" of an error that the runtime client reported."""
    try:
        told = json.loads(body)
        return f"{told['errorType']}: {told['errorMessage']}"
    except (ValueError, KeyError, TypeError):
        return body.decode(errors="replace")[:200]


def _exit(status: int) -> str:
    return f"signal {-status}" if status < 0 else f"exit status {status}"
