"""What a build did, for people and as JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lambdabridge.build import size
from lambdabridge.build.bytecode import Compiled
from lambdabridge.build.runtimes import Target
from lambdabridge.build.sources import IGNORED, SECRETS


@dataclass
class Report:
    """Everything; sizes are bytes.

    origin     of the requirements: "requirements.txt"; "" if there were none
    installer  "uv" or "pip"
    packages   {distribution: version} as installed, before anything was left out
    left_out   {what: bytes}
    skipped    {why: [path, ...]} of the application
    bytecode   None where there is no Python of that version here
    """

    target: Target
    output: str
    origin: str = ""
    installer: str = ""
    packages: dict[str, str] = field(default_factory=dict)
    installed: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    application: int = 0
    application_files: int = 0
    skipped: dict[str, list[str]] = field(default_factory=dict)
    bytecode: Compiled | None = None
    bytecode_size: int = 0
    size: int = 0
    files: int = 0
    zipped: int = 0
    seconds: float = 0
    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        made = self.bytecode
        return {
            "output": self.output,
            "python": self.target.python,
            "architecture": self.target.architecture,
            "requirements": self.origin or None,
            "installer": self.installer or None,
            "packages": self.packages,
            "installed_bytes": self.installed,
            "left_out": self.left_out,
            "application": {"files": self.application_files, "bytes": self.application, "skipped": self.skipped},
            "bytecode": made and {"modules": made.files, "bytes": self.bytecode_size, "failed": made.failed},
            "bytes": self.size,
            "files": self.files,
            "zipped_bytes_about": self.zipped,
            "seconds": round(self.seconds, 2),
            "notes": self.notes,
            "warnings": self.warnings,
        }

    def lines(self, *, verbose: bool = False) -> list[str]:
        """Return it as text."""
        rows = [("packages", self._packages())]
        if self.left_out:
            rows.append(("left out", self._left_out()))
        rows.append(("application", f"{_count(self.application_files, 'file')}, {megabytes(self.application)}"))
        rows += [("not taken", line) for line in self._not_taken(verbose)]
        return _aligned(rows if self.packages else [], self._result()) + self._remarks(verbose)

    def _result(self) -> list[tuple[str, str]]:
        rows = []
        if self.bytecode:
            made = f"{_count(self.bytecode.files, 'module')}, {megabytes(self.bytecode_size)}"
            rows.append(("bytecode", f"{made}: none is compiled on Lambda"))
        limit = megabytes(size.UNZIPPED)
        rows.append(
            (
                "function",
                f"{megabytes(self.size)} of {limit}, {_count(self.files, 'file')}, {megabytes(self.zipped)} zipped",
            )
        )
        rows.append(("made", f"{self.output} in {self.seconds:.1f} s"))
        return rows

    def _remarks(self, verbose: bool) -> list[str]:
        lines = []
        if verbose and self.bytecode:
            lines += [f"not Python {self.target.python}: {name}: {why}" for name, why in self.bytecode.failed.items()]
        return lines + [f"note: {note}" for note in self.notes] + [f"WARNING: {warning}" for warning in self.warnings]

    def _left_out(self) -> str:
        parts = sorted(self.left_out.items(), key=lambda entry: -entry[1])
        named = ", ".join(f"{what} {megabytes(number)}" for what, number in parts if number >= 512)
        return f"{megabytes(sum(self.left_out.values()))}: {named}"

    def _packages(self) -> str:
        if not self.origin:
            return f"lambdabridge alone, {megabytes(self.installed)} (no requirements.txt, no dependencies in pyproject.toml)"
        return f"{len(self.packages)} for {self.target} ({self.origin}, {self.installer}), {megabytes(self.installed)}"

    def _not_taken(self, verbose: bool) -> list[str]:
        lines = []
        for why, paths in self.skipped.items():
            if verbose or why in (SECRETS, IGNORED) or why.startswith(("links", "no files")):
                shown = paths if verbose else paths[:6]
                more = f" and {len(paths) - len(shown)} more" if len(paths) > len(shown) else ""
                way = " (--include takes them)" if why in (SECRETS, IGNORED) else ""
                lines.append(f"{why}: {', '.join(shown)}{more}{way}")
        return lines


def megabytes(number: int) -> str:
    """Return a size as people read it: Lambda's limits are in units of 1024."""
    if number < 1024 * 1024 / 10:
        return f"{number / 1024:.0f} KB"
    return f"{number / 1024 / 1024:.1f} MB".replace(".0 MB", " MB")


def _aligned(*parts: list[tuple[str, str]]) -> list[str]:
    rows = [row for part in parts for row in part]
    width = max(len(name) for name, _ in rows)
    return [f"{name:<{width}}  {value}" for name, value in rows]


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" + ("" if number == 1 else "s")
