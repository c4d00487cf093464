"""`lambdabridge serve` as a user runs it: a process, sockets, the terminal, Ctrl-C, reload, and what goes wrong."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lambdabridge import __version__
from lambdabridge.cli import main

APP = """
import sys
def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"version 1 of ", environ["PATH_INFO"].encode()]
"""
LIFESPAN = """
async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        print("shutdown was run", flush=True)
        await send({"type": "lifespan.shutdown.complete"})
    else:
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": scope["root_path"].encode()})
"""


class Serving:
    """A running `lambdabridge serve`; its output is read as it comes."""

    def __init__(self, folder: Path, *words: str) -> None:
        command = [sys.executable, "-m", "lambdabridge", "serve", *words, "--port", "0"]
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        self.process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as output:
            for line in output:
                self.lines.append(line.rstrip("\n"))

    def wait_for(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 20
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"waited in vain; the output was {self.lines}")
            time.sleep(0.02)

    @property
    def port(self) -> int:
        self.wait_for(lambda: any(line.startswith("http://") for line in self.lines))
        found = re.match(r"http://127\.0\.0\.1:(\d+)", next(line for line in self.lines if line.startswith("http://")))
        assert found is not None
        return int(found[1])

    def get(self, path: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        status = self.process.wait(20)
        self._reader.join(5)
        return status


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Serving]]:
    started: list[Serving] = []

    def start(*words: str) -> Serving:
        (tmp_path / "app.py").write_text(APP)
        (tmp_path / "with_lifespan.py").write_text(LIFESPAN)
        started.append(Serving(tmp_path, *words))
        return started[-1]

    yield start
    for serving in started:
        serving.process.kill()
        serving.process.wait()
        serving._reader.join(5)


def test_serve(serve: Callable[..., Serving]) -> None:
    serving = serve("app:app")
    assert serving.get("/a%20b") == (200, b"version 1 of /a b")
    serving.wait_for(lambda: len(serving.lines) > 2)
    assert serving.stop() == 0
    url, inspector, line, last = serving.lines
    assert inspector == f"inspector: http://127.0.0.1:{serving.port}/_lambdabridge/"
    assert url == (
        f"http://127.0.0.1:{serving.port}/  ->  app:app  (HTTP API, payload 2.0, stage $default; Ctrl-C stops)"
    )
    assert re.fullmatch(r"GET /a%20b 200 \d+\.\d ms", line)
    assert last == "Stopped."


def test_serve_rest_from_a_file(serve: Callable[..., Serving]) -> None:
    serving = serve("with_lifespan.py:app", "--api", "rest", "--stage", "dev")
    assert serving.get("/dev/") == (200, b"/dev")
    assert serving.get("/") == (403, b'{"message":"Forbidden"}')
    assert serving.stop() == 0
    assert serving.lines[0].endswith("/dev/  ->  with_lifespan.py:app  (REST API, stage dev; Ctrl-C stops)")
    assert f"  the stage is part of the path: http://127.0.0.1:{serving.port}/dev/" in serving.lines
    assert serving.lines[-2:] == ["shutdown was run", "Stopped."]


def test_reload(serve: Callable[..., Serving], tmp_path: Path) -> None:
    serving = serve("app:app", "--reload")
    assert serving.get("/x") == (200, b"version 1 of /x")

    def change(text: str, seen: Callable[[], bool]) -> Callable[[], bool]:
        """Write the file until the change is seen: the reloader first notes how files are, then looks again."""

        def changed() -> bool:
            (tmp_path / "app.py").write_text(text)
            deadline = time.monotonic() + 5
            while not seen() and time.monotonic() < deadline:
                time.sleep(0.02)
            return seen()

        return changed

    serving.wait_for(change("def app(:\n", lambda: "Waiting for a change ..." in serving.lines))
    assert any("The module 'app' failed while it was imported: SyntaxError" in line for line in serving.lines)
    status, body = serving.get("/x")  # answered, not left to wait
    assert (status, body[:60]) == (502, b"The module 'app' failed while it was imported: SyntaxError: ")
    started = serving.lines.count(serving.lines[0])
    again = lambda: serving.lines.count(serving.lines[0]) > started  # noqa: E731
    serving.wait_for(change(APP.replace("version 1", "version 22"), again))
    assert serving.get("/x") == (200, b"version 22 of /x")
    assert serving.stop() == 0
    assert serving.lines[-1] == "Stopped."
    assert not any("Traceback" in line for line in serving.lines)


WRONG = {
    "module": (("nowhere:app",), "lambdabridge: There is no module 'nowhere' on the import path (for 'nowhere:app')."),
    "file": (("nowhere.py:app",), "lambdabridge: There is no file 'nowhere.py' (for 'nowhere.py:app')."),
    "no target": (("nowhere",), "lambdabridge: 'nowhere' is no import string: expected \"module:attribute\""),
    "no application": (
        ("os:sep",),
        "lambdabridge: Expected an application or a handler; the target is the text '/'.",
    ),
    "address": (("app:app", "--host", "203.0.113.1"), "lambdabridge: Can't listen on 203.0.113.1 port 0: "),
    "stage": (
        ("app:app", "--stage", "a/b"),
        "lambdabridge: --stage a/b: a stage of HTTP API, payload 2.0 has a name of",
    ),
    "stage of a REST API": (
        ("app:app", "--api", "rest", "--stage", "$default"),
        "lambdabridge: --stage $default: a stage of",
    ),
    "stage of an ALB": (
        ("app:app", "--api", "alb", "--stage", "x"),
        "lambdabridge: --stage x: Application Load Balancer has",
    ),
    "binary types": (("app:app", "--binary-media-types", "*/*"), "lambdabridge: --binary-media-types: HTTP API"),
    "AWS's spelling": (("app.handler",), "lambdabridge: 'app.handler' is no import string"),
    "reload what no change mends": (("app", "--reload"), "lambdabridge: 'app' is no import string"),
    "port": (("app:app", "--port", "70000"), "lambdabridge: Can't listen on 127.0.0.1 port 70000: "),
}


@pytest.mark.parametrize(("words", "message"), WRONG.values(), ids=WRONG)
def test_what_can_not_be_started(serve: Callable[..., Serving], words: tuple[str, ...], message: str) -> None:
    if words[-1] == "70000":
        assert main(["serve", *words]) == 2
        return
    serving = serve(*words)
    assert serving.process.wait(20) == 2
    serving._reader.join(5)
    assert serving.lines[0].startswith(message)
    assert not any("Traceback" in line for line in serving.lines)


def test_port_in_use(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["serve", "tests.apps:wsgi_app", "--port", str(port)]) == 2
    assert capsys.readouterr().err == (
        f"lambdabridge: Can't listen on 127.0.0.1 port {port}: Address already in use. --port 0 takes a free one.\n"
    )


def test_traceback_on_request(serve: Callable[..., Serving], tmp_path: Path) -> None:
    (tmp_path / "fails.py").write_text("def deep():\n    raise RuntimeError('no settings')\ndeep()\n")
    serving = serve("fails:app")
    assert serving.process.wait(20) == 2
    serving._reader.join(5)
    assert serving.lines == [
        "lambdabridge: The module 'fails' failed while it was imported: RuntimeError: no settings",
        "(--traceback shows where)",
    ]
    serving = serve("fails:app", "--traceback")
    assert serving.process.wait(20) == 2
    serving._reader.join(5)
    assert any("in deep" in line for line in serving.lines)
    assert serving.lines[-1].startswith("lambdabridge: The module 'fails' failed")


@pytest.mark.parametrize("words", [["serve", "app:app", "--api", "soap"], ["fly"], [], ["serve", "a:b", "--prot", "x"]])
def test_unknown_words_are_usage_errors(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(words)
    assert exit_.value.code == 2
    assert "lambdabridge" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["serve"], "Expected TARGET or --template FILE, and not both."),
        (["serve", "a:b", "--template", "t.yaml"], "Expected TARGET or --template FILE, and not both."),
        (["serve", "a:b", "--queue", "1"], "--queue is for processes: it goes with --runtime."),
        (["serve", "a:b", "--no-freeze"], "--no-freeze is for processes: it goes with --runtime."),
        (["serve", "a:b", "--parameter", "A=1"], "--parameter is for a template: it goes with --template FILE."),
        (["serve", "a:b", "--timeout", "901"], "--timeout 901: expected at most 900 seconds, or 0 for no timeout."),
        (["serve", "--template", "none.yaml"], "The template none.yaml can't be read: No such file or directory."),
        (
            ["serve", "--template", "t", "--stage", "x"],
            "--stage, --base-path, --binary-media-types and --multi-value-headers: see the template.",
        ),
    ],
)
def test_what_does_not_go_together(words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    assert capsys.readouterr().err.splitlines()[0] == f"lambdabridge: {sentence}"


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(["--version"])
    assert exit_.value.code == 0
    assert capsys.readouterr().out == f"lambdabridge {__version__}\n"


SLOW = """
import time
import urllib.error
import urllib.request
def app(environ, start_response):
    time.sleep(float(environ["QUERY_STRING"]))
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"done"]
"""


def test_a_body_over_the_limit_is_answered(serve: Callable[..., Serving]) -> None:
    serving = serve("app:app")
    assert serving.get("/")[0] == 200
    request = urllib.request.Request(f"http://127.0.0.1:{serving.port}/", data=bytes(20_000_000), method="POST")
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=20)
    with caught.value as answer:
        assert (answer.code, answer.read()) == (413, b'{"message":"Request Entity Too Large"}')


def test_what_is_no_http_is_said(serve: Callable[..., Serving]) -> None:
    serving = serve("app:app")
    assert serving.get("/")[0] == 200
    with socket.create_connection(("127.0.0.1", serving.port), timeout=20) as connection:
        connection.sendall(b"\x16\x03\x01\r\n\r\n")
        connection.recv(100)
    serving.wait_for(lambda: any(line.startswith("400: no HTTP request") for line in serving.lines))


def test_ctrl_c_lets_a_request_finish(serve: Callable[..., Serving], tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text(SLOW)
    serving = serve("slow:app")
    answers: list[tuple[int, bytes]] = []
    assert serving.get("/?0") == (200, b"done")
    client = threading.Thread(target=lambda: answers.append(serving.get("/?1")))
    client.start()
    time.sleep(0.3)
    assert serving.stop() == 0
    client.join()
    assert answers == [(200, b"done")]
    assert serving.lines[-1] == "Stopped."


@pytest.mark.skipif(
    signal.getsignal(signal.SIGINT) is signal.SIG_IGN,
    reason="a shell's background job, and its children, ignore SIGINT",
)
@pytest.mark.parametrize("options", [[], ["--reload"]], ids=["", "reload"])
def test_ctrl_c_ends_an_import_that_hangs(tmp_path: Path, options: list[str]) -> None:
    (tmp_path / "hangs.py").write_text("import time\nprint('importing', flush=True)\ntime.sleep(600)\n")
    command = [sys.executable, "-m", "lambdabridge", "serve", "hangs:app", "--port", "0", *options]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "importing\n"
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert output == "Stopped.\n"


def test_ctrl_c_waits_for_no_request_for_long(serve: Callable[..., Serving], tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text(SLOW)
    serving = serve("slow:app")
    answers: list[object] = []

    def ask() -> None:
        try:
            answers.append(serving.get("/?600")[0])
        except OSError as error:
            answers.append(type(error))

    assert serving.get("/?0") == (200, b"done")
    client = threading.Thread(target=ask)
    client.start()
    time.sleep(0.3)
    assert serving.stop() == 0
    client.join()
    assert answers == [503]
    assert not any("Traceback" in line for line in serving.lines)
    assert serving.lines[-1] == "Stopped."
