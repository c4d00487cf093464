"""A handler that streams: the runtime client has no streaming of its own, so its sending of the result is replaced.

The lines that it sends are those of https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html#runtimes-custom-response-streaming
"""

from __future__ import annotations

import http.client
import json
import os
import time
from base64 import b64encode
from pathlib import Path
from typing import Any

from awslambdaric.lambda_runtime_client import LambdaRuntimeClient


def handler(event: Any, context: Any) -> Any:
    return event


def _send(self: Any, invoke_id: str, result: str, *_: Any) -> None:
    event = json.loads(result)
    connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    connection.putrequest("POST", f"/2018-06-01/runtime/invocation/{invoke_id}/response")
    connection.putheader("Lambda-Runtime-Function-Response-Mode", "streaming")
    connection.putheader("Transfer-Encoding", "chunked")
    connection.putheader("Trailer", "Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body")
    connection.endheaders()
    connection.send(b"5\r\nfirst\r\n")
    while event.get("gate") and not Path(event["gate"]).exists():
        time.sleep(0.01)
    if event.get("crash"):
        os._exit(1)
    connection.send(b"6\r\nsecond\r\n0\r\n")
    if event.get("fail"):
        body = b64encode(b'{"errorType":"ValueError","errorMessage":"in the middle"}')
        connection.send(b"Lambda-Runtime-Function-Error-Type: ValueError\r\n")
        connection.send(b"Lambda-Runtime-Function-Error-Body: " + body + b"\r\n")
    connection.send(b"\r\n")
    connection.getresponse().read()
    connection.close()


LambdaRuntimeClient.post_invocation_result = _send
