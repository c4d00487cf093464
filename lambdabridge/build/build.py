"""The whole: packages, the application, what is left out, bytecode, dates, and then the exchange of the old folder for it.

Everything is made in a temporary folder, so that a build that fails leaves the output as it was.
"""

from __future__ import annotations

import shutil
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import lambdabridge
from lambdabridge.build import bytecode, interpreter, output, own, requirements, size, sources
from lambdabridge.build.distributions import here, installed, newer
from lambdabridge.build.installing import Installer
from lambdabridge.build.pruning import Pruning
from lambdabridge.build.report import Report, megabytes
from lambdabridge.build.settings import Settings
from lambdabridge.errors import ConfigurationError

Say = Callable[[str], None]


def build(settings: Settings, say: Say = lambda line: None) -> Report:
    """Build and return what was done; raise ConfigurationError, in a sentence, for what can't be. say() gets each step."""
    start = time.monotonic()
    settings.check()
    output.check(settings.output)
    report = Report(settings.target, str(settings.output))
    with output.workshop(settings.output) as work:
        packages, application, links = (Path(work, name) for name in ("packages", "application", "links"))
        for folder in (packages, application, links):
            folder.mkdir()
        _copy_application(settings, application, report)
        _install(settings, packages, links, report, say)
        if not report.origin and not report.application_files:
            raise ConfigurationError(
                f"There is nothing to build in {settings.folder}: no requirements.txt, and no file to take."
            )
        pruning = Pruning(packages, application, settings.keep)
        pruning.run()
        report.left_out = pruning.left_out
        report.notes += pruning.notes
        _note_layout(settings.folder, application, packages, report)
        _merge(application, packages, report)
        compile_in(packages, report, strict=settings.strict, say=say)
        finish(packages, report)
        output.replace(packages, settings.output)
    report.seconds = time.monotonic() - start
    return report


def compile_only(settings: Settings, say: Say = lambda line: None) -> Report:
    """Compile an existing folder in place: what somebody else's build made."""
    start = time.monotonic()
    if not settings.folder.is_dir():
        raise ConfigurationError(
            f"There is no folder {settings.folder}; --compile-only expects one that is to be deployed."
        )
    report = Report(settings.target, str(settings.folder))
    compile_in(settings.folder, report, strict=True, say=say)
    report.size, report.files = size.size(settings.folder), size.count(settings.folder)
    report.zipped = size.zipped(settings.folder)
    report.seconds = time.monotonic() - start
    return report


def _copy_application(settings: Settings, application: Path, report: Report) -> None:
    found = sources.find(settings.folder, settings.output, settings.exclude, settings.include)
    for path in found.files:
        (application / path).parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copy(settings.folder / path, application / path)
        except OSError as error:
            raise ConfigurationError(f"{settings.folder / path} can't be read: {error.strerror}.") from error
    report.application, report.application_files = size.size(application), len(found.files)
    report.skipped = found.skipped
    report.notes += found.notes


def _install(settings: Settings, packages: Path, links: Path, report: Report, say: Say) -> None:
    wheel = own.write_wheel(links)
    wanted = requirements.find(settings.folder, settings.requirements)
    report.origin = wanted.origin
    if wanted.origin:
        installer = Installer(settings.target, links, settings.installer)
        say(f"Installing {wanted.origin} for {settings.target} with {installer.name} ...")
        installer.install(wanted, packages)
        report.installer = installer.name
        report.notes += installer.notes
    if not (packages / "lambdabridge").is_dir():
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(packages)
    report.packages = {one.name: one.version for one in installed(packages).values()}
    report.installed = size.size(packages)
    others = {name: version for name, version in report.packages.items() if name != "lambdabridge"}
    for name, (version, newest) in newer(others, here()).items():
        report.notes.append(
            f"{name} {version} goes in, and {newest} runs here: the requirements may want that, or {newest} has no wheel; "
            f"with {name}=={newest} among them it is built here."
        )
    ours = report.packages.get("lambdabridge")
    if ours != lambdabridge.__version__:
        report.notes.append(
            f"lambdabridge {ours} goes in, as the requirements want it; {lambdabridge.__version__} runs here."
        )


def _note_layout(folder: Path, application: Path, packages: Path, report: Report) -> None:
    """Say what of the project's layout its developer may have expected to be obeyed."""
    top = {path.relative_to(application).parts[0] for path in application.rglob("*.py")}
    under = [path.name for path in (application / "src").glob("*") if path.is_dir()]
    if top - {"tests", "docs"} == {"src"} and not any((packages / name).exists() for name in under):
        report.notes.append(
            "The modules are under src/, which is not on Lambda's import path: `lambdabridge build src --requirements FILE` "
            "builds that folder, and `.` in a requirements.txt installs it."
        )
    if not top and not report.origin:
        report.notes.append(
            f"No file of {folder} is a Python module, and nothing is installed: is that the application's folder?"
        )
    if report.origin == "pyproject.toml" and (folder / "uv.lock").is_file():
        report.notes.append(
            "uv.lock is not read: `uv export --no-dev --no-emit-project -o requirements.txt` has its versions go in."
        )


def _merge(application: Path, packages: Path, report: Report) -> None:
    """Put the application over the packages, as it comes first on Lambda's import path."""
    for path in sorted(application.rglob("*")):
        target = packages / path.relative_to(application)
        if path.is_dir() and not target.is_file():
            target.mkdir(exist_ok=True)
        elif path.is_dir() or target.is_dir():
            raise ConfigurationError(
                f"{target.name} is a file in the application and a folder in a package, or the reverse: rename it."
            )
        else:
            if target.is_file() and target.read_bytes() != path.read_bytes():
                report.notes.append(f"The application's {path.relative_to(application)} replaces a package's.")
            shutil.copy(path, target)


def compile_in(folder: Path, report: Report, *, strict: bool, say: Say) -> None:
    """Compile with the target's Python, and see that it takes what was made; without one, say what that costs."""
    version = report.target.python
    python = interpreter.find(version)
    if python is None:
        text = (
            f"There is no Python {version} on this machine to make its bytecode: every cold start on Lambda will compile "
            f"each module anew, and take 1.6 to 3 times as long. `uv python install {version}` brings one."
        )
        if strict:
            raise ConfigurationError(text)
        report.warnings.append(text)
        return
    say(f"Compiling for Python {version} ...")
    report.bytecode = made = bytecode.compile_folder(folder, python)
    left = [name for name in bytecode.stale(folder, python) if name not in made.failed]
    if left:  # pragma: no cover - the interpreter said that it wrote them
        raise ConfigurationError(f"{python.path} wrote no valid bytecode for {left[0]} and {len(left) - 1} more.")
    report.bytecode_size = sum(path.stat().st_size for path in folder.rglob("*.pyc"))


def finish(folder: Path, report: Report) -> None:
    """Mark the folder, level dates and modes, and hold it against Lambda's limits."""
    made = "unchecked-hash" if report.bytecode else None
    said = {"lambdabridge": lambdabridge.__version__, "python": report.target.python, "bytecode": made}
    output.mark(folder, {**said, "architecture": report.target.architecture})
    output.level(folder)
    report.size, report.files = size.size(folder), size.count(folder)
    if report.size > size.UNZIPPED:
        most = ", ".join(f"{name} {megabytes(number)}" for name, number in size.largest(folder))
        raise ConfigurationError(
            f"The function would have {megabytes(report.size)} ({megabytes(report.bytecode_size)} of it bytecode); "
            f"Lambda takes {megabytes(size.UNZIPPED)} with layers. "
            f"The largest: {most}. --exclude leaves out the application's own; an image can have 10 GB."
        )
    report.zipped = size.zipped(folder)
    if report.zipped > size.DIRECT_UPLOAD:
        report.notes.append(
            "The zip will be over 50 MB: that goes through S3, as SAM and CDK send it, but not in one call to Lambda."
        )
