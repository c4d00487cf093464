"""Texts with places to fill in: @name@, which neither YAML, TOML, Python nor CloudFormation has a meaning for."""

from __future__ import annotations

import json
import re
import textwrap


def fill(text: str, **values: object) -> str:
    """Return a text with each @name@ replaced by its value."""
    return re.sub(r"@([a-z]+)@", lambda found: str(values.get(found[1], found[0])), text)


def quoted(value: object) -> str:
    """Return a text, or a list of them, as both YAML and Python read it: JSON, whose pairs of surrogates neither has."""
    text = json.dumps(value, ensure_ascii=False)
    return "".join(one if one.isprintable() else _escaped(ord(one)) for one in text)


def plain(text: str) -> str:
    """Return a path or a name as YAML has it: bare where nothing in it has a meaning."""
    is_word = re.fullmatch(r"\.|[A-Za-z_][\w-]*([./][\w-]+)+", text, re.ASCII)
    return (
        text
        if is_word or re.fullmatch(r"(?!(?i:y|n|yes|no|on|off|true|false|null)$)[A-Za-z_]\w*", text)
        else quoted(text)
    )


def _escaped(number: int) -> str:
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def wrapped(command: str, prefix: str) -> str:
    """Return a shell command on lines of at most 100 characters; prefix begins all but the first."""
    whole = re.sub(r"'[^']*'", lambda found: found[0].replace(" ", "\0"), command)  # what is quoted stays on one line
    lines = textwrap.wrap(whole, 100, break_long_words=False, break_on_hyphens=False)
    return f" \\\n{prefix}    ".join(lines).replace("\0", " ")


def indented(text: str, spaces: int) -> str:
    """Return a text with each line indented."""
    return "\n".join(" " * spaces + line for line in text.split("\n"))
