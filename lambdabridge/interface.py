"""Which interface an application has, told from the callable itself, once, at bridge().

ASGI 3 is a callable of (scope, receive, send) that returns an awaitable; WSGI is a callable of (environ, start_response);
ASGI 2 is a callable of (scope,) that returns such a callable of (receive, send). So the number of positional arguments
that a call still has to pass tells, with whether it is a coroutine function. Code objects are read directly, because
`inspect` costs 3 ms at a cold start; it is asked only for callables that have none (compiled code). What can't be told is
an error, never a guess.
"""

from __future__ import annotations

import lambdabridge

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from lambdabridge.types import ASGIApplication

_COROUTINE = 0x80  # inspect.CO_COROUTINE
_VARARGS = 0x04  # inspect.CO_VARARGS
_Function: type = type(lambda: None)


class _AnyClass:
    def method(self) -> None: ...


_Method: type = type(_AnyClass().method)


def detect(app: Any) -> str:
    """Return "wsgi", "asgi" or "asgi2"; raise InterfaceError if the callable does not tell."""
    if not callable(app):
        hint = f" Did you mean {app.__name__ + ':app'!r}?" if type(app).__name__ == "module" else ""
        raise lambdabridge.errors.InterfaceError(
            f"bridge() expected a WSGI or ASGI callable or an import string; it got {app!r:.100}.{hint}"
        )
    if isinstance(app, type):
        return _detect_class(app)
    seen: Any = app
    while seen is not None:
        function, names = _called(seen)
        if names is not None and (seen is app or _is_telling(function, names)):
            return _by_count(app, function, names)
        if names is not None:
            break
        # def wrapper(*args, **kwargs), as functools.wraps leaves it: what it wraps tells
        seen = getattr(function, "__wrapped__", None) or getattr(seen, "__wrapped__", None)
    raise lambdabridge.errors.InterfaceError(
        f"bridge() can't tell whether {_name(app)} is WSGI or ASGI: it takes any arguments. "
        'Say it: bridge(app, interface="wsgi") or bridge(app, interface="asgi").'
    )


def _is_telling(function: Any, names: tuple[str, ...]) -> bool:
    """Return whether what is below a wrapper tells: not if the wrapper may add an argument, or make one of several."""
    return len(names) == 2 or names[:1] == ("scope",) or _is_coroutine_function(function)


def _detect_class(app: type) -> str:
    """Detect a class, whose instances are ASGI's awaitable, WSGI's iterable or ASGI 2's inner callable."""
    names = _required(app.__init__, 1, ())  # type: ignore[misc]
    count = None if names is None else len(names)
    if count == 3 and hasattr(app, "__await__"):
        return "asgi"
    if count == 2 and hasattr(app, "__iter__"):
        return "wsgi"
    if count == 1 and _is_coroutine_function(app.__call__):
        return "asgi2"
    raise lambdabridge.errors.InterfaceError(
        f"bridge() got the class {app.__qualname__}, whose instances are no responses; "
        f"did you mean an instance, bridge({app.__name__}(...))?"
    )


def _by_count(app: object, function: Any, names: tuple[str, ...]) -> str:
    count = len(names)
    if count == 2 and (names[0].lstrip("_") == "event" or names[1].lstrip("_") == "context"):
        raise lambdabridge.errors.HandlerError(
            f"{_name(app)} takes ({', '.join(names)}): it is a Lambda handler already and needs no bridge()."
        )
    is_coroutine = _is_coroutine_function(function)
    if count == 3:
        return "asgi"
    if count == 2 and not is_coroutine:
        return "wsgi"
    hint = " If it is a factory, call it: bridge(create_app())." if count < 2 else ""
    if count == 1 and not is_coroutine:
        hint += ' If it is an ASGI 2 application: bridge(app, interface="asgi2").'
    raise lambdabridge.errors.InterfaceError(
        f"bridge() expected a callable of (environ, start_response) or an awaitable one of (scope, receive, send); "
        f"{_name(app)} takes {count} positional argument{'' if count == 1 else 's'}"
        f"{' and is awaitable' if is_coroutine else ''}.{hint}"
    )


def _called(app: Any) -> tuple[Any, tuple[str, ...] | None]:
    """Return (the function that a call runs, the names of the positional arguments that it still requires or None)."""
    given = 0
    named: tuple[str, ...] = ()
    while type(app).__name__ == "partial" and hasattr(app, "func"):  # functools.partial, without its import
        given += sum(type(argument).__name__ != "_PlaceholderType" for argument in app.args)
        named += tuple(app.keywords)
        app = app.func
    # by its type, since a proxy may have the attributes of what it wraps
    if type(app) is not _Function and type(app) is not _Method and not isinstance(app, type):
        call = app.__call__  # from the instance: some middlewares set it there
        if type(call) is _Function or type(call) is _Method:
            app = call
    if type(app) is _Method:
        app, given = getattr(app, "__func__"), given + 1  # noqa: B009 - the type checker knows no _Method
    return app, _required(app, given, named)


def _is_coroutine_function(function: Any) -> bool:
    code = getattr(function, "__code__", None)
    if getattr(code, "co_flags", 0) & _COROUTINE:
        return True
    # what inspect.markcoroutinefunction leaves from Python 3.12 on, and asgiref's before that
    return hasattr(function, "_is_coroutine_marker") or hasattr(function, "_is_coroutine")


def _required(function: Any, given: int, named: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return the names of the positional arguments that a call must pass, or None if that is open."""
    code: Any = getattr(function, "__code__", None)
    if hasattr(code, "co_argcount"):
        defaults = len(getattr(function, "__defaults__", None) or ())
        required = code.co_varnames[given : code.co_argcount - defaults]
        is_open = bool(code.co_flags & _VARARGS)
    else:
        try:
            from inspect import Parameter, signature

            parameters = list(signature(function).parameters.values())[given:]
        except (TypeError, ValueError):
            return None
        kinds = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
        required = tuple(p.name for p in parameters if p.kind in kinds and p.default is Parameter.empty)
        is_open = any(p.kind is Parameter.VAR_POSITIONAL for p in parameters)
    required = tuple(name for name in required if name not in named)
    # (*args) alone tells nothing; (scope, *args) of a coroutine function is ASGI, and of no other
    if is_open and not _is_coroutine_function(function):
        return None
    return ("scope", "receive", "send") if is_open else required


def _name(app: object) -> str:
    name = getattr(app, "__qualname__", None)
    return f"{name}()" if name else f"a {type(app).__qualname__} object"


def as_asgi3(app: Callable[..., Any]) -> ASGIApplication:
    """Return an ASGI 2 application as an ASGI 3 one."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await app(scope)(receive, send)

    return application
