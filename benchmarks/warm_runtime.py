"""Whole warm invocations under AWS's runtime client: lambdabridge against the fastest other adapter, process beside process.

    python benchmarks/warm_runtime.py [--python PATH] [--pairs N] [--invocations N] [--frameworks flask,django]

cold_path.py times warm invocations of processes that run one after another, and what a process's memory happens to look
like makes two of the same code differ by a tenth. Here two processes live at the same time on the same CPU and are asked in
turn, a few invocations each, so that the machine's ups and downs meet both; a pair's ratio is that of their medians. Pairs
are started anew, so that the luck of one process evens out: what is printed is the median of the pairs' ratios with the range
in which it is with 95 % confidence. "A/A" is lambdabridge against itself: what differs from 1 there is noise.

The applications, the event and the folders are cold_path.py's: built, ours with `Handler: lambdabridge.handler`.
"""

from __future__ import annotations

import json
import random
import time
from contextlib import ExitStack
from typing import NamedTuple

from benchmarks import cold_path
from benchmarks.cold import command, trees
from benchmarks.cold.cases import STATE, environment, handler
from benchmarks.cold.table import Case
from lambdabridge.coldpath import variables
from lambdabridge.coldpath.engine import RUNTIME_CLIENT, Configuration
from lambdabridge.coldpath.process import Guard, Pinned, Process
from lambdabridge.coldpath.runtime_api import ROOT, GoneError, Received, RuntimeApi, SilenceError
from lambdabridge.coldpath.statistics import median, sure_range

EVENT = json.dumps(cold_path.EVENT).encode()
IN_TURN = 10
"""Invocations of one before the other's turn."""
WARMING = 50
"""Invocations before any that count."""
_JSON = {"Content-Type": "application/json"}


class Live:
    """A process that has answered its first event, and waits for the next."""

    def __init__(self, case: Case, place: trees.Place, guard: Guard, pinned: Pinned, stack: ExitStack) -> None:
        self.case = case
        folder = place.folders[case.framework, case.adapter, STATE[case.variant]]
        path = [str(folder), str(place.runtime)]
        one = Configuration(case.name, handler(case), path, environment(case), str(place.python))
        self._api = stack.enter_context(RuntimeApi())
        command = [one.python, *RUNTIME_CLIENT, one.handler]
        pinned.there()
        try:
            process = Process(command, variables.environment(one, self._api.address, ""), path[0], guard)
        finally:
            pinned.here()
        self._process = stack.enter_context(process)
        self._count = 0
        self._asked = self._receive()
        cold_path.check(case, json.loads(self.invoke()[1]))

    def invoke(self) -> tuple[float, bytes]:
        """Return how long an invocation took, in microseconds, and what the function returned."""
        self._count += 1
        headers = {
            **_JSON,
            "Lambda-Runtime-Aws-Request-Id": f"00000000-0000-4000-8000-{self._count:012}",
            "Lambda-Runtime-Deadline-Ms": str(int((time.time() + 30) * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:us-east-1:123456789012:function:local",
        }
        began = time.perf_counter()
        self._api.reply(self._asked, 200, headers, EVENT)
        answer = self._receive()
        took = (answer.at - began) * 1e6
        if not answer.path.endswith("/response"):
            raise SystemExit(f"{self._process.output()}\nwarm_runtime.py: {self.case.name} sent {answer.path}")
        self._api.reply(answer, 202, _JSON, b'{"status":"OK"}\n')
        self._asked = self._receive()
        return took, answer.body

    def _receive(self) -> Received:
        try:
            found = self._api.receive(30, self._process.is_alive)
        except (SilenceError, GoneError):
            raise SystemExit(f"{self._process.output()}\nwarm_runtime.py: {self.case.name} is silent") from None
        if found.path == f"{ROOT}/init/error":
            raise SystemExit(f"{found.body.decode()}\nwarm_runtime.py: {self.case.name} did not start")
        return found


class Pair(NamedTuple):
    """The medians of one pair of processes, in microseconds."""

    ours: float
    theirs: float


def main() -> int:
    """Run the benchmark from the command line."""
    parser = command.parser(__doc__)
    parser.add_argument("--pairs", type=int, default=24, help="of processes, for each row")
    parser.add_argument("--invocations", type=int, default=400, help="of each process")
    options = parser.parse_args()
    wanted = command.wanted(options.frameworks)
    count = command.at_least("--pairs", options.pairs, 2)
    invocations = command.at_least("--invocations", options.invocations, IN_TURN)
    place = trees.prepare(options.python, options.cache, cold_path.pinned(), wanted)
    rows = [(framework, peer) for framework in wanted for peer in trees.CHOICES[framework]]
    found: dict[tuple[str, str], list[Pair]] = {row: [] for row in rows}
    with Guard() as guard, Pinned() as pinned:
        for number in range(count):
            for row in random.sample(rows, len(rows)):
                command.progress(f"pair {number + 1} of {count}: {' '.join(row)}")
                found[row].append(pair(row, place, invocations, guard, pinned))
    command.progress("")
    print("| invocation, whole | lambdabridge / it | 95 % sure | lambdabridge | it |\n| --- | --- | --- | --- | --- |")
    for (framework, peer), pairs in found.items():
        ratios = [one.ours / one.theirs for one in pairs]
        low, high = sure_range(ratios)
        name = "A/A: itself" if peer == trees.OURS else peer
        times = f"{median([one.ours for one in pairs]):.0f} µs | {median([one.theirs for one in pairs]):.0f} µs"
        print(f"| {framework}, {name} | {median(ratios):.3f} | {low:.3f}-{high:.3f} | {times} |")
    return 0


def pair(row: tuple[str, str], place: trees.Place, invocations: int, guard: Guard, pinned: Pinned) -> Pair:
    """Start two processes, and ask them in turn."""
    framework, peer = row
    ours = Case(framework, trees.OURS, "first")
    theirs = Case(framework, peer, "first" if peer == trees.OURS else "built")
    with ExitStack() as stack:
        cases = random.sample([0, 1], 2)  # who starts first
        made = {which: Live((ours, theirs)[which], place, guard, pinned, stack) for which in cases}
        times: dict[int, list[float]] = {0: [], 1: []}
        for turn in range((WARMING + invocations) // IN_TURN):
            for which in cases if turn % 2 else reversed(cases):
                took = [made[which].invoke()[0] for _ in range(IN_TURN)]
                # the first of a turn finds the other's data in the CPU's caches
                times[which] += took[1:] if turn >= WARMING // IN_TURN else []
    return Pair(median(times[0]), median(times[1]))


if __name__ == "__main__":
    command.end_with(main, "warm_runtime.py")
