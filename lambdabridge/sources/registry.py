"""The list of front doors, the search for the one that an event came through, and what is said when there is none.

A source is a module (or any object) that satisfies types.Source. Those of this package are listed by name and imported
when an event is first searched for. `matches` is exclusive, so the order of the list means nothing.
"""

from __future__ import annotations

import sys

import lambdabridge

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from lambdabridge.types import Event, Source

SOURCES: tuple[str, ...] = (
    "http_api_v2",
    "rest_api",
    "http_api_v1",
    "function_url",
    "alb",
    "vpc_lattice",
    "lambda_at_edge",
    "rest_template",
)


def resolve(source: Source | str) -> Source:
    """Return a source for its entry in a list of sources."""
    if not isinstance(source, str):
        return source
    name = f"lambdabridge.sources.{source}"
    if name not in sys.modules:
        __import__(name)
    return sys.modules[name]


def find(event: object, sources: Sequence[Source | str] | None = None) -> Source:
    """Return the source that an event came through; raise UnknownEventError if there is none. None means SOURCES."""
    if sources is None:
        sources = SOURCES
    if isinstance(event, dict):
        for entry in sources:
            source = resolve(entry)
            if source.matches(event):
                return source
        members = ", ".join(sorted(map(_printable, event))[:30]) or "none"
        seen = f"an object with the members: {members}"
    else:
        seen = f"{type(event).__name__} ({event!r:.60})"
    known = ", ".join(short_name(resolve(entry)) for entry in sources)
    raise lambdabridge.errors.UnknownEventError(
        f"This is no HTTP event of a known front door. It is {seen}. Known sources: {known}."
    )


def malformed(event: Event, source: Source, error: Exception) -> lambdabridge.errors.MalformedEventError:
    """Return the error for an event that a source could not decode: it names the member at fault where one is."""
    from lambdabridge.sources.diagnosis import problems

    # VPC Lattice and Lambda@Edge have members of the same names and other types
    found = [] if short_name(source) in ("vpc_lattice", "lambda_at_edge") else problems(event)
    if found:
        detail = "; ".join(found)
    elif isinstance(error, KeyError):
        detail = f"the member {error} is missing"
    else:
        detail = f"{type(error).__name__}: {error}"
    return lambdabridge.errors.MalformedEventError(f"The {short_name(source)} event is malformed: {detail}.")


def _printable(member: object) -> str:
    return member if isinstance(member, str) and member.isidentifier() else repr(member)


def short_name(source: Source) -> str:
    """Return a source's name in SOURCES; for one of a user's own, that of its module or class."""
    name: object = getattr(source, "__name__", None) or type(source).__name__
    return str(name).rpartition(".")[2]
