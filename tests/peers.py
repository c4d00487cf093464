"""Other adapters under lambdabridge's signature: `make_handler(app, lifespan=..., base_path=...)`.

Each has its defaults but for what the options name; an option that an adapter has no word for is left out.
"""

from __future__ import annotations

import os
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

if TYPE_CHECKING:
    from collections.abc import Callable

    Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


def mangum(app: Any, lifespan: Any = "auto", base_path: str = "/") -> Handler:
    """Make a handler with mangum (https://pypi.org/project/mangum/0.22.0/)."""
    from mangum import Mangum

    handler: Handler = Mangum(app, lifespan=lifespan, api_gateway_base_path=base_path)
    return handler


def apig_wsgi(app: Any, base_path: str = "", **options: Any) -> Handler:
    """Make a handler with apig-wsgi (https://pypi.org/project/apig-wsgi/2.20.0/)."""
    from apig_wsgi import make_lambda_handler

    handler: Handler = make_lambda_handler(app, **options)
    return handler


def serverless_wsgi(app: Any, base_path: str = "") -> Handler:
    """Make a handler with serverless-wsgi (https://pypi.org/project/serverless-wsgi/3.1.0/).

    Its base path is an environment variable.
    """
    from serverless_wsgi import handle_request

    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        result: dict[str, Any] = handle_request(app, event, context)
        return result

    def handler_with_base_path(event: dict[str, Any], context: Any) -> dict[str, Any]:
        with patch.dict(os.environ, API_GATEWAY_BASE_PATH=base_path):
            return handler(event, context)

    return handler_with_base_path if base_path else handler


def awsgi(app: Any, base_path: str = "", **options: Any) -> Handler:
    """Make a handler with aws-wsgi (https://pypi.org/project/aws-wsgi/0.2.7/)."""
    from awsgi import response

    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        result: dict[str, Any] = response(app, event, context, **options)
        return result

    return handler


def zappa(app: Any, base_path: str = "", **options: Any) -> Handler:
    """Make a handler with Zappa (https://pypi.org/project/zappa/0.62.1/), as if deployed as the stage "prod".

    Its handler finds the application and the options in a module that `zappa deploy` writes. Here it has the defaults
    of `zappa deploy`, but for LOG_LEVEL, which is that of the whole process.
    """
    from zappa.handler import LambdaHandler

    settings = ModuleType("zappa_settings")
    vars(settings).update(
        APP_MODULE=settings.__name__,
        APP_FUNCTION="app",
        app=app,
        API_STAGE="prod",
        PROJECT_NAME="peers",
        BASE_PATH=base_path.strip("/") or None,
        BINARY_SUPPORT=True,
        CONTEXT_HEADER_MAPPINGS={},
        DEBUG=True,
        DJANGO_SETTINGS=None,
        DOMAIN=None,
        ENVIRONMENT_VARIABLES={},
        EXCEPTION_HANDLER=None,
        LOG_LEVEL=None,
    )
    # there is one instance in a process, and to make it sets environment variables
    only_one = patch.object(LambdaHandler, "_LambdaHandler__instance", None)
    with only_one, patch.dict(sys.modules, {settings.__name__: settings}), patch.dict(os.environ):
        handler: Handler = LambdaHandler().handler
    return handler


PEERS: dict[str, Callable[..., Handler]] = {
    "mangum": mangum,
    "apig_wsgi": apig_wsgi,
    "serverless_wsgi": serverless_wsgi,
    "awsgi": awsgi,
    "zappa": zappa,
}
"""Name of the module -> its factory."""
