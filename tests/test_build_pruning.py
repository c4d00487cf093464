"""What `lambdabridge build` leaves out of the installed packages, and what it must not."""

from __future__ import annotations

from pathlib import Path

import pytest

from lambdabridge.build.pruning import Pruning
from tests.building import files_of, tree, write

Files = dict[str, str]


def distribution(name: str, *requires: str, version: str = "1.0", **files: str) -> Files:
    """Return an installed distribution's files: one package of its name, and more."""
    module = name.replace("python-", "")
    return files_of(name, version, "py3-none-any", {f"{module}/__init__.py": "x = 1\n", **files}, requires)


def code(*names: str) -> list[str]:
    return [f"{name}/__init__.py" for name in names]


SDK = {
    **distribution("boto3", "botocore<1.42,>=1.41", "s3transfer", version="1.41"),
    **distribution("botocore", "jmespath", "urllib3", "python-dateutil", version="1.41"),
    **distribution("s3transfer", "botocore<2"),
    **distribution("jmespath", **{"bin/jp.py": "import jmespath\n"}),
    **distribution("urllib3"),
    **distribution("python-dateutil", "six>=1.5"),
    **distribution("six"),
}
ALL_SDK = code("boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3")
TESTS = {"p/__init__.py": "", "p/tests/__init__.py": "", "p/tests/data.json": "", "p/tests/inner/tests/x.py": ""}
CASES: dict[str, tuple[Files, Files, tuple[str, ...], list[str]]] = {
    # (installed, the application, keep, what of the installed is there afterwards but for .dist-info)
    "tests that nobody imports": (TESTS, {}, (), ["p/__init__.py"]),
    "tests, kept": (TESTS, {}, ("tests",), sorted(TESTS)),
    "tests, of a package that is kept": (TESTS, {}, ("p",), sorted(TESTS)),
    "tests that a module imports": (TESTS | {"q.py": "import p.tests.inner\n"}, {}, (), sorted([*TESTS, "q.py"])),
    "tests, imported from the package": (TESTS | {"q.py": "from p import tests\n"}, {}, (), sorted([*TESTS, "q.py"])),
    "tests, imported relatively": (TESTS | {"p/q.py": "from .tests import x\n"}, {}, (), sorted([*TESTS, "p/q.py"])),
    "tests, imported from below": (
        TESTS | {"p/a/b.py": "def f():\n    from ..tests.x import y\n"},
        {},
        (),
        sorted([*TESTS, "p/a/b.py"]),
    ),
    "tests, named as a string": (
        TESTS | {"q.py": "from importlib import import_module\nimport_module('p.tests.x')\n"},
        {},
        (),
        sorted([*TESTS, "q.py"]),
    ),
    "tests that the application imports": (TESTS, {"app.py": "import p.tests\n"}, (), sorted(TESTS)),
    "tests that only tests import": (
        TESTS | {"q/tests/x.py": "import p.tests\n", "q/__init__.py": ""},
        {},
        (),
        ["p/__init__.py", "q/__init__.py"],
    ),
    "tests that imported tests import": (
        TESTS | {"q/tests/x.py": "import p.tests\n", "q/__init__.py": "from q.tests import x\n"},
        {},
        (),
        sorted([*TESTS, "q/tests/x.py", "q/__init__.py"]),
    ),
    "tests that are no modules": (
        {"p/__init__.py": "", "p/templates/tests/x.html": "", "p/tests/y.py": ""},
        {},
        (),
        ["p/__init__.py", "p/templates/tests/x.html"],
    ),
    "testing is another word": (
        {"p/testing/__init__.py": "", "p/test.py": ""},
        {},
        (),
        ["p/test.py", "p/testing/__init__.py"],
    ),
    "stubs": ({"p/__init__.py": "", "p/x.pyi": "", "p/py.typed": "", "q.pyi": ""}, {}, (), ["p/__init__.py"]),
    "stubs, kept": ({"p/x.pyi": "", "p/py.typed": ""}, {}, ("stubs",), ["p/py.typed", "p/x.pyi"]),
    "stubs that are read at run time": (
        {"p/__init__.py": "import lazy_loader\nlazy_loader.attach_stub(__name__, __file__)\n", "p/__init__.pyi": ""},
        {},
        (),
        ["p/__init__.py", "p/__init__.pyi"],
    ),
    "message sources": ({"p/l/a.po": "", "p/l/a.mo": "", "p/l/b.po": ""}, {}, (), ["p/l/a.mo", "p/l/b.po"]),
    "commands and bytecode": ({"bin/x": "", "p/__pycache__/x.pyc": "", "p/bin/y": ""}, {}, (), ["p/bin/y"]),
    "this package's tools": (
        {"lambdabridge/__init__.py": "", "lambdabridge/gateway/x.py": "", "lambdabridge/cli.py": ""},
        {},
        (),
        ["lambdabridge/__init__.py"],
    ),
    "pip and setuptools": (distribution("pip") | distribution("setuptools"), {}, (), []),
    "setuptools that is required": (
        distribution("setuptools") | distribution("p", "setuptools"),
        {},
        (),
        code("p", "setuptools"),
    ),
    "setuptools that is imported": (
        distribution("setuptools", **{"pkg_resources/__init__.py": ""}),
        {"app.py": "def f():\n    import pkg_resources\n"},
        (),
        code("pkg_resources", "setuptools"),
    ),
    "boto3": (SDK, {"app.py": "import boto3\nnumber = 'six'\n"}, (), []),
    "boto3, and six is imported by its name": (
        SDK,
        {"app.py": "import importlib\nsix = importlib.import_module('six')\n"},
        (),
        code("six"),
    ),
    "boto3, kept": (SDK, {}, ("boto3",), ALL_SDK),
    "boto3, everything kept": (SDK, {}, ("all",), ["bin/jp.py", *ALL_SDK]),
    "boto3, and urllib3 is required": (
        SDK | distribution("requests", "urllib3<3"),
        {},
        (),
        code("requests", "urllib3"),
    ),
    "boto3, and jmespath is required": (SDK | distribution("p", "jmespath>=1.0.1"), {}, (), code("jmespath", "p")),
    "boto3, and dateutil is imported": (SDK, {"app.py": "import dateutil.tz\n"}, (), code("dateutil", "six")),
    "boto3 of which a version is required": (
        SDK | distribution("aiobotocore", "botocore<1.41.2,>=1.41.0"),
        {},
        (),
        sorted([*ALL_SDK, *code("aiobotocore")]),
    ),
    "boto3, of which any version will do": (SDK | distribution("p", "boto3>=1.20"), {}, (), code("p")),
}


@pytest.mark.parametrize(("installed", "application", "keep", "left"), CASES.values(), ids=CASES)
def test_rules(tmp_path: Path, installed: Files, application: Files, keep: tuple[str, ...], left: list[str]) -> None:
    packages, app = write(tmp_path / "packages", installed), write(tmp_path / "app", application)
    app.mkdir(exist_ok=True)
    Pruning(packages, app, keep).run()
    assert [path for path in tree(packages) if ".dist-info/" not in path] == left
    assert [path for path in packages.rglob("*") if path.is_dir() and not any(path.iterdir())] == []


def test_metadata_stays(tmp_path: Path) -> None:
    """importlib.metadata finds versions and entry points; what differs from machine to machine is gone."""
    info = "p-1.0.dist-info"
    more = {
        f"{info}/{name}": "{}"
        for name in ("INSTALLER", "REQUESTED", "direct_url.json", "entry_points.txt", "licenses/MIT")
    }
    write(tmp_path / "packages", distribution("p") | more)
    (tmp_path / "app").mkdir()
    Pruning(tmp_path / "packages", tmp_path / "app").run()
    assert tree(tmp_path / "packages") == [
        *(f"{info}/{name}" for name in ("METADATA", "WHEEL", "entry_points.txt", "licenses/MIT", "top_level.txt")),
        "p/__init__.py",
    ]


def test_what_is_said(tmp_path: Path) -> None:
    write(tmp_path / "packages", SDK | TESTS)
    write(tmp_path / "app", {"tests/test_app.py": "xx", "app.py": ""})
    pruning = Pruning(tmp_path / "packages", tmp_path / "app")
    pruning.run()
    assert pruning.left_out.keys() == {
        "boto3 1.41",
        "botocore 1.41",
        "s3transfer 1.0",
        "jmespath 1.0",
        "urllib3 1.0",
        "python-dateutil 1.0",
        "six 1.0",
        "tests",
    }
    assert pruning.left_out["tests"] == 2
    assert pruning.notes == [
        "boto3 1.41, botocore 1.41: left to Lambda's runtime, which has its own version; `--keep boto3` takes yours along."
    ]
    assert tree(tmp_path / "app") == ["app.py"]
