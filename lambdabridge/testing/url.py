"""URLs: from what a test writer says to what stands in the request, to the letter; and where a redirect leads.

https://url.spec.whatwg.org/#url-writing says what a URL may hold; only what can't stand in a request line is encoded.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode, urljoin, urlsplit

from lambdabridge.errors import BridgeError, ConfigurationError
from lambdabridge.testing.request import Fields, pairs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lambdabridge.testing.response import Response

_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))
_PORTS = {"http": 80, "https": 443}
_MOST_REDIRECTS = 20


class RedirectError(BridgeError):
    """A redirect that can't be followed: it leaves the API's host, or there is no end to them."""


class URL(NamedTuple):
    """A URL as it is sent; origin is "https://host:port", or "" where only path and query were given."""

    origin: str
    path: str
    query: str

    def __str__(self) -> str:
        return f"{self.origin}{self.path}{'?' if self.query else ''}{self.query}"


def parse_url(url: str, query_string: str | Fields | None = None) -> URL:
    """Return the parts of a URL; percent-encoded is only what can't stand in a request line (spaces, non-ASCII)."""
    if not isinstance(url, str):
        raise ConfigurationError(f'{url!r:.60} is no path: expected text such as "/...".')
    found = re.match(r"(?i)(https?://[^/?]*)?([^?]*)\??(.*)\Z", _sendable(url.partition("#")[0]), re.DOTALL)
    given, path, query = found.groups() if found else ("", "", "")  # it always matches
    if not given and not path.startswith("/"):
        raise ConfigurationError(f'{url!r} is no path: expected "/...", or an absolute URL of http or https.')
    origin = normal_origin(given) if given else ""
    if given and not origin:
        raise ConfigurationError(
            f"{url!r} is no URL: expected a host after {given.partition('/')[0]}//, and a port up to 65535."
        )
    return URL(origin, path, "&".join(filter(None, (query, _query(query_string)))))


def normal_origin(text: str) -> str:
    """Return scheme, host and port without a port that the scheme has anyway; "" for what is no such thing."""
    try:
        parts = urlsplit(text)
        port = parts.port  # a wrong one is noticed when it is asked for
    except ValueError:  # also half an IPv6 address
        return ""
    if parts.scheme not in _PORTS or not parts.hostname or "@" in parts.netloc or port == 0:
        return ""
    host = re.sub(r":\d*\Z", "", parts.netloc)
    return f"{parts.scheme}://{host}" + ("" if port in (None, _PORTS[parts.scheme]) else f":{port}")


def redirected(response: Response, count: int) -> URL:
    """Return where a redirect leads, the count-th in a row; raise RedirectError where it is not followed."""
    location = response.headers["Location"]
    try:
        location = location.encode("latin-1").decode()  # UTF-8, as browsers read it
    except UnicodeError:
        pass
    try:
        target = parse_url(urljoin(response.url, location))
    except ValueError:  # of urljoin() or ours
        what = "what is no URL of http or https"
        raise RedirectError(f"A redirect leads from {response.url} to {what} and is not followed: {location}") from None
    if urlsplit(target.origin).netloc.lower() != urlsplit(response.url).netloc.lower():
        raise RedirectError(f"A redirect leads from {response.url} to another host and is not followed: {location}")
    if count > _MOST_REDIRECTS:
        raise RedirectError(f"There was no end to redirects; the last of {_MOST_REDIRECTS} led to {location}")
    return target._replace(path=target.path or "/")


def _query(given: Any) -> str:
    return _sendable(given) if isinstance(given, str) else urlencode(pairs(given, "query_string"), doseq=True)


def _sendable(text: str) -> str:
    return quote(text, safe=_PRINTABLE, errors="surrogateescape")
