"""The environment variables of a measured process: the developer's own, those of Lambda, the configuration's, a probe's."""

from __future__ import annotations

import os
import subprocess
from functools import cache
from typing import TYPE_CHECKING

from lambdabridge.coldpath import phases
from lambdabridge.errors import ConfigurationError
from lambdabridge.gateway.runtime.function import Function
from lambdabridge.gateway.runtime.names import INTERFACE, TARGET

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lambdabridge.coldpath.engine import Configuration


def environment(one: Configuration, address: str, marks_file: str = "") -> Mapping[str, str]:
    """Return the process's environment variables: the command's own, those of Lambda, the configuration's, a probe's."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    function = Function(f"{one.handler.rpartition('.')[0]}:{one.handler.rpartition('.')[2]}", memory=one.memory or 1769)
    variables = function.variables(inherited, address, one.path[0], "local")
    del variables[TARGET], variables[INTERFACE]
    made: Mapping[str, str] = {
        **variables,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_python{version_of(one.python)}",
        "PYTHONDONTWRITEBYTECODE": "1",  # Lambda's task root is read-only: what is missing there stays missing
        "PYTHONPATH": os.pathsep.join(one.path),
        "_HANDLER": one.handler,
        **one.environment,
    }
    if marks_file or one.left_out:
        made = phases.environment(made, marks_file, one.left_out)
    return made if one.prepare is None else one.prepare(made)


@cache
def version_of(python: str) -> str:
    """Return an interpreter's version, such as "3.13"; raise ConfigurationError, in one sentence, if there is none."""
    try:
        done = subprocess.run(
            [python, "-c", "import sys; print('{}.{}'.format(*sys.version_info))"],
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        reason = getattr(error, "strerror", None) or "it failed"
        raise ConfigurationError(f"{python!r} is no Python interpreter that can be run: {reason}.") from None
    return done.stdout.strip()
