"""bridge(): detect the interface once; then, for each event, source -> request -> application -> response.

The whole main line is Handler.__call__. What a front door sends and wants is in sources/, what the application sees in
wsgi.py and asgi.py.
"""

from __future__ import annotations

import sys

import lambdabridge
from lambdabridge.messages import Invocation, Response, plain_response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Literal, NoReturn

    from lambdabridge.asgi import Runner
    from lambdabridge.messages import Request
    from lambdabridge.types import Application, Event, ProxyResponse, Run, Source

_LARGE = 6_000
"""Bytes of response body from which its size is looked at: JSON takes at most six for one, CloudFront the least, 40 KB."""


def bridge(
    app: Application | str,
    *,
    interface: Literal["auto", "wsgi", "asgi", "asgi2"] = "auto",
    lifespan: Literal["auto", "on", "off"] = "auto",
    base_path: str | None = "auto",
    errors: Literal["respond", "raise"] = "respond",
    binary_media_types: Sequence[str] | None = None,
    sources: Sequence[Source | str] | None = None,
    warm_up: Sequence[str] | None = None,
    **unknown: NoReturn,
) -> Handler:
    """Return the Lambda handler for a WSGI or ASGI application, or for an import string such as "project.wsgi:app".

    The options are described in lambdabridge/options.py and in the README. Raises ConfigurationError, in one sentence,
    for what can't work. An ASGI application's lifespan startup runs here, once for the execution environment.
    """
    common = ("auto", "auto", "auto", "respond", None, None, None)
    options: Any = {}
    if unknown or (interface, lifespan, base_path, errors, binary_media_types, sources, warm_up) != common:
        from lambdabridge.options import check  # not for nothing: each module costs a cold start 0.1 ms

        options = {"interface": interface, "lifespan": lifespan, "base_path": base_path, "errors": errors}
        options |= {"binary_media_types": binary_media_types, "sources": sources, "warm_up": warm_up}
        check({**options, **unknown})
    if isinstance(app, str):
        from lambdabridge.startup.application import bridged

        return bridged(app, options)
    application: Any = app
    if isinstance(application, Handler):
        raise lambdabridge.errors.ConfigurationError(
            "bridge() got what bridge() returned: this application is a handler already."
        )
    found: str | None = _usual_interface(application) if interface == "auto" else interface
    if found is None:
        from lambdabridge.interface import detect  # a module of its own, which most starts do without

        found = detect(application)
    runner = None
    if found == "wsgi":
        if lifespan == "on":
            raise lambdabridge.errors.ConfigurationError(
                'bridge(lifespan="on") is for ASGI applications: a WSGI application has no lifespan.'
            )
        from lambdabridge.wsgi import run
    else:
        from lambdabridge.asgi import Runner

        if found == "asgi2":
            from lambdabridge.interface import as_asgi3

            application = as_asgi3(application)
        runner = Runner(application, lifespan, raise_errors=errors == "raise")
        run = runner.run
    if warm_up is not None:
        from lambdabridge.startup.warm_up import warm_up as send

        send(run, application, warm_up, base_path)
    return Handler(application, found, run, base_path, errors == "raise", binary_media_types, sources, runner)


def _usual_interface(app: Any) -> str | None:
    """Return what detect() would, where a class names its arguments as the specifications do; None: ask detect()."""
    call = type(app).__call__
    code = getattr(call, "__code__", None)
    if code is None or call.__defaults__ or "__call__" in getattr(app, "__dict__", ()):
        return None
    return _USUAL.get((code.co_varnames[: code.co_argcount], code.co_flags & _TELLING))


_TELLING = 0x80 | 0x04  # inspect.CO_COROUTINE, CO_VARARGS
_USUAL = {
    (("self", "environ", "start_response"), 0): "wsgi",
    (("self", "scope", "receive", "send"), 0x80): "asgi",
}


class Handler:
    """The Lambda handler: call it with an event and a context. Made by bridge()."""

    __slots__ = (
        "_binary_media_types",
        "_raise_errors",
        "_run",
        "_runner",
        "_source",
        "_sources",
        "app",
        "base_path",
        "interface",
    )

    def __init__(
        self,
        app: Any,
        interface: str,
        run: Run,
        base_path: str | None,
        raise_errors: bool,
        binary_media_types: Sequence[str] | None,
        sources: Sequence[Source | str] | None,
        runner: Runner | None = None,
    ) -> None:
        self.app = app
        self.interface = interface
        self.base_path = base_path
        self._run = run
        self._raise_errors = raise_errors
        self._binary_media_types = binary_media_types
        self._sources = sources if sources is None else tuple(sources)
        self._source: Source | None = None
        self._runner = runner

    def __call__(self, event: Event, context: Any = None) -> ProxyResponse:
        """Return the proxy response for one event; raise EventError for what is no event of a known front door."""
        source = self._source
        if source is None or type(event) is not dict or not source.matches(event):
            from lambdabridge.sources.registry import find

            # the next event most likely comes through the same front door; matches is exclusive, so order does not count
            source = self._source = find(event, self._sources)
        try:
            request = source.decode_request(event, self.base_path)
        except lambdabridge.errors.BadRequestError as error:
            return source.encode_response(plain_response(error.status, str(error)), event)
        except lambdabridge.errors.EventError:
            raise
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            from lambdabridge.sources.registry import malformed

            raise malformed(event, source, error) from error
        try:
            response = self._run(self.app, request, Invocation(event, context, source, request))
        except Exception as error:
            errors = sys.modules.get("lambdabridge.errors")  # where that was not loaded, it is none of ours
            is_configuration = errors is not None and isinstance(error, errors.ConfigurationError)
            if self._raise_errors or is_configuration:  # a wrong interface: no request can be served
                raise
            response = _server_error(request, error)
        if request.method == "HEAD" or response.status in (204, 304):
            response.body = b""  # RFC 9110 allows none; what each front door would make of one is not known
        result = source.encode_response(response, event)
        if self._binary_media_types is not None:
            from lambdabridge.body import warn_of_base64

            warn_of_base64(result, request, source, self._binary_media_types)
        if len(response.body) > _LARGE:
            from lambdabridge.body import too_large

            message = too_large(result, response, request, source, event)
            if message:
                if self._raise_errors:
                    raise lambdabridge.errors.ResponseTooLargeError(message)
                from lambdabridge.log import log_error

                log_error(message + " The client gets 500.")
                return source.encode_response(plain_response(500, "Internal Server Error"), event)
        return result

    @property
    def errors(self) -> str:
        """What an application's exception becomes, as the option has it; can be set, for a test."""
        return "raise" if self._raise_errors else "respond"

    @errors.setter
    def errors(self, value: str) -> None:
        self._raise_errors = value == "raise"
        if self._runner is not None:
            self._runner.raise_errors = self._raise_errors

    def close(self) -> None:
        """Run an ASGI application's lifespan shutdown and close its event loop. Runs by itself when the process exits."""
        if self._runner is not None:
            self._runner.close()

    def __repr__(self) -> str:
        return f"<lambdabridge handler ({self.interface.upper()})>"


def _server_error(request: Request, error: Exception) -> Response:
    """Log an application's exception and return the 500 for it."""
    from lambdabridge.log import log_exception

    log_exception("The application raised an exception", request, error)
    return plain_response(500, "Internal Server Error")
