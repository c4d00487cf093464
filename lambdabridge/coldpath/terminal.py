"""The results for people at a terminal: the figure, where it goes, what to do next; then the rest."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from lambdabridge.coldpath.imports_figures import dearest
from lambdabridge.coldpath.statistics import SURE

if TYPE_CHECKING:
    from lambdabridge.coldpath.imports import Import
    from lambdabridge.coldpath.results import Advice, Measured, Results

_BAR = 40
_WIDTH = 110
_EIGHTHS = " ▏▎▍▌▋▊▉"
_DEAREST = 8


def lines(results: Results) -> list[str]:
    """Return the report."""
    shown, meta = results["configurations"], results["meta"]
    base = shown[0]
    whole = [one for one in shown if one["memory"] is None]
    found = [*_headline(results), "", *_phases(base), "", *_facts(results)]
    if base["name"] == "A":
        found += ["", *_compared(whole)]
    found += ["", *_imports(results["imports"])] if results["imports"] else []
    if any(one["memory"] is not None for one in shown):
        found += ["", *_shares(results)]
    if base["name"] != "A":
        found += ["", *_advice(results)]
    found += ["", *(line for note in _notes(results) for line in _wrapped(note, "  ", "- "))]
    found += [f"  - {name}: {failure['message']}" for failure in results["failures"] if (name := failure["name"])]
    return [line.rstrip() for line in found if meta]


def _headline(results: Results) -> list[str]:
    base, meta = results["configurations"][0], results["meta"]
    total = base["total"]
    middle = f"middle half {_ms(total['low'])} to {_ms(total['high'])}"
    return [
        f"Cold start of {meta['target']}, {base['title']}: {_ms(total['median'])}",
        f"  ({middle}, {total['count']} runs; {meta['request']}; Python {meta['python']})",
    ]


def _phases(measured: Measured) -> list[str]:
    phases = measured["phases"]
    most = max((phase["ms"]["median"] for phase in phases), default=0.0) or 1.0
    return [
        f"  {phase['title']:<24}{_ms(phase['ms']['median']):>10}  {_bar(phase['ms']['median'] / most)}"
        for phase in phases
    ]


def _facts(results: Results) -> list[str]:
    base, package = results["configurations"][0], results["package"]
    facts = []
    if base["warm"] is not None and base["warm_p99"] is not None:
        facts.append(f"warm request {_ms(base['warm']['median'])} (p99 {_ms(base['warm_p99'])})")
    if base["cpu"] is not None:
        facts.append(f"CPU time {_ms(base['cpu']['median'])}")
    if base["rss"] is not None and base["peak"] is not None:
        facts.append(f"memory {base['rss']['median']:.0f} MB (peak {base['peak']['median']:.0f})")
    found = ["  " + ", ".join(facts)] if facts else []
    if base["compiled_from_source"] is not None:
        found.append(
            f"  {base['compiled_from_source']} of {base['modules']} imported modules were compiled from source"
        )
    if package is not None:
        rest = "" if package["complete"] else ", without its dependencies"
        found.append(f"  package {_size(package['size'])} in {package['files']} files{rest}")
    return found


def _compared(shown: list[Measured]) -> list[str]:
    found = []
    for one in shown:
        found.append(f"  {one['name']}  {one['title']:<50} {_ms(one['total']['median']):>9}")
        difference = one["compared"]
        if difference is not None:
            found.append(
                f"     B - A, paired by round, {difference['count']} of them: {_signed(difference['median'])} "
                f"(95 % sure: {_signed(difference['sure_low'])} to {_signed(difference['sure_high'])}), "
                f"x {difference['ratio']:.2f}"
            )
    return found


def _imports(tree: Import) -> list[str]:
    found = ["Dearest imports, without what they import:"]
    for module in dearest(tree, _DEAREST):
        chain = [step.partition(" (")[0] for step in module["chain"][:-1]][-4:]
        asked = f"  < {' < '.join(reversed(chain))}" if chain else ""
        mark = "  compiled" if module["from_source"] else ""
        found.append(f"  {_ms(module['self_us'] / 1000):>9}  {module['name']}{asked}{mark}"[:_WIDTH])
    return found


def _shares(results: Results) -> list[str]:
    found = [f"With a part of a CPU. {results['meta']['throttle']}"]
    found.append(f"  {'':<52}{'init throttled':>16}{'init boosted':>16}{'first request':>15}")
    shown = results["configurations"]
    for one in shown:
        if one["memory"] is None or one["init"] != "throttled":
            continue
        other = [x for x in shown if x["memory"] == one["memory"] and x["name"] == _boosted(one["name"])]
        boosted = _ms(other[0]["total"]["median"]) if other else "-"
        first = _ms(other[0]["first"]["median"]) if other else "-"
        title = f"{one['memory']:>5} MB, {one['title'].partition(', ')[0]}"
        found.append(f"  {title:<52.52}{_ms(one['total']['median']):>16}{boosted:>16}{first:>15}")
    whole, whole_title = shown[0], shown[0]["title"]
    found.append(
        f"  {f' 1769 MB, {whole_title}':<52.52}"
        f"{_ms(whole['total']['median']):>16}{_ms(whole['total']['median']):>16}{_ms(whole['first']['median']):>15}"
    )
    return found


def _boosted(name: str) -> str:
    return name.removesuffix("throttled") + "boosted"


def _advice(results: Results) -> list[str]:
    advice, shown = results["advice"], results["configurations"]
    if not advice and all(one["name"] == shown[0]["name"] for one in shown if one["memory"] is None):
        return ["What to do next: nothing was tried here."]
    if not advice and shown[0]["total"]["count"] < SURE:
        return [
            f"What to do next: nothing is sure after {shown[0]['total']['count']} runs; --runs {SURE} is the least."
        ]
    if not advice:
        return ["What to do next: nothing that was tried here has a gain that is sure."]
    left = results["configurations"][0]["total"]["median"]
    found = ["What to do next, in this order; each gain was measured here, with those before it followed:"]
    for number, one in enumerate(advice, 1):
        left -= one["promised_gain_ms"]
        found += ["", *_step(number, one, left)]
    return found


def _step(number: int, one: Advice, left: float) -> list[str]:
    ratio = "" if one["ratio"] is None else f", x {one['ratio']:.2f}"
    found = [f"  {number}. {one['title']}: -{_ms(one['promised_gain_ms'])}{ratio}, leaves about {_ms(left)}"]
    found += _wrapped(one["why"], "     ")
    found += [f"         {line}" for line in one["how"].splitlines()]
    found += _wrapped(one["risk"], "     ") if one["risk"] else []
    return found


def _notes(results: Results) -> list[str]:
    meta = results["meta"]
    notes = list(meta["notes"])
    if meta["probe_ms"] is not None:
        notes.append(
            f"The phases come from runs with a probe, which took {_signed(meta['probe_ms'])}; the total does not."
        )
    if meta["noise_ms"] is not None:
        notes.append(f"The same configuration against itself: none to {_ms(meta['noise_ms'])} (95 % sure).")
    notes.append("Nothing here ran on AWS: times on Lambda differ, ratios and the order of things carry over.")
    return notes


def _wrapped(text: str, indent: str, bullet: str = "") -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent=indent + bullet, subsequent_indent=indent + " " * len(bullet))


def _bar(part: float) -> str:
    eighths = max(round(part * _BAR * 8), 1)
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


def _ms(value: float) -> str:
    return f"{value:.0f} ms" if value >= 100 else f"{value:.1f} ms" if value >= 10 else f"{value:.2f} ms"


def _signed(value: float) -> str:
    return f"{'+' if value >= 0 else '-'}{_ms(abs(value))}"


def _size(size: int) -> str:
    return f"{size / 1024**2:.1f} MB" if size >= 1024**2 else f"{size / 1024:.1f} KB"
