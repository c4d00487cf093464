"""A CloudFormation template as data: YAML with its short forms (!Ref), parameters, conditions, intrinsic functions.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html

A resource's Ref is its logical id here, and the Arn of a function or an API ends with it: that is how resources are found
again. What only AWS knows (imports, other attributes) becomes a text that says what it was.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from lambdabridge.errors import ConfigurationError

PSEUDO = {
    "AWS::AccountId": "123456789012",
    "AWS::NoValue": None,
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::StackId": "arn:aws:cloudformation:us-east-1:123456789012:stack/local/0",
    "AWS::StackName": "local",
    "AWS::URLSuffix": "amazonaws.com",
}


class Template:
    """A parsed template: resources() gives each resource that its condition lets be, with its properties resolved."""

    def __init__(self, data: dict[str, Any], parameters: dict[str, str]) -> None:
        self.data = data
        declared = data.get("Parameters") or {}
        unknown = sorted(set(parameters) - set(declared))
        if unknown:
            known = ", ".join(declared) or "none"
            raise ConfigurationError(f"The template has no parameter {unknown[0]!r}; its parameters are: {known}.")
        self.parameters = {name: parameters.get(name, entry.get("Default", "")) for name, entry in declared.items()}

    def resources(self) -> dict[str, tuple[str, dict[str, Any], dict[str, Any]]]:
        """Return {logical id: (type, properties, the whole resource)}."""
        found = {}
        for name, resource in (self.data.get("Resources") or {}).items():
            if isinstance(resource, dict) and self._holds(resource.get("Condition")):
                found[name] = (str(resource.get("Type")), self.resolve(resource.get("Properties") or {}), resource)
        return found

    def _holds(self, condition: Any) -> bool:
        """Whether a condition holds: the name of one, or the functions that conditions are made of."""
        if condition is None:
            return True
        if isinstance(condition, str):
            return self._holds((self.data.get("Conditions") or {}).get(condition))
        if isinstance(condition, dict) and len(condition) == 1:
            ((function, value),) = condition.items()
            if function == "Condition":
                return self._holds(value)
            if function == "Fn::Equals":
                left, right = self.resolve(value)
                return str(left) == str(right)
            if function == "Fn::Not":
                return not self._holds(value[0])
            if function in ("Fn::And", "Fn::Or"):
                return (all if function == "Fn::And" else any)(self._holds(part) for part in value)
        raise ConfigurationError(f"The template has a condition that is none: {condition!r:.80}.")

    def resolve(self, value: Any) -> Any:
        """Return a value with its intrinsic functions evaluated; members that are AWS::NoValue are gone."""
        if isinstance(value, list):
            return [item for item in map(self.resolve, value) if item is not None]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((function, argument),) = value.items()
            if function == "Ref" or function.startswith("Fn::"):
                return self._call(function, argument)
        resolved = {name: self.resolve(item) for name, item in value.items()}
        return {name: item for name, item in resolved.items() if item is not None}

    def _call(self, function: str, argument: Any) -> Any:
        if function == "Fn::If":
            condition, yes, no = argument
            return self.resolve(yes if self._holds(condition) else no)
        if function == "Fn::Sub":
            text, names = argument if isinstance(argument, list) else (argument, {})
            filled = re.sub(r"\$\{([^!][^}]*)\}", lambda found: self._substitute(found[1].strip(), names), text)
            return filled.replace("${!", "${")
        argument = self.resolve(argument)
        if function == "Ref":
            return self._ref(argument)
        if function == "Fn::GetAtt":
            name, _, attribute = (
                argument.partition(".") if isinstance(argument, str) else (argument[0], "", argument[1])
            )
            return self._attribute(name, attribute)
        if function == "Fn::Join":
            return argument[0].join(str(part) for part in argument[1])
        if function == "Fn::Select":
            return argument[1][int(argument[0])]
        if function == "Fn::Split":
            return argument[1].split(argument[0])
        if function == "Fn::FindInMap":
            entry: Any = self.data.get("Mappings") or {}
            for name in argument[:3]:
                entry = entry.get(str(name), {}) if isinstance(entry, dict) else {}
            return entry
        return f"<{function} {json.dumps(argument)[:60]}>"

    def _ref(self, name: str) -> Any:
        if name in self.parameters:
            return self.parameters[name]
        return PSEUDO.get(name, name)

    def _attribute(self, name: str, attribute: str) -> str:
        if attribute == "Arn":
            return f"arn:aws:lambda:us-east-1:123456789012:function:{name}"
        return name if attribute in ("RootResourceId", "ApiId", "RestApiId") else f"<{name}.{attribute}>"

    def _substitute(self, name: str, names: dict[str, Any]) -> str:
        if name in names:
            return str(self.resolve(names[name]))
        first, dot, attribute = name.partition(".")
        return self._attribute(first, attribute) if dot and "::" not in name else str(self._ref(name))


def load(path: Path, parameters: dict[str, str]) -> Template:
    """Return the template of a file, YAML or JSON; raise ConfigurationError for what is none."""
    try:
        text = path.read_text()
    except OSError as error:
        raise ConfigurationError(f"The template {path} can't be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"The template {path} is not UTF-8 text.") from error
    data = _parse_json(text, path) if path.suffix == ".json" else _parse_yaml(text, path)
    if not isinstance(data, dict) or not isinstance(data.get("Resources"), dict):
        raise ConfigurationError(f"{path} is no CloudFormation template: it has no Resources.")
    return Template(data, parameters)


def _parse_json(text: str, path: Path) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise ConfigurationError(f"The template {path} is not JSON: {error}.") from error


def _parse_yaml(text: str, path: Path) -> Any:
    try:
        import yaml
    except ImportError:
        raise ConfigurationError(
            "Reading a YAML template needs PyYAML: pip install 'lambdabridge[local]' (or give a JSON template)."
        ) from None

    class Loader(yaml.SafeLoader):
        """YAML with CloudFormation's tags, and dates as text."""

    def short_form(loader: Any, suffix: str, node: Any) -> Any:
        if isinstance(node, yaml.ScalarNode):
            value: Any = loader.construct_scalar(node)
        elif isinstance(node, yaml.SequenceNode):
            value = loader.construct_sequence(node, deep=True)
        else:
            value = loader.construct_mapping(node, deep=True)
        return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}

    Loader.add_multi_constructor("!", short_form)
    Loader.add_constructor("tag:yaml.org,2002:timestamp", lambda loader, node: str(node.value))
    try:
        return yaml.load(text, Loader)
    except yaml.YAMLError as error:
        problem = " ".join(str(error).split())
        raise ConfigurationError(f"The template {path} is not YAML: {problem:.200}.") from error
