"""`warm.py --against CHECKOUT`: this checkout's lambdabridge and another's, interleaved in one run.

Two processes for each checkout stay for the whole run. In each round each row is sampled in all four, one after the other in
random order, never two at a time. A time is the tenth percentile of a row's samples, because what else runs on the machine
only adds. The spread, the larger of the ratios between the two processes of one checkout, is the noise.
Processes, because the package imports parts of itself when they are first needed: two versions would mix in one process.
"""

from __future__ import annotations

import math
import os
import pickle
import random
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

from benchmarks.applications import SAMPLE

HERE = Path(__file__).resolve().parent
ENVIRONMENT = {**os.environ, "PYTHONHASHSEED": "0"}  # the same layout of every dict and set


class Worker:
    """A process with lambdabridge from one checkout."""

    def __init__(self, checkout: Path, rows: list[Any]) -> None:
        command = [sys.executable, str(HERE / "applications.py"), str(checkout)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=HERE, env=ENVIRONMENT
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.asks: IO[bytes] = self.process.stdin
        self.answers: IO[bytes] = self.process.stdout
        pickle.dump(rows, self.asks)
        self.asks.flush()
        self.unknown = {int(number) for number in self._answer().split()}

    def sample(self, row: int, count: int) -> int:
        """Return the nanoseconds of that many invocations."""
        self.asks.write(f"{row} {count}\n".encode())
        self.asks.flush()
        return int(self._answer())

    def _answer(self) -> bytes:
        line = self.answers.readline()
        if not line:
            raise SystemExit(f"The process for {self.process.args!r} ended with {self.process.wait()}.")
        return line

    def close(self) -> None:
        """End the process."""
        self.asks.close()
        self.answers.close()
        self.process.wait()


def compare(checkout: str, names: list[str], rows: list[Any], rounds: int) -> None:
    """Measure and print the ratio new/old for each row, and the noise beside it."""
    other = Path(checkout).resolve()
    if not (other / "lambdabridge" / "__init__.py").is_file():
        raise SystemExit(f"--against {checkout}: there is no lambdabridge/__init__.py in that folder.")
    checkouts = {"new": HERE.parent, "old": other, "new again": HERE.parent, "old again": other}
    workers = {name: Worker(checkout, rows) for name, checkout in checkouts.items()}
    known = [row for row in range(len(rows)) if not any(row in worker.unknown for worker in workers.values())]
    counts = {row: _count(workers["new"], row) for row in known}
    samples: dict[tuple[str, int], list[float]] = {(name, row): [] for name in workers for row in known}
    for _ in range(rounds):
        for row in random.sample(known, len(known)):
            for name in random.sample(list(workers), len(workers)):
                samples[name, row].append(workers[name].sample(row, counts[row]) / counts[row] / 1000)
    for worker in workers.values():
        worker.close()
    _report(names, known, samples)


def _count(worker: Worker, row: int) -> int:
    count = 1
    while worker.sample(row, count) < SAMPLE:
        count *= 2
    return count


def _report(names: list[str], known: list[int], samples: dict[tuple[str, int], list[float]]) -> None:
    print(f"\n{'':<50}{'old us':>10}{'new us':>10}{'new/old':>9}{'spread':>9}")
    ratios = []
    for row, name in enumerate(names):
        if row not in known:
            print(f"{name:<50}   not known to the other checkout")
            continue
        old, new = (_time(samples[which, row] + samples[f"{which} again", row]) for which in ("old", "new"))
        spread = max(_spread(samples[which, row], samples[f"{which} again", row]) for which in ("old", "new"))
        ratios.append(new / old)
        print(f"{name:<50}{old:>10.2f}{new:>10.2f}{new / old:>9.3f}{spread:>9.3f}")
    mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
    print(f"{'geometric mean':<70}{mean:>9.3f}")


def _time(values: list[float]) -> float:
    return sorted(values)[len(values) // 10]


def _spread(one: list[float], other: list[float]) -> float:
    """Return the ratio of two times, the larger to the smaller."""
    first, second = _time(one), _time(other)
    return max(first, second) / min(first, second)
