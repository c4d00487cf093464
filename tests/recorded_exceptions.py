"""What the local gateway does not reproduce of the recorded cases: each member by name, with the reason.

Keyed by a label (see recorded.labels): a source, a source and who recorded it or its kind of endpoint, or one case's id.
Members are dotted paths and may have "*". A test fails for a difference that is not here, and for an entry without one.
"""

from __future__ import annotations

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
EXTENDED = r"[A-Za-z0-9_-]{15}="
TRACE = r"Root=1-[0-9a-f]{8}-[0-9a-f]{24}"

# New in every request: the form is compared, in what was recorded and in what is sent.
EVENT_FORMS = {
    "rest-v1": {
        "requestContext.requestId": UUID,
        "requestContext.extendedRequestId": EXTENDED,
        "requestContext.resourceId": r"[a-z0-9]{6,10}|RESOURCE_ID",
        "*eaders.X-Amzn-Trace-Id": TRACE,
    },
    "http-api-1.0": {
        "requestContext.requestId": EXTENDED,
        "requestContext.extendedRequestId": EXTENDED,
        "*eaders.X-Amzn-Trace-Id": TRACE,
    },
    "http-api-2.0": {"requestContext.requestId": EXTENDED, "headers.x-amzn-trace-id": TRACE},
    "function-url": {"requestContext.requestId": UUID, "headers.x-amzn-trace-id": TRACE},
}
RESPONSE_FORMS = {
    "rest-v1": {"headers.x-amzn-requestid": UUID},
    "http-api-1.0": {"headers.apigw-requestid": EXTENDED},
    "http-api-2.0": {"headers.apigw-requestid": EXTENDED},
}

# Read through a typed model, which writes null for what the event does not have.
NULL_FOR_ABSENT = {
    "rest-v1 aws/aws-lambda-dotnet": "apiKey, apiKeyId, clientCert and authorizer are members of the .NET type",
    "http-api-1.0 aws/aws-lambda-dotnet": "apiKey, apiKeyId, clientCert and authorizer are members of the .NET type",
    "http-api-2.0 aws/aws-lambda-dotnet": "the .NET type writes null for every member that is absent",
}

_NO_MEMBER = "the .NET type that it was recorded through has no such member"
_CLOUDFRONT = "added by CloudFront, which stands before an edge endpoint"
EVENTS = {
    "rest-v1 aws/aws-lambda-dotnet": {
        "requestContext.deploymentId": _NO_MEMBER,
        "requestContext.protocol": _NO_MEMBER,
        "requestContext.identity.principalOrgId": _NO_MEMBER,
    },
    "http-api-1.0 aws/aws-lambda-dotnet": {
        "version": _NO_MEMBER,
        "requestContext.protocol": _NO_MEMBER,
        "requestContext.identity.principalOrgId": _NO_MEMBER,
    },
    "rest-v1 hotsock/voker": {
        "requestContext.deploymentId": "the Go type that it was recorded through has no such member",
    },
    "rest-v1 EDGE": {
        "*eaders.CloudFront-*": _CLOUDFRONT,
        "*eaders.Via": _CLOUDFRONT,
        "*eaders.X-Amz-Cf-Id": _CLOUDFRONT,
    },
    "ls-url-json-post": {
        "headers.accept": "sent by the recorder's HTTP client; the case does not list it",
        "headers.accept-encoding": "sent by the recorder's HTTP client; the case does not list it",
        "headers.content-length": "sent by the recorder's HTTP client; the case does not list it",
    },
    "fl-http20-octet-stream": {
        "headers.accept": "sent by curl; the case does not list it",
        "headers.user-agent": "sent by curl; the case does not list it",
    },
}

# Events of which a part was recorded: what is missing is not compared, save in the members that are named whole.
PARTIAL: dict[str, tuple[tuple[str, ...], str]] = {
    "ls-rest-custom-domain-mapping-basepath-and-stage": ((), "only path and requestContext.path were reported"),
    "ls-rest-custom-domain-mapping-no-basepath-no-stage": ((), "only path and requestContext.path were reported"),
    "ls-rest-regional-dropped-headers": (("headers",), "only body and headers were recorded"),
    "fl-http20-octet-stream": ((), "the reporter cut out requestContext.http, ids and addresses"),
    "aw-url-trailing-slash": ((), "only rawPath and http.path were reported"),
    "ls-url-json-post": ((), "the function echoed a few members, without the headers that AWS adds"),
    "ls-url-percent25-path": (("headers",), "the function echoed a few members"),
}

# Over a socket alone: the requests of load balancers' samples, which are read off their events.
_NO_LENGTH = "a client sends a body with its length; the sample was given its body by hand"
_NO_TYPE = "a body without Content-Type is base64 here; the sample was given its body by hand"
SOCKETS = {
    "pt-alb-single": {"headers.content-length": _NO_LENGTH, "body": _NO_TYPE, "isBase64Encoded": _NO_TYPE},
    "pt-alb-trailing-slash": {"headers.content-length": _NO_LENGTH, "body": _NO_TYPE, "isBase64Encoded": _NO_TYPE},
    "rs-alb-encoded-query": {"headers.content-length": _NO_LENGTH},
}
_HEALTH_CHECK = "a health check, the load balancer's own request: the local one makes none"
NOT_SENT = {
    "rs-alb-health-check": _HEALTH_CHECK,
    "rs-alb-health-check-real": _HEALTH_CHECK,
    "rs-alb-multi-encoded-query": "a hand-made sample: no load balancer sends single and multi-value members at once",
}

# Events that can't be decoded, because what tells the request, or the front door, was not recorded.
UNDECODABLE = {
    "ls-rest-custom-domain-mapping-basepath-and-stage": "only path and requestContext.path were reported",
    "ls-rest-custom-domain-mapping-no-basepath-no-stage": "only path and requestContext.path were reported",
    "ls-rest-regional-dropped-headers": "only body and headers were recorded",
    "fl-http20-octet-stream": "requestContext.http was cut out by the reporter: there is no method",
    "aw-url-trailing-slash": "only rawPath and http.path were reported, and no domain name tells the front door",
    "ls-url-json-post": "rawPath and the domain name were not recorded",
    "ls-url-percent25-path": "rawPath and the domain name were not recorded",
    "go-url-iam": "requestContext.http was cut out of the sample",
    "sam-edge-accessrequestinresponse": "a response event: there is no request to serve",
    "sam-edge-modifyresponseheader": "a response event: there is no request to serve",
    "pt-rest-no-version": "a hand-made sample: isBase64Encoded is true and the body is not base64",
}

_SERVER = "the server's, below the front door: uvicorn and the gateway's application add it"
_IDENTIFIER = "an identifier of AWS's own that nothing on this machine knows"
RESPONSES = {
    "rest-v1": {
        "headers.date": _SERVER,
        "headers.connection": _SERVER,
        "headers.x-amz-apigw-id": _IDENTIFIER,
        "headers.x-amzn-trace-id": _IDENTIFIER,
    },
    "rest-v1 EDGE": {
        "headers.via": _CLOUDFRONT,
        "headers.x-cache": _CLOUDFRONT,
        "headers.x-amz-cf-*": _CLOUDFRONT,
    },
    "http-api-1.0": {"headers.date": _SERVER, "headers.connection": _SERVER},
    "http-api-2.0": {"headers.date": _SERVER, "headers.connection": _SERVER},
    "ls-rest-headers-trace-id-req-headers": {
        "headers.content-length": "the recorder wrote the header's name for its value",
    },
    "ls-url-body-object": {"body": "abbreviated by the recorder; test_function_url.py has the rule"},
}

NOT_ANSWERED = {
    "ls-url-streaming": "a streamed result, described in words",
}

XFAIL: dict[str, str] = {}

# Errors of the gateway itself that it gives: its own time for a function was over.
TIMED_OUT = {"ms-rest-timeout-gateway"}

# Those that it does not give, and why.
_NO_PERMISSIONS = "nobody needs a permission to call the local function"
_MISCONFIGURED = "an integration that is misconfigured: the local one can't be"
_VALIDATOR = "request validators are not emulated"
GATEWAY_ERRORS = {
    "ls-rest-integration-method-get-500": _MISCONFIGURED,
    "ls-rest-regional-500-headers": _MISCONFIGURED,
    "ls-rest-validator-invalid-request-body": _VALIDATOR,
    "ls-rest-validator-missing-all-required-request-params-post": _VALIDATOR,
    "ls-url-alias-deleted": _NO_PERMISSIONS,
    "ls-url-missing-permission": _NO_PERMISSIONS,
    "rt-runtime-api-413": "the Runtime API's answer to the runtime, not to an HTTP client",
    "so-ws-plain-http-get-426": "WebSocket APIs are not emulated",
    "so-ws-post-to-closed-connection-410": "WebSocket APIs are not emulated",
}
