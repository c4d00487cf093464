"""A SAM template, and what `sam` reads beside it.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification.html

The blocks of text are in sam_text.py.
"""

from __future__ import annotations

from shlex import quote

from lambdabridge.deploy.sam_text import (
    ACCESS_LOGS_PARAMETER,
    ACCOUNT_ROLE,
    EVENTS,
    FORMAT,
    FUNCTION,
    HEAD,
    HTTP_API,
    MAKEFILE,
    OUTPUTS,
    REST_API,
    ROLE,
    SAMCONFIG,
    SECRET,
    URL_CONFIG,
    URLS,
)
from lambdabridge.deploy.settings import APIS, Settings
from lambdabridge.deploy.text import fill, indented, plain, quoted, wrapped

TEMPLATE = "template.yaml"
_EVENTS = {"http": ("HttpApi", "ApiId", ', PayloadFormatVersion: "2.0"'), "rest": ("Api", "RestApiId", "")}
_WAITS = {"http": "; an HTTP API waits 30", "rest": "; a REST API waits 29", "function-url": ""}


def template(settings: Settings, title: str, code: str, handler: str, variables: dict[str, str], command: str) -> str:
    """Return a template. variables: what the handler needs in the environment, beside what the settings have."""
    api = settings.api
    event, member, more = _EVENTS.get(api, ("", "", ""))
    blocks = [HEAD, ACCESS_LOGS_PARAMETER if api == "rest" else "", FUNCTION]
    blocks += [URL_CONFIG + "@cors@" if api == "function-url" else EVENTS]
    blocks += [{"http": HTTP_API, "rest": REST_API + ACCOUNT_ROLE}.get(api, ""), ROLE, "@secrets@", OUTPUTS]
    file = settings.output or TEMPLATE
    return fill(
        "".join(blocks),
        title=title,
        api=APIS[api],
        command=wrapped(command, "# "),
        template=file,
        config="" if file == TEMPLATE else f" --config-file {samconfig_name(file)}",
        code=plain(code),
        root="" if code == "." else "\n      ProjectRootDirectory: . # which is here",
        handler=plain(handler),
        python=settings.python,
        arch=settings.arch,
        memory=settings.memory,
        timeout=settings.timeout,
        waits=_WAITS[api],
        environment=_environment(settings, variables),
        event=event,
        member=member,
        more=more,
        cors=_cors(settings),
        format=indented(FORMAT, 12 if api == "rest" else 10),
        secrets="".join(fill(SECRET, resource=one, variable=name) for name, one in resources(settings.secrets).items()),
        url=URLS[api],
    )


def _environment(settings: Settings, variables: dict[str, str]) -> str:
    lines = [f"{plain(name)}: {_literal(value)}" for name, value in {**variables, **settings.env}.items()]
    lines += [
        f'{plain(name)}: !Sub "{{{{resolve:secretsmanager:${{{one}}}}}}}"'
        for name, one in resources(settings.secrets).items()
    ]
    if not lines:
        return ""
    return "      Environment:\n        Variables:\n" + indented("\n".join(lines), 10) + "\n"


def _literal(value: str) -> str:
    """Return a text for which CloudFormation fills nothing in: bare, cfn-lint takes ${} for a Sub that was forgotten."""
    return f"!Sub {quoted(value.replace('${', '${!'))}" if "${" in value else quoted(value)


def _cors(settings: Settings) -> str:
    if not settings.cors:
        return ""
    origins, headers = list(settings.cors), ["authorization", "content-type"]
    if settings.api == "rest":
        lines = [
            "Cors: # the API answers preflights; Access-Control-Allow-Origin on other answers is the application's",
            f"""  AllowOrigin: "'{origins[0]}'\"""",
            """  AllowMethods: "'DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT'\"""",
            f"""  AllowHeaders: "'{",".join(headers)}'\"""",
            """  MaxAge: "'600'\"""",
        ]
        return indented("\n".join(lines), 6) + "\n"
    lines = [
        f"{'Cors' if settings.api == 'function-url' else 'CorsConfiguration'}: # in place of what the application says",
        f"  AllowOrigins: {quoted(origins)}",
        '  AllowMethods: ["*"]',
        f"  AllowHeaders: {quoted(headers)}",
        "  MaxAge: 600",
    ]
    return indented("\n".join(lines), 8 if settings.api == "function-url" else 6) + "\n"


def resources(variables: tuple[str, ...]) -> dict[str, str]:
    """Return a logical id for each environment variable's secret: SECRET_KEY has SecretKey, API_TOKEN ApiTokenSecret."""
    found: dict[str, str] = {}
    for variable in variables:
        name = "".join(part.capitalize() for part in variable.split("_"))
        name = one = name if "Secret" in name else f"{name}Secret"
        number = 1
        while one in found.values():  # API and API_SECRET
            number += 1
            one = f"{name}{number}"
        found[variable] = one
    return found


def samconfig_name(template: str) -> str:
    """Return the name of the samconfig.toml for a template: template-rest.yaml has samconfig-rest.toml."""
    stem = template.rpartition("/")[2].rpartition(".")[0]
    suffix = stem.removeprefix("template").strip("-._")
    return f"samconfig-{suffix}.toml" if suffix else "samconfig.toml"


def samconfig(settings: Settings) -> str:
    """Return samconfig.toml."""
    return fill(SAMCONFIG, name=settings.name, template=settings.output or TEMPLATE)


def makefile(template: str, words: list[str]) -> str:
    """Return the target that `sam build` runs. words: of `lambdabridge build`, for another folder than the template's."""
    options = "".join(f" {quote(word)}" for word in words).replace("$", "$$")
    options += f" --template {template}" if words or template != TEMPLATE else ""
    return fill(MAKEFILE, options=options)
