"""A handler that streams: the runtime client has no streaming of its own, so its sending of the result is replaced.

What it sends is said by the event, or by the header x-script of an HTTP event: a Content-Type, pieces, what happens after the
first of them. The lines that it sends are those of https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html#runtimes-custom-response-streaming
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
    event = json.loads(event.get("headers", {}).get("x-script", result))
    first, *others = (piece.encode("latin-1") for piece in event.get("pieces", ["first", "second"]))
    connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    connection.putrequest("POST", f"/2018-06-01/runtime/invocation/{invoke_id}/response")
    connection.putheader("Lambda-Runtime-Function-Response-Mode", "streaming")
    if event.get("type"):
        connection.putheader("Content-Type", event["type"])
    connection.putheader("Transfer-Encoding", "chunked")
    connection.putheader("Trailer", "Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body")
    connection.endheaders()
    connection.send(b"%x\r\n%b\r\n" % (len(first), first))
    while event.get("gate") and not Path(event["gate"]).exists():
        time.sleep(0.01)
    if event.get("crash"):
        os._exit(1)
    if event.get("truncate"):
        connection.close()
        return
    for piece in others * event.get("times", 1):
        connection.send(b"%x\r\n%b\r\n" % (len(piece), piece))
    connection.send(b"0\r\n")
    if event.get("fail"):
        body = b64encode(b'{"errorType":"ValueError","errorMessage":"in the middle"}')
        connection.send(b"Lambda-Runtime-Function-Error-Type: ValueError\r\n")
        connection.send(b"Lambda-Runtime-Function-Error-Body: " + body + b"\r\n")
    connection.send(b"\r\n")
    connection.getresponse().read()
    connection.close()
    if event.get("done"):
        Path(event["done"]).touch()


LambdaRuntimeClient.post_invocation_result = _send
