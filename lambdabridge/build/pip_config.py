"""pip's settings in uv's words: uv does not read pip's configuration, and a company's index stands there.

https://pip.pypa.io/en/stable/topics/configuration/ and https://docs.astral.sh/uv/reference/environment/
"""

from __future__ import annotations

import configparser
import os
import sys
from pathlib import Path

_UVS_OWN = ("UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS", "UV_CONFIG_FILE")


def for_uv(folder: Path) -> tuple[list[str], dict[str, str]]:
    """Return uv's (options, environment variables) for what pip is configured to, unless uv has a configuration."""
    if _uv_is_configured(folder):
        return [], {}
    found = settings()
    options: list[str] = []
    environment: dict[str, str] = {}  # addresses may hold passwords, which a command line would show to everybody
    if found.get("no-index", "").lower() in ("1", "true", "yes", "on"):
        options.append("--no-index")
    if "index-url" in found:
        environment["UV_DEFAULT_INDEX"] = found["index-url"]
    if found.get("extra-index-url"):
        environment["UV_INDEX"] = " ".join(found["extra-index-url"].split())
        environment["UV_INDEX_STRATEGY"] = "unsafe-best-match"  # as pip: the best version of all of them
    for option, name in (
        ("--find-links", "find-links"),
        ("--allow-insecure-host", "trusted-host"),
        ("-c", "constraint"),
    ):
        for value in found.get(name, "").split():
            options += [option, value]
    if "cert" in found and "SSL_CERT_FILE" not in os.environ:
        environment["SSL_CERT_FILE"] = found["cert"]
    return options, environment


def for_pip() -> dict[str, str]:
    """Return where `pip install` is configured to look, as environment variables: they hold for `pip wheel` as well."""
    names = ("index-url", "extra-index-url", "find-links", "no-index", "trusted-host", "cert", "client-cert", "proxy")
    return {f"PIP_{name.upper().replace('-', '_')}": value for name, value in settings().items() if name in names}


def settings() -> dict[str, str]:
    """Return pip's settings for `pip install`, names with dashes."""
    found: dict[str, str] = {}
    for file in _files():
        parser = configparser.RawConfigParser()
        try:
            parser.read(file, encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError):
            continue  # pip says what is wrong with it
        for section in ("global", "install"):
            if parser.has_section(section):
                found.update((name.replace("_", "-"), value) for name, value in parser.items(section))
    for name, value in os.environ.items():
        if name.startswith("PIP_") and name != "PIP_CONFIG_FILE" and value:
            found[name[4:].lower().replace("_", "-")] = value
    return found


def _files() -> list[Path]:
    """Return pip's configuration files, those that prevail last."""
    named = os.environ.get("PIP_CONFIG_FILE")
    if named == os.devnull:
        return []
    home = Path.home()
    if sys.platform == "win32":
        files = [Path(os.environ.get("PROGRAMDATA", "C:/ProgramData"), "pip/pip.ini"), home / "pip/pip.ini"]
        files += [Path(os.environ.get("APPDATA", home), "pip/pip.ini"), Path(sys.prefix, "pip.ini")]
    else:
        files = [Path(folder, "pip/pip.conf") for folder in os.environ.get("XDG_CONFIG_DIRS", "/etc/xdg").split(":")]
        files += [Path("/etc/pip.conf"), Path("/Library/Application Support/pip/pip.conf")]
        files += [home / ".pip/pip.conf", Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config", "pip/pip.conf")]
        files += [home / "Library/Application Support/pip/pip.conf", Path(sys.prefix, "pip.conf")]
    return files + ([Path(named)] if named else [])


def _uv_is_configured(folder: Path) -> bool:
    if any(os.environ.get(name) for name in _UVS_OWN):
        return True
    user = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config", "uv/uv.toml")
    if user.is_file() or (folder / "uv.toml").is_file():
        return True
    try:
        return "[tool.uv" in (folder / "pyproject.toml").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
