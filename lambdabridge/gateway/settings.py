"""What a local gateway is set to. Crosses a process boundary as JSON when `--reload` starts the gateway anew."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from json import dumps, loads

APIS = {"http": "http_api_v2", "http-1.0": "http_api_v1", "rest": "rest_api"}
"""--api -> source."""


@dataclass(frozen=True)
class Settings:
    """One API with one catch-all route and one function behind it."""

    target: str
    api: str = "http"
    stage: str = ""
    """"": the API's usual one, "$default" for an HTTP API and "prod" for a REST API."""
    binary_media_types: tuple[str, ...] = ()
    interface: str = "auto"
    host: str = "127.0.0.1"
    port: int = 8000
    api_id: str = "localhost0"
    region: str = "us-east-1"
    account_id: str = "123456789012"

    @property
    def stage_name(self) -> str:
        """The stage of this API."""
        return self.stage or ("prod" if self.api == "rest" else "$default")

    @property
    def stage_path(self) -> str:
        """The beginning of each client's path: "/prod", or "" for $default."""
        return "" if self.stage_name == "$default" else f"/{self.stage_name}"

    @property
    def domain_name(self) -> str:
        """The domain that AWS would give this API; events carry it, so that the stage is found as it is there."""
        return f"{self.api_id}.execute-api.{self.region}.amazonaws.com"

    def to_json(self) -> str:
        """Return the settings as JSON."""
        return dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Settings:
        """Return the settings that to_json() wrote."""
        values = loads(text)
        values["binary_media_types"] = tuple(values["binary_media_types"])
        return cls(**values)
