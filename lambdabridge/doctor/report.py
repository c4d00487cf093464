"""The report for people, and as JSON."""

from __future__ import annotations

import json
import textwrap
from dataclasses import asdict

from lambdabridge.doctor.checks import CHECKS
from lambdabridge.doctor.doctor import Report
from lambdabridge.doctor.findings import SEVERITIES, Finding

_COLORS = {"error": "31", "warning": "33", "note": "36"}
_WIDTH = 110


def as_text(report: Report, *, colored: bool = False) -> str:
    """Return the report as the terminal shows it."""
    lines = ["Looked at:", *(f"  {line}" for line in report.looked_at), ""]
    for one in report.findings:
        lines += [*_finding(one, colored), ""]
    counts = [
        f"{report.count(name)} {name}{'s' * (report.count(name) != 1)}" for name in SEVERITIES if report.count(name)
    ]
    lines.append(", ".join(counts) + "." if counts else "Nothing found.")
    return "\n".join(lines)


def _finding(one: Finding, colored: bool) -> list[str]:
    severity = f"\x1b[{_COLORS[one.severity]}m{one.severity}\x1b[0m" if colored else one.severity
    place = f"{one.file}:{one.line}" if one.line else one.file
    head = f"{severity} [{one.check}] {place}" + (f" {one.subject}" if one.subject else "")
    return [
        head,
        *_wrapped("seen", one.seen),
        *_wrapped("why", one.why),
        *_wrapped("do", one.cure),
        f"        {one.docs}",
    ]


def _wrapped(label: str, text: str) -> list[str]:
    """Return a sentence below its label; what has lines of its own keeps them."""
    lines = [
        part
        for line in text.splitlines()
        for part in textwrap.wrap(
            line, _WIDTH, break_long_words=False, break_on_hyphens=False, replace_whitespace=False
        )
    ]
    return [f"  {label if number == 0 else '':<5} {line}" for number, line in enumerate(lines)]


def as_json(report: Report) -> str:
    """Return the report as one JSON object."""
    counts = {name: report.count(name) for name in SEVERITIES}
    found = [asdict(one) for one in report.findings]
    return json.dumps({"looked_at": report.looked_at, "counts": counts, "findings": found}, indent=2)


def table() -> str:
    """Return every check, a line each."""
    rows = [(check.severity, check.name, (check.look.__doc__ or "").removeprefix("Find ")) for check in CHECKS]
    return "\n".join(f"{severity:<8} {name:<26} {found}" for severity, name, found in rows)
