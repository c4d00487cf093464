"""The published run: a JSON document with all samples, and what is made of it: the Markdown for two README files, the chart.

Nothing is measured to write these anew: `cold_path.py --from FILE` does it, and tests/test_benchmarks_cold.py holds them to
the document.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.cold.chart import chart
from benchmarks.cold.table import Case, Sample, Samples, Times, controls, headlines, middle, ratio, totals, warms
from benchmarks.cold.trees import ADAPTERS, FRAMEWORKS, OURS

VARIANTS = {
    "today": "as deployed today",
    "none": "no bytecode",
    "built": "built",
    "first": "built, handler first",
    "eager": "... without lazy imports",
}
"""Variant -> its column; cases.py says what they are."""


def make(samples: Samples, about: dict[str, Any]) -> dict[str, Any]:
    """Return the document: the samples themselves, so that anyone can work out another figure, and the main ones."""
    return {
        **about,
        "headlines": [line._asdict() for line in headlines(samples)],
        "controls": [control._asdict() for control in controls(samples)],
        "samples": [
            {
                **case._asdict(),
                "total_ms": [round(one.total, 2) for one in samples[case]],
                "warm_us": [one.warm and round(one.warm, 1) for one in samples[case]],
            }
            for case in samples
        ],
    }


def samples_in(document: dict[str, Any]) -> Samples:
    """Return a document's samples."""
    return {
        Case(*(row[name] for name in Case._fields)): [
            Sample(total, warm) for total, warm in zip(row["total_ms"], row["warm_us"], strict=True)
        ]
        for row in document["samples"]
    }


def write(stem: Path, document: dict[str, Any]) -> None:
    """Write STEM.json and STEM.svg."""
    stem.with_name(f"{stem.name}.json").write_text(f"{json.dumps(document, indent=1)}\n", encoding="utf-8")
    stem.with_name(f"{stem.name}.svg").write_text(picture(document), encoding="utf-8")


def picture(document: dict[str, Any]) -> str:
    """Return the chart."""
    where = f"{document['date']}, Python {document['python']}, {document['machine']}"
    return chart(headlines(samples_in(document)), f"{where}; {document['rounds']} rounds.")


def summary(document: dict[str, Any]) -> str:
    """Return the Markdown for README.md: the headline, and where it was measured."""
    where = f"{document['date']}, Python {document['python']}, {document['machine']}; {document['rounds']} rounds."
    return "\n".join([*_headline(samples_in(document)), where])


def report(document: dict[str, Any]) -> str:
    """Return the Markdown for benchmarks/README.md: headline, whole table, and under which circumstances."""
    samples = samples_in(document)
    names = (*(name for name in ADAPTERS if name != OURS), *FRAMEWORKS, "awslambdaric")
    versions = document["versions"]
    before, after = document["load"]
    lines = [
        *_headline(samples),
        "",
        *_table(samples),
        "",
        f"{document['date']}, Python {document['python']}, {document['machine']}; {document['rounds']} rounds in "
        f"{document['minutes']:g} minutes, load {before:g} before and {after:g} after. Against {OURS} {versions[OURS]}: "
        + ", ".join(f"{name} {versions[name]}" for name in names if name in versions)
        + ".",
    ]
    found = [f"{one.name}: cold {one.cold}, warm {one.warm}" for one in controls(samples)]
    if found:
        lines += ["", f"A/A, the same against itself, which should be 1: {'; '.join(found)}."]
    return "\n".join(lines)


def _headline(samples: Samples) -> list[str]:
    return [
        "| | **cold start, ours / best peer** | best peer, as deployed today | the same peer, built | ours, built, handler "
        "first | warm, ours / fastest peer |",
        "| --- | --- | --- | --- | --- | --- |",
        *(
            f"| {FRAMEWORKS[line.framework][0]} | **{line.ours.median:.2f}** ({line.ours.low:.2f}-{line.ours.high:.2f}) "
            f"| {line.peer_ms:.0f} ms, {line.peer} | {line.rebuilt.median:.2f}, {line.rebuilt_ms:.0f} ms "
            f"| {line.ours.median:.2f}, {line.ours_ms:.0f} ms | {line.warm}, {line.warm_peer} |"
            for line in headlines(samples)
        ),
        "",
        "A ratio is the median of the rounds' own; in parentheses, between what eight of ten rounds lie.",
    ]


def _table(samples: Samples) -> list[str]:
    shown = [variant for variant in VARIANTS if any(case.variant == variant for case in samples)]
    lines = [
        f"| | {' | '.join(VARIANTS[variant] for variant in shown)} | warm |",
        "| --- |" + " --- |" * (len(shown) + 1),
    ]
    for line in headlines(samples):
        base = totals(samples, Case(line.framework, line.peer, "today"))
        for adapter in dict.fromkeys(case.adapter for case in samples if case.framework == line.framework):
            cells = [_cell(samples, Case(line.framework, adapter, variant), base) for variant in shown]
            last = Case(line.framework, adapter, "first" if adapter == OURS else "built")
            cells.append(f"{middle(warms(samples, last)):.0f} µs")
            lines.append(f"| {FRAMEWORKS[line.framework][0]}, {adapter} | {' | '.join(cells)} |")
    floor = next(middle(totals(samples, case)) for case in samples if case.framework == "bare")
    said = f"A handler without a framework: {floor:.0f} ms. Ratios are to the framework's best peer as deployed today."
    return [*lines, "", said]


def _cell(samples: Samples, case: Case, base: Times) -> str:
    if case not in samples:
        return ""
    times = totals(samples, case)
    return f"{ratio(times, base).median:.2f}, {middle(times):.0f} ms"
