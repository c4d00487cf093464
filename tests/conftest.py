"""Fixtures that several files use."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.scenarios import Scenario
from tests.wire import event_of, front_door

# nothing here is a matter of time: a busy machine fails no test
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture
def event() -> dict[str, Any]:
    """Return one HTTP API event: GET /text."""
    return event_of(front_door("http"), Scenario("text", "/text"))
