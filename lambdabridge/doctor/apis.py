"""Checks of APIs: what reaches the function unharmed, in which format, under which path.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lambdabridge.doctor.findings import Seen
from lambdabridge.doctor.own import own_modules, text_of
from lambdabridge.doctor.subject import Subject, mapping
from lambdabridge.gateway.template.stack import Api

_OF_AN_APPLICATION = re.compile(rb"\b(?:CORSMiddleware|flask_cors|corsheaders|cors_allowed_origins|aiohttp_cors)\b")


def binary_media_types(subject: Subject) -> Iterator[Seen]:
    """Find a REST API that takes and gives text only."""
    for api in _rest_with_function(subject):
        if not api.binary_media_types:
            yield Seen(
                api.name, "This REST API has no binary media types.", _binary_cure(subject, api), "BinaryMediaTypes"
            )


def some_binary_media_types(subject: Subject) -> Iterator[Seen]:
    """Find a REST API that takes some types as binary."""
    for api in _rest_with_function(subject):
        if api.binary_media_types and "*/*" not in api.binary_media_types:
            given = ", ".join(api.binary_media_types)
            cure = f"{_binary_cure(subject, api)}, or say which: "
            cure += f"bridge(app, binary_media_types={list(api.binary_media_types)})"
            yield Seen(api.name, f"Its binary media types are {given}, and not */*.", cure, "BinaryMediaTypes")


def _binary_cure(subject: Subject, api: Api) -> str:
    own = 'BinaryMediaTypes: ["*~1*"]'
    sams = own if api.name in subject.resources else f"In Globals: Api: {{{own}}}"
    return subject.say(sams, 'binary_media_types=["*/*"]', 'BinaryMediaTypes: ["*/*"]')


def payload_missing(subject: Subject) -> Iterator[Seen]:
    """Find an HTTP API's integration whose payload format version is not given."""
    apis = {api.name for api in subject.apis if api.kind == "http"}
    for name, properties in subject.of_kind("AWS::ApiGatewayV2::Integration").items():
        is_lambda = properties.get("IntegrationType") == "AWS_PROXY" and not properties.get("IntegrationSubtype")
        if is_lambda and str(properties.get("ApiId")) in apis and not properties.get("PayloadFormatVersion"):
            yield Seen(
                name, "The integration has no PayloadFormatVersion.", 'PayloadFormatVersion: "2.0"', "IntegrationType"
            )
    for name, properties in subject.of_kind("AWS::ApiGatewayV2::Api", "AWS::Serverless::HttpApi").items():
        body = properties.get("Body", properties.get("DefinitionBody"))
        for key, integration in _integrations(body):
            if str(integration.get("type", "")).lower() == "aws_proxy" and not integration.get("payloadFormatVersion"):
                yield Seen(
                    name,
                    f"The integration of {key} has no payloadFormatVersion.",
                    'payloadFormatVersion: "2.0"',
                    "Body",
                )


def _integrations(body: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    paths = body.get("paths") if isinstance(body, dict) else None
    for path, item in paths.items() if isinstance(paths, dict) else ():
        for method, operation in item.items() if isinstance(item, dict) else ():
            one = operation.get("x-amazon-apigateway-integration") if isinstance(operation, dict) else None
            if isinstance(one, dict):
                yield f"{method} {path}", one


def payload_1(subject: Subject) -> Iterator[Seen]:
    """Find an HTTP API that sends the older event on purpose."""
    given = [
        *subject.of_kind("AWS::ApiGatewayV2::Integration").values(),
        *(given for function in subject.functions for _, given in function.events),
    ]
    if not any(str(properties.get("PayloadFormatVersion")) in ("1.0", "1") for properties in given):
        return
    for api in subject.apis:
        keys = [route.key for route in api.routes if api.kind == "http" and route.function and route.payload == "1.0"]
        if keys:
            seen = f"{', '.join(keys)}: the events are of payload format 1.0."
            yield Seen(api.name, seen, 'PayloadFormatVersion: "2.0"', "PayloadFormatVersion")


def sam_stage(subject: Subject) -> Iterator[Seen]:
    """Find SAM's second stage beside that of the template."""
    version = mapping(subject.globals_.get("Api")).get("OpenApiVersion")
    for api in subject.apis:
        kind, properties, _ = subject.resources.get(api.name, ("AWS::Serverless::Api", {}, {}))
        is_sams = kind == "AWS::Serverless::Api" and api.kind == "rest"
        if is_sams and not (version or properties.get("OpenApiVersion")) and api.stage != "Stage":
            seen = f"SAM makes a stage named Stage beside {api.stage}: the API answers at /Stage as well."
            yield Seen(api.name, seen, "In Globals: Api: {OpenApiVersion: 3.0.1}")


def cors(subject: Subject) -> Iterator[Seen]:
    """Find CORS in the API and in the application."""
    for api, _, function in subject.routes_to(("http", "function-url")):
        folder = function.source or function.built
        if api.cors is None or folder is None:
            continue
        file = _mentions(folder, _OF_AN_APPLICATION)
        if file:
            yield Seen(
                api.name,
                f"CORS is configured here, and {file} has CORS of the application's own.",
                "Remove one of them: CorsConfiguration (Cors of a function URL), or the application's.",
                "CorsConfiguration",
            )
            return


def base_path(subject: Subject) -> Iterator[Seen]:
    """Find a base path that the event does not tell."""
    mapped = {
        str(properties.get("ApiId")): str(properties["ApiMappingKey"])
        for properties in subject.of_kind("AWS::ApiGatewayV2::ApiMapping").values()
        if properties.get("ApiMappingKey")
    }
    for name, properties in subject.of_kind("AWS::Serverless::HttpApi").items():
        given = mapping(properties.get("Domain")).get("BasePath")
        keys = [key for key in (given if isinstance(given, list) else [given]) if key and key != "/"]
        mapped.update({name: str(keys[0])} if keys else {})
    for api, route, function in subject.routes_to(("http",)):
        if api.name in mapped and [one.key for one in api.routes] == ["$default"] and route.payload == "2.0":
            key = mapped[api.name].strip("/")
            folder = function.source or function.built
            if folder and not _mentions(folder, re.compile(rb"\bbase_path\s*=")):
                yield Seen(
                    api.name, f"Its domain has the base path /{key}, and its only route is $default.",
                    f'handler = bridge(app, base_path="/{key}")',
                )  # fmt: skip


def _mentions(folder: Path, text: re.Pattern[bytes]) -> str:
    """Return the application's own file that has a text, relative to the folder; "" if none has."""
    for file in own_modules(folder):
        if text.search(text_of(file)):
            return str(file.relative_to(folder))
    return ""


def _rest_with_function(subject: Subject) -> list[Api]:
    return [api for api in subject.apis if api.kind == "rest" and any(route.function for route in api.routes)]
