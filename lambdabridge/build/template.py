"""The runtime and the architecture that a SAM, CloudFormation or synthesised CDK template has for a function.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from lambdabridge.build.runtimes import Target, target
from lambdabridge.errors import ConfigurationError
from lambdabridge.gateway.template.cloudformation import load
from lambdabridge.gateway.template.serverless import merge

NAMES = ("template.yaml", "template.yml", "template.json")


def in_folder(folder: Path) -> Path | None:
    """Return the template in a folder, as `sam` looks for it; None if there is none."""
    return next((folder / name for name in NAMES if (folder / name).is_file()), None)


def target_in(path: Path, function: str | None, parameters: dict[str, str]) -> Target:
    """Return what a template's function runs on; function may be None where all of them run on the same."""
    if path.suffix != ".json" and find_spec("yaml") is None:
        raise ConfigurationError(
            f"{path} says what to build for, and reading it needs PyYAML: pip install 'lambdabridge[local]', or give "
            "--python and --arch."
        )
    try:
        found = _functions(path, parameters)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError, RecursionError) as error:
        if isinstance(error, ConfigurationError):
            raise
        raise ConfigurationError(f"The template {path} can't be read: {type(error).__name__}: {error}.") from error
    if function is not None and function not in found:
        known = ", ".join(found) or "none"
        raise ConfigurationError(f"{path} has no Python function {function!r}; it has: {known}.")
    if not found:
        raise ConfigurationError(f"{path} has no Python function; give --python and --arch.")
    wanted = {name: target(*one) for name, one in found.items() if function in (None, name)}
    if len(set(wanted.values())) > 1:
        has = ", ".join(f"{name} ({one})" for name, one in wanted.items())
        raise ConfigurationError(f"The functions in {path} differ: {has}; give --function NAME.")
    return next(iter(wanted.values()))


def _functions(path: Path, parameters: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Return {logical id: (runtime, architecture)} of the Python functions whose code is no text in the template."""
    template = load(path, parameters)
    common = (template.resolve(template.data.get("Globals") or {})).get("Function") or {}
    found = {}
    for name, (kind, properties, _) in template.resources().items():
        if kind == "AWS::Serverless::Function":
            # SAM appends lists to those of Globals, but of architectures there may only be one: the function's own
            own = properties.get("Architectures")
            properties = {**merge(common, properties), **({"Architectures": own} if own else {})}
        elif kind != "AWS::Lambda::Function":
            continue
        runtime = str(properties.get("Runtime") or "")
        if (
            runtime.startswith("python")
            and "InlineCode" not in properties
            and "ZipFile" not in properties.get("Code", "")
        ):
            # without any, Lambda takes x86_64
            found[name] = (runtime, str((properties.get("Architectures") or ["x86_64"])[0]))
    return found
