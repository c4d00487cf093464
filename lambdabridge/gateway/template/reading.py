"""A template file -> Stack."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lambdabridge.errors import ConfigurationError
from lambdabridge.gateway.template import functions, http, rest, serverless
from lambdabridge.gateway.template.cloudformation import Template, load
from lambdabridge.gateway.template.finish import finish
from lambdabridge.gateway.template.stack import Stack

_SERVERLESS_APIS = {"AWS::Serverless::Api": ("rest", "Api"), "AWS::Serverless::HttpApi": ("http", "HttpApi")}
_BODIES = {
    "AWS::Serverless::Api": ("DefinitionUri", "DefinitionBody"),
    "AWS::Serverless::HttpApi": ("DefinitionUri", "DefinitionBody"),
    "AWS::ApiGateway::RestApi": ("BodyS3Location", "Body"),
    "AWS::ApiGatewayV2::Api": ("BodyS3Location", "Body"),
}
"""Type -> the property that names an OpenAPI document, the one that has it."""


def read_stack(path: str | Path, parameters: dict[str, str] | None = None) -> Stack:
    """Return what a SAM, CloudFormation or synthesised CDK template deploys; raise ConfigurationError, in one sentence."""
    path = Path(path)
    if path.is_dir():
        path = _in_folder(path)
    try:
        stack = of_template(load(path, parameters or {}), path)
    except ConfigurationError:
        raise
    except RecursionError as error:
        raise ConfigurationError(f"The template {path} can't be read: something in it refers to itself.") from error
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise ConfigurationError(f"The template {path} can't be read: {type(error).__name__}: {error}.") from error
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
    synthesised = [file for file in synthesised if not file.name.endswith(".nested.template.json")]
    if len(synthesised) == 1:
        return synthesised[0]
    seen = ", ".join(file.name for file in synthesised) or "none"
    raise ConfigurationError(f"Expected one template in {folder}; it has {seen}: name the file.")


def of_template(template: Template, path: Path) -> Stack:
    """Return what a template that was loaded deploys."""
    stack = Stack()
    resources = template.resources()
    globals_ = template.resolve(template.data.get("Globals") or {})
    for name in template.data["Resources"]:
        if str(name).startswith("Fn::"):
            stack.note(f"{name} is not expanded here.")
    for name, (kind, properties, resource) in resources.items():
        if kind == "AWS::Serverless::Function":
            properties = serverless.merge(globals_.get("Function") or {}, properties)
            functions.read(stack, name, properties, resource, path)
            serverless.read_url(stack, name, properties)
        elif kind == "AWS::Lambda::Function":
            functions.read(stack, name, properties, resource, path)
        elif kind in ("AWS::CloudFormation::Stack", "AWS::Serverless::Application"):
            stack.note(f"{name} is a nested stack, which is not read here.")
        elif kind == "AWS::Serverless::StateMachine" and properties.get("Events"):
            stack.leave_out(name, "it is a state machine, which is not run here")
        elif kind in _BODIES:
            _find_body(stack, template, name, kind, properties)
            if kind in _SERVERLESS_APIS:
                api_kind, section = _SERVERLESS_APIS[kind]
                serverless.read_api(stack, name, api_kind, properties, globals_.get(section) or {})
    for name, (kind, properties, _) in resources.items():
        if kind in ("AWS::Serverless::Function", "AWS::Serverless::StateMachine"):
            serverless.read_events(stack, name, properties, globals_)
    for name, (kind, properties, _) in resources.items():
        if kind == "AWS::Serverless::Api":
            cors = properties.get("Cors", (globals_.get("Api") or {}).get("Cors"))
            serverless.add_preflights(stack.apis[name], cors)
    if "ServerlessRestApi" in stack.apis:
        serverless.add_preflights(stack.apis["ServerlessRestApi"], (globals_.get("Api") or {}).get("Cors"))
    rest.read(stack, resources)
    http.read(stack, resources)
    finish(stack, resources)
    return stack


def _find_body(stack: Stack, template: Template, name: str, kind: str, properties: dict[str, Any]) -> None:
    """Put an API's OpenAPI document where its reader looks for it, if it is in a file on this machine."""
    location, body = _BODIES[kind]
    where = properties.get(location)
    if isinstance(where, str) and body not in properties:
        properties[body] = template.include(where)
    elif where is not None:
        properties.setdefault(body, None)
    if (where is not None or body in properties) and not isinstance(properties.get(body), dict):
        what = where if isinstance(where, str) else properties.get(body) or "in S3"
        stack.note(f"{name}: its OpenAPI document is no file here: {what!s:.100}.")
