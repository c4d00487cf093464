"""Sizes, what Lambda takes, and about how large a zip will be.

https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""

from __future__ import annotations

import os
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

UNZIPPED = 250 * 1024 * 1024
"""Of a function with its layers."""
DIRECT_UPLOAD = 50 * 1024 * 1024
"""Of a zip that is sent to Lambda itself; SAM and CDK send it through S3, which has no such limit."""
_SAMPLE = 1 << 18
_HEADERS = 150  # bytes of a zip for each file, besides its name twice


def size(path: Path) -> int:
    """Return the bytes in a file or a folder."""
    if path.is_dir() and not path.is_symlink():
        return sum(os.lstat(os.path.join(base, name)).st_size for base, _, files in os.walk(path) for name in files)
    return path.lstat().st_size if path.is_file() else 0


def count(folder: Path) -> int:
    """Return the number of files in a folder."""
    return sum(len(files) for _, _, files in os.walk(folder))


def zipped(folder: Path) -> int:
    """Return about how large a folder's zip will be: large files are sampled."""
    paths = [os.path.join(base, name) for base, _, files in os.walk(folder) for name in files]
    with ThreadPoolExecutor() as pool:
        return sum(pool.map(_zipped, paths)) + sum(_HEADERS + 2 * len(os.path.relpath(path, folder)) for path in paths)


def _zipped(path: str) -> int:
    whole = os.path.getsize(path)
    with open(path, "rb") as file:
        if whole <= 4 * _SAMPLE:
            return len(zlib.compress(file.read()))
        samples = b""
        for part in range(4):
            file.seek(part * (whole - _SAMPLE) // 3)
            samples += file.read(_SAMPLE)
    return len(zlib.compress(samples)) * whole // len(samples)


def largest(folder: Path, number: int = 5) -> list[tuple[str, int]]:
    """Return the largest entries of a folder, with their bytes."""
    return sorted(((path.name, size(path)) for path in folder.iterdir()), key=lambda entry: -entry[1])[:number]
