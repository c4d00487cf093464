"""render(): the results of `lambdabridge cold` as one HTML page, which needs no network and works from a file.

The page answers in this order: how long a cold start takes, where the time goes, what to do next, which imports it is, how
sure the figures are, and how they came about. All that comes from a user's code (names, paths, tracebacks) goes through
report_html.text(); the page's only script is known by its hash (Content-Security-Policy), and works on text alone.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from lambdabridge.coldpath import report_advice, report_imports, report_phases, report_spread, report_table
from lambdabridge.coldpath.report_html import between, head, megabytes, milliseconds, name, percent, size, text

if TYPE_CHECKING:
    from lambdabridge.coldpath.results import Failure, Measured, Meta, Package, Results

_PAGE = Path(__file__).with_name("report_page")


def render(results: Results) -> str:
    """Return the page."""
    script = _read("page.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return Template(_read("page.html")).substitute(
        title=text(f"Cold start of {results['meta']['target']}"),
        script_hash=f"sha256-{digest}",
        style=_read("page.css"),
        script=script,
        body=_body(results),
    )


def _read(file: str) -> str:
    return (_PAGE / file).read_text(encoding="utf-8")


def _body(results: Results) -> str:
    meta, measured = results["meta"], results["configurations"]
    tree = results["imports"]
    sections = [_failed(failure) for failure in results["failures"]]
    if measured:
        sections = [
            _headline(measured[0], results),
            *sections,
            report_phases.section(measured),
            report_advice.section(results["advice"], measured[0], meta),
            report_imports.section(tree),
            report_spread.section(measured),
            report_table.section(measured),
        ]
    sections += [_package(results["package"]), _method(meta)]
    return "\n".join(
        [
            '<a class="skip" href="#main">To the figures</a>',
            _header(meta),
            '<main id="main">',
            *filter(None, sections),
            "</main>",
            "<footer><p>Made by <code>lambdabridge cold</code>. Nothing here ran on AWS: times on Lambda differ, "
            "ratios and the order of things carry over.</p></footer>",
        ]
    )


def _header(meta: Meta) -> str:
    words = [f"Python {meta['python']}", meta["request"], meta["date"].replace("T", " ")[:16] + " UTC", meta["machine"]]
    return (
        f"<header><h1>Cold start of {name(meta['target'])}</h1>"
        f"<p>{' · '.join(text(word) for word in words if word)}</p></header>"
    )


def _headline(first: Measured, results: Results) -> str:
    total = first["total"]
    figure, unit = milliseconds(total["median"]).split(" ")
    spread = (
        f"The median of {total['count']} cold starts, from the process's start to the whole first response; "
        f"the middle half took {between(total['low'], total['high'])}."
    )
    return (
        '<section class="hero" aria-label="The result">'
        f'<p class="figure">{figure} <small>{unit}</small></p>'
        f'<div><p class="finding">{_finding(first)}</p><p class="soft">{spread}{_share(first)}</p></div>'
        f'<dl class="facts">{_facts(first, results)}</dl></section>'
    )


def _finding(first: Measured) -> str:
    """Return the sentence that says where the time goes."""
    parts = report_phases.parts(first)
    largest = max(parts, key=lambda part: part.ms)
    total = sum(part.ms for part in parts)
    return (
        f"Most of it is the <b>{text(largest.title)}</b>: <b>{milliseconds(largest.ms)}</b>, "
        f"{percent(largest.ms, total)} of the cold start."
    )


def _share(first: Measured) -> str:
    share = report_phases.share(first)
    return f" With {text(share)}." if share else ""


def _facts(first: Measured, results: Results) -> str:
    """Return the figures beside the headline's."""
    meta, package, warm = results["meta"], results["package"], first["warm"]
    facts = [("first request", milliseconds(first["first"]["median"]), "")]
    if warm is not None:
        p99 = first["warm_p99"]
        facts.append(("warm request", milliseconds(warm["median"]), f"p99 {milliseconds(p99)}" if p99 else ""))
    if first["cpu"] is not None:
        facts.append(("CPU time", milliseconds(first["cpu"]["median"]), ""))
    if first["rss"] is not None:
        peak = first["peak"]
        facts.append(("memory", megabytes(first["rss"]["median"]), f"peak {megabytes(peak['median'])}" if peak else ""))
    if first["compiled_from_source"] is not None:
        of = f"of {first['modules']} modules" if first["modules"] else "modules"
        facts.append(("compiled from source", str(first["compiled_from_source"]), of))
    if package is not None:
        facts.append(("package", size(package["size"]), f"{package['files']} files"))
    if meta["status"] is not None:
        facts.append(("status", str(meta["status"]), ""))
    return "".join(
        f"<div><dt>{text(term)}</dt><dd>{text(value)} <small>{text(more)}</small></dd></div>"
        for term, value, more in facts
    )


def _failed(failure: Failure) -> str:
    what = f"<h3>{name(failure['name'])}: no figures</h3>" if failure["name"] else "<h3>No figures</h3>"
    output = f"<pre tabindex='0'>{text(failure['output'])}</pre>" if failure["output"].strip() else ""
    return f'<section class="failed">{what}<p>{text(failure["message"])}</p>{output}</section>'


def _package(package: Package | None) -> str:
    if package is None:
        return ""
    largest = package["largest"][:12]
    most = max((bytes_ for _, bytes_ in largest), default=0)
    rows = "".join(
        f'<tr><td>{name(file)}</td><td class="number">{size(bytes_)}</td><td class="wide">'
        f'<span class="inline-bar k-dependency" style="width:{100 * bytes_ / (most or 1):.1f}%"></span></td></tr>'
        for file, bytes_ in largest
    )
    table = f"<table><caption>The largest of what is in it</caption>{head('file', '#size', '')}<tbody>{rows}</tbody></table>"
    rest = "" if package["complete"] else " The dependencies are not in this folder: a build would be larger."
    return (
        f"<section><h2>Package</h2><p>{name(package['path'])}: {size(package['size'])} in {package['files']} files. "
        f"Bytecode of the loaded modules: {text(package['bytecode'])}.{rest}</p>{table if largest else ''}</section>"
    )


def _method(meta: Meta) -> str:
    """Return how it was measured: what one needs to believe the figures, or to get them again."""
    versions = ", ".join(f"{package} {version}" for package, version in meta["versions"].items())
    terms = [
        ("Runs", f"{meta['runs']} of each, in random order, with {meta['warm_requests']} warm requests at most"),
        ("Process", f"python -m awslambdaric {meta['handler']}"),
        ("Request", f"{meta['request']}, answered with {meta['status']}" if meta["status"] else meta["request"]),
        ("CPU share", meta["throttle"] or "a whole CPU, as with 1769 MB"),
        ("Its own CPU", "yes: time that another process took from it is subtracted" if meta["pinned"] else "no"),
        ("Noise", _or(meta["noise_ms"], "the same configuration against itself: ± {}")),
        ("Probe", _or(meta["probe_ms"], "the runs that tell the phases took {} more; totals are from runs without")),
        ("Machine", meta["machine"]),
        ("Python and packages", f"Python {meta['python']}, {versions}"),
        ("Folder", meta["folder"]),
        ("Date", meta["date"]),
    ]
    listed = "".join(f"<div><dt>{term}</dt><dd>{text(value)}</dd></div>" for term, value in terms if value)
    notes = "".join(f"<li>{text(note)}</li>" for note in meta["notes"])
    notes = f'<ul class="notes">{notes}</ul>' if notes else ""
    return f'<section><h2>How it was measured</h2><dl class="method">{listed}</dl>{notes}</section>'


def _or(value: float | None, sentence: str) -> str:
    return "" if value is None else sentence.format(milliseconds(value))
