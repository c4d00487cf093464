"""The three comparisons of recorded cases: each returns the names of what differs, whole events and whole responses."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

from lambdabridge.gateway.front_door import Answer, StoppedWaiting
from tests import recorded_exceptions as exceptions
from tests.recorded import Case, body_of, event_sent_for, front_door, labels, module_of, request_for
from tests.wire import finish

_ABSENT = object()


def event_differences(case: Case) -> set[str]:
    """Return the members of the recorded event that our front door sends differently for the recorded request."""
    return compare_events(case, case["event"], event_sent_for(case))


def compare_events(
    case: Case, recorded: dict[str, Any], sent: dict[str, Any], forms: dict[str, str] | None = None
) -> set[str]:
    """Return the members in which an event differs from what was recorded, or from what a socket leaves of that."""
    whole, partly = exceptions.PARTIAL.get(case["id"], ((), ""))
    wanted, got = flatten(recorded), flatten(sent)
    if partly:
        got = {path: value for path, value in got.items() if path in wanted or path.partition(".")[0] in whole}
    is_typed = any(label in exceptions.NULL_FOR_ABSENT for label in labels(case))
    if is_typed:
        wanted = {path: value for path, value in wanted.items() if value is not None or path in got}
    return _differences(wanted, got, exceptions.EVENT_FORMS.get(case["source"], {}) if forms is None else forms)


def flatten(value: Any, path: str = "") -> dict[str, Any]:
    """Return the leaves by dotted path; lists and empty objects are leaves."""
    if not isinstance(value, dict) or not value:
        return {path: value}
    leaves: dict[str, Any] = {}
    for name, inner in value.items():
        leaves |= flatten(inner, f"{path}.{name}" if path else name)
    return leaves


def _differences(wanted: dict[str, Any], got: dict[str, Any], forms: dict[str, str]) -> set[str]:
    differing = set()
    for path in wanted.keys() | got.keys():
        ours, theirs = got.get(path, _ABSENT), wanted.get(path, _ABSENT)
        form = next((form for pattern, form in forms.items() if fnmatchcase(path, pattern)), None)
        if _ABSENT in (ours, theirs):
            differing.add(path)
        elif _is_redacted(theirs):
            if form and not _has_form(ours, form):
                differing.add(path)
        elif form:
            if not (_has_form(ours, form) and _has_form(theirs, form)):
                differing.add(path)
        elif ours != theirs:
            differing.add(path)
    return differing


def _is_redacted(value: Any) -> bool:
    """Return whether the recorder wrote <what:number> in place of a value."""
    values = value if isinstance(value, list) else [value]
    return bool(values) and all(isinstance(item, str) and re.fullmatch(r"<[^<>]+>", item) for item in values)


def _has_form(value: Any, form: str) -> bool:
    values = value if isinstance(value, list) else [value]
    return all(isinstance(item, str) and re.fullmatch(form, item) for item in values)


def excused(case: Case, differences: set[str], table: dict[str, dict[str, str]]) -> dict[tuple[str, str], set[str]]:
    """Return the differences that a table of exceptions names, by (label, pattern)."""
    entries = [(label, pattern) for label in labels(case) for pattern in table.get(label, {})]
    return {
        (label, pattern): {path for path in differences if fnmatchcase(path, pattern)} for label, pattern in entries
    }


# --- event -> request ------------------------------------------------------------------------------------------------

REST_DROPS = {"connection", "content-length", "expect", "te", "upgrade", "transfer-encoding"}


def request_differences(case: Case) -> set[str]:
    """Return what of the request that was sent comes out differently of the recorded event."""
    request = module_of(case).decode_request(case["event"], "auto")
    sent = case["http_request"]
    if sent is None:
        return set() if request.path.startswith(request.root_path + "/") else {"path"}
    path, _, query = sent["target"].partition("?")
    path = _collapsed(path, case)
    pairs: dict[str, tuple[Any, Any]] = {
        "method": (request.method, sent["method"]),
        "raw_path": (_spelled(request.raw_path), _spelled(path)),
        "path": (request.path, unquote(path, "latin-1")),
        "query_string": (_by_name(request.query_string), _by_name(query)),
        "body": (request.body, body_of(sent)),
    }
    got = joined(request.headers)
    for name, value in joined([(name.lower(), value) for name, value in sent["headers"]]).items():
        if name not in REST_DROPS:
            pairs[f"headers.{name}"] = (got.get(name), value)
    return {name for name, (ours, theirs) in pairs.items() if ours != theirs}


def _spelled(raw_path: str) -> str:
    return quote(unquote(raw_path), safe="/:@!$&'()*+,;=-._~")


def _collapsed(path: str, case: Case) -> str:
    """REST drops a second slash after the stage before anything sees it."""
    stage = f"/{case['config'].get('stage')}"
    return stage + "/" + path[len(stage) :].lstrip("/") if path.startswith(stage + "//") else path


def _by_name(query: str) -> dict[str, list[str]]:
    parameters: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        parameters.setdefault(name, []).append(value)
    return parameters


def joined(headers: list[Any], separator: str = ",") -> dict[str, str]:
    """Return the lines by name; a recorded value that is a list means one line for each."""
    lines: dict[str, str] = {}
    for name, value in headers:
        for item in value if isinstance(value, list) else [value]:
            between = "; " if name == "cookie" else separator
            lines[name] = f"{lines[name]}{between}{item}" if name in lines else item
    return lines


# --- result -> response ----------------------------------------------------------------------------------------------


def response_differences(case: Case) -> set[str]:
    """Return what the client gets differently for the recorded result."""
    response = answer_to(case).response
    length = [] if any(name == "content-length" for name, _ in response.headers) else [str(len(response.body))]
    headers = [*response.headers, *(("content-length", value) for value in length)]
    return compare_responses(case, response.status, headers, response.body)


def compare_responses(
    case: Case, status: int, headers: list[tuple[str, str]], body: bytes, forms: dict[str, str] | None = None
) -> set[str]:
    """Return what of a response differs from the recorded one. A recording with a Date has all headers."""
    recorded = case["http_response"]
    wanted = {name.lower(): value for name, value in (recorded.get("headers") or {}).items()}
    got: dict[str, Any] = {}
    for name, value in headers:
        got.setdefault(name.lower(), []).append(value)
    if "date" not in wanted:
        got = {name: values for name, values in got.items() if name in wanted}
    # a list was recorded line by line; of a text nobody knows how many lines it was
    got = {name: values if isinstance(wanted.get(name), list) else ", ".join(values) for name, values in got.items()}
    differing = _differences(
        {f"headers.{name}": value for name, value in wanted.items()},
        {f"headers.{name}": value for name, value in got.items()},
        exceptions.RESPONSE_FORMS.get(case["source"], {}) if forms is None else forms,
    )
    if status != recorded["status"]:
        differing.add("status")
    if (recorded.get("body") is not None or "body_base64" in recorded) and body != body_of(recorded):
        differing.add("body")
    return differing


def answer_to(case: Case) -> Answer:
    """Return what our front door answers when the function gives the recorded result, or keeps it waiting."""
    door = front_door(case)

    async def invoke(event: dict[str, Any]) -> object:
        if case["id"] in exceptions.TIMED_OUT:
            raise StoppedWaiting("the recorded function took longer than the gateway waits")
        return json.loads(json.dumps(case["lambda_result"]))

    return finish(door.answer(request_for(case, door.settings.stage_path), invoke))
