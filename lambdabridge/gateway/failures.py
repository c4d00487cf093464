"""What each front door answers by itself: tables by --api.

Bodies to the byte where they were recorded: by LocalStack (ls-rest-*) and AWS's .NET Test Tool for REST and HTTP APIs and
Function URLs; a load balancer's and CloudFront's pages are not.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Failure:
    """An answer of the front door's own; error_type is a REST API's x-amzn-ErrorType."""

    status: int
    content_type: str
    body: str
    error_type: str = ""


_JSON = "application/json"
# the space after the colon is real (36 bytes)
_REST_502 = Failure(502, _JSON, '{"message": "Internal server error"}', "InternalServerErrorException")
_REST_NO_STAGE = Failure(403, _JSON, '{"message":"Forbidden"}', "ForbiddenException")
_REST_NO_ROUTE = Failure(
    403, _JSON, '{"message":"Missing Authentication Token"}', "MissingAuthenticationTokenException"
)
_HTTP_500 = Failure(500, _JSON, '{"message":"Internal Server Error"}')
NOT_FOUND = Failure(404, _JSON, '{"message":"Not Found"}')
_PAGE = "<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>"
FAILED = {
    "rest": _REST_502,
    "rest-template": _REST_502,
    "http": _HTTP_500,
    "http-1.0": _HTTP_500,
    "function-url": Failure(502, "text/plain", "Internal Server Error"),
    "alb": Failure(502, "text/html", _PAGE),
    "lambda-at-edge": Failure(502, "text/html", _PAGE),
}
"""--api -> the answer to a function that failed and to a result that is refused."""
_REST_500 = Failure(500, _JSON, '{"message": "Internal server error"}', "InternalServerErrorException")
THROTTLED = {
    "rest": _REST_500,
    "rest-template": _REST_500,
    "function-url": Failure(
        429, _JSON, '{"Reason":"ConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded."}'
    ),
}
"""--api -> the answer where Lambda has no execution environment to spare (AWS's guide to Lambda with API Gateway; the body of
a Function URL's is Lambda's own API's, nobody recorded it). Elsewhere as for a function that failed."""
STOPPED = Failure(503, "text/plain", "The local gateway was stopped.")
BAD_GATEWAY = Failure(502, "text/plain", "Bad Gateway")
"""The same where nobody has seen it."""
NO_STAGE = {"rest": _REST_NO_STAGE, "rest-template": _REST_NO_STAGE}
NO_ROUTE = {"rest": _REST_NO_ROUTE, "rest-template": _REST_NO_ROUTE}
"""--api -> the answer to a path without the stage, and to one that no route takes; elsewhere it is a 404."""
WHO = {
    "function-url": "Lambda",
    "alb": "The load balancer",
    "vpc-lattice-1": "VPC Lattice",
    "vpc-lattice-2": "VPC Lattice",
    "lambda-at-edge": "CloudFront",
}
"""--api -> who answers; API Gateway for those that are not here."""
