"""A template file -> Stack."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lambdabridge.errors import ConfigurationError
from lambdabridge.gateway.template import http, rest, serverless
from lambdabridge.gateway.template.cloudformation import load
from lambdabridge.gateway.template.rest import Resources
from lambdabridge.gateway.template.stack import Function, Stack

_SERVERLESS_APIS = {"AWS::Serverless::Api": ("rest", "Api"), "AWS::Serverless::HttpApi": ("http", "HttpApi")}


def read_stack(path: str | Path, parameters: dict[str, str] | None = None) -> Stack:
    """Return what a SAM, CloudFormation or synthesised CDK template deploys; raise ConfigurationError, in one sentence."""
    path = Path(path)
    if path.is_dir():
        path = _in_folder(path)
    template = load(path, parameters or {})
    try:
        resources = template.resources()
        stack = _read(resources, template.resolve(template.data.get("Globals") or {}), path.parent)
    except ConfigurationError:
        raise
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise ConfigurationError(f"The template {path} can't be read: {type(error).__name__}: {error}.") from error
    for api in stack.apis.values():
        for route in [route for route in api.routes if route.mock is None and route.function not in stack.functions]:
            stack.note(f"{api.name}: the function of {route.key} is not in the template, or not run here.")
            api.routes.remove(route)
    stack.apis = {name: api for name, api in stack.apis.items() if api.routes}
    if not stack.apis:
        raise ConfigurationError(
            f"The template {path} has no API or function URL with a function behind it."
            + "".join(f" {note}" for note in stack.notes)
        )
    return stack


def _in_folder(folder: Path) -> Path:
    """Return the template in a folder: SAM's, or the only one of a CDK app's cdk.out."""
    for name in ("template.yaml", "template.yml", "template.json"):
        if (folder / name).is_file():
            return folder / name
    synthesised = sorted(folder.glob("*.template.json"))
    if len(synthesised) == 1:
        return synthesised[0]
    seen = ", ".join(file.name for file in synthesised) or "none"
    raise ConfigurationError(f"Expected one template in {folder}; it has {seen}: name the file.")


def _read(resources: Resources, globals_: dict[str, Any], folder: Path) -> Stack:
    stack = Stack()
    for name, (kind, properties, resource) in resources.items():
        if kind == "AWS::Serverless::Function":
            serverless.read_function(stack, name, properties, globals_.get("Function") or {}, folder)
        elif kind == "AWS::Lambda::Function":
            _read_function(stack, name, properties, resource, folder)
        elif kind in _SERVERLESS_APIS:
            api_kind, section = _SERVERLESS_APIS[kind]
            serverless.read_api(stack, name, api_kind, properties, globals_.get(section) or {})
    for name, (kind, properties, _) in resources.items():
        if kind == "AWS::Serverless::Function":
            serverless.read_events(stack, name, properties, globals_)
    for name, (kind, properties, _) in resources.items():
        if kind == "AWS::Serverless::Api":
            cors = properties.get("Cors", (globals_.get("Api") or {}).get("Cors"))
            serverless.add_preflights(stack.apis[name], cors)
    if "ServerlessRestApi" in stack.apis:
        serverless.add_preflights(stack.apis["ServerlessRestApi"], (globals_.get("Api") or {}).get("Cors"))
    rest.read(stack, resources)
    http.read(stack, resources)
    return stack


def _read_function(stack: Stack, name: str, properties: dict[str, Any], resource: dict[str, Any], folder: Path) -> None:
    """Add an AWS::Lambda::Function; CDK and SAM say in its metadata which folder its code came from."""
    metadata = resource.get("Metadata") or {}
    code = metadata.get("aws:asset:path")
    if "Handler" not in properties or not str(properties.get("Runtime", "python")).startswith("python"):
        return  # an image, or of another language: CDK's own helpers are such
    if not isinstance(code, str) or not (folder / code).is_dir():
        stack.note(f"{name}: its code is in no folder here.")
        return
    variables = (properties.get("Environment") or {}).get("Variables") or {}
    stack.functions[name] = Function(
        name,
        str((folder / code).resolve()),
        str(properties["Handler"]),
        {key: str(value) for key, value in variables.items()},
        float(properties.get("Timeout") or 3),
        int(properties.get("MemorySize") or 128),
    )
