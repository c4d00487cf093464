"""LAMBDABRIDGE_DEFER_OPENAPI=1: FastAPI's models of OpenAPI documents are built when one is asked for, not at import.

FastAPI defines some forty pydantic models for /openapi.json, and building their validators is a tenth of its import. pydantic
has a setting for that, defer_build, which a model takes from its base. It is set on BaseModel while FastAPI's models are
defined, and taken off before the application defines its own.
https://docs.pydantic.dev/latest/api/config/#pydantic.config.ConfigDict.defer_build
"""

from __future__ import annotations

import sys


def defer_openapi_models() -> None:
    """Import FastAPI's OpenAPI models so that they are built when used; where there is no FastAPI, say so."""
    from lambdabridge.log import log_warning

    try:
        from pydantic import BaseModel

        configuration = BaseModel.model_config
    except (ImportError, AttributeError):  # pydantic 1 has no model_config
        log_warning("LAMBDABRIDGE_DEFER_OPENAPI=1 does nothing: there is no pydantic 2 on the import path.")
        return
    if "fastapi.openapi.models" in sys.modules or "defer_build" in configuration:
        return
    configuration["defer_build"] = True
    try:
        import fastapi.openapi.models  # noqa: F401
    except ImportError as error:
        log_warning(f"LAMBDABRIDGE_DEFER_OPENAPI=1 does nothing: {error}.")
    finally:
        del configuration["defer_build"]
