"""What a template deploys: plain values, the same for SAM, CloudFormation and synthesised CDK templates."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Function:
    """One Lambda function.

    name           its logical id
    code           the folder with its code, absolute
    handler        as Lambda takes it: "app.handler", "package/module.handler"
    timeout        seconds
    memory         MB
    function_name  as the template names it, "" where CloudFormation would make one
    runtime        "python3.13"; "": any
    title          what the terminal calls it where that is not the logical id: a CDK construct's own id
    """

    name: str
    code: str
    handler: str
    environment: dict[str, str] = field(default_factory=dict)
    timeout: float = 3.0
    memory: int = 128
    function_name: str = ""
    title: str = ""
    runtime: str = ""


@dataclass
class Route:
    """One route of an API.

    key         "ANY /{proxy+}", "GET /users/{id}" or "$default"
    function    the logical id of the function; "" for a mock
    timeout     seconds that the gateway waits; None: its default
    mock        status and headers of a REST API's MOCK integration, which answers without a function
    payload     an HTTP API's payload format version, "2.0" or "1.0"
    unserved    why its integration is not run here; "" for one that is
    authorizer  who decides on AWS who gets through ("JWT"), which nobody does here; "": nobody, "NONE": not the API's either
    loses       what of it is not done here, though it is served
    """

    key: str
    function: str
    timeout: float | None = None
    mock: tuple[int, dict[str, str]] | None = None
    payload: str = "2.0"
    unserved: str = ""
    authorizer: str = ""
    loses: str = ""


@dataclass
class Cors:
    """An HTTP API's or a Function URL's CORS configuration; names as in AWS::ApiGatewayV2::Api."""

    allow_origins: list[str] = field(default_factory=list)
    allow_methods: list[str] = field(default_factory=list)
    allow_headers: list[str] = field(default_factory=list)
    expose_headers: list[str] = field(default_factory=list)
    max_age: int | None = None
    allow_credentials: bool = False


@dataclass
class Api:
    """One REST API, HTTP API or Function URL.

    name        its logical id
    kind        "rest", "http" or "function-url", as --api names them
    variables   of its stage
    authorizer  of each route that has none of its own
    title       as a Function's
    """

    name: str
    kind: str
    stage: str = ""
    routes: list[Route] = field(default_factory=list)
    binary_media_types: tuple[str, ...] = ()
    cors: Cors | None = None
    variables: dict[str, str] = field(default_factory=dict)
    authorizer: str = ""
    title: str = ""


@dataclass
class Stack:
    """Everything.

    notes     one sentence for each thing that the template has and the local gateway does not run
    left_out  functions that are not run, by logical id: why
    """

    functions: dict[str, Function] = field(default_factory=dict)
    apis: dict[str, Api] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)

    def note(self, sentence: str) -> None:
        """Add a sentence, once."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def leave_out(self, name: str, why: str) -> None:
        """Say that a function is not run here, and keep the reason for its routes."""
        self.left_out[name] = why
        self.note(f"{name}: {why}.")


def cors_of(value: Any) -> Cors | None:
    """Return the CORS configuration for AWS::ApiGatewayV2::Api's or a Function URL's member; SAM's `true` means all."""
    if value is True:
        return Cors(["*"])
    if isinstance(value, str):
        return Cors([value.strip("'")])
    if not isinstance(value, dict):
        return None
    age = value.get("MaxAge")
    return Cors(
        _texts(value.get("AllowOrigins")),
        _texts(value.get("AllowMethods")),
        _texts(value.get("AllowHeaders")),
        _texts(value.get("ExposeHeaders")),
        int(age) if age is not None else None,
        value.get("AllowCredentials") in (True, "true"),
    )


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [str(item) for item in value] if isinstance(value, list) else []
