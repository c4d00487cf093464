"""The client's cookie jar: the standard library's http.cookiejar, which knows domains, paths, expiry and Secure.

https://docs.python.org/3/library/http.cookiejar.html

werkzeug's test client has a jar too, but it neither looks at Secure nor lets anything expire. A cookie without a Domain goes
back to its own host alone (RFC 6265, section 5.3), which http.cookiejar does when told so. A Domain that is the whole of a
host without dots (localhost) means the same there, as in browsers; http.cookiejar would keep such a cookie and never send it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, MutableMapping
from email.message import Message
from http.cookiejar import Cookie, CookieJar, DefaultCookiePolicy
from typing import cast
from urllib.parse import urlsplit
from urllib.request import Request

from lambdabridge.testing.request import check_cookie

TYPE_CHECKING = False
if TYPE_CHECKING:
    from http.client import HTTPResponse


class Cookies(MutableMapping[str, str]):
    """client.cookies: a mapping of names to values, for the client's own host and every path unless set() says more.

    jar has the cookies with all that is known of them, as http.cookiejar.Cookie.
    """

    def __init__(self, host: str) -> None:
        self._host = _known_as(host)
        self.jar = CookieJar(DefaultCookiePolicy(strict_ns_domain=DefaultCookiePolicy.DomainStrictNonDomain))

    def set(
        self,
        name: str,
        value: str,
        *,
        domain: str = "",
        path: str = "/",
        secure: bool = False,
        max_age: int | None = None,
    ) -> None:
        """Set a cookie as if a response had; a domain makes it one of all hosts below it too."""
        name, value = check_cookie(name, value)
        domain = domain.lstrip(".")
        is_shared = "." in domain
        expires = None if max_age is None else int(time.time()) + max_age
        cookie = Cookie(
            version=0,
            name=name,
            value=value,
            port=None,
            port_specified=False,
            domain=f".{domain}" if is_shared else _known_as(domain) if domain else self._host,
            domain_specified=is_shared,
            domain_initial_dot=is_shared,
            path=path,
            path_specified=True,
            secure=secure,
            expires=expires,
            discard=expires is None,
            comment=None,
            comment_url=None,
            rest={},
        )
        self.jar.set_cookie(cookie)

    def delete(self, name: str) -> None:
        """Forget every cookie of this name, of whatever domain and path."""
        for cookie in self._named(name):
            self.jar.clear(cookie.domain, cookie.path, cookie.name)

    def header(self, url: str) -> str:
        """Return the value of the Cookie header for a request to this URL, or ""."""
        request = Request(url)
        self.jar.add_cookie_header(request)
        return request.get_header("Cookie") or ""

    def store(self, url: str, lines: list[str]) -> None:
        """Take the Set-Cookie headers of a response from this URL."""
        message = Message()
        host = urlsplit(url).hostname or ""
        own = re.compile(rf"(?i);\s*domain\s*=\s*\.?{re.escape(host)}\s*(?=;|\Z)")
        for line in lines:
            message["Set-Cookie"] = line if "." in host else own.sub("", line)
        self.jar.extract_cookies(cast("HTTPResponse", _Carrier(message)), Request(url))

    def _named(self, name: str) -> list[Cookie]:
        self.jar.clear_expired_cookies()
        return [cookie for cookie in self.jar if cookie.name == name]

    def __getitem__(self, name: str) -> str:
        for cookie in self._named(name):
            return cookie.value or ""
        raise KeyError(name)

    def __setitem__(self, name: str, value: str) -> None:
        self.set(name, value)

    def __delitem__(self, name: str) -> None:
        if name not in self:
            raise KeyError(name)
        self.delete(name)

    def __iter__(self) -> Iterator[str]:
        self.jar.clear_expired_cookies()
        return iter(dict.fromkeys(cookie.name for cookie in self.jar))

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __repr__(self) -> str:
        return f"<Cookies {dict(self)!r}>"


def _known_as(host: str) -> str:
    """Return the name that http.cookiejar has for a host: "localhost.local" for one without a dot."""
    name = f"[{host}]" if ":" in host else host  # an IPv6 address
    return name if "." in name else f"{name}.local"


class _Carrier:
    """What http.cookiejar wants of a response."""

    def __init__(self, message: Message) -> None:
        self._message = message

    def info(self) -> Message:
        return self._message
