"""One process and what it starts: output in whole lines, memory, stop and continue, end.

It leads a session of its own, so that Ctrl-C in the terminal is the gateway's alone and a signal reaches its children too.
What it prints goes through one pipe, in the order in which it was printed.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_LINE = 1024 * 1024
"""Bytes of a line that are logged before its end: as much as CloudWatch takes for one event."""


class Process:
    """A process that was started; `exited` is its status, below zero for a signal."""

    exited: asyncio.Task[int]

    def __init__(self, log: Callable[[str], None]) -> None:
        self.pid = 0
        self._log = log
        self._frozen = False
        self._peak = 0
        self._rest = b""
        self._output = -1

    async def start(self, command: list[str], environment: dict[str, str], folder: str) -> None:
        """Start it; its standard input is empty."""
        self._output, into = os.pipe()
        os.set_blocking(self._output, False)
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=into,
                stderr=into,
                env=environment,
                cwd=folder,
                start_new_session=True,
            )
        except BaseException:
            os.close(self._output)
            raise
        finally:
            os.close(into)
        self.pid = process.pid
        self.exited = asyncio.ensure_future(process.wait())
        asyncio.get_running_loop().add_reader(self._output, self.flush)

    def flush(self, *, ended: bool = False) -> None:
        """Log what it has printed until now; the last line, if it has no end yet, only when no more is to come."""
        while self._output >= 0:
            try:
                read = os.read(self._output, 65536)
            except BlockingIOError:
                break
            if not read:
                self._close_output()
            *lines, self._rest = (self._rest + read).split(b"\n")
            for line in lines:
                self._print(line)
            if len(self._rest) > _LINE:
                self._print(self._rest)
                self._rest = b""
        if self._rest and (ended or self._output < 0):
            self._print(self._rest)
            self._rest = b""

    def _print(self, line: bytes) -> None:
        """Log one line as CloudWatch shows it: awslambdaric ends the lines of a traceback with a carriage return."""
        self._log(line.decode(errors="replace").rstrip("\r").replace("\r", "\n"))

    def _close_output(self) -> None:
        if self._output >= 0:
            asyncio.get_running_loop().remove_reader(self._output)
            os.close(self._output)
            self._output = -1

    def freeze(self) -> None:
        """Stop all of it, until thaw()."""
        self._frozen = self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        if self._frozen:
            self._frozen = False
            self._signal(signal.SIGCONT)

    def peak_memory(self) -> int:
        """Return the most memory that it has had resident, in MB, as far as it is known; its children do not count."""
        try:
            with open(f"/proc/{self.pid}/status", encoding="ascii", errors="replace") as status:
                kilobytes = next((int(line.split()[1]) for line in status if line.startswith("VmHWM:")), 0)
        except OSError:  # no Linux, or it has ended
            kilobytes = _resident(self.pid) if not os.path.isdir("/proc/self") else 0
        self._peak = max(self._peak, -(-kilobytes // 1024))
        return self._peak

    async def end(self) -> None:
        """Kill what is left of it and return when it is gone. Lambda sends no SIGTERM first where there is no extension."""
        self._signal(signal.SIGKILL)
        await self.exited
        self.flush(ended=True)
        self._close_output()

    def _signal(self, number: signal.Signals) -> bool:
        try:
            os.killpg(self.pid, number)
        except (ProcessLookupError, PermissionError):  # none is left; macOS says EPERM where there are zombies only
            return False
        return True


def _resident(pid: int) -> int:
    """Return the kilobytes that a process has resident now, where there is no /proc."""
    found = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return int(found) if found.strip().isdigit() else 0
