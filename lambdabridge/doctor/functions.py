"""Checks of a function's configuration.

https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from lambdabridge.doctor.findings import Seen
from lambdabridge.doctor.subject import Subject, mapping

_MEMBER = {"AWS::Serverless::Function": "AutoPublishAlias"}
RESERVED = frozenset(
    (
        "_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR",
    )
)  # fmt: skip
"""https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime"""
MAX_ENVIRONMENT = 4096
LITTLE_MEMORY = 256
"""MB: a seventh of a vCPU; 1,769 MB are one."""


def unread(subject: Subject) -> Iterator[Seen]:
    """Find a value that CloudFormation or Lambda refuses."""
    for name, sentence in subject.unread:
        yield Seen(name, sentence.removeprefix(f"{name}: "), "Correct that value.")


def unreadable(subject: Subject) -> Iterator[Seen]:
    """Find APIs that could not be looked at."""
    for sentence in subject.unreadable:
        yield Seen("", sentence, "Correct the template, or look at the routes by hand.")


def timeout_default(subject: Subject) -> Iterator[Seen]:
    """Find a timeout that a cold start may use up."""
    for function in subject.functions:
        given = function.properties.get("Timeout")
        if function.is_served and str(given or 3) in ("1", "2", "3"):
            seen = f"Its timeout is {given} seconds." if given else "It has no timeout, which makes it 3 seconds."
            yield Seen(function.name, seen, subject.say("Timeout: 29", "timeout=Duration.seconds(29)"), "Timeout")


def memory(subject: Subject) -> Iterator[Seen]:
    """Find memory that comes with little CPU."""
    for function in subject.functions:
        given = function.properties.get("MemorySize")
        size = str(given or 128)
        if function.is_served and size.isdecimal() and int(size) < LITTLE_MEMORY:
            seen = f"It has {size} MB" + (", the default: " if given is None else ": ")
            seen += f"{int(size) / 1769:.0%} of a vCPU, for a web framework's imports."
            yield Seen(function.name, seen, subject.say("MemorySize: 1024", "memory_size=1024"), "MemorySize")


def concurrency(subject: Subject) -> Iterator[Seen]:
    """Find a function that is switched off."""
    for function in subject.functions:
        if str(function.properties.get("ReservedConcurrentExecutions")) == "0":
            yield Seen(
                function.name,
                "Its reserved concurrency is 0.",
                "Remove ReservedConcurrentExecutions, or set it to 1 or more.",
                "ReservedConcurrentExecutions",
            )


def snap_start(subject: Subject) -> Iterator[Seen]:
    """Find SnapStart of a function that has no version to take a snapshot of."""
    versions = {
        str(properties.get("FunctionName")).rpartition(":")[2]
        for properties in subject.of_kind("AWS::Lambda::Version").values()
    }
    for function in subject.functions:
        applies = mapping(function.properties.get("SnapStart")).get("ApplyOn") == "PublishedVersions"
        if applies and not function.properties.get("AutoPublishAlias") and function.name not in versions:
            yield Seen(
                function.name,
                "SnapStart is on, and no version of the function is published.",
                subject.say(
                    "AutoPublishAlias: live",
                    "function.current_version, and the API's integration with that",
                    "Add an AWS::Lambda::Version and an AWS::Lambda::Alias, and let the API invoke the alias.",
                ),
                "SnapStart",
            )


def snap_start_runtime(subject: Subject) -> Iterator[Seen]:
    """Find SnapStart of a Python that has none."""
    for function in subject.functions:
        applies = mapping(function.properties.get("SnapStart")).get("ApplyOn") == "PublishedVersions"
        if applies and function.python and function.python < (3, 12):
            yield Seen(
                function.name,
                f"SnapStart is on, and its runtime is {function.runtime}.",
                "Runtime: python3.13",
                "SnapStart",
            )


def environment_size(subject: Subject) -> Iterator[Seen]:
    """Find environment variables that don't fit."""
    for function in subject.functions:
        size = len(json.dumps(function.environment, separators=(",", ":"), default=str).encode())
        if size > MAX_ENVIRONMENT:
            yield Seen(
                function.name,
                f"Its environment variables are {size:,} bytes as JSON, and Lambda takes {MAX_ENVIRONMENT:,}.",
                "Keep the large ones in SSM Parameter Store or Secrets Manager, or in a file of the package.",
                "Environment",
            )


def environment_reserved(subject: Subject) -> Iterator[Seen]:
    """Find environment variables that are Lambda's own."""
    for function in subject.functions:
        for name in sorted(RESERVED & set(function.environment)):
            seen = f"It sets {name}, which Lambda sets itself."
            yield Seen(function.name, seen, f"Remove {name}.", f"Environment.Variables.{name}")


def public_url(subject: Subject) -> Iterator[Seen]:
    """Find a function URL that everybody may call."""
    for api, route, function in subject.routes_to(("function-url",)):
        if not route.authorizer:
            logical_id = api.name if api.name in subject.resources else function.name
            yield Seen(
                logical_id,
                "The function URL has AuthType NONE.",
                "Nothing, if it is a public website; else AuthType: AWS_IAM and requests that are signed.",
                "AuthType" if logical_id == api.name else "FunctionUrlConfig",
            )
