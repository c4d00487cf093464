"""The test clients for ASGI applications, as in clients.py."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from io import BytesIO
from typing import Any

import pytest

from tests.frameworks.clients import Step, lower
from tests.frameworks.contract import HOST
from tests.wire import Reply


def starlette_test_client() -> Any:
    """Return its class, or skip the test where the HTTP client that it is made of is not installed."""
    try:
        from starlette.testclient import TestClient
    except RuntimeError as error:
        pytest.skip(f"Starlette's test client: {error}")
    return TestClient


class StarletteClient:
    """Starlette's and FastAPI's, which drives any ASGI application, its lifespan included."""

    def __init__(self, app: Any, prefix: str) -> None:
        self.stack = ExitStack()
        self.prefix = prefix
        self.client = self.stack.enter_context(
            starlette_test_client()(app, base_url=f"http://{HOST}", root_path=prefix)
        )

    def send(self, step: Step) -> Reply:
        response = self.client.request(
            step.method,
            self.prefix + step.path,
            headers=step.headers,
            json=step.json,
            data=step.fields or None,
            files=step.files or None,
            follow_redirects=step.follow,
        )
        return Reply(response.status_code, lower(response.headers.multi_items()), response.content)

    def close(self) -> None:
        self.stack.close()


class QuartClient:
    """Quart's, run to its end for each step on one event loop."""

    def __init__(self, app: Any, prefix: str) -> None:
        self.loop = asyncio.new_event_loop()
        self.client = app.test_client()
        self.prefix = prefix

    def send(self, step: Step) -> Reply:
        return self.loop.run_until_complete(self._send(step))

    async def _send(self, step: Step) -> Reply:
        from quart.datastructures import FileStorage
        from quart.testing.utils import sentinel

        files = {name: FileStorage(BytesIO(data), file, name, kind) for name, (file, data, kind) in step.files.items()}
        response = await self.client.open(
            self.prefix + step.path,
            method=step.method,
            headers={**step.headers, "host": HOST},
            json=step.json if step.json is not None else sentinel,
            form={name: values[0] for name, values in step.fields.items()} or None,
            files=files or None,
            root_path=self.prefix,
            follow_redirects=step.follow,
        )
        return Reply(response.status_code, lower(response.headers.items()), await response.get_data())

    def close(self) -> None:
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()
