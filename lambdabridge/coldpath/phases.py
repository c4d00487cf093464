"""The phases of a cold start: which there are, and how a probed run tells them.

The totals come from runs without a probe. A probe in the process (phases_probe/sitecustomize.py) splits the init of other
runs: what it adds is told beside (Meta.probe_ms). Time before awslambdaric asks for the handler is the runtime's; after it,
until the request for the first event arrives here, it is the rest.
"""

from __future__ import annotations

import ast
import os
from pathlib import Path
from typing import TYPE_CHECKING

from lambdabridge.coldpath.statistics import spread

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lambdabridge.coldpath.results import Phase, PhaseName, Sample

_PROBE = Path(__file__).with_name("phases_probe")

PHASES: tuple[tuple[PhaseName, str, str], ...] = (
    ("runtime", "interpreter and runtime", "From the process's start until AWS's runtime client imports the handler."),
    ("application", "application import", "The handler's module, the application and all that these import."),
    ("bridge", "bridge", "The import of lambdabridge, and bridge() itself."),
    ("lifespan", "lifespan", "The ASGI application's startup."),
    ("warm_up", "warm-up", "The requests that bridge(warm_up=...) sends at init."),
    ("rest", "asking for the event", "From the handler's being there until the runtime client has asked for an event."),
    ("first", "first request", "From the event to the last byte of the response."),
)
_OPTIONAL = ("bridge", "lifespan", "warm_up")


def environment(inherited: Mapping[str, str], output: str = "", left_out: Sequence[str] = ()) -> dict[str, str]:
    """Return the environment of a probed process: its marks go to a file, and some modules are left out."""
    path = os.pathsep.join([str(_PROBE), *filter(None, [inherited.get("PYTHONPATH")])])
    probe = {"PYTHONPATH": path, "LAMBDABRIDGE_PHASES": output, "LAMBDABRIDGE_LEFT_OUT": ",".join(left_out)}
    return {**inherited, **probe}


def marks(output: str, began: float, init_ms: float, init_seconds: float) -> dict[str, float] | None:
    """Return the milliseconds of each phase until the first event.

    began: when the process was started. init_ms is without what it waited for its CPU, init_seconds with it.
    """
    try:
        told = ast.literal_eval(Path(output).read_text(encoding="utf-8"))
    except (OSError, SyntaxError, ValueError):
        return None
    start, end = told.pop("began"), told.pop("ended")
    found = {name: seconds * 1000 for name, seconds in told.items()}
    found["runtime"] = (start - began) * 1000
    found["rest"] = max(init_seconds - (end - began), 0.0) * 1000
    whole = sum(found.values())
    return {name: ms * init_ms / whole for name, ms in found.items()}  # what it waited for its CPU, from each its part


def phases(samples: Sequence[Sample]) -> list[Phase]:
    """Return the phases of probed runs; those that the application does not have are left out."""
    rows = [{**sample["marks"], "first": sample["first_ms"]} for sample in samples if sample["marks"] is not None]
    if not rows:
        return []
    found: list[Phase] = []
    for name, title, what in PHASES:
        if name in _OPTIONAL and not any(name in row for row in rows):
            continue
        found.append({"name": name, "title": title, "what": what, "ms": spread([row.get(name, 0.0) for row in rows])})
    return found
