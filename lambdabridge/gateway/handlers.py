"""The handler for what a target names. Apart, because each cold start of a process imports it: no asyncio, no front door."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lambdabridge.adapter import Handler, bridge
from lambdabridge.errors import HandlerError, InterfaceError
from lambdabridge.startup.application import handler_beside

__all__ = ["as_handler", "handler_beside"]


def as_handler(target: Any, interface: str) -> Callable[[Any, Any], Any]:
    """Return the handler for what a target names: a handler already, or an application."""
    if isinstance(target, Handler) or interface == "handler":
        return target  # type: ignore[no-any-return]
    if isinstance(target, str):  # which bridge() would take for an import string
        raise InterfaceError(f"Expected an application or a handler; the target is the text {target!r:.60}.")
    if interface == "auto" and _is_lambda_handler(target):
        return target  # type: ignore[no-any-return]
    try:
        return bridge(target, interface=interface)  # type: ignore[arg-type]
    except HandlerError:
        return target  # type: ignore[no-any-return]


def _is_lambda_handler(target: Any) -> bool:
    """Return whether a function is a Lambda handler by its name: `lambda_handler(e, c)`, whatever its parameters are called.

    bridge() never guesses by a name; whoever names a target on the command line can say --interface wsgi.
    """
    code = getattr(target, "__code__", None)
    if code is None or not target.__name__.endswith("handler") or code.co_argcount != 2:
        return False
    return "environ" not in code.co_varnames[0] and "start_response" not in code.co_varnames[1]
