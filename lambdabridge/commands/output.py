"""What `event` and `invoke` write to standard output: bytes, whatever the terminal's encoding. A failure is one sentence."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from lambdabridge.errors import ConfigurationError


def write(content: bytes, stream: Any = None) -> None:
    """Write bytes to standard output, or to a text stream such as standard error, and flush it."""
    output = sys.stdout if stream is None else stream
    if output is None:  # as Python has it where the descriptor was closed
        raise ConfigurationError("Standard output is closed.")
    try:
        output.flush()
        output.buffer.write(content)
        output.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        discard_rest(output)
        raise ConfigurationError(f"Standard output can't be written: {error.strerror}.") from None


def discard_rest(stream: Any) -> None:
    """Let what is still buffered go nowhere: the interpreter's last flush shall not complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def write_json(value: object) -> None:
    """Write a value to standard output, as UTF-8; lone surrogates stay escaped."""
    write((as_json(value, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace"))


def as_json(value: object, *, ensure_ascii: bool = True) -> str:
    """Return JSON for people to read; what is nested very deep stands on one line."""
    try:
        return json.dumps(value, indent=2, ensure_ascii=ensure_ascii)
    except RecursionError:  # of the encoder that indents, which is Python; the other one is C
        return json.dumps(value, ensure_ascii=ensure_ascii)
