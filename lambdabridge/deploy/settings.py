"""What `lambdabridge init` is told, checked: everything that a template says and the application does not."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from shlex import quote
from typing import Any

from lambdabridge.build.runtimes import GLIBC
from lambdabridge.doctor.functions import MAX_ENVIRONMENT, RESERVED
from lambdabridge.errors import ConfigurationError

APIS = {"http": "an HTTP API", "rest": "a REST API", "function-url": "a function URL"}
_WAITS = {"http": 30, "rest": 29}
"""Seconds that an API waits for its function, unless its quota was raised."""


@dataclass(frozen=True)
class Settings:
    """One member for each option.

    name     of the stack
    cors     origins whose pages may read answers; (): the application decides, the API stays out of it
    env      environment variables of the function
    secrets  environment variables whose values AWS Secrets Manager makes, once
    output   the template's or the CDK app's file, "": the tool's usual one
    """

    name: str
    tool: str = "sam"
    api: str = "http"
    python: str = "3.13"
    arch: str = "arm64"
    memory: int = 1024
    timeout: int = 29
    cors: tuple[str, ...] = ()
    env: dict[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    output: str = ""

    def check(self) -> None:
        """Raise ConfigurationError, in one sentence, for what AWS would refuse."""
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{0,127}", self.name):
            raise ConfigurationError(
                f"--name {self.name!r}: a stack's name has letters, digits and hyphens, and begins with a letter."
            )
        if self.python not in GLIBC:
            raise ConfigurationError(f"--python {self.python!r}: Lambda has {', '.join(GLIBC)}.")
        self._check_numbers()
        self._check_output()
        for origin in self.cors:
            if not re.fullmatch(r"\*|https?://[\w.:\[\]-]+", origin):
                raise ConfigurationError(f"--cors {origin!r}: expected an origin such as https://example.com, or '*'.")
        if self.api == "rest" and len(self.cors) > 1:
            raise ConfigurationError(
                "--cors: a REST API's preflight answers name one origin; several are the application's."
            )
        for variable in (*self.env, *self.secrets):
            if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]+", variable):
                raise ConfigurationError(
                    f"{variable!r} is no environment variable's name on Lambda: expected two or more letters, digits and _, "
                    "the first one a letter."
                )
            if variable in RESERVED:
                raise ConfigurationError(f"{variable} is Lambda's own environment variable, and can't be set.")
        for option, names in (("env", [*self.secrets, "LAMBDABRIDGE_APP"]), ("secret", ["LAMBDABRIDGE_APP"])):
            twice = [name for name in (self.env if option == "env" else self.secrets) if name in names]
            if twice:
                raise ConfigurationError(f"--{option} {twice[0]}: init sets it already.")
        self._check_values()

    def _check_values(self) -> None:
        for name, value in self.env.items():
            if "\0" in value or any("\ud800" <= one <= "\udfff" for one in value):
                raise ConfigurationError(f"--env {name}: its value is no UTF-8 text.")
        size = len(json.dumps(self.env, ensure_ascii=False, separators=(",", ":")).encode())
        if size > MAX_ENVIRONMENT:
            raise ConfigurationError(
                f"--env: the values are {size:,} bytes, and Lambda takes {MAX_ENVIRONMENT:,} in all environment variables."
            )

    def _check_numbers(self) -> None:
        if not 128 <= self.memory <= 10240:
            raise ConfigurationError(f"--memory {self.memory}: Lambda has 128 to 10240 MB.")
        if not 1 <= self.timeout <= 900:
            raise ConfigurationError(f"--timeout {self.timeout}: a function runs 1 to 900 seconds.")
        waits = _WAITS.get(self.api, 900)
        if self.timeout > waits:
            raise ConfigurationError(
                f"--timeout {self.timeout}: {APIS[self.api]} waits {waits} seconds, and the client would get an error "
                "while the function still runs. Expected at most that, or --api function-url."
            )

    def _check_output(self) -> None:
        parts = self.output.split("/")
        if self.tool == "sam" and self.output and not re.fullmatch(r"[\w.-]+\.ya?ml", self.output):
            raise ConfigurationError(
                f"--output {self.output!r}: expected a .yaml file in this folder: its CodeUri is relative to it."
            )
        if (
            self.tool == "cdk"
            and self.output
            and (".." in parts or not re.fullmatch(r"[\w-][\w./-]*\.py", self.output))
        ):
            raise ConfigurationError(f"--output {self.output!r}: expected a .py file in this folder or below.")

    def as_options(self) -> str:
        """Return the command line's options that make these settings, without what is the default anyway."""
        default: dict[str, Any] = {name: f.default for name, f in self.__dataclass_fields__.items()}
        words = ["--cdk"] if self.tool == "cdk" else []
        for name in ("api", "python", "arch", "memory", "timeout"):
            value = getattr(self, name)
            words += [f"--{name} {value}"] if value != default[name] else []
        words += [f"--name {self.name}"]
        words += [f"--cors {quote(','.join(self.cors))}"] if self.cors else []
        words += [f"--env {_shown(name, value)}" for name, value in self.env.items()]
        words += [f"--secret {name}" for name in self.secrets]
        words += [f"--output {quote(self.output)}"] if self.output else []
        return " ".join(words)


def _shown(name: str, value: str) -> str:
    """Return NAME=VALUE for a comment: without a value that a comment, a docstring or a shell would make another of."""
    is_simple = re.fullmatch(r"[!#-\[\]-~]+( [!#-\[\]-~]+)*|", value)
    return quote(f"{name}={value}") if is_simple and len(value) < 80 else f"{name}=..."
