"""What `lambdabridge init` is told, checked: everything that a template says and the application does not."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from shlex import quote
from typing import Any

from lambdabridge.build.runtimes import GLIBC
from lambdabridge.errors import ConfigurationError

APIS = {"http": "an HTTP API", "rest": "a REST API", "function-url": "a function URL"}
_WAITS = {"http": 30, "rest": 29}
"""Seconds that an API waits for its function, unless its quota was raised."""
_RESERVED = re.compile(
    "_.*|AWS_(ACCESS_KEY|ACCESS_KEY_ID|DEFAULT_REGION|EXECUTION_ENV|REGION|SECRET_ACCESS_KEY|SECRET_KEY|SESSION_TOKEN|"
    "LAMBDA_(FUNCTION_.*|INITIALIZATION_TYPE|LOG_.*|RUNTIME_API))|LAMBDA_(TASK_ROOT|RUNTIME_DIR)"
)
"""https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime"""


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
            if not re.fullmatch(r"\*|https?://[^/\s'\"*]+", origin):
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
            if _RESERVED.fullmatch(variable):
                raise ConfigurationError(f"{variable} is Lambda's own environment variable, and can't be set.")
        twice = [name for name in self.env if name in (*self.secrets, "LAMBDABRIDGE_APP")]
        if twice:
            raise ConfigurationError(f"--env {twice[0]}: init sets it already.")

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
        words += [f"--env {quote(f'{name}={value}')}" for name, value in self.env.items()]
        words += [f"--secret {name}" for name in self.secrets]
        words += [f"--output {quote(self.output)}"] if self.output else []
        return " ".join(words)
