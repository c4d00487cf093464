"""A CloudFormation template as data: resources, with conditions and intrinsic functions evaluated.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html

The Ref of a function or an API is its logical id here, and its Arn ends with that: so resources are found again. Tables,
buckets, queues and the like have the names that the template gives them (names.py). What only AWS knows (imports, other
attributes) becomes a text that says what it was.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from lambdabridge.errors import ConfigurationError
from lambdabridge.gateway.template import names
from lambdabridge.gateway.template.files import parse
from lambdabridge.gateway.template.parameters import values

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
    """A parsed template: resources() gives each resource that its condition lets be, with its properties resolved.

    folder: what local files that the template includes are relative to.
    """

    def __init__(self, data: dict[str, Any], parameters: dict[str, str], folder: Path = Path()) -> None:
        self.data = data
        self.folder = folder
        for section in ("Parameters", "Conditions", "Mappings", "Globals"):
            if not isinstance(data.get(section) or {}, dict):
                raise ConfigurationError(f"The template's {section} are {data[section]!r:.40}; expected a mapping.")
        self.parameters = values(data.get("Parameters") or {}, parameters)

    def resources(self) -> dict[str, tuple[str, dict[str, Any], dict[str, Any]]]:
        """Return {logical id: (type, properties, the whole resource)}."""
        found = {}
        for name, resource in (self.data.get("Resources") or {}).items():
            if isinstance(resource, dict) and self._holds(resource.get("Condition")):
                found[name] = (str(resource.get("Type")), self.resolve(resource.get("Properties") or {}), resource)
        return found

    def include(self, location: str) -> Any:
        """Return what a file beside the template has, resolved; None if it is no file on this machine."""
        file = self.folder / location
        return self.resolve(parse(file)) if "://" not in location and file.is_file() else None

    def _holds(self, condition: Any) -> bool:
        """Whether a condition holds: the name of one, or the functions that conditions are made of."""
        if condition is None:
            return True
        if isinstance(condition, str):
            conditions = self.data.get("Conditions") or {}
            if condition not in conditions:
                raise ConfigurationError(f"The template has no condition {condition!r}.")
            return self._holds(conditions[condition])
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
            text, given = argument if isinstance(argument, list) else (argument, {})
            filled = re.sub(r"\$\{([^!][^}]*)\}", lambda found: self._substitute(found[1].strip(), given), text)
            return filled.replace("${!", "${")
        argument = self.resolve(argument)
        if function == "Fn::Transform" and isinstance(argument, dict) and argument.get("Name") == "AWS::Include":
            location = str((argument.get("Parameters") or {}).get("Location"))
            included = self.include(location)
            return f"<the file {location}>" if included is None else included
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
        first, dot, attribute = str(name).partition(".")  # SAM's: "Fn.Alias"
        if dot and attribute in ("Alias", "Version"):
            return self._arn(first)
        if self._version_of(name) is not None:  # the Ref of an alias or a version is its ARN
            return self._arn(name)
        named = self._named(name)
        return names.ref(*named) if named else PSEUDO.get(name, name)

    def _named(self, name: str) -> tuple[names.Form, str] | None:
        """Return how a resource that an application asks by name shows, and its name; None for any other resource."""
        resource = (self.data.get("Resources") or {}).get(name)
        resource = resource if isinstance(resource, dict) else {}
        form = names.FORMS.get(str(resource.get("Type")))
        if form is None:
            return None
        given = resource.get("Properties")
        own = self.resolve(given.get(form.member)) if isinstance(given, dict) else None
        return form, name if own is None else str(own)

    def _version_of(self, name: str) -> Any:
        """Return the FunctionName of an alias or a version; None for any other resource."""
        resource = (self.data.get("Resources") or {}).get(name)
        if not isinstance(resource, dict) or resource.get("Type") not in ("AWS::Lambda::Alias", "AWS::Lambda::Version"):
            return None
        return (resource.get("Properties") or {}).get("FunctionName", "")

    def _arn(self, name: str) -> str:
        """Return a function's ARN; for one of its aliases or versions the same, as there is but one code here."""
        function = self._version_of(name)
        if function is not None:
            name = str(self.resolve(function)).rpartition(":")[2]
        return f"arn:aws:lambda:us-east-1:123456789012:function:{name}"

    def _attribute(self, name: str, attribute: str) -> str:
        named = self._named(name)
        if named:
            return names.attribute(*named, attribute) or f"<{name}.{attribute}>"
        if attribute in ("Arn", "Alias", "Version") or (
            attribute in ("AliasArn", "FunctionArn") and self._version_of(name) is not None
        ):
            return self._arn(name)
        return name if attribute in ("RootResourceId", "ApiId", "RestApiId") else f"<{name}.{attribute}>"

    def _substitute(self, name: str, given: dict[str, Any]) -> str:
        if name in given:
            return str(self.resolve(given[name]))
        first, dot, attribute = name.partition(".")
        return self._attribute(first, attribute) if dot and "::" not in name else str(self._ref(name))


def load(path: Path, parameters: dict[str, str]) -> Template:
    """Return the template of a file, YAML or JSON; raise ConfigurationError for what is none."""
    data = parse(path)
    if not isinstance(data, dict) or not isinstance(data.get("Resources"), dict):
        raise ConfigurationError(f"{path} is no CloudFormation template: it has no Resources.")
    data["Resources"] = {
        str(name): resource for name, resource in data["Resources"].items()
    }  # YAML's 1 and yes are none
    return Template(data, parameters, path.parent)
