"""`lambdabridge cold` as it is typed: reports, files, budgets, exit statuses, what is left behind. Tiny applications."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from lambdabridge.build.output import MARK
from lambdabridge.cli import main
from lambdabridge.coldpath import experiment, surroundings
from lambdabridge.coldpath.budget import parse
from lambdabridge.coldpath.engine import measure
from lambdabridge.coldpath.process import without_signals
from lambdabridge.coldpath.results import FORMAT, read
from lambdabridge.errors import ConfigurationError

pytest.importorskip("awslambdaric", reason="AWS's runtime client is not installed")
pytestmark = pytest.mark.skipif(os.name == "nt", reason="awslambdaric does not run on Windows")

WSGI = """
from lambdabridge import bridge
def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["PATH_INFO"].encode()]
handler = bridge(app)
"""
ASGI = """
async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        for kind in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{kind}.complete"})
        return
    await send({"type": "http.response.start", "status": 404})
    await send({"type": "http.response.body", "body": b"not here"})
"""
FAILING = {
    "missing": (
        "import nothing_of_this_name\napp = 1\n",
        "can't be imported: ModuleNotFoundError",
        "import nothing_of",
    ),
    "raises": ("def app(environ, start_response):\n    raise ValueError('no')\n", "It answered 500.", "ValueError: no"),
    "hangs": ("import time\ntime.sleep(60)\n", "was not imported within 0.5 seconds.", ""),
    "leaves": (
        "import sys\nprint('bye')\nsys.exit(3)\n",
        "ended the process while it was imported, with exit status 3.",
        "bye",
    ),
    "empty": ("", "can't be imported: AttributeError: module 'empty' has no attribute 'app'", ""),
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "wsgi.py").write_text(WSGI)
    (tmp_path / "asgi.py").write_text(ASGI)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(experiment, "TREES", 1)
    monkeypatch.setattr(experiment, "measure", partial(measure, retries=0))  # no figure counts here
    return tmp_path


def names(measured: Any) -> list[str]:
    return [phase["name"] for phase in measured["phases"]]


def test_report_json_and_page(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    command = ["cold", "wsgi:handler", "--runs", "2", "--warm", "3", "--request", "GET /hello"]
    assert main([*command, "--json", "out.json", "--html", "out.html", "--budget", "total<=1000000"]) == 0
    out, err = capfd.readouterr()
    assert out.startswith("Cold start of wsgi:handler, as it would be deployed: ")
    assert "GET /hello (http)" in out
    assert "What to do next: nothing is sure after 2 runs; --runs 6 is the least." in out
    assert "measuring ..." in err
    results = read("out.json")
    base, bytecode = results["configurations"][:2]
    assert (results["format"], results["meta"]["handler"], results["meta"]["status"]) == (FORMAT, "wsgi.handler", 200)
    assert (base["name"], base["total"]["count"], base["compared"]) == ("deployed", 2, None)
    assert (bytecode["name"], bytecode["compared"] is not None) == ("bytecode", True)
    assert names(base) == ["runtime", "application", "bridge", "rest", "first"]
    assert base["warm"] is not None
    assert base["warm"]["count"] <= 6
    assert base["compiled_from_source"]
    assert results["advice"] == []  # nothing is sure after two rounds
    assert results["package"] is not None
    assert (results["package"]["complete"], results["failures"]) == (False, [])
    assert "wsgi:handler" in Path("out.html").read_text(encoding="utf-8")


def test_an_application_without_a_handler_and_a_response_of_404(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["cold", "./asgi.py:app", "--runs", "1", "--no-advice", "--json", "a.json", "--api", "rest"]) == 0
    assert "What to do next: nothing was tried here." in capfd.readouterr().out
    results = read("a.json")
    assert results["meta"]["handler"] == "lambdabridge.handler"
    assert names(results["configurations"][0]) == ["runtime", "application", "bridge", "lifespan", "rest", "first"]
    assert "The response was 404: --request names another path." in results["meta"]["notes"]


def test_the_handler_that_imports_the_application(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    command = ["cold", "lambdabridge:handler", "--env", "LAMBDABRIDGE_APP=wsgi:app", "--runs", "1", "--warm", "0"]
    assert main([*command, "--json", "-"]) == 0
    results = json.loads(capfd.readouterr().out)
    assert results["meta"]["handler"] == "lambdabridge.handler"
    shown = results["configurations"]
    assert [one["name"] for one in shown] == ["deployed", "bytecode", "repaired"]  # it is imported first already
    assert shown[0]["warm"] is None


def test_compare_two_targets(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["cold", "--compare", "wsgi:app", "asgi:app", "--runs", "1", "--json", "out.json"]) == 0
    assert "B - A, paired by round, 1 of them: " in capfd.readouterr().out
    a, b = read("out.json")["configurations"]
    assert (a["title"], b["title"]) == ("wsgi:app", "asgi:app")
    assert (a["compared"], b["compared"] is not None) == (None, True)


@pytest.mark.parametrize("name", FAILING)
def test_an_application_that_fails_has_no_figures(project: Path, name: str, capfd: pytest.CaptureFixture[str]) -> None:
    source, sentence, printed = FAILING[name]
    (project / f"{name}.py").write_text(source)
    timeout = "0.5" if name == "hangs" else "60"
    assert main(["cold", f"{name}:app", "--runs", "1", "--timeout", timeout, "--json", "out.json"]) == 1
    out, err = capfd.readouterr()
    assert out == ""
    last = err.strip().rpartition("\n")[2]
    assert last.startswith("lambdabridge: ")
    assert last.endswith(sentence) or sentence in last
    assert printed in err
    assert "inspect_target" not in err
    assert not Path("out.json").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["wsgi"], "'wsgi' is no import string"),
        (["nothing.py:app"], "There is no file 'nothing.py'"),
        (["wsgi:app", "--folder", "nowhere"], "There is no folder 'nowhere'."),
        ([], "Expected TARGET, or --compare A B."),
        (["wsgi:app", "--runs", "0"], "--runs has to be 1 or more"),
        (["wsgi:app", "--request", "/x"], "--request '/x': expected a method and a path"),
        (["wsgi:app", "--request", "GET /", "--event", "x"], "--request can't go with it"),
        (["wsgi:app", "--event", "nothing.json"], "'nothing.json' can't be read"),
        (["wsgi:app", "--event", "wsgi.py"], "'wsgi.py' holds no JSON"),
        (["wsgi:app", "--json", "no/where.json"], "'no/where.json' can't be written"),
        (["wsgi:app", "--html", "."], "'.' can't be written: it is a folder"),
        (["wsgi:app", "--budget", "speed<=1"], "there is no figure 'speed'; there are total, init, "),
        (["wsgi:app", "--budget", "total<1"], "expected 'total<=400ms' or"),
        (["wsgi:app", "--budget", "total<=1.2x nothing.json"], "'nothing.json' can't be read"),
        (["wsgi:app", "--budget", "memory<=1ms"], "memory is in MB, not in 'ms'"),
        (["wsgi:app", "--compare", "x", "y"], "with TARGET these are two folders, and 'x' is none"),
        (["wsgi:app", "--python", "/nothing"], "'/nothing' is no Python interpreter that can be run"),
    ],
    ids=" ".join,
)
def test_mistakes_are_one_sentence(
    project: Path, arguments: list[str], sentence: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["cold", *arguments]) == 2
    assert sentence in capfd.readouterr().err


def test_a_build_for_another_python(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Its bytecode would count as missing, and a build be advised."""
    (project / "example-1.0.dist-info").mkdir()
    (project / MARK).write_text('{"python": "3.99", "architecture": "arm64"}')
    assert main(["cold", "wsgi:app"]) == 2
    assert f"{project} was built for Python 3.99, and {sys.executable} is 3." in capfd.readouterr().err


def test_a_build_for_another_machine(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    (project / "example-1.0.dist-info").mkdir()
    (project / MARK).write_text(f'{{"python": "{version}", "architecture": "m68k"}}')
    (project / "native.py").write_text("raise ImportError('no library')\n")
    assert main(["cold", "native:app"]) == 1
    assert "ImportError: no library. The build is for m68k, and this machine is " in capfd.readouterr().err


def test_interpreter_by_a_relative_path(project: Path) -> None:
    found = surroundings.make(str(project), os.path.relpath(sys.executable), str(project / "scratch"))
    assert found.python == os.path.abspath(sys.executable)


def test_a_folder_that_no_import_path_can_have(project: Path) -> None:
    with pytest.raises(ConfigurationError, match="can't be on an import path"):
        surroundings.make(f"/x{os.pathsep}y", sys.executable, str(project / "scratch"))


def test_without_the_runtime_client(
    project: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (project / "example-1.0.dist-info").mkdir()  # a build: its interpreter has no packages but those beside it
    monkeypatch.setattr(surroundings, "_RUNTIME", ())
    assert main(["cold", "wsgi:app"]) == 2
    assert capfd.readouterr().err.endswith(
        "`lambdabridge cold` needs AWS's runtime client, awslambdaric: pip install 'lambdabridge[cold]'\n"
    )


@pytest.mark.parametrize(
    ("budget", "expected"),
    [
        ("total<=400", ""),
        (
            "total <= 399.9 ms",
            "total (process start to the end of the first response) is 400 ms, over the budget of 399.9 ms.",
        ),
        ("first<=1x base.json", ""),
        (
            "first<=0.5x base.json",
            "first (the first request alone) is 10 ms, over the budget of 5 ms (0.5 times that of base.json).",
        ),
        ("warm<=1", "cannot"),
        ("compiled<=0", "compiled (modules compiled from source) is 3, over the budget of 0."),
        ("package<=1MB", "package (size of the folder) is 2 MB, over the budget of 1 MB."),
    ],
)
def test_budgets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, budget: str, expected: str) -> None:
    monkeypatch.chdir(tmp_path)
    base = {"total": {"median": 400.0}, "first": {"median": 10.0}, "warm": None, "compiled_from_source": 3}
    results: Any = {"format": FORMAT, "meta": {}, "configurations": [base], "package": {"size": 2 * 1024**2}}
    Path("base.json").write_text(json.dumps(results))
    if expected == "cannot":
        with pytest.raises(ConfigurationError, match="warm can't be measured on this system"):
            parse(budget).broken(results)
    else:
        assert parse(budget).broken(results) == expected


def test_baseline_is_read_before_it_is_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--json baseline.json --budget 'total<=1.2x baseline.json'."""
    monkeypatch.chdir(tmp_path)
    results: Any = {"format": FORMAT, "meta": {}, "configurations": [{"total": {"median": 400.0}}], "package": None}
    Path("base.json").write_text(json.dumps({**results, "configurations": [{"total": {"median": 300.0}}]}))
    budget = parse("total<=1.2x base.json")
    Path("base.json").write_text(json.dumps(results))
    assert "is 400 ms, over the budget of 360 ms" in budget.broken(results)
    for metric in ("warm", "package"):
        with pytest.raises(ConfigurationError, match=f"has no figure for {metric}"):
            parse(f"{metric}<=1.2x base.json")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda number: number.name)
def test_nothing_outlives_it(project: Path, number: signal.Signals) -> None:
    (project / "slow.py").write_text(
        f"import os, time\nopen('{project}/pid', 'a').write(f'{{os.getpid()}} ')\ntime.sleep(60)\n"
    )
    (project / "temporary").mkdir()
    command = [sys.executable, "-m", "lambdabridge", "cold", "slow:app"]
    environment = {**os.environ, "TMPDIR": str(project / "temporary")}
    process = subprocess.Popen(command, cwd=project, stderr=subprocess.DEVNULL, env=environment)
    try:
        pid = int(_eventually(lambda: (project / "pid").exists() and (project / "pid").read_text()))
        process.send_signal(number)
        status = process.wait(20)
    finally:
        process.kill()
    assert status == (-signal.SIGKILL if number == signal.SIGKILL else 130)
    assert _eventually(lambda: not _runs(pid))
    assert number == signal.SIGKILL or list((project / "temporary").iterdir()) == []


def test_a_signal_waits_until_a_process_is_known() -> None:
    """Ctrl-C in the middle of its start would leave a process that nobody ends."""
    done = []

    def start() -> None:
        with without_signals():
            signal.raise_signal(signal.SIGINT)
            done.append("the block")
        done.append("no more")

    with pytest.raises(KeyboardInterrupt):
        start()
    assert done == ["the block"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def _runs(pid: int) -> bool:
    found = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(found.strip()) and not found.startswith("Z")


def _eventually(look: Any) -> Any:
    for _ in range(400):
        if found := look():
            return found
        time.sleep(0.05)
    raise TimeoutError("it did not come true")
