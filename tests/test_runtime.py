"""The Lambda side as processes: AWS's own runtime client (awslambdaric) and our Runtime API, beside AWS's emulator of it.

LAMBDABRIDGE_RIE names AWS's Runtime Interface Emulator (aws-lambda-rie), which the wheel of aws-sam-cli has in
samcli/local/rapid; without it that comparison is skipped.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import pytest

from lambdabridge.errors import ConfigurationError
from lambdabridge.gateway.front_door import FunctionError, StoppedWaiting
from tests.scenarios import Scenario
from tests.wire import front_door, request_of

pytest.importorskip("awslambdaric", reason="AWS's runtime client is not installed (the extra `runtime`)")

from lambdabridge.gateway.runtime.failures import InvocationFailedError
from lambdabridge.gateway.runtime.function import Function
from lambdabridge.gateway.runtime.service import RuntimeEnvironment

HERE = Path(__file__).parent
RIE = os.environ.get("LAMBDABRIDGE_RIE", "")
MODULES = {
    "broken.py": "import nothing_here",
    "raising.py": "raise KeyError('setting')",
    "syntax.py": "def x(:",
    "exiting.py": "import os; os._exit(4)",
    "hanging.py": "import time; time.sleep(600)",
    "later.py": "import os, time\nif not os.path.exists('reported'):\n    time.sleep(600)\n"
    "def handler(event, context): return 'later'",
    "bridged.py": "from handlers import app\nfrom lambdabridge import bridge\nhandler = bridge(app)",
}
Value = TypeVar("Value")
Start = Callable[..., RuntimeEnvironment]


class Log(list[str]):
    """The log's lines."""

    def __call__(self, line: str) -> None:
        self += line.split("\n")

    def shape(self) -> list[str]:
        """Return the lines without what differs each time."""
        lines = [re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", line) for line in self if "LAMBDA_WARNING" not in line]
        return [re.sub(r"^\d{4}-\S+Z|\d+\.\d\d(?= ms)|\d+(?= (ms|MB))|python:\S+ aws.*", "#", line) for line in lines]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project's folder, which is the current one."""
    shutil.copy(HERE / "runtime_handlers.py", tmp_path / "handlers.py")
    shutil.copy(HERE / "runtime_streaming.py", tmp_path / "streaming.py")
    for name, text in MODULES.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


@pytest.fixture
def start(folder: Path) -> Iterator[Start]:
    started: list[RuntimeEnvironment] = []

    def begin(target: str, log: Log | None = None, **options: Any) -> RuntimeEnvironment:
        started.append(RuntimeEnvironment(Function(target, **options), Log() if log is None else log))
        started[-1].start()
        return started[-1]

    yield begin
    for runtime in started:
        runtime.stop()
        assert runtime.pids == set()


def run(coroutine: Coroutine[Any, Any, Value]) -> Value:
    return asyncio.run(coroutine)


def invoke(runtime: RuntimeEnvironment, event: Any = None) -> Any:
    return run(runtime.invoke(event or {}, "front-door-id="))


def failure(runtime: RuntimeEnvironment, event: Any = None) -> tuple[str, Any]:
    with pytest.raises(InvocationFailedError) as caught:
        invoke(runtime, event)
    assert isinstance(caught.value, FunctionError)
    return caught.value.kind, normal(caught.value.payload)


def normal(payload: bytes) -> Any:
    """Return a failure's payload without the request's id."""
    return json.loads(re.sub(rb"[0-9a-f]{8}-[0-9a-f-]{27}", b"ID", payload))


def is_running(pid: int) -> bool:
    return state(pid) not in ("", "Z")


def state(pid: int) -> str:
    """Return the letter for a process's state: T is stopped."""
    if Path("/proc/self").exists():  # a small machine has no ps
        try:
            return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][:1]
        except (FileNotFoundError, ProcessLookupError):
            return ""
    return subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout[:1]


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError("waited in vain")
        time.sleep(0.02)


# --- what becomes of an invocation -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """A handler that fails, and what its invoker gets; twice, since an environment may be another the second time."""

    target: str
    kind: str
    error_type: str
    message: str
    members: tuple[str, ...] = ()
    timeout: float = 20
    init_timeout: float = 20


REPORTED = ("requestId", "stackTrace")
EXIT = "RequestId: ID Error: Runtime exited with error: "
FAILURES = [
    Case("handlers:error", "error", "ValueError", "no such item", REPORTED),
    Case(
        "handlers:unserialisable",
        "error",
        "Runtime.MarshalError",
        "Unable to marshal response: Object of type object is not JSON serializable",
        REPORTED,
    ),
    Case(
        "handlers:oversize",
        "size",
        "Function.ResponseSizeTooLarge",
        "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
    ),
    Case("handlers:crash", "exit", "Runtime.ExitError", EXIT + "exit status 3"),
    Case("handlers:exits", "exit", "Runtime.ExitError", EXIT + "exit status 1"),
    Case("handlers:killed", "exit", "Runtime.ExitError", EXIT + "signal: killed"),
    Case(
        "handlers:leave", "exit", "Runtime.ExitError", "RequestId: ID Error: Runtime exited without providing a reason"
    ),
    Case(
        "handlers:sleeps",
        "timeout",
        "Sandbox.Timedout",
        "RequestId: ID Error: Task timed out after 1.00 seconds",
        timeout=1,
    ),
    Case(
        "handlers:nothing",
        "init",
        "Runtime.HandlerNotFound",
        "Handler 'nothing' missing on module 'handlers'",
        REPORTED,
    ),
    Case(
        "broken:x",
        "init",
        "Runtime.ImportModuleError",
        "Unable to import module 'broken': No module named 'nothing_here'",
        REPORTED,
    ),
    Case("raising:x", "init", "KeyError", "'setting'", REPORTED),
    Case(
        "syntax:x",
        "init",
        "Runtime.UserCodeSyntaxError",
        "Syntax error in module 'syntax': invalid syntax (syntax.py, line 1)",
        REPORTED,
    ),
    Case("exiting:x", "exit", "Runtime.ExitError", EXIT + "exit status 4"),
    Case(
        "hanging:x",
        "timeout",
        "Sandbox.Timedout",
        "RequestId: ID Error: Task timed out after 0.50 seconds",
        timeout=0.5,
        init_timeout=0.5,
    ),
]
each_failure = pytest.mark.parametrize("case", FAILURES, ids=lambda case: case.target)


@each_failure
def test_failure(start: Start, case: Case) -> None:
    runtime = start(case.target, timeout=case.timeout, init_timeout=case.init_timeout)
    kind, payload = failure(runtime)
    assert {name: payload[name] for name in ("errorType", "errorMessage")} == {
        "errorType": case.error_type,
        "errorMessage": case.message,
    }
    assert (kind, payload.keys()) == (case.kind, {"errorType", "errorMessage", *case.members})


def test_success(start: Start) -> None:
    event = {"path": "/ä", "long": "x" * 3000}  # more than 2048 bytes reach the runtime in chunks
    assert invoke(start("handlers:success"), event) == {
        "event": event,
        "arn": "arn:aws:lambda:us-east-1:123456789012:function:local",
        "text": "grüße",
    }


def test_largest_result(start: Start) -> None:
    assert len(invoke(start("handlers:largest"))) == 6 * 1024 * 1024 + 98


def test_init_again_in_the_invocation(start: Start) -> None:
    """What takes longer than init's ten seconds is tried again in the function's own time."""

    class Noting(Log):
        def __call__(self, line: str) -> None:
            super().__call__(line)
            if line.startswith("INIT_REPORT"):
                Path("reported").touch()

    log = Noting()
    assert invoke(start("later:handler", log, init_timeout=0.5, timeout=60)) == "later"
    assert log.shape() == [
        "INIT_START Runtime Version: #",
        "INIT_REPORT Init Duration: # ms\tPhase: init\tStatus: timeout",
        "START RequestId: ID Version: $LATEST",
        "END RequestId: ID",
        "REPORT RequestId: ID\tDuration: # ms\tBilled Duration: # ms\tMemory Size: # MB\tMax Memory Used: # MB",
    ]


# --- the log ---------------------------------------------------------------------------------------------------------

START, END = "START RequestId: ID Version: $LATEST", "END RequestId: ID"
WARM = "REPORT RequestId: ID\tDuration: # ms\tBilled Duration: # ms\tMemory Size: # MB\tMax Memory Used: # MB"
COLD = WARM + "\tInit Duration: # ms"
INIT = "INIT_START Runtime Version: #"
LINES = ["a line", "and one to stderr"]
FAILED_IMPORT = "[ERROR] Runtime.ImportModuleError: Unable to import module 'broken': No module named 'nothing_here'"
FAILED_INIT = "Status: error\tError Type: Runtime.ImportModuleError"
TRACEBACK = "Traceback (most recent call last):"
LOGS = {
    "handlers:success": [INIT, START, *LINES, END, COLD, START, *LINES, END, WARM],
    "handlers:crash": [
        *[INIT, START, EXIT + "exit status 3", "Runtime.ExitError", END],
        COLD + "\tStatus: error\tError Type: Runtime.ExitError",
    ]
    * 2,
    "handlers:sleeps": [INIT, START, "# ID Task timed out after 0.50 seconds", END, COLD + "\tStatus: timeout"] * 2,
    "broken:x": [
        *[INIT, FAILED_IMPORT, TRACEBACK, f"INIT_REPORT Init Duration: # ms\tPhase: init\t{FAILED_INIT}"],
        *[FAILED_IMPORT, TRACEBACK, f"INIT_REPORT Init Duration: # ms\tPhase: invoke\t{FAILED_INIT}"],
        *[START, END, f"{WARM}\t{FAILED_INIT}"],
    ]
    * 2,
}


@pytest.mark.parametrize("target", LOGS)
def test_log(start: Start, target: str) -> None:
    """Two invocations, to the line as recorded logs of 2024 to 2026 have it."""
    log = Log()
    runtime = start(target, log, timeout=0.5 if target == "handlers:sleeps" else 20)
    for _ in range(2):
        try:
            invoke(runtime)
        except InvocationFailedError:
            pass
    assert log.shape() == LOGS[target]


def test_report_figures() -> None:
    """The recorded lines themselves."""
    from lambdabridge.gateway.runtime.failures import exited, timed_out
    from lambdabridge.gateway.runtime.report import report

    assert report("5b3aa800", 1248.31, 128, 94, 293.05, exited("5b3aa800", 1)) == (
        "REPORT RequestId: 5b3aa800\tDuration: 1248.31 ms\tBilled Duration: 1542 ms\tMemory Size: 128 MB"
        "\tMax Memory Used: 94 MB\tInit Duration: 293.05 ms\tStatus: error\tError Type: Runtime.ExitError"
    )
    assert report("d602a1ed", 600000.0, 1536, 1035, 476.75, timed_out("d602a1ed", 600)) == (
        "REPORT RequestId: d602a1ed\tDuration: 600000.00 ms\tBilled Duration: 600477 ms\tMemory Size: 1536 MB"
        "\tMax Memory Used: 1035 MB\tInit Duration: 476.75 ms\tStatus: timeout"
    )
    assert report("bdace18c", 2.85, 1024, 64) == (
        "REPORT RequestId: bdace18c\tDuration: 2.85 ms\tBilled Duration: 3 ms\tMemory Size: 1024 MB\tMax Memory Used: 64 MB"
    )


# --- environments ----------------------------------------------------------------------------------------------------


def ask(runtime: RuntimeEnvironment, folder: Path, token: object, **more: Any) -> asyncio.Task[Any]:
    event = {"token": token, "file": str(folder / "tokens"), **more}
    return asyncio.ensure_future(runtime.invoke(event, ""))


def tokens(folder: Path) -> list[str]:
    return (folder / "tokens").read_text().split() if (folder / "tokens").exists() else []


async def until(condition: Callable[[], bool]) -> None:
    await asyncio.get_running_loop().run_in_executor(None, wait_for, condition)


def test_none_lost_mixed_up_or_repeated(start: Start, folder: Path) -> None:
    """With a crash here and there, whose process the requests that wait must not miss."""
    runtime = start("handlers:token", concurrency=3, queue=60)
    crashes = range(10, 300, 50)

    async def ask_all() -> list[Any]:
        asked = [ask(runtime, folder, token, crash=token in crashes) for token in range(300)]
        return await asyncio.gather(*asked, return_exceptions=True)

    answers = run(ask_all())
    told = [answer.kind if isinstance(answer, InvocationFailedError) else answer["token"] for answer in answers]
    assert told == ["exit" if token in crashes else token for token in range(300)]
    assert sorted(map(int, tokens(folder))) == list(range(300))
    assert len(runtime.pids) <= 3


def test_a_crash_fails_its_own_request_only(start: Start, folder: Path) -> None:
    runtime = start("handlers:token", concurrency=3)
    gate = str(folder / "gate")

    async def ask_three() -> tuple[list[Any], str, set[int], Any]:
        held = [ask(runtime, folder, token, gate=gate) for token in ("a", "b")]
        await until(lambda: len(tokens(folder)) == 2)
        with pytest.raises(InvocationFailedError) as caught:
            await ask(runtime, folder, "c", crash=True)
        left = runtime.pids
        Path(gate).touch()
        return await asyncio.gather(*held), caught.value.kind, left, await ask(runtime, folder, "d")

    held, kind, left, last = run(ask_three())
    assert ([answer["token"] for answer in held], kind, last["token"]) == (["a", "b"], "exit", "d")
    assert left == {answer["pid"] for answer in held}


def test_throttled_beyond_concurrency(start: Start, folder: Path) -> None:
    runtime = start("handlers:token", concurrency=1)
    gate = str(folder / "gate")

    async def ask_two() -> tuple[Any, str, str]:
        held = ask(runtime, folder, "a", gate=gate)
        await until(lambda: tokens(folder) == ["a"])
        with pytest.raises(InvocationFailedError) as caught:
            await ask(runtime, folder, "b")
        Path(gate).touch()
        return await held, caught.value.kind, caught.value.error_type

    answer, *refused = run(ask_two())
    assert (answer["token"], refused, tokens(folder)) == ("a", ["throttled", "TooManyRequestsException"], ["a"])


def test_one_after_the_other_needs_one_environment(start: Start, folder: Path) -> None:
    runtime = start("handlers:token", concurrency=1)

    async def ask_each() -> list[Any]:
        return [await ask(runtime, folder, token) for token in range(20)]

    assert len({answer["pid"] for answer in run(ask_each())}) == 1


def test_most_recently_used_first(start: Start, folder: Path) -> None:
    runtime = start("handlers:token", concurrency=2)

    async def ask_in_order() -> list[int]:
        gates = [str(folder / name) for name in "ab"]
        held = []
        for token, gate in zip("ab", gates, strict=True):
            held.append(ask(runtime, folder, token, gate=gate))
            await until(lambda token=token: token in tokens(folder))  # type: ignore[misc]
        pids = []
        for gate, task in zip(reversed(gates), reversed(held), strict=True):
            Path(gate).touch()
            pids.append((await task)["pid"])
        return [*pids, (await ask(runtime, folder, "c"))["pid"], (await ask(runtime, folder, "d"))["pid"]]

    first, second, *later = run(ask_in_order())
    assert first != second
    assert later == [second, second]


def test_timeout_ends_the_process_and_the_next_starts_cold(start: Start, folder: Path) -> None:
    runtime = start("handlers:token", timeout=2)
    warm = invoke(runtime, {"token": "a", "file": str(folder / "tokens")})["pid"]
    assert failure(runtime, {"token": "b", "file": str(folder / "tokens"), "gate": "never"})[0] == "timeout"
    assert not is_running(warm)
    assert invoke(runtime, {"token": "c", "file": str(folder / "tokens")})["pid"] != warm


def test_an_invoker_that_is_gone(start: Start, folder: Path) -> None:
    """The function goes on, as on Lambda, and its environment takes the next."""
    runtime = start("handlers:token", concurrency=1, queue=60)

    async def leave() -> Any:
        task = ask(runtime, folder, "a", gate=str(folder / "gate"))
        await until(lambda: tokens(folder) == ["a"])
        (pid,) = runtime.pids
        task.cancel()
        (folder / "gate").touch()
        return pid, (await ask(runtime, folder, "b"))["pid"]

    before, after = run(leave())
    assert before == after


def test_a_front_door_that_stops_waiting(start: Start, folder: Path) -> None:
    """The function runs on, and its environment takes the next."""
    runtime = start("handlers:token", concurrency=1, queue=60)

    async def wait_a_little() -> tuple[str, Any]:
        event = {"token": "a", "file": str(folder / "tokens"), "gate": str(folder / "gate")}
        with pytest.raises(StoppedWaiting) as caught:
            await runtime.invoke(event, "", patience=0.05)
        (folder / "gate").touch()
        return str(caught.value), await ask(runtime, folder, "b")

    reason, answer = run(wait_a_little())
    assert reason == "the function did not answer within 0.05 seconds"
    assert (answer["token"], tokens(folder)) == ("b", ["a", "b"])


@pytest.mark.parametrize(("freeze", "letters"), [(True, "T"), (False, "SR")], ids=["frozen", "not frozen"])
def test_freeze(start: Start, freeze: bool, letters: str) -> None:
    runtime = start("handlers:ticks", freeze=freeze)
    invoke(runtime)
    (pid,) = runtime.pids
    for _ in range(3):
        wait_for(lambda: state(pid) in letters)
        ticks = invoke(runtime)
        wait_for(lambda ticks=ticks: invoke(runtime) > ticks)  # type: ignore[misc]


def test_provisioned(start: Start) -> None:
    log = Log()
    runtime = start("handlers:success", log, provisioned=2, concurrency=2)
    assert (len(runtime.pids), log.shape()) == (2, [INIT, INIT])
    invoke(runtime)
    assert log.shape()[2:] == [START, *LINES, END, COLD]


# --- ends ------------------------------------------------------------------------------------------------------------


def test_stop_leaves_no_process(start: Start) -> None:
    runtime = start("handlers:child")
    pids = invoke(runtime)
    assert [is_running(pid) for pid in pids] == [True, True]
    runtime.stop()
    wait_for(lambda: not any(map(is_running, pids)))


def test_stop_fails_what_runs(start: Start, folder: Path) -> None:
    runtime = start("handlers:token")

    async def stop_meanwhile() -> str:
        task = ask(runtime, folder, "a", gate="never")
        await until(lambda: tokens(folder) == ["a"])
        await asyncio.get_running_loop().run_in_executor(None, runtime.stop)
        with pytest.raises(InvocationFailedError) as caught:
            await task
        return caught.value.kind

    assert run(stop_meanwhile()) == "stopped"


GATEWAY = """
import asyncio, time
from lambdabridge.gateway.runtime.function import Function
from lambdabridge.gateway.runtime.service import RuntimeEnvironment
runtime = RuntimeEnvironment(Function("handlers:child"))
runtime.start()
print(*asyncio.run(runtime.invoke({}, "")), flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=lambda number: number.name)
def test_no_orphan_when_the_gateway_is_killed(folder: Path, number: signal.Signals) -> None:
    """With frozen processes, which a signal that can be handled would not end."""
    with subprocess.Popen([sys.executable, "-c", GATEWAY], stdout=subprocess.PIPE, text=True) as gateway:
        try:
            assert gateway.stdout is not None
            pids = [int(word) for word in gateway.stdout.readline().split()]
            assert [is_running(pid) for pid in pids] == [True, True]
            gateway.send_signal(number)
            gateway.wait(20)
        finally:
            gateway.kill()
    wait_for(lambda: not any(map(is_running, pids)))


# --- targets ---------------------------------------------------------------------------------------------------------

TARGETS = {
    "an application": ("handlers:app", "auto"),
    "an application in a file": ("handlers.py:app", "auto"),
    "an application, interface given": ("handlers:app", "wsgi"),
    "a handler made by bridge()": ("bridged:handler", "auto"),
    "an application beside its handler": ("bridged.py:app", "auto"),
}


@pytest.mark.parametrize(("target", "interface"), TARGETS.values(), ids=TARGETS)
def test_target_through_the_front_door(start: Start, target: str, interface: str) -> None:
    runtime = start(target, interface=interface)

    async def call(event: Any) -> object:
        return await runtime.invoke(event, "00000000-0000-4000-8000-000000000001")

    answer = run(front_door("http").answer(request_of(Scenario("x", "/a")), call))
    assert (answer.response.status, answer.response.body) == (200, b"GET /a by 00000000-0000-4000-8000-000000000001")


def test_failure_through_the_front_door(start: Start) -> None:
    runtime = start("handlers:crash")

    async def call(event: Any) -> object:
        return await runtime.invoke(event, "")

    answer = run(front_door("http").answer(request_of(Scenario("x", "/a")), call))
    assert (answer.response.status, answer.response.body) == (500, b'{"message":"Internal Server Error"}')
    assert re.fullmatch(
        "the function failed: Runtime.ExitError: RequestId: .{36} Error: Runtime exited with error: exit status 3",
        answer.reason,
    )


def test_variables(start: Start, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MINE", "kept")
    monkeypatch.setenv("AWS_LAMBDA_MAX_CONCURRENCY", "16")
    seen = invoke(start("handlers.py:variables", name="shop", memory=256, region="eu-west-1"))
    api, stream = seen.pop("AWS_LAMBDA_RUNTIME_API"), seen.pop("AWS_LAMBDA_LOG_STREAM_NAME")
    assert re.fullmatch(r"127\.0\.0\.1:\d+", api)
    assert re.fullmatch(r"\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}", stream)
    assert re.fullmatch(r"Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0", seen.pop("_X_AMZN_TRACE_ID"))
    seen.pop("LC_CTYPE", None)  # Python's own, where the machine has not the locale that LANG names (PEP 538)
    assert {name: value for name, value in seen.items() if os.environ.get(name) != value} == {
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python{}.{}".format(*sys.version_info),
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        "AWS_LAMBDA_FUNCTION_NAME": "shop",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/shop",
        "AWS_REGION": "eu-west-1",
        "LAMBDA_TASK_ROOT": str(folder),
        "LANG": "en_US.UTF-8",
        "PYTHONIOENCODING": "utf-8",
        "TZ": ":UTC",
        "_HANDLER": "handlers.variables",
    }
    assert seen["MINE"] == "kept"


REFUSED = {
    "no module": (Function("nothere:app"), "There is no module 'nothere' on the import path (for 'nothere:app')."),
    "no file": (Function("nothere.py:app"), "There is no file 'nothere.py' (for 'nothere.py:app')."),
    "concurrency": (Function("handlers:app", concurrency=0), "--concurrency 0: expected 1 or more."),
    "provisioned": (
        Function("handlers:app", concurrency=2, provisioned=3),
        "--provisioned 3: expected 0 to 2, which is --concurrency.",
    ),
    "timeout": (
        Function("handlers:app", timeout=901),
        "--timeout 901: expected more than 0 and at most 900 seconds.",
    ),
    "memory": (Function("handlers:app", memory=64), "--memory 64: expected 128 to 10240 MB."),
    "queue": (Function("handlers:app", queue=-1), "--queue -1: expected 0 to 3600 seconds."),
}


@pytest.mark.parametrize(("function", "sentence"), REFUSED.values(), ids=REFUSED)
def test_refused(folder: Path, function: Function, sentence: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        RuntimeEnvironment(function).start()
    assert str(caught.value) == sentence


# --- streamed responses ----------------------------------------------------------------------------------------------


async def pieces(
    stream: AsyncIterator[bytes], after_first: Callable[[], None] = lambda: None
) -> tuple[bytes, bytes, str]:
    """Return the first piece, the rest, and the kind of a failure in the middle."""
    first, rest = b"", b""
    try:
        async for chunk in stream:
            if first:
                rest += chunk
            else:
                first = chunk
                after_first()
    except InvocationFailedError as error:
        return first, rest, f"{error.kind} {error.error_type}"
    return first, rest, ""


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({}, (b"first", b"second", "")),
        ({"fail": True}, (b"first", b"second", "error ValueError")),
        ({"crash": True}, (b"first", b"", "exit Runtime.ExitError")),
    ],
    ids=["whole", "error trailers", "crash in the middle"],
)
def test_streamed(start: Start, folder: Path, event: dict[str, Any], expected: tuple[bytes, bytes, str]) -> None:
    """The gate opens when the first piece is here: it came before the response was whole."""
    runtime = start("streaming:handler")
    gate = folder / "gate"
    assert run(pieces(runtime.stream({**event, "gate": str(gate)}, ""), gate.touch)) == expected
    gate.touch()
    assert run(pieces(runtime.stream({}, ""))) == (b"first", b"second", "")


def test_buffered_where_a_stream_may_come(start: Start) -> None:
    assert run(pieces(start("handlers:success").stream({}, "")))[1:] == (b"", "")


# --- the Runtime API itself ------------------------------------------------------------------------------------------

ROOT = "/2018-06-01/runtime"
STATE = {"errorType": "InvalidStateTransition"}
PROTOCOL = [
    ("POST", "/invocation/other/response", {}, 400, "InvalidRequestID"),
    (
        "POST",
        "/invocation/{id}/response",
        {"Lambda-Runtime-Function-Response-Mode": "x"},
        400,
        "InvalidFunctionResponseMode",
    ),
    ("POST", "/invocation/{id}/response", {"Lambda-Runtime-Invocation-Id": "x"}, 400, "InvalidInvocationID"),
    ("GET", "/invocation/next", {}, 403, "InvalidStateTransition"),
    ("POST", "/init/error", {}, 403, "InvalidStateTransition"),
    ("GET", "/nothing", {}, 404, ""),
    ("DELETE", "/invocation/{id}/response", {}, 404, ""),
    ("POST", "/invocation/{id}/response", {}, 202, ""),
    ("POST", "/invocation/{id}/response", {}, 403, "InvalidStateTransition"),
    ("POST", "/invocation/{id}/error", {}, 403, "InvalidStateTransition"),
]


def test_runtime_api() -> None:
    """One runtime client that makes each mistake in turn; the response in between is taken."""
    from lambdabridge.gateway.runtime.api import RuntimeApi
    from lambdabridge.gateway.runtime.exchange import Exchange, Invocation

    seen: list[tuple[int, str]] = []
    headers: dict[str, str] = {}

    def client(address: str) -> None:
        connection = http.client.HTTPConnection(address, timeout=20)
        connection.request("GET", f"{ROOT}/invocation/next")
        response = connection.getresponse()
        headers.update(response.headers.items())
        response.read()
        for method, path, given, *_ in PROTOCOL:
            connection.request(method, ROOT + path.format(id="1"), b'"body"' if method == "POST" else None, given)
            response = connection.getresponse()
            found = re.search(rb'"errorType":"(\w+)"', response.read())
            seen.append((response.status, found[1].decode() if found else ""))
        connection.close()

    async def serve() -> object:
        exchange = Exchange()
        api = RuntimeApi(exchange)
        address = await api.start()
        loop = asyncio.get_running_loop()
        asking = loop.run_in_executor(None, client, address)
        await exchange.ready
        invocation = Invocation(b"{}", "1", "arn", "Root=1", loop.create_future(), "one")
        exchange.deliver(invocation, 3)
        await asking
        await api.close()
        invocation.finish()
        return await invocation.answered

    assert run(serve()) == b'"body"'
    assert seen == [(status, error_type) for *_, status, error_type in PROTOCOL]
    assert int(headers.pop("Lambda-Runtime-Deadline-Ms")) > 1_700_000_000_000
    assert {name.title(): value for name, value in headers.items()} == {
        "Content-Length": "2",
        "Content-Type": "application/json",
        "Lambda-Runtime-Aws-Request-Id": "1",
        "Lambda-Runtime-Invocation-Id": "one",
        "Lambda-Runtime-Invoked-Function-Arn": "arn",
        "Lambda-Runtime-Trace-Id": "Root=1",
    }


# --- beside AWS's emulator -------------------------------------------------------------------------------------------

DIFFERENCES: dict[str, tuple[Any, str]] = {
    "handlers:sleeps": (
        "Task timed out after 1.00 seconds",
        "RIE answers in plain text; Lambda's payload is Sandbox.Timedout (seen in 2024)",
    ),
    "exiting:x": ("", "RIE answers nothing; Lambda's payload is Runtime.ExitError (recorded)"),
    "raising:x": (..., "the traceback runs through entry.py: compared without stackTrace"),
    "hanging:x": (None, "RIE has no limit on init and takes whole seconds: not asked"),
}


@pytest.fixture
def emulator(folder: Path) -> Iterator[Callable[[Case], Any]]:
    processes: list[subprocess.Popen[bytes]] = []

    def call(case: Case) -> Any:
        ports = free_ports()
        command = [RIE, "--log-level", "error", "--runtime-interface-emulator-address", f"127.0.0.1:{ports[0]}"]
        command += ["--runtime-api-address", f"127.0.0.1:{ports[1]}"]
        command += [sys.executable, "-m", "awslambdaric", case.target.replace(":", ".")]
        environment = {**os.environ, "AWS_LAMBDA_FUNCTION_TIMEOUT": f"{case.timeout:.0f}"}
        silent = subprocess.DEVNULL
        processes.append(
            subprocess.Popen(command, env=environment, stdout=silent, stderr=silent, start_new_session=True)
        )
        wait_for(lambda: listens(ports[0]))
        connection = http.client.HTTPConnection("127.0.0.1", ports[0], timeout=60)
        try:
            connection.request("POST", "/2015-03-31/functions/function/invocations", b"{}")
            body = connection.getresponse().read()
        finally:
            connection.close()
        return normal(body) if body.startswith((b"{", b'"')) else body.decode()

    yield call
    for process in processes:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def free_ports() -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def listens(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.skipif(not RIE, reason="LAMBDABRIDGE_RIE names no Runtime Interface Emulator")
@each_failure
def test_like_the_emulator(start: Start, emulator: Callable[[Case], Any], case: Case) -> None:
    expected, reason = DIFFERENCES.get(case.target, (..., ""))
    if expected is None:
        pytest.skip(reason)
    ours = failure(start(case.target, timeout=case.timeout))[1]
    theirs = emulator(case)
    if reason and expected is ...:
        del ours["stackTrace"], theirs["stackTrace"]
    assert theirs == (ours if expected is ... else expected)


@pytest.mark.skipif(not RIE, reason="LAMBDABRIDGE_RIE names no Runtime Interface Emulator")
def test_success_like_the_emulator(start: Start, emulator: Callable[[Case], Any]) -> None:
    ours = invoke(start("handlers:success"))
    theirs = emulator(replace(FAILURES[0], target="handlers:success"))
    assert theirs == {**ours, "arn": "arn:aws:lambda:us-east-1:012345678912:function:test_function"}
