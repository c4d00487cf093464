"""What a local gateway is set to. Crosses a process boundary as JSON when `--reload` starts the gateway anew."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from json import dumps, loads

from lambdabridge.errors import ConfigurationError

APIS = {
    "http": "http_api_v2",
    "http-1.0": "http_api_v1",
    "rest": "rest_api",
    "function-url": "function_url",
    "alb": "alb",
    "vpc-lattice-1": "vpc_lattice",
    "vpc-lattice-2": "vpc_lattice",
    "lambda-at-edge": "lambda_at_edge",
    "rest-template": "rest_template",
}
"""--api -> source."""
KINDS = {
    "http": "HTTP API, payload 2.0",
    "http-1.0": "HTTP API, payload 1.0",
    "rest": "REST API",
    "function-url": "Function URL",
    "alb": "Application Load Balancer",
    "vpc-lattice-1": "VPC Lattice, event structure 1",
    "vpc-lattice-2": "VPC Lattice, event structure 2",
    "lambda-at-edge": "Lambda@Edge, viewer request",
    "rest-template": "REST API, pass-through mapping template",
}
"""--api -> what the terminal says."""
_LATTICE = "local-0123456789abcdef0.7d67968.vpc-lattice-svcs.us-east-1.on.aws"
_DOMAINS = {
    "alb": "local-0123456789.us-east-1.elb.amazonaws.com",
    "lambda-at-edge": "localhost0.cloudfront.net",
    "vpc-lattice-1": _LATTICE,
    "vpc-lattice-2": _LATTICE,
}
"""--api -> its domain, where it is not made of an API's id and a region."""
STAGES = {"http": "$default", "http-1.0": "$default", "rest": "prod", "rest-template": "prod"}
"""--api -> the stage when none is given; the other front doors have none."""
OF_PROCESSES = ("concurrency", "queue", "provisioned", "memory", "freeze")
"""The settings of functions that run in processes: see runtime/function.py."""


@dataclass(frozen=True)
class Settings:
    """One API with one catch-all route and one function behind it."""

    target: str
    api: str = "http"
    stage: str = ""
    """"": the API's usual one, see STAGES."""
    binary_media_types: tuple[str, ...] = ()
    multi_value_headers: bool = False
    """Whether an ALB's target group has them enabled."""
    interface: str = "auto"
    host: str = "127.0.0.1"
    port: int = 8000
    ports: tuple[int, ...] = ()
    """Of the APIs of a template, in their order; known when they listen."""
    api_id: str = "localhost0"
    region: str = "us-east-1"
    account_id: str = "123456789012"
    base_path: str = ""
    """Of a custom domain in front of the API, "/" for one without; "": the API's own domain, where a stage is in the path."""
    timeout: float = 29.0
    """Seconds: the function's own timeout. 0: none, and none of the front door's, in this process."""
    inspector: bool = True
    runtime: bool = False
    """Whether functions run in processes of AWS's runtime client. What follows is for these: see runtime/function.py."""
    concurrency: int = 10
    queue: float = 0.0
    provisioned: int = 0
    memory: int = 1024
    freeze: bool = True
    template: str = ""
    """A SAM or CloudFormation template to serve, in place of a target."""
    parameters: dict[str, str] = field(default_factory=dict)
    """The template's parameters."""

    def check(self) -> None:
        """Raise ConfigurationError, in one sentence, for settings that no such API can have."""
        if self.stage and self.api not in STAGES:
            raise ConfigurationError(f"--stage {self.stage}: {KINDS[self.api]} has no stages.")
        is_rest = APIS[self.api].startswith("rest")
        allowed = r"[A-Za-z0-9_-]+" if is_rest else r"[A-Za-z0-9_-]+|\$default"
        if self.stage and not re.fullmatch(allowed, self.stage):
            raise ConfigurationError(
                f"--stage {self.stage}: a stage of {KINDS[self.api]} has a name of letters, digits, _ and -"
                f"{'' if is_rest else ', or is $default'}."
            )
        if self.base_path and (self.api not in STAGES or not re.fullmatch(r"/[A-Za-z0-9_.~/-]*", self.base_path)):
            raise ConfigurationError(
                f"--base-path {self.base_path}: expected a path such as /shop; HTTP and REST APIs have custom domains."
            )
        if not 0 <= self.timeout <= 900:
            raise ConfigurationError(f"--timeout {self.timeout:g}: expected at most 900 seconds, or 0 for no timeout.")
        if self.binary_media_types and self.api != "rest":
            raise ConfigurationError(f"--binary-media-types: {KINDS[self.api]} has none; they are a REST API's.")

    @property
    def stage_name(self) -> str:
        """The stage of this API."""
        return self.stage or STAGES.get(self.api, "$default")

    @property
    def stage_path(self) -> str:
        """The beginning of each client's path: "/prod", "" for $default, or a custom domain's base path."""
        if self.base_path:
            return self.base_path.rstrip("/")
        return "" if self.stage_name == "$default" else f"/{self.stage_name}"

    @property
    def kind(self) -> str:
        """What it is, in words: "REST API, stage prod"."""
        return KINDS[self.api] + (f", stage {self.stage_name}" if self.api in STAGES else "")

    @property
    def domain_name(self) -> str:
        """The domain that AWS would give this API; events carry it, so that the stage is found as it is there."""
        if self.base_path:
            return "api.example.com"
        if self.api == "function-url":
            return f"{self.api_id}.lambda-url.{self.region}.on.aws"
        if self.api in _DOMAINS:
            return _DOMAINS[self.api]
        return f"{self.api_id}.execute-api.{self.region}.amazonaws.com"

    def to_json(self) -> str:
        """Return the settings as JSON."""
        return dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Settings:
        """Return the settings that to_json() wrote."""
        values = loads(text)
        values |= {name: tuple(values[name]) for name in ("binary_media_types", "ports")}
        return cls(**values)
