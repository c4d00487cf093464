"""A function's configuration, and the environment variables that Lambda sets from it.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lambdabridge.errors import ConfigurationError
from lambdabridge.gateway.runtime.names import INTERFACE, TARGET, module_name
from lambdabridge.gateway.settings import OF_PROCESSES
from lambdabridge.target import split

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lambdabridge.gateway.settings import Settings

_NOT_INHERITED = ("AWS_LAMBDA_MAX_CONCURRENCY", "_LAMBDA_TELEMETRY_LOG_FD", "_X_AMZN_TRACE_ID")
"""What would put the runtime client into another mode, if the gateway itself ran under one."""


@dataclass(frozen=True)
class Function:
    """One function; the defaults are the local gateway's, not Lambda's (3 seconds, 128 MB)."""

    target: str
    interface: str = "auto"
    name: str = "local"
    memory: int = 1024
    """MB. Reported beside what was used; nothing ends a process that takes more."""
    timeout: float = 29.0
    init_timeout: float = 10.0
    """Lambda's for functions on demand, and not configurable there."""
    concurrency: int = 10
    """How many execution environments there may be at once: reserved concurrency."""
    queue: float = 0.0
    """Seconds that an invocation waits for a free environment before it is throttled. Lambda does not wait."""
    provisioned: int = 0
    """How many environments are initialised at start, before there is a request."""
    freeze: bool = True
    """Whether an environment is stopped between two invocations, threads and all."""
    folder: str = ""
    """The folder with the code, LAMBDA_TASK_ROOT; "": the current one."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """The environment variables of the function's own configuration."""
    region: str = "us-east-1"
    account_id: str = "123456789012"

    def check(self) -> None:
        """Raise ConfigurationError, in one sentence, for what no function can have."""
        if self.concurrency < 1:
            raise ConfigurationError(f"--concurrency {self.concurrency}: expected 1 or more.")
        if not 0 <= self.provisioned <= self.concurrency:
            raise ConfigurationError(
                f"--provisioned {self.provisioned}: expected 0 to {self.concurrency}, which is --concurrency."
            )
        if not 0 < self.timeout <= 900:
            raise ConfigurationError(f"--timeout {self.timeout:g}: expected more than 0 and at most 900 seconds.")
        if not 128 <= self.memory <= 10240:
            raise ConfigurationError(f"--memory {self.memory}: expected 128 to 10240 MB.")
        if not 0 <= self.queue < 3600:
            raise ConfigurationError(f"--queue {self.queue:g}: expected 0 to 3600 seconds.")
        split(self.target)

    @property
    def arn(self) -> str:
        """The ARN that an invocation names."""
        return f"arn:aws:lambda:{self.region}:{self.account_id}:function:{self.name}"

    @property
    def handler(self) -> str:
        """The handler as it would be configured on Lambda: "app.handler" for "path/to/app.py:handler"."""
        module, attributes = split(self.target)
        return f"{module_name(module)}.{attributes}"

    def variables(self, inherited: Mapping[str, str], api: str, folder: str, stream: str) -> dict[str, str]:
        """Return a process's environment: the developer's own, and what Lambda sets.

        A region that the developer has set is kept: clients of other services are likely to need it.
        """
        region = inherited.get("AWS_REGION") or inherited.get("AWS_DEFAULT_REGION") or self.region
        return {
            **{name: value for name, value in inherited.items() if name not in _NOT_INHERITED},
            **self.environment,
            "AWS_DEFAULT_REGION": region,
            "AWS_EXECUTION_ENV": "AWS_Lambda_python{}.{}".format(*sys.version_info),
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(self.memory),
            "AWS_LAMBDA_FUNCTION_NAME": self.name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{self.name}",
            "AWS_LAMBDA_LOG_STREAM_NAME": stream,
            "AWS_LAMBDA_RUNTIME_API": api,
            "AWS_REGION": region,
            "LAMBDA_TASK_ROOT": folder,
            "LANG": "en_US.UTF-8",
            "PYTHONIOENCODING": "utf-8",  # the machine may not have that locale
            "TZ": ":UTC",
            "_HANDLER": self.handler,
            TARGET: self.target,
            INTERFACE: self.interface,
        }


def function_of(settings: Settings) -> Function:
    """Return the function of a gateway's settings."""
    names = ("target", "interface", "timeout", "region", "account_id", *OF_PROCESSES)
    return Function(**{name: getattr(settings, name) for name in names})
