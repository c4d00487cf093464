"""Recorded AWS cases through the running gateway: bytes in over a socket, bytes out.

The same cases, the same judges and the same exceptions as in test_recorded_events.py and test_recorded_responses.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import parsedate_to_datetime

import pytest

from lambdabridge.gateway.limits import TIMEOUT
from tests import recorded_exceptions
from tests.recorded import COUNTED, EVENTS, RESPONSES, SOURCES, Case, front_door, parameters, request_for
from tests.recorded_judges import compare_events, compare_responses, excused
from tests.recorded_sockets import (
    FUNCTION,
    Running,
    event_over_socket,
    reply_over_socket,
    running,
    seen_from_here,
    with_alb_request,
)

SERVED = {"rest-v1", "http-api-1.0", "http-api-2.0", "function-url", "alb"}
KNOWN = [case for case in EVENTS if case["http_request"] and case["source"] in SERVED]
BALANCED = [with_alb_request(case) for case in EVENTS if case["source"] == "alb"]
SENT = [case for case in (*KNOWN, *BALANCED) if case["id"] not in recorded_exceptions.NOT_SENT]
ANSWERED = [
    case
    for case in RESPONSES
    if case["kind"] == "response" and case["source"] in SERVED and case["id"] not in recorded_exceptions.NOT_ANSWERED
]
TIMED_OUT = [case for case in RESPONSES if case["id"] in recorded_exceptions.TIMED_OUT]


@pytest.fixture(scope="module")
def gateway() -> Iterator[Running]:
    with running() as started:
        yield started


@pytest.mark.parametrize("case", parameters(SENT))
def test_function_receives_the_event_that_was_recorded(gateway: Running, case: Case) -> None:
    differences = compare_events(case, seen_from_here(case, gateway.port), event_over_socket(gateway, case))
    known = excused(case, differences, recorded_exceptions.EVENTS)
    at_sockets = excused(case, differences, recorded_exceptions.SOCKETS)
    assert differences - set().union(*known.values(), *at_sockets.values()) == set()
    assert [entry for entry, paths in at_sockets.items() if not paths] == [], "this exception is none any more"


@pytest.mark.parametrize("case", parameters(ANSWERED))
def test_client_receives_the_response_that_was_recorded(gateway: Running, case: Case) -> None:
    reply = reply_over_socket(gateway, case)
    differences = compare_responses(case, reply.status, reply.headers, reply.body)
    assert differences - set().union(*excused(case, differences, recorded_exceptions.RESPONSES).values()) == set()
    [date] = [value for name, value in reply.headers if name == "date"]
    assert parsedate_to_datetime(date).tzinfo is not None
    assert [value for name, value in reply.headers if name == "content-length"] == [str(len(reply.body))]


@pytest.mark.parametrize("case", parameters(TIMED_OUT))
def test_client_receives_the_timeout_that_was_recorded(gateway: Running, case: Case) -> None:
    """The function is still at work when the client is answered."""
    door = front_door(case)
    assert TIMEOUT[SOURCES[case["source"]][0]] == case["config"]["gateway_timeout_s"]
    FUNCTION.released.clear()
    try:
        reply = gateway.send(door, request_for(case, door.settings.stage_path), {"statusCode": 200}, patience=0.1)
    finally:
        FUNCTION.released.set()
    assert compare_responses(case, reply.status, reply.headers, reply.body) == set()


@COUNTED
def test_every_case_is_sent_or_listed() -> None:
    """Of the front doors that HTTP clients call, every case whose request or result is known."""
    assert (len(KNOWN), len(BALANCED), len(ANSWERED), len(TIMED_OUT)) == (26, 10, 54, 1)
    ids = {case["id"] for case in (*KNOWN, *BALANCED)}
    assert {*recorded_exceptions.NOT_SENT, *recorded_exceptions.SOCKETS} - ids == set()
    errors = {case["id"] for case in RESPONSES if case["kind"] == "gateway-error"}
    assert errors == {*recorded_exceptions.GATEWAY_ERRORS, *recorded_exceptions.TIMED_OUT}
