"""What the function writes while it serves a request: standard output and standard error, and so `logging` to them.

sys.stdout and sys.stderr stay what they are for everyone who uses them: each is wrapped once, passes on whatever is asked
of it, and lets the inspector hear what is written. The gateway's own thread is not heard. A function runs one request at a
time, so that whatever other threads write belongs to it, also those that the application started; where several functions
run in this process at once, each one's log has what all of them write.

Not heard: bytes written to sys.stdout.buffer or to the file descriptors (subprocesses, C libraries), and handlers of
`logging` that were made before the wrapping; they still reach the terminal.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

_Hear = Callable[[str, str], None]
_kept: list[Any] = []
"""Every wrapped stream, for good: print() only borrows sys.stdout (up to 3.12), and crashes if it goes meanwhile."""


class _Wrapped:
    """A text stream that lets someone hear what is written; everything else of it is the stream's own."""

    def __init__(self, stream: Any, name: str, hear: _Hear) -> None:
        self._stream = stream
        self._name = name
        self._hear = hear

    def write(self, text: str) -> int:
        written: int = self._stream.write(text)
        self._hear(self._name, text)
        return written

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class Output:
    """Passes what is written to whoever listens; wrap() before the target is imported, so that its handlers are heard."""

    def __init__(self) -> None:
        self._listeners: tuple[_Hear, ...] = ()
        self._silent: int | None = None
        self._wrapped: dict[str, _Wrapped] = {}

    def wrap(self) -> None:
        """Put a wrapped stream in place of each standard one."""
        for name in ("stdout", "stderr"):
            stream = getattr(sys, name)
            if stream is not None and not isinstance(stream, _Wrapped):
                self._wrapped[name] = _Wrapped(stream, name, self._heard)
                _kept.append(self._wrapped[name])
                setattr(sys, name, self._wrapped[name])

    def unwrap(self) -> None:
        """Put the streams back, where nobody else has put something there since."""
        for name, wrapped in self._wrapped.items():
            if getattr(sys, name) is wrapped:
                setattr(sys, name, wrapped._stream)  # noqa: SLF001 - it is of this file
        self._wrapped.clear()

    @contextmanager
    def heard_by(self, listener: _Hear) -> Iterator[None]:
        """Let someone hear what all threads but this one write."""
        self._silent = threading.get_ident()
        self._listeners = (*self._listeners, listener)
        try:
            yield
        finally:
            self._listeners = tuple(other for other in self._listeners if other != listener)

    def _heard(self, name: str, text: str) -> None:
        listeners = self._listeners
        if listeners and threading.get_ident() != self._silent:
            for listener in listeners:
                listener(name, text)
