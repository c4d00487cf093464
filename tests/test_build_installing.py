"""Requirements -> packages for another Python and architecture, by pip and (where it is here) by uv; no index is asked."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lambdabridge.build import interpreter, pip_config, requirements
from lambdabridge.build.installing import Installer
from lambdabridge.build.requirements import Requirements
from lambdabridge.build.runtimes import target
from lambdabridge.errors import ConfigurationError
from tests.building import sdist, source, tree, wheel, write

needs_uv = pytest.mark.skipif(not interpreter.find_uv(), reason="there is no uv here")
INSTALLERS = ["pip", pytest.param("uv", marks=needs_uv)]
Install = Callable[..., list[str]]


@pytest.fixture
def links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with packages that pip is configured to, in place of an index."""
    for name in (
        "UV_INDEX",
        "UV_DEFAULT_INDEX",
        "UV_INDEX_URL",
        "UV_EXTRA_INDEX_URL",
        "UV_FIND_LINKS",
        "PIP_CONSTRAINT",
    ):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "links"
    folder.mkdir()
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    configuration = write(tmp_path, {"pip.conf": f"[install]\nno-index = true\nfind-links = {folder}\nuser = true\n"})
    monkeypatch.setenv("PIP_CONFIG_FILE", str(configuration / "pip.conf"))
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    return folder


@pytest.fixture
def install(tmp_path: Path, links: Path) -> Install:
    """Return a function that installs requirements, and returns the files outside of .dist-info."""

    def run(
        kind: str, *lines: str, python: str = "3.13", architecture: str = "arm64", notes: list[str] | None = None
    ) -> list[str]:
        project, folder, own = (tmp_path / name for name in ("project", "packages", "own"))
        for one in (project, folder, own):
            one.mkdir(exist_ok=True)
        (project / "requirements.txt").write_text("\n".join(lines) + "\n")
        installer = Installer(target(python, architecture), own, kind)
        installer.install(requirements.find(project), folder)
        if notes is not None:
            notes += installer.notes
        return [path for path in tree(folder) if ".dist-info/" not in path and path != ".lock"]

    return run


@pytest.mark.parametrize(
    ("kind", "python", "architecture", "tag"),
    [
        pytest.param("pip", "3.11", "x86_64", "cp311-cp311-manylinux2014_x86_64", id="pip, Amazon Linux 2"),
        pytest.param(
            "uv", "3.11", "x86_64", "cp311-cp311-manylinux2014_x86_64", id="uv, Amazon Linux 2", marks=needs_uv
        ),
        pytest.param("uv", "3.13", "x86_64", "cp313-cp313-manylinux2014_x86_64", id="uv, x86_64", marks=needs_uv),
        pytest.param("uv", "3.13", "arm64", "cp313-cp313-manylinux_2_34_aarch64", id="uv, arm64", marks=needs_uv),
    ],
)
def test_wheel_of_the_target(
    install: Install, links: Path, tmp_path: Path, kind: str, python: str, architecture: str, tag: str
) -> None:
    for one in (
        "cp313-cp313-manylinux_2_34_aarch64",
        "cp313-cp313-manylinux2014_x86_64",
        "cp313-cp313-macosx_11_0_arm64",
        "cp311-cp311-manylinux_2_28_x86_64",
        "cp311-cp311-manylinux2014_x86_64",
        "cp313-cp313-manylinux_2_39_aarch64",
    ):
        wheel(links, "native", tag=one)
    assert install(kind, "native", python=python, architecture=architecture) == ["native.py"]
    assert (tmp_path / "packages" / "native.py").read_text() == f'tag = "{tag}"\n'


@pytest.mark.parametrize("kind", INSTALLERS)
def test_markers_and_required_python_are_the_targets(
    install: Install, links: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`pip install --python-version` alone would take those of the Python that it runs on."""
    monkeypatch.setattr("lambdabridge.build.installing.find", lambda version: None)  # so that it is another one
    python = "3.10" if sys.version_info >= (3, 11) else "3.11"
    for name in ("arm", "intel", "same", "other"):
        wheel(links, name)
    wheel(links, "needs", requires_python=">=3.12")
    wheel(
        links,
        "needs",
        "0.9",
        requires=(
            "arm; platform_machine == 'aarch64'",
            "intel; platform_machine == 'x86_64'",
            f"same; python_version == '{python}'",
            f"other; python_version != '{python}'",
        ),
    )
    notes: list[str] = []
    assert install(kind, "needs", python=python, notes=notes) == ["arm.py", "needs.py", "same.py"]
    assert notes == []


@pytest.mark.parametrize("kind", INSTALLERS)
def test_source_distribution_of_pure_python_is_built(install: Install, links: Path, kind: str) -> None:
    sdist(links, "pure")
    notes: list[str] = []
    assert install(kind, "pure", notes=notes) == ["pure.py"]
    assert [note.split(" has ")[1] for note in notes] == ["no wheel: it was built here, as pure Python."]
    assert notes[0].startswith("pure")


@pytest.mark.parametrize("kind", INSTALLERS)
@pytest.mark.parametrize(
    "make",
    [
        pytest.param(
            lambda links: wheel(links, "native", tag="cp313-cp313-manylinux2014_x86_64"), id="a wheel for another"
        ),
        pytest.param(lambda links: sdist(links, "native", tag="cp313-cp313-linux_x86_64"), id="compiled here"),
    ],
)
def test_no_wheel_for_the_architecture(install: Install, links: Path, kind: str, make: Callable[[Path], Path]) -> None:
    make(links)
    with pytest.raises(
        ConfigurationError, match=r"native.*no wheel for Python 3\.13 on arm64|could not install"
    ) as raised:
        install(kind, "native")
    assert "native" in str(raised.value)


@pytest.mark.parametrize("kind", INSTALLERS)
def test_installers_own_words(install: Install, kind: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        install(kind, "nosuchpackage==1.2.3")
    sentence, *words = str(raised.value).splitlines()
    assert sentence == f"{kind} could not install for Python 3.13 on arm64:"
    assert "nosuchpackage" in " ".join(words)


@pytest.mark.parametrize("kind", INSTALLERS)
def test_what_requirements_files_can_say(install: Install, links: Path, tmp_path: Path, kind: str) -> None:
    """-r, -c, -e, a local folder; their paths are relative to the file."""
    wheel(links, "a", "1.0")
    wheel(links, "a", "2.0")
    wheel(links, "b")
    source(tmp_path / "project" / "local", "local")
    source(tmp_path / "project" / "edited", "edited")
    write(tmp_path / "project", {"more.txt": "b\n", "pins.txt": "a<2\n"})
    found = install(kind, "a", "-r more.txt", "-c pins.txt", "./local", "-e ./edited")
    assert found == ["a.py", "b.py", "edited.py", "local.py"]
    assert (tmp_path / "packages" / "a-1.0.dist-info").is_dir()


@pytest.mark.parametrize(
    ("kind", "right"),
    [
        pytest.param("pip", False, id="pip, wrong"),
        pytest.param("uv", False, id="uv, wrong", marks=needs_uv),
        pytest.param("uv", True, id="uv, right", marks=needs_uv),
    ],
)
def test_hashes(install: Install, links: Path, kind: str, right: bool) -> None:
    digest = hashlib.sha256(wheel(links, "a").read_bytes()).hexdigest()
    line = f"a==1.0 --hash=sha256:{digest if right else '0' * 64}"
    if right:
        assert install(kind, line) == ["a.py"]
    else:
        with pytest.raises(ConfigurationError, match="could not install"):
            install(kind, line)


PYPROJECTS: dict[str, tuple[str, list[str] | str]] = {
    "dependencies": ('[project]\nname = "x"\nversion = "1"\ndependencies = ["a>=1", "b"]\n', ["a>=1", "b"]),
    "none": ('[project]\nname = "x"\nversion = "1"\n', []),
    "tools alone": ("[tool.ruff]\nline-length = 100\n", []),
    "dynamic": ('[project]\nname = "x"\ndynamic = ["dependencies"]\n', "leaves its dependencies to its build"),
    "poetry": ('[tool.poetry.dependencies]\nflask = "^3"\n', "under [tool.poetry]: `poetry export"),
    "no list": ('[project]\ndependencies = "flask"\n', "'flask'; expected a list of strings"),
    "not TOML": ("[project\n", "can't be read"),
}


@pytest.mark.parametrize(("text", "expected"), PYPROJECTS.values(), ids=PYPROJECTS)
def test_pyproject(tmp_path: Path, text: str, expected: list[str] | str) -> None:
    pytest.importorskip("tomllib", reason="Python 3.10 can't read TOML")
    write(tmp_path, {"pyproject.toml": text})
    if isinstance(expected, str):
        with pytest.raises(ConfigurationError) as raised:
            requirements.find(tmp_path)
        assert expected in str(raised.value)
    else:
        origin = "pyproject.toml" if expected else ""
        assert requirements.find(tmp_path) == Requirements(tmp_path.resolve(), lines=expected, origin=origin)


def test_requirements_txt_comes_first(tmp_path: Path) -> None:
    write(tmp_path, {"requirements.txt": "", "pyproject.toml": "[project]\ndependencies = ['a']\n"})
    file = tmp_path.resolve() / "requirements.txt"
    assert requirements.find(tmp_path) == Requirements(tmp_path.resolve(), [file], origin="requirements.txt")


def test_pip_settings_in_uvs_words(links: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://user:password@index.example/simple")
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "https://one.example/simple https://two.example/simple")
    monkeypatch.setenv("PIP_TRUSTED_HOST", "one.example")
    monkeypatch.delenv("PIP_CERT", raising=False)
    monkeypatch.setenv("SSL_CERT_FILE", "mine.pem")  # goes before the cert of the machine's own pip.conf
    assert pip_config.for_uv(tmp_path) == (
        ["--no-index", "--find-links", str(links), "--allow-insecure-host", "one.example"],
        {
            "UV_DEFAULT_INDEX": "https://user:password@index.example/simple",
            "UV_INDEX": "https://one.example/simple https://two.example/simple",
            "UV_INDEX_STRATEGY": "unsafe-best-match",
        },
    )
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://other.example/simple")
    assert pip_config.for_uv(tmp_path) == ([], {})


def test_neither_uv_nor_pip(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    monkeypatch.setattr("lambdabridge.build.installing.find", lambda version: None)
    with pytest.raises(ConfigurationError, match="neither uv nor pip here"):
        Installer(target("3.13", "arm64"), tmp_path)
    with pytest.raises(ConfigurationError, match="There is no uv here"):
        Installer(target("3.13", "arm64"), tmp_path, "uv")


@pytest.mark.parametrize(
    ("python", "architecture", "uv"),
    [
        ("3.10", "x86_64", "x86_64-manylinux2014"),
        ("3.11", "arm64", "aarch64-manylinux2014"),
        ("python3.12", "arm64", "aarch64-manylinux_2_34"),
        ("3.14", "aarch64", "aarch64-manylinux_2_34"),
    ],
)
def test_platforms(python: str, architecture: str, uv: str) -> None:
    one = target(python, architecture)
    assert one.uv_platform == uv
    newest = "26" if one.python in ("3.10", "3.11") else "34"
    assert one.platforms[0] == f"manylinux_2_{newest}_{one.machine}"
    assert f"manylinux2014_{one.machine}" in one.platforms
