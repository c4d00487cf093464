"""DynamoDB on Lambda: AWS's own example of an API, one POST for each operation on a table, as a Flask application.

The body of a POST to /DynamoDBManager names the operation, the table, and what boto3's method is given:

    {"operation": "create", "tableName": "lambda-apigateway", "payload": {"Item": {"id": "1", "name": "Ada"}}}
    {"operation": "read",   "tableName": "lambda-apigateway", "payload": {"Key": {"id": "1"}}}
    {"operation": "update", "tableName": "lambda-apigateway", "payload": {"Key": {"id": "1"}, "UpdateExpression": ...}}
    {"operation": "delete", "tableName": "lambda-apigateway", "payload": {"Key": {"id": "1"}}}
    {"operation": "list",   "tableName": "lambda-apigateway"}
    {"operation": "echo",   "payload": {"any": "thing"}}
    {"operation": "ping"}

The answer is DynamoDB's, as JSON, or {"error": "one sentence"}. On Lambda the table is the stack's; elsewhere it is moto's,
in this process: see store.py. To run it behind the local gateway:

    pip install -r examples/dynamodb_manager/requirements.txt "lambdabridge[local]" "moto[dynamodb]"
    lambdabridge serve examples/dynamodb_manager/app.py:handler
"""

from __future__ import annotations

from typing import Any

import exact_json
from flask import Flask, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from store import OPERATIONS, TABLE, Refused, Store
from werkzeug.exceptions import HTTPException

from lambdabridge import bridge

ALL = (*OPERATIONS, "echo", "ping")
EXAMPLE = '{"operation": "ping"}'

app = Flask(__name__)
app.json = exact_json.ExactJSON(app)
store = Store()  # at import, so that the connection is set up during init, and once for an execution environment


@app.get("/")
def index() -> str:
    return render_template("index.html", table=TABLE)


@app.post("/DynamoDBManager")
def manage() -> Response:
    message = read_message(request.get_data())
    operation, payload = message.get("operation"), message.get("payload")
    if operation == "ping":
        return jsonify("pong")
    if operation == "echo":
        return jsonify(payload)
    if not isinstance(operation, str) or operation not in OPERATIONS:
        raise Refused(400, f"there is no operation {exact_json.show(operation)}; expected one of {', '.join(ALL)}")
    table = message.get("tableName")
    if not isinstance(table, str) or not table:
        raise Refused(400, f"the operation {operation!r} needs a tableName: text, such as {TABLE!r}")
    payload = {} if payload is None else payload
    if not isinstance(payload, dict):
        raise Refused(400, f"the payload has to be an object; it is {exact_json.show(payload)}")
    return jsonify(store.call(operation, table, payload))


def read_message(body: bytes) -> dict[str, Any]:
    """Return the body's object, whatever its Content-Type: `curl -d` says that it sends a form."""
    try:
        message = app.json.loads(body)
    except ValueError as error:  # also what is no UTF-8, and an integer of 5000 digits
        raise Refused(400, f"the body has to be JSON such as {EXAMPLE}: {error}") from None
    if not isinstance(message, dict):
        raise Refused(400, f"the body has to be an object such as {EXAMPLE}; it is {exact_json.show(message)}")
    return message


@app.errorhandler(Refused)
def refused(error: Refused) -> tuple[Response, int]:
    return jsonify(error=str(error)), error.status


@app.errorhandler(RecursionError)
def nested_too_deeply(error: RecursionError) -> tuple[Response, int]:
    return jsonify(error="the body is nested too deeply; DynamoDB takes 32 levels"), 400


@app.errorhandler(HTTPException)
def http_error(error: HTTPException) -> ResponseReturnValue:
    """Answer what Flask itself refuses (404, 405, ...) as JSON too; its headers, such as Allow, stay."""
    response = Response.force_type(error.get_response(), request.environ)
    response.data = app.json.dumps({"error": error.description})
    response.content_type = "application/json"
    return response


handler = bridge(app)
