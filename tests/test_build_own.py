"""What of this package `lambdabridge build` deploys: all that a function can load, and no tool of the command line."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from lambdabridge.build import own
from lambdabridge.build.imports import module_name, named_in
from tests.test_imports import ASGI, WSGI
from tests.test_registry import HTTP

PACKAGE = own.PACKAGE
DEPLOYED = [path.as_posix() for path in own.files()]
GATEWAYS_SIDE = {
    # encode_request(), which the local gateway alone calls
    "sources/payload_v1.py": {"lambdabridge.gateway.headers", "lambdabridge.gateway.headers.spelled"},
}
SCRIPT = """
import json, sys
sys.path.insert(0, sys.argv[1])
{app}
from lambdabridge import bridge
import lambdabridge.adapter
handler = bridge(app)
status = []
for event in json.load(sys.stdin):
    result = handler(event, None)
    status.append(int(result.get("statusCode") or result.get("status")))
print(json.dumps([status, lambdabridge.__file__]))
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that has what is deployed, and nothing else."""
    folder = tmp_path_factory.mktemp("built")
    wheel = own.write_wheel(folder)
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    wheel.unlink()
    return folder


def imports_of(path: str) -> set[str]:
    """Return the modules of this package that one of its files imports, but for those that only type checkers see."""
    source = (PACKAGE / path).read_bytes()
    marker = b"if TYPE_CHECKING:\n"
    if marker in source:  # the blocks below it are indented
        lines, hidden = [], False
        for line in source.splitlines(keepends=True):
            hidden = line == marker or (hidden and (line.startswith(b" ") or not line.strip()))
            lines.append(b"\n" if hidden and line != marker else (b"if 1: pass\n" if hidden else line))
        source = b"".join(lines)
    return {name for name in named_in(source, f"lambdabridge/{path}") if name.startswith("lambdabridge.")}


def modules() -> dict[str, str]:
    """Return {module: file} of what is deployed."""
    return {module_name(f"lambdabridge/{path}"): path for path in DEPLOYED if path.endswith(".py")}


def test_no_deployed_file_imports_a_tool() -> None:
    tools = tuple(f"lambdabridge.{name.removesuffix('.py')}." for name in own.TOOLS)
    found = {path: {name for name in imports_of(path) if f"{name}.".startswith(tools)} for path in modules().values()}
    assert {path: names for path, names in found.items() if names} == GATEWAYS_SIDE


def test_each_deployed_file_is_reached_from_the_package_itself() -> None:
    """A new file is a tool, in own.TOOLS, or something that a function loads."""
    known = modules()
    # loaded by name (registry.SOURCES), or by type checkers alone
    reached = {
        "lambdabridge",
        "lambdabridge.types",
        *(name for name in known if name.startswith("lambdabridge.sources.")),
    }
    todo = set(reached)
    while todo:
        name = todo.pop()
        package = name if known[name].endswith("__init__.py") else name.rpartition(".")[0]
        new = ({one for one in imports_of(known[name]) if one in known} | {package}) - reached
        reached |= new
        todo |= new
    assert set(known) - reached == set()
    assert [path for path in DEPLOYED if not path.endswith(".py")] == ["py.typed"]


def test_tools_are_there() -> None:
    assert [name for name in own.TOOLS if not (PACKAGE / name).exists()] == []


@pytest.mark.parametrize(("app", "kind"), [(WSGI, "wsgi"), (ASGI, "asgi")], ids=["WSGI", "ASGI"])
def test_each_front_door_is_served_by_what_is_deployed(built: Path, app: str, kind: str) -> None:
    events = [event for event, _ in HTTP.values()]
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", SCRIPT.format(app=app), str(built)],
        input=json.dumps(events),
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    assert json.loads(done.stdout) == [[200] * len(events), str(built / "lambdabridge" / "__init__.py")]


def test_named_application(built: Path, tmp_path: Path) -> None:
    """Handler: lambdabridge.handler, with LAMBDABRIDGE_APP."""
    (tmp_path / "project.py").write_text(WSGI)
    script = f"import sys; sys.path[:0] = {[str(built), str(tmp_path)]}\nimport lambdabridge\n"
    script += f"print(lambdabridge.handler({HTTP['HTTP 2.0'][0]!r}, None))"
    done = subprocess.run(
        [sys.executable, "-s", "-S", "-c", script],
        capture_output=True,
        text=True,
        env={"LAMBDABRIDGE_APP": "project:app", "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9"},
    )
    assert done.stderr == ""
    assert "'statusCode': 200" in done.stdout
