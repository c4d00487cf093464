"""`lambdabridge doctor` on what is deployed: folders as pip, compileall and `sam build` leave them, with one fault each."""

from __future__ import annotations

import py_compile
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from lambdabridge.build.size import UNZIPPED
from lambdabridge.cli import main
from lambdabridge.doctor import checks, package
from lambdabridge.doctor.doctor import examine
from tests.doctor_templates import SAM_HTTP, Found, edited, files, project

HERE = "python{}.{}".format(*sys.version_info)
TAG = "cpython-{}{}".format(*sys.version_info)
OTHER = "cpython-39"
ELF = {"x86_64": b"\x3e\x00", "arm64": b"\xb7\x00"}
MODULES = 25


def elf(machine: str) -> bytes:
    return b"\x7fELF\x02\x01\x01" + bytes(11) + ELF[machine] + bytes(40)


def compiled(
    folder: Path, mode: py_compile.PycInvalidationMode = py_compile.PycInvalidationMode.UNCHECKED_HASH
) -> None:
    for file in folder.rglob("*.py"):
        py_compile.compile(str(file), invalidation_mode=mode)


def built(folder: Path) -> Path:
    """Return a package without a fault: handler, a dependency with a native module, bytecode that holds."""
    files(
        folder,
        {
            "app.py": "from lambdabridge import bridge\nhandler = bridge(print)",
            "lambdabridge/__init__.py": "",
            "dep-1.dist-info/RECORD": "dep/m0.py,,\n",
            "dep-1.dist-info/WHEEL": "Tag: cp313-cp313-manylinux_2_17_aarch64\nTag: cp313-cp313-manylinux2014_aarch64\n",
            **{f"dep/m{number}.py": "" for number in range(MODULES)},
        },
    )
    (folder / f"dep/fast.{TAG}-aarch64-linux-gnu.so").write_bytes(elf("arm64"))
    (folder / "dep/any.abi3.so").write_bytes(elf("arm64"))
    compiled(folder)
    return folder


def found(place: Path) -> Found:
    report = examine(place, {}, {}, date(2026, 11, 21), [check.name for check in (*checks.TEMPLATE, *checks.MACHINE)])
    return [(one.check, one.subject, one.line) for one in report.findings]


def timestamped(folder: Path) -> None:
    compiled(folder, py_compile.PycInvalidationMode.TIMESTAMP)


def renamed(folder: Path) -> None:
    for file in folder.rglob(f"*.{TAG}.pyc"):
        file.rename(file.with_name(file.name.replace(TAG, OTHER)))


def without_bytecode(folder: Path) -> None:
    for file in folder.rglob("*.pyc"):
        file.unlink()


def few_without(folder: Path) -> None:
    for number in range(package._FEW - 1):
        (folder / f"dep/__pycache__/m{number}.{TAG}.pyc").unlink()


def write(name: str, content: bytes | str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)

    return change


def no_bridge(folder: Path) -> None:
    (folder / "lambdabridge/__init__.py").unlink()
    (folder / f"lambdabridge/__pycache__/__init__.{TAG}.pyc").unlink()
    (folder / "lambdabridge/__pycache__").rmdir()
    (folder / "lambdabridge").rmdir()


def large(folder: Path) -> None:
    with (folder / "data.bin").open("wb") as file:
        file.truncate(UNZIPPED)  # a hole: nothing is written


GLIBC = "Tag: cp313-cp313-manylinux_2_%d_aarch64\n"
FAULTS: list[tuple[str, Callable[[Path], None], Found]] = [
    ("nothing", lambda folder: None, []),
    ("no-bytecode", without_bytecode, [("bytecode", "Function", None)]),
    ("timestamps", timestamped, [("bytecode", "Function", None)]),
    ("bytecode-of-another-python", renamed, [("bytecode", "Function", None)]),
    ("a-few-without", few_without, []),
    ("x86", write("dep/x.so", elf("x86_64")), [("native-architecture", "Function", None)]),
    ("library", write("dep.libs/libx-1.so.2.3", elf("x86_64")), [("native-architecture", "Function", None)]),
    ("python", write(f"dep/x.{OTHER}-aarch64-linux-gnu.so", elf("arm64")), [("native-python", "Function", None)]),
    ("free-threaded", write(f"dep/x.{TAG}t-aarch64-linux-gnu.so", elf("arm64")), [("native-python", "Function", None)]),
    (
        "macos",
        write(f"dep/x.{TAG}-darwin.so", b"\xcf\xfa\xed\xfe" + bytes(20)),
        [("native-platform", "Function", None)],
    ),
    ("windows", write("dep/x.pyd", b"MZ" + bytes(20)), [("native-platform", "Function", None)]),
    ("musl", write(f"dep/x.{TAG}-aarch64-linux-musl.so", elf("arm64")), [("native-platform", "Function", None)]),
    ("no-library-at-all", write("dep/text.so", "INPUT(x)"), []),
    ("glibc", write("dep-1.dist-info/WHEEL", GLIBC % 39), [("native-glibc", "Function", None)]),
    ("glibc-either", write("dep-1.dist-info/WHEEL", GLIBC % 39 + GLIBC % 17), []),
    ("boto3", write("boto3-1.40.0.dist-info/METADATA", ""), [("packed-needless", "Function", None)]),
    ("lambdabridge", no_bridge, [("packed-lambdabridge", "Function", None)]),
    (
        "not-installed",
        write("app.py", "import dep.m0\nimport yaml, dep.nothing"),
        [("packed-imports", "Function", None)],
    ),
    ("installed", write("app.py", "import dep, boto3, six, zlib\nfrom dep import m1"), []),
    ("not-its-own-s", write("dep/m0.py", "import colorama"), []),
    ("beside", write("app.py", "import sys\nsys.path.append('dep')\nimport m0"), []),
    ("too-large", large, [("size-unzipped", "Function", None)]),
]
SEEN = {name for _, _, expected in FAULTS for name, _, _ in expected} | {"size-zipped"}


@pytest.mark.parametrize(("fault", "expected"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS])
def test_what_sam_built(tmp_path: Path, fault: Callable[[Path], None], expected: Found) -> None:
    place = project(tmp_path, edited(SAM_HTTP, ("python3.13", HERE)))
    fault(built(tmp_path / ".aws-sam" / "build" / "Function"))
    assert found(place) == expected


def test_what_is_deployed_as_it_is(tmp_path: Path) -> None:
    """CodeUri names what `lambdabridge build --output build` wrote: no sam build comes after it."""
    place = project(tmp_path, edited(SAM_HTTP, ("python3.13", HERE), ("src/", "build/")))
    without_bytecode(built(tmp_path / "build"))
    assert found(place) == [("bytecode", "Function", None)]


def test_repaired_bytecode_may_have_timestamps(tmp_path: Path) -> None:
    repair = "STAGE: dev, LAMBDABRIDGE_REPAIR_BYTECODE: 1"
    place = project(tmp_path, edited(SAM_HTTP, ("python3.13", HERE), ("STAGE: dev", repair)))
    timestamped(built(tmp_path / ".aws-sam" / "build" / "Function"))
    assert found(place) == []


LOOSE: list[tuple[str, Callable[[Path], None], Found]] = [
    ("nothing", lambda folder: None, []),
    ("both-architectures", write("dep/x.so", elf("x86_64")), [("native-architecture", "package", None)]),
    ("no-bytecode", without_bytecode, [("bytecode", "package", None)]),
    ("bytecode-of-some-python", renamed, []),
]


@pytest.mark.parametrize(("fault", "expected"), [row[1:] for row in LOOSE], ids=[row[0] for row in LOOSE])
def test_a_package_without_a_template(tmp_path: Path, fault: Callable[[Path], None], expected: Found) -> None:
    fault(built(tmp_path / "package"))
    assert found(tmp_path / "package") == expected


def test_a_package_that_says_what_it_was_made_for(tmp_path: Path) -> None:
    files(built(tmp_path / "package"), {".lambdabridge-build.json": '{"python": "3.9", "architecture": "x86_64"}'})
    assert [name for name, _, _ in found(tmp_path / "package")] == ["native-architecture", "native-python", "bytecode"]


@pytest.mark.parametrize(("most", "expected"), [(40, [("size-zipped", "package", None)]), (1 << 20, [])])
def test_a_direct_upload(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int, expected: Found) -> None:
    monkeypatch.setattr(package, "DIRECT_UPLOAD", most)  # 50 MB are a second of compression
    assert found(built(tmp_path / "package")) == expected


def test_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    place = project(tmp_path, edited(SAM_HTTP, ("python3.13", HERE)))
    folder = built(tmp_path / ".aws-sam" / "build" / "Function")
    for name in ("a", "b"):
        (folder / f"dep/{name}.so").write_bytes(elf("x86_64"))
    monkeypatch.chdir(tmp_path)
    here = [option for check in (*checks.TEMPLATE, *checks.MACHINE) for option in ("--ignore", check.name)]
    assert main(["doctor", place.name, *here]) == 1
    said = capsys.readouterr().out
    assert (
        f"""
error [native-architecture] .aws-sam/build/Function Function
  seen  dep/a.so is for x86_64, and 1 more such. The function runs Python {HERE[6:]} on arm64.
"""
        in said
    )
    assert f"  do    lambdabridge build --python {HERE[6:]} --arch arm64, which takes the right wheels" in said


def test_a_real_extension_module(tmp_path: Path) -> None:
    """One of this Python's own, for this machine's architecture and for the other."""
    import _ctypes

    library = Path(_ctypes.__file__ or "")
    if sys.platform != "linux" or library.suffix != ".so":
        pytest.skip("this Python has no ELF extension module to look at")
    import platform

    machine = {"x86_64": "x86_64", "aarch64": "arm64"}[platform.machine()]
    other = {"x86_64": "arm64", "arm64": "x86_64"}[machine]
    (tmp_path / library.name).write_bytes(library.read_bytes())
    for architecture, names in ((machine, []), (other, ["native-architecture"])):
        one = package.Package(tmp_path, "F", tuple(sys.version_info[:2]), architecture)  # type: ignore[arg-type]
        assert [check.name for check in checks.PACKAGE for _ in check.look(one)] == names
