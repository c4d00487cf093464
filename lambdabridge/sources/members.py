"""The members that several front doors share, from the event's form to the neutral one.

Everything is made tolerant here of what real events leave out (absent or null members, null values, no Host) and strict
about what can't be: a wrong type raises, and the handler then says which member it was.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from lambdabridge.types import Address, Event, Headers

UNESCAPED = "/:@!$&'()*+,;=-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
"""What stands for itself in a path: pchar and "/" (RFC 3986, section 3.3)."""


def native(text: str) -> str:
    """Return a JSON string as a native string: latin-1 where it can be, else its UTF-8 bytes."""
    if text.isascii():
        return text
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode().decode("latin-1")
    return text


def native_utf8(text: str) -> str:
    """Return text that a front door decoded from UTF-8 as the native string of the bytes it came from."""
    return text if text.isascii() else text.encode().decode("latin-1")


def as_list(name: str, values: Any) -> Any:
    """Return the values of one name; None stands for none."""
    if values is None or isinstance(values, list):
        return values or ()
    raise _malformed(f"the values of {name!r} must be a list and are {values!r:.40}")


def _malformed(what: str) -> Exception:
    from lambdabridge.errors import MalformedEventError

    return MalformedEventError(f"The event is malformed: {what}.")


def method_of(value: Any) -> str:
    """Return a request's method; everything else about a request has a default, this has none."""
    if isinstance(value, str) and value:
        return value
    raise _malformed(f"the method must be a string such as 'GET' and is {value!r:.40}")


def identify(event: Event) -> tuple[str | None, str | None]:
    """Return (request id, stage), as both payload formats have them."""
    context = event.get("requestContext") or {}
    return context.get("requestId"), context.get("stage")


def grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Return the values of each name, in order."""
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def decode_paths(raw_path: str, root_path: str) -> tuple[str, str, str]:
    """Return (path, raw_path, root_path) for percent-encoded paths as an event has them."""
    if "%" not in raw_path and raw_path.isascii() and " " not in raw_path:
        return raw_path, raw_path, root_path
    return decode_path(raw_path), repair_raw_path(raw_path), decode_path(root_path)


def decode_path(raw_path: str) -> str:
    """Percent-decode a path to a native string; every byte survives, also those that are not UTF-8."""
    if "%" in raw_path:
        from urllib.parse import unquote

        return unquote(native_utf8(raw_path), "latin-1")
    return native_utf8(raw_path)


def encode_path(path: str) -> str:
    """Percent-encode a decoded path of text; a "%" in it is data."""
    if not path.strip(UNESCAPED):  # strip() leaves nothing where every character stands for itself
        return path
    from urllib.parse import quote

    return quote(path, safe=UNESCAPED)


def repair_raw_path(raw_path: str) -> str:
    """Percent-encode what can't stand in a raw path, as local emulators send it, and keep the escapes that are there."""
    if raw_path.isascii() and " " not in raw_path:
        return raw_path
    from urllib.parse import quote

    return quote(raw_path, safe=UNESCAPED + "%")


def encode_query(parameters: dict[str, list[str | None]]) -> str:
    """Return the query string for decoded parameters."""
    pairs = []
    for name, values in parameters.items():
        quoted = _quote(name)
        pairs += [f"{quoted}={_quote(value) if value else ''}" for value in as_list(name, values) or ("",)]
    return "&".join(pairs)


def _quote(text: str) -> str:
    if text.isalnum() and text.isascii():
        return text
    from urllib.parse import quote

    return quote(text, safe="")


def with_content_length(headers: Headers, known: dict[str, str], body: bytes) -> Headers:
    """Return headers whose Content-Length is the body's.

    REST APIs pass none, a client may have understated it, and what came in chunks has been put together. An application
    that reads a body needs it right (PEP 3333: CONTENT_LENGTH).
    """
    given = known.get("content-length")
    length = str(len(body)) if body else "0"
    is_right = not body if given is None else given == length
    is_once = len(headers) == len(known) or [name for name, _ in headers].count("content-length") < 2
    if is_right and is_once and "transfer-encoding" not in known:
        return headers
    kept = [(name, value) for name, value in headers if name not in ("content-length", "transfer-encoding")]
    kept.append(("content-length", length))
    return kept


def scheme_and_server(known: dict[str, str], domain_name: Any) -> tuple[str, Address]:
    """Return how the client called: (scheme, (host, port)). API Gateway speaks HTTPS unless a header says otherwise."""
    scheme = known.get("x-forwarded-proto", "https")
    if scheme != "https":
        scheme = "http" if _last(scheme) == "http" else "https"
    elif known.get("x-forwarded-port") == "443" and ":" not in known.get("host", ":"):
        return scheme, (known["host"], 443)  # nearly always
    host = known.get("host") or (domain_name if isinstance(domain_name, str) else "") or "localhost"
    port = known.get("x-forwarded-port", "")
    if ":" in host and not host.endswith("]"):  # "[::1]" has colons and no port
        host, _, own_port = host.rpartition(":")
        port = port or own_port
    return scheme, (host, _port(port) or _port(_last(port)) or (443 if scheme == "https" else 80))


def _port(text: str) -> int:
    return int(text) if text.isdigit() and text.isascii() and len(text) < 6 else 0


def _last(value: str) -> str:
    """Return the last of comma-separated values: the hop nearest to us wrote it."""
    return value.rpartition(",")[2].strip().lower()


def client_address(source_ip: Any) -> Address | None:
    """Return (sourceIp, 0). Behind CloudFront it has come with a leading space."""
    return (source_ip.strip(), 0) if source_ip else None


def last_forwarded(value: str) -> Address | None:
    """Return the client's address from X-Forwarded-For: its last entry, which a load balancer may give a port."""
    host = value.rpartition(",")[2].strip()
    port = ""
    if host.startswith("["):  # [2001:db8::1]:4711
        host, _, port = host[1:].partition("]")
    elif host.count(":") == 1:  # 203.0.113.7:4711
        host, _, port = host.partition(":")
    return (host, _port(port.lstrip(":"))) if host else None


def http_version(protocol: Any) -> str:
    """Return "1.1" for "HTTP/1.1", which API Gateway says for an HTTP/2 client as well."""
    if protocol == "HTTP/1.1":
        return "1.1"
    return protocol[5:] if isinstance(protocol, str) and protocol.startswith("HTTP/") else "1.1"
