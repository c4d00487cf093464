"""The gateway of this checkout, over a socket: see tests/recorded_sockets.py."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.emulators import SOURCES, Engine, Observed, Send, request_through, result_of
from tests.recorded import Case, front_door
from tests.recorded_sockets import FUNCTION, running


@contextmanager
def _open() -> Iterator[Send]:
    with running() as gateway:

        def send(case: Case) -> Observed:
            reply = gateway.send(front_door(case), request_through(case), result_of(case))
            return Observed(FUNCTION.events[0] if FUNCTION.events else None, reply)

        yield send


ENGINE = Engine("lambdabridge", "lambdabridge", SOURCES, _open, has_custom_domains=True)
