"""How many recorded cases hold, counted by running them: the table of tests/README.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from tests import recorded, recorded_exceptions
from tests.recorded import EVENTS, RESPONSES, Case
from tests.recorded_judges import event_differences, excused, request_differences, response_differences

BEGIN, END = "<!-- recorded: python -m tests.recorded -->\n", "<!-- end of recorded -->\n"
_COLUMNS = ("request → event", "event → request", "event, request unknown", "result → response", "gateway's own error")
_VERDICTS = ("hold", "hold in part", "listed", "wrong", "refused", "FAIL")
_STRENGTH = ("aws-validated", "aws-captured", "aws-observed", "aws-sample")


def table() -> str:
    """Return the table in Markdown."""
    counts = count()
    rows = sorted({(source, evidence) for source, evidence, _, _ in counts}, key=_order)
    lines = [f"| source | evidence | {' | '.join(_COLUMNS)} |", f"| --- | --- |{' --- |' * len(_COLUMNS)}"]
    for source, evidence in [*rows, ("all", "")]:
        cells = []
        for column in _COLUMNS:
            entries = [
                (verdict, number)
                for (s, e, c, verdict), number in counts.items()
                if c == column and ((s, e) == (source, evidence) or source == "all")
            ]
            cells.append(", ".join(_cell(entries)))
        lines.append(f"| {source} | {evidence} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _order(row: tuple[str, str]) -> tuple[int, str, int]:
    known = list(recorded.SOURCES)
    return (known.index(row[0]) if row[0] in known else len(known), row[0], _STRENGTH.index(row[1]))


def _cell(entries: list[tuple[str, int]]) -> list[str]:
    totals: Counter[str] = Counter()
    for verdict, number in entries:
        totals[verdict] += number
    return [f"{totals[verdict]} {verdict}" for verdict in _VERDICTS if totals[verdict]]


def count() -> Counter[tuple[str, str, str, str]]:
    """Return how many cases there are by (source, evidence, column, verdict)."""
    return Counter(
        (case["source"], case["provenance"]["evidence"], column, verdict)
        for case in (*EVENTS, *RESPONSES)
        for column, verdict in _verdicts(case)
    )


def _verdicts(case: Case) -> list[tuple[str, str]]:
    if case["kind"] == "gateway-error":
        is_listed = case["id"] in recorded_exceptions.GATEWAY_ERRORS
        return [(_COLUMNS[4], "listed" if is_listed else _verdict(case, response_differences, {}, "hold"))]
    if case["kind"] == "response":
        return [(_COLUMNS[3], _to_response(case))]
    if case["http_request"]:
        return [(_COLUMNS[0], _to_event(case)), (_COLUMNS[1], _from_event(case))]
    return [(_COLUMNS[2], _from_event(case))]


def _to_event(case: Case) -> str:
    held = "hold in part" if case["id"] in recorded_exceptions.PARTIAL else "hold"
    return _verdict(case, event_differences, recorded_exceptions.EVENTS, held)


def _from_event(case: Case) -> str:
    if case["source"] not in recorded.SOURCES:
        return "refused"
    if case["id"] in recorded_exceptions.UNDECODABLE:
        return "listed"
    return _verdict(case, request_differences, {}, "hold")


def _to_response(case: Case) -> str:
    if case["id"] in recorded_exceptions.XFAIL:
        return "wrong"
    if case["id"] in recorded_exceptions.NOT_ANSWERED:
        return "listed"
    held = "hold in part" if case["id"] in recorded_exceptions.RESPONSES else "hold"
    return _verdict(case, response_differences, recorded_exceptions.RESPONSES, held)


def _verdict(case: Case, judge: Callable[[Case], set[str]], table: dict[str, dict[str, str]], held: str) -> str:
    differences = judge(case)
    return "FAIL" if differences - set().union(*excused(case, differences, table).values()) else held
