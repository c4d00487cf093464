"""The headline as an SVG chart: three bars for each framework, readable on a light and on a dark page.

The colours are the reader's system's, by the media query prefers-color-scheme, which also holds for an image in a README;
the fonts are those that the reader has. https://www.w3.org/TR/SVG2/
"""

from __future__ import annotations

from html import escape

from benchmarks.cold.table import Headline
from benchmarks.cold.trees import FRAMEWORKS

WIDTH, LEFT, RIGHT, TOP = 760, 96, 190, 126
BAR, GAP, GROUP = 20, 4, 22
"""The height of a bar, the space below one, and the space between two frameworks."""
_STYLE = """
  .page { fill: #ffffff } .text { fill: #1f2328 } .faint { fill: #59636e } .line { stroke: #d1d9e0 }
  .peer { fill: #afb8c1 } .built { fill: #54aeff } .ours { fill: #1a7f37 }
  text { font: 13px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif }
  .title { font-size: 16px; font-weight: 600 } .strong { font-weight: 600 }
  .label { paint-order: stroke; stroke: #ffffff; stroke-width: 4px }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117 } .text { fill: #f0f6fc } .faint { fill: #9198a1 } .line { stroke: #3d444d }
    .peer { fill: #656c76 } .built { fill: #1f6feb } .ours { fill: #3fb950 }
    .label { stroke: #0d1117 }
  }
"""
_KINDS = (
    ("peer", "best other adapter, bytecode as deployed today"),
    ("built", "the same, with the bytecode of lambdabridge build"),
    ("ours", "lambdabridge, its build and its handler"),
)


def chart(lines: list[Headline], note: str) -> str:
    """Return the SVG document; note: date, machine and interpreter."""
    longest = max(max(line.peer_ms, line.rebuilt_ms, line.ours_ms) for line in lines)
    step = next(size for size in (20, 50, 100, 200, 500, 1000, 2000, 5000) if longest / size <= 6)
    scale = (WIDTH - LEFT - RIGHT) / longest
    group = 3 * BAR + 2 * GAP + GROUP
    bottom = TOP + group * len(lines) - GROUP + 10
    height = bottom + 54
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
        f'role="img" aria-label="{escape(_spoken(lines))}">',
        f"<style>{_STYLE}</style>",
        f'<rect class="page" width="{WIDTH}" height="{height}" rx="6"/>',
        _text(16, 28, "Cold start: from the start of the process to the first answer", "text title"),
        *_legend(),
    ]
    for number in range(int(longest / step) + 1):
        x = LEFT + number * step * scale
        parts.append(f'<line class="line" x1="{x:.1f}" y1="{TOP - 8}" x2="{x:.1f}" y2="{bottom}"/>')
        parts.append(_text(x, bottom + 18, f"{number * step}" + (" ms" if number == 0 else ""), "faint", "middle"))
    for number, line in enumerate(lines):
        parts += _group(line, TOP + number * group, scale)
    parts.append(_text(16, height - 12, note, "faint"))
    return "\n".join([*parts, "</svg>", ""])


def _legend() -> list[str]:
    parts = []
    for number, (kind, words) in enumerate(_KINDS):
        y = 44 + 20 * number
        parts.append(f'<rect class="{kind}" x="16" y="{y}" width="12" height="12" rx="2"/>')
        parts.append(_text(34, y + 11, words, "text"))
    return parts


def _group(line: Headline, top: int, scale: float) -> list[str]:
    """Return one framework's bars."""
    name = FRAMEWORKS[line.framework][0]
    parts = [_text(LEFT - 10, top + 1.5 * BAR + GAP + 5, name, "text strong", "end")]
    bars = (
        ("peer", line.peer_ms, f"{line.peer_ms:.0f} ms, {line.peer}", "text label"),
        ("built", line.rebuilt_ms, f"{line.rebuilt.median:.2f} · {line.rebuilt_ms:.0f} ms", "text label"),
        ("ours", line.ours_ms, f"{line.ours.median:.2f} · {line.ours_ms:.0f} ms", "text label strong"),
    )
    for number, (kind, milliseconds, words, style) in enumerate(bars):
        y = top + number * (BAR + GAP)
        width = milliseconds * scale
        parts.append(f'<rect class="{kind}" x="{LEFT}" y="{y}" width="{width:.1f}" height="{BAR}" rx="2"/>')
        parts.append(_text(LEFT + width + 8, y + 15, words, style))
    return parts


def _text(x: float, y: float, words: str, style: str, anchor: str = "start") -> str:
    return f'<text class="{style}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _spoken(lines: list[Headline]) -> str:
    """Return the chart in words, for those who can't see it."""
    said = [f"{FRAMEWORKS[line.framework][0]} {line.ours.median:.2f}" for line in lines]
    return f"Cold start of lambdabridge against the best other adapter as deployed today: {', '.join(said)}."
