"""Checks of the folder that is deployed: what `sam build` or `lambdabridge build` wrote, a CDK asset.

https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html#function-configuration-deployment-and-execution
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from lambdabridge.build.distributions import normalised
from lambdabridge.build.size import DIRECT_UPLOAD, UNZIPPED, size, zipped
from lambdabridge.doctor.findings import Seen
from lambdabridge.doctor.requirements import NEEDLESS

_FEW = 20
"""Modules without bytecode that are no matter: an application's own."""
_PYC_HASHED = 1


@dataclass
class Package:
    """A folder that is deployed.

    function      its function's logical id; "" where there is no template
    python        the runtime's version; None if it is not known
    architecture  "arm64" or "x86_64"; "" if it is not known
    uses          whether its code imports lambdabridge
    repairs       whether LAMBDABRIDGE_REPAIR_BYTECODE=1 is set: bytecode with timestamps holds then
    layers        whether it has layers, or a PYTHONPATH, which bring more than the folder has
    starts        the modules that Lambda imports first; (): not known
    """

    folder: Path
    function: str = ""
    python: tuple[int, int] | None = None
    architecture: str = ""
    uses: bool = False
    repairs: bool = False
    layers: bool = False
    starts: tuple[str, ...] = ()

    @cached_property
    def files(self) -> list[Path]:
        """Every file in it."""
        return [Path(path, name) for path, _, names in os.walk(self.folder) for name in sorted(names)]

    @cached_property
    def size(self) -> int:
        """Bytes, unzipped."""
        return size(self.folder)

    @property
    def subject(self) -> str:
        """What a finding is on."""
        return self.function or self.folder.name


class Bytecode(NamedTuple):
    """How many sources there are; how many have bytecode that names a timestamp, or none for this Python; and for which."""

    sources: int
    timestamped: int
    missing: int
    others: frozenset[str]


def too_large(package: Package) -> Iterator[Seen]:
    """Find more than Lambda takes."""
    if package.size > UNZIPPED:
        sizes = {path.name: size(path) for path in package.folder.iterdir()}
        most = sorted(sizes, key=lambda name: -sizes[name])[:4]
        shown = ", ".join(f"{name} {_megabytes(sizes[name])}" for name in most)
        seen = f"The package is {_megabytes(package.size)} unzipped, and Lambda takes 250 MB. Most of it: {shown}."
        cure = "lambdabridge build leaves out what is never loaded; then the largest, or deploy a container image."
        yield Seen(package.subject, seen, cure)


def too_large_zipped(package: Package) -> Iterator[Seen]:
    """Find more than can be uploaded without S3."""
    if not package.function and DIRECT_UPLOAD < package.size <= UNZIPPED:
        about = zipped(package.folder)
        if about > DIRECT_UPLOAD:
            seen = f"It is about {_megabytes(about)} zipped; `aws lambda update-function-code --zip-file` takes 50 MB."
            cure = "sam deploy, cdk deploy, or --s3-bucket: from S3, the unzipped size is what counts."
            yield Seen(package.subject, seen, cure)


def bytecode(package: Package) -> Iterator[Seen]:
    """Find bytecode that does not hold on Lambda, or none."""
    found = examine(package)
    stale = found.missing + (0 if package.repairs else found.timestamped)
    if stale >= _FEW:
        of_which = f" for Python {_version(package.python)}" if package.python else ""
        others = f" (there is some for {', '.join(sorted(found.others))})" if found.others else ""
        parts = [
            f"{found.missing} of {found.sources} modules have no bytecode{of_which}{others}" if found.missing else "",
            f"{found.timestamped} of {found.sources} modules have bytecode that names a timestamp"
            if found.timestamped and not package.repairs
            else "",
        ]
        yield Seen(
            package.subject,
            f"{'; '.join(filter(None, parts))}.",
            "lambdabridge build, whose bytecode holds; in a SAM template: Metadata: {BuildMethod: makefile}.",
        )


def examine(package: Package) -> Bytecode:
    """Count the sources by their bytecode."""
    wanted = "cpython-{}{}".format(*package.python) if package.python else ""
    sources = timestamped = missing = 0
    others: set[str] = set()
    for file in package.files:
        if file.suffix != ".py":
            continue
        sources += 1
        tags = {
            path.name.split(".")[-2]: path for path in _cached(file) if path.name.split(".")[-2].startswith("cpython-")
        }
        found = tags.get(wanted) if wanted else next(iter(tags.values()), None)
        if found is None:
            missing += 1
            others.update(tags)
        elif not _flags(found) & _PYC_HASHED:
            timestamped += 1
    return Bytecode(sources, timestamped, missing, frozenset(others))


def _cached(source: Path) -> Iterator[Path]:
    return source.with_name("__pycache__").glob(f"{source.stem.replace('[', '[[]')}.cpython-*.pyc")


def _flags(file: Path) -> int:
    """Return the flags of a .pyc (PEP 552); 0, which is a timestamp's, for what is none."""
    try:
        with file.open("rb") as opened:
            return int.from_bytes(opened.read(8)[4:], "little")
    except OSError:
        return 0


def needless(package: Package) -> Iterator[Seen]:
    """Find packed for nothing."""
    found = {}
    for info in sorted(package.folder.glob("*.dist-info")):
        name = normalised(info.name.partition("-")[0])
        if name in NEEDLESS:
            found[name] = size(package.folder / name.replace("-", "_"))
    if found:
        shown = ", ".join(f"{name} ({_megabytes(size)}: {NEEDLESS[name]})" for name, size in found.items())
        seen = f"The package has {shown}."
        yield Seen(
            package.subject,
            seen,
            "Remove them from requirements.txt, or have a requirements.txt for the function alone.",
        )


def no_lambdabridge(package: Package) -> Iterator[Seen]:
    """Find a package of code that imports lambdabridge, without it."""
    if package.uses and not package.layers and not (package.folder / "lambdabridge").exists():
        seen = "Its code imports lambdabridge, which is not in the package."
        yield Seen(
            package.subject,
            seen,
            "lambdabridge build brings it; else add lambdabridge to requirements.txt and build anew.",
        )


def _megabytes(size: int) -> str:
    return f"{size / 1024 / 1024:.1f} MB"


def _version(python: tuple[int, int]) -> str:
    return "{}.{}".format(*python)
