"""A CDK app in Python, and cdk.json: the same stack as the SAM template's.

https://docs.aws.amazon.com/cdk/api/v2/python/
"""

from __future__ import annotations

import json

from lambdabridge.deploy.cdk_text import ACCESS_LOG, END, FUNCTION_URL, HEAD, HTTP_API, REST_API, SECRET
from lambdabridge.deploy.sam import resources
from lambdabridge.deploy.sam_text import FORMAT
from lambdabridge.deploy.settings import APIS, Settings
from lambdabridge.deploy.text import fill, quoted, wrapped

APP = "infra/app.py"
CDK_JSON = """\
{
  "app": "python app.py"
}
"""
_BLOCKS = {"http": HTTP_API, "rest": REST_API, "function-url": FUNCTION_URL}
_IMPORTS = {
    "http": "from aws_cdk import aws_apigatewayv2 as apigateway\n"
    "from aws_cdk import aws_apigatewayv2_integrations as integrations\n",
    "rest": "from aws_cdk import aws_apigateway as apigateway\n",
    "function-url": "",
}
_WAITS = {"http": "  # an HTTP API waits 30", "rest": "  # a REST API waits 29", "function-url": ""}


def app(
    settings: Settings, title: str, words: list[str], own: str, handler: str, variables: dict[str, str], command: str
) -> str:
    """Return the CDK app.

    words      of `lambdabridge build`
    own        what of the project is the CDK app's, and not deployed
    variables  what the handler needs in the environment, beside what the settings have
    """
    file = settings.output or APP
    has_log = settings.api != "function-url"
    lines = "\n".join(f"        {json.dumps(key)}: {json.dumps(value)}," for key, value in json.loads(FORMAT).items())
    return fill(
        HEAD + (SECRET if settings.secrets else "") + _BLOCKS[settings.api] + END,
        title=title,
        api=APIS[settings.api],
        command=wrapped(command, ""),
        bootstrap=command_line(settings, "bootstrap"),
        deploy=command_line(settings, "deploy"),
        synth=command_line(settings, "synth --quiet"),
        depth=file.count("/"),
        own=own,
        name=settings.name,
        json="import json\n" if has_log else "",
        log=fill(ACCESS_LOG, lines=lines) if has_log else "",
        imports=_IMPORTS[settings.api],
        secretsmanager="from aws_cdk import aws_secretsmanager as secretsmanager\n" if settings.secrets else "",
        words="".join(f"{quoted(word)}, " for word in words),
        python=settings.python,
        arch=settings.arch,
        handler=quoted(handler),
        memory=settings.memory,
        timeout=settings.timeout,
        waits=_WAITS[settings.api],
        environment=_environment(settings, variables),
        cors=_cors(settings),
    )


def command_line(settings: Settings, words: str) -> str:
    """Return a command of CDK's command line, from the project's folder; its newest version 3 is older than 2."""
    folder, _, name = (settings.output or APP).rpartition("/")
    option = "" if name == "app.py" else f' --app "python {name}"'
    return (f"cd {folder} && " if folder else "") + f"npx aws-cdk@2 {words}{option}"


def _environment(settings: Settings, variables: dict[str, str]) -> str:
    values = {name: quoted(value) for name, value in {**variables, **settings.env}.items()}
    values.update({name: f'self.make_secret("{one}")' for name, one in resources(settings.secrets).items()})
    lines = [f"                {json.dumps(name)}: {value},\n" for name, value in values.items()]
    return "            environment={\n" + "".join(lines) + "            },\n" if lines else ""


def _cors(settings: Settings) -> str:
    """Return the argument for an API's constructor."""
    if not settings.cors:
        return ""
    options = {
        "http": ("cors_preflight=apigateway.CorsPreflightOptions", "allow_", "[apigateway.CorsHttpMethod.ANY]"),
        "rest": ("default_cors_preflight_options=apigateway.CorsOptions", "allow_", "apigateway.Cors.ALL_METHODS"),
        "function-url": ("cors=lambda_.FunctionUrlCorsOptions", "allowed_", "[lambda_.HttpMethod.ALL]"),
    }
    call, prefix, methods = options[settings.api]
    why = {
        "rest": "the API answers preflights; Access-Control-Allow-Origin on other answers is the application's",
    }.get(settings.api, "in place of what the application says")
    lines = [
        f"# {why}",
        f"{call}(",
        f"    {prefix}origins={quoted(list(settings.cors))},",
        f"    {prefix}methods={methods},",
        f'    {prefix}headers=["authorization", "content-type"],',
        "    max_age=cdk.Duration.minutes(10),",
        "),",
    ]
    return "".join(f"            {line}\n" for line in lines)
