"""What the commands that measure processes of AWS's runtime client have in common: options, progress, how they end."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from benchmarks.cold import trees
from lambdabridge.errors import BridgeError, ConfigurationError

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lambdabridge" / "cold_path"


def parser(description: str | None) -> argparse.ArgumentParser:
    """Return a parser with --python, --frameworks and --cache."""
    made = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--python", type=Path, default=Path(sys.executable), help="the interpreter to measure with")
    made.add_argument("--frameworks", default=",".join(trees.FRAMEWORKS), help="some of them, with commas")
    made.add_argument("--cache", type=Path, default=CACHE, help="where the folders are kept")
    return made


def wanted(frameworks: str) -> list[str]:
    """Return the frameworks of --frameworks; raise ConfigurationError for one that is not known."""
    found = frameworks.split(",")
    unknown = set(found) - set(trees.FRAMEWORKS)
    if unknown:
        raise ConfigurationError(f"--frameworks {min(unknown)}: expected one of {', '.join(trees.FRAMEWORKS)}.")
    return found


def at_least(option: str, number: int, least: int) -> int:
    """Return a number of something; raise ConfigurationError for too few."""
    if number < least:
        raise ConfigurationError(f"{option} {number}: expected {least} or more.")
    return number


def progress(text: str) -> None:
    """Show what is being done, on a terminal."""
    if sys.stderr.isatty():
        print(f"\r{text:<60}", end="" if text else "\r", file=sys.stderr, flush=True)


def end_with(main: Callable[[], int], name: str) -> NoReturn:
    """Run a command and exit: with 2 and one sentence for what it was asked and can't do."""
    try:
        raise SystemExit(main())
    except BridgeError as error:
        print(f"{name}: {error}", file=sys.stderr)
        raise SystemExit(2) from None
