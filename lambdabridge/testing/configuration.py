"""What a client is set to, from its keyword arguments."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from lambdabridge.errors import ConfigurationError
from lambdabridge.gateway.settings import APIS, Settings
from lambdabridge.options import OPTIONS
from lambdabridge.testing.url import normal_origin

_TYPES = next(option for option in OPTIONS if option.name == "binary_media_types")


def make_settings(source: str, stage: str, binary_media_types: Any, multi_value_headers: bool) -> Settings:
    """Return the API's settings; raise ConfigurationError, in one sentence, for an API that can't be."""
    if not isinstance(source, str) or source not in APIS:
        raise ConfigurationError(f"There is no source {source!r}; expected one of {', '.join(APIS)}.")
    if not isinstance(stage, str):
        raise ConfigurationError(f"stage={stage!r}: expected a stage's name as text.")
    if not _TYPES.is_valid(binary_media_types):
        raise ConfigurationError(f"binary_media_types= must be {_TYPES.accepts}; it is {binary_media_types!r:.60}.")
    types = tuple(entry.replace("~1", "/") for entry in binary_media_types or ())  # "*~1*" is how templates write it
    if binary_media_types is None and source == "rest":  # the others have none
        types = ("*/*",)
    settings = Settings("", source, stage, types, multi_value_headers)
    try:
        settings.check()
    except ConfigurationError as error:  # which has the words of the command line
        text = str(error).replace(f"--stage {stage}: ", f"stage={stage!r}: ", 1)
        raise ConfigurationError(
            text.replace("--binary-media-types: ", f"binary_media_types={list(types)}: ", 1)
        ) from None
    return settings


def check_base_url(base_url: str) -> str:
    """Return scheme and host; raise ConfigurationError for what is not these two alone."""
    origin = normal_origin(base_url) if isinstance(base_url, str) else ""
    if origin:
        parts = urlsplit(base_url)
        if parts.path in ("", "/") and not parts.query and not parts.fragment:
            return origin
    raise ConfigurationError(
        f'{base_url!r}: expected scheme and host, such as "https://api.example.com"; the stage is set by stage=.'
    )
