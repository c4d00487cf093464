"""The ASGI application under the sockets: which endpoint a port is, and the functions' start and end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lambdabridge.gateway.application import Application, Closed

if TYPE_CHECKING:
    from lambdabridge.gateway.application import Log
    from lambdabridge.gateway.deployment import Deployment
    from lambdabridge.gateway.inspector.inspector import Inspector


class Gateway:
    """ASGI: lifespan ends the functions, requests go to the endpoint whose port they came to."""

    def __init__(
        self, deployment: Deployment | str, *, log: Log | None = None, inspector: Inspector | None = None
    ) -> None:
        """Take a deployment whose functions have been started, or the reason why there is none."""
        self.deployment = deployment
        self.inspector = inspector
        self.by_port: dict[int, Application] = {}
        if isinstance(deployment, str):
            self.first = Application(Closed(deployment), log=log, inspector=inspector)
            return
        applications = [Application(endpoint, log=log, inspector=inspector) for endpoint in deployment.endpoints]
        self.first = applications[0]
        self.by_port = {
            endpoint.settings.port: application
            for endpoint, application in zip(deployment.endpoints, applications, strict=True)
        }

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Serve one connection."""
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            if not isinstance(self.deployment, str):
                self.deployment.stop()
            if self.inspector is not None:
                self.inspector.output.unwrap()
            await send({"type": "lifespan.shutdown.complete"})
            return
        port = scope["server"][1] if scope.get("server") else 0
        await self.by_port.get(port, self.first)(scope, receive, send)
