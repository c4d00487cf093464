"""Installed distributions in a folder: what their .dist-info says.

https://packaging.python.org/en/latest/specifications/recording-installed-packages/
"""

from __future__ import annotations

import csv
import json
import re
from dataclasses import dataclass, field
from email.parser import HeaderParser
from importlib import metadata
from pathlib import Path

from lambdabridge.build.runtimes import Target


@dataclass
class Distribution:
    """One.

    name       normalised, "python-dateutil"
    info       its .dist-info folder
    requires   {normalised name: the rest of the requirement}
    tags       of its wheel: "cp313-cp313-manylinux2014_aarch64"
    source     the local folder that it is an editable installation of; None
    """

    name: str
    version: str
    info: Path
    requires: dict[str, str] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    source: str | None = None

    def files(self) -> list[Path]:
        """Return the files that it was installed with and that are there, those below its folder only."""
        root = self.info.parent.resolve()
        try:
            with (self.info / "RECORD").open(newline="", encoding="utf-8") as record:
                paths = [root / row[0] for row in csv.reader(record) if row]
        except OSError:
            return []
        return [path for path in paths if path.is_file() and root in path.resolve().parents]

    def name_modules(self) -> None:
        """Write top_level.txt, as setuptools does, where there is none: without RECORD nothing else says what is whose."""
        file = self.info / "top_level.txt"
        root = self.info.parent.resolve()
        parts = [path.relative_to(root).parts for path in self.files() if path.suffix in (".py", ".so")]
        tops = {part[0].partition(".")[0] if len(part) == 1 else part[0] for part in parts}
        names = sorted(name for name in tops if name.isidentifier())
        if names and not file.exists():
            file.write_text("".join(f"{name}\n" for name in names), encoding="utf-8")


def normalised(name: str) -> str:
    """Return a distribution's name as it is compared (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def installed(folder: Path) -> dict[str, Distribution]:
    """Return the distributions in a folder, by their normalised names."""
    found = {}
    for info in sorted(folder.glob("*.dist-info")):
        parsed = HeaderParser().parsestr(_text(info / "METADATA"))
        name = normalised(parsed.get("Name") or info.name.split("-")[0])
        requires = {}
        for line in parsed.get_all("Requires-Dist") or []:
            match = re.match(r"([A-Za-z0-9._-]+)(.*)", line.strip())
            if match:
                requires[normalised(match[1])] = match[2].strip()
        tags = HeaderParser().parsestr(_text(info / "WHEEL")).get_all("Tag") or []
        found[name] = Distribution(name, parsed.get("Version") or "", info, requires, tags, _editable(info))
    return found


def newer(packages: dict[str, str], others: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Return {name: (version, the other)} of packages of which a newer one is among others, by their releases' numbers."""
    found = {}
    for name, version in packages.items():
        other = others.get(name)
        if other is not None and _release(other) > _release(version):
            found[name] = (version, other)
    return found


def here() -> dict[str, str]:
    """Return {normalised name: version} of what this interpreter has; the first on its path counts."""
    found: dict[str, str] = {}
    for one in metadata.distributions():
        name = one.metadata["Name"]
        if name:
            found.setdefault(normalised(name), one.version or "")
    return found


def _release(version: str) -> tuple[int, ...]:
    """Return the numbers of "1!2.10.3rc1", without the epoch and what follows: (2, 10, 3)."""
    said = re.match(r"(?:\d+!)?([\d.]*)", version)
    numbers = [int(number) for number in (said[1] if said else "").split(".") if number]
    while numbers and not numbers[-1]:  # 1.0 is 1
        numbers.pop()
    return tuple(numbers)


def misfits(folder: Path, target: Target) -> list[Distribution]:
    """Return the distributions whose wheels the target can't load: those that were built here and have compiled code."""
    return [one for one in installed(folder).values() if one.tags and not any(_fits(tag, target) for tag in one.tags)]


def _fits(tag: str, target: Target) -> bool:
    python, abi, platform = tag.split("-")
    if platform != "any" and platform not in target.platforms:
        return False
    version = target.python.replace(".", "")
    if abi == "none":
        return python in (f"py{version}", f"cp{version}") or python.startswith(("py2", "py3")) or platform != "any"
    return abi == f"cp{version}" or (abi == "abi3" and int(python[3:] or 0) <= int(version[1:]))


def _editable(info: Path) -> str | None:
    try:
        direct = json.loads(_text(info / "direct_url.json"))
        if direct["dir_info"]["editable"]:
            from urllib.parse import urlsplit
            from urllib.request import url2pathname

            return url2pathname(urlsplit(direct["url"]).path)
    except (ValueError, KeyError, TypeError):
        pass
    return None


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
