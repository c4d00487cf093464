"""What an application can know of its invocation, the same from every front door, and REMOTE_USER, SSL_CLIENT_*, tls.

The members of the events are AWS's: for authorizers the developer guides' examples and what python-peers and REST's JWT
authorizers were seen to send, for certificates the example in "Create Lambda proxy integrations for HTTP APIs".
"""

from __future__ import annotations

import time
from typing import Any

import pytest

from lambdabridge import bridge
from lambdabridge.caller import rfc4514
from lambdabridge.messages import Invocation
from tests.events import alb, function_url
from tests.peer_cases.events import http_api_1_0, http_api_2_0, rest_api
from tests.test_lambda_at_edge import event as edge
from tests.test_rest_template import template
from tests.test_vpc_lattice import version_1, version_2

CERTIFICATE = {
    "clientCertPem": "-----BEGIN CERTIFICATE-----\nMIIEZTCCAk0CAQEwDQ\n-----END CERTIFICATE-----\n",
    "issuerDN": "C=US,ST=Washington,L=Seattle,O=Amazon Web Services,OU=Security,CN=My Private CA",
    "serialNumber": "a1:a1:a1:a1",
    "subjectDN": "C=US,O=Shop\\, Inc.,CN=My Client",
    "validity": {"notAfter": "Aug  5 00:28:21 2120 GMT", "notBefore": "Aug 29 00:28:21 2020 GMT"},
}
POOL_ARN = "arn:aws:sts::1:assumed-role/Cognito_PoolAuth_Role/CognitoIdentityCredentials"
GUEST = {"cognitoIdentityId": "eu:guest", "cognitoAuthenticationType": "unauthenticated"}
IAM_2 = {
    "accessKey": "ASIA",
    "accountId": "123456789012",
    "callerId": "AROA:session",
    "cognitoIdentity": None,
    "principalOrgId": "o-1",
    "userArn": "arn:aws:sts::123456789012:assumed-role/r/session",
    "userId": "AROA:session",
}


class Context:
    aws_request_id = "lambda-id"
    tenant_id = "blue"

    def get_remaining_time_in_millis(self) -> int:
        return 5000


class Seen:
    """The environ and the scope that applications get for one event."""

    def __init__(self, event: dict[str, Any], context: Any = None) -> None:
        self.environ: dict[str, Any] = {}
        self.scope: dict[str, Any] = {}

        def wsgi(environ: dict[str, Any], start_response: Any) -> list[bytes]:
            self.environ = environ
            start_response("204 No Content", [])
            return []

        async def asgi(scope: dict[str, Any], receive: Any, send: Any) -> None:
            self.scope = scope
            await send({"type": "http.response.start", "status": 204})
            await send({"type": "http.response.body"})

        bridge(wsgi, errors="raise")(event, context)
        bridge(asgi, errors="raise", lifespan="off")(event, context)

    @property
    def invocation(self) -> Invocation:
        invocation: Invocation = self.environ["aws.invocation"]
        return invocation


def with_context(build: Any, **members: Any) -> dict[str, Any]:
    event: dict[str, Any] = build(path="/x")
    identity = members.pop("identity", None)
    event["requestContext"] |= members
    if identity is not None:
        event["requestContext"]["identity"] |= identity
    return event


FRONT_DOORS: dict[str, tuple[dict[str, Any], str, str | None, str | None]] = {
    "REST API": (with_context(rest_api, requestId="r-1", stage="prod"), "rest_api", "r-1", "prod"),
    "HTTP API 1.0": (with_context(http_api_1_0, requestId="h=", stage="dev"), "http_api_v1", "h=", "dev"),
    "HTTP API 2.0": (with_context(http_api_2_0, requestId="h=", stage="$default"), "http_api_v2", "h=", "$default"),
    "Function URL": (with_context(function_url, requestId="u-1"), "function_url", "u-1", "$default"),
    "ALB": (alb(path="/x"), "alb", "lambda-id", None),
    "VPC Lattice 1": (version_1(), "vpc_lattice", "lambda-id", None),
    "VPC Lattice 2": (version_2(), "vpc_lattice", "lambda-id", None),
    "Lambda@Edge": (edge({"requestId": "e-1=="}), "lambda_at_edge", "e-1==", None),
    "pass-through template": (template(), "rest_template", "t-1", "prod"),
}


@pytest.mark.parametrize("door", FRONT_DOORS)
def test_every_front_door_says_the_same(door: str) -> None:
    event, source, request_id, stage = FRONT_DOORS[door]
    context = Context()
    seen = Seen(event, context)
    invocation = seen.invocation
    assert (invocation.source, invocation.request_id, invocation.stage) == (source, request_id, stage)
    assert (invocation.event, invocation.context, invocation.tenant_id) == (event, context, "blue")
    assert (invocation.authorizer, invocation.client_certificate) == (None, None)
    assert invocation.deadline is not None
    assert 0 < invocation.deadline - time.time() <= 5
    assert invocation.deadline == invocation.deadline
    in_scope = seen.scope["aws.invocation"]
    assert (in_scope.source, in_scope.request_id, in_scope.stage) == (source, request_id, stage)
    assert "REMOTE_USER" not in seen.environ
    assert seen.scope["extensions"] == {}


def test_without_a_context_nothing_is_made_up() -> None:
    invocation = Seen(alb(path="/x")).invocation
    assert (invocation.request_id, invocation.tenant_id, invocation.deadline) == (None, None, None)


AUTHORIZERS: dict[str, tuple[dict[str, Any], tuple[str, str | None, Any, Any, Any]]] = {
    "REST, Cognito": (
        with_context(rest_api, authorizer={"claims": {"sub": "5c1-a", "email_verified": "true", "exp": "Thu Jan 1"}}),
        ("jwt", "5c1-a", {"sub": "5c1-a", "email_verified": "true", "exp": "Thu Jan 1"}, [], {}),
    ),
    "REST, JWT": (
        with_context(
            rest_api, authorizer={"claims": {"sub": "u", "n": 1, "ok": True, "roles": ["a"]}, "scopes": ["s"]}
        ),
        ("jwt", "u", {"sub": "u", "n": 1, "ok": True, "roles": ["a"]}, ["s"], {}),
    ),
    "REST, Lambda": (
        with_context(rest_api, authorizer={"principalId": "ann", "integrationLatency": 451, "key": "value"}),
        ("lambda", "ann", {}, [], {"key": "value"}),
    ),
    "REST, IAM": (
        with_context(rest_api, identity={"userArn": "arn:aws:iam::1:user/ann", "accountId": "1", "user": "AIDA"}),
        (
            "iam",
            "arn:aws:iam::1:user/ann",
            {},
            [],
            {"accountId": "1", "user": "AIDA", "userArn": "arn:aws:iam::1:user/ann"},
        ),
    ),
    "REST, a scope claim": (
        with_context(rest_api, authorizer={"claims": {"sub": "u", "scope": "read write"}}),
        ("jwt", "u", {"sub": "u", "scope": "read write"}, ["read", "write"], {}),
    ),
    "REST, JWT without sub": (
        with_context(rest_api, authorizer={"claims": {"username": "admin"}}),
        ("jwt", None, {"username": "admin"}, [], {}),
    ),
    "REST, Lambda with members named as a token's": (
        with_context(rest_api, authorizer={"principalId": "u1", "scopes": "a b", "claims": "{}", "role": "x"}),
        ("lambda", "u1", {}, [], {"scopes": "a b", "claims": "{}", "role": "x"}),
    ),
    "HTTP 1.0, Lambda with claims": (
        with_context(http_api_1_0, authorizer={"principalId": "svc", "claims": {"sub": "mallory"}}),
        ("lambda", "svc", {}, [], {"claims": {"sub": "mallory"}}),
    ),
    "REST, Cognito identity pool": (
        with_context(rest_api, identity={"userArn": POOL_ARN, "cognitoIdentityId": "eu:alice"}),
        ("iam", "eu:alice", {}, [], {"cognitoIdentityId": "eu:alice", "userArn": POOL_ARN}),
    ),
    "REST, guest of an identity pool": (
        with_context(rest_api, identity={"userArn": POOL_ARN, **GUEST}),
        ("iam", None, {}, [], {**GUEST, "userArn": POOL_ARN}),
    ),
    "HTTP 2.0, Cognito identity pool": (
        with_context(
            http_api_2_0, authorizer={"iam": {"userArn": POOL_ARN, "cognitoIdentity": {"identityId": "eu:bob"}}}
        ),
        ("iam", "eu:bob", {}, [], {"userArn": POOL_ARN, "cognitoIdentity": {"identityId": "eu:bob"}}),
    ),
    "HTTP 2.0, guest of an identity pool": (
        with_context(
            http_api_2_0, authorizer={"iam": {"userArn": POOL_ARN, "cognitoIdentity": {"amr": ["unauthenticated"]}}}
        ),
        ("iam", None, {}, [], {"userArn": POOL_ARN, "cognitoIdentity": {"amr": ["unauthenticated"]}}),
    ),
    "HTTP 2.0, Lambda without context": (
        with_context(http_api_2_0, authorizer={"lambda": None}),
        ("lambda", None, {}, [], {}),
    ),
    "HTTP 2.0, Lambda with a principal": (
        with_context(http_api_2_0, authorizer={"lambda": {"principalId": "ann", "n": 1}}),
        ("lambda", "ann", {}, [], {"n": 1}),
    ),
    "HTTP 1.0, JWT": (
        with_context(http_api_1_0, authorizer={"claims": {"sub": "u", "n": "1"}, "scopes": None}),
        ("jwt", "u", {"sub": "u", "n": "1"}, [], {}),
    ),
    "HTTP 2.0, JWT": (
        with_context(http_api_2_0, authorizer={"jwt": {"claims": {"sub": "u"}, "scopes": ["read", "write"]}}),
        ("jwt", "u", {"sub": "u"}, ["read", "write"], {}),
    ),
    "HTTP 2.0, Lambda": (
        with_context(http_api_2_0, authorizer={"lambda": {"tier": "gold", "n": 3}}),
        ("lambda", None, {}, [], {"tier": "gold", "n": 3}),
    ),
    "HTTP 2.0, IAM": (
        with_context(http_api_2_0, authorizer={"iam": IAM_2}),
        ("iam", "arn:aws:sts::123456789012:assumed-role/r/session", {}, [], IAM_2),
    ),
    "Function URL, IAM": (
        with_context(function_url, authorizer={"iam": IAM_2}),
        ("iam", "arn:aws:sts::123456789012:assumed-role/r/session", {}, [], IAM_2),
    ),
    "pass-through template": (template({"authorizer-principal-id": "ann"}), ("lambda", "ann", {}, [], {})),
    "pass-through template, IAM": (template({"user-arn": "arn:u"}), ("iam", "arn:u", {}, [], {})),
}


@pytest.mark.parametrize("case", AUTHORIZERS)
def test_authorizer(case: str) -> None:
    event, wanted = AUTHORIZERS[case]
    seen = Seen(event)
    found = seen.invocation.authorizer
    assert found is not None
    assert (found.kind, found.principal, found.claims, found.scopes, found.context) == wanted
    assert seen.environ.get("REMOTE_USER") == wanted[1]
    assert seen.scope["aws.invocation"].authorizer.principal == wanted[1]


def test_vpc_lattice_names_who_signed() -> None:
    event = version_2()
    event["requestContext"]["identity"] |= {"type": "AWS_IAM", "principal": "arn:aws:sts::1:assumed-role/r/s"}
    seen = Seen(event)
    assert seen.environ["REMOTE_USER"] == "arn:aws:sts::1:assumed-role/r/s"
    assert seen.invocation.authorizer is not None
    assert seen.invocation.authorizer.kind == "iam"


def test_remote_user_is_a_native_string() -> None:
    assert Seen(with_context(rest_api, authorizer={"principalId": "Zoë"})).environ["REMOTE_USER"] == "Zo\xc3\xab"


@pytest.mark.parametrize(
    "authorizer",
    [None, {}, [], "text", {"claims": None, "scopes": None}, {"jwt": None}, {"principalId": None, "claims": []}],
    ids=repr,
)
@pytest.mark.parametrize("build", [rest_api, http_api_2_0], ids=["1.0", "2.0"])
def test_an_authorizer_that_names_nobody(build: Any, authorizer: Any) -> None:
    seen = Seen(with_context(build, authorizer=authorizer))
    found = seen.invocation.authorizer
    assert found is None or found.principal is None
    assert "REMOTE_USER" not in seen.environ


def test_what_a_client_can_write_names_nobody() -> None:
    lines = [
        ("X-Amzn-Oidc-Identity", "admin"),
        ("Remote-User", "admin"),
        ("X-Amzn-Mtls-Clientcert-Subject", "CN=admin"),
    ]
    seen = Seen(alb(path="/x", lines=lines))
    assert (seen.invocation.authorizer, seen.invocation.client_certificate) == (None, None)
    assert not {"REMOTE_USER", "SSL_CLIENT_VERIFY"} & set(seen.environ)


@pytest.mark.parametrize(
    "event",
    [
        with_context(rest_api, identity={"clientCert": CERTIFICATE}),
        with_context(http_api_1_0, identity={"clientCert": CERTIFICATE}),
        with_context(http_api_2_0, authentication={"clientCert": CERTIFICATE}),
    ],
    ids=["REST", "HTTP 1.0", "HTTP 2.0"],
)
def test_client_certificate(event: dict[str, Any]) -> None:
    seen = Seen(event)
    environ = {name: value for name, value in seen.environ.items() if name.startswith("SSL_")}
    assert environ == {
        "SSL_CLIENT_VERIFY": "SUCCESS",
        "SSL_CLIENT_CERT": CERTIFICATE["clientCertPem"],
        "SSL_CLIENT_S_DN": "CN=My Client,O=Shop\\, Inc.,C=US",
        "SSL_CLIENT_I_DN": "CN=My Private CA,OU=Security,O=Amazon Web Services,L=Seattle,ST=Washington,C=US",
        "SSL_CLIENT_M_SERIAL": "A1A1A1A1",
        "SSL_CLIENT_V_START": "Aug 29 00:28:21 2020 GMT",
        "SSL_CLIENT_V_END": "Aug  5 00:28:21 2120 GMT",
    }
    assert seen.scope["extensions"] == {
        "tls": {
            "server_cert": None,
            "client_cert_chain": [CERTIFICATE["clientCertPem"]],
            "client_cert_name": "CN=My Client,O=Shop\\, Inc.,C=US",  # RFC 4514: the last one first
            "client_cert_error": None,
            "tls_version": None,
            "cipher_suite": None,
        }
    }
    found = seen.invocation.client_certificate
    assert found is not None
    assert (found.subject, found.pem) == (CERTIFICATE["subjectDN"], CERTIFICATE["clientCertPem"])


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("C=US,O=Shop,CN=x", "CN=x,O=Shop,C=US"),
        ("C=US, CN=bob", "CN=bob,C=US"),
        ('C=US,O="Acme, Inc.",CN=bob', 'CN=bob,O="Acme, Inc.",C=US'),
        ("O=back\\\\,CN=bob", "CN=bob,O=back\\\\"),
        ("O=a\\,b,CN=bob", "CN=bob,O=a\\,b"),
        ("", ""),
    ],
)
def test_distinguished_names(name: str, wanted: str) -> None:
    assert rfc4514(name) == wanted


ROOT = "1-67891233-abcdef012345678912345678"


@pytest.mark.parametrize(
    ("variable", "header", "wanted"),
    [
        (f"Root={ROOT};Parent=53995c3f42cd8ad8;Sampled=1", "Root=1-other", ROOT),
        ("", f"Self=1-a;Root={ROOT}", ROOT),
        ("nonsense", "", None),
    ],
)
def test_trace_id(monkeypatch: pytest.MonkeyPatch, variable: str, header: str, wanted: str | None) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", variable)
    event = rest_api(path="/x")
    for member, value in (("headers", header), ("multiValueHeaders", [header])):
        event[member] = {name: v for name, v in event[member].items() if name.lower() != "x-amzn-trace-id"}
        event[member]["X-Amzn-Trace-Id"] = value
    assert Seen(event).invocation.trace_id == wanted


def test_trace_id_of_an_event_that_the_application_has_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("_X_AMZN_TRACE_ID", raising=False)
    seen = Seen(rest_api(path="/x"))
    seen.invocation.event.clear()
    assert seen.invocation.trace_id is None
