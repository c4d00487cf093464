"""Which interface an application has, told from the callable itself, once, at bridge().

ASGI 3 is a callable of (scope, receive, send) that returns an awaitable; WSGI is a callable of (environ, start_response);
ASGI 2 is a callable of (scope,) that returns such a callable of (receive, send). So: a coroutine function is ASGI; of the
others, the number of positional parameters tells. Code objects are read directly, because `inspect` costs 3 ms at a cold
start; it is asked only for callables that have none (compiled code). What can't be told is an error, never a guess.
"""

from __future__ import annotations

from lambdabridge.errors import InterfaceError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from lambdabridge.types import ASGIApplication

_COROUTINE = 0x80  # inspect.CO_COROUTINE
_VARARGS = 0x04  # inspect.CO_VARARGS
_BY_COUNT = {2: "wsgi", 3: "asgi"}


def detect(app: Any) -> str:
    """Return "wsgi", "asgi" or "asgi2"; raise InterfaceError if the callable does not tell."""
    if not callable(app):
        hint = f" Did you mean {app.__name__ + ':app'!r}?" if type(app).__name__ == "module" else ""
        raise InterfaceError(f"bridge() expected a WSGI or ASGI callable or an import string; it got {app!r}.{hint}")
    if isinstance(app, type):
        return _detect_class(app)
    function, given = _unwrap(app)
    while function is not None:
        if _is_coroutine_function(function):
            return "asgi"
        count = _positional(function, given)
        if count is not None:
            return _by_count(app, function, count)
        # def wrapper(*args, **kwargs), as functools.wraps leaves it: what it wraps tells
        wrapped = getattr(function, "__wrapped__", None)
        function, given = (None, 0) if wrapped is None else _unwrap(wrapped)
    raise InterfaceError(
        f"bridge() can't tell whether {_name(app)} is WSGI or ASGI: it takes any arguments. "
        'Say it: bridge(app, interface="wsgi") or bridge(app, interface="asgi").'
    )


def _detect_class(app: type) -> str:
    """Detect a class, whose instances are ASGI's awaitable, WSGI's iterable or ASGI 2's inner callable."""
    count = _positional(app.__init__, 1)  # type: ignore[misc]
    if count == 3 and hasattr(app, "__await__"):
        return "asgi"
    if count == 2 and hasattr(app, "__iter__"):
        return "wsgi"
    if count == 1 and _is_coroutine_function(app.__call__):
        return "asgi2"
    raise InterfaceError(
        f"bridge() got the class {app.__qualname__}, whose instances are no responses; "
        f"did you mean an instance, bridge({app.__name__}(...))?"
    )


def _by_count(app: object, function: Any, count: int) -> str:
    code = getattr(function, "__code__", None)
    if count == 2 and "event" in getattr(code, "co_varnames", ())[:2]:
        raise InterfaceError(
            f"{_name(app)} takes (event, context): it is a Lambda handler already and needs no bridge()."
        )
    if count in _BY_COUNT:
        return _BY_COUNT[count]
    hint = " If it is a factory, call it: bridge(create_app())." if count < 2 else ""
    if count == 1:
        hint += ' If it is an ASGI 2 application: bridge(app, interface="asgi2").'
    raise InterfaceError(
        f"bridge() expected a callable of (environ, start_response) or (scope, receive, send); "
        f"{_name(app)} takes {count} positional argument{'' if count == 1 else 's'}.{hint}"
    )


def _unwrap(app: Any) -> tuple[Any, int]:
    """Return (the function that a call runs, how many of its positional parameters are filled already)."""
    given = 0
    while type(app).__name__ == "partial" and hasattr(app, "func"):  # functools.partial, without its import
        given += len(app.args)
        app = app.func
    if not hasattr(app, "__code__") and not hasattr(app, "__func__") and not isinstance(app, type):
        call = app.__call__  # from the instance: some middlewares set it there
        if hasattr(call, "__func__") or hasattr(call, "__code__"):
            app = call
    if hasattr(app, "__func__"):
        return app.__func__, given + 1
    return app, given


def _is_coroutine_function(function: Any) -> bool:
    code = getattr(function, "__code__", None)
    if getattr(code, "co_flags", 0) & _COROUTINE:
        return True
    # what inspect.markcoroutinefunction leaves from Python 3.12 on, and asgiref's before that
    return hasattr(function, "_is_coroutine_marker") or hasattr(function, "_is_coroutine")


def _positional(function: Any, given: int) -> int | None:
    """Return how many positional arguments a call must pass, or None if that is open."""
    code: Any = getattr(function, "__code__", None)
    if hasattr(code, "co_argcount"):
        defaults = len(getattr(function, "__defaults__", None) or ())
        required = code.co_argcount - defaults - given
        if code.co_flags & _VARARGS and required <= 0:
            return None
        return max(int(required), 0)
    try:
        from inspect import Parameter, signature

        parameters = list(signature(function).parameters.values())[given:]
    except (TypeError, ValueError):
        return None
    if any(parameter.kind is Parameter.VAR_POSITIONAL for parameter in parameters):
        return None
    kinds = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
    return sum(p.kind in kinds and p.default is Parameter.empty for p in parameters)


def _name(app: object) -> str:
    name = getattr(app, "__qualname__", None)
    return f"{name}()" if name else f"a {type(app).__qualname__} object"


def as_asgi3(app: Callable[..., Any]) -> ASGIApplication:
    """Return an ASGI 2 application as an ASGI 3 one."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await app(scope)(receive, send)

    return application
