"""What goes to the log. `logging` is imported on the first message only: a cold start without errors does not pay for it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lambdabridge.messages import Request

LOGGER = "lambdabridge"


def log_error(message: str) -> None:
    """Log one sentence as an error."""
    from logging import getLogger

    getLogger(LOGGER).error("%s", message)


def log_warning(message: str) -> None:
    """Log one sentence as a warning."""
    from logging import getLogger

    getLogger(LOGGER).warning("%s", message)


def log_debug(message: str) -> None:
    """Log one sentence for those who look for it."""
    from logging import getLogger

    getLogger(LOGGER).debug("%s", message)


def log_exception(message: str, request: Request, error: BaseException) -> None:
    """Log an exception with its traceback and the request that it belongs to."""
    from logging import getLogger

    getLogger(LOGGER).error("%s: %s %s", message, request.method, request.raw_path, exc_info=error)
