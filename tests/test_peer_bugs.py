"""Every bug found in other adapters comes out right here, and the same case still fails there.

The cases are in peer_cases/, the other adapters' factories in peers.py. The second half is marked `peers`: it proves that
a case finds what its name says, and runs where the adapter is installed.
"""

from __future__ import annotations

import asyncio
import gc
import os
from contextlib import ExitStack
from importlib import import_module
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest

from lambdabridge import bridge
from tests import peer_cases
from tests.peer_cases.kit import CASES, Case
from tests.peers import PEERS

if TYPE_CHECKING:
    from collections.abc import Iterator

for name in peer_cases.MODULES:
    pytest.register_assert_rewrite(f"tests.peer_cases.{name}")
    import_module(f"tests.peer_cases.{name}")

BUGS = {case.bug for case in CASES}
WITH_PEER = [(case, peer) for case in CASES for peer in case.peers]


def test_every_bug_is_a_case_or_out_of_scope() -> None:
    """No bug is forgotten, and none is both."""
    found = {f"B-{letter}{number}" for letter, count in peer_cases.FOUND.items() for number in range(1, count + 1)}
    assert BUGS | peer_cases.OUT_OF_SCOPE.keys() == found
    assert BUGS & peer_cases.OUT_OF_SCOPE.keys() == set()
    assert peer_cases.PARTS_LEFT_OUT.keys() <= BUGS


def test_ids_are_unique() -> None:
    """A name says which case failed."""
    names = [(case.id, case.interface) for case in CASES]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.id} {case.interface}")
def test_lambdabridge(case: Case) -> None:
    """What went wrong elsewhere is right here."""
    with ExitStack() as stack:

        def make_handler(app: Any, **options: Any) -> Any:
            handler = bridge(app, **options)
            stack.callback(handler.close)
            return handler

        case.run(make_handler)


@pytest.fixture
def own_loop() -> Iterator[None]:
    """Give this thread an event loop for one test, and end what the adapter left behind."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    loop.close()
    asyncio.set_event_loop(None)
    gc.collect()


@pytest.mark.peers
@pytest.mark.filterwarnings("ignore")
@pytest.mark.usefixtures("own_loop")
@pytest.mark.parametrize(
    ("case", "peer"), WITH_PEER, ids=[f"{peer}: {case.id} {case.interface}" for case, peer in WITH_PEER]
)
def test_peer(case: Case, peer: str) -> None:
    """The case fails in the adapter that it names."""
    pytest.importorskip(peer)
    with patch.dict(os.environ), pytest.raises(case.peers[peer]):  # Zappa changes the environment
        case.run(PEERS[peer])
