"""Each statistic of `lambdabridge cold` on known samples; Python's own `statistics` is the judge of quartiles."""

from __future__ import annotations

import statistics as judge
from typing import Any

import pytest

from lambdabridge.coldpath.statistics import difference, is_sure, median, paired, quantile, spread, sure_range

SAMPLES = [
    pytest.param([5.0], id="one"),
    pytest.param([4.0, 1.0], id="two"),
    pytest.param([3.0, 1.0, 2.0], id="three"),
    pytest.param([9.5, 1.0, 100.0, 3.0, 4.0, 4.0, 8.0, 7.25], id="eight, with an outlier"),
]


@pytest.mark.parametrize("values", SAMPLES)
def test_spread_is_median_and_quartiles(values: list[float]) -> None:
    low, middle, high = judge.quantiles(values, n=4, method="inclusive") if len(values) > 1 else values * 3
    assert spread(values) == {
        "median": pytest.approx(middle),
        "low": pytest.approx(low),
        "high": pytest.approx(high),
        "count": len(values),
    }
    assert median(values) == pytest.approx(judge.median(values))


def test_quantile_of_the_tail() -> None:
    assert quantile([float(number) for number in range(101)], 0.99) == 99.0
    with pytest.raises(ValueError, match="no values"):
        quantile([], 0.5)


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        # ranks of the table in any book on the sign test, two-sided 95 %: n=6 -> 1..6, 9 -> 2..8, 12 -> 3..10, 20 -> 6..15
        pytest.param(3, (1, 3), id="too few: all"),
        pytest.param(6, (1, 6), id="6"),
        pytest.param(9, (2, 8), id="9"),
        pytest.param(12, (3, 10), id="12"),
        pytest.param(20, (6, 15), id="20"),
    ],
)
def test_confidence_interval_of_the_median(count: int, expected: tuple[int, int]) -> None:
    assert sure_range([float(number) for number in range(count, 0, -1)]) == expected


def test_differences_are_taken_pair_by_pair() -> None:
    # both drift from round to round far more than they differ: a difference of medians would say the same, its spread not
    before = [100.0, 300.0, 200.0, 500.0, 400.0, 600.0]
    after = [90.0, 289.0, 188.0, 487.0, 386.0, 585.0]
    found = difference(after, before)
    assert found == {
        "median": -12.5,
        "low": -13.75,
        "high": -11.25,
        "count": 6,
        "sure_low": -15.0,
        "sure_high": -10.0,
        "ratio": pytest.approx(median([0.9, 289 / 300, 0.94, 0.974, 0.965, 0.975])),
    }
    assert is_sure(found)


@pytest.mark.parametrize(
    ("deltas", "expected"),
    [
        pytest.param([1.0, 2.0, 3.0, 1.0, 2.0, 3.0], True, id="all above"),
        pytest.param([1.0, 2.0, 3.0, 1.0, 2.0, -3.0], False, id="one below, of six"),
        pytest.param([1.0] * 8 + [-3.0], True, id="one below, of nine"),
        pytest.param([1.0] * 5, False, id="too few"),
    ],
)
def test_what_is_sure(deltas: list[float], expected: bool) -> None:
    assert is_sure(difference(deltas, [0.0001] * len(deltas))) is expected


def test_only_rounds_that_both_have_are_paired() -> None:
    def samples(totals: dict[int, float]) -> Any:
        return [{"round": number, "total_ms": total} for number, total in totals.items()]

    found = paired(samples({1: 20.0, 0: 10.0}), samples({0: 11.0, 1: 22.0, 2: 999.0}))
    assert found is not None
    assert (found["median"], found["count"]) == (-1.5, 2)
    assert paired(samples({0: 1.0}), samples({1: 1.0})) is None
    with pytest.raises(ValueError, match="paired"):
        difference([1.0], [])
