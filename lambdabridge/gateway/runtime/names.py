"""How the gateway names the target to a process, and what Lambda would call it; apart, since each cold start imports it."""

from __future__ import annotations

TARGET = "LAMBDABRIDGE_TARGET"
INTERFACE = "LAMBDABRIDGE_INTERFACE"


def module_name(path: str) -> str:
    """Return the module that the first half of a target names, which may be a file."""
    return path.replace("\\", "/").rpartition("/")[2][: -len(".py")] if path.endswith(".py") else path
