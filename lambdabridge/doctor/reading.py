"""A template file -> Subject: the gateway's reading of it, its functions also where their code is not here."""

from __future__ import annotations

import copy
from datetime import date
from pathlib import Path
from typing import Any

from lambdabridge.build.output import MARK
from lambdabridge.doctor.lines import Lines
from lambdabridge.doctor.subject import FUNCTIONS, Function, Resources, Subject, mapping
from lambdabridge.errors import ConfigurationError
from lambdabridge.gateway.template import functions, serverless
from lambdabridge.gateway.template.cloudformation import Template, load
from lambdabridge.gateway.template.files import parse
from lambdabridge.gateway.template.reading import of_template
from lambdabridge.gateway.template.stack import Stack

_MISREAD = (AttributeError, IndexError, KeyError, TypeError, ValueError, RecursionError)
"""What the reading of a template raises where a value is of another type than AWS takes."""


def read(path: Path, parameters: dict[str, str], today: date) -> Subject:
    """Return a template for the checks; raise ConfigurationError, in one sentence, for what is none."""
    filled = _with_placeholders(path, parameters)
    template = load(path, filled)
    try:
        read = template.resources()
        globals_ = template.resolve(template.data.get("Globals") or {})
    except ConfigurationError:
        raise
    except _MISREAD as error:
        is_endless = isinstance(error, RecursionError)
        what = "something in it refers to itself" if is_endless else f"{type(error).__name__}: {error}"
        raise ConfigurationError(f"The template {path} can't be read: {what}.") from error
    resources = {str(name): (kind, mapping(properties), whole) for name, (kind, properties, whole) in read.items()}
    subject = Subject(path, _tool(path, resources), template, resources, mapping(globals_), Lines(path), today)
    subject.placeholders = frozenset(filled[name] for name in filled.keys() - parameters.keys())
    _add_functions(subject)
    _add_apis(subject, filled)
    return subject


def _with_placeholders(path: Path, given: dict[str, str]) -> dict[str, str]:
    """Return parameters' values, those without any filled in: a name that is only known at deployment is no fault."""
    data = parse(path)
    declared = data.get("Parameters") if isinstance(data, dict) else None
    filled = dict(given)
    for name, entry in declared.items() if isinstance(declared, dict) else ():
        if isinstance(entry, dict) and entry.get("Default") is None and name not in given:
            allowed = entry.get("AllowedValues") or [
                entry.get("MinValue", 1) if entry.get("Type") == "Number" else name
            ]
            filled[name] = str(allowed[0])
    return filled


def _tool(path: Path, resources: Resources) -> str:
    if any(kind.startswith("AWS::Serverless::") for kind, _, _ in resources.values()):
        return "sam"
    is_cdk = any(kind == "AWS::CDK::Metadata" or "aws:cdk:path" in str(whole) for kind, _, whole in resources.values())
    return "cdk" if is_cdk or (path.parent / "cdk.out").is_file() else "cloudformation"


def _add_functions(subject: Subject) -> None:
    for name, (kind, properties, whole) in subject.resources.items():
        if kind not in FUNCTIONS:
            continue
        if kind == "AWS::Serverless::Function":
            own = properties.get("Architectures")
            properties = serverless.merge(mapping(subject.globals_.get("Function")), properties)
            properties = {**properties, **({"Architectures": own} if own else {})}  # of which there is but one
        is_image = properties.get("PackageType") == "Image" or "ImageUri" in mapping(properties.get("Code"))
        if is_image or not str(properties.get("Runtime") or "python").startswith("python"):
            continue
        one = Function(name, properties)
        stack = Stack()
        try:
            functions.read(stack, name, properties, whole, subject.path)
        except ConfigurationError as error:
            subject.unread.append((name, str(error)))
        except _MISREAD as error:
            subject.unread.append((name, f"its properties can't be read: {type(error).__name__}: {error}."))
        if name in stack.functions:
            one.source = Path(stack.functions[name].code)
        _find_build(subject, one, mapping(whole.get("Metadata")))
        subject.functions.append(one)


def _find_build(subject: Subject, function: Function, metadata: dict[str, Any]) -> None:
    function.build = str(metadata.get("BuildMethod") or "")
    built = subject.path.parent / ".aws-sam" / "build" / function.name
    if subject.path.parent.parts[-2:] == (".aws-sam", "build") or subject.tool != "sam" or metadata.get("SkipBuild"):
        function.built = function.source
    elif built.is_dir():
        function.built = built.resolve()
    elif function.source and is_build(function.source):
        function.built = function.source


def is_build(folder: Path) -> bool:
    """Whether a folder has installed packages in it: it is deployed as it is."""
    return any(folder.glob("*.dist-info")) or (folder / MARK).is_file()


def _add_apis(subject: Subject, parameters: dict[str, str]) -> None:
    """Add the APIs, also those of functions whose code is not here: their routes are what is looked at."""
    data = copy.deepcopy(subject.template.data)
    names = {function.name for function in subject.functions}
    for name in names:
        given = mapping(data["Resources"][name].get("Properties"))
        data["Resources"][name].pop("Metadata", None)
        data["Resources"][name]["Properties"] = {**given, "Code": ".", "CodeUri": "."}
        data["Resources"][name]["Properties"].pop("InlineCode", None)
    template = Template(data, parameters, subject.path.parent)
    try:
        subject.apis = list(of_template(template, subject.path).apis.values())
    except ConfigurationError as error:
        if str(error) not in [sentence for _, sentence in subject.unread]:
            subject.unreadable.append(str(error))
    except _MISREAD as error:
        subject.unreadable.append(f"Its APIs can't be read: {type(error).__name__}: {error}.")
    served = {route.function for api in subject.apis for route in api.routes}
    for function in subject.functions:
        function.is_served = function.name in served
