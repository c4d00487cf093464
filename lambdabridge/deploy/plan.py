"""From an application and settings to files as text, what to say about them, and the next commands."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from lambdabridge.deploy import cdk, sam
from lambdabridge.deploy.application import HANDLER_FILE, Application
from lambdabridge.deploy.files import File
from lambdabridge.deploy.places import python_files
from lambdabridge.deploy.settings import Settings

REQUIREMENTS = "requirements.txt"
ON_DEMAND = "lambdabridge.handler"
"""The handler of a function whose LAMBDABRIDGE_APP names the application."""


@dataclass(frozen=True)
class Plan:
    """What init does.

    notes     sentences for the terminal
    commands  what to type next
    """

    files: list[File]
    notes: list[str]
    commands: list[str]


def make(project: Path, application: Application, settings: Settings) -> Plan:
    """Return the files for an application; nothing is written."""
    handler, variables, files = _handler(project, application)
    notes = _notes(project, application, settings)
    code, words = application.folder.as_posix(), _build_words(project, application)
    command = f"lambdabridge init {application.target} {settings.as_options()}"
    if settings.tool == "cdk":
        return _cdk(settings, files, notes, cdk.app(settings, application.title, words, handler, variables, command))
    file = settings.output or sam.TEMPLATE
    config = sam.samconfig_name(file)
    files += [
        File(file, sam.template(settings, application.title, code, handler, variables, command)),
        File(config, sam.samconfig(settings)),
        File("Makefile", sam.makefile(file, words), adds="the target build-Function", unless="build-Function:"),
        File(".gitignore", ".aws-sam/\n", adds=".aws-sam/"),
    ]
    words = "" if config == "samconfig.toml" else f" --config-file {config}"
    return Plan(files, notes, [f"sam build{words} && sam deploy{words}"])


def _cdk(settings: Settings, files: list[File], notes: list[str], app: str) -> Plan:
    path = PurePosixPath(settings.output or cdk.APP)
    files.append(File(str(path), app))
    if path.name == PurePosixPath(cdk.APP).name:
        files.append(File(str(path.with_name("cdk.json")), cdk.CDK_JSON))
    files.append(File(".gitignore", "cdk.out/\n", adds="cdk.out/"))
    return Plan(files, notes, ["pip install aws-cdk-lib", cdk.command_line(settings, "deploy")])


def _handler(project: Path, application: Application) -> tuple[str, dict[str, str], list[File]]:
    """Return (Handler, the environment variables that it needs, its file if there is none yet)."""
    if application.handler:
        module, name, given = application.handler
        if given[:1] in "'\"" and given:  # the application is imported by bridge() itself
            return f"{module}.{name}", {}, []
        return ON_DEMAND, {"LAMBDABRIDGE_APP": f"{module}:{name}"}, []
    text = f'from lambdabridge import bridge\n\nhandler = bridge("{application.target}")\n'
    path = application.folder / HANDLER_FILE
    if (project / path).exists():  # something else: with a handler of ours it would have been found
        return ON_DEMAND, {"LAMBDABRIDGE_APP": application.target}, []
    return "lambda_function.handler", {}, [File(path.as_posix(), text)]


def _build_words(project: Path, application: Application) -> str:
    """Return what `lambdabridge build` has to be told of a project whose code is not at its top."""
    if application.folder == Path():
        return ""
    folder = application.folder.as_posix()
    is_above = (project / REQUIREMENTS).exists() and not (project / folder / REQUIREMENTS).exists()
    return f"{folder} --requirements {REQUIREMENTS}" if is_above else folder


def _notes(project: Path, application: Application, settings: Settings) -> list[str]:
    """Return what the developer should know."""
    notes = []
    places = [Path(REQUIREMENTS), application.folder / REQUIREMENTS, application.folder / "pyproject.toml"]
    if not any((project / place).exists() for place in places):
        notes.append(f"There is no {REQUIREMENTS}: the build installs what it lists, so write one first.")
    if application.kind.startswith("Django") and not _allows_aws(project):
        notes.append("Django's ALLOWED_HOSTS has to have '.amazonaws.com' (a function URL: '.on.aws') or your domain.")
    if settings.cors and settings.api == "rest":
        notes.append("The API answers preflights; Access-Control-Allow-Origin on other answers is the application's.")
    return notes


def _allows_aws(project: Path) -> bool:
    """Whether a site's settings name AWS's hosts."""
    files = (project / file for file in python_files(project) if "settings" in str(file))
    return any(name in file.read_bytes() for file in files for name in (b".amazonaws.com", b".on.aws"))
