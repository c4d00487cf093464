"""Fixtures that several files use."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenarios import Scenario
from tests.wire import event_of, front_door


@pytest.fixture
def event() -> dict[str, Any]:
    """Return one HTTP API event: GET /text."""
    return event_of(front_door("http"), Scenario("text", "/text"))
