"""A template as the checks see it: the gateway's APIs and routes, and beside them what only AWS cares about.

Functions that are not Python, and images, are left out: nothing here is known of them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from lambdabridge.doctor import syntax
from lambdabridge.doctor.lines import Lines
from lambdabridge.gateway.template.cloudformation import Template
from lambdabridge.gateway.template.stack import Api, Route

Resources = dict[str, tuple[str, dict[str, Any], dict[str, Any]]]
OWN = "lambdabridge.handler"
FUNCTIONS = ("AWS::Serverless::Function", "AWS::Lambda::Function")


def mapping(value: Any) -> dict[str, Any]:
    """Return a value that has to be a mapping; an empty one for what is none, which AWS refuses."""
    return value if isinstance(value, dict) else {}


@dataclass
class Function:
    """One Python function.

    properties   with Globals, resolved
    source       the folder of CodeUri, where it is on this machine
    built        the folder that is deployed, where it is known: what `sam build` wrote, a CDK asset
    build        how `sam build` makes the one of the other: "", "makefile", ...
    is_served    whether an API or a function URL is in front of it
    """

    name: str
    properties: dict[str, Any]
    source: Path | None = None
    built: Path | None = None
    build: str = ""
    is_served: bool = False

    @property
    def handler(self) -> str:
        """The handler, as Lambda takes it."""
        return str(self.properties.get("Handler") or "")

    @property
    def runtime(self) -> str:
        """Its identifier, "python3.13"; "" if there is none."""
        return str(self.properties.get("Runtime") or "")

    @property
    def python(self) -> tuple[int, int] | None:
        """The version in the runtime's identifier."""
        major, _, minor = self.runtime.removeprefix("python").partition(".")
        return (int(major), int(minor)) if major.isdecimal() and minor.isdecimal() else None

    @property
    def architecture(self) -> str:
        """Its instruction set, "x86_64" or "arm64"."""
        given = self.properties.get("Architectures")
        return str(given[0]) if isinstance(given, list) and given else "x86_64"

    @property
    def environment(self) -> dict[str, Any]:
        """Its environment variables."""
        return mapping(mapping(self.properties.get("Environment")).get("Variables"))

    @property
    def events(self) -> list[tuple[str, dict[str, Any]]]:
        """Type and properties of its events."""
        given = [mapping(event) for event in mapping(self.properties.get("Events")).values()]
        return [(str(event.get("Type")), mapping(event.get("Properties"))) for event in given]

    def uses_lambdabridge(self, folder: Path) -> bool:
        """Whether the handler is lambdabridge's, or its module in that folder imports it."""
        if self.handler == OWN:
            return True
        file = syntax.find(folder, self.handler.rpartition(".")[0].replace("/", "."))
        return file is not None and file.suffix == ".py" and "lambdabridge" in syntax.read_or_unknown(file).imports

    @property
    def code(self) -> Path | None:
        """What is deployed, or what it will be made of."""
        return self.built or self.source


@dataclass
class Subject:
    """One template.

    tool       "sam", "cdk" or "cloudformation": whose words a cure is in
    placeholders  values of parameters that have none
    unread     sentences on what could not be read, by logical id
    today      for runtimes' dates
    """

    path: Path
    tool: str
    template: Template
    resources: Resources
    globals_: dict[str, Any]
    lines: Lines
    today: date
    functions: list[Function] = field(default_factory=list)
    apis: list[Api] = field(default_factory=list)
    unread: list[tuple[str, str]] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    placeholders: frozenset[str] = frozenset()

    def is_known(self, text: str) -> bool:
        """Whether a text is the template's own, and not filled in for what only a deployment knows."""
        return "<" not in text and text not in self.placeholders

    def say(self, sam: str, cdk: str, cloudformation: str = "") -> str:
        """Return the words of the tool that wrote the template; CloudFormation's are SAM's unless others are given."""
        return {"sam": sam, "cdk": cdk, "cloudformation": cloudformation or sam}[self.tool]

    def of_kind(self, *kinds: str) -> dict[str, dict[str, Any]]:
        """Return the properties of all resources of these types, by logical id."""
        return {name: properties for name, (kind, properties, _) in self.resources.items() if kind in kinds}

    def name(self, logical_id: str) -> str:
        """Return a logical id, with the path of the construct that a CDK app made it of."""
        metadata = mapping(self.resources[logical_id][2].get("Metadata")) if logical_id in self.resources else {}
        path = str(metadata.get("aws:cdk:path", "")).removesuffix("/Resource")
        return f"{logical_id} ({path})" if path else logical_id

    def routes_to(self, kinds: tuple[str, ...]) -> list[tuple[Api, Route, Function]]:
        """Return every route with a function of this template behind it, of APIs of these kinds."""
        by_name = {function.name: function for function in self.functions}
        return [
            (api, route, by_name[route.function])
            for api in self.apis
            if api.kind in kinds
            for route in api.routes
            if route.function in by_name
        ]

    def makefile(self, function: Function) -> Path | None:
        """Return the Makefile that `sam build` runs for a function; None if it runs none."""
        if function.build != "makefile" or self.tool != "sam":
            return None
        metadata = mapping(self.resources[function.name][2].get("Metadata"))
        other = metadata.get("ContextPath") or metadata.get("ProjectRootDirectory")
        folder = self.path.parent / str(other) if other else function.source
        return folder / "Makefile" if folder else None

    @cached_property
    def streams(self) -> bool:
        """Whether an integration streams: API Gateway waits up to 15 minutes for those."""
        return "response-streaming-invocations" in json.dumps(self.template.data, default=str)
