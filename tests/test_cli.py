"""`lambdabridge event` and `lambdabridge invoke`: what they print and where, what they refuse, and how they end.

`serve` has a file of its own, test_serve.py.
"""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lambdabridge.cli import main
from lambdabridge.gateway.settings import APIS, KINDS
from lambdabridge.sources.registry import find, resolve
from tests.apps import PNG

APP = """
import os, sys
from lambdabridge import bridge

def app(environ, start_response):
    print("the application prints")
    start_response("200 OK", [("Content-Type", "text/plain"), ("X-A", "1"), ("X-A", "2")])
    return [environ["PATH_INFO"].encode("latin-1"), b"?", environ["QUERY_STRING"].encode()]

handler = bridge(app)

def plain(event, context):
    return {"seen": sorted(event)}

def broken(event, context):
    raise RuntimeError("on purpose")
"""
LIFESPAN = """
async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        print("shutdown was run")
        await send({"type": "lifespan.shutdown.complete"})
    else:
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b"asgi"})

from lambdabridge import bridge
handler = bridge(app)
"""
ROOT = Path(__file__).resolve().parents[1]
Run = Callable[..., "subprocess.CompletedProcess[bytes]"]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Return a function that runs `python -m lambdabridge` in a folder with app.py and with_lifespan.py."""
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / "with_lifespan.py").write_text(LIFESPAN)

    def run(*words: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", "lambdabridge", *words]
        return subprocess.run(command, cwd=tmp_path, input=stdin, capture_output=True, check=False, timeout=60)

    return run


def event_for(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    """Return what `lambdabridge event` prints."""
    assert main(["event", *words]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    event: dict[str, Any] = json.loads(printed.out)
    return event


def request_of(event: dict[str, Any]) -> Any:
    """Return the request in an event, as its source reads it."""
    return find(event).decode_request(event, "auto")


# --- event -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("api", APIS)
def test_event(api: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Of the right source, and with the request that was asked for."""
    event = event_for(capsys, "POST", "/a?x=1", "--source", api, "--json", '{"a": "\u4e16"}')
    assert find(event) is resolve(APIS[api])
    request = request_of(event)
    seen = (request.method, request.raw_path.removeprefix(request.root_path), request.query_string)
    assert (*seen, json.loads(request.body)) == ("POST", "/a", "x=1", {"a": "\u4e16"})


def test_event_of_a_process(run: Run) -> None:
    """JSON and nothing else on standard output, in UTF-8."""
    done = run("event", "get", "/a%2Fb?x=\u4e16&x=", "--source", "rest", "--stage", "dev", "-H", "X-N\u00e4me: 1")
    assert (done.returncode, done.stdout) == (2, b"")
    done = run("event", "get", "/a%2Fb?x=\u4e16&x=", "--source", "rest", "--stage", "dev", "-H", "X-Name: \u00e4")
    assert (done.returncode, done.stderr) == (0, b"")
    event = json.loads(done.stdout)
    assert (event["httpMethod"], event["path"], event["requestContext"]["stage"]) == ("GET", "/a%2Fb", "dev")
    assert event["multiValueQueryStringParameters"] == {"x": ["\u4e16", ""]}
    assert '"\u4e16"'.encode() in done.stdout


OPTIONS: dict[str, tuple[tuple[str, ...], str, bytes]] = {
    "-d": (("-d", "a=1", "-d", "b=2"), "application/x-www-form-urlencoded", b"a=1&b=2"),
    "-d @file": (("-d", "@body.bin"), "application/x-www-form-urlencoded", b"\xffa\n"),
    "--data-file and a header": (("--data-file", "body.bin", "-H", "content-type: image/x"), "image/x", b"\xffa\n"),
    "standard input": (("-d", "@-", "-H", "Content-Type: text/x"), "text/x", b"from stdin"),
    "--data-file -": (("--data-file", "-"), "application/x-www-form-urlencoded", b"from stdin"),
    "--json": (("--json", '{"a": 1}'), "application/json", b'{"a": 1}'),
    "--json @file": (("--json", "@body.bin"), "application/json", b"\xffa\n"),
}


@pytest.mark.parametrize(("words", "content_type", "body"), OPTIONS.values(), ids=OPTIONS)
def test_body_options(
    words: tuple[str, ...],
    content_type: str,
    body: bytes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("body.bin").write_bytes(b"\xffa\n")
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"from stdin")))
    request = request_of(event_for(capsys, "POST", "/", "--source", "function-url", *words))
    if content_type == "application/json" and body == b"\xffa\n":
        body = "\ufffda\n".encode()  # JSON crosses as text
    assert (dict(request.headers)["content-type"], request.body) == (content_type, body)


@pytest.mark.parametrize("with_file", [False, True])
def test_form(
    with_file: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.png").write_bytes(PNG)
    words = ["-F", "note=x=\u00e9", "-F", "note=y"] + (["-F", "file=@a.png"] if with_file else [])
    request = request_of(event_for(capsys, "POST", "/", *words))
    content_type = dict(request.headers)["content-type"]
    boundary = content_type.removeprefix('multipart/form-data; boundary="').removesuffix('"').encode()
    parts = [
        b'Content-Disposition: form-data; name="note"\r\n\r\nx=\xc3\xa9',
        b'Content-Disposition: form-data; name="note"\r\n\r\ny',
    ]
    if with_file:
        head = b'Content-Disposition: form-data; name="file"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
        parts.append(head + PNG)
    body = b"".join(b"--%s\r\n%s\r\n" % (boundary, part) for part in parts) + b"--%s--\r\n" % boundary
    assert request.body.removeprefix(b"\r\n") == body  # RFC 2046 lets a preamble stand before it, an empty one too


def test_settings(capsys: pytest.CaptureFixture[str]) -> None:
    event = event_for(capsys, "POST", "/", "--api", "rest", "-d", "x", "--binary-media-types", "image/x, application/*")
    assert (event["body"], event["isBase64Encoded"]) == ("eA==", True)
    event = event_for(capsys, "POST", "/", "--api", "rest", "-d", "x")
    assert (event["body"], event["isBase64Encoded"]) == ("x", False)
    event = event_for(capsys, "GET", "/?a=1&a=2", "--source", "alb", "--multi-value-headers")
    assert event["multiValueQueryStringParameters"] == {"a": ["1", "2"]}


# --- invoke ----------------------------------------------------------------------------------------------------------


def test_invoke(run: Run) -> None:
    """Standard output has the response alone, also where the application prints."""
    done = run("invoke", "app.py:handler", "GET", "/a b?x=1", "--source", "function-url")
    assert done.returncode == 0
    request_id = re.compile(rb"x-amzn-requestid: [0-9a-f-]{36}\n")
    assert request_id.sub(b"", done.stdout) == (
        b"HTTP/1.1 200 OK\ncontent-type: text/plain\nx-a: 1, 2\ncontent-length: 8\n\n/a b?x=1"
    )
    assert done.stderr.decode().splitlines() == ["the application prints"]


@pytest.mark.parametrize("api", APIS)
def test_invoke_through(api: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["invoke", "tests.apps:wsgi_app", "GET", "/text", "--source", api]) == 0
    printed = capfdbinary.readouterr()
    assert printed.out.startswith(b"HTTP/1.1 200 OK\n")
    assert printed.out.endswith("\n\ngr\xfc\xdfe, \u4e16\u754c".encode())
    assert printed.err == b""


@pytest.mark.parametrize("target", ["with_lifespan:app", "with_lifespan.py:handler"])
def test_invoke_runs_the_lifespan(target: str, run: Run) -> None:
    done = run("invoke", target, "GET", "/")
    assert (done.returncode, done.stdout.rpartition(b"\n\n")[2]) == (0, b"asgi")
    assert done.stderr.decode().splitlines() == ["shutdown was run"]


def test_output(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """As it is, wherever it goes; with "-" it stands alone on standard output."""
    words = ["invoke", "tests.apps:asgi_app", "GET", "/bytes"]
    assert main(words) == 0
    piped = capfdbinary.readouterr().out
    head = piped.removesuffix(PNG)
    assert (head[:15], head[-2:], len(head)) == (b"HTTP/1.1 200 OK", b"\n\n", len(piped) - len(PNG))
    assert main([*words, "--output", str(tmp_path / "a.png")]) == 0
    printed = capfdbinary.readouterr()
    assert (len(printed.out), printed.err, (tmp_path / "a.png").read_bytes()) == (len(head), b"", PNG)
    assert main([*words, "-o", "-"]) == 0
    printed = capfdbinary.readouterr()
    assert (printed.out, len(printed.err)) == (PNG, len(head))


@pytest.mark.skipif(os.name == "nt", reason="a pseudo-terminal")
@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/bytes", f"[{len(PNG):,} bytes of image/png, not shown on a terminal: --output FILE keeps them]\r\n"),
        ("/teapot", "short and stout\r\n"),
    ],
)
def test_a_terminal(path: str, shown: str) -> None:
    import pty

    try:
        ours, theirs = pty.openpty()
    except OSError as error:
        pytest.skip(f"there are no terminals here: {error}")
    command = [sys.executable, "-m", "lambdabridge", "invoke", "tests.apps:wsgi_app", "GET", path]
    with os.fdopen(ours, "rb", buffering=0) as terminal:
        try:
            subprocess.run(command, stdin=subprocess.DEVNULL, stdout=theirs, check=True, timeout=60)
            seen = terminal.read(65536)  # what a terminal holds is less, and it is all there
        finally:
            os.close(theirs)
    assert seen is not None
    assert seen.decode().endswith(f"\r\n\r\n{shown}")


def test_show(run: Run) -> None:
    """What crossed the wire is on standard error, so that the response can be piped."""
    words = ("invoke", "app:handler", "GET", "/", "--source", "alb", "-o", "-")
    done = run(*words, "--show-event", "--show-result")
    assert (done.returncode, done.stdout) == (0, b"/?")
    text = done.stderr.decode()
    event, _ = json.JSONDecoder().raw_decode(text[text.index("event: ") + 7 :])
    result, _ = json.JSONDecoder().raw_decode(text[text.index("result: ") + 8 :])
    assert (event["httpMethod"], result["body"]) == ("GET", "/?")
    assert b"event: " not in run(*words).stderr


@pytest.mark.parametrize(
    ("path", "words", "status"), [("/teapot", ["--fail"], 22), ("/text", ["--fail"], 0), ("/teapot", [], 0)]
)
def test_exit_status(path: str, words: list[str], status: int, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["invoke", "tests.apps:wsgi_app", "GET", path, *words]) == status
    assert capfdbinary.readouterr().out.startswith(b"HTTP/1.1 ")


def test_reason(run: Run) -> None:
    done = run("invoke", "app:plain", "GET", "/", "--source", "rest")
    assert (done.returncode, done.stdout[:24]) == (0, b"HTTP/1.1 502 Bad Gateway")
    assert done.stderr == (
        b"lambdabridge: API Gateway would answer 502 here: a REST API rejects the unknown member 'seen'\n"
    )
    done = run("invoke", "app:broken", "GET", "/")
    assert (done.returncode, done.stdout[:34]) == (0, b"HTTP/1.1 500 Internal Server Error")
    assert b'in broken\n    raise RuntimeError("on purpose")\n' in done.stderr
    assert done.stderr.endswith(b"lambdabridge: the function failed: RuntimeError: on purpose\n")


# --- saved events ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("api", APIS)
def test_saved_event(api: str, run: Run) -> None:
    """What `event` printed is answered like the request that it stands for."""
    saved = run("event", "GET", "/a?x=1", "--source", api)
    done = run("invoke", "app:handler", "--event", "-", stdin=saved.stdout)
    direct = run("invoke", "app:handler", "GET", "/a?x=1", "--source", api)
    changing = re.compile(rb"(?m)^\S*requestid: .*\n")
    assert changing.sub(b"", done.stdout) == changing.sub(b"", direct.stdout)
    assert done.stdout.endswith(b"\n\n/a?x=1")
    assert (done.returncode, done.stderr) == (0, b"the application prints\n")


def test_saved_event_of_multi_value_headers(run: Run) -> None:
    saved = run("event", "GET", "/", "--source", "alb", "--multi-value-headers")
    done = run("invoke", "app:handler", "--event", "-", stdin=saved.stdout)
    assert b"\nx-a: 1\nx-a: 2\n" in done.stdout


def test_saved_event_of_no_bridge(run: Run, tmp_path: Path) -> None:
    (tmp_path / "event.json").write_text('{"Records": []}')
    done = run("invoke", "app:plain", "--event", "event.json")
    assert (done.returncode, json.loads(done.stdout), done.stderr) == (0, {"seen": ["Records"]}, b"")
    done = run("invoke", "app:plain", "--event", "-", stdin=run("event", "GET", "/").stdout)
    assert "rawPath" in json.loads(done.stdout)["seen"]


OTHER_APIS: dict[str, tuple[str, str, str]] = {
    "alb": ("rest", "alb", "is that of rest (REST API)"),
    "http": ("http-1.0", "http", "is that of http-1.0 (HTTP API, payload 1.0)"),
    "the other structure": (
        "vpc-lattice-1",
        "vpc-lattice-2",
        "is that of vpc-lattice-1 (VPC Lattice, event structure 1)",
    ),
    "no HTTP": ("", "rest", "is no HTTP event of a known front door"),
}


@pytest.mark.parametrize(("api", "asked", "what"), OTHER_APIS.values(), ids=OTHER_APIS)
def test_saved_event_of_another_api(
    api: str, asked: str, what: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "event.json"
    path.write_text(json.dumps(event_for(capfd, "GET", "/text", "--source", api) if api else {"Records": []}))
    assert main(["invoke", "tests.apps:wsgi_app", "--event", str(path), "--source", asked]) == 2
    printed = capfd.readouterr()
    assert (printed.out, printed.err) == ("", f"lambdabridge: --source {asked}: the event in {str(path)!r} {what}.\n")
    if api:
        assert main(["invoke", "tests.apps:wsgi_app", "--event", str(path), "--source", api]) == 0


def test_saved_event_and_binary_types(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """A REST API's, which its event does not tell; the API needs no --source beside them."""
    path = tmp_path / "event.json"
    assert main(["event", "GET", "/bytes", "--source", "rest", "-H", "Accept: image/png"]) == 0
    path.write_bytes(capfdbinary.readouterr().out)
    for words, begins in (([], b"iVBO"), (["--binary-media-types", "image/png"], PNG[:4])):
        assert main(["invoke", "tests.apps:wsgi_app", "--event", str(path), *words]) == 0
        assert capfdbinary.readouterr().out.partition(b"\n\n")[2].startswith(begins)


def test_deep_events(run: Run, tmp_path: Path) -> None:
    (tmp_path / "event.json").write_text("[" * 100_000 + "]" * 100_000)
    done = run("invoke", "app:plain", "--event", "event.json")
    assert (done.returncode, done.stderr) == (
        2,
        b"lambdabridge: 'event.json' holds JSON that is nested too deep for Python.\n",
    )


NOT_HTTP: dict[str, Any] = {
    "schedule": {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}},
    "queue": {"Records": [{"eventSource": "aws:sqs", "body": "x"}]},
    "list": [],
    "number": 7,
}


@pytest.mark.parametrize("event", NOT_HTTP.values(), ids=NOT_HTTP)
def test_saved_event_that_is_not_http(event: Any, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "event.json"
    path.write_text(json.dumps(event))
    assert main(["invoke", "tests.apps:wsgi_app", "--event", str(path)]) == 1
    printed = capfd.readouterr()
    assert printed.out == ""
    (line,) = printed.err.splitlines()
    assert line.startswith(
        "lambdabridge: The function failed: UnknownEventError: This is no HTTP event of a known front door. "
    )


def test_malformed_event(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "event.json"
    path.write_text('{"version": "2.0", "rawPath": "/"}')
    assert main(["invoke", "tests.apps:wsgi_app", "--event", str(path)]) == 1
    (line,) = capfd.readouterr().err.splitlines()
    assert line.startswith(
        "lambdabridge: The function failed: MalformedEventError: The http_api_v2 event is malformed: "
    )


# --- what is refused -------------------------------------------------------------------------------------------------

BODY = "each of them is the whole body."
WHOLE = "-H, -d, --data-file, --json, -F, --stage and --multi-value-headers can't go with it."
WRONG: dict[str, tuple[tuple[str, ...], str]] = {
    "path": (("event", "GET", "x"), "'x' is no path: expected \"/...\", or an absolute URL of http or https."),
    "empty path": (("event", "GET", ""), "'' is no path: expected "),
    "header": (("event", "GET", "/", "-H", "X-A"), "-H 'X-A': expected 'Name: value'."),
    "header of two lines": (
        ("event", "GET", "/", "-H", "A: 1\r\nB: 2"),
        "-H 'A: 1\\r\\nB: 2': expected 'Name: value'.",
    ),
    "two bodies": (("event", "POST", "/", "-d", "x", "--json", "1"), f"-d and --json can't go together: {BODY}"),
    "form field": (("event", "POST", "/", "-F", "x"), "-F 'x': expected name=value or name=@FILE."),
    "no file": (("event", "POST", "/", "-d", "@nowhere"), "'nowhere' can't be read: No such file or directory."),
    "stage": (("event", "GET", "/", "--stage", "a/b"), "--stage a/b: a stage of HTTP API, payload 2.0 has a name"),
    "binary types": (("event", "GET", "/", "--binary-media-types", "*/*"), "--binary-media-types: HTTP API"),
    "module": (("invoke", "nowhere:app", "GET", "/"), "There is no module 'nowhere' on the import path"),
    "no target": (("invoke", "nowhere", "GET", "/"), "'nowhere' is no import string: expected \"module:attribute\""),
    "no method": (("invoke", "tests.apps:wsgi_app"), "Expected METHOD and PATH after TARGET, or --event FILE"),
    "no path": (("invoke", "tests.apps:wsgi_app", "GET"), "Expected METHOD and PATH after TARGET, or --event FILE"),
    "event and method": (
        ("invoke", "tests.apps:wsgi_app", "GET", "/", "--event", "-"),
        "Expected METHOD and PATH after TARGET, or --event FILE without them.",
    ),
    "event and body": (
        ("invoke", "tests.apps:wsgi_app", "--event", "-", "-d", "x"),
        f"--event FILE is a whole request: {WHOLE}",
    ),
    "event and stage": (
        ("invoke", "tests.apps:wsgi_app", "--event", "-", "--source", "rest", "--stage", "dev"),
        f"--event FILE is a whole request: {WHOLE}",
    ),
    "event and multi-value headers": (
        ("invoke", "tests.apps:wsgi_app", "--event", "-", "--multi-value-headers"),
        f"--event FILE is a whole request: {WHOLE}",
    ),
    "no file of an event": (
        ("invoke", "tests.apps:wsgi_app", "--event", "nowhere"),
        "'nowhere' can't be read: No such file or directory.",
    ),
    "event of no JSON": (("invoke", "tests.apps:wsgi_app", "--event", __file__), f"{__file__!r} holds no JSON: "),
    "output": (
        ("invoke", "tests.apps:wsgi_app", "GET", "/text", "-o", "/nowhere/x"),
        "'/nowhere/x' can't be written: No such file or directory.",
    ),
}


@pytest.mark.parametrize(("words", "message"), WRONG.values(), ids=WRONG)
def test_one_sentence(words: tuple[str, ...], message: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(list(words)) == 2
    error = capfd.readouterr().err.splitlines()
    assert error[0].startswith(f"lambdabridge: {message}")
    assert not error[0].endswith("..")
    assert error[1:] in ([], ["(--traceback shows where)"])


USAGE = {
    "method": (("event", "FLY", "/"), "argument METHOD: 'FLY' is no method; expected one of GET, HEAD, POST, "),
    "source": (("event", "GET", "/", "--source", "soap"), "invalid choice: 'soap'"),
    "source of invoke": (("invoke", "a:b", "GET", "/", "--source", "soap"), "invalid choice: 'soap'"),
}


@pytest.mark.parametrize(("words", "message"), USAGE.values(), ids=USAGE)
def test_usage(words: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(list(words))
    assert exit_.value.code == 2
    assert message in capsys.readouterr().err.splitlines()[-1]


def test_traceback(run: Run, tmp_path: Path) -> None:
    (tmp_path / "fails.py").write_text("def deep():\n    raise RuntimeError('no settings')\ndeep()\n")
    done = run("invoke", "fails:app", "GET", "/")
    assert (done.returncode, done.stderr.decode().splitlines()) == (
        2,
        [
            "lambdabridge: The module 'fails' failed while it was imported: RuntimeError: no settings",
            "(--traceback shows where)",
        ],
    )
    done = run("invoke", "fails:app", "GET", "/", "--traceback")
    assert b"in deep\n" in done.stderr
    (tmp_path / "exits.py").write_text("raise SystemExit('enough')\n")
    done = run("invoke", "exits:app", "GET", "/")
    assert done.stderr.startswith(
        b"lambdabridge: 'exits:app' ended the process while it was imported: SystemExit: enough"
    )


@pytest.mark.parametrize("words", [["event", "GET", "/"], ["invoke", "tests.apps:wsgi_app", "GET", "/"]])
def test_without_werkzeug(words: list[str]) -> None:
    script = f"import sys; sys.modules['werkzeug'] = None; from lambdabridge.cli import main; sys.exit(main({words}))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (
        2,
        "",
        f"lambdabridge: `lambdabridge {words[0]}` needs werkzeug, which is in the extra: "
        "pip install 'lambdabridge[local]'\n",
    )


@pytest.mark.skipif(os.name == "nt", reason="a shell's pipe")
def test_a_reader_that_leaves() -> None:
    """Such as `| head -1`: no traceback."""
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "lambdabridge", "event", "GET", "/"]
    try:
        done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, check=False, timeout=60)
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")


GET = "invoke tests.apps:wsgi_app GET /text"
DESCRIPTORS = {
    "full": (f"{GET} > /dev/full", "Standard output can't be written: No space left on device."),
    "full, event": ("event GET / > /dev/full", "Standard output can't be written: No space left on device."),
    "closed": (f"{GET} >&-", "Standard output is closed."),
    "closed, event": ("event GET / >&-", "Standard output is closed."),
    "closed, with a file": (f"{GET} -o /dev/null >&-", "Standard output is closed."),
    "standard input closed": ("event POST / --json @- <&-", "Standard input is closed; '-' reads it."),
}


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a POSIX shell, and Linux's device")
@pytest.mark.parametrize(("command", "message"), DESCRIPTORS.values(), ids=DESCRIPTORS)
def test_descriptors(command: str, message: str) -> None:
    shell = f"{shlex.quote(sys.executable)} -m lambdabridge {command}"
    done = subprocess.run(shell, shell=True, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"lambdabridge: {message}\n")


@pytest.mark.skipif(os.name == "nt", reason="a POSIX shell")
def test_standard_error_closed() -> None:
    """What would be written there does not get into the response."""
    shell = f"{shlex.quote(sys.executable)} -m lambdabridge {GET} -o - --show-event 2>&-"
    done = subprocess.run(shell, shell=True, stdout=subprocess.PIPE, check=True, timeout=60)
    assert done.stdout == "gr\xfc\xdfe, \u4e16\u754c".encode()


INTERFACES = {
    "auto": ("app.py:app", "auto", b"HTTP/1.1 200 OK", b"the application prints\n"),
    "its own": ("app.py:app", "wsgi", b"HTTP/1.1 200 OK", b"the application prints\n"),
    "another": ("app.py:app", "asgi", b"HTTP/1.1 500 Internal Server Error", b"TypeError: app() takes 2 positional"),
    "handler": ("app.py:app", "handler", b"HTTP/1.1 500 Internal Server Error", b"the function failed: "),
}


@pytest.mark.parametrize(("target", "interface", "status", "error"), INTERFACES.values(), ids=INTERFACES)
def test_interface_of_an_application_with_a_handler_beside(
    target: str, interface: str, status: bytes, error: bytes, run: Run
) -> None:
    done = run("invoke", target, "GET", "/", "--interface", interface)
    assert (done.stdout.splitlines()[0], error in done.stderr) == (status, True)


@pytest.mark.parametrize("command", ["serve", "event", "invoke"])
def test_every_command_offers_every_source(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([command, "--help"])
    text = " ".join(capsys.readouterr().out.split())
    assert re.search(r"--api(?: API)?, --source API", text)  # the first of the two from Python 3.13 on
    assert [name for name in APIS if f"{name} ({KINDS[name]})" not in text.replace("- ", "-")] == []


@pytest.mark.skipif(os.name == "nt", reason="a POSIX shell")
def test_the_commands_in_the_readme(tmp_path: Path) -> None:
    """In the folder of the example that they name."""
    section = (ROOT / "README.md").read_text().partition("\n## Test it\n")[2].partition("\n## ")[0]
    commands = re.findall(r"(?m)^\$ lambdabridge (.*)$", section)
    shutil.copytree(ROOT / "examples" / "flask", tmp_path, dirs_exist_ok=True)
    (tmp_path / "photo.png").write_bytes(PNG)
    outputs = []
    for command in commands:
        shell = f"{shlex.quote(sys.executable)} -m lambdabridge {command}"
        done = subprocess.run(shell, shell=True, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60)
        assert done.stderr == ""
        outputs.append(done.stdout.partition("\n")[0])
    assert outputs == ["HTTP/1.1 200 OK", "HTTP/1.1 200 OK", "", "HTTP/1.1 200 OK"]
