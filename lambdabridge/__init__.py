"""Run any WSGI or ASGI application on AWS Lambda: `handler = bridge(app)`, or `Handler: lambdabridge.handler`."""

from lambdabridge.adapter import bridge

__all__ = ["__version__", "bridge"]
__version__ = "0.1.0"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lambdabridge import errors as errors
    from lambdabridge.startup.application import LambdaHandler

    handler: LambdaHandler
else:

    def __getattr__(name: str) -> object:
        """Make `handler`, and import `errors`, when they are first asked for (PEP 562).

        handler: what LAMBDABRIDGE_APP names is imported then, and once.
        errors: so that `raise lambdabridge.errors.X` and `except lambdabridge.errors.X` cost a start without errors nothing.
        """
        if name == "errors":
            globals()[name] = found = __import__("lambdabridge.errors", fromlist=("BridgeError",))
            return found
        if name != "handler":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from lambdabridge.startup.application import from_environment

        globals()[name] = made = from_environment()
        return made
