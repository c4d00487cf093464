"""What of this package is deployed, and a wheel of it: a function needs the adapter, not the tools of the command line.

The wheel is made from the files that run now, so that what was tried here is what is deployed, a clone's as well as a
release's. uv and pip get it beside their index: where the requirements name another version, that one is theirs to find.
https://packaging.python.org/en/latest/specifications/binary-distribution-format/
"""

from __future__ import annotations

import base64
import hashlib
import zipfile
from importlib import metadata
from pathlib import Path

import lambdabridge

PACKAGE = Path(lambdabridge.__file__).parent
TOOLS = (
    "__main__.py",
    "build",
    "cli.py",
    "coldpath",
    "commands",
    "deploy",
    "doctor",
    "gateway",
    "pytest_plugin.py",
    "testing",
)
"""What is never loaded on Lambda, at the top of the package; all else is deployed (tests/test_build_own.py holds both)."""
_INFO = f"lambdabridge-{lambdabridge.__version__}.dist-info"


def files(package: Path = PACKAGE) -> list[Path]:
    """Return the files of this package that are deployed, relative to it."""
    found = (path.relative_to(package) for path in package.rglob("*") if path.is_file())
    return sorted(path for path in found if path.parts[0] not in TOOLS and "__pycache__" not in path.parts)


def write_wheel(folder: Path) -> Path:
    """Write the wheel into a folder and return it."""
    wheel = folder / f"lambdabridge-{lambdabridge.__version__}-py3-none-any.whl"
    record = []
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(_contents().items()):
            archive.writestr(_entry(name), data)
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            record.append(f"{name},sha256={digest},{len(data)}\n")
        archive.writestr(_entry(f"{_INFO}/RECORD"), "".join(record) + f"{_INFO}/RECORD,,\n")
    return wheel


def _entry(name: str) -> zipfile.ZipInfo:
    """Return an entry without a date of its own: Python 3.14 takes SOURCE_DATE_EPOCH, also one that no zip can have."""
    return zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))


def _contents() -> dict[str, bytes]:
    contents = {f"lambdabridge/{path.as_posix()}": (PACKAGE / path).read_bytes() for path in files()}
    contents[f"{_INFO}/METADATA"] = _metadata().encode()
    contents[f"{_INFO}/WHEEL"] = (
        b"Wheel-Version: 1.0\nGenerator: lambdabridge\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    )
    return contents


def _metadata() -> str:
    """Return the installation's own, which has the extras; the least that there must be where it runs uninstalled."""
    try:
        installed = metadata.distribution("lambdabridge")
        text = installed.read_text("METADATA")
        if text and installed.version == lambdabridge.__version__:
            return text
    except metadata.PackageNotFoundError:
        pass
    return f"Metadata-Version: 2.1\nName: lambdabridge\nVersion: {lambdabridge.__version__}\n"
