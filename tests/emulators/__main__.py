"""`python -m tests.emulators ENGINE`: every recorded case through one engine; what came out, as JSON, on standard output."""

from __future__ import annotations

import json
import logging
import os
import sys
import warnings
from importlib import import_module
from importlib.metadata import version
from typing import Any

from tests.emulators import CASES, Engine, Send
from tests.recorded import Case


def main(name: str) -> None:
    """Run the cases; engines print to standard output, so that is given to them as standard error."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    logging.disable()
    warnings.simplefilter("ignore")  # their dependencies' affairs
    engine: Engine = import_module(f"tests.emulators.{name}").ENGINE
    with engine.open() as send:
        outcomes = {case["id"]: _outcome(engine, send, case) for case in CASES}
    label = f"{engine.name} {version(engine.distribution)}"
    with out:
        json.dump({"engine": label, "outcomes": outcomes}, out)


def _outcome(engine: Engine, send: Send, case: Case) -> dict[str, Any]:
    reason = engine.lacks(case)
    if reason:
        return {"lacks": reason}
    try:
        return send(case).to_json()
    except Exception as error:
        return {"failed": f"{type(error).__name__}: {error}"}


if __name__ == "__main__":
    main(sys.argv[1])
