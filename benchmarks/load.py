"""Many requests at once through the local gateway: what is lost, mixed up or repeated, how fast it is, what memory it takes.

    python benchmarks/load.py [--seconds N] [--clients N] [--concurrency N] [--only NAME ...]

Each request carries a token of its own in path and body. The application notes that it has run for the token, and sends both
back. A request is lost where no answer came, mixed up where the answer has another token, repeated where the application ran
for it more than once, an error where the status is not 200. The same application is asked under uvicorn alone, behind the
gateway in its process, and behind the gateway with AWS's runtime client in processes (`serve --runtime`). There, invocations
wait for a free environment: with `--queue 0` most of 200 at once are throttled, as by reserved concurrency on Lambda.

Clients and servers share the machine, so the speeds are for comparison with each other only. Memory is what is resident in
the server's own process after the first second and at the end, and in brackets with all its children.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NAMES = ("uvicorn alone", "gateway, in process", "gateway --runtime")
_SEEN = "LOAD_SEEN"
_TIMEOUT = 120
"""Seconds after which a request counts as lost."""


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Note the token and send it back: ASGI, so that uvicorn can serve it alone."""
    if scope["type"] != "http":
        message = await receive()
        while message["type"] != "lifespan.shutdown":
            await send({"type": f"{message['type']}.complete"})
            message = await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    file = os.open(os.environ[_SEEN], os.O_WRONLY | os.O_APPEND)  # appended whole by any process
    os.write(file, body + b"\n")
    os.close(file)
    answer = scope["path"].encode() + b" " + body
    length = (b"content-length", str(len(answer)).encode())
    await send({"type": "http.response.start", "status": 200, "headers": [length]})
    await send({"type": "http.response.body", "body": answer})


@dataclass
class Outcome:
    """What the clients saw."""

    milliseconds: list[float] = field(default_factory=list)
    sent: int = 0
    lost: int = 0
    mixed_up: int = 0
    statuses: Counter[int] = field(default_factory=Counter)


async def client(port: int, number: int, until: float, outcome: Outcome) -> None:
    """Send one request after the other on one connection until the time is over."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    count = 0
    while time.perf_counter() < until:
        token = f"{number}-{count}"
        count += 1
        outcome.sent += 1
        started = time.perf_counter()
        head = f"POST /{token} HTTP/1.1\r\nHost: load.example\r\nContent-Length: {len(token)}\r\n\r\n"
        writer.write(f"{head}{token}".encode())
        try:
            status, body = await asyncio.wait_for(read(reader), _TIMEOUT)
        except (OSError, EOFError, asyncio.TimeoutError):
            outcome.lost += 1
            writer.close()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            continue
        outcome.milliseconds.append((time.perf_counter() - started) * 1000)
        outcome.statuses[status] += 1
        if status == 200 and body != f"/{token} {token}".encode():
            outcome.mixed_up += 1
    writer.close()


async def read(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Return the status and the body of a response that has a Content-Length, as each server here sends it."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    lines = head.split("\r\n")
    length = next(line.partition(":")[2] for line in lines if line.startswith("content-length:"))
    return int(lines[0].split()[1]), await reader.readexactly(int(length))


def serve(name: str, options: argparse.Namespace) -> None:
    """Serve on a free port, which is printed."""
    import uvicorn

    application = app if name == NAMES[0] else gateway(name, options)
    config = uvicorn.Config(application, port=0, lifespan="on", log_level="critical", access_log=False)
    server = uvicorn.Server(config)

    async def run() -> None:
        serving = asyncio.ensure_future(server.serve())
        while not server.started and not serving.done():
            await asyncio.sleep(0.01)
        print(server.servers[0].sockets[0].getsockname()[1], flush=True)
        await serving

    asyncio.run(run())


def gateway(name: str, options: argparse.Namespace) -> Any:
    """Return the gateway's ASGI application, which logs nothing here."""
    from lambdabridge.gateway.environment import Environment
    from lambdabridge.gateway.front_door import FrontDoor
    from lambdabridge.gateway.runtime.function import Function
    from lambdabridge.gateway.runtime.service import RuntimeEnvironment
    from lambdabridge.gateway.settings import Settings
    from lambdabridge.sources import http_api_v2
    from tests.wire import whole_gateway

    target = f"{Path(__file__).resolve()}:app"
    environment: Any = Environment(target)
    if name == NAMES[2]:
        function = Function(target, concurrency=options.concurrency, queue=options.queue)
        environment = RuntimeEnvironment(function, log=lambda line: None)
    environment.start()
    front_door: Any = FrontDoor(Settings(target), http_api_v2)
    return whole_gateway(front_door, environment)


def memory(pid: int) -> tuple[int, int]:
    """Return the MB that a process has resident, and with its descendants."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,rss="], capture_output=True, text=True, check=True).stdout
    rows = {int(one): (int(parent), int(rss)) for one, parent, rss in (line.split() for line in listed.splitlines())}
    family = {pid}
    for _ in rows:  # parents may be listed after their children
        more = {one for one, (parent, _) in rows.items() if parent in family} - family
        if not more:
            break
        family |= more
    return rows[pid][1] // 1024, sum(rows[one][1] for one in family) // 1024


async def load(port: int, pid: int, options: argparse.Namespace) -> tuple[Outcome, list[tuple[int, int]]]:
    """Ask from all clients at once, and return what they saw and the memory at begin and end."""
    outcome = Outcome()
    until = time.perf_counter() + options.seconds
    clients = [asyncio.ensure_future(client(port, number, until, outcome)) for number in range(options.clients)]
    await asyncio.sleep(min(1, options.seconds / 2))
    begin = memory(pid)
    await asyncio.gather(*clients)
    return outcome, [begin, memory(pid)]


def measure(name: str, options: argparse.Namespace) -> str:
    """Return the table's row for one server."""
    with tempfile.TemporaryDirectory() as folder:
        seen = Path(folder, "seen")
        seen.touch()
        command = [sys.executable, __file__, "--serve", name, "--concurrency", str(options.concurrency)]
        environment = {**os.environ, _SEEN: str(seen)}
        command += ["--queue", str(options.queue)]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as server:
            try:
                assert server.stdout is not None
                outcome, resident = asyncio.run(load(int(server.stdout.readline()), server.pid, options))
            finally:
                server.terminate()
        ran = Counter(seen.read_text().split())
    answered = outcome.statuses.total() - outcome.statuses[200]
    repeated = sum(1 for times in ran.values() if times > 1)
    ordered = sorted(outcome.milliseconds) or [0.0]
    p50, p99 = (ordered[int(len(ordered) * part)] for part in (0.5, 0.99))
    errors = f"{answered}" + (f" {dict(outcome.statuses)}" if answered else "")
    kept = " -> ".join(f"{own} ({all_of_it})" for own, all_of_it in resident)
    speed = outcome.statuses.total() / options.seconds
    return (
        f"| {name} | {outcome.sent} | {speed:.0f} | {p50:.0f} / {p99:.0f} | {outcome.lost} | {outcome.mixed_up} "
        f"| {repeated} | {errors} | {kept} |"
    )


def main() -> None:
    """Measure each server in turn."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--clients", type=int, default=200, help="requests at once")
    parser.add_argument("--concurrency", type=int, default=8, help="execution environments with --runtime")
    parser.add_argument(
        "--queue", type=float, default=60, help="seconds that an invocation waits for one (0: throttled)"
    )
    parser.add_argument("--only", nargs="+", choices=NAMES, default=NAMES)
    parser.add_argument("--serve", choices=NAMES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve, options)
        return
    print(f"Python {platform.python_version()}, {os.cpu_count()} CPUs, {options.clients} requests at once, ", end="")
    print(f"{options.seconds:g} s each, {options.concurrency} execution environments with --runtime")
    print(
        "| server | requests | 1/s | p50 / p99 ms | lost | mixed up | repeated | errors | MB resident, begin -> end |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for name in options.only:
        print(measure(name, options), flush=True)


if __name__ == "__main__":
    main()
