"""The engine of `lambdabridge cold`: real processes of awslambdaric, tiny handlers, few rounds. No assertion on time."""

from __future__ import annotations

import http.client
import json
import os
import sys
import threading
from pathlib import Path

import pytest

from lambdabridge.coldpath import throttle
from lambdabridge.coldpath.engine import Configuration, measure, observe
from lambdabridge.coldpath.invocation import FailedError
from lambdabridge.coldpath.runtime_api import RuntimeApi
from lambdabridge.coldpath.throttle import DutyCycle, Quota, share_of

pytest.importorskip("awslambdaric", reason="AWS's runtime client is not installed")
pytestmark = pytest.mark.skipif(os.name == "nt", reason="awslambdaric does not run on Windows")

HANDLERS = """
import os, sys, time
def good(event, context):
    return {"statusCode": 200, "body": f"{len(event['text'])} {context.function_name} {sys.path[0] == os.getcwd()}"}
def raises(event, context):
    print("before it")
    raise ValueError("no")
def ends(event, context):
    os._exit(7)
def hangs(event, context):
    time.sleep(60)
def unavailable(event, context):
    return {"statusCode": 503, "body": "later"}
no_json = lambda event, context: {1, 2}
"""
EVENT = {"text": "x" * 5000}  # above 2048 bytes, where the event comes in chunks


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("task")
    (folder / "handlers.py").write_text(HANDLERS)
    (folder / "missing.py").write_text("import nothing_of_this_name\n")
    (folder / "broken.py").write_text("def (\n")
    (folder / "slow.py").write_text("import time\ntime.sleep(60)\n")
    (folder / "leaves.py").write_text("import sys\nprint('good bye')\nsys.exit(3)\n")
    (folder / "fails.py").write_text("1 / 0\n")
    return str(folder)


def test_samples_of_interleaved_rounds(folder: str) -> None:
    seen: list[tuple[int, int, str]] = []
    one = Configuration("one", "handlers.good", [folder])
    two = Configuration("two", "handlers.good", [folder], runs=2, probed=True)
    found = measure(
        [one, two], 3, event=EVENT, warm=2, retries=0, progress=lambda *values: seen.append(values), init_timeout=60
    )
    assert found.failures == {}
    assert found.results["one"] == {"statusCode": 200, "body": "5000 local True"}
    assert [sample["round"] for sample in found.samples["one"]] == [0, 1, 2]
    assert [sample["round"] for sample in found.samples["two"]] == [0, 1]
    assert (seen[0][:2], seen[-1]) == ((0, 5), (5, 5, ""))
    for sample in found.samples["one"]:
        assert sample["total_ms"] == pytest.approx(sample["init_ms"] + sample["first_ms"])
        assert len(sample["warm_ms"]) == 2
        assert sample["marks"] is None
        if sys.platform == "linux":
            assert None not in (sample["cpu_ms"], sample["rss_mb"], sample["peak_mb"])
    for sample in found.samples["two"]:
        marks = sample["marks"]
        assert marks is not None
        assert set(marks) == {"runtime", "application", "rest"}  # no bridge here
        assert sum(marks.values()) == pytest.approx(sample["init_ms"])


FAILURES = [
    (
        "missing.handler",
        "import",
        "Runtime.ImportModuleError: Unable to import module 'missing'",
        "nothing_of_this_name",
    ),
    ("broken.handler", "import", "Runtime.UserCodeSyntaxError", "broken.py"),
    ("fails.handler", "init", "ZeroDivisionError: division by zero", "Traceback"),
    ("handlers.nothing", "init", "Runtime.HandlerNotFound", ""),
    ("slow.handler", "timeout", "It did not ask for an event within 0.5 seconds.", ""),
    ("leaves.handler", "exit", "The process ended with exit status 3 where it should ask for an event.", "good bye"),
    ("handlers.raises", "error", "It raised ValueError: no", "before it"),
    ("handlers.ends", "exit", "The process ended with exit status 7 where it should answer an event.", ""),
    ("handlers.hangs", "timeout", "It did not answer an event within 0.5 seconds.", ""),
    ("handlers.unavailable", "status", "It answered 503.", "later"),
    ("handlers.no_json", "error", "It raised Runtime.MarshalError", ""),
]


@pytest.mark.parametrize(("handler", "kind", "message", "output"), FAILURES, ids=[case[0] for case in FAILURES])
def test_failures(folder: str, handler: str, kind: str, message: str, output: str) -> None:
    init, invocation = (0.5 if handler.startswith("slow") else 60.0), (0.5 if "hangs" in handler else 30.0)
    with pytest.raises(FailedError) as caught:
        observe(Configuration("it", handler, [folder]), event=EVENT, init_timeout=init, timeout=invocation)
    failure = caught.value.failure
    assert failure["kind"] == kind
    assert message in failure["message"]
    assert output in failure["output"]


def test_a_failure_does_not_stop_the_others(folder: str) -> None:
    configurations = [Configuration(name, f"handlers.{name}", [folder]) for name in ("good", "raises")]
    found = measure(configurations, 2, event=EVENT, warm=0, retries=0)
    assert [sample["round"] for sample in found.samples["good"]] == [0, 1]
    assert found.samples["raises"] == []
    assert {name: failure["kind"] for name, failure in found.failures.items()} == {"raises": "error"}


def test_an_interpreter_that_is_none(folder: str) -> None:
    with pytest.raises(ValueError, match="no Python interpreter"):
        observe(Configuration("it", "handlers.good", [folder], python="/nothing/python"), event=EVENT)


@pytest.mark.parametrize(
    ("memory", "expected"),
    [(None, None), (128, 128 / 1769), (1769, None), (3008, None)],
)
def test_share_of_a_cpu(memory: int | None, expected: float | None) -> None:
    assert share_of(memory) == expected


@pytest.mark.skipif(bool(Quota.why_not()), reason=f"no quota: {Quota.why_not()}")
def test_quota(folder: str) -> None:
    one = Configuration("128", "handlers.good", [folder], memory=128, init="throttled")
    two = Configuration("boosted", "handlers.good", [folder], memory=128, init="boosted")
    found = measure([one, two], 1, event=EVENT, warm=0)
    (sample,), (boosted,) = found.samples["128"], found.samples["boosted"]
    # a machine with other work makes it longer, nothing makes it shorter: 1/13.8 of a CPU
    assert sample["total_ms"] > 4 * (sample["cpu_ms"] or 0) > 0
    assert boosted["delay_ms"] is not None
    assert "cgroup" in found.throttle
    assert not list(Path("/sys/fs/cgroup/cpu").glob(f"lambdabridge-cold-{os.getpid()}-*"))


def test_without_a_quota_it_is_stopped_and_continued(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle, "choose", lambda: (DutyCycle, "CPU shares are made otherwise."))
    monkeypatch.setattr("lambdabridge.coldpath.engine.choose", throttle.choose)
    one = Configuration("512", "handlers.good", [folder], memory=512, init="throttled")
    found = measure([one], 1, event=EVENT, warm=1)
    assert found.failures == {}
    assert len(found.samples["512"]) == 1


def test_why_there_is_no_quota(tmp_path: Path) -> None:
    assert Quota.why_not(tmp_path) == "there is no cgroup v1 controller `cpu` here"
    (tmp_path / "cpu.cfs_quota_us").touch()
    (tmp_path / f"lambdabridge-cold-{os.getpid()}-{threading.get_native_id()}").touch()  # root may write anywhere else
    assert Quota.why_not(tmp_path) == f"the cgroup {str(tmp_path)!r} can't be written (File exists)"


def test_bodies_in_chunks_and_of_clients_that_wait() -> None:
    with RuntimeApi() as api:
        answers: list[int] = []

        def client() -> None:
            connection = http.client.HTTPConnection(api.address)
            connection.request("POST", "/a", iter([b"ab", b"c" * 70_000]), encode_chunked=True)
            answers.append(connection.getresponse().status)
            connection.close()

        thread = threading.Thread(target=client)
        thread.start()
        received = api.receive(10, lambda: True)
        api.reply(received, 202, {}, json.dumps("x" * 3000).encode())
        thread.join()
    assert (received.method, received.path, received.body) == ("POST", "/a", b"ab" + b"c" * 70_000)
    assert answers == [202]
