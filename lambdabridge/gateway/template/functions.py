"""Functions: AWS::Serverless::Function and AWS::Lambda::Function, with the folder that their code is in.

Only Python from a folder on this machine is run. What is not (an image, another language, code in S3 or in the template) is
left out with its reason; the rest of the template is served.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from lambdabridge.errors import ConfigurationError
from lambdabridge.gateway.template.stack import Function, Stack

_SYNTH = "for a CDK app run `cdk synth`"


def read(stack: Stack, name: str, properties: dict[str, Any], resource: dict[str, Any], template: Path) -> None:
    """Add a function, or leave it out; its properties are with Globals."""
    why = _not_run(properties)
    code: Path | None = None
    if not why:
        code, why = _folder(properties, resource.get("Metadata") or {}, template)
    if code is None:
        stack.leave_out(name, why)
        return
    if properties.get("Layers"):
        stack.note(f"{name}: its layers are not put in place here.")
    given = str(properties.get("FunctionName") or "")
    stack.functions[name] = Function(
        name,
        str(code),
        str(properties.get("Handler", "")),
        _variables(name, (properties.get("Environment") or {}).get("Variables") or {}),
        float(_number(name, properties, "Timeout", 3, 1, 900)),
        _number(name, properties, "MemorySize", 128, 128, 10240),
        function_name=given if re.fullmatch(r"[A-Za-z0-9_-]+", given) else "",
        runtime=str(properties.get("Runtime") or ""),
    )


def _not_run(properties: dict[str, Any]) -> str:
    """Return why a function is not run here, as far as that has nothing to do with a folder; "" if it may be."""
    code = properties.get("Code")
    code = code if isinstance(code, dict) else {}
    if properties.get("PackageType") == "Image" or "ImageUri" in properties or "ImageUri" in code:
        return "it is a container image, which is not run here"
    runtime = str(properties.get("Runtime", "python"))
    if not runtime.startswith("python"):
        return f"its runtime is {runtime}, and only Python is run here"
    if "InlineCode" in properties or "ZipFile" in code:
        return "its code stands in the template, and only code in a folder is run here"
    return ""


def _folder(properties: dict[str, Any], metadata: dict[str, Any], template: Path) -> tuple[Path | None, str]:
    """Return (the folder with the code, ""), or (None, why there is none)."""
    code = properties.get("CodeUri", properties.get("Code", "."))
    asset = metadata.get("aws:asset:path") or _asset(code, template)
    if asset:
        code = asset
    if isinstance(code, dict) and "S3Key" in code:
        return None, f"its code is in S3, not in a folder here ({_SYNTH})"
    if not isinstance(code, str) or code.startswith(("s3://", "https://")):
        return None, "its code is in S3, not in a folder here"
    folder = (template.parent / code).resolve()
    if folder.is_dir():
        return folder, ""
    if folder.is_file():
        return None, f"its code {code} is a file, and only code in a folder is run here"
    return None, f"its code's folder {code} does not exist" + (f" ({_SYNTH})" if asset else "")


def _asset(code: Any, template: Path) -> str:
    """Return the path that a CDK app's X.assets.json, beside X.template.json, has for a key in S3; "" if it has none."""
    key = str(code.get("S3Key", "")) if isinstance(code, dict) else ""
    manifest = template.with_name(template.name.replace(".template.json", ".assets.json"))
    if not key or manifest == template or not manifest.is_file():
        return ""
    try:
        return str(json.loads(manifest.read_text())["files"][Path(key).stem]["source"]["path"])
    except (ValueError, KeyError, TypeError, OSError):
        return ""


def _variables(name: str, given: Any) -> dict[str, str]:
    if not isinstance(given, dict):
        raise ConfigurationError(f"{name}: its environment variables are {given!r:.40}; expected a mapping.")
    for key, value in given.items():
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", str(key)) or "\0" in str(value):
            raise ConfigurationError(
                f"{name}: no function can have the environment variable {key!r}: {str(value)!r:.40}; "
                "expected a name of letters, digits and _, and a value without NUL."
            )
    return {key: _text(value) for key, value in given.items()}


def _text(value: Any) -> str:
    """Return a value as CloudFormation makes it a string: booleans are lower-case, lists joined."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(map(_text, value)) if isinstance(value, list) else str(value)


def _number(name: str, properties: dict[str, Any], member: str, default: int, least: int, most: int) -> int:
    value = properties.get(member)
    if value is None or value == "":
        return default
    if not re.fullmatch(r"\d+", str(value)) or not least <= int(value) <= most:
        raise ConfigurationError(f"{name}: {member} is {value!r}; expected a whole number from {least} to {most}.")
    return int(value)
