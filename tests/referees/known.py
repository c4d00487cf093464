"""Where an engine differs from AWS, or another adapter from a server: each with its reason, and nothing else may differ.

The tests are strict both ways: a row that is not needed fails as well. Whose fault a row is, `blame` says: the engine's, an
adapter's, or nobody's. What is held against an engine is known of AWS from recordings (LocalStack's validated tests, the
.NET Test Tool's captures) or AWS's guide; where there is neither, the reason says so.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.referees.requests import EVERY_REQUEST

OURS = ("lambdabridge wsgi", "lambdabridge asgi")
MANGUM, APIG_WSGI = ("mangum",), ("apig-wsgi",)
PEERS = (*MANGUM, *APIG_WSGI)
EVERY = (*OURS, *PEERS)
SAM_1_0 = ("sam-rest", "sam-http-1.0")
SAM = (*SAM_1_0, "sam-http")
LOCALSTACK = ("localstack-rest",)
ALL = (*SAM, *LOCALSTACK)
ENGINE, ADAPTER, NOBODY = "engine", "adapter", "nobody"


@dataclass(frozen=True)
class Difference:
    """These engines make these parts of these cases differ, for these adapters."""

    engines: tuple[str, ...]
    adapters: tuple[str, ...]
    cases: tuple[str, ...]
    parts: frozenset[str]
    blame: str
    reason: str


def parts_of(words: str) -> frozenset[str]:
    """Return the parts that a text lists."""
    return frozenset(words.split())


RAW = "REST and HTTP API 1.0 pass `path` raw; SAM decodes it"
SEMICOLON = "LocalStack splits the path with urlparse, which cuts off what follows a `;`"
_FORM = "LocalStack parses forms and writes them anew (rolo's restore_payload): in another order, with a line before"
QUERY_BYTES = "the engine's Werkzeug leaves such escapes in the decoded parameters (no recording of AWS was found)"
DROPPED = "a REST API drops them (LocalStack's recordings)"
_NOT_LATIN_1 = ("UTF-8 path", "path bytes that are not UTF-8")
REQUEST_NAMES = tuple(scenario.id for scenario in EVERY_REQUEST)

SCENARIOS = (
    Difference(
        SAM_1_0,
        OURS,
        (
            "plus in path",
            "percent sign in path",
            "encoded slash",
            "path bytes that are not UTF-8",
            "encoded dots",
            "needless escape",
            "lower-case escapes",
        ),
        parts_of("raw_path"),
        ENGINE,
        RAW,
    ),
    Difference(SAM_1_0, OURS, ("twice-encoded path",), parts_of("path raw_path"), ENGINE, RAW),
    Difference(SAM_1_0, PEERS, ("twice-encoded path",), parts_of("path"), ENGINE, RAW),
    Difference(SAM_1_0, APIG_WSGI, _NOT_LATIN_1, parts_of("status"), ENGINE, RAW),
    Difference(SAM_1_0, APIG_WSGI, ("lower-case escapes",), parts_of("path"), ENGINE, RAW),
    Difference(
        SAM_1_0,
        EVERY,
        ("UTF-8 query", "names in two cases"),
        parts_of("query_string"),
        ENGINE,
        "SAM sorts the event's members by name (AWS does not keep the parameters' order either)",
    ),
    Difference(
        (*SAM_1_0, *LOCALSTACK),
        EVERY,
        ("query bytes that are not UTF-8",),
        parts_of("query_string"),
        ENGINE,
        QUERY_BYTES,
    ),
    Difference(LOCALSTACK, OURS, ("colon and at in path",), parts_of("path raw_path"), ENGINE, SEMICOLON),
    Difference(LOCALSTACK, PEERS, ("colon and at in path",), parts_of("path"), ENGINE, SEMICOLON),
    Difference(
        LOCALSTACK,
        EVERY,
        ("form", "multipart"),
        parts_of("body"),
        ENGINE,
        _FORM,
    ),
    Difference(
        LOCALSTACK,
        PEERS,
        REQUEST_NAMES,
        parts_of("scheme"),
        NOBODY,
        "LocalStack sends `X-Forwarded-Proto: HTTP`; a scheme in capitals is the same (RFC 3986, 3.1)",
    ),
    Difference(
        ("sam-http",),
        PEERS,
        ("cookie", "odd cookies"),
        parts_of("headers"),
        ENGINE,
        "SAM parses `cookies` and writes them anew, without quotes, and keeps the header that AWS removes",
    ),
    Difference(
        ("sam-http",),
        APIG_WSGI,
        ("two cookie lines",),
        parts_of("headers"),
        ENGINE,
        "SAM keeps the header that AWS removes beside `cookies`",
    ),
    Difference(
        ("sam-http",),
        PEERS,
        ("twice-encoded path",),
        parts_of("path"),
        ADAPTER,
        "an HTTP API's rawPath is decoded a second time",
    ),
    Difference(
        ("sam-http",),
        APIG_WSGI,
        ("lower-case escapes",),
        parts_of("path"),
        ADAPTER,
        "PATH_INFO has text where PEP 3333 has its UTF-8 bytes",
    ),
    Difference(
        ("sam-http",),
        APIG_WSGI,
        _NOT_LATIN_1,
        parts_of("status"),
        ADAPTER,
        "PATH_INFO has characters beyond latin-1 (PEP 3333 has bytes there)",
    ),
    Difference(
        ("sam-http",),
        APIG_WSGI,
        tuple(name for name in REQUEST_NAMES if name not in _NOT_LATIN_1 and "cookie" not in name),
        parts_of("headers"),
        NOBODY,
        "HTTP_COOKIE is empty where there is no cookie: the same to CGI (RFC 3875, 4.1)",
    ),
    Difference(
        ("sam-http",),
        APIG_WSGI,
        ("repeated",),
        parts_of("headers"),
        ADAPTER,
        "of a repeated header in payload 2.0 the last line is left",
    ),
    Difference(
        ALL,
        APIG_WSGI,
        ("latin-1",),
        parts_of("status"),
        ADAPTER,
        "a text body that is not UTF-8 raises UnicodeDecodeError",
    ),
    Difference(
        ALL, APIG_WSGI, ("error",), parts_of("status"), NOBODY, "apig-wsgi lets the application's exception through"
    ),
    Difference(
        ALL,
        MANGUM,
        ("latin-1 header",),
        parts_of("headers"),
        ADAPTER,
        "a header's bytes are encoded as UTF-8 once more",
    ),
    Difference(
        ALL,
        MANGUM,
        ("header-latin-1",),
        parts_of("status"),
        ADAPTER,
        "a header that is not UTF-8 raises UnicodeDecodeError",
    ),
    Difference(
        ("sam-http",),
        MANGUM,
        ("repeated",),
        parts_of("headers"),
        NOBODY,
        "joined by a comma alone: the same (RFC 9110, 5.3)",
    ),
    Difference(
        LOCALSTACK,
        MANGUM,
        ("repeated header", "two cookie lines"),
        parts_of("headers"),
        NOBODY,
        "joined by ', ': the same (RFC 9110, 5.3)",
    ),
    Difference(
        LOCALSTACK,
        OURS,
        ("two cookie lines",),
        parts_of("headers"),
        NOBODY,
        "joined by '; ' (RFC 9113, 8.2.3), where a server joins any repeated header by a comma",
    ),
    Difference(LOCALSTACK, EVERY, ("headers that a REST API drops",), parts_of("headers"), NOBODY, DROPPED),
)
"""Through an engine and through a real server: parts are what the application saw, or what the client got."""
