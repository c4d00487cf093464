"""examples/dynamodb_manager on moto's DynamoDB, behind several front doors: what each operation answers, to the digit.

What moto can't be made to answer (a role that is limited to its table, throttling) a server on this machine does.
"""

from __future__ import annotations

import http.client
import importlib
import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from lambdabridge.testing import Client
from tests.test_serve import Serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

FOLDER = Path(__file__).resolve().parent.parent / "examples" / "dynamodb_manager"
DOORS = ("http", "http-1.0", "rest", "function-url", "alb")
TABLE = "lambda-apigateway"
NUMBERS = "numbers have at most 38 digits and lie between 1E-130 and 9.99E+125, or are 0"
ALL = "create, read, update, delete, list, echo, ping"
ADA = {"id": "1", "name": "Ada", "score": 1}
PI = "3.1415926535897932384626433832795028842"  # 38 digits, the most that DynamoDB keeps; a float has 17


@pytest.fixture(scope="module")
def example() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(FOLDER))
        for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB", "LAMBDA_TASK_ROOT", "TABLE_NAME"):
            patch.delenv(name, raising=False)
        for name in ("app", "store", "exact_json"):  # other examples have an app.py as well
            patch.delitem(sys.modules, name, raising=False)
        module = importlib.import_module("app")
        yield module
        module.store.close()
        for name in ("app", "store", "exact_json"):
            del sys.modules[name]


@pytest.fixture(params=DOORS)
def client(request: pytest.FixtureRequest, example: ModuleType) -> Iterator[Client]:
    with Client(example.handler, source=request.param) as client:
        yield client
    for item in example.store.client.scan(TableName=TABLE)["Items"]:
        example.store.client.delete_item(TableName=TABLE, Key={"id": item["id"]})


@pytest.fixture
def api(example: ModuleType) -> Iterator[Client]:
    with Client(example.handler) as client:
        yield client


def ask(client: Client, operation: str, payload: Any = None, table: str = TABLE) -> tuple[int, Any]:
    response = client.post("/DynamoDBManager", json={"operation": operation, "tableName": table, "payload": payload})
    assert response.headers["content-type"] == "application/json"
    return response.status_code, response.json()


def post(client: Client, body: str | bytes) -> tuple[int, str]:
    """Send a body as `curl -d` does."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    response = client.post("/DynamoDBManager", data=body, headers=form)
    return response.status_code, response.text


# Operations


def test_an_item_is_created_read_updated_listed_and_deleted(client: Client) -> None:
    key = {"Key": {"id": "1"}}
    more = {"UpdateExpression": "ADD score :more", "ExpressionAttributeValues": {":more": 0.1}}
    assert ask(client, "create", {"Item": ADA}) == (200, {})
    assert ask(client, "read", key) == (200, {"Item": ADA})
    status, answer = ask(client, "update", {**key, **more, "ReturnValues": "UPDATED_NEW"})
    assert (status, answer["Attributes"]) == (200, {"score": 1.1})
    assert ask(client, "list") == (200, {"Items": [{**ADA, "score": 1.1}], "Count": 1, "ScannedCount": 1})
    assert ask(client, "delete", {**key, "ReturnValues": "ALL_OLD"}) == (200, {"Attributes": {**ADA, "score": 1.1}})
    assert ask(client, "delete", key) == (200, {})
    assert ask(client, "read", key) == (404, {"error": "there is no such item in 'lambda-apigateway'"})


def test_a_list_goes_on_where_it_ended(client: Client) -> None:
    for number in range(3):
        ask(client, "create", {"Item": {"id": str(number)}})
    _, first = ask(client, "list", {"Limit": 2})
    _, rest = ask(client, "list", {"ExclusiveStartKey": first["LastEvaluatedKey"]})
    assert sorted(item["id"] for item in first["Items"] + rest["Items"]) == ["0", "1", "2"]
    assert "LastEvaluatedKey" not in rest


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        pytest.param('{"operation": "ping"}', '"pong"', id="ping"),
        pytest.param('{"operation": "echo", "payload": {"a": [1.10, null]}}', '{"a": [1.10, null]}', id="echo"),
        pytest.param('{"operation": "echo", "payload": "text"}', '"text"', id="echo of text"),
        pytest.param('{"operation": "echo"}', "null", id="echo of nothing"),
    ],
)
def test_operations_without_a_table(client: Client, body: str, answer: str) -> None:
    assert post(client, body) == (200, answer)


# Values


@pytest.mark.parametrize(
    ("sent", "answered"),
    [
        pytest.param("0.1", "0.1", id="a fraction"),
        pytest.param("42", "42", id="an integer"),
        pytest.param(PI, PI, id="38 digits"),
        pytest.param("12345678901234567890123456789012345678", "12345678901234567890123456789012345678", id="large"),
        pytest.param('[true, null, {}, [], ""]', '[true, null, {}, [], ""]', id="what is no number"),
        pytest.param('"Zoë 世界 \U0001f600"', '"Zo\\u00eb \\u4e16\\u754c \\ud83d\\ude00"', id="text"),
    ],
)
def test_values_come_back_as_they_are(client: Client, sent: str, answered: str) -> None:
    item = f'{{"operation": "create", "tableName": "{TABLE}", "payload": {{"Item": {{"id": "v", "v": {sent}}}}}}}'
    assert post(client, item) == (200, "{}")
    read = f'{{"operation": "read", "tableName": "{TABLE}", "payload": {{"Key": {{"id": "v"}}}}}}'
    assert post(client, read) == (200, f'{{"Item": {{"id": "v", "v": {answered}}}}}')


def test_sets_and_binary_values_have_a_form_in_json(client: Client, example: ModuleType) -> None:
    item = {"id": "s", "text": {"b", "a"}, "numbers": {2, 1}, "bytes": {b"x", b"a"}, "binary": b"\0\xff"}
    example.store.client.put_item(TableName=TABLE, Item=item)
    expected = {"id": "s", "text": ["a", "b"], "numbers": [1, 2], "bytes": ["YQ==", "eA=="], "binary": "AP8="}
    assert ask(client, "read", {"Key": {"id": "s"}}) == (200, {"Item": expected})


# What is refused


KEY_MISSING = (
    'the payload of \'read\' is wrong: Missing required parameter in input: "Key"; Unknown parameter in input: "key", '
    "must be one of: TableName, Key, AttributesToGet, ConsistentRead, ReturnConsumedCapacity, ProjectionExpression, "
    "ExpressionAttributeNames"
)
UPDATE = {"Key": {"id": "1"}, "ExpressionAttributeValues": {":v": 1}}
REFUSED: list[Any] = [
    pytest.param("drop", {}, 400, f'there is no operation "drop"; expected one of {ALL}', id="operation"),
    pytest.param(["read"], {}, 400, f'there is no operation ["read"]; expected one of {ALL}', id="operation as a list"),
    pytest.param(None, {}, 400, f"there is no operation null; expected one of {ALL}", id="no operation"),
    pytest.param("list", [1], 400, "the payload has to be an object; it is [1]", id="payload"),
    pytest.param("read", {"key": {"id": "1"}}, 400, KEY_MISSING, id="key of the payload"),
    pytest.param(
        "read",
        {"Key": "1"},
        400,
        "the payload of 'read' is wrong: Invalid type for parameter Key, value: 1, type: text, valid types: object",
        id="type in the payload",
    ),
    pytest.param(
        "list",
        {"TableName": "another"},
        400,
        "the payload can't have TableName: the table's name is tableName, beside the payload",
        id="a table in the payload",
    ),
    pytest.param("create", {"Item": {"id": "1", "n": 10**45 + 1}}, 400, NUMBERS, id="46 digits"),
    pytest.param("create", {"Item": {"id": "1", "n": 1e200}}, 400, NUMBERS, id="a number too large"),
    pytest.param("create", {"Item": {"id": "1", "n": 1e-200}}, 400, NUMBERS, id="a number too small"),
    pytest.param(
        "create",
        {"Item": {"id": "\ud800"}},
        400,
        "the payload of 'create' is wrong: a surrogate alone is no text",
        id="half a pair",
    ),
    pytest.param("read", {"Key": {"ID": "1"}}, 400, "The provided key element does not match the schema", id="key"),
    pytest.param(
        "create",
        {"Item": {"id": "1", "text": "x" * 410_000}},
        400,
        "Item size has exceeded the maximum allowed size",
        id="item too large",
    ),
    pytest.param(
        "create",
        {"Item": {"id": "there"}, "ConditionExpression": "attribute_not_exists(id)"},
        409,
        "the item is not as the condition says; nothing was changed",
        id="condition",
    ),
    pytest.param(
        "update",
        {**UPDATE, "UpdateExpression": "SET name = :v"},
        400,
        "Invalid UpdateExpression: Attribute name is a reserved keyword; reserved keyword: name",
        id="reserved word",
    ),
    pytest.param(
        "update",
        {**UPDATE, "UpdateExpression": "SETT x = :v"},
        400,
        'Invalid UpdateExpression: Syntax error; token: "SETT", near: "SETT x"',
        id="expression",
    ),
]


@pytest.mark.parametrize(("operation", "payload", "status", "message"), REFUSED)
def test_what_is_wrong_is_said_in_one_sentence(
    api: Client, operation: str, payload: Any, status: int, message: str
) -> None:
    ask(api, "create", {"Item": {"id": "there"}})
    answered, body = ask(api, operation, payload)
    prefix = f"the payload of {operation!r} is wrong: " if message == NUMBERS else ""
    assert (answered, body) == (status, {"error": prefix + message})


@pytest.mark.parametrize(
    ("table", "status", "message"),
    [
        pytest.param("nothing", 404, "there is no table 'nothing'", id="missing"),
        pytest.param("", 400, "the operation 'list' needs a tableName: text, such as 'lambda-apigateway'", id="empty"),
        pytest.param(7, 400, "the operation 'list' needs a tableName: text, such as 'lambda-apigateway'", id="number"),
    ],
)
def test_tables(api: Client, table: Any, status: int, message: str) -> None:
    assert ask(api, "list", table=table) == (status, {"error": message})


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(b"", "Expecting value: line 1 column 1 (char 0)", id="empty"),
        pytest.param(b"operation=ping", "Expecting value: line 1 column 1 (char 0)", id="a form"),
        pytest.param(b'{"operation": NaN}', "Expecting value: line 1 column 15 (char 14)", id="NaN"),
        pytest.param(b"\xff", "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte", id="no UTF-8"),
    ],
)
def test_a_body_that_is_no_json(client: Client, body: bytes, reason: str) -> None:
    status, text = post(client, body)
    message = f'the body has to be JSON such as {{"operation": "ping"}}: {reason}'
    assert (status, json.loads(text)) == (400, {"error": message})


@pytest.mark.parametrize("operation", ["echo", "create"])
def test_a_body_that_is_nested_too_deeply(api: Client, operation: str) -> None:
    nested = '{"a":' * 5000 + "1" + "}" * 5000
    body = (
        f'{{"operation": "{operation}", "tableName": "{TABLE}", "payload": {{"Item": {{"id": "1", "x": {nested}}}}}}}'
    )
    status, text = post(api, body)
    assert (status, json.loads(text)) == (400, {"error": "the body is nested too deeply; DynamoDB takes 32 levels"})


@pytest.mark.parametrize(
    ("method", "path", "status", "allow"),
    [
        pytest.param("GET", "/DynamoDBManager", 405, {"OPTIONS", "POST"}, id="method"),
        pytest.param("GET", "/dynamodbmanager", 404, set(), id="path"),
    ],
)
def test_what_flask_refuses_is_json_too(client: Client, method: str, path: str, status: int, allow: set[str]) -> None:
    response = client.request(method, path)
    allowed = set(response.headers.get("allow", "").split(", ")) - {""}
    assert (response.status_code, allowed, list(response.json())) == (status, allow, ["error"])


def test_the_page_posts_to_where_it_is(client: Client) -> None:
    response = client.get("/")
    assert (response.status_code, response.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert f'action="{client.url("/DynamoDBManager").partition(client.base_url)[2]}"' in response.text


# On Lambda


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        pytest.param({}, False, id="a developer's machine"),
        pytest.param({"AWS_ACCESS_KEY_ID": "AKIA", "AWS_REGION": "eu-west-1"}, False, id="with an AWS account"),
        pytest.param(
            {"AWS_LAMBDA_FUNCTION_NAME": "local", "LAMBDA_TASK_ROOT": str(FOLDER)},
            False,
            id="lambdabridge serve --runtime",
        ),
        pytest.param({"LAMBDA_TASK_ROOT": "/var/task"}, True, id="Lambda"),
        pytest.param({"AWS_ENDPOINT_URL": "http://127.0.0.1:4566"}, True, id="an emulator"),
        pytest.param({"AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:8000"}, True, id="DynamoDB Local"),
    ],
)
def test_which_dynamodb(
    example: ModuleType, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], expected: bool
) -> None:
    for name in [name for name in os.environ if name.startswith(("AWS_", "LAMBDA_"))]:
        monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert sys.modules["store"].is_configured() is expected


class DynamoDB(BaseHTTPRequestHandler):
    """Answers every call with one error."""

    error: ClassVar[tuple[int, str]]

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        status, code = self.error
        body = json.dumps({"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "role/secret"}).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        pass


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), DynamoDB) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        pytest.param((400, "AccessDeniedException"), 403, "this API may not use the table 'another'", id="role"),
        pytest.param((400, "ThrottlingException"), 429, "role/secret", id="throttling"),
        pytest.param(
            (400, "UnrecognizedClientException"), 502, "DynamoDB failed: UnrecognizedClientException", id="credentials"
        ),
        pytest.param((500, "InternalServerError"), 502, "DynamoDB failed: InternalServerError", id="DynamoDB itself"),
        pytest.param(None, 502, "DynamoDB could not be reached", id="no connection"),
    ],
)
def test_what_dynamodb_can_answer_besides(
    example: ModuleType,
    endpoint: str,
    monkeypatch: pytest.MonkeyPatch,
    error: tuple[int, str] | None,
    status: int,
    message: str,
) -> None:
    store = sys.modules["store"]
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint if error else "http://127.0.0.1:9")
    monkeypatch.setattr(store, "CONFIG", store.CONFIG.merge(store.Config(retries={"total_max_attempts": 1})))
    monkeypatch.setattr(DynamoDB, "error", error, raising=False)
    monkeypatch.setattr(example, "store", store.Store())
    with Client(example.handler) as client:
        assert ask(client, "list", table="another") == (status, {"error": message})


def test_the_template_is_served_as_it_is() -> None:
    serving = Serving(FOLDER, "--template", "template.yaml")
    try:
        connection = http.client.HTTPConnection("127.0.0.1", serving.port, timeout=20)
        answers = []
        for operation in (
            {"operation": "create", "tableName": TABLE, "payload": {"Item": ADA}},
            {"operation": "read", "tableName": TABLE, "payload": {"Key": {"id": "1"}}},
        ):
            connection.request("POST", "/DynamoDBManager", json.dumps(operation))
            response = connection.getresponse()
            answers.append((response.status, json.loads(response.read())))
        connection.close()
    finally:
        serving.stop()
    assert answers == [(200, {}), (200, {"Item": ADA})]
