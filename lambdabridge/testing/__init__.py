"""Test an application as it will run on Lambda: requests through the code of a front door, in this process.

    from lambdabridge.testing import Client

    def test_hello():
        response = Client(app, source="rest").get("/hello?name=you")
        assert (response.status_code, response.text) == (200, "hello you")

    client.py         Client: what a test writer has in hand
    configuration.py  what it is set to
    request.py        what get() and the others take; headers and cookies of a request
    url.py            the URL to the letter, and where a redirect leads
    body.py           a body in any form (by werkzeug)
    response.py       Response: what the client sees, and the event and the result that crossed the wire
    cookies.py        Cookies: the client's cookie jar, with the rules of browsers (http.cookiejar)
    function.py       Function: the Lambda side, on the caller's thread
    saved.py          a saved event in place of a request, for `lambdabridge invoke --event`

The front door itself is lambdabridge/gateway/front_door.py, the same that `lambdabridge serve` runs.
"""

from __future__ import annotations

try:
    import werkzeug as _werkzeug  # noqa: F401 - asked for here once, so that its absence is one sentence
except ImportError:
    raise ImportError(
        "lambdabridge.testing needs werkzeug, which is in the extra: pip install 'lambdabridge[testing]'",
        name="werkzeug",
    ) from None

from lambdabridge.testing.client import Client
from lambdabridge.testing.cookies import Cookies
from lambdabridge.testing.response import Response
from lambdabridge.testing.url import RedirectError

__all__ = ["Client", "Cookies", "RedirectError", "Response"]
