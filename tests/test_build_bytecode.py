"""Bytecode that `lambdabridge build` writes: the Python that it is for takes it as it is, and writes nothing.

The proof imports every module of a folder whose dates are those of a zip that SAM makes, and counts what was compiled anew.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lambdabridge.build import interpreter
from lambdabridge.build.bytecode import Compiled, compile_folder, holds, stale
from lambdabridge.build.interpreter import Interpreter
from lambdabridge.build.runtimes import GLIBC
from lambdabridge.errors import ConfigurationError
from tests.building import tree, write

FILES = {
    "package/__init__.py": "from package import inner\n",
    "package/inner.py": "names = {'b', 'a', 'c'}\n\ndef raises():\n    raise ValueError\n",
    "top.py": "import package\nx = 'a' 'b'\n",
}
COUNT = """
import importlib.machinery, json, sys
compiled = []
original = importlib.machinery.SourceFileLoader.source_to_code
def source_to_code(self, data, path, *others, **options):
    compiled.append(self.name)
    return original(self, data, path, *others, **options)
importlib.machinery.SourceFileLoader.source_to_code = source_to_code
sys.path.insert(0, sys.argv[1])
import top
print(json.dumps([compiled, top.package.inner.raises.__code__.co_filename]))
"""
THIS = interpreter.examine(sys.executable)
PYTHONS = [
    pytest.param(
        version, marks=[] if interpreter.find(version) else pytest.mark.skip(reason=f"there is no Python {version}")
    )
    for version in GLIBC
]


def compiled_at_import(folder: Path, python: str) -> tuple[list[str], str]:
    """Return (the modules that were compiled from source, the file that a function says that it is from)."""
    for path, folders, files in os.walk(folder):
        for name in [*folders, *files]:
            os.utime(os.path.join(path, name), (315532800, 315532800))
    done = subprocess.run(
        [python, "-B", "-I", "-S", "-c", COUNT, str(folder)], capture_output=True, text=True, check=True
    )
    compiled, file = json.loads(done.stdout)
    return compiled, file


@pytest.mark.parametrize("version", PYTHONS)
def test_nothing_is_compiled_on_lambda(tmp_path: Path, version: str) -> None:
    python = interpreter.find(version)
    assert python is not None
    write(tmp_path, FILES)
    assert compile_folder(tmp_path, python) == Compiled(version, files=3)
    assert stale(tmp_path, python) == []
    assert compiled_at_import(tmp_path, python.path) == ([], str(tmp_path / "package" / "inner.py"))


def test_bytecode_as_pip_writes_it_is_compiled_anew(tmp_path: Path) -> None:
    """The measure itself: it sees what it is there to see."""
    write(tmp_path, FILES)
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(tmp_path)], check=True)
    assert stale(tmp_path, THIS) == ["top.py", "package/__init__.py", "package/inner.py"]
    assert compiled_at_import(tmp_path, sys.executable)[0] == ["top", "package", "package.inner"]
    compile_folder(tmp_path)
    assert compiled_at_import(tmp_path, sys.executable)[0] == []


def test_names_of_files_are_those_on_lambda(tmp_path: Path) -> None:
    write(tmp_path, {"top.py": "1/0\n"})
    compile_folder(tmp_path)
    (bytecode,) = (tmp_path / "__pycache__").iterdir()
    assert b"/var/task/top.py" in bytecode.read_bytes()
    assert str(tmp_path).encode() not in bytecode.read_bytes()


def test_what_is_no_python_is_left(tmp_path: Path) -> None:
    write(tmp_path, {"good.py": "x = 1\n", "old.py": "print 'x'\n", "zero.py": "x = '\0'\n", "deep/latin.py": ""})
    (tmp_path / "deep" / "latin.py").write_bytes(b"x = '\xe9'\n")
    made = compile_folder(tmp_path)
    assert (made.files, sorted(made.failed)) == (1, ["deep/latin.py", "old.py", "zero.py"])
    assert "SyntaxError" in made.failed["old.py"]
    assert tree(tmp_path) == [
        "__pycache__/good." + THIS.cache_tag + ".pyc",
        "deep/latin.py",
        "good.py",
        "old.py",
        "zero.py",
    ]


def test_same_bytes_twice(tmp_path: Path) -> None:
    """Elsewhere, with other hashes of strings, and over what is there."""
    many = {f"many/m{number}.py": f"x = {{'a', 'b', 'c{number}'}}\ny = frozenset(x)\n" for number in range(350)}
    first, second = (write(tmp_path / name, {**FILES, **many}) for name in ("first", "second"))
    for folder in (first, second, second):
        compile_folder(folder)
    assert tree(first) == tree(second)
    assert [path for path in tree(first) if (first / path).read_bytes() != (second / path).read_bytes()] == []


def test_bytecode_of_another_python_does_not_hold(tmp_path: Path) -> None:
    write(tmp_path, {"top.py": "x = 1\n"})
    compile_folder(tmp_path)
    other = Interpreter("python", "3.99", "3.99.0", THIS.cache_tag, b"\0\0\r\n")
    assert (holds(tmp_path, "top.py", THIS), holds(tmp_path, "top.py", other)) == (True, False)


@pytest.mark.parametrize("path", ["/no/such/python", sys.executable + "x"])
def test_no_interpreter(tmp_path: Path, path: str) -> None:
    with pytest.raises(ConfigurationError, match="does not run as CPython"):
        compile_folder(tmp_path, path)


def test_folder_of_the_user_is_not_imported_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A json.py in the folder that the command runs in is none of the compiler's."""
    write(tmp_path, {"json.py": "raise SystemExit('imported')\n", "code/top.py": "x = 1\n"})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert compile_folder(tmp_path / "code").files == 1
