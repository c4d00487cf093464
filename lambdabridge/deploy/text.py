"""Texts with places to fill in: @name@, which neither YAML, TOML, Python nor CloudFormation has a meaning for."""

from __future__ import annotations

import re
import textwrap


def fill(text: str, **values: object) -> str:
    """Return a text with each @name@ replaced by its value."""
    return re.sub(r"@([a-z]+)@", lambda found: str(values.get(found[1], found[0])), text)


def wrapped(command: str, prefix: str) -> str:
    """Return a shell command on lines of at most 100 characters; prefix begins all but the first."""
    lines = textwrap.wrap(command, 100, break_long_words=False, break_on_hyphens=False)
    return f" \\\n{prefix}    ".join(lines)


def indented(text: str, spaces: int) -> str:
    """Return a text with each line indented."""
    return "\n".join(" " * spaces + line for line in text.split("\n"))
