"""The page's table of all figures, a column for each configuration: medians, and below them the middle half."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambdabridge.coldpath.report_html import between, head, megabytes, milliseconds, text
from lambdabridge.coldpath.report_phases import label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lambdabridge.coldpath.results import Measured, Spread


def section(measured: Sequence[Measured]) -> str:
    """Return the section; a figure that no configuration has is left out."""
    columns = [_figures(one) for one in measured]
    names = list({name: None for column in columns for name in column})
    body = "".join(_row(name, [column.get(name, "") for column in columns]) for name in names)
    return (
        '<section><h2>All figures</h2><div class="scroll" tabindex="0" role="region" aria-label="All figures"><table>'
        "<caption>Medians, and the middle half of the runs.</caption>"
        f"{head('', *(f'#{label(one)}' for one in measured))}<tbody>{body}</tbody></table></div></section>"
    )


def _row(name: str, cells: list[str]) -> str:
    if not any(cells):
        return ""
    return f'<tr><th scope="row">{text(name)}</th>{"".join(f"<td class=number>{cell}</td>" for cell in cells)}</tr>'


def _figures(one: Measured) -> dict[str, str]:
    compared, compiled = one["compared"], one["compiled_from_source"]
    p99 = one["warm_p99"]
    return {
        "total": _time(one["total"]),
        "against the first (paired)": "" if compared is None else f"&times; {compared['ratio']:.2f}",
        **{f"{phase['title']}, with a probe": _time(phase["ms"]) for phase in one["phases"]},
        "init": _time(one["init_ms"]),
        "first request": _time(one["first"]),
        "warm request": _time(one["warm"]),
        "warm request, p99": "" if p99 is None else milliseconds(p99),
        "CPU time until the first response": _time(one["cpu"]),
        "memory after it": _memory(one["rss"]),
        "memory, peak": _memory(one["peak"]),
        "compiled from source": "" if compiled is None else f"{compiled} of {one['modules']}",
        "runs": str(one["total"]["count"]),
    }


def _time(spread: Spread | None) -> str:
    if spread is None:
        return ""
    return f'{milliseconds(spread["median"])}<div class="soft">{between(spread["low"], spread["high"])}</div>'


def _memory(spread: Spread | None) -> str:
    return "" if spread is None else megabytes(spread["median"])
