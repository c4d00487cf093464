"""A part of a CPU, as Lambda gives it: memory / 1769 MB of one.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html

Two ways, the first that can be had here:
- the quota of a cgroup (v1, controller `cpu`) that is made for one process and removed with it: needs to be root, mostly;
- stopping and continuing the process (SIGSTOP, SIGCONT) in the same rhythm: needs nothing but a second CPU.

The period of 20 ms is what others found on Lambda, not documented. Two models of init: "throttled" has the share from the
process's start on; "boosted" only from its first event on: functions on demand are reported to have a whole CPU during init.
Above 1769 MB nothing is throttled: a second CPU would help only what has threads.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

FULL = 1769
"""MB at which a function has one CPU."""
PERIOD = 0.020
_CONTROLLER = Path("/sys/fs/cgroup/cpu")
_NAME = "lambdabridge-cold-"


def share_of(memory: int | None) -> float | None:
    """Return the part of one CPU for a memory size; None for all of it."""
    return None if memory is None or memory >= FULL else memory / FULL


class Unthrottled:
    """No throttle: the whole CPU. Also what the others are like."""

    name = ""

    def enter(self) -> None:
        """Before the process is started, by the thread that starts it: what it starts is in the group."""

    def started(self, pid: int) -> None:
        """After it was started."""

    def limit(self, share: float | None) -> None:
        """Give it this part of a CPU from now on."""

    def leave(self) -> None:
        """After its end. Can be called twice."""


class Quota(Unthrottled):
    """A cgroup's quota."""

    name = "by the quota of a cgroup (period 20 ms)"

    def __init__(self, controller: Path = _CONTROLLER) -> None:
        self._group = controller / f"{_NAME}{os.getpid()}-{threading.get_native_id()}"
        self._home = controller / _own_group().lstrip("/")
        self._is_made = False

    def enter(self) -> None:
        """Put this thread into the group: the process that it starts is in it too."""
        self._group.mkdir(exist_ok=True)
        self._is_made = True
        self._write("cpu.cfs_period_us", str(int(PERIOD * 1e6)))
        self._write("tasks", str(threading.get_native_id()))  # this thread alone: the process inherits its group

    def started(self, pid: int) -> None:
        """Take this thread out again."""
        (self._home / "tasks").write_text(str(threading.get_native_id()))

    def limit(self, share: float | None) -> None:
        """Set the quota."""
        self._write("cpu.cfs_quota_us", "-1" if share is None else str(max(int(share * PERIOD * 1e6), 1000)))

    def leave(self) -> None:
        """Remove the group."""
        if not self._is_made:
            return
        try:
            (self._home / "tasks").write_text(str(threading.get_native_id()))
        except OSError:  # it never entered
            pass
        for _ in range(50):  # a killed process leaves its group a moment later
            try:
                self._group.rmdir()
                return
            except FileNotFoundError:
                return
            except OSError:
                time.sleep(0.01)

    def _write(self, name: str, value: str) -> None:
        (self._group / name).write_text(value)

    @staticmethod
    def why_not(controller: Path = _CONTROLLER) -> str:
        """Return why there can be none here, as the end of a sentence; "" where there can."""
        if not (controller / "cpu.cfs_quota_us").exists():
            return "there is no cgroup v1 controller `cpu` here"
        _remove_left(controller)
        probe = Quota(controller)
        try:
            probe.enter()
            probe.started(0)
            probe.limit(0.5)
        except OSError as error:
            return f"the cgroup {str(controller)!r} can't be written ({error.strerror})"
        finally:
            probe.leave()
        return ""


class DutyCycle(Unthrottled):
    """SIGSTOP and SIGCONT, from a thread."""

    name = "by stopping and continuing the process (period 20 ms)"

    def __init__(self) -> None:
        self._pid = 0
        self._share: float | None = None
        self._wake = threading.Event()
        self._ended = False
        self._thread: threading.Thread | None = None

    def started(self, pid: int) -> None:
        """Start the thread."""
        self._pid = pid
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def limit(self, share: float | None) -> None:
        """Set the part of each period in which it runs."""
        self._share = share
        self._wake.set()

    def leave(self) -> None:
        """End the thread."""
        self._ended = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _work(self) -> None:
        while not self._ended:
            share = self._share
            if share is None:
                self._signal(signal.SIGCONT)
                self._wake.wait()
                self._wake.clear()
                continue
            began = time.perf_counter()
            self._signal(signal.SIGCONT)
            _sleep_until(began + PERIOD * share)
            if not self._ended:
                self._signal(signal.SIGSTOP)
            _sleep_until(began + PERIOD)
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        try:
            os.killpg(self._pid, number)
        except OSError:  # it has ended
            self._ended = True


def choose() -> tuple[type[Quota] | type[DutyCycle], str]:
    """Return the throttle that can be had here, and a sentence that says how, and why not otherwise."""
    reason = Quota.why_not()
    chosen: type[Quota] | type[DutyCycle] = DutyCycle if reason else Quota
    return chosen, f"CPU shares are made {chosen.name}{f': {reason}' if reason else ''}."


def _sleep_until(moment: float) -> None:
    left = moment - time.perf_counter()
    if left > 0:
        time.sleep(left)


def _own_group() -> str:
    """Return the group of this process below the controller, so that its threads can go back there."""
    for line in Path("/proc/self/cgroup").read_text(encoding="ascii").splitlines():
        _, controllers, group = line.split(":", 2)
        if "cpu" in controllers.split(","):
            return group
    return "/"


def _remove_left(controller: Path) -> None:
    """Remove the groups of those that were killed before they could."""
    for group in controller.glob(f"{_NAME}*"):
        owner = group.name.removeprefix(_NAME).partition("-")[0]
        if not Path("/proc", owner).exists():
            try:
                group.rmdir()
            except OSError:
                pass
