"""Results of functions, good and bad, that each gateway is given: `name -> result`, for one request that accepts images."""

from __future__ import annotations

from typing import Any

from tests.apps import PNG
from tests.scenarios import Scenario

REQUEST = Scenario("result", "/result", headers=(("accept", "image/png,*/*;q=0.8"),))
TEXT = {"content-type": "text/plain"}

RESULTS: dict[str, Any] = {
    "plain": {"statusCode": 200, "headers": TEXT, "body": "text"},
    "not ASCII": {"statusCode": 200, "headers": TEXT, "body": "gr\xfc\xdfe, \u4e16\u754c"},
    "not found": {"statusCode": 404, "headers": TEXT, "body": "no"},
    # what is not an object with a status
    "nothing but a status": {"statusCode": 200},
    "empty object": {},
    "no status": {"headers": TEXT, "body": "text"},
    "null": None,
    "string": "text",
    "number": 7,
    "boolean": True,
    "list": [1, "two"],
    "object of another kind": {"hello": "world", "n": 1},
    "failed function": {"errorMessage": "it failed", "errorType": "ValueError", "requestId": "id", "stackTrace": []},
    # statusCode
    "status in digits": {"statusCode": "201", "headers": TEXT, "body": "text"},
    "status in words": {"statusCode": "fine", "headers": TEXT, "body": "text"},
    "status null": {"statusCode": None, "headers": TEXT, "body": "text"},
    "status 0": {"statusCode": 0, "headers": TEXT, "body": "text"},
    "status -1": {"statusCode": -1, "headers": TEXT, "body": "text"},
    "status with a fraction": {"statusCode": 200.5, "headers": TEXT, "body": "text"},
    "status true": {"statusCode": True, "headers": TEXT, "body": "text"},
    "status in a list": {"statusCode": [200], "headers": TEXT, "body": "text"},
    "status without a name": {"statusCode": 599, "headers": TEXT, "body": "text"},
    # body
    "body null": {"statusCode": 200, "headers": TEXT, "body": None},
    "body number": {"statusCode": 200, "headers": TEXT, "body": 7},
    "body boolean": {"statusCode": 200, "headers": TEXT, "body": True},
    "body object": {"statusCode": 200, "headers": TEXT, "body": {"a": 1}},
    "body list": {"statusCode": 200, "headers": TEXT, "body": [1]},
    "body of a 204": {"statusCode": 204, "headers": TEXT, "body": "text"},
    # base64
    "base64": {
        "statusCode": 200,
        "headers": {"content-type": "image/png"},
        "body": "iVBORw==",
        "isBase64Encoded": True,
    },
    "base64 of text": {"statusCode": 200, "headers": TEXT, "body": "dGV4dA==", "isBase64Encoded": True},
    "base64 that is not said": {"statusCode": 200, "headers": TEXT, "body": "dGV4dA==", "isBase64Encoded": False},
    "base64 null": {"statusCode": 200, "headers": TEXT, "body": "dGV4dA==", "isBase64Encoded": None},
    "base64 'true'": {"statusCode": 200, "headers": TEXT, "body": "dGV4dA==", "isBase64Encoded": "true"},
    "base64 'false'": {"statusCode": 200, "headers": TEXT, "body": "dGV4dA==", "isBase64Encoded": "false"},
    "base64 1": {"statusCode": 200, "headers": TEXT, "body": "dGV4dA==", "isBase64Encoded": 1},
    "base64Encoded": {"statusCode": 200, "headers": TEXT, "body": "dGV4dA==", "base64Encoded": True},
    "base64 that is none": {"statusCode": 200, "headers": TEXT, "body": "\xe8\xe9+\xe0)(", "isBase64Encoded": True},
    "base64 and no body": {"statusCode": 200, "headers": TEXT, "isBase64Encoded": True},
    # headers
    "headers null": {"statusCode": 200, "headers": None, "multiValueHeaders": None, "body": "text"},
    "headers as a list": {"statusCode": 200, "headers": [["content-type", "text/plain"]], "body": "text"},
    "headers as text": {"statusCode": 200, "headers": "content-type: text/plain", "body": "text"},
    "header true": {"statusCode": 200, "headers": {**TEXT, "x-a": True}, "body": "text"},
    "header number": {"statusCode": 200, "headers": {**TEXT, "x-a": 7}, "body": "text"},
    "header null": {"statusCode": 200, "headers": {**TEXT, "x-a": None}, "body": "text"},
    "header list": {"statusCode": 200, "headers": {**TEXT, "x-a": ["1", "2"]}, "body": "text"},
    "header object": {"statusCode": 200, "headers": {**TEXT, "x-a": {"b": 1}}, "body": "text"},
    "header empty": {"statusCode": 200, "headers": {**TEXT, "x-a": ""}, "body": "text"},
    "header name in capitals": {
        "statusCode": 200,
        "headers": {"CONTENT-TYPE": "text/html", "X-A": "1"},
        "body": "text",
    },
    "header name twice": {"statusCode": 200, "headers": {**TEXT, "x-a": "1", "X-A": "2"}, "body": "text"},
    "header in two lines": {"statusCode": 200, "headers": {**TEXT, "x-a": "1\r\nx-b: 2"}, "body": "text"},
    "several values": {"statusCode": 200, "headers": TEXT, "multiValueHeaders": {"x-a": ["1", "2"]}, "body": "text"},
    "several values alone": {"statusCode": 200, "multiValueHeaders": {"content-type": ["text/html"]}, "body": "text"},
    "several values, one text": {"statusCode": 200, "multiValueHeaders": {"x-a": "1"}, "body": "text"},
    "several values, none": {"statusCode": 200, "headers": TEXT, "multiValueHeaders": {"x-a": []}, "body": "text"},
    "same header in both": {
        "statusCode": 200,
        "headers": {**TEXT, "x-a": "single"},
        "multiValueHeaders": {"x-a": ["multi", "more"]},
        "body": "text",
    },
    "same line in both": {
        "statusCode": 200,
        "headers": {**TEXT, "x-a": "1"},
        "multiValueHeaders": {"x-a": ["1", "2"]},
        "body": "text",
    },
    "same header in both, other case": {
        "statusCode": 200,
        "headers": {**TEXT, "x-a": "single"},
        "multiValueHeaders": {"X-A": ["multi"]},
        "body": "text",
    },
    "Set-Cookie twice": {
        "statusCode": 200,
        "headers": TEXT,
        "multiValueHeaders": {"Set-Cookie": ["a=1; Path=/", "b=2; Expires=Wed, 09 Jun 2032 10:18:14 GMT"]},
        "body": "text",
    },
    "headers of the gateway": {
        "statusCode": 200,
        "headers": {**TEXT, "WWW-Authenticate": "Basic", "X-Amzn-Thing": "1", "Via": "1.1 us"},
        "body": "text",
    },
    # members
    "cookies": {"statusCode": 200, "headers": TEXT, "cookies": ["a=1", "b=2; Path=/"], "body": "text"},
    "cookies and Set-Cookie": {
        "statusCode": 200,
        "headers": {**TEXT, "set-cookie": "h=1"},
        "cookies": ["a=1"],
        "body": "text",
    },
    "cookies as text": {"statusCode": 200, "headers": TEXT, "cookies": "a=1", "body": "text"},
    "cookies null": {"statusCode": 200, "headers": TEXT, "cookies": None, "body": "text"},
    "unknown member": {"statusCode": 200, "headers": TEXT, "body": "text", "reason": "OK"},
    "statusDescription": {"statusCode": 200, "statusDescription": "200 OK", "headers": TEXT, "body": "text"},
    "large": {"statusCode": 200, "headers": TEXT, "body": PNG.hex() * 100},
}
