"""Import strings: what loads, and the one sentence for what does not."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lambdabridge import bridge
from lambdabridge.errors import TargetError
from lambdabridge.target import load, load_target

MODULES = {
    "good.py": "def app(environ, start_response):\n  start_response('200 OK', [])\n  return []\nclass Box:\n  app = app\n",
    "fails.py": "raise RuntimeError('no settings')\n",
    "needs.py": "import surely_not_installed\n",
    "broken.py": "def app(:\n",
    "half.py": "import os.nope\n",
    "lazy.py": "def __getattr__(name):\n  raise ImportError('lazy ' + name)\n",
    "my-app.py": "def app(environ, start_response): ...\n",
    "json.py": "app = 1\n",
    "exits.py": "raise SystemExit(3)\n",
    "package/__init__.py": "",
    "package/inner.py": "from package import missing_name\n",
    "package/app.py": "from .helper import app\n",
    "package/helper.py": "def app(environ, start_response): ...\n",
    "neighbour.py": "import helper_beside\napp = helper_beside.app\n",
    "helper_beside.py": "def app(environ, start_response): ...\n",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for name, text in MODULES.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    before = set(sys.modules)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    yield tmp_path
    for name in set(sys.modules) - before:
        del sys.modules[name]


@pytest.mark.parametrize("target", ["good:app", "good:Box.app", "package.app:app", "my-app:app"])
def test_load(folder: Path, target: str) -> None:
    assert callable(load(target))


def test_bridge_takes_an_import_string(folder: Path, event: Any) -> None:
    assert bridge("good:app")(event)["statusCode"] == 200


WRONG = {
    "no colon": ("good", "'good' is no import string: expected \"module:attribute\""),
    "empty": ("", "'' is no import string"),
    "no attribute": ("good:", "'good:' is no import string"),
    "a path": ("./good.py:app", "'./good.py:app' is no import string"),
    "module missing": ("nowhere:app", "There is no module 'nowhere' on the import path"),
    "module in a package missing": ("package.nowhere:app", "There is no module 'package.nowhere' on the import path"),
    "package missing": ("nowhere.deep:app", "There is no module 'nowhere' on the import path"),
    "below a module": ("good.deep:app", "There is no module 'good.deep' on the import path"),
    "fails": ("fails:app", "The module 'fails' failed while it was imported: RuntimeError: no settings"),
    "needs another": (
        "needs:app",
        "The module 'needs' failed while it was imported: ModuleNotFoundError: No module named",
    ),
    "name missing inside": (
        "package.inner:app",
        "The module 'package.inner' failed while it was imported: ImportError",
    ),
    "syntax": ("broken:app", "The module 'broken' failed while it was imported: SyntaxError"),
    "a module of a module missing inside": (
        "half:app",
        "The module 'half' failed while it was imported: ModuleNotFound",
    ),
    "fails when it is asked": ("lazy:app", "'lazy:app' failed when it was asked for: ImportError: lazy app"),
    "attribute missing": (
        "good:application",
        "There is no 'application' in the module of 'good:application'. It has app.",
    ),
    "attribute of attribute": ("good:Box.nothing", "There is no 'Box.nothing'"),
}


@pytest.mark.parametrize(("target", "message"), WRONG.values(), ids=WRONG)
def test_what_can_not_be_loaded(folder: Path, target: str, message: str) -> None:
    with pytest.raises(TargetError) as caught:
        bridge(target)
    assert str(caught.value).startswith(message)


def test_the_cause_keeps_its_traceback(folder: Path) -> None:
    with pytest.raises(TargetError) as caught:
        load("fails:app")
    cause = caught.value.__cause__
    assert isinstance(cause, RuntimeError)
    assert cause.__traceback__ is not None


def test_a_module_that_exits_is_not_swallowed(folder: Path) -> None:
    with pytest.raises(SystemExit):
        load("exits:app")


def test_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path works from anywhere, and the file's neighbours can be imported."""
    monkeypatch.chdir("/")
    monkeypatch.setattr(sys, "path", [entry for entry in sys.path if entry != str(folder)])
    app = load_target(f"{folder}/neighbour.py:app")
    assert app.__module__ == "helper_beside"
    assert sys.modules["neighbour"].app is app


WRONG_FILES = {
    "missing": ("gone.py:app", "There is no file 'gone.py'"),
    "fails": ("fails.py:app", "The module 'fails.py' failed while it was imported: RuntimeError: no settings"),
    "json's name": ("json.py:app", "'json.py' has the name of a module that is needed here; rename the file."),
    "attribute": ("good.py:nothing", "There is no 'nothing' in the module of 'good.py:nothing'. It has app."),
    "no attribute": ("good.py", "'good.py' is no import string"),
}


@pytest.mark.parametrize(("target", "message"), WRONG_FILES.values(), ids=WRONG_FILES)
def test_what_file_can_not_be_loaded(folder: Path, target: str, message: str) -> None:
    with pytest.raises(TargetError) as caught:
        load_target(target)
    assert str(caught.value).startswith(message)
