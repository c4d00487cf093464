"""One function as Lambda runs it: AWS's runtime client in a process of its own, with our Runtime API, and nothing in between.

`lambdabridge serve --runtime` gives the client an entry of ours; here _HANDLER is what a template would say.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lambdabridge.gateway.runtime.api import RuntimeApi
from lambdabridge.gateway.runtime.exchange import Exchange, Invocation
from lambdabridge.gateway.runtime.failures import InvocationFailedError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass
class Ended:
    """What became of a function: the results, or the init error; and its log."""

    results: list[Any] = field(default_factory=list)
    error: Any = None
    log: str = ""

    @property
    def body(self) -> Any:
        """The last response's body, as JSON."""
        return json.loads(self.results[-1]["body"])

    @property
    def warnings(self) -> list[str]:
        """What the log has as a warning, an error or without a level, but for the client's own warning."""
        lines = [line.rpartition("\t")[2] for line in self.log.splitlines() if line.strip()]
        return [line for line in lines if not line.startswith("LAMBDA_WARNING")]


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """Return the environment of a function's process, without what this one has of Lambda's."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "LAMBDA"))}
    return {**inherited, "LAMBDA_TASK_ROOT": str(folder), "PYTHONUTF8": "1", **settings}


def run(folder: Path, events: Sequence[Any], handler: str = "lambdabridge.handler", **settings: str) -> Ended:
    """Start a function, send it events one after the other, end it."""
    return asyncio.run(_run(folder, events, handler, settings))


async def _run(folder: Path, events: Sequence[Any], handler: str, settings: dict[str, str]) -> Ended:
    ended = Ended()
    exchange = Exchange()
    api = RuntimeApi(exchange)
    settings = {"AWS_LAMBDA_RUNTIME_API": await api.start(), **settings}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "awslambdaric", handler),
        cwd=folder,
        env=environment(folder, **settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    output = asyncio.ensure_future(process.communicate())
    try:
        for event in events:
            await asyncio.wait((exchange.ready, output), return_when=asyncio.FIRST_COMPLETED)
            if output.done():
                break
            ended.results.append(await _invoke(exchange, event, output))
        if exchange.init_failed.done():
            failure: InvocationFailedError = exchange.init_failed.result()
            ended.error = json.loads(failure.payload)
        elif not output.done():
            process.terminate()
        ended.log = (await output)[0].decode().replace("\r", "\n").replace("\xa0", " ")
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        await api.close()
    return ended


async def _invoke(exchange: Exchange, event: Any, output: asyncio.Future[Any]) -> Any:
    answered: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    invocation = Invocation(json.dumps(event).encode(), "request-id", "arn:aws:lambda", "", answered)
    exchange.deliver(invocation, 60)
    await asyncio.wait((exchange.ready, output), return_when=asyncio.FIRST_COMPLETED)
    if isinstance(invocation.outcome, InvocationFailedError):
        return json.loads(invocation.outcome.payload)
    if isinstance(invocation.outcome, bytes):
        return json.loads(invocation.outcome)
    raise AssertionError(f"the invocation ended with {invocation.outcome!r}: {output}")
