"""pytest's fixture `lambda_client`: makes clients of lambdabridge.testing and closes them at the test's end.

    def test_hello(lambda_client):
        client = lambda_client(app, source="rest")
        assert client.get("/hello").status_code == 200

pytest loads this file in every project where lambdabridge is installed, so it imports nothing until the fixture is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lambdabridge.testing import Client


@pytest.fixture
def lambda_client() -> Iterator[Callable[..., Client]]:
    """Return a function that takes what lambdabridge.testing.Client takes and returns such a client."""
    from contextlib import ExitStack

    from lambdabridge.testing import Client

    with ExitStack() as stack:

        def make(handler: Any, source: str = "http", **configuration: Any) -> Client:
            return stack.enter_context(Client(handler, source, **configuration))

        yield make
