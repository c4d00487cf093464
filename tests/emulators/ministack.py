"""ministack (https://pypi.org/project/ministack/), deployed to with boto3: a function, and an API for each case.

The function runs in a process of ministack's, so event and result pass through files.
"""

from __future__ import annotations

import io
import json
import os
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.emulators import SOURCES, Api, Engine, Observed, Send, api_of, request_through, result_of
from tests.recorded import Case
from tests.recorded_sockets import as_bytes, exchange

_CODE = """
import json, pathlib
FOLDER = pathlib.Path({folder!r})
def handler(event, context):
    (FOLDER / "event.json").write_text(json.dumps(event))
    return json.loads((FOLDER / "result.json").read_text())
"""
_ROLE = "arn:aws:iam::000000000000:role/any"


class _Account:
    """The AWS API of one ministack."""

    def __init__(self, port: int, folder: Path) -> None:
        self.port = port
        boto3: Any = import_module("boto3")  # nothing else of the project is typed against it
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
        names = ("lambda", "apigateway", "apigatewayv2")
        self.functions, self.rest, self.http = (
            boto3.client(name, endpoint_url=f"http://127.0.0.1:{port}", **keys) for name in names
        )
        zipped = io.BytesIO()
        with zipfile.ZipFile(zipped, "w") as archive:
            archive.writestr("function.py", _CODE.format(folder=str(folder)))
        created = self.functions.create_function(
            FunctionName="function",
            Runtime=f"python3.{sys.version_info.minor}",
            Role=_ROLE,
            Handler="function.handler",
            Code={"ZipFile": zipped.getvalue()},
        )
        self.arn = created["FunctionArn"]
        self.uri = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{self.arn}/invocations"
        self.url = self.functions.create_function_url_config(FunctionName="function", AuthType="NONE")["FunctionUrl"]

    def deploy(self, api: Api) -> str:
        """Make the API and return the Host that its clients call."""
        if api.source == "function-url":
            return str(self.url.split("/")[2])
        identifier = self._rest(api) if api.source == "rest-v1" else self._http(api)
        return f"{identifier}.execute-api.localhost:{self.port}"

    def map(self, host: str, api: Api, config: dict[str, Any]) -> str:
        """Give the API a domain of its own, mapped as recorded, and return it."""
        domain, stage = f"{api.stage}-{config['basePath']}.example.com".lower(), config["mapped_stage"]
        self.rest.create_domain_name(domainName=domain, endpointConfiguration={"types": ["REGIONAL"]})
        self.rest.create_base_path_mapping(
            domainName=domain,
            restApiId=host.partition(".")[0],
            **({"basePath": config["basePath"]} if config["basePath"] else {}),
            **({"stage": stage} if stage else {}),
        )
        return domain

    def _rest(self, api: Api) -> str:
        made = self.rest.create_rest_api(name="api", binaryMediaTypes=list(api.binary_media_types))
        resources = {"/": self.rest.get_resources(restApiId=made["id"])["items"][0]["id"]}
        for route in api.routes:
            method, path = route.split()
            where = {
                "restApiId": made["id"],
                "resourceId": self._resource(made["id"], resources, path),
                "httpMethod": method,
            }
            self.rest.put_method(**where, authorizationType="NONE")
            self.rest.put_integration(**where, type="AWS_PROXY", integrationHttpMethod="POST", uri=self.uri)
        variables = {"variables": api.stage_variables} if api.stage_variables else {}
        self.rest.create_deployment(restApiId=made["id"], stageName=api.stage, **variables)
        return str(made["id"])

    def _resource(self, api: str, resources: dict[str, str], path: str) -> str:
        if path not in resources:
            above, _, part = path.rpartition("/")
            parent = self._resource(api, resources, above or "/")
            made = self.rest.create_resource(restApiId=api, parentId=parent, pathPart=part)
            resources[path] = made["id"]
        return resources[path]

    def _http(self, api: Api) -> str:
        made = self.http.create_api(Name="api", ProtocolType="HTTP")
        version = api.source.removeprefix("http-api-")
        integration = self.http.create_integration(
            ApiId=made["ApiId"],
            IntegrationType="AWS_PROXY",
            IntegrationUri=self.arn,
            PayloadFormatVersion=version,
        )
        target = f"integrations/{integration['IntegrationId']}"
        for route in api.routes:
            self.http.create_route(ApiId=made["ApiId"], RouteKey=route, Target=target)
        variables = {"StageVariables": api.stage_variables} if api.stage_variables else {}
        self.http.create_stage(ApiId=made["ApiId"], StageName=api.stage, AutoDeploy=True, **variables)
        return str(made["ApiId"])


@contextmanager
def _started(folder: Path) -> Iterator[int]:
    """Run ministack on a free port of this machine alone."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    own = {"BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port), "IOT_MTLS_ENABLED": "0", "TMPDIR": str(folder)}
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "ministack"], env={**os.environ, **own}, stdout=log, stderr=log, cwd=folder
        )
    try:
        for _ in range(300):
            if process.poll() is not None:
                raise RuntimeError(f"ministack did not start: {(folder / 'log').read_text()[-2000:]}")
            with socket.socket() as attempt:
                if attempt.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def _open() -> Iterator[Send]:
    with TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with _started(folder) as port:
            account = _Account(port, folder)

            def send(case: Case) -> Observed:
                noted = folder / "event.json"
                noted.unlink(missing_ok=True)
                (folder / "result.json").write_text(json.dumps(result_of(case)))
                api = api_of(case)
                host = account.deploy(api)
                if case["config"].get("custom_domain"):
                    host = account.map(host, api, case["config"])
                request = request_through(case)
                request.headers = [line for line in request.headers if line[0].lower() != "host"]
                request.headers.insert(0, ("Host", host))
                reply = exchange(port, as_bytes(request), request.method)
                return Observed(json.loads(noted.read_text()) if noted.exists() else None, reply)

            yield send


ENGINE = Engine("ministack", "ministack", SOURCES, _open, has_custom_domains=True)
