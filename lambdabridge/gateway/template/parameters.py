"""The values of a template's parameters: given ones and defaults, lists split, allowed values checked.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
"""

from __future__ import annotations

from typing import Any

from lambdabridge.errors import ConfigurationError


def values(declared: dict[str, Any], given: dict[str, str]) -> dict[str, Any]:
    """Return the values of a template's parameters; raise ConfigurationError for what CloudFormation refuses."""
    unknown = sorted(set(given) - set(declared))
    if unknown:
        known = ", ".join(declared) or "none"
        raise ConfigurationError(f"The template has no parameter {unknown[0]!r}; its parameters are: {known}.")
    found = {}
    missing = []
    for name, entry in declared.items():
        if not isinstance(entry, dict):
            raise ConfigurationError(f"The template's parameter {name} is {entry!r:.40}; expected a mapping.")
        if name not in given and entry.get("Default") is None:
            missing.append(name)
            continue
        value: Any = given.get(name, entry.get("Default"))
        kind = str(entry.get("Type"))
        is_list = kind == "CommaDelimitedList" or kind.startswith("List<")
        parts = [part.strip() for part in str(value).split(",")] if is_list else [value]
        allowed = [str(one) for one in entry.get("AllowedValues") or ()]
        for part in parts:
            if allowed and str(part) not in allowed:
                raise ConfigurationError(
                    f"The template's parameter {name} is {str(part)!r}; it allows: {', '.join(allowed)}."
                )
        found[name] = parts if is_list else value
    if missing:
        raise ConfigurationError(
            f"The template's parameter {missing[0]} has no default: give --parameter {missing[0]}=VALUE"
            + (f", and likewise {', '.join(missing[1:])}." if missing[1:] else ".")
        )
    return found
