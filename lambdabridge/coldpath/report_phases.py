"""The page's bars: the phases of each configuration's cold start, and what stands for what."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from lambdabridge.coldpath.report_html import milliseconds, percent, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lambdabridge.coldpath.results import Measured

_AT = ", {memory} MB, init {init}"
_INIT = {
    "full": "",
    "throttled": "{} MB's share of the CPU from the start on",
    "boosted": "a whole CPU in init, then {} MB's share",
}


class Part(NamedTuple):
    """A part of a bar."""

    key: str
    """Its colour, --c-... in page.css."""
    title: str
    what: str
    ms: float


def parts(one: Measured) -> list[Part]:
    """Return a configuration's phases; where none were probed, what was seen from outside."""
    if one["phases"]:
        return [
            Part(phase["name"], phase["title"], phase["what"], max(phase["ms"]["median"], 0)) for phase in one["phases"]
        ]
    first, init = one["first"]["median"], one["init_ms"]["median"]
    return [
        Part("init", "init", "From the process's start until it asks for its first event.", init),
        Part("first", "first request", "From the event to the whole response.", first),
    ]


def share(one: Measured) -> str:
    """Return which CPU share a configuration had; "" for a whole one."""
    return "" if one["memory"] is None else _INIT[one["init"]].format(one["memory"])


def heading(group: Sequence[Measured], measured: Sequence[Measured]) -> str:
    """Return the heading of the configurations with one CPU share, where there are others."""
    words = share(group[0]) or "a whole CPU"
    return f"<h3>{text(words[0].upper() + words[1:])}</h3>" if len(group) < len(measured) else ""


def label(one: Measured) -> str:
    """Return a title with the CPU share, in short."""
    return title(one) if one["memory"] is None else title(one) + _AT.format(**one)


def title(one: Measured) -> str:
    """Return a configuration's title without its CPU share."""
    return (one["title"] or one["name"]).removesuffix(_AT.format(**one))


def section(measured: Sequence[Measured]) -> str:
    """Return the section with a bar for each configuration; one scale for what has the same CPU share."""
    pieces: list[str] = []
    for group in by_share(measured):
        longest = max(one["total"]["median"] for one in group) or 1.0
        bars = "".join(f"<li>{_bar(one, longest)}</li>" for one in group)
        pieces.append(f'{heading(group, measured)}<ol class="bars">{bars}</ol>{"" if pieces else _legend(measured)}')
    return f"<section><h2>Where the time goes</h2>{''.join(pieces)}</section>"


def by_share(measured: Sequence[Measured]) -> list[list[Measured]]:
    """Return the configurations by their CPU share, the first one's first."""
    groups: dict[tuple[int | None, str], list[Measured]] = {}
    for one in measured:
        groups.setdefault((one["memory"], one["init"]), []).append(one)
    return list(groups.values())


def _bar(one: Measured, longest: float) -> str:
    found = parts(one)
    total = sum(part.ms for part in found) or 1.0
    spoken = ", ".join(f"{part.title} {milliseconds(part.ms)}" for part in found)
    pieces = []
    for part in found:
        of_all = part.ms / longest
        shown = f"{text(part.title)} {milliseconds(part.ms)}" if of_all > 0.13 else ""
        thin = "" if shown else ' class="thin"'
        tip = text(f"{part.title}: {milliseconds(part.ms)}, {percent(part.ms, total)}")
        style = f"width:{100 * part.ms / total:.2f}%;background:var(--c-{text(part.key)})"
        pieces.append(f'<span{thin} style="{style}" title="{tip}">{shown}</span>')
    return (
        f'<div class="bar-head"><span>{text(title(one))}</span><b>{milliseconds(one["total"]["median"])}</b></div>'
        f'<div class="bar" role="img" style="width:{100 * one["total"]["median"] / longest:.2f}%" '
        f'aria-label="{text(spoken)}">{"".join(pieces)}</div>'
    )


def _legend(measured: Sequence[Measured]) -> str:
    """Return what the colours mean, with the first configuration's figures."""
    first = parts(measured[0])
    seen = {part.key: part for one in reversed(measured) for part in parts(one)}
    order = {part.key: part for part in first} | seen
    total = sum(part.ms for part in first)
    mine = {part.key: part.ms for part in first}
    rows = "".join(_legend_row(part, mine.get(key), total) for key, part in order.items())
    return f'<ul class="legend">{rows}</ul>'


def _legend_row(part: Part, ms: float | None, total: float) -> str:
    figure = "" if ms is None else f"<b>{milliseconds(ms)}</b> <span class='soft'>{percent(ms, total)}</span>"
    return (
        f'<li><span class="swatch" style="background:var(--c-{text(part.key)})"></span><span>{text(part.title)}</span>'
        f'<span class="number">{figure}</span><span class="soft">{text(part.what)}</span></li>'
    )
