"""LAMBDABRIDGE_REPAIR_BYTECODE=1: bytecode of another timestamp is accepted if its source has the recorded size.

pip writes .pyc files that hold their source's modification time and size. SAM, CDK and Serverless write zips with a time of
their own, /var/task can't be written to, and so Python compiles every module anew at each cold start. The better cure is a
build whose bytecode names no time (`lambdabridge build`): this one would not see a source that was edited after its
bytecode was written and has the same size.

Python has no setting for it, so a private function of importlib's is replaced. That is done where it is known to be what it
was in Python 3.10 to 3.15, for files below LAMBDA_TASK_ROOT and /opt (the layers), and on Lambda only.
https://docs.python.org/3/reference/import.html#cached-bytecode-invalidation
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_NAME = "_validate_timestamp_pyc"
_PARAMETERS = ("data", "source_mtime", "source_size", "name", "exc_details")
_KNOWN = ((3, 10), (3, 15))


def repair(version: tuple[int, int] = sys.version_info[:2]) -> Callable[[], None] | None:
    """Accept bytecode by its source's size from now on; return what logs how much was, or None if this can't be done."""
    from lambdabridge.log import log_warning

    importer: Any = sys.modules["_frozen_importlib_external"]
    validate: Any = getattr(importer, _NAME, None)
    code = getattr(validate, "__code__", None)
    is_known = _KNOWN[0] <= version <= _KNOWN[1]
    if not is_known or code is None or code.co_varnames[: code.co_argcount] != _PARAMETERS:
        log_warning(
            "LAMBDABRIDGE_REPAIR_BYTECODE=1 does nothing: how Python {}.{} checks its bytecode is not known here.".format(
                *version
            )
        )
        return None
    root = os.environ.get("LAMBDA_TASK_ROOT", "/var/task")
    roots = tuple(folder.rstrip("/") + "/" for folder in {root, os.path.realpath(root), "/opt"})
    accepted = 0

    def by_size(data: bytes, source_mtime: int, source_size: int, name: str, exc_details: dict[str, Any]) -> None:
        """Raise ImportError for bytecode that is not its source's: of another size, or of another time elsewhere."""
        nonlocal accepted
        try:
            validate(data, source_mtime, source_size, name, exc_details)
        except ImportError:
            # bytes 12 to 15 are the size (PEP 552)
            is_same = int.from_bytes(data[12:16], "little") == source_size & 0xFFFFFFFF
            if not (is_same and str(exc_details.get("path", "")).startswith(roots)):
                raise
            accepted += 1

    def report() -> None:
        if accepted:
            log_warning(
                f"LAMBDABRIDGE_REPAIR_BYTECODE=1: bytecode of another timestamp was accepted {accepted} times, "
                "by its source's size. Bytecode made by `lambdabridge build` needs no repair."
            )

    setattr(importer, _NAME, by_size)
    return report
