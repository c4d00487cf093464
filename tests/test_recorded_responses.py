"""Recorded function results: whether our gateway makes the HTTP response of them that the client got from AWS."""

from __future__ import annotations

import pytest

from tests import recorded, recorded_exceptions
from tests.recorded import RESPONSES, Case, parameters
from tests.recorded_judges import excused, response_differences

RESULTS = [case for case in RESPONSES if case["kind"] == "response"]
ANSWERED = [case for case in RESULTS if case["id"] not in recorded_exceptions.NOT_ANSWERED]
ERRORS = [case for case in RESPONSES if case["kind"] == "gateway-error"]
GIVEN = [case for case in ERRORS if case["id"] not in recorded_exceptions.GATEWAY_ERRORS]


@pytest.mark.parametrize("case", parameters(ANSWERED))
def test_result_becomes_the_response_that_the_client_got(case: Case, request: pytest.FixtureRequest) -> None:
    if case["id"] in recorded_exceptions.XFAIL:
        request.applymarker(pytest.mark.xfail(reason=recorded_exceptions.XFAIL[case["id"]], strict=True))
    differences = response_differences(case)
    assert differences - set().union(*excused(case, differences, recorded_exceptions.RESPONSES).values()) == set()


@recorded.COUNTED
def test_every_exception_of_a_response_is_one() -> None:
    """An entry that names no difference any more has to go."""
    needed = set()
    for case in ANSWERED:
        found = excused(case, response_differences(case), recorded_exceptions.RESPONSES)
        needed |= {entry for entry, paths in found.items() if paths}
    listed = {(label, pattern) for label, entries in recorded_exceptions.RESPONSES.items() for pattern in entries}
    assert listed - needed == set()
    ids = {case["id"] for case in RESULTS}
    assert {*recorded_exceptions.NOT_ANSWERED, *recorded_exceptions.XFAIL} - ids == set()


@pytest.mark.parametrize("case", parameters(GIVEN))
def test_gateway_gives_the_error_that_the_client_got(case: Case) -> None:
    assert response_differences(case) == set()


@recorded.COUNTED
def test_every_error_of_a_gateway_is_given_or_listed() -> None:
    ids = {case["id"] for case in ERRORS}
    assert {*recorded_exceptions.GATEWAY_ERRORS, *recorded_exceptions.TIMED_OUT} - ids == set()
    assert {case["id"] for case in GIVEN} == recorded_exceptions.TIMED_OUT


@recorded.COUNTED
def test_every_result_is_of_a_front_door_that_is_served() -> None:
    assert {case["source"] for case in RESULTS} <= set(recorded.SOURCES)
