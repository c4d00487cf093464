"""The exceptions of this package, split by who is to blame.

BridgeError
    ConfigurationError     the developer: an option, an import string, an application of no known interface
        InterfaceError     the interface can't be told, or turned out to be another one
            HandlerError   it is a Lambda handler already
        TargetError        an import string that names nothing, or whose module fails
        LifespanError      the application's lifespan startup failed
    EventError             the invoker: what came is not an event that can be served
        UnknownEventError  no source claims it
        MalformedEventError  a source claims it, but a member is missing or of the wrong type
    BadResultError         the function: a result that its front door refuses (raised by the front doors' own side)
    BadRequestError        the HTTP client: answered with `status`, never raised out of the handler
        TooLargeError      its body was cut by the front door
    ProtocolError          the application: it broke PEP 3333 or the ASGI specification; answered with 500
    ResponseTooLargeError  the application: its response is larger than Lambda takes; answered with 500
"""

from __future__ import annotations


class BridgeError(Exception):
    """Base of every exception that this package raises."""


class ConfigurationError(BridgeError, ValueError):
    """The developer's: raised by bridge()."""


class InterfaceError(ConfigurationError):
    """Neither WSGI nor ASGI can be told from the application, or the application turned out to be the other."""


class HandlerError(InterfaceError):
    """The callable is a Lambda handler already."""


class TargetError(ConfigurationError):
    """An import string that can't be loaded."""


class LifespanError(ConfigurationError):
    """The ASGI application's startup failed."""


class EventError(BridgeError, ValueError):
    """The invoker's: raised by the handler, so that Lambda reports a failed invocation."""


class UnknownEventError(EventError):
    """No source claims the event: it is not HTTP, or from a front door that is not supported."""


class MalformedEventError(EventError):
    """A source claims the event, but a member is missing or of the wrong type."""


class BadRequestError(BridgeError):
    """The HTTP client's: the handler answers it with `status`."""

    status = 400


class TooLargeError(BadRequestError):
    """The HTTP client's: the front door passed a part of its body only."""

    status = 413


class ProtocolError(BridgeError):
    """The application's: it broke PEP 3333 or the ASGI specification."""


class ResponseTooLargeError(BridgeError):
    """The application's: Lambda takes no result of more than 6 MB."""


class BadResultError(BridgeError):
    """The function's: its front door would answer an error instead of this result."""

    status: int | None = None  # where it is another than for other results
