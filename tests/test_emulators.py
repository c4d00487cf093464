"""The judge that `python3 dev.py emulators` holds engines to: what it passes, and what it does not let pass."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.emulators import CASES, Observed, Send, judge, ours
from tests.recorded import COUNTED, Case, parameters
from tests.wire import Reply

BY_ID: dict[str, Case] = {case["id"]: case for case in CASES}


@pytest.fixture(scope="module")
def send() -> Iterator[Send]:
    with ours.ENGINE.open() as opened:
        yield opened


@pytest.mark.parametrize("case", parameters(CASES))
def test_own_gateway_passes(send: Send, case: Case) -> None:
    observed = Observed.from_json(json.loads(json.dumps(send(case).to_json())))
    assert judge.differences(case, observed) == judge.notable(case, observed) == set()


def _without(member: str, event: dict[str, Any]) -> None:
    del event["requestContext"][member]


# what is done to the event of vk-rest-space-plus-cookies -> (what differs, what of it an application notices)
EVENTS: dict[str, tuple[Callable[[dict[str, Any]], object], set[str], set[str]]] = {
    "path decoded": (lambda event: event.update(path="/capture/space value"), {"path"}, {"path"}),
    "a member too many": (lambda event: event.update(version="1.0"), {"version"}, {"version"}),
    "header lost": (lambda event: event["headers"].pop("cookie"), {"headers.cookie"}, {"headers.cookie"}),
    "identifier lost": (lambda event: _without("requestId", event), {"requestContext.requestId"}, set()),
    "time lost": (lambda event: _without("requestTimeEpoch", event), {"requestContext.requestTimeEpoch"}, set()),
    "empty for null": (lambda event: event.update(stageVariables={}), {"stageVariables"}, set()),
    "another identifier": (lambda event: event["requestContext"].update(requestId="1"), set(), set()),
    "other names in capitals": (
        lambda event: event.update(headers={name.upper(): value for name, value in event["headers"].items()}),
        set(),
        set(),
    ),
}


@COUNTED
@pytest.mark.parametrize("name", EVENTS)
def test_other_events(send: Send, name: str) -> None:
    change, differing, noticed = EVENTS[name]
    case = BY_ID["vk-rest-space-plus-cookies"]
    observed = send(case)
    assert observed.event is not None
    change(observed.event)
    assert (judge.differences(case, observed), judge.notable(case, observed)) == (differing, noticed)


# id, what is done to the reply, what differs, what of it a client notices
REPLIES: list[tuple[str, Callable[[Reply], Reply], set[str], set[str]]] = [
    ("ls-url-dict", lambda reply: replace(reply, body=b'{"hello": "world"}'), {"body"}, set()),
    ("ls-url-dict", lambda reply: replace(reply, body=b'{"hello": "you"}'), {"body"}, {"body"}),
    ("dn-rest-setscontentlength", lambda reply: replace(reply, status=500), {"status"}, {"status"}),
    (
        "dn-rest-setscontentlength",
        lambda reply: replace(reply, headers=[*reply.headers, ("x-more", "1")]),
        {"headers.x-more"},
        set(),
    ),
    (
        "so-rest-www-authenticate-remapped",
        lambda reply: replace(reply, headers=[]),
        {"headers.x-amzn-remapped-www-authenticate"},
        {"headers.x-amzn-remapped-www-authenticate"},
    ),
]


@COUNTED
@pytest.mark.parametrize(("identifier", "change", "differing", "noticed"), REPLIES)
def test_other_replies(
    send: Send, identifier: str, change: Callable[[Reply], Reply], differing: set[str], noticed: set[str]
) -> None:
    case = BY_ID[identifier]
    observed = send(case)
    observed = replace(observed, reply=change(observed.reply))
    assert (judge.differences(case, observed), judge.notable(case, observed)) == (differing, noticed)


@COUNTED
@pytest.mark.parametrize("identifier", ["vk-rest-space-plus-cookies", "dn-rest-setscontentlength"])
def test_function_that_was_not_called(send: Send, identifier: str) -> None:
    case = BY_ID[identifier]
    observed = replace(send(case), event=None)
    assert judge.differences(case, observed) == judge.notable(case, observed) == {"called"}
