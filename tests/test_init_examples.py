"""What lies beside the examples is what `lambdabridge init` writes there, and `lambdabridge serve --template` runs it.

Each file says in its head by which command it came; the command is run in a copy of the example without any of them.
"""

from __future__ import annotations

import http.client
import json
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from lambdabridge.cli import main
from tests.test_examples import EXAMPLES, FOLDER
from tests.test_serve import Serving

HEADS = ("template.yaml", "template-rest.yaml", "infra/app.py", "infra/rest.py")
WRITTEN = (*HEADS, "samconfig.toml", "samconfig-rest.toml", "infra/cdk.json", "Makefile", ".gitignore")
STAGES = {"template.yaml": "", "template-rest.yaml": "/prod"}


def command(text: str) -> list[str]:
    """Return the words of the command that a file's head says it came from."""
    lines = iter(text.splitlines())
    line = next(line for line in lines if "Written by lambdabridge " in line)
    while line.endswith("\\"):
        line = line[:-1] + next(lines).strip("# ")
    return shlex.split(line.partition("lambdabridge ")[2])


@pytest.mark.parametrize("example", EXAMPLES)
def test_init_writes_what_lies_there(example: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / example
    shutil.copytree(FOLDER / example, copy, ignore=shutil.ignore_patterns(".aws-sam", "cdk.out", "__pycache__"))
    for name in WRITTEN:
        (copy / name).unlink()
    (copy / "infra").rmdir()
    monkeypatch.chdir(copy)
    for name in HEADS:
        assert main(command((FOLDER / example / name).read_text())) == 0
    there = {name: (FOLDER / example / name).read_text() for name in WRITTEN}
    assert {name: (copy / name).read_text() for name in WRITTEN} == there
    assert not (copy / "lambda_function.py").exists()  # app.py has its handler


@pytest.fixture(scope="module")
def served() -> Iterator[dict[tuple[str, str], Serving]]:
    """Return every template being served, all started at once."""
    running: dict[tuple[str, str], Serving] = {}
    try:
        for example in EXAMPLES:
            for template in STAGES:
                running[example, template] = Serving(FOLDER / example, "--template", template)
        yield running
    finally:
        for serving in running.values():
            serving.process.terminate()
        for serving in running.values():
            serving.process.wait()
            serving._reader.join()


@pytest.mark.parametrize("template", STAGES)
@pytest.mark.parametrize("example", EXAMPLES)
def test_a_template_is_served_as_it_is(example: str, template: str, served: dict[tuple[str, str], Serving]) -> None:
    serving = served[example, template]
    stage = STAGES[template]
    connection = http.client.HTTPConnection("127.0.0.1", serving.port, timeout=20)
    answers = []
    for method, path, body in (
        ("GET", "/", None),
        ("GET", "/api/echo?x=1", None),
        ("POST", "/api/sum", json.dumps({"numbers": [1, 2]})),
        ("GET", "/nope", None),
        ("OPTIONS", "/api/sum", None),
    ):
        headers = {"Content-Type": "application/json", "Origin": "https://example.com"}
        preflight = {"Access-Control-Request-Method": "POST"} if method == "OPTIONS" else {}
        connection.request(method, stage + path, body, headers | preflight)
        response = connection.getresponse()
        answers.append((response.status, response.read(), response.headers))
    connection.close()
    ok, echo, total, nothing, preflight_answer = answers
    assert [status for status, _, _ in answers[:4]] == [200, 200, 200, 404]
    assert b"<form" in ok[1]
    assert json.loads(echo[1])["path"] == f"{stage}/api/echo"
    assert json.loads(total[1]) == {"sum": 3}
    assert preflight_answer[0] == (200 if stage else 204)
    assert preflight_answer[2]["Access-Control-Allow-Origin"] == "https://example.com"
    assert nothing[2]["x-amzn-requestid" if stage else "apigw-requestid"]
