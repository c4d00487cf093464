"""Who called: what an authorizer and mutual TLS say, in one form for every front door.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html#context-variable-reference
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mutual-tls.html

Only what the front door itself vouches for. Headers that a client could write are never read here, so of a load balancer's
x-amzn-oidc-* and x-amzn-mtls-* headers nothing: those an application has to check by itself. Imported when an event names a
caller.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Authorizer:
    """What the authorizer of a route found.

    kind       "jwt" (also Amazon Cognito's), "lambda" or "iam"
    principal  whom it names: the token's sub, the principalId, the user's ARN; None if nobody
    claims     of a "jwt": strings from an HTTP API and from Cognito, typed values from a REST API's JWT authorizer
    scopes     of a "jwt", where the route asks for some
    context    of a "lambda": what the authorizer's function returned beside the principal; of "iam": the caller's members
    """

    __slots__ = ("claims", "context", "kind", "principal", "scopes")

    def __init__(
        self,
        kind: str,
        principal: Any,
        claims: dict[str, Any] | None = None,
        scopes: list[str] | None = None,
        context: dict[str, Any] | None = None,
    ) -> None:
        self.kind = kind
        self.principal: str | None = principal if isinstance(principal, str) and principal else None
        self.claims: dict[str, Any] = claims or {}
        self.scopes: list[str] = scopes or []
        self.context: dict[str, Any] = context or {}

    def __repr__(self) -> str:
        return f"<Authorizer {self.kind} {self.principal!r}>"


class ClientCertificate:
    """The certificate that a client showed for mutual TLS: pem, names and validity as API Gateway gives them."""

    __slots__ = ("issuer", "not_after", "not_before", "pem", "serial_number", "subject")

    def __init__(self, member: dict[str, Any]) -> None:
        validity = member.get("validity")
        self.pem = _text(member, "clientCertPem")
        self.subject = _text(member, "subjectDN")
        self.issuer = _text(member, "issuerDN")
        self.serial_number = _text(member, "serialNumber")
        self.not_before = _text(validity, "notBefore")
        self.not_after = _text(validity, "notAfter")

    def __repr__(self) -> str:
        return f"<ClientCertificate {self.subject!r}>"


def _text(members: Any, name: str) -> str:
    value = members.get(name) if isinstance(members, dict) else None
    return value if isinstance(value, str) else ""


class Caller:
    """authorizer and client_certificate, each None where the front door knows none."""

    __slots__ = ("authorizer", "client_certificate")

    def __init__(self, authorizer: Authorizer | None, client_certificate: ClientCertificate | None = None) -> None:
        self.authorizer = authorizer
        self.client_certificate = client_certificate


def caller_1(authorizer: Any, identity: dict[str, Any]) -> Caller:
    """Return the caller of payload format 1.0: requestContext's `authorizer` and `identity`."""
    certificate = identity.get("clientCert")
    return Caller(
        _authorizer_1(authorizer, identity),
        ClientCertificate(certificate) if isinstance(certificate, dict) else None,
    )


def _authorizer_1(authorizer: Any, identity: dict[str, Any]) -> Authorizer | None:
    if isinstance(authorizer, dict):
        claims = authorizer.get("claims")
        if isinstance(claims, dict):
            return _jwt(claims, authorizer.get("scopes"))
        context = {name: value for name, value in authorizer.items() if name not in _NOT_CONTEXT}
        if context or "principalId" in authorizer:
            return Authorizer("lambda", authorizer.get("principalId"), context=context)
    if identity.get("userArn"):
        context = {name: identity[name] for name in _IAM if identity.get(name) is not None}
        return Authorizer("iam", identity["userArn"], context=context)
    return None


_NOT_CONTEXT = ("principalId", "integrationLatency", "claims", "scopes")
_IAM = (
    "accessKey",
    "accountId",
    "caller",
    "cognitoAuthenticationProvider",
    "cognitoAuthenticationType",
    "cognitoIdentityId",
    "cognitoIdentityPoolId",
    "principalOrgId",
    "user",
    "userArn",
)


def caller_2(authorizer: Any, authentication: Any) -> Caller:
    """Return the caller of payload format 2.0: requestContext's `authorizer` and `authentication`."""
    certificate = authentication.get("clientCert") if isinstance(authentication, dict) else None
    return Caller(
        _authorizer_2(authorizer) if isinstance(authorizer, dict) else None,
        ClientCertificate(certificate) if isinstance(certificate, dict) else None,
    )


def _authorizer_2(authorizer: dict[str, Any]) -> Authorizer | None:
    for kind in ("jwt", "lambda", "iam"):
        member = authorizer.get(kind)
        if isinstance(member, dict):
            if kind == "jwt":
                return _jwt(member.get("claims"), member.get("scopes"))
            principal = member.get("principalId" if kind == "lambda" else "userArn")
            return Authorizer(kind, principal, context=member)
    return None


def _jwt(claims: Any, scopes: Any) -> Authorizer:
    claims = claims if isinstance(claims, dict) else {}
    principal = claims.get("sub") or claims.get("cognito:username") or claims.get("username")
    return Authorizer("jwt", principal, claims, scopes if isinstance(scopes, list) else None)


def rfc4514(subject: str) -> str:
    """Return a distinguished name in RFC 4514's order, CN first; API Gateway gives the certificate's, C first."""
    parts: list[str] = []
    for part in subject.split(","):
        if parts and parts[-1].endswith("\\"):  # an escaped comma
            parts[-1] += "," + part
        else:
            parts.append(part)
    return ",".join(reversed(parts))
