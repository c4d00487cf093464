"""Checks of compiled modules: the function's architecture, its Python, its C library.

The machine stands in an ELF file's header (e_machine), the Python in its name (PEP 3149, cpython-313-aarch64-linux-gnu), the
least glibc in the tag of the wheel that it came in (PEP 600).
https://docs.aws.amazon.com/lambda/latest/dg/python-package.html#python-package-native-libraries
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from lambdabridge.build.runtimes import GLIBC, MACHINES
from lambdabridge.doctor.findings import Seen
from lambdabridge.doctor.package import Package

_ELF = {0x3E: "x86_64", 0xB7: "aarch64", 0x28: "arm (32 bit)", 0x03: "i386"}
_COMPILED = re.compile(r"\.(?:so(?:\.[\d.]+)?|pyd|dylib)$")
_TAG = re.compile(r"\.(cpython-(\d)(\d+)([a-z]*))[-.]")


def platform(package: Package) -> Iterator[Seen]:
    """Find compiled for macOS, Windows or musl."""
    yield from _report(package, {file: kind for file, kind in _machines(package).items() if kind.startswith("for ")})


def architecture(package: Package) -> Iterator[Seen]:
    """Find compiled for another processor."""
    found = {file: machine for file, machine in _machines(package).items() if not machine.startswith("for ")}
    wanted = MACHINES.get(package.architecture, "")
    if not wanted and len(set(found.values())) > 1:  # nobody said which: at least they have to be of one
        first = next(iter(found.values()))
        found = {file: machine for file, machine in found.items() if machine != first}
        wanted = first
    if wanted:
        yield from _report(package, {file: f"for {machine}" for file, machine in found.items() if machine != wanted})


def python(package: Package) -> Iterator[Seen]:
    """Find compiled for another Python."""
    if package.python is None:
        return
    wanted = "{}{}".format(*package.python)
    found = {}
    for file in _compiled(package):
        tag = _TAG.search(file.name)
        if tag and (tag[2] + tag[3] != wanted or tag[4]):
            found[file] = f"for {tag[1]}"
    yield from _report(package, found)


def glibc(package: Package) -> Iterator[Seen]:
    """Find compiled for a newer C library than the runtime has."""
    most = GLIBC.get("{}.{}".format(*package.python)) if package.python else None
    if most is None:
        return
    found = {}
    for wheel in sorted(package.folder.glob("*.dist-info/WHEEL")):
        tags = re.findall(r"manylinux_2_(\d+)_", wheel.read_text(errors="replace"))
        least = min(map(int, tags), default=0)
        if least > most:
            found[wheel.parent] = f"for glibc 2.{least}, and the runtime has 2.{most}"
    yield from _report(package, found)


def _report(package: Package, found: dict[Path, str]) -> Iterator[Seen]:
    """Yield one finding for all files: how many, and the first."""
    if not found:
        return
    first, kind = next(iter(found.items()))
    others = f", and {len(found) - 1} more such" if len(found) > 1 else ""
    what = f"{first.relative_to(package.folder).as_posix()} is {kind}{others}."
    options = f" --python {'{}.{}'.format(*package.python)}" if package.python else ""
    options += f" --arch {package.architecture}" if package.architecture else ""
    runs = f" on {package.architecture}" if package.architecture else ""
    wants = f" The function runs Python {'{}.{}'.format(*package.python)}{runs}." if package.python else ""
    yield Seen(
        package.subject, what + wants, f"lambdabridge build{options}, which takes the right wheels without Docker."
    )


def _machines(package: Package) -> dict[Path, str]:
    """Return what each compiled file is for: a machine, or "for macOS"."""
    found = {}
    for file in _compiled(package):
        try:
            with file.open("rb") as opened:
                head = opened.read(20)
        except OSError:
            continue
        if head.startswith(b"\x7fELF"):
            order = "big" if head[5:6] == b"\x02" else "little"
            machine = int.from_bytes(head[18:20], order)  # type: ignore[arg-type]
            found[file] = "for musl" if "-linux-musl" in file.name else _ELF.get(machine, f"machine {machine}")
        elif head[:4] in (b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"\xce\xfa\xed\xfe"):
            found[file] = "for macOS"
        elif head[:2] == b"MZ":
            found[file] = "for Windows"
    return found


def _compiled(package: Package) -> list[Path]:
    return [file for file in package.files if _COMPILED.search(file.name)]
