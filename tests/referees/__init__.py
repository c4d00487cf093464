"""Other people's API Gateway engines, in this process: HTTP in, event, function, result, HTTP out.

| engine | whose | builds | takes |
| --- | --- | --- | --- |
| sam-rest, sam-http-1.0, sam-http | aws-sam-cli, `sam local start-api` | REST, HTTP API 1.0 and 2.0 events | a socket |
| localstack-rest | localstack-core, execute_api | REST events | a request object |

Neither is installed with the dev extra, and their pins contradict each other: `python3 dev.py referees` makes an
environment for each. Where they err about AWS is listed in known.py; nothing else in here knows about AWS.
"""

from __future__ import annotations

import json
import traceback
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.scenarios import Scenario
    from tests.wire import Handler, Reply

    Send = Callable[[Scenario, Handler], Reply]


@dataclass(frozen=True)
class Engine:
    """One engine with an API of one kind, whose catch-all route leads to the function."""

    name: str
    package: str  # what has to be importable
    module: str  # has open_api(api, binary_media_types)
    api: str  # --api of our own gateway
    prefix: str  # what the client's path begins with
    binary_media_types: tuple[str, ...]

    @property
    def is_installed(self) -> bool:
        return find_spec(self.package) is not None

    def open(self) -> AbstractContextManager[Send]:
        """Start the engine; what it yields sends one request through it to a handler."""
        module = import_module(self.module)
        opened: AbstractContextManager[Send] = module.open_api(self.api, self.binary_media_types)
        return opened


_LISTED = ("application/*", "image/*", "multipart/*", "text/*")  # LocalStack takes no "*/*"
ENGINES = (
    Engine("sam-rest", "samcli", "tests.referees.sam", "rest", "", ("*/*",)),
    Engine("sam-http-1.0", "samcli", "tests.referees.sam", "http-1.0", "", ("*/*",)),
    Engine("sam-http", "samcli", "tests.referees.sam", "http", "", ("*/*",)),
    Engine("localstack-rest", "localstack", "tests.referees.localstack", "rest", "/prod", _LISTED),
)


def run(handler: Handler, event: str | bytes) -> str:
    """Do the managed runtime's part: JSON in, JSON out; an exception becomes what it tells the front door."""
    try:
        return json.dumps(handler(json.loads(event), None))
    except Exception as error:
        failure: dict[str, Any] = {
            "errorMessage": str(error),
            "errorType": type(error).__name__,
            "requestId": "00000000-0000-4000-8000-000000000000",
            "stackTrace": traceback.format_tb(error.__traceback__),
        }
        return json.dumps(failure)
