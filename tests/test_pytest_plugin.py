"""The fixture `lambda_client`, as pytest finds it in a project of somebody's: by the entry point, in runs of their own."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

APP = """
log = []

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        log.append("up")
        await send({"type": "lifespan.startup.complete"})
        await receive()
        log.append("down")
        await send({"type": "lifespan.shutdown.complete"})
    else:
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": scope["root_path"].encode()})
"""


def test_fixture(pytester: pytest.Pytester) -> None:
    """Found without an import, and every client is closed at the end of its test."""
    pytester.makepyfile(app_of_a_project=APP)
    pytester.makepyfile(
        """
        from app_of_a_project import app, log

        def test_stage(lambda_client):
            assert log == []
            assert lambda_client(app, source="rest").get("/").text == "/prod"
            assert lambda_client(app, "http", stage="dev").get("/").text == "/dev"
            assert log == ["up", "up"]

        def test_closed():
            assert log == ["up", "up", "down", "down"]

        def test_error(lambda_client):
            log.clear()
            lambda_client(app)
            raise RuntimeError

        def test_closed_after_an_error():
            assert log == ["up", "down"]
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=3, failed=1)


def test_it_costs_nothing_until_it_is_used(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_modules(pytestconfig):
            assert pytestconfig.pluginmanager.hasplugin("lambdabridge")
            assert {name for name in sys.modules if name.startswith(("lambdabridge", "werkzeug"))} == {
                "lambdabridge",
                "lambdabridge.adapter",
                "lambdabridge.messages",
                "lambdabridge.pytest_plugin",
            }
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-W", "error")
    result.assert_outcomes(passed=1)


def test_without_werkzeug(pytester: pytest.Pytester) -> None:
    """A project that has no use for the fixture runs; one that has gets the sentence."""
    pytester.makeconftest("import sys; sys.modules['werkzeug'] = None")
    pytester.makepyfile(
        """
        def test_else():
            pass

        def test_use(lambda_client):
            pass
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*ImportError: lambdabridge.testing needs werkzeug*'lambdabridge?testing?'*"])


def test_switched_off(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_use(lambda_client):\n    pass\n")
    result = pytester.runpytest_subprocess("-p", "no:lambdabridge", "-p", "no:cacheprovider")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*fixture 'lambda_client' not found*"])


def test_fixtures_of_this_project(lambda_client: object) -> None:
    """The environment that runs these tests has the entry point, or the runs above would prove nothing."""
    assert callable(lambda_client)
    assert "lambdabridge.testing" in sys.modules


def test_the_readme(pytester: pytest.Pytester) -> None:
    """Its test file runs as it stands, beside the application that it names."""
    root = Path(__file__).resolve().parents[1]
    section = (root / "README.md").read_text().partition("\n## Test it\n")[2].partition("\n## ")[0]
    (snippet,) = re.findall(r"(?ms)^```python\n(.*?)^```", section)
    shutil.copytree(root / "examples" / "flask", pytester.path, dirs_exist_ok=True)
    pytester.makepyfile(test_app=snippet)
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=6)
