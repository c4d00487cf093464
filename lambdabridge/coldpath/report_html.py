"""Values as HTML: text that can be anything, and figures as people read them."""

from __future__ import annotations

import html
import re

_TERMINAL = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


NUMBER = ' class="number"'


def clean(text: object) -> str:
    """Return text that a page in UTF-8 can hold: no terminal's colours, no control characters, no lone surrogates."""
    return _CONTROL.sub("\ufffd", _TERMINAL.sub("", str(text)))


def text(value: object) -> str:
    """Return a value as HTML text, also within a quoted attribute."""
    return html.escape(clean(value), quote=True)


def name(value: object) -> str:
    """Return a name of code: of a module, a file, a handler."""
    return f'<span class="name">{text(value)}</span>'


def milliseconds(value: float) -> str:
    """Return a time: "2.4 ms", "412 ms", "1.82 s"."""
    size = abs(value)
    if size >= 999.5:
        return f"{value / 1000:.2f} s"
    return f"{value:.0f} ms" if size >= 9.95 else f"{value:.1f} ms"


def microseconds(value: float) -> str:
    """Return a time that was given in microseconds."""
    return milliseconds(value / 1000)


def between(low: float, high: float) -> str:
    """Return a range of times with its unit once: "405 to 425 ms"."""
    first, unit = milliseconds(low).split(" ")
    second, other = milliseconds(high).split(" ")
    return f"{first} to {second} {other}" if unit == other else f"{first} {unit} to {second} {other}"


def megabytes(value: float) -> str:
    """Return an amount of memory that was given in MB."""
    return f"{value:.0f} MB" if value >= 9.95 else f"{value:.1f} MB"


def size(value: float) -> str:
    """Return a size that was given in bytes."""
    if value < 1024:
        return f"{value:.0f} bytes"
    return megabytes(value / 1024 / 1024) if value >= 1024 * 1024 else f"{value / 1024:.0f} KB"


def percent(part: float, whole: float) -> str:
    """Return a part of a whole."""
    if not whole or not part:
        return "0 %"
    return "< 1 %" if part / whole < 0.01 else f"{100 * part / whole:.0f} %"


def head(*columns: str) -> str:
    """Return a table's head; "#..." is a column of figures, "" one without a heading."""
    cells = "".join(
        f'<th scope="col"{NUMBER if column.startswith("#") else ""}>{text(column.lstrip("#"))}</th>'
        if column
        else "<td></td>"
        for column in columns
    )
    return f"<thead><tr>{cells}</tr></thead>"
