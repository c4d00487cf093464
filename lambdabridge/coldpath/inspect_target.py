"""Run by its path in the application's own interpreter: says what a target is, as JSON in a file.

    python inspect_target.py MODULE ATTRIBUTE OUTPUT

What the import raises is printed as Python prints it; this process's exit status is what it is then.
"""

import importlib
import json
import os
import sys
from typing import Any


def main(module_name: str, attributes: str, output: str) -> None:
    """Import the target and write {"kind": ..., "beside": ..., "problem": ...}."""
    module = importlib.import_module(module_name)
    found: Any = module
    for name in attributes.split("."):
        found = getattr(found, name)
    told: dict[str, Any] = {"kind": "application", "beside": None, "problem": ""}
    try:
        from lambdabridge.adapter import Handler
        from lambdabridge.errors import HandlerError, InterfaceError
        from lambdabridge.interface import detect
    except ImportError:  # somebody else's adapter
        told["kind"] = "handler"
    else:
        if isinstance(found, Handler) or _is_lambda_handler(found):
            told["kind"] = "handler"
        else:
            try:
                detect(found)
            except HandlerError:
                told["kind"] = "handler"
            except InterfaceError as error:
                told["problem"] = str(error)
        beside = [name for name, value in vars(module).items() if isinstance(value, Handler) and value.app is found]
        told["beside"] = beside[0] if beside else None
    with open(output, "w", encoding="utf-8") as file:
        json.dump(told, file)


def _is_lambda_handler(found: Any) -> bool:
    try:
        from lambdabridge.gateway.handlers import _is_lambda_handler as by_name
    except ImportError:  # a build without what runs on the developer's machine only
        return False
    return by_name(found)


sys.path[0] = os.getcwd()  # in place of this file's folder
main(*sys.argv[1:])
