"""What the runtime client imports in each process: the target, as `lambdabridge serve` takes it, as a handler.

A target that can't be loaded is reported as it would be with its own name in the function's configuration: by the type and in
the words of awslambdaric. https://github.com/aws/aws-lambda-python-runtime-interface-client
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from awslambdaric.lambda_runtime_exception import FaultException

from lambdabridge.adapter import Handler
from lambdabridge.errors import TargetError
from lambdabridge.gateway.handlers import as_handler, handler_beside
from lambdabridge.gateway.runtime.names import INTERFACE, TARGET, module_name
from lambdabridge.target import load_target, split

if TYPE_CHECKING:
    from collections.abc import Callable


def load(target: str, interface: str) -> Callable[[Any, Any], Any]:
    """Return the handler for a target; raise what the runtime client reports as an init error."""
    try:
        found = load_target(target)
    except TargetError as error:
        if split(target)[0] == "lambdabridge":  # lambdabridge.handler, which reports the application's failures itself
            raise
        raise _as_reported(error, target) from error
    if isinstance(found, Handler) or interface == "handler":
        return found  # type: ignore[no-any-return]
    return handler_beside(found, target, interface) or as_handler(found, interface)


def _as_reported(error: TargetError, target: str) -> Exception:
    path, attributes = split(target)
    name = module_name(path)
    cause = error.__cause__
    trace: list[str] | None = None
    if isinstance(cause, SyntaxError):
        kind, message = FaultException.USER_CODE_SYNTAX_ERROR, f"Syntax error in module '{name}': {cause}"
        trace = [f'  File "{cause.filename}" Line {cause.lineno}\n    {cause.text}']
    elif isinstance(cause, Exception) and not isinstance(cause, ImportError):
        return cause
    elif cause is None and error.__context__ is not None:  # the attribute is not there
        kind, message = FaultException.HANDLER_NOT_FOUND, f"Handler '{attributes}' missing on module '{name}'"
    else:
        kind, message = FaultException.IMPORT_MODULE_ERROR, f"Unable to import module '{name}': {cause or error}"
    fault: Exception = FaultException(kind, message, trace)
    return fault


_ROOT = os.environ["LAMBDA_TASK_ROOT"]
if _ROOT not in sys.path:  # PYTHONSAFEPATH keeps `python -m` from it
    sys.path.insert(0, _ROOT)
handler = load(os.environ.pop(TARGET), os.environ.pop(INTERFACE))
