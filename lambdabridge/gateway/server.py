"""`lambdabridge serve`: the sockets (uvicorn), what the terminal shows, and reload."""

from __future__ import annotations

import errno
import os
import signal
import socket
import sys
import threading
from pathlib import Path

from lambdabridge.errors import BridgeError, ConfigurationError
from lambdabridge.gateway.application import Application, Closed
from lambdabridge.gateway.environment import THREAD, Environment
from lambdabridge.gateway.front_door import FrontDoor
from lambdabridge.gateway.settings import APIS, KINDS, STAGES, Settings
from lambdabridge.sources.registry import resolve
from lambdabridge.target import split

_SETTINGS = "LAMBDABRIDGE_SERVE"


def serve(settings: Settings, *, reload: bool = False) -> int:
    """Serve until Ctrl-C and return the exit status: 0, or 2 with one sentence for what can't be started."""
    try:
        import uvicorn
    except ImportError:
        raise ConfigurationError(
            "`lambdabridge serve` needs uvicorn, which is in the extra: pip install 'lambdabridge[local]'"
        ) from None
    listener = _listen(settings)
    host, port = listener.getsockname()[:2]
    settings = Settings(**{**vars(settings), "host": host, "port": port})
    options = {
        "log_level": "critical",  # Application says what there is to say
        "access_log": False,
        "server_header": False,
        "date_header": False,
        "proxy_headers": False,
        "timeout_graceful_shutdown": 2,
    }
    try:
        if reload:
            return _serve_reloading(settings, listener, options)
        config = uvicorn.Config(make_application(settings), lifespan="on", **options)  # type: ignore[arg-type]
        announce(settings)
        uvicorn.Server(config).run(sockets=[listener])
    except KeyboardInterrupt:
        pass
    finally:
        listener.close()
    print("Stopped.", file=sys.stderr, flush=True)
    if any(thread.name == THREAD for thread in threading.enumerate()):
        # a function or an import still runs: it can't be ended, and the interpreter's own end might abort over it
        sys.stdout.flush()
        os._exit(0)
    return 0


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family)
    if os.name != "nt":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(128)
    except (OSError, OverflowError) as error:
        listener.close()
        reason = (getattr(error, "strerror", None) or str(error)).rstrip(".")
        hint = " --port 0 takes a free one." if getattr(error, "errno", None) == errno.EADDRINUSE else ""
        raise ConfigurationError(f"Can't listen on {settings.host} port {settings.port}: {reason}.{hint}") from None
    return listener


def make_application(settings: Settings) -> Application:
    """Import the target and return the gateway's application around it."""
    environment = Environment(settings.target, settings.interface)
    environment.start()
    front_door = FrontDoor(settings, resolve(APIS[settings.api]))  # type: ignore[arg-type]
    return Application(front_door, environment)


def announce(settings: Settings) -> None:
    """Say what is served where."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    kind = KINDS[settings.api] + (f", stage {settings.stage_name}" if settings.api in STAGES else "")
    print(
        f"http://{host}:{settings.port}{settings.stage_path}/  ->  {settings.target}  ({kind}; Ctrl-C stops)",
        file=sys.stderr,
        flush=True,
    )


def _serve_reloading(settings: Settings, listener: socket.socket, options: dict[str, object]) -> int:
    """Let uvicorn's reloader start reloaded() in a new process each time a Python file below here changes."""
    import uvicorn
    from uvicorn.supervisors import ChangeReload

    split(settings.target)  # no change mends what is no target
    os.environ[_SETTINGS] = settings.to_json()
    config = uvicorn.Config(
        "lambdabridge.gateway.server:reloaded",
        factory=True,
        lifespan="on",
        reload=True,
        reload_dirs=sorted({str(Path.cwd()), *_folder_of(settings.target)}),
        **options,  # type: ignore[arg-type]
    )
    ChangeReload(config, target=uvicorn.Server(config).run, sockets=[listener]).run()
    print("Stopped.", file=sys.stderr)
    return 0


def _folder_of(target: str) -> list[str]:
    path = Path(target.rpartition(":")[0])
    return [str(path.resolve().parent)] if path.suffix == ".py" and path.is_file() else []


def reloaded() -> Application:
    """Return the application in a process that the reloader started; a broken target waits for the next change."""
    settings = Settings.from_json(os.environ[_SETTINGS])
    # uvicorn notes these signals and acts on them when it serves; an import that hangs has to end at once
    before = {number: signal.signal(number, _exit) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        application = make_application(settings)
    except BridgeError as error:
        print(f"lambdabridge: {error}\nWaiting for a change ...", file=sys.stderr, flush=True)
        return Application(Closed(str(error)), None)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    announce(settings)
    return application


def _exit(*_: object) -> None:
    os._exit(130)  # there is nothing to close yet, and the target's thread does not listen
