"""The table: DynamoDB on Lambda, the endpoint that AWS_ENDPOINT_URL names, or else moto's DynamoDB in this process.

All three are the same boto3 client with the same calls. moto's is in memory: it begins with an empty table and ends with
the process, and nothing leaves the machine, whatever AWS credentials it has.
"""

from __future__ import annotations

import logging
import os
import re
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

TABLE = os.environ.get("TABLE_NAME", "lambda-apigateway")
OPERATIONS = {
    "create": "put_item",
    "read": "get_item",
    "update": "update_item",
    "delete": "delete_item",
    "list": "scan",
}

# boto3 would wait a minute for a connection and try five times; the gateway in front waits 29 seconds
CONFIG = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})

# DynamoDB answers 400 to all of these; what is not here is no fault of the client's
STATUS = {
    "ValidationException": 400,
    "SerializationException": 400,
    "ItemCollectionSizeLimitExceededException": 400,
    "AccessDeniedException": 403,
    "ResourceNotFoundException": 404,
    "ConditionalCheckFailedException": 409,
    "TransactionConflictException": 409,
    "ProvisionedThroughputExceededException": 429,
    "RequestLimitExceeded": 429,
    "ThrottlingException": 429,
}
TYPES = {"dict": "object", "list": "array", "tuple": "array", "str": "text", "bool": "boolean", "NoneType": "null"}

log = logging.getLogger("dynamodb_manager")


class Refused(Exception):  # noqa: N818 - it is an answer
    """What the client is answered instead: a status and one sentence."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Store:
    """The operations, on whatever table they name; the function's role allows the stack's own."""

    def __init__(self) -> None:
        self.mock = None if is_configured() else started_mock()
        region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
        resource = boto3.resource("dynamodb", region_name=region, config=CONFIG)
        self.client = (
            resource.meta.client
        )  # takes and gives plain values as the resource does, and threads may share it
        if self.mock:
            self.client.create_table(
                TableName=TABLE,
                KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
                BillingMode="PAY_PER_REQUEST",
            )
            log.warning(
                "DynamoDB is moto's, in the memory of this process, with the empty table %r (key: id, text)", TABLE
            )

    def call(self, operation: str, table: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Return DynamoDB's answer; raise Refused for what it refuses."""
        if "TableName" in payload:
            raise Refused(400, "the payload can't have TableName: the table's name is tableName, beside the payload")
        try:
            answer: dict[str, Any] = getattr(self.client, OPERATIONS[operation])(TableName=table, **payload)
        except ParamValidationError as error:
            raise Refused(400, f"the payload of {operation!r} is wrong: {in_words_of_json(error)}") from None
        except ArithmeticError:  # decimal's: boto3 refuses to round
            limits = "numbers have at most 38 digits and lie between 1E-130 and 9.99E+125, or are 0"
            raise Refused(400, f"the payload of {operation!r} is wrong: {limits}") from None
        except UnicodeEncodeError:  # half a pair, which JSON can have as "\\ud800"
            raise Refused(400, f"the payload of {operation!r} is wrong: a surrogate alone is no text") from None
        except ClientError as error:
            raise refusal(error, table) from error
        except BotoCoreError as error:  # no connection, no credentials
            log.exception("DynamoDB could not be asked")
            raise Refused(502, "DynamoDB could not be reached") from error
        answer.pop("ResponseMetadata", None)
        if operation == "read" and "Item" not in answer:
            raise Refused(404, f"there is no such item in {table!r}")
        return answer

    def close(self) -> None:
        """End moto's DynamoDB, if that is what it is."""
        if self.mock:
            self.mock.stop()


def is_configured() -> bool:
    """Say whether this is Lambda, or an endpoint is named.

    By the folder, because `lambdabridge serve --runtime` sets AWS_LAMBDA_FUNCTION_NAME and the others as Lambda does.
    """
    variables = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB")
    return os.environ.get("LAMBDA_TASK_ROOT") == "/var/task" or any(os.environ.get(name) for name in variables)


def started_mock() -> Any:
    """Start moto: from here on, no call of boto3's in this process reaches AWS."""
    try:
        from moto import mock_aws
    except ImportError:
        raise ImportError("There is no DynamoDB here: pip install 'moto[dynamodb]', or set AWS_ENDPOINT_URL.") from None
    mock = mock_aws()
    mock.start()
    return mock


def refusal(error: ClientError, table: str) -> Refused:
    """Return the answer to what DynamoDB refused."""
    code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
    if code not in STATUS:
        log.error("DynamoDB failed: %s", error)
        return Refused(502, f"DynamoDB failed: {code}")
    own = {
        "AccessDeniedException": f"this API may not use the table {table!r}",  # DynamoDB's words name the role
        "ResourceNotFoundException": f"there is no table {table!r}",
        "ConditionalCheckFailedException": "the item is not as the condition says; nothing was changed",
    }
    return Refused(STATUS[code], own.get(code, message))


def in_words_of_json(error: ParamValidationError) -> str:
    """Return boto3's report in one line, with JSON's types for Python's."""
    lines = str(error.kwargs["report"]).splitlines()
    return "; ".join(
        re.sub(r"<class '(?:\w+\.)?(\w+)'>", lambda kind: TYPES.get(kind[1], "number"), line) for line in lines
    )
