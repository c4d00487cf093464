"""The handler for an application that is named: LAMBDABRIDGE_APP for `Handler: lambdabridge.handler`, or bridge("a.b:c").

Nothing of the application has been imported before this, so that cuts.py applies to all of it. The runtime client reports
what comes out of here as an init error: by its type, its text and its traceback, but not by its cause, and it takes every
AttributeError for "Handler 'handler' missing". So each failure is a ConfigurationError that carries the application's own
traceback. https://github.com/aws/aws-lambda-python-runtime-interface-client (bootstrap.py)
"""

from __future__ import annotations

import os

import lambdabridge
from lambdabridge.adapter import Handler, bridge
from lambdabridge.startup.cuts import with_cuts
from lambdabridge.target import load, module_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Any, TypeAlias, TypeVar

    Value = TypeVar("Value")
    LambdaHandler: TypeAlias = Callable[[Any, Any], Any]

APP = "LAMBDABRIDGE_APP"

_is_starting = False


def from_environment() -> LambdaHandler:
    """Return the handler for what LAMBDABRIDGE_APP names; raise ConfigurationError, in one sentence, if there is none."""
    global _is_starting
    target = os.environ.get(APP)
    if not target:
        raise lambdabridge.errors.ConfigurationError(
            f'lambdabridge.handler needs the environment variable {APP}: "module:attribute" of a WSGI or ASGI application '
            'or of what bridge() returned, such as "project.wsgi:application".'
        )
    if _is_starting:
        raise lambdabridge.errors.ConfigurationError(
            "It leads back to lambdabridge.handler, and has to name an application."
        )
    _is_starting = True
    try:
        return with_cuts(lambda: _handler(target))
    finally:
        _is_starting = False


def _handler(target: str) -> LambdaHandler:
    try:
        return _made_ready(_as_handler(load(target), target))
    except (lambdabridge.errors.BridgeError, SystemExit) as error:
        raise _as_reported(error, target, f"{APP}={target}: ") from error


def _as_handler(found: Any, target: str) -> LambdaHandler:
    """Return the handler for what was found, which may be one: bridging an application again would start it again."""
    if isinstance(found, Handler):
        return found
    if isinstance(found, str):
        raise lambdabridge.errors.TargetError(f"It is the text {found!r:.60} where an application was expected.")
    try:
        return handler_beside(found, target, "auto") or bridge(found)
    except lambdabridge.errors.HandlerError:  # (event, context): somebody else's handler gains by the cuts as well
        return found  # type: ignore[no-any-return]


def _made_ready(handler: Value) -> Value:
    """Load what the first event needs whatever it is: init has a whole CPU, and a request of a small function has not."""
    if isinstance(handler, Handler) and "AWS_LAMBDA_RUNTIME_API" in os.environ:
        from lambdabridge.sources.registry import SOURCES, resolve

        resolve(SOURCES[0])
    return handler


def handler_beside(found: Any, target: str, interface: str) -> Handler | None:
    """Return what bridge(app) returned in the application's own module: a second one would run the lifespan once more.

    One of another interface than was asked for is none.
    """
    if isinstance(found, (Handler, str)):
        return None
    for value in vars(module_of(target)).values():
        # not isinstance(), which asks a lazy object (django.conf.settings, a LocalProxy) for __class__ and so evaluates it
        if issubclass(type(value), Handler) and value.app is found and interface in ("auto", value.interface):
            return value  # type: ignore[no-any-return]
    return None


def bridged(target: str, options: dict[str, Any]) -> Handler:
    """Return bridge() of what an import string names."""
    return with_cuts(lambda: _bridged(target, options))


def _bridged(target: str, options: dict[str, Any]) -> Handler:
    try:
        return _made_ready(bridge(load(target), **options))
    except (lambdabridge.errors.BridgeError, SystemExit) as error:
        if "AWS_LAMBDA_RUNTIME_API" not in os.environ:  # elsewhere, a traceback has its causes
            raise
        raise _as_reported(error, target, "") from error


def _as_reported(
    error: lambdabridge.errors.BridgeError | SystemExit, target: str, prefix: str
) -> lambdabridge.errors.BridgeError:
    """Return what the runtime client reports well: the sentence, and the traceback of what is behind it."""
    if isinstance(error, SystemExit):  # after which the client would end without a word
        reported: lambdabridge.errors.BridgeError = lambdabridge.errors.TargetError(
            f"{prefix}{target!r} ended the process while it was imported: SystemExit: {error}"
        )
        return reported.with_traceback(_of_application(error.__traceback__))
    reported = type(error)(f"{prefix}{error}{_hint(error.__cause__)}")
    if error.__cause__ is not None:
        return reported.with_traceback(_of_application(error.__cause__.__traceback__))
    return reported


def _hint(cause: BaseException | None) -> str:
    """Return what to try where the application uses a module that another one would have imported."""
    is_missing = isinstance(cause, AttributeError) and str(cause).startswith("module '")
    is_on = os.environ.get("LAMBDABRIDGE_LAZY_IMPORTS") != "0"
    return " (With LAMBDABRIDGE_LAZY_IMPORTS=0 all is imported at once: if that helps, an import is missing.)" * (
        is_missing and is_on
    )


def _of_application(traceback: TracebackType | None) -> TracebackType | None:
    """Return a traceback from the application's first line on."""
    here = os.path.dirname(os.path.dirname(__file__))
    while traceback is not None:
        file = traceback.tb_frame.f_code.co_filename
        if not file.startswith(("<frozen importlib", here)):
            break
        traceback = traceback.tb_next
    return traceback
