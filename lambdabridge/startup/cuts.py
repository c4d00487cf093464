"""The cuts around the application's import, on Lambda only; each has its switch in the environment.

LAMBDABRIDGE_GC=0               the cyclic garbage collector is left alone
LAMBDABRIDGE_REPAIR_BYTECODE=1  see bytecode.py
LAMBDABRIDGE_LAZY_IMPORTS=0     see lazy.py, and deferred.py before Python 3.15; so LAMBDABRIDGE_EAGER
LAMBDABRIDGE_DEFER_OPENAPI=1    see fastapi_models.py

The collector: an import allocates what lives as long as the process, and the collector looks at it again and again. It is
off until init ends; then everything that is there is frozen (gc.freeze()), so that no collection of a request looks at it
either. Off means a threshold of 0 and not gc.disable(): then an application that calls gc.disable(), gc.enable() or
gc.set_threshold() while it is imported has its way. https://docs.python.org/3/library/gc.html

SnapStart takes its snapshot after this. On managed instances each worker process is forked first, and then does all of this
for itself.
"""

from __future__ import annotations

import os
import sys

import lambdabridge

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    Value = TypeVar("Value")

_is_cutting = False


def with_cuts(work: Callable[[], Value]) -> Value:
    """Return what the work returns, which imports the application and starts it."""
    global _is_cutting
    if _is_cutting or "AWS_LAMBDA_RUNTIME_API" not in os.environ:  # an application that has a bridge("a.b:c") itself
        return work()
    _is_cutting = True
    threshold = None
    report = None
    stop_deferring = None
    is_started = False
    try:
        if is_on("LAMBDABRIDGE_REPAIR_BYTECODE", default=False):
            from lambdabridge.startup.bytecode import repair

            report = repair()
        if is_on("LAMBDABRIDGE_LAZY_IMPORTS", default=_is_on_demand()):
            stop_deferring = _lazy_imports()
        if is_on("LAMBDABRIDGE_GC", default=True):
            threshold = _collector_off()
        if is_on("LAMBDABRIDGE_DEFER_OPENAPI", default=False):
            from lambdabridge.startup.fastapi_models import defer_openapi_models

            defer_openapi_models()
        value = work()
        is_started = True
        return value
    finally:
        _is_cutting = False
        if stop_deferring is not None:
            stop_deferring()
        if threshold is not None:
            _collector_on(threshold, freeze=is_started)
        if report is not None:
            report()


def is_on(name: str, *, default: bool) -> bool:
    """Return whether a switch is on; raise ConfigurationError for what is neither "1" nor "0"."""
    value = os.environ.get(name, "")
    if value in ("", "0", "1"):
        return value == "1" or (default and not value)
    raise lambdabridge.errors.ConfigurationError(f'{name} must be "1" (on) or "0" (off); it is {value!r}.')


def eager_modules() -> tuple[str, ...]:
    """Return the names in LAMBDABRIDGE_EAGER: modules that stay as they are, with all below them."""
    return tuple(name for name in os.environ.get("LAMBDABRIDGE_EAGER", "").replace(" ", "").split(",") if name)


def _is_on_demand() -> bool:
    """Return whether a client waits for this init."""
    return os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand") == "on-demand"


def _lazy_imports() -> Callable[[], None] | None:
    """Return what ends them with init, if anything does."""
    if sys.version_info >= (3, 15):
        from lambdabridge.startup.lazy import make_imports_lazy

        make_imports_lazy()
        return None
    from lambdabridge.startup.deferred import defer

    return defer()


def _collector_off() -> tuple[int, int, int] | None:
    """Return the thresholds that were set, or None where the collector was off already, which is for others to end."""
    import gc

    threshold = gc.get_threshold()
    if not gc.isenabled() or threshold[0] == 0:
        return None
    gc.set_threshold(0)
    return threshold


def _collector_on(threshold: tuple[int, int, int], *, freeze: bool) -> None:
    import gc

    if freeze:
        gc.freeze()
    if gc.get_threshold()[0] == 0:  # or the application has set its own
        gc.set_threshold(*threshold)
