"""What the bridge itself costs at a start: `from lambdabridge import bridge; bridge(app)`, after the framework's import.

    python benchmarks/start_up.py [--python PATH] [--runs N] [--frameworks flask,fastapi]

Each run is a process of its own that has imported what a function has by then: AWS's runtime client and the application,
and for ASGI asyncio, which the framework's first request would import. Bytecode is as `lambdabridge build` makes it; the
folders are cold_path.py's. For ASGI an application is bridged that does nothing but answer the lifespan, because starting
Starlette or FastAPI is their own work, whoever does it. The runs of the frameworks alternate. The last column is this
machine's unit at this moment: the import of an empty module in the same process. A start imports five of ours, with ASGI six.
"""

from __future__ import annotations

import os
import random
import subprocess
import tempfile
from pathlib import Path

from benchmarks import cold_path
from benchmarks.cold import command, trees
from lambdabridge.coldpath.statistics import spread

SCRIPT = """
import sys, time
sys.path[:0] = [{task!r}, {empty!r}]
import awslambdaric.bootstrap
from app import app
{asgi}
import empty_before
clock = time.perf_counter
start = clock()
import empty_module
empty = clock() - start
start = clock()
from lambdabridge import bridge
imported = clock()
handler = bridge(app)
end = clock()
print(imported - start, end - imported, empty)
"""
ASGI = """
import asyncio
class App:
    async def __call__(self, scope, receive, send):
        for answer in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{answer}.complete"})
app = App()
"""
IS_ASGI = ("fastapi", "starlette")


def main() -> int:
    """Run the benchmark from the command line."""
    parser = command.parser(__doc__)
    parser.add_argument("--runs", type=int, default=31, help="processes for each framework")
    options = parser.parse_args()
    wanted = command.wanted(options.frameworks)
    runs = command.at_least("--runs", options.runs, 2)
    place = trees.prepare(options.python, options.cache, cold_path.pinned(), wanted)
    found: dict[str, list[list[float]]] = {framework: [] for framework in wanted}
    with tempfile.TemporaryDirectory() as empty:
        for name in ("empty_before", "empty_module"):  # the first one pays for the look at the folder
            Path(empty, f"{name}.py").write_text("")
        subprocess.run([str(place.python), "-m", "compileall", "-q", empty], check=True)
        for number in range(runs):
            for framework in random.sample(wanted, len(wanted)):
                command.progress(f"run {number + 1} of {runs}: {framework}")
                found[framework].append(start(framework, place, empty))
    command.progress("")
    print(
        "| after | import | bridge() | both, median (middle half) | an empty module |\n| --- | --- | --- | --- | --- |"
    )
    for framework, times in found.items():
        imported, bridged, empties = (spread([one[part] for one in times])["median"] for part in range(3))
        both = spread([one[0] + one[1] for one in times])
        whole = f"{both['median']:.2f} ms ({both['low']:.2f}-{both['high']:.2f})"
        print(f"| {framework} | {imported:.2f} ms | {bridged:.2f} ms | {whole} | {empties:.2f} ms |")
    return 0


def start(framework: str, place: trees.Place, empty: str) -> list[float]:
    """Return the milliseconds of the import, of bridge(), and of an empty module's import."""
    task = place.folders[framework, trees.OURS, "unchecked"]
    script = SCRIPT.format(task=str(task), empty=empty, asgi=ASGI if framework in IS_ASGI else "")
    environment = {"PATH": os.defpath, "PYTHONPATH": str(place.runtime), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([str(place.python), "-c", script], env=environment, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{done.stderr}\nstart_up.py: {framework} did not start")
    return [float(word) * 1000 for word in done.stdout.split()]


if __name__ == "__main__":
    command.end_with(main, "start_up.py")
