r"""The lines that Lambda itself writes to a function's log.

As recorded in 2024 to 2026; tabs between the members, times in milliseconds:

    INIT_REPORT Init Duration: 150.79 ms\tPhase: init\tStatus: error\tError Type: Runtime.UserCodeSyntaxError
    START RequestId: <id> Version: $LATEST
    END RequestId: <id>
    REPORT RequestId: <id>\tDuration: 1248.31 ms\tBilled Duration: 1542 ms\tMemory Size: 128 MB\tMax Memory Used: 94 MB
        \tInit Duration: 293.05 ms\tStatus: error\tError Type: Runtime.ExitError

Billed is the sum of both durations, rounded up (init is billed since August 2025). A handler's exception that the runtime
reported has no Status: only a timeout, an exit and a failed init have.
"""

from __future__ import annotations

import math
import platform
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lambdabridge.gateway.runtime.failures import InvocationFailedError


def init_start() -> str:
    """Return the line before a new environment's output; there is no ARN of a managed runtime to name."""
    return f"INIT_START Runtime Version: python:{platform.python_version()} awslambdaric:{version('awslambdaric')}"


def init_report(milliseconds: float, phase: str, failure: InvocationFailedError) -> str:
    """Return the line after an init that failed; phase is "init", or "invoke" where it was tried again."""
    return "\t".join([f"INIT_REPORT Init Duration: {milliseconds:.2f} ms", f"Phase: {phase}", *_status(failure)])


def start(request_id: str) -> str:
    """Return the line before an invocation's output."""
    return f"START RequestId: {request_id} Version: $LATEST"


def end(request_id: str) -> str:
    """Return the line after an invocation's output."""
    return f"END RequestId: {request_id}"


def report(
    request_id: str,
    milliseconds: float,
    memory_size: int,
    memory_used: int,
    init_milliseconds: float | None = None,
    failure: InvocationFailedError | None = None,
) -> str:
    """Return the line that ends an invocation; failure is None also for an exception that the runtime reported."""
    members = [
        f"REPORT RequestId: {request_id}",
        f"Duration: {milliseconds:.2f} ms",
        f"Billed Duration: {math.ceil(round(milliseconds + (init_milliseconds or 0), 2))} ms",
        f"Memory Size: {memory_size} MB",
        f"Max Memory Used: {memory_used} MB",
    ]
    if init_milliseconds is not None:
        members.append(f"Init Duration: {init_milliseconds:.2f} ms")
    if failure is not None:
        members += _status(failure)
    return "\t".join(members)


def _status(failure: InvocationFailedError) -> list[str]:
    if failure.kind == "timeout":
        return ["Status: timeout"]
    return ["Status: error", f"Error Type: {failure.error_type}"]
