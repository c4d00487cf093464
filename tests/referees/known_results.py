"""Where an engine's reply to a function's result differs from that of our own gateway: see known.py."""

from __future__ import annotations

from tests.referees.known import ALL, ENGINE, LOCALSTACK, NOBODY, SAM, SAM_1_0, Difference, parts_of

_OBJECTS = ("null", "string", "number", "boolean", "list", "object of another kind", "failed function")
_BAD_STATUSES = ("status in words", "status -1", "status in a list")
_BAD_HEADERS = ("headers as a list", "headers as text", "header in two lines")
_REPLY = "status headers body"
_PYTHON = "SAM sends Python's str() of it"
_DEFAULT_TYPE = "the Content-Type is text/plain; charset=utf-8 where none is given (captured); SAM has REST's"
_ERROR_500 = '500 with "Internal Server Error" (captured); SAM has the 502 of REST APIs'
_BROKEN = "LocalStack itself fails on it"


def _wrong(engines: tuple[str, ...], cases: tuple[str, ...], parts: str, reason: str) -> Difference:
    return Difference(engines, (), cases, parts_of(parts), ENGINE, reason)


def _open(engines: tuple[str, ...], cases: tuple[str, ...], parts: str, reason: str) -> Difference:
    return Difference(engines, (), cases, parts_of(parts), NOBODY, f"no recording of AWS was found; {reason}")


RESULTS = (
    _wrong(
        ("sam-rest",),
        (*_OBJECTS, *_BAD_STATUSES, *_BAD_HEADERS, "unknown member", "statusDescription"),
        "body",
        "the error's JSON has a space after the colon (captured); SAM's has a line end",
    ),
    _wrong(
        ("sam-http-1.0",),
        (*_OBJECTS, *_BAD_STATUSES, *_BAD_HEADERS, "empty object", "no status", "status null"),
        "status body",
        _ERROR_500,
    ),
    _wrong(("sam-http",), (*_BAD_STATUSES, "headers as text", "header in two lines"), "status body", _ERROR_500),
    _wrong(ALL, ("status 0",), _REPLY, "refused (captured); engines take it for none"),
    _open(ALL, ("status with a fraction",), _REPLY, "engines cut it off"),
    _open(ALL, ("status true",), _REPLY, "engines send the status 1, which is none"),
    _open(LOCALSTACK, ("status -1",), _REPLY, "LocalStack sends it, and no client could read that"),
    _open(("sam-http",), ("status null",), _REPLY, "SAM takes it for 200"),
    _open(LOCALSTACK, ("status null", "status in a list"), _REPLY, _BROKEN),
    _wrong(
        LOCALSTACK, ("null", "number", "boolean"), _REPLY, f"502, as for a string (LocalStack's recording); {_BROKEN}"
    ),
    _open(SAM, ("body number", "body boolean", "body list"), _REPLY, _PYTHON),
    _wrong(SAM, ("body object",), _REPLY, f"refused (an article of AWS's support); {_PYTHON}"),
    _open(LOCALSTACK, ("body number", "body boolean", "body list"), _REPLY, _BROKEN),
    _wrong(LOCALSTACK, ("body object",), _REPLY, "refused (an article of AWS's support); LocalStack joins its keys"),
    _open(
        SAM_1_0, ("base64 'false'",), "body", "SAM reads the words true and false, LocalStack and we take any for true"
    ),
    _open(SAM_1_0, ("base64 1",), _REPLY, "SAM refuses it, LocalStack takes it for true as we do"),
    _wrong(SAM, ("base64 that is none",), _REPLY, "500 (LocalStack's recording, of a REST API); SAM sends it as it is"),
    _open(
        LOCALSTACK, ("base64Encoded",), _REPLY, "SAM says that it was tried; LocalStack takes it for an unknown member"
    ),
    _wrong(SAM, ("header true",), "headers", "true (LocalStack's recording); SAM sends True"),
    _open(LOCALSTACK, ("header number",), _REPLY, "LocalStack refuses it, SAM and we send it"),
    _open(SAM, ("header null", "header object"), _REPLY, _PYTHON),
    _wrong(SAM, ("header list",), _REPLY, f"500 (seen on AWS, serverless-express#355, payload 2.0); {_PYTHON}"),
    _open(("sam-http",), ("headers as a list",), _REPLY, "SAM takes pairs"),
    _open(LOCALSTACK, ("header name twice",), "headers", "LocalStack sends the last, SAM and we both"),
    _open(LOCALSTACK, ("header in two lines",), _REPLY, _BROKEN),
    _wrong(SAM_1_0, ("several values, one text",), _REPLY, "502 (LocalStack's recording, of a REST API); SAM sends it"),
    _wrong(
        ("sam-http-1.0",),
        ("same header in both", "same header in both, other case"),
        "headers",
        "an HTTP API sends the value of `headers` first (captured); SAM has the order of REST APIs",
    ),
    _wrong(LOCALSTACK, ("same line in both",), "headers", "sent once (AWS's guide); LocalStack sends it twice"),
    _wrong(
        ("sam-rest", *LOCALSTACK),
        ("headers of the gateway",),
        "headers",
        "WWW-Authenticate becomes x-amzn-Remapped-WWW-Authenticate (seen on AWS, serverless-offline#236)",
    ),
    _wrong(("sam-http-1.0",), ("nothing but a status", "headers null"), "headers", _DEFAULT_TYPE),
    _wrong(
        ("sam-http",),
        ("nothing but a status", "headers null", "several values alone", "several values, one text"),
        "headers",
        _DEFAULT_TYPE,
    ),
    _wrong(
        ("sam-http",),
        ("no status",),
        "headers",
        "without statusCode the whole result is the body, as application/json (AWS's guide); SAM takes its headers",
    ),
    _wrong(
        ("sam-http",),
        ("boolean", "list"),
        "body",
        f"a result without statusCode is sent as JSON (AWS's guide); {_PYTHON}",
    ),
    _open(("sam-http",), ("null",), "body", "SAM sends no body"),
    _wrong(
        ("sam-rest",),
        ("cookies", "cookies and Set-Cookie", "cookies as text", "cookies null"),
        _REPLY,
        "502, as for any unknown member (seen on AWS, sst#2760); SAM lets `cookies` through",
    ),
    _open(("sam-http",), ("cookies as text",), _REPLY, "SAM leaves it out"),
    _wrong(("sam-http",), ("cookies and Set-Cookie",), "headers", "`cookies` come first (seen on AWS, ministack#758)"),
)
"""Our own gateway's reply and an engine's to one result of a function."""

# SAM adds no header; ours lacks one or two of a REST API's (LocalStack's recording, ls-rest-regional-500-headers)
ADDED: dict[str, dict[str, tuple[set[str], set[str]]]] = {
    "plain": {
        "sam-rest": ({"x-amzn-requestid"}, set()),
        "sam-http-1.0": ({"apigw-requestid"}, set()),
        "sam-http": ({"apigw-requestid"}, set()),
        "localstack-rest": (set(), {"x-amz-apigw-id", "x-amzn-trace-id"}),
    },
    "unknown member": {
        "sam-rest": ({"x-amzn-requestid", "x-amzn-errortype"}, set()),
        "sam-http-1.0": ({"apigw-requestid"}, set()),
        "sam-http": ({"apigw-requestid"}, set()),
        "localstack-rest": (set(), {"x-amz-apigw-id"}),
    },
}
"""A result -> engine -> the headers that our own gateway alone adds, and that the engine alone adds."""
