"""A file as data: JSON, or YAML with CloudFormation's short forms (!Ref)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from lambdabridge.errors import ConfigurationError


def parse(path: Path) -> Any:
    """Return a file's data, YAML or JSON; raise ConfigurationError for what is neither."""
    try:
        text = path.read_text()
    except OSError as error:
        raise ConfigurationError(f"The template {path} can't be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"The template {path} is not UTF-8 text.") from error
    return _parse_json(text, path) if path.suffix == ".json" else _parse_yaml(text, path)


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
