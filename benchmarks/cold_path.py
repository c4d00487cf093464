"""The published table of cold starts: Flask, Django, FastAPI and Starlette with lambdabridge and with the other adapters.

    python benchmarks/cold_path.py [--python PATH] [--rounds N] [--quick] [--output STEM]

Every figure is of whole processes of AWS's runtime client (awslambdaric), from the start of the process to the first
answer and then warm, against a Runtime API on loopback: lambdabridge/coldpath/engine.py measures, as `lambdabridge cold`
does for your own application. Every round runs each configuration once, in a new random order (framework by framework, so
that what is compared runs within seconds), and ratios are of one round's pairs: a busy machine is busy for both. The time
that a process waited for its CPU is not in the figures, and a process that waited for more than 2 % of its time is repeated.
"A/A" is the same configuration against itself: what differs from 1 there is noise.

What is measured: cold/cases.py; how the folders are made: cold/trees.py (the first time that takes some two minutes and a
gigabyte in the cache folder); how samples become figures: cold/table.py; tables and files: cold/document.py. The tables go to
standard output, and with --output also STEM.json with all samples, and STEM.svg, the chart. The full run with this
interpreter writes them as benchmarks/cold_path.

What it does not show: Lambda's own part of a cold start, which is before the process and the same for all, its disk, and its
CPU share below 1,769 MB. All folders are in the page cache. The attempts to write bytecode that Lambda's read-only disk
refuses are left out (PYTHONDONTWRITEBYTECODE), in favour of what is deployed today.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from benchmarks.cold import command, document, trees
from benchmarks.cold.cases import BARE, STATE, cases, environment, handler
from benchmarks.cold.table import Case, Sample, Samples
from lambdabridge import __version__
from lambdabridge.coldpath.engine import RETRIES, Configuration, measure
from lambdabridge.coldpath.statistics import median
from lambdabridge.coldpath.summary import machine
from lambdabridge.errors import ConfigurationError

ROOT = Path(__file__).resolve().parents[1]
QUICK = ("today", "built", "first")
EVENT = json.loads((Path(__file__).parent / "cold" / "event.json").read_bytes())
"""A browser's GET /items?page=2 through an HTTP API: payload 2.0, 1.4 KB."""


def main() -> int:
    """Run the benchmark from the command line."""
    options = _options()
    if options.made is not None:
        try:
            found = json.loads(options.made.read_bytes())
        except (OSError, ValueError):
            raise ConfigurationError(f"--from {options.made}: expected the JSON of an earlier run.") from None
        print(document.report(found))
        document.write(options.made.with_suffix(""), found)
        return 0
    wanted = command.wanted(options.frameworks)
    rounds = command.at_least("--rounds", options.rounds or (3 if options.quick else 20), 2)
    place = trees.prepare(options.python, options.cache, pinned(), wanted)
    began, load = time.monotonic(), os.getloadavg()[0]
    python = _python(place.python)
    chosen = cases(wanted, lazy=python >= (3, 15))
    if options.quick:
        chosen = [case for case in chosen if case.variant in QUICK and not case.again]
    samples = run(chosen, place, rounds, options.warm, 1 if options.quick else RETRIES)
    about: dict[str, Any] = {
        "date": f"{datetime.now(timezone.utc):%Y-%m-%d}",
        "python": ".".join(map(str, python)),
        "machine": machine(),
        "rounds": rounds,
        "minutes": round((time.monotonic() - began) / 60, 1),
        "load": [round(load, 2), round(os.getloadavg()[0], 2)],
        "versions": {**place.versions, "lambdabridge": __version__},
    }
    found = document.make(samples, about)
    print(document.report(found))
    is_published = not options.quick and options.python == Path(sys.executable) and set(wanted) == set(trees.FRAMEWORKS)
    stem = options.output or (Path(__file__).with_suffix("") if is_published else None)
    if stem is not None:
        document.write(stem, found)
    return 0


def _options() -> argparse.Namespace:
    parser = command.parser(__doc__)
    parser.add_argument("--rounds", type=int, help="20; 3 with --quick")
    parser.add_argument("--warm", type=int, default=100, help="requests after the first, in each process")
    parser.add_argument("--quick", action="store_true", help="what the headline needs, 3 rounds, no files")
    parser.add_argument("--output", type=Path, metavar="STEM", help="write STEM.json and STEM.svg")
    parser.add_argument(
        "--from", type=Path, metavar="FILE", dest="made", help="print and draw an earlier run's JSON anew"
    )
    return parser.parse_args()


def pinned() -> dict[str, str]:
    """Return adapter -> requirement, from the project's own extra."""
    found = re.search(r"^peers = \[(.*?)\]", (ROOT / "pyproject.toml").read_text(), re.MULTILINE | re.DOTALL)
    if found is None:
        raise ConfigurationError("pyproject.toml has no extra `peers`.")
    return {name: f"{name}=={version}" for name, version in re.findall(r'"([\w-]+)==([^"]+)"', found[1])}


def run(chosen: list[Case], place: trees.Place, rounds: int, warm: int, retries: int = RETRIES) -> Samples:
    """Measure the cases, and return their samples."""
    groups: dict[str, list[Configuration]] = {}
    for case in chosen:
        folder = place.folders[case.framework, case.adapter, STATE[case.variant]]
        path, python = [str(folder), str(place.runtime)], str(place.python)
        one = Configuration(case.name, handler(case), path, environment(case), python)
        groups.setdefault(case.framework, []).append(one)
    samples: Samples = {case: [] for case in chosen}
    by_name = {case.name: case for case in chosen}
    for number in range(rounds):
        for framework in random.sample(list(groups), len(groups)):
            command.progress(f"round {number + 1} of {rounds}: {framework}")
            found = measure(groups[framework], 1, event=EVENT, warm=warm, retries=retries)
            for failure in found.failures.values():
                raise SystemExit(f"{failure['output']}\ncold_path.py: {failure['name']}: {failure['message']}")
            for name, (sample,) in found.samples.items():
                check(by_name[name], found.results[name])
                warm_us = [milliseconds * 1000 for milliseconds in sample["warm_ms"]]
                samples[by_name[name]].append(Sample(sample["total_ms"], median(warm_us) if warm_us else None))
    command.progress("")
    return samples


def check(case: Case, result: Any) -> None:
    """Give up if a function did not answer what its application has to."""
    if result["statusCode"] != 200 or (case != BARE and json.loads(result["body"])["page"] != 2):
        raise SystemExit(f"cold_path.py: {case.name} answered {result!r:.300}")


def _python(python: Path) -> tuple[int, ...]:
    asked = [str(python), "-c", "import sys; print(*sys.version_info[:3])"]
    return tuple(map(int, subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split()))


if __name__ == "__main__":
    command.end_with(main, "cold_path.py")
