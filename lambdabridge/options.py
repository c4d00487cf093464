"""The options of bridge(): one table, from which bridge()'s checks, the command line's help and the README come.

A test holds bridge()'s signature and the README's table to it.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class Option:
    """name, default, what it accepts (in words and as a predicate), and what it does."""

    __slots__ = ("accepts", "default", "help", "is_valid", "name")

    def __init__(self, name: str, default: object, accepts: str, is_valid: Callable[[object], bool], text: str) -> None:
        self.name = name
        self.default = default
        self.accepts = accepts
        self.is_valid = is_valid
        self.help = text


def _is_base_path(value: object) -> bool:
    return value is None or (
        isinstance(value, str)
        and (value in ("auto", "") or (value.startswith("/") and "?" not in value and "#" not in value))
    )


def _is_media_type(value: object) -> bool:
    return isinstance(value, str) and ("/" in value or "~1" in value)


def _is_source(value: object) -> bool:
    if isinstance(value, str):
        from lambdabridge.sources.registry import SOURCES

        return value in SOURCES
    return all(callable(getattr(value, name, None)) for name in ("matches", "decode_request", "encode_response"))


def _is_request(value: object) -> bool:
    from lambdabridge.startup.warm_up import is_request

    return is_request(value)


OPTIONS = (
    Option(
        "interface",
        "auto",
        '"auto", "wsgi", "asgi" or "asgi2"',
        ("auto", "wsgi", "asgi", "asgi2").__contains__,
        "How the application is called. Found from the callable itself; set it where that can't be known.",
    ),
    Option(
        "lifespan",
        "auto",
        '"auto", "on" or "off"',
        ("auto", "on", "off").__contains__,
        'ASGI startup, once for each execution environment. "auto" lets an application be without it, "on" does not.',
    ),
    Option(
        "base_path",
        "auto",
        '"auto", None or a path such as "/api"',
        _is_base_path,
        "The part of the client's path before the application's own: SCRIPT_NAME / root_path. Found from the event "
        "(the stage, a custom domain's base path), set by hand, or None to take the path as the event gives it.",
    ),
    Option(
        "errors",
        "respond",
        '"respond" or "raise"',
        ("respond", "raise").__contains__,
        "What an application's exception becomes: a 500 with the traceback in the log, or a failed invocation "
        "that Lambda counts.",
    ),
    Option(
        "binary_media_types",
        None,
        'None or a sequence of media types such as "image/png"',
        lambda value: value is None or (isinstance(value, (tuple, list)) and all(map(_is_media_type, value))),
        "A REST API's binaryMediaTypes, if they are other than `*/*`: the log then says which clients got base64 text.",
    ),
    Option(
        "sources",
        None,
        "None or a sequence of source modules or names",
        lambda value: (
            value is None or (isinstance(value, (tuple, list)) and bool(value) and all(map(_is_source, value)))
        ),
        "The front doors whose events are served, as modules or by name; None: all of "
        "`lambdabridge.sources.registry.SOURCES`.",
    ),
    Option(
        "warm_up",
        None,
        'None or a sequence of requests such as "/" or "GET /health"',
        lambda value: value is None or (isinstance(value, (tuple, list)) and all(map(_is_request, value))),
        "Requests that the application answers at init, on Lambda: what it does at its first request is done by then.",
    ),
)


def check(given: dict[str, object]) -> None:
    """Raise ConfigurationError for an unknown name or a value that its option does not accept."""
    known = {option.name: option for option in OPTIONS}
    for name, value in given.items():
        option = known.get(name)
        if option is None:
            from lambdabridge.errors import ConfigurationError

            raise ConfigurationError(f"bridge() has no option {name!r}; its options are {', '.join(known)}.")
        if not _valid(option, value):
            from lambdabridge.errors import ConfigurationError

            raise ConfigurationError(f"bridge({name}=...) must be {option.accepts}; it is {value!r}.")


def _valid(option: Option, value: object) -> bool:
    try:
        return bool(option.is_valid(value))
    except TypeError:
        return False
