"""What a check yields (Seen), and that with the row of its table (Finding)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

SEVERITIES = ("error", "warning", "note")
"""error: it will not deploy, or requests will fail. warning: it will hurt. note: worth knowing."""


@dataclass(frozen=True)
class Seen:
    """One fault.

    subject  a resource's logical id, a file in the package, a program; "" for the whole
    seen     one sentence: what is there
    cure     the line to write or the command to run
    member   the property that the line number is of
    file     another file than the template, and the line in it
    """

    subject: str
    seen: str
    cure: str
    member: str = ""
    file: str = ""
    line: int | None = None


@dataclass(frozen=True)
class Check:
    """One row of the table.

    name      as --ignore takes it
    look      what looks: yields a Seen for each fault
    why       AWS's fact, in a sentence or two
    docs      the page that has the fact
    """

    name: str
    severity: str
    look: Callable[[Any], Iterator[Seen]]
    why: str
    docs: str


@dataclass(frozen=True)
class Finding:
    """A fault as it is reported."""

    check: str
    severity: str
    file: str
    line: int | None
    subject: str
    seen: str
    why: str
    cure: str
    docs: str


def finding(check: Check, seen: Seen, file: str, line: int | None) -> Finding:
    """Return what is reported of a fault that a check saw."""
    return Finding(check.name, check.severity, file, line, seen.subject, seen.seen, check.why, seen.cure, check.docs)
