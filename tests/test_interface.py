"""Which interface bridge() finds for each kind of callable, and what it says where it can't know."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, cast

import asgiref.compatibility
import pytest
from a2wsgi import ASGIMiddleware, WSGIMiddleware
from asgiref.sync import markcoroutinefunction
from django.core.asgi import ASGIHandler
from django.core.wsgi import WSGIHandler
from fastapi import FastAPI
from flask import Flask
from starlette.applications import Starlette
from starlette.middleware.gzip import GZipMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Request as WerkzeugRequest

from lambdabridge import bridge
from lambdabridge.adapter import _usual_interface
from lambdabridge.errors import ConfigurationError, InterfaceError
from lambdabridge.interface import detect
from tests.apps import asgi_app, wsgi_app


def plain_wrapper(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return wrapper


class WSGIObject:
    def __call__(self, environ: Any, start_response: Any) -> Any:
        return wsgi_app(environ, start_response)

    def method(self, environ: Any, start_response: Any) -> Any:
        return wsgi_app(environ, start_response)

    async def async_method(self, scope: Any, receive: Any, send: Any) -> None:
        await asgi_app(scope, receive, send)


class ASGIObject:
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await asgi_app(scope, receive, send)


class WSGIClass:
    def __init__(self, environ: Any, start_response: Any) -> None:
        self.body = wsgi_app(environ, start_response)

    def __iter__(self) -> Any:
        return iter(self.body)


class ASGI2Class:
    def __init__(self, scope: Any) -> None:
        self.scope = scope

    async def __call__(self, receive: Any, send: Any) -> None:
        await asgi_app(self.scope, receive, send)


class SetsItsCall:
    """As an old Sentry middleware does."""

    __slots__ = ("__call__",)

    def __init__(self) -> None:
        self.__call__ = WSGIObject().async_method


def returns_awaitable(scope: Any, receive: Any, send: Any) -> Any:
    return asgi_app(scope, receive, send)


def with_prefix(prefix: str, environ: Any, start_response: Any) -> Any:
    return wsgi_app(environ, start_response)


async def async_with_prefix(prefix: str, scope: Any, receive: Any, send: Any) -> None:
    await asgi_app(scope, receive, send)


def marked(scope: Any, *args: Any) -> Any:
    return asgi_app(scope, *args)


def optional_arguments(environ: Any, start_response: Any, logger: Any = None) -> Any:
    return wsgi_app(environ, start_response)


WSGI = {
    "function": wsgi_app,
    "object": WSGIObject(),
    "bound method": WSGIObject().method,
    "class": WSGIClass,
    "lambda": lambda environ, start_response: wsgi_app(environ, start_response),
    "partial": functools.partial(with_prefix, "/x"),
    "partial of an object": functools.partial(WSGIObject()),
    "wrapped": plain_wrapper(wsgi_app),
    "wrapped twice": plain_wrapper(plain_wrapper(wsgi_app)),
    "optional arguments": optional_arguments,
    "Flask": Flask("x"),
    "Flask's wsgi_app": Flask("x").wsgi_app,
    "Django": WSGIHandler.__new__(WSGIHandler),
    "ProxyFix": ProxyFix(wsgi_app),
    "a2wsgi": ASGIMiddleware(cast(Any, asgi_app)),
}
ASGI = {
    "function": asgi_app,
    "object": ASGIObject(),
    "bound method": WSGIObject().async_method,
    "partial": functools.partial(async_with_prefix, "/x"),
    "partial of a partial": functools.partial(functools.partial(async_with_prefix), "/x"),
    "wrapped": plain_wrapper(asgi_app),
    "returns an awaitable": returns_awaitable,
    "marked": markcoroutinefunction(marked),
    "sets its call": SetsItsCall(),
    "Starlette": Starlette(),
    "FastAPI": FastAPI(),
    "Django": ASGIHandler.__new__(ASGIHandler),
    "middleware": GZipMiddleware(Starlette()),
    "a2wsgi": WSGIMiddleware(cast(Any, wsgi_app)),
    "asgiref's guarantee": asgiref.compatibility.guarantee_single_callable(ASGI2Class),  # type: ignore[no-untyped-call]
}


@pytest.mark.parametrize("app", WSGI.values(), ids=WSGI)
def test_wsgi_is_found(app: Any) -> None:
    assert detect(app) == bridge(app).interface == "wsgi"


@pytest.mark.parametrize("app", ASGI.values(), ids=ASGI)
def test_asgi_is_found(app: Any) -> None:
    assert detect(app) == bridge(app, lifespan="off").interface == "asgi"


class WithOptional:
    def __call__(self, environ: Any, start_response: Any = None) -> Any:
        return wsgi_app(environ, start_response)


class WithMore:
    def __call__(self, environ: Any, start_response: Any, *more: Any) -> Any:
        return wsgi_app(environ, start_response)


class NotAwaitable:
    def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        return asgi_app(scope, receive, send)


class Overridden:
    """Its instances are called otherwise than the class says."""

    def __init__(self) -> None:
        vars(self)["__call__"] = asgi_app

    def __call__(self, environ: Any, start_response: Any) -> Any:
        return wsgi_app(environ, start_response)


@pytest.mark.parametrize("name", ["Flask", "Django", "Starlette", "FastAPI"])
def test_usual_applications_need_no_look_at_their_code(name: str) -> None:
    """The module that looks is not loaded for them: a sixth of a millisecond."""
    for kind, apps in (("wsgi", WSGI), ("asgi", ASGI)):
        assert name not in apps or _usual_interface(apps[name]) == kind


@pytest.mark.parametrize(
    "app", [WithOptional(), WithMore(), NotAwaitable(), Overridden(), WSGIClass, ASGI2Class, wsgi_app]
)
def test_all_others_do(app: Any) -> None:
    assert _usual_interface(app) is None


def test_asgi_2_class_is_found_and_served(event: dict[str, Any]) -> None:
    handler = bridge(ASGI2Class)
    assert handler.interface == "asgi2"
    assert handler(event)["statusCode"] == 200


def test_asgi_2_function_is_served_when_it_is_named(event: dict[str, Any]) -> None:
    def double(scope: Any) -> Any:
        return ASGI2Class(scope)

    with pytest.raises(InterfaceError, match='interface="asgi2"'):
        bridge(double)
    assert bridge(double, interface="asgi2")(event)["statusCode"] == 200


def create_app() -> Flask:
    return Flask("x")


def anything(*args: Any, **kwargs: Any) -> Any:
    return wsgi_app(*args, **kwargs)


def lambda_handler(event: Any, context: Any) -> Any:
    return {"statusCode": 200}


def configured(environ: Any, start_response: Any, conf: Any) -> Any:
    return wsgi_app(environ, start_response)


class Delegating:
    """An ASGI middleware that passes on the attributes of what it wraps."""

    def __init__(self, wrapped: Any) -> None:
        self._wrapped = wrapped

    def __getattr__(self, name: str) -> Any:
        return getattr(self._wrapped, name)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await asgi_app(scope, receive, send)


class Updated:
    """A callable object that says by functools.update_wrapper what it wraps."""

    def __init__(self, wrapped: Any) -> None:
        functools.update_wrapper(self, wrapped)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.__wrapped__(*args, **kwargs)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("app", "interface"),
    [
        (functools.partial(configured, conf=1), "wsgi"),
        (Delegating(wsgi_app), "asgi"),
        (Updated(wsgi_app), "wsgi"),
        (Updated(asgi_app), "asgi"),
    ],
)
def test_what_other_servers_take_as_well(app: Any, interface: str, event: dict[str, Any]) -> None:
    handler = bridge(app)
    assert (handler.interface, handler(event)["statusCode"]) == (interface, 200)


async def async_lambda_handler(event: Any, context: Any) -> Any:
    return {"statusCode": 200}


async def async_create_app() -> Any:
    return asgi_app


async def async_two(environ: Any, start_response: Any) -> Any:
    return []


def with_config(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add an argument, so that what is wrapped does not tell how it is called."""

    @functools.wraps(function)
    def wrapper(*args: Any) -> Any:
        return function({}, *args)

    return wrapper


NOT_KNOWN = {
    "a wrapper that adds an argument": (with_config(configured), "can't tell whether configured"),
    "werkzeug's Request.application": (
        WerkzeugRequest.application(lambda request: Flask("x")),
        "can't tell whether",
    ),
    "any arguments": (anything, r"anything\(\) is WSGI or ASGI: it takes any arguments"),
    "a factory": (create_app, r"create_app\(\) takes 0 positional arguments. If it is a factory, call it"),
    "no callable": (42, "expected a WSGI or ASGI callable or an import string; it got 42"),
    "a module": (functools, "Did you mean 'functools:app'"),
    "a class": (Flask, r"the class Flask, .* did you mean an instance, bridge\(Flask\(\.\.\.\)\)"),
    "a Lambda handler": (lambda_handler, r"takes \(event, context\): it is a Lambda handler already"),
    "an async Lambda handler": (async_lambda_handler, r"takes \(event, context\): it is a Lambda handler already"),
    "an async factory": (async_create_app, r"takes 0 positional arguments and is awaitable. If it is a factory"),
    "a coroutine function of two": (async_two, r"takes 2 positional arguments and is awaitable"),
    "four arguments": (lambda a, b, c, d: None, "takes 4 positional arguments"),
    "a builtin": (print, "can't tell whether print"),
    "None": (None, "it got None"),
}


@pytest.mark.parametrize(("app", "message"), NOT_KNOWN.values(), ids=NOT_KNOWN)
def test_what_cannot_be_told_is_one_sentence(app: Any, message: str) -> None:
    with pytest.raises(InterfaceError, match=message) as caught:
        bridge(app)
    assert "\n" not in str(caught.value)


def test_interface_decides_where_it_cannot_be_known(event: dict[str, Any]) -> None:
    assert bridge(anything, interface="wsgi")(event)["statusCode"] == 200


def test_asgi_taken_for_wsgi_is_impossible_to_miss(event: dict[str, Any]) -> None:
    with pytest.raises(InterfaceError, match="taken for WSGI but returned an awaitable"):
        bridge(lambda *args: asgi_app(args[0], None, None), interface="wsgi")(event)


def test_wsgi_taken_for_asgi_is_impossible_to_miss(event: dict[str, Any]) -> None:
    with pytest.raises(InterfaceError, match="taken for ASGI but returned"):
        bridge(lambda *args: [b""], interface="asgi", lifespan="off")(event)


def test_a_handler_is_not_bridged_twice() -> None:
    with pytest.raises(ConfigurationError, match="is a handler already"):
        bridge(bridge(wsgi_app))


def test_compiled_code_is_asked_through_inspect() -> None:
    """A callable without a code object, as Cython and C make them: this one takes two positional arguments."""
    assert detect(isinstance) == "wsgi"
