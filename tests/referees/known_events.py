"""Where an engine's event differs from that of our own gateway: see known.py."""

from __future__ import annotations

from tests.referees.known import (
    ALL,
    DROPPED,
    ENGINE,
    LOCALSTACK,
    QUERY_BYTES,
    RAW,
    REQUEST_NAMES,
    SAM,
    SAM_1_0,
    SEMICOLON,
    Difference,
    parts_of,
)
from tests.referees.requests import EVERY_REQUEST

_IDENTITIES = "identifiers, names and times of each one's own API"
_FORWARDED = "each has its own: SAM sends its --port, LocalStack capitals"
_NOT_SENT = "SAM sends none (captured at AWS)"
_BODIES = tuple(scenario.id for scenario in EVERY_REQUEST if scenario.body)
_NO_BODIES = tuple(scenario.id for scenario in EVERY_REQUEST if not scenario.body)
_WITH_LENGTH = (*_BODIES, "empty post", "empty post with a type")
_ESCAPED = (
    "space",
    "plus in path",
    "UTF-8 path",
    "percent sign in path",
    "twice-encoded path",
    "encoded slash",
    "path bytes that are not UTF-8",
    "encoded dots",
    "needless escape",
    "lower-case escapes",
)
_HTTP_API_TEXT = (
    "json",
    "delete with a body",
    "patch",
    "text body",
    "text that is not UTF-8",
    "xml",
    "type in capitals",
)
_UTF_8 = (
    "json",
    "delete with a body",
    "patch",
    "form",
    "large body",
    "text body",
    "json dialect",
    "xml",
    "type in capitals",
)


def _event(engines: tuple[str, ...], members: str, reason: str, cases: tuple[str, ...] = ()) -> Difference:
    return Difference(engines, (), cases, parts_of(members), ENGINE, reason)


EVENTS = (
    _event(
        ALL,
        "requestContext.apiId requestContext.domainName requestContext.domainPrefix requestContext.requestId",
        _IDENTITIES,
    ),
    _event((*SAM_1_0, *LOCALSTACK), "requestContext.extendedRequestId requestContext.resourceId", _IDENTITIES),
    _event(("sam-http",), "requestContext.timeEpoch", "milliseconds (captured); SAM has seconds"),
    _event(LOCALSTACK, "requestContext.requestTime", "ends with the zone (captured); LocalStack has none"),
    _event(("sam-rest",), "requestContext.deploymentId", _NOT_SENT),
    _event(LOCALSTACK, "requestContext.deploymentId", _IDENTITIES),
    _event(SAM, "headers.host", "SAM listens on a port of its own"),
    _event(SAM_1_0, "multiValueHeaders.host", "SAM listens on a port of its own"),
    _event(SAM, "headers.x-forwarded-port", _FORWARDED),
    _event(SAM_1_0, "multiValueHeaders.x-forwarded-port", _FORWARDED),
    _event(LOCALSTACK, "headers.x-forwarded-proto multiValueHeaders.x-forwarded-proto", _FORWARDED),
    _event(SAM, "headers.x-forwarded-for headers.x-amzn-trace-id", _NOT_SENT),
    _event(SAM_1_0, "multiValueHeaders.x-forwarded-for multiValueHeaders.x-amzn-trace-id", _NOT_SENT),
    _event(LOCALSTACK, "headers.x-amzn-trace-id multiValueHeaders.x-amzn-trace-id", _IDENTITIES),
    _event(
        LOCALSTACK,
        "headers.accept headers.user-agent multiValueHeaders.accept multiValueHeaders.user-agent",
        "LocalStack adds them where the client sent none, as to HTTP integrations; userAgent is null then (captured)",
        tuple(name for name in REQUEST_NAMES if name != "accept"),
    ),
    _event(
        SAM_1_0,
        "requestContext.identity.accessKey requestContext.identity.cognitoIdentityId "
        "requestContext.identity.principalOrgId requestContext.identity.apiKey",
        "SAM lacks three and always has apiKey, which is there when one is used",
    ),
    _event(SAM_1_0, "requestContext.identity.userAgent", "SAM has a fixed text"),
    _event(("sam-http",), "requestContext.http.userAgent", "SAM has a fixed text"),
    _event(SAM_1_0, "requestContext.path", "SAM has its route there, without the stage"),
    _event(
        ("sam-http-1.0",),
        "resource requestContext.resourcePath pathParameters pathParameters.any_path",
        "SAM makes a route of its own for $default",
    ),
    _event(("sam-http",), "pathParameters.any_path", "SAM makes a route of its own for $default"),
    _event(SAM_1_0, "path", RAW, _ESCAPED),
    _event(
        ("sam-rest",),
        "pathParameters.proxy",
        "a path parameter is raw and has no slash at the end (LocalStack's recordings); SAM decodes and keeps it",
        ("trailing slash", "two slashes last", *_ESCAPED),
    ),
    _event(
        LOCALSTACK,
        "path requestContext.path pathParameters.proxy",
        SEMICOLON,
        ("colon and at in path",),
    ),
    _event(
        SAM_1_0,
        "headers.x-a multiValueHeaders.x-a",
        "SAM's server joins repeated headers",
        ("repeated header",),
    ),
    _event(
        SAM_1_0,
        "headers.cookie multiValueHeaders.cookie",
        "SAM's server joins repeated headers",
        ("two cookie lines",),
    ),
    _event(
        LOCALSTACK,
        "headers.cookie",
        "`headers` has the last value (captured); LocalStack has the first",
        ("two cookie lines",),
    ),
    _event(
        ("sam-rest", *LOCALSTACK),
        "queryStringParameters.a queryStringParameters.b "
        "multiValueQueryStringParameters.a multiValueQueryStringParameters.b",
        "a `;` splits parameters of a REST API (AWS's guide, known issues)",
        ("semicolon in query",),
    ),
    _event(ALL, "queryStringParameters.a", QUERY_BYTES, ("query bytes that are not UTF-8",)),
    _event(
        (*SAM_1_0, *LOCALSTACK),
        "multiValueQueryStringParameters.a",
        QUERY_BYTES,
        ("query bytes that are not UTF-8",),
    ),
    _event(
        ("sam-rest",),
        "headers.content-md5 headers.max-forwards headers.proxy-authenticate headers.www-authenticate "
        "multiValueHeaders.content-md5 multiValueHeaders.max-forwards multiValueHeaders.proxy-authenticate "
        "multiValueHeaders.www-authenticate",
        DROPPED,
        ("headers that a REST API drops",),
    ),
    _event(
        LOCALSTACK,
        "headers.x-a",
        "`headers` has the last value (captured); LocalStack has the first",
        ("repeated header",),
    ),
    _event(
        ("sam-rest",),
        "headers.content-length multiValueHeaders.content-length",
        "a REST API drops Content-Length (LocalStack's recordings)",
        _WITH_LENGTH,
    ),
    _event(
        ("sam-http-1.0",),
        "headers.content-length multiValueHeaders.content-length",
        "an HTTP API sends Content-Length: 0 where there is no body (captured)",
        tuple(name for name in REQUEST_NAMES if name not in _WITH_LENGTH),
    ),
    _event(
        ("sam-http",),
        "headers.content-length",
        "an HTTP API sends Content-Length: 0 where there is no body (captured)",
        tuple(name for name in REQUEST_NAMES if name not in _WITH_LENGTH),
    ),
    _event(("sam-rest",), "isBase64Encoded", "SAM says true without a body; no recording has that", _NO_BODIES),
    _event(
        ("sam-http-1.0", "sam-http"),
        "isBase64Encoded",
        "an HTTP API goes by Content-Type alone; SAM by BinaryMediaTypes, with a body and without",
        (*_NO_BODIES, *_HTTP_API_TEXT),
    ),
    _event(("sam-http-1.0",), "body", "an HTTP API sends JSON as text; SAM goes by BinaryMediaTypes", _HTTP_API_TEXT),
    _event(
        ("sam-http",),
        "body",
        "an HTTP API sends JSON as text, and no body as none; SAM goes by BinaryMediaTypes, and sends an empty one",
        (*_NO_BODIES, *_HTTP_API_TEXT),
    ),
    _event(("sam-http",), "cookies stageVariables", "empty members are absent (captured); SAM sends null and []"),
    _event(
        ("sam-http",),
        "headers.cookie",
        "an HTTP API takes the cookies out of the headers (captured)",
        ("cookie", "odd cookies", "two cookie lines"),
    ),
    _event(
        LOCALSTACK,
        "isBase64Encoded",
        "a REST API goes by its binaryMediaTypes alone (seen on AWS, ministack#767); LocalStack sends text where it is UTF-8",
        _UTF_8,
    ),
    _event(
        LOCALSTACK,
        "body",
        "as isBase64Encoded; multipart is written anew (rolo's restore_payload)",
        (*_UTF_8, "multipart"),
    ),
)
"""Our own gateway's event and an engine's: parts are members; without cases in each scenario or in some of them."""
