"""The JSON document of `lambdabridge cold`: what --json writes, --budget reads, and the HTML page is made of.

Times are milliseconds, memory is MB (1024 * 1024 bytes), sizes are bytes. A member whose value is None was not measured, or
is not to be had on this system. New members may come; what is here keeps its meaning while `format` stays the same.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypedDict, cast

from lambdabridge.errors import ConfigurationError

if TYPE_CHECKING:
    from lambdabridge.coldpath.imports import Import

FORMAT = 1


class Spread(TypedDict):
    """A set of samples: its median, its quartiles, and how many there were."""

    median: float
    low: float
    """The first quartile."""
    high: float
    """The third quartile."""
    count: int


class Difference(Spread):
    """Differences paired within a round: how much longer (above zero) or shorter than the other configuration it took."""

    sure_low: float
    """With at least 95 % confidence the true median is not below this (by order statistics, no assumption of normality)..."""
    sure_high: float
    """... and not above this. Where the two have different signs, the difference may be none."""
    ratio: float
    """The median of the ratios, paired in the same way: 0.5 is half the time."""


PhaseName = Literal["runtime", "application", "bridge", "lifespan", "warm_up", "rest", "first"]


class Phase(TypedDict):
    """A part of a cold start. One after the other they make `total`."""

    name: PhaseName
    title: str
    """For people, such as "application import"."""
    what: str
    """One sentence: what happens in it."""
    ms: Spread


class Sample(TypedDict):
    """One process, from its start to its end. Run-queue delay has been subtracted from the times where it says so."""

    round: int
    init_ms: float
    """From the process's start until it asks for its first event."""
    first_ms: float
    """From the event to the whole response."""
    total_ms: float
    """Both."""
    cpu_ms: float | None
    """CPU time from the start to the first response."""
    delay_ms: float | None
    """Time in which the process was ready to run and another one ran; it is not in the times above, unless throttled."""
    retries: int
    """How often the run was repeated because there was too much of that."""
    warm_ms: list[float]
    """Each request after the first."""
    rss_mb: float | None
    """Memory after the first response."""
    peak_mb: float | None
    """The most at any time until the end."""
    marks: dict[str, float] | None
    """Of a probed run: milliseconds of each phase inside the process."""


class Measured(TypedDict):
    """One configuration at one CPU share."""

    name: str
    title: str
    """For people, such as "as deployed" or "with bytecode that Lambda accepts"."""
    memory: int | None
    """MB whose CPU share it ran with; None: the whole CPU, as with 1769 MB."""
    init: Literal["full", "throttled", "boosted"]
    """"throttled": the share from the start on; "boosted": only from the first event on, as Lambda is reported to do it."""
    total: Spread
    """From the process's start to the first whole response. From runs without a probe."""
    init_ms: Spread
    first: Spread
    warm: Spread | None
    """Requests after the first: of all samples together."""
    warm_p99: float | None
    cpu: Spread | None
    rss: Spread | None
    peak: Spread | None
    phases: list[Phase]
    """Empty where none were probed. From runs with a probe: see Meta.probe_ms."""
    samples: list[Sample]
    compared: Difference | None
    """Of `total`, against the first configuration of the same memory and init; None for that one itself."""
    compiled_from_source: int | None
    """Modules until the first response; of how many: `modules`."""
    modules: int | None


class Advice(TypedDict):
    """What to do next, and what it gains on this application, measured here."""

    title: str
    why: str
    how: str
    """Commands or lines, newline-separated."""
    promised_gain_ms: float
    """Of `total`, when what stands before it in the list has been followed."""
    ratio: float | None
    """Of `total` after it to `total` before it; None where it was not measured."""
    measured: bool
    """Whether a run with it gave the gain. False: it is what the module's import took."""
    gain: Difference | None
    """The paired differences of that run, where there was one (a gain is below zero there)."""
    risk: str
    """"" where there is none to speak of."""


class Package(TypedDict):
    """What would be deployed."""

    path: str
    files: int
    size: int
    bytecode: Literal["unchecked-hash", "checked-hash", "timestamp", "none", "mixed"]
    """What most of the loaded modules of the application and its dependencies have."""
    largest: list[tuple[str, int]]
    """Top-level folders and files of the package, the largest first, with their sizes."""
    complete: bool
    """Whether the folder holds the dependencies as well, as a build does."""


class Meta(TypedDict):
    """Under which circumstances."""

    date: str
    """ISO 8601, UTC."""
    target: str
    handler: str
    """As the function's configuration would have it."""
    folder: str
    python: str
    """Such as "3.13.0"."""
    machine: str
    """Processor, number of CPUs, system."""
    versions: dict[str, str]
    """Of packages: lambdabridge, awslambdaric."""
    runs: int
    warm_requests: int
    throttle: str
    """How CPU shares were made, in one sentence; "" where none was asked for."""
    pinned: bool
    """Whether process and server had a CPU each."""
    request: str
    """Such as "GET / (http)", or the file of the event."""
    status: int | None
    """Of the first response."""
    probe_ms: float | None
    """How much longer the probed runs took than the others, in the median: what the phases are off by, together."""
    noise_ms: float | None
    """The difference of the same configuration with itself in this measurement (A/A): how far from none it may be at most."""
    notes: list[str]
    """Sentences about what could not be done here."""


class Failure(TypedDict):
    """A configuration without figures: why."""

    name: str
    kind: Literal["import", "init", "exit", "timeout", "error", "status", "setup"]
    message: str
    """One sentence."""
    output: str
    """What the process printed, its traceback among it."""


class Results(TypedDict):
    """The document. configurations[0] is the application as it would be deployed; A and B for --compare."""

    format: int
    meta: Meta
    configurations: list[Measured]
    imports: Import | None
    """The first configuration's tree; its root is no module, and has the name ""."""
    package: Package | None
    advice: list[Advice]
    """Ordered by gain; each one's gain is counted with those before it followed."""
    failures: list[Failure]


def read(path: str | Path) -> Results:
    """Return the results in a file; raise ConfigurationError, in one sentence, for what is none."""
    try:
        document: Any = json.loads(Path(path).read_bytes())
    except OSError as error:
        raise ConfigurationError(f"{str(path)!r} can't be read: {error.strerror or error}.") from None
    except ValueError:
        raise ConfigurationError(f"{str(path)!r} holds no JSON.") from None
    if not isinstance(document, dict) or "configurations" not in document or "meta" not in document:
        raise ConfigurationError(f"{str(path)!r} is not what `lambdabridge cold --json` wrote.")
    if document.get("format") != FORMAT:
        raise ConfigurationError(
            f"{str(path)!r} has the format {document.get('format')!r}, and this version reads {FORMAT}: measure it again."
        )
    return cast("Results", document)
