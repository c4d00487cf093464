"""Whom the inspector answers.

What it shows is the developer's (cookies, tokens), and it can send requests again. Any page in the same browser can send
requests here, and with DNS rebinding even read the answers under a name of its own. So: the Host has to be one that a
foreign page can't have, and what changes something must come from the inspector's own page or from no page at all.
https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
"""

from __future__ import annotations

import re
from ipaddress import ip_address

LOCAL = ("localhost", "127.0.0.1", "[::1]")
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^\[\]:]+)(?::[0-9]+)?")
_SAFE = ("GET", "HEAD")


def refusal(method: str, scheme: str, headers: list[tuple[str, str]], listening: str) -> str:
    """Return in one sentence why a request is refused; "" if it is not. `listening`: the host that the gateway was given."""
    hosts = [value.lower() for name, value in headers if name == "host"]
    given = hosts[0] if len(hosts) == 1 else ""
    if not _is_own(given, listening):
        expected = ", ".join(dict.fromkeys((*LOCAL, _bracketed(listening))))
        return f"The inspector answers under {expected}; the Host was {' and '.join(hosts) or 'missing'}."
    if method in _SAFE:
        return ""
    fields = dict(headers)
    origin = fields.get("origin")
    if origin is not None and origin.lower() != f"{scheme}://{given}":
        return f"Only the inspector's own page may do this; the Origin was {origin}."
    if origin is None and fields.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        return f"Only the inspector's own page may do this; Sec-Fetch-Site was {fields['sec-fetch-site']}."
    return ""


def _is_own(given: str, listening: str) -> bool:
    match = _HOST.fullmatch(given)
    if match is None:
        return False
    if match[1] in (*LOCAL, _bracketed(listening)):
        return True
    # on all addresses there is no one host; a number can't be rebound as a name can
    return listening in ("0.0.0.0", "::") and _is_address(match[1].strip("[]"))


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host.lower()
