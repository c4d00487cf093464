"""From samples to advice, with known samples; the runs behind it are in test_cold_bytecode.py."""

from __future__ import annotations

from typing import Any

import pytest

from lambdabridge.coldpath.advice import Step, given
from lambdabridge.coldpath.engine import Configuration, Measurement

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
        [step("a"), step("b")], {"a": 1000, "b": 900}, [("do b", 100, "how a\nhow b")], id="the first gains nothing"
    ),
    pytest.param(
        [step("a"), step("b")], {"a": -990, "b": 900}, [("do b", 100, "how a\nhow b")], id="the first is not sure"
    ),
    pytest.param(
        [step("a"), step("b")], {"a": 600, "b": 700}, [("do a", 400, "how a")], id="the second makes it worse"
    ),
    pytest.param(
        [step("a"), step("b", is_alternative=True)],
        {"a": 600, "b": 650},
        [("do a", 400, "how a\nhow b    # -350 ms here")],
        id="an alternative is compared with what is deployed",
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
