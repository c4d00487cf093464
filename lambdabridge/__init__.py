"""Run any WSGI or ASGI application on AWS Lambda: `handler = bridge(app)`."""

from lambdabridge.adapter import bridge

__all__ = ["__version__", "bridge"]
__version__ = "0.1.0"
