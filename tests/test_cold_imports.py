"""The tree of imports, from real processes: the probe beside Python's own -X importtime, and in AWS's runtime client."""

from __future__ import annotations

import importlib.metadata
import os
import py_compile
import re
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest

from lambdabridge.build.distributions import installed
from lambdabridge.coldpath import imports
from lambdabridge.coldpath.imports_figures import by_owner, compiled, dearest, middle, walk
from lambdabridge.coldpath.imports_owner import Owners
from lambdabridge.errors import ConfigurationError

MODES = py_compile.PycInvalidationMode


def write(folder: Path, files: dict[str, str]) -> None:
    for name, source in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(source)


def run(
    folder: Path, code: str, *options: str, probe: bool = True, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run some code as the file main.py of a folder, with a probe or as it is; `imports.txt` there says what it imported."""
    write(folder, {"main.py": code})
    inherited = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1", **variables}
    environment = imports.environment(inherited, folder / "imports.txt") if probe else inherited
    command = [sys.executable, *options, "-c", "import main; main"]  # used, or 3.15 might not import it
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)


def tree_of(folder: Path, code: str, *options: str) -> imports.Import:
    """Return what main.py imports, as its own tree."""
    done = run(folder, code, *options)
    assert done.returncode == 0, done.stderr
    return next(child for child in imports.read(folder / "imports.txt")["children"] if child["name"] == "main")


def names(tree: imports.Import) -> Any:
    """Return a tree as nested lists of names."""
    return [tree["name"], *map(names, tree["children"])] if tree["children"] else tree["name"]


def modules(tree: imports.Import) -> dict[str, imports.Import]:
    return {module["name"]: module for module, _ in walk(tree)}


def compile_as(file: Path, mode: MODES, *, touched: bool = False, changed: bool = False) -> None:
    py_compile.compile(str(file), invalidation_mode=mode, doraise=True)
    if changed:
        file.write_text("x = 2")
    if touched:
        os.utime(file, (0, 315532800))  # 1980, as a zip has it


def test_where_the_code_came_from(tmp_path: Path) -> None:
    cases = ["valid", "touched", "absent", "unchecked", "checked", "changed", "bare"]
    write(tmp_path, {f"{name}.py": "x = 1" for name in cases})
    compile_as(tmp_path / "valid.py", MODES.TIMESTAMP)
    compile_as(tmp_path / "touched.py", MODES.TIMESTAMP, touched=True)
    compile_as(tmp_path / "unchecked.py", MODES.UNCHECKED_HASH, touched=True, changed=True)
    compile_as(tmp_path / "checked.py", MODES.CHECKED_HASH, touched=True)
    compile_as(tmp_path / "changed.py", MODES.CHECKED_HASH, changed=True)
    py_compile.compile(str(tmp_path / "bare.py"), cfile=str(tmp_path / "bare.pyc"), doraise=True)
    (tmp_path / "bare.py").unlink()
    write(tmp_path, {"shop/__init__.py": "import shop.cart", "shop/cart.py": "", "space/inside.py": ""})
    code = (
        f"import gc, {', '.join(cases)}, shop.cart, space.inside\ntry:\n    import nowhere\nexcept ImportError: ...\n"
    )
    tree = tree_of(tmp_path, code)
    assert [(module["name"], module["code"]) for module, _ in walk(tree)] == [
        ("gc", "built in"),
        ("valid", "bytecode"),
        ("touched", "stale"),
        ("absent", "missing"),
        ("unchecked", "bytecode"),
        ("checked", "bytecode"),
        ("changed", "stale"),
        ("bare", "bytecode"),
        ("shop.cart", "there"),
        ("shop", "missing"),
        ("shop.cart", "missing"),
        ("space.inside", "missing"),
        ("space", "namespace"),
        ("nowhere", "not found"),
    ]
    assert {module["name"] for module, _ in walk(tree) if module["from_source"]} == {
        *("touched", "absent", "changed", "shop", "shop.cart", "space.inside")
    }
    assert compiled(tree) == (6, 12)
    assert modules(tree)["bare"]["file"] == str(tmp_path / "bare.pyc")
    assert [module["failed"] for module, _ in walk(tree)] == [False] * 13 + [True]


def test_who_asked_for_it(tmp_path: Path) -> None:
    files = {
        "first.py": "import second\nsecond.load()",
        "second.py": "import importlib\n\ndef load():\n    import third\n    importlib.import_module('fourth')",
        "third.py": "",
        "fourth.py": "",
        "plugins/fifth.py": "",
        "sixth.py": "",
        "seventh.py": "",
    }
    write(tmp_path, files)
    code = (
        "import importlib.util, first, threading\n"
        f"spec = importlib.util.spec_from_file_location('fifth', {str(tmp_path / 'plugins/fifth.py')!r})\n"
        "spec.loader.exec_module(importlib.util.module_from_spec(spec))\n"
        "def start():\n"
        "    import sixth\n"
        "thread = threading.Thread(target=start)\n"
        "thread.start(), thread.join()\n"
        "import seventh\n"
    )
    tree = tree_of(tmp_path, code)
    found = {name: (module["importer"], module["line"]) for name, module in modules(tree).items()}
    own = ("first", "second", "third", "fourth", "fifth", "seventh")
    assert {name: found[name] for name in own} == {
        "first": ("main", 1),
        "second": ("first", 1),
        "third": ("second", 4),
        "fourth": ("second", 5),
        "fifth": ("main", 3),
        "seventh": ("main", 8),
    }
    assert names(modules(tree)["first"]) == ["first", "second", "third", "fourth"]
    whole = imports.read(tmp_path / "imports.txt")
    assert [child["name"] for child in whole["children"] if child["name"] in ("main", "sixth")] == ["main", "sixth"]


def test_the_same_tree_as_importtime(tmp_path: Path) -> None:
    code = "import http.client, xml.dom.minidom, concurrent.futures, sqlite3"
    done = run(tmp_path, code, "-X", "importtime")
    assert done.returncode == 0, done.stderr
    told = re.findall(r"^import time: +\d+ \| +\d+ \| ( *)(\S+)$", done.stderr, re.MULTILINE)
    end = told.index(("", "main"))
    begin = next((n for n in range(end - 1, -1, -1) if told[n][0] == ""), -1) + 1

    def after(module: imports.Import, depth: int) -> list[tuple[str, str]]:
        inside = [line for child in module["children"] for line in after(child, depth + 1)]
        return [*inside, ("  " * depth, module["name"])]

    tree = next(child for child in imports.read(tmp_path / "imports.txt")["children"] if child["name"] == "main")
    assert after(tree, 0) == told[begin : end + 1]
    assert len(told[begin:end]) > 50
    for module, _ in walk(tree):
        inside = sum(child["cumulative_us"] for child in module["children"])
        rounded = module["cumulative_us"] - module["self_us"] - inside
        assert 0 <= rounded <= 1 + len(module["children"]), module["name"]
        assert 0 <= module["compile_us"] <= module["self_us"], module["name"]


NOISY = {
    "outer.py": "import inner",
    "inner.py": "import warnings\nwarnings.warn('old', UserWarning, stacklevel=2)\nimport broken",
    "broken.py": "def fail():\n    raise KeyError('x')\nfail()",
}


@pytest.mark.parametrize(
    "code",
    [
        "import outer",
        "import nowhere.at_all",
        "import outer.nothing",
        "import importlib\nimportlib.import_module('outer')",
    ],
)
def test_tracebacks_and_warnings_are_as_without(tmp_path: Path, code: str) -> None:
    write(tmp_path, NOISY)
    assert run(tmp_path, code).stderr == run(tmp_path, code, probe=False).stderr != ""


def test_it_leaves_the_process_as_it_was(tmp_path: Path) -> None:
    write(tmp_path, {"sitecustomize.py": "print('mine')", "child.py": "import json"})
    code = (
        "import sys, os, subprocess\n"
        "print(sys.path, sorted(name for name in os.environ if name.startswith('LAMBDABRIDGE')), os.environ['PYTHONPATH'])\n"
        "print(sys.modules['sitecustomize'].__file__, flush=True)\n"
        "subprocess.run([sys.executable, '-m', 'child'], check=True)\n"
        "if not os.fork():\n"
        "    import json\n"
        "    os._exit(0)\n"
        "os.wait()\n"
    )
    with_probe, without = run(tmp_path, code), run(tmp_path, code, probe=False)
    assert (with_probe.stdout, with_probe.stderr) == (without.stdout, without.stderr)
    assert "mine\n" in with_probe.stdout
    found = [module["name"] for module, _ in walk(imports.read(tmp_path / "imports.txt"))]
    assert found.count("main") == 1
    assert "json" not in found
    assert "sitecustomize" in found


def test_in_the_runtime_client(tmp_path: Path) -> None:
    pytest.importorskip("awslambdaric", reason="needs awslambdaric, which is for Linux and macOS")
    from lambdabridge.coldpath.engine import Configuration, observe

    handler = (
        "import helper, markupsafe\nfrom lambdabridge import bridge\n\ndef handler(event, context):\n    import late\n"
    )
    write(tmp_path, {"app.py": handler, "helper.py": "import wave", "late.py": ""})
    project = str(Path(__file__).parents[1])
    environment = imports.environment(
        {"PYTHONPATH": os.pathsep.join([str(tmp_path), project])}, tmp_path / "imports.txt"
    )
    observe(Configuration("app", "app.handler", [str(tmp_path), project], environment=environment), event={})
    found = modules(imports.read(tmp_path / "imports.txt"))
    expected = {
        "awslambdaric.bootstrap": ("runtime", "runtime"),
        "simplejson": ("runtime", "runtime"),
        "logging": ("runtime", "standard library"),
        "app": ("init", "application"),
        "helper": ("init", "application"),
        "wave": ("init", "standard library"),
        "markupsafe": ("init", "dependency"),
        "markupsafe._speedups": ("init", "dependency"),
        "lambdabridge": ("init", "bridge"),
        "late": ("request", "application"),
    }
    assert {name: (found[name]["phase"], found[name]["kind"]) for name in expected} == expected
    installed = importlib.metadata.metadata("markupsafe")
    assert found["markupsafe._speedups"]["distribution"] == f"{installed['Name']} {installed['Version']}"
    assert found["helper"]["distribution"] == ""
    assert found["markupsafe._speedups"]["code"] == "extension"
    assert (found["late"]["importer"], found["late"]["line"]) == ("app", 5)
    assert found["app"]["importer"] == "awslambdaric.bootstrap"


@pytest.mark.skipif(sys.version_info < (3, 15), reason="needs the lazy imports of Python 3.15")
def test_a_lazy_import_stands_where_it_was_used(tmp_path: Path) -> None:
    write(
        tmp_path, {"first.py": "import second\nimport third\n\ndef use():\n    return second.x", "second.py": "x = 1"}
    )
    tree = tree_of(tmp_path, "import first\nfirst.use()", "-X", "lazy_imports=all")
    assert names(tree) == ["main", "first", "second"]
    assert (modules(tree)["second"]["importer"], modules(tree)["second"]["line"]) == ("first", 5)


@pytest.mark.skipif(sys.version_info >= (3, 15), reason="Python's own lazy imports take its place")
def test_a_deferred_module_stands_where_it_was_used(tmp_path: Path) -> None:
    write(tmp_path, {"first.py": "import calendar\n\ndef use():\n    return calendar.isleap(2024)"})
    defer = "from lambdabridge.startup.deferred import defer; defer()\n"
    found = modules(tree_of(tmp_path, f"{defer}import first\nimport calendar\nfirst.use()"))
    assert (found["calendar"]["importer"], found["calendar"]["line"]) == ("first", 4)


def test_a_process_that_was_killed(tmp_path: Path) -> None:
    assert run(tmp_path, "import json").returncode == 0
    output = tmp_path / "imports.txt"
    whole = imports.read(output)
    with output.open("a") as file:
        file.write("(999, -1, 'cut.off', 12")
    assert imports.read(output) == whole
    lines = output.read_text().splitlines(keepends=True)
    output.write_text("".join(line for line in lines if ", 'main', " not in line or "'json'" in line))
    assert [child["name"] for child in imports.read(output)["children"]][-1] == "json"


def test_a_python_that_ignores_the_probe(tmp_path: Path) -> None:
    assert run(tmp_path, "", "-S").returncode == 0
    with pytest.raises(ConfigurationError, match=re.escape("its Python has to read PYTHONPATH (no -E, no -I, no -S).")):
        imports.read(tmp_path / "imports.txt")


def module(name: str, own: int, *children: imports.Import, **more: Any) -> imports.Import:
    return {
        "name": name,
        "self_us": own,
        "cumulative_us": own + sum(child["cumulative_us"] for child in children),
        "compile_us": 0,
        "from_source": False,
        "code": "bytecode",
        "failed": False,
        "file": f"/{name}.py",
        "distribution": "",
        "kind": "application",
        "importer": "",
        "line": 0,
        "phase": "init",
        "children": list(children),
        **more,  # type: ignore[typeddict-item]
    }


def test_the_middle_of_several_processes() -> None:
    trees = [
        module("", 0, module("a", a, module("b", b)), module("c", 7)) for a, b in ((10, 300), (30, 100), (20, 200))
    ]
    del trees[0]["children"][1]  # a module that only some of them import
    assert middle(trees) == module("", 0, module("a", 20, module("b", 200)), module("c", 7))


def test_what_is_dear() -> None:
    compiled_one = {"from_source": True, "code": "stale", "compile_us": 40, "importer": "a", "line": 3}
    django = {"distribution": "Django 5.2", "kind": "dependency"}
    deep = module("django.db", 50, **django, **compiled_one)
    missing = module("ujson", 5, code="not found", failed=True, importer="django", line=9, **django)
    tree = module("", 0, module("a", 20, module("django", 10, deep, missing, importer="a", line=1, **django)))
    assert dearest(tree, 2) == [
        {
            "name": "django.db",
            "self_us": 50,
            "cumulative_us": 50,
            "from_source": True,
            "chain": ["a", "django (a:1)", "django.db (a:3)"],
        },
        {"name": "a", "self_us": 20, "cumulative_us": 85, "from_source": False, "chain": ["a"]},
    ]
    assert by_owner(tree) == [
        {"name": "Django 5.2", "kind": "dependency", "modules": 2, "compiled": 1, "self_us": 65, "compile_us": 40},
        {
            "name": "the application's own modules",
            "kind": "application",
            "modules": 1,
            "compiled": 0,
            "self_us": 20,
            "compile_us": 0,
        },
    ]
    assert compiled(tree) == (1, 3)


def test_a_build_says_whose_a_module_is_without_record(tmp_path: Path) -> None:
    """`lambdabridge build` drops RECORD, and leaves top_level.txt."""
    info = tmp_path / "Shop-1.dist-info"
    files = {
        "RECORD": "shop/__init__.py,,\n_fast.py,,\nShop-1.dist-info/RECORD,,\n",
        "METADATA": "Name: Shop\nVersion: 1\n",
    }
    write(tmp_path, {f"{info.name}/{name}": text for name, text in files.items()})
    write(tmp_path, {"shop/__init__.py": "", "_fast.py": "", "app.py": ""})
    installed(tmp_path)["shop"].name_modules()
    (info / "RECORD").unlink()
    assert (info / "top_level.txt").read_text() == "_fast\nshop\n"
    owners = Owners(sysconfig.get_path("stdlib"))
    found = {
        name: owners.of(name, str(tmp_path / file), ("application", ""))
        for name, file in (("shop", "shop/__init__.py"), ("_fast", "_fast.py"), ("app", "app.py"))
    }
    assert found == {"shop": ("dependency", "Shop 1"), "_fast": ("dependency", "Shop 1"), "app": ("application", "")}
