"""`lambdabridge serve`: the sockets (uvicorn), the start and the end, and reload."""

from __future__ import annotations

import errno
import os
import signal
import socket
import sys
import threading
from dataclasses import replace
from logging import Handler as LogHandler
from logging import LogRecord, getLogger
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lambdabridge.errors import BridgeError, ConfigurationError
from lambdabridge.gateway.environment import THREAD
from lambdabridge.gateway.gateway import Gateway
from lambdabridge.gateway.settings import Settings
from lambdabridge.gateway.setup import announce, make_deployment, read_template
from lambdabridge.target import split

if TYPE_CHECKING:
    from lambdabridge.gateway.inspector.inspector import Inspector
    from lambdabridge.gateway.template.stack import Stack

_SETTINGS = "LAMBDABRIDGE_SERVE"
OPTIONS: dict[str, Any] = {
    "log_config": None,  # Application says what there is to say, and Unreadable what does not get so far
    "access_log": False,
    "server_header": False,
    "date_header": False,
    "proxy_headers": False,
    "ws": "none",  # an upgrade is a GET, as REST and HTTP APIs take it: they pass no Upgrade header
    "timeout_graceful_shutdown": 2,
}
"""uvicorn's."""


def serve(settings: Settings, *, reload: bool = False) -> int:
    """Serve until Ctrl-C and return the exit status: 0, or 2 with one sentence for what can't be started."""
    try:
        import uvicorn
    except ImportError:
        raise ConfigurationError(
            "`lambdabridge serve` needs uvicorn, which is in the extra: pip install 'lambdabridge[local]'"
        ) from None
    stack = read_template(settings)
    listeners = _listen_all(settings, stack)
    settings = replace(
        settings,
        host=listeners[0].getsockname()[0],
        port=listeners[0].getsockname()[1],
        ports=tuple(listener.getsockname()[1] for listener in listeners),
    )
    terminal = _terminal()
    getLogger("uvicorn.error").addHandler(Unreadable())
    try:
        if reload:
            return _serve_reloading(settings, stack, listeners)
        config = uvicorn.Config(start(settings, stack), lifespan="on", **OPTIONS)
        uvicorn.Server(config).run(sockets=listeners)
    except KeyboardInterrupt:
        pass
    finally:
        for listener in listeners:
            listener.close()
    print("Stopped.", file=sys.stderr, flush=True)
    if any(thread.name == THREAD for thread in threading.enumerate()):
        # a function or an import still runs: it can't be ended, and the interpreter's own end might abort over it
        sys.stdout.flush()
        if terminal is not None:  # where a debugger waits for a line, nobody would see what is typed from now on
            import termios

            termios.tcsetattr(0, termios.TCSADRAIN, terminal)
        os._exit(0)
    return 0


class Unreadable(LogHandler):
    """Says that a request was no HTTP: uvicorn answers 400 by itself, and no line of ours would tell."""

    def emit(self, record: LogRecord) -> None:
        """Print a line for the one warning that matters."""
        if "Invalid HTTP request" in record.getMessage():
            print("400: no HTTP request (is it https, or a path with bytes that must be escaped?)", file=sys.stderr)


def _terminal() -> list[Any] | None:
    """Return how the terminal is set, if standard input is one."""
    try:
        import termios
    except ImportError:
        return None
    try:
        return termios.tcgetattr(0)
    except termios.error:
        return None


def _listen_all(settings: Settings, stack: Stack | None) -> list[socket.socket]:
    """Return a listening socket for each API; before anything is imported, so that a port in use is said at once."""
    count = 1 if stack is None else len(stack.apis)
    listeners: list[socket.socket] = []
    try:
        ports = (settings.port + number if settings.port else 0 for number in range(count))
        listeners.extend(_listen(settings.host, port) for port in ports)
    except ConfigurationError:
        for listener in listeners:
            listener.close()
        raise
    return listeners


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    if os.name != "nt":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except (OSError, OverflowError) as error:
        listener.close()
        reason = (getattr(error, "strerror", None) or str(error)).rstrip(".")
        hint = " --port 0 takes a free one." if getattr(error, "errno", None) == errno.EADDRINUSE else ""
        raise ConfigurationError(f"Can't listen on {host} port {port}: {reason}.{hint}") from None
    return listener


def start(settings: Settings, stack: Stack | None) -> Gateway:
    """Start the functions, say what is served where, and return the ASGI application."""
    if hasattr(sys.stdout, "reconfigure"):  # what the function prints is seen at once, also through a pipe
        sys.stdout.reconfigure(line_buffering=True)
    inspector = _inspector(settings)
    try:
        deployment = make_deployment(settings, stack)
        deployment.start()
    except BaseException:
        if inspector is not None:
            inspector.output.unwrap()
        raise
    announce(settings, deployment)
    return Gateway(deployment, inspector=inspector)


def _inspector(settings: Settings) -> Inspector | None:
    if not settings.inspector:
        return None
    from lambdabridge.gateway.inspector.inspector import Inspector

    inspector = Inspector(
        settings.template or settings.target, settings.host, "template" if settings.template else settings.kind
    )
    inspector.output.wrap()  # before the target is imported: logging handlers keep the stream that they find
    return inspector


def _serve_reloading(settings: Settings, stack: Stack | None, listeners: list[socket.socket]) -> int:
    """Let uvicorn's reloader start reloaded() in a new process each time a Python file below here changes."""
    import uvicorn
    from uvicorn.supervisors import ChangeReload

    if stack is None:
        split(settings.target)  # no change mends what is no target
    os.environ[_SETTINGS] = settings.to_json()
    config = uvicorn.Config(
        "lambdabridge.gateway.server:reloaded",
        factory=True,
        lifespan="on",
        reload=True,
        reload_dirs=sorted({str(Path.cwd()), *_folders_of(settings, stack)}),
        **OPTIONS,
    )
    ChangeReload(config, target=uvicorn.Server(config).run, sockets=listeners).run()
    print("Stopped.", file=sys.stderr)
    return 0


def _folders_of(settings: Settings, stack: Stack | None) -> list[str]:
    if stack is not None:
        return [function.code for function in stack.functions.values()]
    path = Path(settings.target.rpartition(":")[0])
    return [str(path.resolve().parent)] if path.suffix == ".py" and path.is_file() else []


def reloaded() -> Gateway:
    """Return the application in a process that the reloader started; a broken target waits for the next change."""
    settings = Settings.from_json(os.environ[_SETTINGS])
    # uvicorn notes these signals and acts on them when it serves; an import that hangs has to end at once
    before = {number: signal.signal(number, _exit) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        return start(settings, read_template(settings))
    except BridgeError as error:
        print(f"lambdabridge: {error}\nWaiting for a change ...", file=sys.stderr, flush=True)
        return Gateway(str(error))
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _exit(*_: object) -> None:
    os._exit(130)  # there is nothing to close yet, and the target's thread does not listen
