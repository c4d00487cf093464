"""Load what an import string names: "package.module:attribute", and for the command line also "path/to/file.py:attribute".

A module that is missing is told apart from one that exists and fails while it is imported.
"""

from __future__ import annotations

import sys

import lambdabridge

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def load(target: str) -> Any:
    """Return the object that "module:attribute" names; raise TargetError, in one sentence, if there is none."""
    module_name, attributes = split(target)
    if "" in module_name.split(".") or "/" in module_name or "\\" in module_name:
        raise lambdabridge.errors.TargetError(
            f'{target!r} is no import string: expected "module:attribute", such as "project.wsgi:application".'
        )
    try:
        __import__(module_name)
    except ImportError as error:
        if _is_missing(error, module_name):
            raise lambdabridge.errors.TargetError(
                f"There is no module {error.name!r} on the import path (for {target!r})."
            ) from error
        raise failed(module_name, error) from error
    except Exception as error:
        raise failed(module_name, error) from error
    return attribute(sys.modules[module_name], attributes, target)


def split(target: str) -> tuple[str, str]:
    """Return (module or file, attribute); raise TargetError for what has not both."""
    module_name, colon, attributes = target.rpartition(":")
    if not (colon and module_name and attributes):
        module_name, dot, attribute = target.rpartition(".")
        likely = f"{module_name}:{attribute}" if dot and attribute != "py" and module_name else f"{target}:app"
        hint = "" if not target or ":" in target else f" Did you mean {likely!r}?"
        raise lambdabridge.errors.TargetError(
            f'{target!r} is no import string: expected "module:attribute", such as "project.wsgi:application".{hint}'
        )
    return module_name, attributes


def _is_missing(error: ImportError, module_name: str) -> bool:
    """Whether it is the module itself, or a package above it, that is not there."""
    name = error.name
    return isinstance(error, ModuleNotFoundError) and (name == module_name or module_name.startswith(f"{name}."))


def failed(module_name: str, error: Exception) -> lambdabridge.errors.TargetError:
    """Return the error for a module that exists but fails; the cause carries its traceback."""
    return lambdabridge.errors.TargetError(
        f"The module {module_name!r} failed while it was imported: {type(error).__name__}: {error}"
    )


def attribute(module: Any, attributes: str, target: str) -> Any:
    """Return the (dotted) attribute of a module; raise TargetError if there is none."""
    found = module
    for name in attributes.split("."):
        try:
            found = getattr(found, name)
        except AttributeError:
            have = [name for name in vars(module) if name in ("app", "application", "handler", "wsgi", "asgi")]
            hint = f" It has {', '.join(have)}." if have else ""
            raise lambdabridge.errors.TargetError(
                f"There is no {attributes!r} in the module of {target!r}.{hint}"
            ) from None
        except lambdabridge.errors.BridgeError:  # lambdabridge.handler's, which says what is wrong
            raise
        except Exception as error:  # a module's own __getattr__
            raise lambdabridge.errors.TargetError(
                f"{target!r} failed when it was asked for: {type(error).__name__}: {error}"
            ) from error
    return found


def load_target(target: str) -> Any:
    """Like load(), and also for "path/to/file.py:attribute": the file's folder goes first on the import path."""
    path, attributes = split(target)
    if not path.endswith(".py"):
        return load(target)
    import importlib.util
    from pathlib import Path

    file = Path(path).resolve()
    if not file.is_file():
        raise lambdabridge.errors.TargetError(f"There is no file {path!r} (for {target!r}).")
    name = file.stem
    if name in sys.stdlib_module_names or name in ("lambdabridge", "uvicorn"):
        raise lambdabridge.errors.TargetError(
            f"{path!r} has the name of a module that is needed here; rename the file."
        )
    if str(file.parent) not in sys.path:
        sys.path.insert(0, str(file.parent))
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:  # pragma: no cover - a .py file always has a loader
        raise lambdabridge.errors.TargetError(f"{path!r} can't be imported.")
    module = importlib.util.module_from_spec(spec)
    before = sys.modules.get(name)
    sys.modules[name] = module  # as import does: dataclasses and pickles look their module up
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        if before is not None:
            sys.modules[name] = before
        raise failed(path, error) from error
    return attribute(module, attributes, target)


def module_of(target: str) -> Any:
    """Return the module that a target was loaded from."""
    path, _ = split(target)
    return sys.modules[path.rpartition("/")[2].removesuffix(".py") if path.endswith(".py") else path]
