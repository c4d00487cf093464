"""One measured process: start, CPU time, run-queue delay, memory, end. What only Linux tells is None elsewhere.

It leads a session of its own, so that Ctrl-C in the terminal is this command's alone and its end reaches its children too.
What it prints goes to a file without a name, which nobody has to read while it runs.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from lambdabridge.gateway.runtime import watch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import FrameType

HAS_PROC = os.path.exists("/proc/self/schedstat")
_OUTPUT = 200_000
"""Bytes of output that are kept, the last ones."""


class Process:
    """Started when it is made; use it in a `with` statement, which ends it."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], folder: str, guard: Guard) -> None:
        self._guard = guard
        self._printed = tempfile.TemporaryFile()  # noqa: SIM115 - closed by end()
        self.began = time.perf_counter()
        with without_signals():  # Ctrl-C while it starts would leave a process that nobody knows
            try:
                self._process = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=self._printed,
                    stderr=self._printed,
                    env=dict(environment),
                    cwd=folder,
                    start_new_session=True,
                )
            except BaseException:
                self._printed.close()
                raise
            self.pid = self._process.pid
            guard.tell("+", self.pid)

    def is_alive(self) -> bool:
        """Return whether it runs."""
        return self._process.poll() is None

    def status(self, seconds: float = 0) -> int | None:
        """Return its exit status, below zero for a signal; None while it runs, also after so many seconds."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def cpu_seconds(self) -> float | None:
        """Return the CPU time of all its threads, also of those that have ended."""
        if not HAS_PROC:
            return None
        try:  # the clock of another process, by its number as the kernel has it (clock_getcpuclockid(3) makes it)
            return time.clock_gettime((~self.pid << 3) | 2)
        except OSError:
            return None

    def delay_seconds(self) -> float | None:
        """Return how long its main thread was ready to run and did not: another one had the CPU."""
        try:
            with open(f"/proc/{self.pid}/schedstat", encoding="ascii") as file:
                return int(file.read().split()[1]) / 1e9
        except (OSError, IndexError):
            return None

    def memory(self) -> tuple[float | None, float | None]:
        """Return the memory that it has resident now, and the most that it had, in MB."""
        found: dict[str, float] = {}
        try:
            with open(f"/proc/{self.pid}/status", encoding="utf-8", errors="replace") as file:
                for line in file:
                    name, _, value = line.partition(":")
                    if name in ("VmRSS", "VmHWM"):
                        found[name] = int(value.split()[0]) / 1024
        except OSError:
            pass
        return found.get("VmRSS"), found.get("VmHWM")

    def output(self) -> str:
        """Return the end of what it has printed until now."""
        size = self._printed.seek(0, os.SEEK_END)
        self._printed.seek(max(size - _OUTPUT, 0))
        text = self._printed.read().decode(errors="replace")
        self._printed.seek(0, os.SEEK_END)  # the process writes on at the same position
        return text.replace("\r\n", "\n").replace("\r", "\n")  # as CloudWatch shows it

    def __enter__(self) -> Process:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()
        self._printed.close()

    def end(self) -> None:
        """Kill all of it, as Lambda does, and wait for that."""
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
        self._process.wait()
        self._guard.tell("-", self.pid)


@contextmanager
def without_signals() -> Iterator[None]:
    """Let Ctrl-C and other ends wait until the block is done; elsewhere than in the main thread none comes."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[tuple[int, FrameType | None]] = []
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    theirs = {number: handler for number, handler in handlers.items() if callable(handler)}
    for number in theirs:
        signal.signal(number, lambda number, frame: came.append((number, frame)))
    try:
        yield
    finally:
        for number, handler in theirs.items():
            signal.signal(number, handler)
        for found, frame in came[:1]:
            theirs[signal.Signals(found)](found, frame)


class Guard:
    """Ends the processes when this one was killed and can't: gateway/runtime/watch.py does it. In a `with` statement."""

    def __enter__(self) -> Guard:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(Path(watch.__file__))], stdin=subprocess.PIPE, start_new_session=True
        )
        return self

    def tell(self, what: str, group: int) -> None:
        """Say that a process group is there ("+"), or is no more ("-")."""
        pipe = self._process.stdin
        if pipe is not None:
            try:
                pipe.write(f"{what}{group}\n".encode())
                pipe.flush()
            except BrokenPipeError:  # somebody ended it; the rest goes on without
                pass

    def __exit__(self, *_: object) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait()


def wait_for_quiet(seconds: float = 0.2) -> None:
    """Wait until the CPUs were idle for a moment, so long at most."""
    end = time.perf_counter() + seconds
    before = _busy()
    while before is not None and time.perf_counter() < end:
        time.sleep(0.04)
        now = _busy()
        if now is None or now == before:  # it counts in hundredths of a second
            return
        before = now


def _busy() -> int | None:
    """Return how long all CPUs have worked together, in ticks; None where the system does not say."""
    try:
        with open("/proc/stat", encoding="ascii") as file:
            user, nice, system = file.readline().split()[1:4]
    except (OSError, ValueError):
        return None
    return int(user) + int(nice) + int(system)


class Pinned:
    """A CPU for this thread and one for what it starts, where there are two; in a `with` statement."""

    def __init__(self) -> None:
        has_affinity = sys.platform == "linux"
        self._all = os.sched_getaffinity(0) if has_affinity else set()
        self.is_possible = len(self._all) >= 2

    def __enter__(self) -> Pinned:
        self.here()
        return self

    def here(self) -> None:
        """Go to this thread's CPU."""
        self._to({min(self._all)} if self.is_possible else set())

    def there(self) -> None:
        """Go to the other CPU: a process that is started now stays there."""
        self._to({max(self._all)} if self.is_possible else set())

    def __exit__(self, *_: object) -> None:
        self._to(self._all)

    def _to(self, cpus: set[int]) -> None:
        if self.is_possible and cpus and sys.platform == "linux":
            os.sched_setaffinity(0, cpus)
