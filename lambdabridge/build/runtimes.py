"""Lambda's Python runtimes: on what they run, and so which wheels each can load.

python3.10 and 3.11 run on Amazon Linux 2 (glibc 2.26), python3.12 and later on Amazon Linux 2023 (glibc 2.34).
https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
A manylinux tag names the least glibc that a wheel needs (PEP 600). https://peps.python.org/pep-0600/
"""

from __future__ import annotations

from dataclasses import dataclass

from lambdabridge.errors import ConfigurationError

GLIBC = {"3.10": 26, "3.11": 26, "3.12": 34, "3.13": 34, "3.14": 34, "3.15": 34}
"""Python -> the minor version of glibc 2 in its runtime."""
MACHINES = {"arm64": "aarch64", "x86_64": "x86_64"}
"""Lambda's word for an architecture -> everybody else's."""
DEFAULT_PYTHON = "3.13"
DEFAULT_ARCHITECTURE = "arm64"
_UV_GLIBC = (28, 31, 32, 33, 34)
_LEGACY = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}


@dataclass(frozen=True)
class Target:
    """What is built for: python "3.13", architecture "arm64"."""

    python: str
    architecture: str

    @property
    def machine(self) -> str:
        """As wheels and uname spell the architecture."""
        return MACHINES[self.architecture]

    @property
    def uv_platform(self) -> str:
        """The name that uv has for the newest glibc that is not newer than the runtime's."""
        fits = [minor for minor in _UV_GLIBC if minor <= GLIBC[self.python]]
        return f"{self.machine}-" + (f"manylinux_2_{fits[-1]}" if fits else "manylinux2014")

    @property
    def platforms(self) -> list[str]:
        """The platform tags of wheels that the runtime loads, best first."""
        tags = []
        for minor in range(GLIBC[self.python], 4 if self.machine == "x86_64" else 16, -1):
            tags.append(f"manylinux_2_{minor}_{self.machine}")
            if minor in _LEGACY:
                tags.append(f"{_LEGACY[minor]}_{self.machine}")
        return [*tags, f"linux_{self.machine}"]

    @property
    def markers(self) -> dict[str, str]:
        """The environment that a requirement's marker is evaluated in (PEP 508)."""
        return {
            "implementation_name": "cpython",
            "implementation_version": f"{self.python}.0",
            "os_name": "posix",
            "platform_machine": self.machine,
            "platform_release": "",
            "platform_system": "Linux",
            "platform_version": "",
            "python_full_version": f"{self.python}.0",
            "platform_python_implementation": "CPython",
            "python_version": self.python,
            "sys_platform": "linux",
        }

    def __str__(self) -> str:
        return f"Python {self.python} on {self.architecture}"


def target(python: str, architecture: str) -> Target:
    """Return the target for what a user or a template says; raise ConfigurationError for what Lambda does not have."""
    version = python.removeprefix("python")
    if version not in GLIBC:
        raise ConfigurationError(f"Lambda has no Python {version!r}; expected one of {', '.join(GLIBC)}.")
    if architecture in MACHINES.values():
        architecture = next(name for name, machine in MACHINES.items() if machine == architecture)
    if architecture not in MACHINES:
        raise ConfigurationError(f"Lambda has no architecture {architecture!r}; expected arm64 or x86_64.")
    return Target(version, architecture)
