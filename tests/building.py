"""Packages for the tests of `lambdabridge build`: wheels and source distributions, so that no index is asked."""

from __future__ import annotations

import base64
import hashlib
import io
import tarfile
import zipfile
from pathlib import Path

BACKEND = """
import pathlib, zipfile

def build_wheel(directory, config=None, metadata=None):
    name = "{name}-{version}-{tag}.whl"
    with zipfile.ZipFile(pathlib.Path(directory, name), "w") as archive:
        for file in pathlib.Path("files").rglob("*"):
            if file.is_file():
                archive.write(file, file.relative_to("files").as_posix())
    return name

build_editable = build_wheel
"""
"""A build backend that needs nothing: the wheel's files stand in the source."""


def files_of(
    name: str, version: str, tag: str, files: dict[str, str], requires: tuple[str, ...] = (), requires_python: str = ""
) -> dict[str, str]:
    """Return a wheel's files, with its .dist-info."""
    info = f"{name}-{version}.dist-info"
    lines = [f"Requires-Python: {requires_python}\n"] if requires_python else []
    lines += [f"Requires-Dist: {line}\n" for line in requires]
    whole = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n" + "".join(lines),
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: {tag}\n",
    }
    record = ""
    for path, text in whole.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        record += f"{path},sha256={digest},{len(text.encode())}\n"
    return {**whole, f"{info}/RECORD": record + f"{info}/RECORD,,\n"}


def wheel(
    folder: Path,
    name: str,
    version: str = "1.0",
    *,
    tag: str = "py3-none-any",
    files: dict[str, str] | None = None,
    requires: tuple[str, ...] = (),
    requires_python: str = "",
) -> Path:
    """Write a wheel; without files it has one module of its name."""
    path = folder / f"{name}-{version}-{tag}.whl"
    with zipfile.ZipFile(path, "w") as archive:
        contents = files_of(name, version, tag, files or {f"{name}.py": f'tag = "{tag}"\n'}, requires, requires_python)
        for file, text in contents.items():
            archive.writestr(file, text)
    return path


def source(folder: Path, name: str, version: str = "1.0", *, tag: str = "py3-none-any") -> Path:
    """Write a source folder whose wheel will have this tag."""
    write(
        folder,
        {
            "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
            f'[project]\nname = "{name}"\nversion = "{version}"\n',
            "backend.py": BACKEND.format(name=name, version=version, tag=tag),
            "PKG-INFO": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
            **{
                f"files/{path}": text
                for path, text in files_of(name, version, tag, {f"{name}.py": "built = 1\n"}).items()
            },
        },
    )
    return folder


def sdist(folder: Path, name: str, version: str = "1.0", *, tag: str = "py3-none-any") -> Path:
    """Write a source distribution."""
    made = source(folder / f".{name}", name, version, tag=tag)
    path = folder / f"{name}-{version}.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for file in sorted(made.rglob("*")):
            if file.is_file():
                entry = tarfile.TarInfo(f"{name}-{version}/{file.relative_to(made).as_posix()}")
                entry.size = file.stat().st_size
                entry.mtime = 1_000_000_000
                archive.addfile(entry, io.BytesIO(file.read_bytes()))
    return path


def write(folder: Path, files: dict[str, str]) -> Path:
    """Write files, with the folders that they are in; return the folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def tree(folder: Path) -> list[str]:
    """Return the paths of all files in a folder, sorted."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
