"""benchmarks/cold_path.py: the figures made of samples, the table, the chart, the state of the folders, and one small run.

The benchmark itself takes minutes: it is run by hand, and its result stands in the README.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from benchmarks import cold_path
from benchmarks.cold import document, trees
from benchmarks.cold.cases import BARE, cases, environment, handler
from benchmarks.cold.chart import chart
from benchmarks.cold.table import Case, Control, Headline, Ratio, Sample, Samples, controls, headlines, ratio
from lambdabridge.sources.registry import find

ROOT = Path(__file__).resolve().parents[1]
OURS = trees.OURS
# two rounds, the second on a machine that is half as fast: ratios do not change
TOTALS = {
    BARE: 20.0,
    Case("flask", "apig-wsgi", "today"): 300.0,
    Case("flask", "apig-wsgi", "built"): 120.0,
    Case("flask", "serverless-wsgi", "today"): 290.0,
    Case("flask", "serverless-wsgi", "built"): 130.0,
    Case("flask", OURS, "today"): 280.0,
    Case("flask", OURS, "built"): 116.0,
    Case("flask", OURS, "first"): 87.0,
    Case("flask", OURS, "first", "again"): 87.0,
}
WARMS = {"apig-wsgi": 200.0, "serverless-wsgi": 250.0, OURS: 190.0}
SAMPLES: Samples = {
    case: [Sample(total * slower, WARMS.get(case.adapter, 100.0) * slower) for slower in (1, 2)]
    for case, total in TOTALS.items()
}
WSGI = """
import json
from urllib.parse import parse_qs

def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps({"page": int(parse_qs(environ["QUERY_STRING"])["page"][0])}).encode()]
"""


def about(value: float) -> Any:
    return pytest.approx(value)


def test_a_ratio_is_of_pairs() -> None:
    assert ratio([1.0, None, 4.0, 9.0], [2.0, 1.0, 4.0, 6.0]) == Ratio(1.0, about(0.6), about(1.4), 3)
    assert str(ratio([None], [1.0])) == "not measured"


def test_headline_is_to_the_best_peer() -> None:
    def same(value: float) -> Ratio:
        return Ratio(about(value), about(value), about(value), 2)

    assert headlines(SAMPLES) == [
        Headline(
            framework="flask",
            peer="serverless-wsgi",
            peer_ms=435.0,
            rebuilt=same(130 / 290),
            rebuilt_ms=195.0,
            ours=same(0.3),
            ours_ms=130.5,
            warm_peer="apig-wsgi",
            warm=same(0.95),
        )
    ]


def test_control() -> None:
    assert controls(SAMPLES) == [Control("flask lambdabridge first", Ratio(1, 1, 1, 2), Ratio(1, 1, 1, 2))]


ABOUT = {
    "date": "2026-11-21",
    "python": "3.13.0",
    "machine": "a machine",
    "rounds": 2,
    "minutes": 1.5,
    "load": [0.1, 1.2],
    "versions": {
        "lambdabridge": "0.1.0",
        "apig-wsgi": "2.20.0",
        "serverless-wsgi": "3.1.0",
        "flask": "3.1.3",
        "x": "1",
    },
}


def test_report() -> None:
    assert document.report(document.make(SAMPLES, ABOUT)).splitlines() == [
        "| | **cold start, ours / best peer** | best peer, as deployed today | the same peer, built | ours, built, handler "
        "first | warm, ours / fastest peer |",
        "| --- | --- | --- | --- | --- | --- |",
        "| Flask | **0.30** (0.30-0.30) | 435 ms, serverless-wsgi | 0.45, 195 ms | 0.30, 130 ms "
        "| 0.95 (0.95-0.95), apig-wsgi |",
        "",
        "A ratio is the median of the rounds' own; in parentheses, between what eight of ten rounds lie.",
        "",
        "| | as deployed today | built | built, handler first | warm |",
        "| --- | --- | --- | --- | --- |",
        "| Flask, apig-wsgi | 1.03, 450 ms | 0.41, 180 ms |  | 300 µs |",
        "| Flask, serverless-wsgi | 1.00, 435 ms | 0.45, 195 ms |  | 375 µs |",
        "| Flask, lambdabridge | 0.97, 420 ms | 0.40, 174 ms | 0.30, 130 ms | 285 µs |",
        "",
        "A handler without a framework: 30 ms. Ratios are to the framework's best peer as deployed today.",
        "",
        "2026-11-21, Python 3.13.0, a machine; 2 rounds in 1.5 minutes, load 0.1 before and 1.2 after. Against lambdabridge "
        "0.1.0: apig-wsgi 2.20.0, serverless-wsgi 3.1.0, flask 3.1.3.",
        "",
        "A/A, the same against itself, which should be 1: flask lambdabridge first: cold 1.00 (1.00-1.00), warm 1.00 "
        "(1.00-1.00).",
    ]


def test_document_holds_the_samples() -> None:
    assert document.samples_in(json.loads(json.dumps(document.make(SAMPLES, ABOUT)))) == SAMPLES


PUBLISHED = sorted((ROOT / "benchmarks").glob("cold_path*.json"))


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.stem)
def test_readme_and_chart_are_of_the_published_run(path: Path) -> None:
    """`cold_path.py --from FILE` writes them anew."""
    published = json.loads(path.read_bytes())
    assert path.with_suffix(".svg").read_text(encoding="utf-8") == document.picture(published)
    assert document.report(published) in (ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8")
    assert document.summary(published) in (ROOT / "README.md").read_text(encoding="utf-8")


def test_chart_has_a_bar_for_each_figure() -> None:
    root = ElementTree.fromstring(chart(headlines(SAMPLES), "a <note> & more"))
    space = {"svg": "http://www.w3.org/2000/svg"}
    bars = [
        (bar.get("class"), float(bar.get("width", "")))
        for bar in root.findall("svg:rect", space)
        if bar.get("x") == "96"
    ]
    words = [text.text for text in root.findall("svg:text", space)]
    assert [name for name, _ in bars] == ["peer", "built", "ours"]
    assert [width / bars[0][1] for _, width in bars] == pytest.approx([1, 130 / 290, 0.3], abs=0.001)
    assert [word for word in words if " ms" in str(word)][1:] == [
        "435 ms, serverless-wsgi",
        "0.45 · 195 ms",
        "0.30 · 130 ms",
    ]
    assert words[-1] == "a <note> & more"
    assert root.get("aria-label") == (
        "Cold start of lambdabridge against the best other adapter as deployed today: Flask 0.30."
    )


def test_every_adapter_is_pinned_and_every_case_has_a_name() -> None:
    chosen = cases(list(trees.FRAMEWORKS), lazy=True)
    assert {case.adapter for case in chosen} - {"", OURS} <= set(cold_path.pinned())
    assert len({case.name for case in chosen}) == len(chosen)
    assert {(handler(case), *environment(case)) for case in chosen if case.variant in ("first", "eager")} == {
        ("lambdabridge.handler", "LAMBDABRIDGE_APP"),
        ("lambdabridge.handler", "LAMBDABRIDGE_APP", "LAMBDABRIDGE_LAZY_IMPORTS"),
    }


def test_event_is_of_an_http_api() -> None:
    assert find(cold_path.EVENT, None).__name__.endswith("http_api_v2")


@pytest.mark.parametrize(
    ("state", "expected"),
    [("stale", ["is stale", "compiled"]), ("none", ["compiled"]), ("unchecked", ["matches"])],
    ids=["stale", "none", "unchecked"],
)
def test_state_of_a_folder(state: str, expected: list[str], tmp_path: Path) -> None:
    """What `python -v` says of a module: the interpreter is the judge."""
    (tmp_path / "module.py").write_text("x = 1\n")
    trees.compile_with_times(tmp_path, Path(sys.executable))
    trees.set_bytecode(tmp_path, state, Path(sys.executable))
    command = [sys.executable, "-S", "-v", "-c", "import module"]
    variables = {**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    said = subprocess.run(command, env=variables, capture_output=True, text=True, check=True).stderr
    words = {
        "# bytecode is stale for 'module'": "is stale",
        f"# {tmp_path}/__pycache__/module.{sys.implementation.cache_tag}.pyc matches {tmp_path}/module.py": "matches",
        f"# code object from {tmp_path}/module.py": "compiled",
    }
    assert [words[line] for line in said.splitlines() if line in words] == expected


def test_small_run(tmp_path: Path) -> None:
    awslambdaric = pytest.importorskip(
        "awslambdaric", reason="AWS's runtime client is not installed (the extra `runtime`)"
    )
    bare, app = tmp_path / "bare", tmp_path / "app"
    bare.mkdir()
    app.mkdir()
    (bare / "lambda_function.py").write_text(trees.BARE_HANDLER)
    (app / "app.py").write_text(WSGI)
    (app / "lambda_function.py").write_text(trees.ADAPTERS[OURS])
    (app / "lambdabridge").symlink_to(trees.PACKAGE)
    folders = {("bare", "", "stale"): bare, ("flask", OURS, "stale"): app, ("flask", OURS, "unchecked"): app}
    place = trees.Place(Path(sys.executable), Path(awslambdaric.__file__).parents[1], folders, {})
    chosen = [BARE, Case("flask", OURS, "today"), Case("flask", OURS, "first")]
    samples = cold_path.run(chosen, place, 2, 3, retries=0)
    assert {case: len(found) for case, found in samples.items()} == dict.fromkeys(chosen, 2)
    assert min(one.total for found in samples.values() for one in found) > 0


def test_wrong_answer_ends_the_benchmark() -> None:
    body = json.dumps({"page": 1})
    with pytest.raises(SystemExit, match="flask lambdabridge today answered"):
        cold_path.check(Case("flask", OURS, "today"), {"statusCode": 200, "body": body})
