"""What one `lambdabridge serve` runs: endpoints (an API, each on a port of its own) and the functions behind their routes.

Without a template there is one endpoint and one function; with one, what the template deploys: see template/.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from json import dumps
from typing import TYPE_CHECKING, Any, Protocol

from lambdabridge.errors import ConfigurationError
from lambdabridge.gateway.delivery import Delivery
from lambdabridge.gateway.front_door import Answer, FrontDoor, Routed
from lambdabridge.gateway.limits import TIMEOUT, most_body
from lambdabridge.gateway.settings import APIS, Settings
from lambdabridge.messages import Request, Response
from lambdabridge.sources.registry import resolve

if TYPE_CHECKING:
    from lambdabridge.gateway.runtime.function import Function
    from lambdabridge.gateway.template.stack import Api, Stack


class LambdaSide(Protocol):
    """One function: in this process (environment.py) or in processes of its own (runtime/service.py)."""

    def start(self) -> None:
        """Make it ready; raise ConfigurationError in one sentence for what can't be."""
        ...

    async def invoke(self, event: dict[str, Any], request_id: str, patience: float | None = None) -> object:
        """Return the function's result."""
        ...

    def stop(self) -> None:
        """End it."""
        ...


@dataclass(frozen=True)
class Target:
    """A function behind a route; patience: seconds that the front door waits, None for no limit of its own."""

    name: str
    function: LambdaSide
    patience: float | None
    payload: str = ""
    """An HTTP API's payload format version, where the route has one of its own."""
    is_one_of_several: bool = False
    """Whether the log has to say which function it was."""

    def label(self, route: str) -> str:
        """Return what the log says of who served a request."""
        return f"{route} -> {self.name}" if self.is_one_of_several else ""


@dataclass
class Endpoint:
    """One API on one port.

    doors    by payload format version; "" where the API has but one format
    targets  by route key; "" for any route
    unserved by route key: why nothing is run for it here
    """

    settings: Settings
    doors: dict[str, FrontDoor]
    targets: dict[str, Target] = field(default_factory=dict)
    name: str = ""
    unserved: dict[str, str] = field(default_factory=dict)

    @property
    def most(self) -> int:
        """Bytes of a request's body that this API takes."""
        return most_body(self.settings.api)

    def find_route(self, request: Request) -> Answer | tuple[FrontDoor, Routed, Target]:
        """Return who takes a request, or what the client gets without any function."""
        door = next(iter(self.doors.values()))
        routed = door.find_route(request)
        if isinstance(routed, Answer):
            return routed
        if routed.route in self.unserved:
            return not_served(f"{routed.route}: {self.unserved[routed.route]}")
        target = self.targets.get(routed.route) or self.targets[""]
        return self.doors.get(target.payload, door), routed, target  # the same API, maybe another form of event


def not_served(reason: str) -> Answer:
    """Return the answer of a route that AWS would serve and this gateway does not."""
    body = dumps({"message": f"lambdabridge: {reason}"}).encode()
    return Answer(Response(501, [("content-type", "application/json")], body), reason)


@dataclass
class Deployment:
    """All endpoints, and all functions by name."""

    endpoints: list[Endpoint]
    functions: dict[str, LambdaSide]
    notes: list[str] = field(default_factory=list)
    """One sentence for each thing that a template has and that is not served."""

    def start(self) -> None:
        """Make the functions ready."""
        for function in self.functions.values():
            function.start()

    def stop(self) -> None:
        """End the functions."""
        for function in self.functions.values():
            function.stop()


def from_target(settings: Settings, function: LambdaSide) -> Deployment:
    """Return one API with the catch-all routes and one function behind it."""
    door = FrontDoor(settings, resolve(APIS[settings.api]))  # type: ignore[arg-type]
    return Deployment([single(door, function)], {settings.target: function})


def single(door: FrontDoor, function: LambdaSide) -> Endpoint:
    """Return an endpoint with one function behind all of a front door's routes."""
    target = Target(door.settings.target, function, TIMEOUT.get(door.settings.api))
    return Endpoint(door.settings, {"": door}, {"": target})


def from_stack(settings: Settings, stack: Stack, make: Callable[[Function], LambdaSide]) -> Deployment:
    """Return what a template deploys, the APIs on settings.ports in their order.

    make: returns the Lambda side for a function's configuration.
    """
    from lambdabridge.gateway.runtime.function import function_of

    functions: dict[str, LambdaSide] = {}
    names = {name: found.title or name for name, found in stack.functions.items()}
    for name, found in stack.functions.items():
        function = replace(
            function_of(settings),
            target=target_of(found.handler, name),
            interface="handler",
            name=found.function_name or names[name],
            memory=found.memory,
            timeout=found.timeout,
            folder=found.code,
            environment=found.environment,
        )
        functions[name] = make(function)
    endpoints = []
    for api, port in zip(stack.apis.values(), settings.ports, strict=False):
        endpoints.append(_endpoint(replace(settings, port=port), api, functions, names))
    notes = [
        f"{api.name} came with a change: start anew to serve it." for api in [*stack.apis.values()][len(endpoints) :]
    ]
    return Deployment(endpoints, functions, stack.notes + notes)


def target_of(handler: str, name: str) -> str:
    """Return the import string for a handler as Lambda takes it: "pkg/mod.handler" is "pkg.mod:handler"."""
    module, _, attribute = handler.rpartition(".")
    if not module or not attribute:
        raise ConfigurationError(
            f"The function {name} has the handler {handler!r}; expected one such as 'app.handler'."
        )
    return f"{module.replace('/', '.')}:{attribute}"


_PAYLOADS = {"2.0": "http", "1.0": "http-1.0"}


def _endpoint(settings: Settings, api: Api, functions: dict[str, LambdaSide], names: dict[str, str]) -> Endpoint:
    stage = "" if api.kind == "function-url" else api.stage
    keys = tuple(route.key for route in api.routes)
    mocks = {route.key: route.mock for route in api.routes if route.mock is not None}
    kinds = {"": api.kind}
    if api.kind == "http":
        used = {route.payload for route in api.routes if route.function}
        kinds = {payload: kind for payload, kind in _PAYLOADS.items() if payload in used} or kinds
    doors = {}
    for payload, kind in kinds.items():
        types = api.binary_media_types if kind == "rest" else ()
        own = replace(settings, target=api.title or api.name, api=kind, stage=stage, binary_media_types=types)
        own.check()
        configured = Delivery(domain_name=own.domain_name, stage_variables=api.variables or None)
        doors[payload] = FrontDoor(
            own,
            resolve(APIS[kind]),  # type: ignore[arg-type]
            configured=configured,
            routes=keys,
            mocks=mocks,
            cors=api.cors,
        )
    targets = {}
    for route in api.routes:
        if route.function:
            patience = route.timeout or TIMEOUT.get(api.kind)
            function = functions[route.function]
            targets[route.key] = Target(
                names[route.function], function, patience, route.payload, is_one_of_several=True
            )
    unserved = {route.key: route.unserved for route in api.routes if route.unserved}
    return Endpoint(next(iter(doors.values())).settings, doors, targets, api.name, unserved)
