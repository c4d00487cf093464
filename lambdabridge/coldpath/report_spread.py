"""The page's distributions: a dot for each process, the median, and the middle half."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambdabridge.coldpath.report_html import between, milliseconds, text
from lambdabridge.coldpath.report_phases import by_share, heading, label, title

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lambdabridge.coldpath.results import Measured


def section(measured: Sequence[Measured]) -> str:
    """Return the section with a dot for each process; one scale for what has the same CPU share."""
    drawn = [one for one in measured if one["samples"]]
    if not drawn:
        return ""
    figures = [heading(group, drawn) + _strips(group) for group in by_share(drawn)]
    return (
        "<section><h2>How the runs are spread</h2><p class='soft'>A dot is one process, from its start to its first "
        f"response. The line is the median, the box the middle half.</p>{''.join(figures)}</section>"
    )


def _strips(measured: Sequence[Measured]) -> str:
    values = [sample["total_ms"] for one in measured for sample in one["samples"]]
    low, high = min(values), max(values)
    margin = (high - low) * 0.04 or high * 0.05 or 1.0
    return "".join(_strip(one, max(low - margin, 0.0), high + margin) for one in measured)


def _strip(one: Measured, low: float, high: float) -> str:
    times = [sample["total_ms"] for sample in one["samples"]]
    total = one["total"]

    def at(value: float) -> str:
        return f"{100 * (value - low) / (high - low):.2f}%"

    places, tallest = _stacked(times, low, high)
    floor = 14 + 8 * tallest
    dots = "".join(
        f'<circle cx="{at(value)}" cy="{floor - 7 - 8 * level}" r="4"><title>{milliseconds(value)}</title></circle>'
        for value, level in places
    )
    width = f"{100 * (total['high'] - total['low']) / (high - low):.2f}%"
    ticks = "".join(
        f'<text x="{at(value)}" y="{floor + 16}" text-anchor="middle">{milliseconds(value)}</text>'
        for value in _ticks(low, high)
    )
    told = (
        f"{len(times)} runs from {milliseconds(min(times))} to {milliseconds(max(times))}, median "
        f"{milliseconds(total['median'])}, the middle half {between(total['low'], total['high'])}"
    )
    return (
        f'<figure class="strip"><figcaption><b>{text(title(one))}</b>: {told}</figcaption>'
        f'<svg role="img" aria-label="{text(label(one))}: {told}" height="{floor + 22}">'
        f'<rect class="box" x="{at(total["low"])}" y="2" width="{width}" height="{floor - 2}"></rect>{dots}'
        f'<line class="axis" x1="0" x2="100%" y1="{floor}" y2="{floor}"></line>'
        f'<line class="middle" x1="{at(total["median"])}" x2="{at(total["median"])}" y1="0" y2="{floor + 3}"></line>'
        f"{ticks}</svg></figure>"
    )


def _stacked(times: Iterable[float], low: float, high: float) -> tuple[list[tuple[float, int]], int]:
    """Return each value with the height at which its dot is free of the others', and the greatest height."""
    width = (high - low) / 100  # of a dot, on a page of middling width
    ends: list[float] = []
    places = []
    for value in sorted(times):
        level = next((level for level, end in enumerate(ends) if end <= value), len(ends))
        ends[level : level + 1] = [value + width]
        places.append((value, level))
    return places, len(ends)


def _ticks(low: float, high: float) -> list[float]:
    """Return three to six round values in a range."""
    step = 10.0 ** len(str(int(high - low)))
    while (high - low) / step < 3:
        step /= 2 if f"{step:e}"[0] in "15" and (high - low) / step * 2 >= 3 else 2.5 if f"{step:e}"[0] == "5" else 2
    first = -(-low // step)
    values = [(first + number) * step for number in range(8)]
    edge = (high - low) * 0.03  # a label at the very edge would be cut
    return [value for value in values if low + edge <= value <= high - edge]
