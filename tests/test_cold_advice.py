"""From samples to advice, with known samples; the runs behind it are in test_cold_bytecode.py."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lambdabridge.coldpath import advice
from lambdabridge.coldpath.advice import Step, given
from lambdabridge.coldpath.deferral import is_used_by_name
from lambdabridge.coldpath.engine import Configuration, Measurement
from lambdabridge.coldpath.experiment import Options

ROUNDS = 8


def step(name: str, **more: Any) -> Step:
    return Step(Configuration(name, "app.handler", ["/task"]), name, f"do {name}", "why", f"how {name}", **more)


def measured(**totals: float) -> Measurement:
    """Return rounds that drift together; a total below zero jumps about by itself."""
    samples: Any = {
        name: [
            {"round": number, "total_ms": abs(total) + number * 50 + (40 * (-1) ** number if total < 0 else 0)}
            for number in range(ROUNDS)
        ]
        for name, total in totals.items()
    }
    return Measurement(samples, {}, True, "", {})


CASES = [
    pytest.param(
        [step("a"), step("b")], {"a": 600, "b": 500}, [("do a", 400, "how a"), ("do b", 100, "how b")], id="both"
    ),
    pytest.param(
        [step("a"), step("b")],
        {"a": 1000, "b": 900},
        [("do b", 100, "do a:\nhow a\nhow b")],
        id="the first gains nothing",
    ),
    pytest.param(
        [step("a"), step("b")],
        {"a": -990, "b": 900},
        [("do b", 100, "do a:\nhow a\nhow b")],
        id="the first is not sure",
    ),
    pytest.param(
        [step("a"), step("b")], {"a": 600, "b": 700}, [("do a", 400, "how a")], id="the second makes it worse"
    ),
    pytest.param(
        [step("a"), step("b", alternative_to="a")],
        {"a": 600, "b": 650},
        [("do a", 400, "how a\nhow b    # -350 ms here")],
        id="an alternative is compared with what is deployed",
    ),
    pytest.param(
        [step("a"), step("b"), step("c", alternative_to="b")],
        {"a": 900, "b": 600, "c": 700},
        [("do a", 100, "how a"), ("do b", 300, "how b\nhow c    # -300 ms here")],
        id="an alternative to what is not first",
    ),
    pytest.param(
        [step("a"), step("c", alternative_to="a")], {"a": 1000, "c": 700}, [], id="an alternative to what gains nothing"
    ),
    pytest.param([], {}, [], id="nothing to do"),
]


@pytest.mark.parametrize(("steps", "totals", "expected"), CASES)
def test_advice(steps: list[Step], totals: dict[str, float], expected: list[tuple[str, float, str]]) -> None:
    found = given(steps, measured(deployed=1000, **totals))
    assert [(one["title"], one["promised_gain_ms"], one["how"]) for one in found] == expected


def test_a_cut_that_fails_is_left_out() -> None:
    found = measured(deployed=1000, b=900)
    found.samples["a"] = []
    assert [one["title"] for one in given([step("a"), step("b")], found)] == ["do b"]


MODULE: Any = {"name": "dear", "importer": "app", "line": 1}


@pytest.mark.parametrize(
    ("alone", "expected"),
    [
        ({"bytecode": 600, "first": 900, "deferred": 700}, ["bytecode", "deferred", "first"]),
        ({"bytecode": 950, "first": 900, "deferred": 700}, ["deferred", "first", "bytecode"]),
        ({"bytecode": 950, "first": 900}, ["first", "bytecode", "deferred"]),  # which failed
    ],
    ids=["bytecode", "deferred", "first"],
)
def test_what_gains_the_most_alone_is_first(
    monkeypatch: pytest.MonkeyPatch, alone: dict[str, float], expected: list[str]
) -> None:
    tried: list[str] = []

    def measure(configurations: Any, runs: int, **options: Any) -> Measurement:
        tried.extend(one.name for one in configurations)
        found = measured(deployed=1000, **alone)
        return Measurement({name: found.samples.get(name, []) for name in tried}, {}, True, "", {})

    monkeypatch.setattr(advice, "measure", measure)
    monkeypatch.setattr(advice, "that_can_wait", lambda *_: [MODULE])
    monkeypatch.setattr(advice, "_repaired", lambda _: step("repaired", alternative_to="bytecode"))
    where = SimpleNamespace(python=sys.executable, path=["/task"], complete=False)
    subject: Any = SimpleNamespace(
        where=where,
        code=["/task/app.py"],
        prefix="/deployed",
        prepared="/prepared",
        tag="tag",
        target=SimpleNamespace(app="app:app", handler="app.handler"),
        configuration=lambda name, prefix: Configuration(
            name, "app.handler", ["/task"], {"PYTHONPYCACHEPREFIX": prefix}
        ),
    )
    steps = advice.find(subject, Options(event={}, request="nothing"))
    assert sorted(tried) == ["bytecode", "deferred", "deployed", "first"]
    assert [one.configuration.name for one in steps if one.configuration.name != "lazy"] == [*expected, "repaired"]
    last = next(one.configuration for one in steps if one.configuration.name == expected[-1])
    assert (last.handler, last.environment["PYTHONPYCACHEPREFIX"], last.left_out) == (
        "lambdabridge.handler",
        "/prepared",
        ["dear"],
    )


SOURCE = """import a
import b.c
from d import e as f, g
from h import (
    i,
    j,
)
from k import *
import l
l = 1
def x(): return a, b.c, f, j
"""


@pytest.mark.parametrize(
    ("line", "expected"), [(1, True), (2, True), (3, True), (4, True), (6, True), (8, False), (9, False), (11, False)]
)
def test_only_what_is_used_by_its_name_can_be_moved(tmp_path: Path, line: int, expected: bool) -> None:
    (tmp_path / "app.py").write_text(SOURCE)
    assert is_used_by_name(str(tmp_path / "app.py"), line) is expected
    assert is_used_by_name(str(tmp_path / "nothing.py"), line) is False
