"""Recorded AWS events: which source claims them, what request comes out, and whether our gateway would send the same."""

from __future__ import annotations

from typing import Any

import pytest

from lambdabridge import bridge
from lambdabridge.errors import EventError, UnknownEventError
from lambdabridge.sources.registry import SOURCES, find, resolve
from tests import recorded, recorded_exceptions
from tests.apps import asgi_app, wsgi_app
from tests.recorded import EVENTS, Case, event_sent_for, labels, parameters
from tests.recorded_judges import event_differences, excused, flatten, request_differences

KNOWN = [case for case in EVENTS if case["http_request"]]


@pytest.mark.parametrize("case", parameters(EVENTS))
def test_one_source_claims_each_event(case: Case) -> None:
    claims = [name for name in SOURCES if resolve(name).matches(case["event"])]
    _, expected = recorded.SOURCES.get(case["source"], ("", None))
    if case["id"] in recorded_exceptions.UNDECODABLE:
        assert set(claims) <= {expected, "http_api_v2"}
    else:
        assert claims == ([expected] if expected else [])


@pytest.mark.parametrize("case", parameters(EVENTS))
def test_event_decodes_to_the_request_that_was_sent(case: Case) -> None:
    if case["source"] not in recorded.SOURCES:
        with pytest.raises(UnknownEventError):
            find(case["event"], SOURCES)
    elif case["id"] in recorded_exceptions.UNDECODABLE:
        pytest.skip(recorded_exceptions.UNDECODABLE[case["id"]])
    else:
        assert request_differences(case) == set()


@pytest.mark.parametrize("case", parameters(KNOWN))
def test_request_becomes_the_event_that_was_recorded(case: Case) -> None:
    differences = event_differences(case)
    assert differences - set().union(*excused(case, differences, recorded_exceptions.EVENTS).values()) == set()


@recorded.COUNTED
def test_every_exception_of_an_event_is_one() -> None:
    """An entry that names no difference any more has to go."""
    needed = set()
    for case in KNOWN:
        found = excused(case, event_differences(case), recorded_exceptions.EVENTS)
        needed |= {entry for entry, paths in found.items() if paths}
    listed = {(label, pattern) for label, entries in recorded_exceptions.EVENTS.items() for pattern in entries}
    assert listed - needed == set()
    typed = {
        label
        for case in KNOWN
        for label in labels(case)
        if set(flatten(case["event"])) - set(flatten(event_sent_for(case)))
    }
    assert set(recorded_exceptions.NULL_FOR_ABSENT) - typed == set()
    ids = {case["id"] for case in EVENTS}
    assert {*recorded_exceptions.PARTIAL, *recorded_exceptions.UNDECODABLE} - ids == set()


@pytest.mark.parametrize("case", parameters(EVENTS))
def test_every_event_is_answered_or_refused_by_name(case: Case) -> None:
    """No event, however odd, gets an exception of another kind than ours."""
    for app in (wsgi_app, asgi_app):
        handler = bridge(app)
        try:
            result: Any = handler(case["event"])
        except EventError:
            continue
        assert int(result.get("statusCode", result.get("status"))) in (200, 400, 500)
