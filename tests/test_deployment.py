"""What a template's deployment does with a request, and its only function in this process: as in a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from lambdabridge.gateway.deployment import Deployment, LambdaSide, from_stack
from lambdabridge.gateway.front_door import Answer
from lambdabridge.gateway.runtime.function import Function
from lambdabridge.gateway.settings import Settings
from lambdabridge.gateway.template.reading import read_stack
from lambdabridge.messages import Request


def event(path: str) -> dict[str, Any]:
    return {"E": {"Type": "HttpApi", "Properties": {"Path": path, "Method": "get", "ApiId": {"Ref": "A"}}}}


TEMPLATE = {
    "Resources": {
        "A": {"Type": "AWS::Serverless::HttpApi", "Properties": {"StageVariables": {"color": "blue"}}},
        "F": {
            "Type": "AWS::Serverless::Function",
            "Properties": {
                "FunctionName": "shop-f",
                "CodeUri": "src",
                "Handler": "code.handler",
                "MemorySize": 256,
                "Environment": {"Variables": {"TABLE": "items"}},
                "Events": event("/{proxy+}"),
            },
        },
        "G": {
            "Type": "AWS::Serverless::Function",
            "Properties": {"Runtime": "nodejs22.x", "CodeUri": "src", "Handler": "g.h", "Events": event("/g")},
        },
    }
}


class Recorded:
    """A Lambda side that is never started."""

    def __init__(self, function: Function) -> None:
        self.function = function

    def start(self) -> None:
        pass

    async def invoke(self, event: dict[str, Any], request_id: str, patience: float | None = None) -> object:
        return {"statusCode": 200, "body": json.dumps(event["stageVariables"])}

    def stop(self) -> None:
        pass


def deployment_of(folder: Path) -> Deployment:
    (folder / "src").mkdir()
    (folder / "template.json").write_text(json.dumps(TEMPLATE))

    def make(function: Function) -> LambdaSide:
        return Recorded(function)

    return from_stack(Settings("", ports=(8000,)), read_stack(folder), make)


def get(path: str) -> Request:
    return Request("GET", path, path, "", [("host", "localhost")], b"")


def test_a_route_that_is_not_run_answers_501(tmp_path: Path) -> None:
    (endpoint,) = deployment_of(tmp_path).endpoints
    answer = endpoint.find_route(get("/g"))
    assert isinstance(answer, Answer)
    reason = "GET /g: G: its runtime is nodejs22.x, and only Python is run here"
    assert (answer.response.status, answer.reason) == (501, reason)
    assert json.loads(answer.response.body) == {"message": f"lambdabridge: {reason}"}


def test_stage_variables_reach_the_function(tmp_path: Path) -> None:
    (endpoint,) = deployment_of(tmp_path).endpoints
    found = endpoint.find_route(get("/other"))
    assert not isinstance(found, Answer)
    door, routed, target = found
    answer = asyncio.run(door.deliver(routed, lambda event: target.function.invoke(event, "1")))
    assert (target.name, json.loads(answer.response.body)) == ("F", {"color": "blue"})


SHOW = """
import asyncio, json, sys
from lambdabridge.gateway.settings import Settings
from lambdabridge.gateway.setup import make_deployment, read_template

settings = Settings("", template=sys.argv[1], ports=(8000,))
deployment = make_deployment(settings, read_template(settings))
deployment.start()
print(json.dumps(asyncio.run(deployment.functions["F"].invoke({}, "1"))))
deployment.stop()
"""
CODE = """
import os

NAMES = ("AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_REGION", "LAMBDA_TASK_ROOT", "_HANDLER")


def handler(event, context):
    variables = [os.environ.get(name) for name in (*NAMES, "TABLE", "AWS_LAMBDA_RUNTIME_API")]
    return [os.getcwd(), *variables, context.function_name, context.memory_limit_in_mb]
"""


def test_the_only_function_runs_here_as_in_a_process_of_its_own(tmp_path: Path) -> None:
    source = tmp_path / "src"
    source.mkdir()
    (source / "shop.py").write_text(CODE)
    (tmp_path / "shop.py").write_text("raise SystemExit('the wrong one')")
    text = json.dumps(TEMPLATE).replace("code.handler", "shop.handler")
    (tmp_path / "template.json").write_text(text)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    command = [sys.executable, "-c", SHOW, "template.json"]
    shown = subprocess.run(command, cwd=tmp_path, env=inherited, capture_output=True, text=True, check=False)
    assert shown.stderr == ""
    assert json.loads(shown.stdout) == [
        *(str(source), "shop-f", "256", "us-east-1", str(source), "shop.handler", "items", None),
        *("shop-f", "256"),
    ]
