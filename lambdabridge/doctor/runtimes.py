"""Lambda's Python runtimes, their dates, and the checks of both.

The dates are AWS's forecasts, which move now and then: when one has passed, or a runtime is new, take the table of
https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html#runtimes-supported once more. A test holds them against
cfn-lint's where that is installed; a date that it has and this table has not fails there.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from lambdabridge.doctor.findings import Seen
from lambdabridge.doctor.subject import Subject


class Dates(NamedTuple):
    """From when on a runtime gets no security updates, no new function can be made, and none can be updated."""

    deprecated: date
    no_create: date
    no_update: date


RUNTIMES: dict[str, Dates | None] = {
    "python3.9": Dates(date(2025, 12, 15), date(2027, 2, 1), date(2027, 3, 3)),
    "python3.10": Dates(date(2026, 10, 31), date(2027, 2, 1), date(2027, 3, 3)),
    "python3.11": Dates(date(2027, 6, 30), date(2027, 7, 31), date(2027, 8, 31)),
    "python3.12": Dates(date(2028, 10, 31), date(2028, 11, 30), date(2029, 1, 10)),
    "python3.13": Dates(date(2029, 6, 30), date(2029, 7, 31), date(2029, 8, 31)),
    "python3.14": Dates(date(2029, 6, 30), date(2029, 7, 31), date(2029, 8, 31)),
    "python3.15": None,
}
"""What has no dates yet has None. As of 2026-11."""
OLDEST = (3, 10)
"""lambdabridge's: pyproject.toml's requires-python."""
_NOTICE = timedelta(days=180)
"""How long before AWS writes to the owners of functions."""


def missing(subject: Subject) -> Iterator[Seen]:
    """Find a function without a runtime."""
    for function in subject.functions:
        if not function.runtime:
            yield Seen(function.name, "It has no Runtime.", _cure(subject), "Runtime")


def too_old(subject: Subject) -> Iterator[Seen]:
    """Find a Python that lambdabridge does not run on."""
    for function in subject.functions:
        if function.python and function.python < OLDEST:
            seen = f"Its runtime is {function.runtime}; lambdabridge needs Python {OLDEST[0]}.{OLDEST[1]} or newer."
            yield Seen(function.name, seen, _cure(subject), "Runtime")


def unknown(subject: Subject) -> Iterator[Seen]:
    """Find a runtime that is not in the table."""
    for function in subject.functions:
        if function.runtime and function.runtime not in RUNTIMES and (function.python or OLDEST) >= OLDEST:
            seen = f"Its runtime is {function.runtime}; this version of lambdabridge knows {', '.join(RUNTIMES)}."
            yield Seen(function.name, seen, _cure(subject), "Runtime")


def closed(subject: Subject) -> Iterator[Seen]:
    """Find a runtime that no new function may have."""
    for name, runtime, dates in _dated(subject):
        if dates.no_create <= subject.today:
            seen = f"Its runtime is {runtime}: since {dates.no_create} no function is created with it"
            seen += (
                f", and {'since' if dates.no_update <= subject.today else 'from'} {dates.no_update} on none is updated."
            )
            yield Seen(name, seen, _cure(subject), "Runtime")


def ended(subject: Subject) -> Iterator[Seen]:
    """Find a runtime that gets no security updates."""
    for name, runtime, dates in _dated(subject):
        if dates.deprecated <= subject.today < dates.no_create:
            seen = (
                f"Its runtime is {runtime}, which ended on {dates.deprecated}; from {dates.no_create} on no function "
            )
            yield Seen(
                name, f"{seen}is created with it, from {dates.no_update} on none is updated.", _cure(subject), "Runtime"
            )


def ending(subject: Subject) -> Iterator[Seen]:
    """Find a runtime that ends within half a year."""
    for name, runtime, dates in _dated(subject):
        if subject.today < dates.deprecated <= subject.today + _NOTICE:
            yield Seen(name, f"Its runtime is {runtime}, which ends on {dates.deprecated}.", _cure(subject), "Runtime")


def _dated(subject: Subject) -> Iterator[tuple[str, str, Dates]]:
    for function in subject.functions:
        dates = RUNTIMES.get(function.runtime)
        if dates is not None and (function.python or OLDEST) >= OLDEST:
            yield function.name, function.runtime, dates


def _cure(subject: Subject) -> str:
    return subject.say("Runtime: python3.13", "runtime=lambda_.Runtime.PYTHON_3_13")
