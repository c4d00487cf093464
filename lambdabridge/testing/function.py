"""The Lambda side in this process and on the caller's thread: one handler, events and results as JSON, a context.

gateway/environment.py does the same for `lambdabridge serve`, on a thread of its own. Here a test's breakpoints, context
variables and database transactions have to reach the application.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from logging import getLogger
from typing import Any

from lambdabridge.adapter import Handler
from lambdabridge.errors import EventError, TargetError
from lambdabridge.gateway.environment import Context
from lambdabridge.gateway.front_door import FunctionError
from lambdabridge.gateway.handlers import as_handler, handler_beside
from lambdabridge.log import LOGGER
from lambdabridge.target import load_target

_SECONDS = 29.0
"""What the context says is left: the longest that an API waits by default."""


class Function:
    """The function behind a front door: a handler, an application (which is bridged) or an import string of either."""

    def __init__(self, target: Any, interface: str = "auto") -> None:
        self.handler: Callable[[Any, Any], Any]
        found, beside = _load(target, interface) if isinstance(target, str) else (target, None)
        self.handler = beside or as_handler(found, interface)
        self._is_ours = beside is None and self.handler is not found

    def invoke(self, event: object, *, raise_exceptions: bool = False) -> Any:
        """Return the result for one event; raise FunctionError where Lambda would report one.

        With raise_exceptions, what the application or the handler raised comes out as it is.
        """
        text = json.dumps(event)
        context = Context(_request_id(event), time.monotonic() + _SECONDS, time.monotonic)
        try:
            with _raising(self.handler, raise_exceptions):
                result = self.handler(json.loads(text), context)
        except (Exception, SystemExit) as error:  # not what ends a test or its run: pytest.fail(), Ctrl-C
            if raise_exceptions:
                raise
            if not isinstance(error, EventError):  # whose sentence says it all: bridge() knows no such event
                getLogger(LOGGER).error("The function raised an exception", exc_info=error)
            raise FunctionError(f"{type(error).__name__}: {error}") from error
        try:
            return json.loads(json.dumps(result))
        except (RecursionError, TypeError, ValueError) as error:
            raise FunctionError(f"Runtime.MarshalError: its result is no JSON: {error}") from error

    def close(self) -> None:
        """Run an ASGI application's shutdown, if bridge() was called here."""
        if self._is_ours and isinstance(self.handler, Handler):
            self.handler.close()


def _load(target: str, interface: str) -> tuple[Any, Handler | None]:
    """Return what a target names, and the bridge() beside it, unless the interface is said to be another."""
    try:
        found = load_target(target)
    except SystemExit as error:
        raise TargetError(f"{target!r} ended the process while it was imported: SystemExit: {error}") from error
    return found, handler_beside(found, target, interface)


def _request_id(event: object) -> str:
    context = event.get("requestContext") if isinstance(event, dict) else None
    known = context.get("requestId") if isinstance(context, dict) else None
    return known if isinstance(known, str) else str(uuid.uuid4())


@contextmanager
def _raising(handler: object, raise_exceptions: bool) -> Iterator[None]:
    """Have a handler of bridge()'s raise as with errors="raise", whatever it was made with."""
    if not isinstance(handler, Handler) or not raise_exceptions:
        yield
        return
    before = handler.errors
    handler.errors = "raise"
    try:
        yield
    finally:
        handler.errors = before
