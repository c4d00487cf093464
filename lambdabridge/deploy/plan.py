"""From an application and settings to files as text, what to say about them, and the next commands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from lambdabridge.deploy import cdk, requirements, sam
from lambdabridge.deploy.application import HANDLER_FILE, Application
from lambdabridge.deploy.files import File
from lambdabridge.deploy.places import python_files
from lambdabridge.deploy.settings import Settings
from lambdabridge.doctor.own import text_of
from lambdabridge.errors import ConfigurationError

REQUIREMENTS = requirements.NAME
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
    written, notes = requirements.missing(project, application)
    files += written
    notes += _notes(project, application, settings)
    code, words = application.folder.as_posix(), _build_words(project, application)
    command = f"lambdabridge init {application.target} {settings.as_options()}"
    if settings.tool == "cdk":
        own = _not_deployed(project, application, settings.output or cdk.APP)
        app = cdk.app(settings, application.title, words, own, handler, variables, command)
        return _cdk(settings, files, notes, app)
    file = settings.output or sam.TEMPLATE
    _check_others(project, file)
    config = sam.samconfig_name(file)
    files += [
        File(file, sam.template(settings, application.title, code, handler, variables, command)),
        File(config, sam.samconfig(settings)),
        File("Makefile", sam.makefile(file, words), adds="the target build-Function", unless="build-Function:"),
        File(".gitignore", ".aws-sam/\n", adds=".aws-sam/"),
    ]
    more = "" if config == "samconfig.toml" else f" --config-file {config}"
    options = f'BUILD_OPTIONS="--template {file}" ' if _builds_for_another(project, file) else ""
    return Plan(files, notes, [f"{options}sam build{more} && sam deploy{more}"])


def _check_others(project: Path, template: str) -> None:
    """Raise ConfigurationError for a template that `sam` would overlook from now on."""
    for other in ("template.yml", "template.json"):
        if template == sam.TEMPLATE and (project / other).exists() and not (project / template).exists():
            raise ConfigurationError(
                f"{other} is a template already, and `sam` would take {template} in its place: --output FILE takes another "
                "name."
            )


def _builds_for_another(project: Path, template: str) -> bool:
    """Whether the Makefile has a target already, by which `lambdabridge build` reads another template than this one."""
    try:
        recipe = (project / "Makefile").read_text(encoding="utf-8").partition("build-Function:")[2]
    except (OSError, UnicodeDecodeError):
        return False
    named = re.search(r"--template[ =](\S+)", recipe)
    return "lambdabridge build" in recipe and (named[1] if named else sam.TEMPLATE) != template


def _not_deployed(project: Path, application: Application, output: str) -> str:
    """Return the CDK app's folder, or its file where more than that is in the folder."""
    top, _, below = output.partition("/")
    if Path(output) == application.file:
        raise ConfigurationError(f"--output {output!r} is the application itself.")
    if below and application.file.parts[0] == top and application.folder == Path():
        raise ConfigurationError(
            f"--output {output!r}: {top}/ has the application; expected a folder for the CDK app alone."
        )
    return output if below and (project / top / "__init__.py").exists() else top


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


def _build_words(project: Path, application: Application) -> list[str]:
    """Return what `lambdabridge build` has to be told of a project whose code is not at its top."""
    if application.folder == Path():
        return []
    folder = application.folder.as_posix()
    is_above = (project / REQUIREMENTS).exists() and not (project / folder / REQUIREMENTS).exists()
    return [folder, *(["--requirements", REQUIREMENTS] if is_above else [])]


def _notes(project: Path, application: Application, settings: Settings) -> list[str]:
    """Return what the developer should know."""
    notes = []
    if application.kind.startswith("Django") and not _allows_aws(project):
        notes.append("Django's ALLOWED_HOSTS has to have '.amazonaws.com' (a function URL: '.on.aws') or your domain.")
    if settings.cors and settings.api == "rest":
        notes.append("The API answers preflights; Access-Control-Allow-Origin on other answers is the application's.")
    return notes


def _allows_aws(project: Path) -> bool:
    """Whether a site's settings name AWS's hosts."""
    files = (project / file for file in python_files(project, is_strict=False) if "settings" in str(file))
    allowed = re.compile(rb"\.amazonaws\.com|\.on\.aws|ALLOWED_HOSTS\s*=\s*\[\s*['\"]\*['\"]")
    return any(allowed.search(text_of(file)) for file in files)
