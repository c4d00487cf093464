"""The table in tests/README.md says what a run counts."""

from __future__ import annotations

from pathlib import Path

from tests.recorded import COUNTED
from tests.recorded_counts import BEGIN, END, table

README = Path(__file__).parent / "README.md"


@COUNTED
def test_the_table_is_what_was_counted() -> None:
    _, begin, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    shown, end, _ = rest.partition(END)
    assert (begin, shown, end) == (BEGIN, table(), END)
