"""How an invocation fails, in Lambda's words: the payload that the invoker gets with X-Amz-Function-Error.

The texts are those of AWS's Runtime Interface Emulator and of recorded logs.
What a front door makes of a failure is not here.
"""

from __future__ import annotations

import json
import signal
from typing import Literal

from lambdabridge.body import MAX_RESULT
from lambdabridge.gateway.front_door import FunctionError

Kind = Literal["error", "init", "exit", "timeout", "size", "throttled", "stopped"]
"""error: the handler raised, or its result is no JSON. init: the runtime reported that the handler can't be loaded.
exit: the process ended, at init or in an invocation. timeout: the function's time is over. size: the result is larger than
Lambda takes. throttled: no environment was free, and nothing was run. stopped: the gateway ended first.
"""


class InvocationFailedError(FunctionError):
    """An invocation that has no result. `payload` is what Lambda's Invoke API returns in its place."""

    def __init__(self, kind: Kind, payload: bytes) -> None:
        self.kind = kind
        self.payload = payload
        self.error_type, message = _told(payload)
        super().__init__(f"{self.error_type}: {message}" if message else self.error_type)


def _told(payload: bytes) -> tuple[str, str]:
    """Return (errorType, errorMessage) as far as a runtime's report has them; it may be any bytes."""
    try:
        told = json.loads(payload)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        return "Runtime.Unknown", ""
    return str(told.get("errorType") or "Runtime.Unknown"), str(told.get("errorMessage") or "")


def failure(kind: Kind, error_type: str, message: str) -> InvocationFailedError:
    """Return a failure that Lambda itself reports."""
    text = json.dumps({"errorType": error_type, "errorMessage": message}, separators=(",", ":"), ensure_ascii=False)
    return InvocationFailedError(kind, text.encode())


def exited(request_id: str, status: int) -> InvocationFailedError:
    """Return the failure of an invocation whose process ended; a negative status is a signal, as in subprocess."""
    return failure("exit", "Runtime.ExitError", f"RequestId: {request_id} Error: {exit_text(status)}")


def exit_text(status: int) -> str:
    """Return what Lambda says of a process that ended."""
    if status == 0:
        return "Runtime exited without providing a reason"
    name = f"exit status {status}" if status > 0 else f"signal: {(signal.strsignal(-status) or str(-status)).lower()}"
    return f"Runtime exited with error: {name}"


def timed_out(request_id: str, seconds: float) -> InvocationFailedError:
    """Return the failure of an invocation that took longer than the function may."""
    return failure("timeout", "Sandbox.Timedout", f"RequestId: {request_id} Error: {timeout_text(seconds)}")


def timeout_text(seconds: float) -> str:
    """Return what Lambda says of a timeout."""
    return f"Task timed out after {seconds:.2f} seconds"


def too_large() -> InvocationFailedError:
    """Return the failure of an invocation whose result was refused for its size."""
    return failure(
        "size",
        "Function.ResponseSizeTooLarge",
        f"Response payload size exceeded maximum allowed payload size ({MAX_RESULT} bytes).",
    )


def truncated() -> InvocationFailedError:
    """Return the failure of an invocation whose streamed response has no end."""
    return failure("exit", "Runtime.TruncatedResponse", "the response was cut short")


def throttled(concurrency: int) -> InvocationFailedError:
    """Return the refusal of an invocation that finds each environment busy; Lambda's Invoke API says 429."""
    return failure(
        "throttled",
        "TooManyRequestsException",
        f"Rate Exceeded. All {concurrency} execution environments are busy, which is what --concurrency allows.",
    )


def stopped() -> InvocationFailedError:
    """Return the failure of an invocation that the gateway's own end cut short."""
    return failure("stopped", "Sandbox.Failure", "the local gateway was stopped")
