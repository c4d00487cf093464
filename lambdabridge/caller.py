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
    principal  whom it names: the token's sub (unique for one issuer), the principalId, the user's ARN, or the identity id
               of one who came through a Cognito identity pool, where all have the role's ARN; None if nobody
    claims     of a "jwt": strings from an HTTP API and from Cognito, typed values from a REST API's JWT authorizer
    scopes     of a "jwt"
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
        if "principalId" not in authorizer and isinstance(claims, dict):
            return _jwt(claims, authorizer.get("scopes"))
        # an HTTP API's without a claim: {"claims": null, "scopes": null}
        context = {name: value for name, value in authorizer.items() if value is not None or name not in _JWT}
        latency = context.pop("integrationLatency", None)
        if context or latency is not None:
            return Authorizer("lambda", context.pop("principalId", None), context=context)
    if identity.get("userArn"):
        context = {name: identity[name] for name in _IAM if identity.get(name) is not None}
        principal = identity["userArn"]
        if "cognitoIdentityId" in context:
            is_known = context.get("cognitoAuthenticationType") != "unauthenticated"
            principal = context["cognitoIdentityId"] if is_known else None
        return Authorizer("iam", principal, context=context)
    return None


_JWT = ("claims", "scopes")
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
    if isinstance(authorizer.get("jwt"), dict):
        return _jwt(authorizer["jwt"].get("claims"), authorizer["jwt"].get("scopes"))
    if "lambda" in authorizer:
        context = dict(authorizer["lambda"]) if isinstance(authorizer["lambda"], dict) else {}
        return Authorizer("lambda", context.pop("principalId", None), context=context)
    member = authorizer.get("iam")
    if not isinstance(member, dict):
        return None
    principal, identity = member.get("userArn"), member.get("cognitoIdentity")
    if isinstance(identity, dict):
        principal = None if "unauthenticated" in (identity.get("amr") or ()) else identity.get("identityId")
    return Authorizer("iam", principal, context=member)


def _jwt(claims: Any, scopes: Any) -> Authorizer:
    claims = claims if isinstance(claims, dict) else {}
    if not isinstance(scopes, list):  # the API does not ask for any: what the token has (RFC 8693, section 4.2)
        scopes = claims.get("scope")
        scopes = scopes.split() if isinstance(scopes, str) else scopes
    return Authorizer("jwt", claims.get("sub"), claims, scopes if isinstance(scopes, list) else None)


def rfc4514(name: str) -> str:
    """Return a distinguished name in RFC 4514's order, CN first; API Gateway gives the certificate's, C first."""
    parts = [""]
    escaped = quoted = False
    for character in name:
        if character == "," and not escaped and not quoted:
            parts.append("")
            continue
        parts[-1] += character
        quoted ^= character == '"' and not escaped
        escaped = character == "\\" and not escaped
    return ",".join(part.strip() for part in reversed(parts))
