"""The response as the client sees it, and beside it the event and the result that crossed the wire.

Names are those of requests and httpx: status_code, headers, content, text, json(). Flask's data and get_json() are there
too, so that tests written for Flask's client can be kept.
"""

from __future__ import annotations

import json
from typing import Any

from werkzeug.datastructures import Headers
from werkzeug.http import parse_options_header


class Response:
    """What a request came to.

    status_code  an integer
    headers      werkzeug's Headers: names in any case; getlist("Set-Cookie") for repeated ones
    content      the body's bytes
    url          the URL that was asked, as the client saw it
    event        the event that the function was given, or None if the front door answered without asking it
    result       what the function returned, as JSON says it; None if it raised
    reason       one sentence where the front door answered by itself or lost something, e.g. why AWS would say 502; or ""
    history      the responses of the redirects that led here
    """

    def __init__(
        self,
        status_code: int,
        headers: list[tuple[str, str]],
        content: bytes,
        *,
        url: str,
        event: dict[str, Any] | None = None,
        result: Any = None,
        reason: str = "",
    ) -> None:
        self.status_code = status_code
        self.headers = Headers(headers)
        self.content = content
        self.url = url
        self.event = event
        self.result = result
        self.reason = reason
        self.history: list[Response] = []

    @property
    def data(self) -> bytes:
        """The body's bytes, as Flask's test client names them."""
        return self.content

    @property
    def text(self) -> str:
        """The body as text, in the Content-Type's charset or UTF-8."""
        charset = parse_options_header(self.headers.get("Content-Type"))[1].get("charset", "utf-8")
        try:
            return self.content.decode(charset, "replace")
        except LookupError:  # no charset that Python knows
            return self.content.decode("utf-8", "replace")

    def json(self) -> Any:
        """Return the value of a JSON body, whatever its Content-Type; raise ValueError if it is none."""
        return json.loads(self.content)

    def get_json(self, force: bool = False, silent: bool = False) -> Any:
        """Return what Flask's does: None where the Content-Type is not JSON's; force: look at the body alone.

        silent: None, too, where the body is no JSON.
        """
        kind = parse_options_header(self.headers.get("Content-Type"))[0].lower()
        if (
            not force
            and kind != "application/json"
            and not (kind.startswith("application/") and kind.endswith("+json"))
        ):
            return None
        try:
            return self.json()
        except ValueError:
            if not silent:
                raise
            return None

    def __repr__(self) -> str:
        why = f": {self.reason}" if self.reason else ""
        return f"<Response {self.status_code} of {self.url}, {len(self.content)} bytes{why}>"
