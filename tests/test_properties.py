"""Hypothesis: what was sent is what is seen, and no event, however mutated, gives anything but an answer or a typed error.

The properties are in properties.py and mutations.py; what each front door loses is in losses.py and response_losses.py.
benchmarks/million.py runs them at length.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, unquote, unquote_to_bytes

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdabridge.gateway.settings import APIS
from lambdabridge.sources.members import decode_path, encode_path
from lambdabridge.sources.registry import SOURCES
from tests.losses import INTERFACES, LOSSES
from tests.mutations import FOREIGN, JSON, RESULTS, answered_or_refused, mutated_events
from tests.properties import HANDLERS, SENDERS, check_answer, check_seen, requests_are_seen, responses_arrive
from tests.response_losses import RESPONSE_LOSSES
from tests.senders import BUILDERS, DOORS, HOSTS
from tests.strategies import Request, Response, requests, responses


@given(requests())
@settings(max_examples=200)
def test_the_application_sees_what_was_sent(sent: Request) -> None:
    requests_are_seen(sent)


@given(responses())
@settings(max_examples=200)
def test_the_client_gets_what_the_application_said(said: Response) -> None:
    responses_arrive(said)


@given(mutated_events())
@settings(max_examples=1500)
@pytest.mark.filterwarnings("ignore:Unknown REQUEST_METHOD")
def test_mutated_events(event: Any) -> None:
    answered_or_refused(event)


@given(JSON)
def test_events_of_any_shape(event: Any) -> None:
    answered_or_refused(event)


@pytest.mark.parametrize("event", FOREIGN.values(), ids=FOREIGN)
def test_events_that_are_no_http(event: Any) -> None:
    assert answered_or_refused(json.loads(json.dumps(event))) == {"refused: UnknownEventError": len(HANDLERS)}


def test_every_front_door_has_a_row_in_each_table() -> None:
    assert {door.api for door in DOORS.values()} == set(APIS) == set(BUILDERS) == set(HOSTS)
    assert list(DOORS) == list(LOSSES) == list(RESPONSE_LOSSES)
    assert set(RESULTS) == set(SOURCES)


@pytest.mark.parametrize(
    ("door_name", "number"), [(name, number) for name, losses in LOSSES.items() for number in range(len(losses))]
)
def test_what_is_said_to_be_lost_is_lost(door_name: str, number: int) -> None:
    """With its row the example is as it should be, without it the example is not."""
    losses = LOSSES[door_name]
    sent = losses[number].example
    requests_are_seen(sent)
    assert not all(
        _holds(check_seen, door_name, interface, sent, send(DOORS[door_name], sent), _without(losses, number))
        for interface in HANDLERS
        for send in SENDERS.values()
    )


@pytest.mark.parametrize("interface", INTERFACES)
def test_what_an_interface_is_said_to_lose_is_lost(interface: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = INTERFACES[interface][0].example
    event = SENDERS["builder"](DOORS["rest"], sent)
    check_seen("rest", interface, sent, event)
    monkeypatch.setitem(INTERFACES, interface, ())
    assert not _holds(check_seen, "rest", interface, sent, event)


@pytest.mark.parametrize(
    ("door_name", "number"),
    [(name, number) for name, losses in RESPONSE_LOSSES.items() for number in range(len(losses))],
)
def test_what_is_said_to_be_lost_of_a_response_is_lost(door_name: str, number: int) -> None:
    losses = RESPONSE_LOSSES[door_name]
    said = losses[number].example
    responses_arrive(said)
    assert not all(_holds(check_answer, door_name, interface, said, _without(losses, number)) for interface in HANDLERS)


def _without(losses: tuple[Any, ...], number: int) -> tuple[Any, ...]:
    return losses[:number] + losses[number + 1 :]


def _holds(check: Any, *arguments: Any) -> bool:
    try:
        check(*arguments)
    except AssertionError:
        return False
    return True


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_a_decoded_path_survives_encoding(path: str) -> None:
    raw = encode_path(path)
    assert raw.isascii()
    assert unquote(raw) == path


@given(st.binary(max_size=30))
def test_every_byte_of_a_path_survives_decoding(raw: bytes) -> None:
    encoded = quote(raw, safe="!$&'()*+,;=:@/")
    assert decode_path(encoded).encode("latin-1") == raw == unquote_to_bytes(encoded)
