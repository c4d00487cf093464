"""What a client is set to, from its keyword arguments."""

from __future__ import annotations

from urllib.parse import urlsplit

from lambdabridge.errors import ConfigurationError
from lambdabridge.gateway.settings import APIS, Settings


def make_settings(
    source: str, stage: str, binary_media_types: tuple[str, ...] | list[str] | None, multi_value_headers: bool
) -> Settings:
    """Return the API's settings; raise ConfigurationError, in one sentence, for an API that can't be."""
    if source not in APIS:
        raise ConfigurationError(f"There is no source {source!r}; expected one of {', '.join(APIS)}.")
    given = () if binary_media_types is None else tuple(binary_media_types)
    settings = Settings("", source, stage, given, multi_value_headers)
    settings.check()
    if binary_media_types is None:
        generous = Settings("", source, stage, ("*/*",), multi_value_headers)
        try:
            generous.check()
        except ConfigurationError:  # this API has none
            return settings
        return generous
    return settings


def check_base_url(base_url: str) -> str:
    """Return scheme and host; raise ConfigurationError for what is not these two alone."""
    try:
        parts = urlsplit(base_url)
        is_whole = bool(parts.hostname) and parts.port != 0  # a wrong port is noticed when it is asked for
        if parts.scheme in ("http", "https") and is_whole and parts.path in ("", "/") and not parts.query:
            return f"{parts.scheme}://{parts.netloc}"
    except ValueError:  # half an IPv6 address, a port that is no number
        pass
    raise ConfigurationError(
        f'{base_url!r}: expected scheme and host, such as "https://api.example.com"; the stage is set by stage=.'
    )
