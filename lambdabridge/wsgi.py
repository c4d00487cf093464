"""PEP 3333, the server's side: build_environ and run. Every rule of it that concerns us is in this file.

https://peps.python.org/pep-3333/

The response is collected whole, because a proxy response can't be sent in part. "Output" in the PEP's rules on
start_response is the first non-empty bytestring, just as for a server that sends it.
"""

from __future__ import annotations

import sys
from io import BytesIO

import lambdabridge
from lambdabridge.messages import Response, check_headers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from lambdabridge.caller import Caller
    from lambdabridge.messages import Invocation, Request
    from lambdabridge.types import Environ, ExcInfo, Headers, WSGIApplication


# "Proxy" would become HTTP_PROXY, which HTTP libraries take for the proxy to use (https://httpoxy.org)
_environ_keys: dict[str, str | None] = {
    "content-type": "CONTENT_TYPE",
    "content-length": "CONTENT_LENGTH",
    "proxy": None,
}
"""Header name -> environ key, or None for a header that the application must not see. Filled as names come."""


def _environ_key(name: str) -> str | None:
    if name in _environ_keys:
        return _environ_keys[name]
    # "X_Real_IP" would become the same key as "X-Real-IP", and a client could forge it: gunicorn and werkzeug drop it
    key = None if "_" in name else "HTTP_" + name.upper().replace("-", "_")
    if len(_environ_keys) < 1024:  # names are the client's to choose
        _environ_keys[name] = key
    return key


def build_environ(request: Request, invocation: Invocation) -> Environ:
    """Return the environ for a request; its values are native strings as PEP 3333 defines them."""
    root_path = request.root_path
    query_string = request.query_string
    host, port = request.server
    uri = f"{request.raw_path}?{query_string}" if query_string else request.raw_path
    client = request.client
    environ: Environ = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": root_path,
        "PATH_INFO": request.path[len(root_path) :],
        "QUERY_STRING": query_string,
        "SERVER_PROTOCOL": "HTTP/" + request.http_version,
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "REMOTE_ADDR": client[0] if client else "",
        "REQUEST_URI": uri,  # the path as it was encoded: waitress and uWSGI give it under this name,
        "RAW_URI": uri,  # gunicorn under this one
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": request.scheme,
        "wsgi.input": BytesIO(request.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,  # other execution environments run the same application at the same time
        "wsgi.run_once": False,
        "wsgi.input_terminated": True,
        "aws.event": invocation.event,
        "aws.context": invocation.context,
        "aws.invocation": invocation,
    }
    if request.caller is not None:
        environ.update(_caller_variables(request.caller))
    if request.scheme == "https":
        environ["HTTPS"] = "on"
    expected = len(environ) + len(request.headers)
    try:
        for name, value in request.headers:
            environ[_environ_keys[name]] = value  # type: ignore[index]
    except KeyError:  # the first time that a name comes
        for name, value in request.headers:
            environ[_environ_key(name)] = value  # type: ignore[index]
    if len(environ) != expected or None in environ:
        _join_repeated(environ, request.headers)
    return environ


def _caller_variables(caller: Caller) -> Environ:
    """Return REMOTE_USER (RFC 3875, section 4.1.11) and the variables of Apache's mod_ssl, as far as they are known."""
    from lambdabridge.caller import rfc4514
    from lambdabridge.sources.members import native_utf8

    authorizer, certificate = caller.authorizer, caller.client_certificate
    variables: Environ = {}
    if authorizer is not None and authorizer.principal is not None:
        variables["REMOTE_USER"] = authorizer.principal
    if certificate is not None:
        variables |= {
            "SSL_CLIENT_VERIFY": "SUCCESS",  # API Gateway refuses other clients
            "SSL_CLIENT_CERT": certificate.pem,
            "SSL_CLIENT_S_DN": rfc4514(certificate.subject),
            "SSL_CLIENT_I_DN": rfc4514(certificate.issuer),
            "SSL_CLIENT_M_SERIAL": certificate.serial_number.replace(":", "").upper(),
            "SSL_CLIENT_V_START": certificate.not_before,
            "SSL_CLIENT_V_END": certificate.not_after,
        }
    return {name: native_utf8(value) for name, value in variables.items()}


def _join_repeated(environ: Environ, headers: Headers) -> None:
    values: dict[str | None, str] = {}
    for name, value in headers:
        key = _environ_key(name)
        values[key] = f"{values[key]},{value}" if key in values else value
    environ |= values  # type: ignore[arg-type]
    environ.pop(None, None)  # type: ignore[call-overload]


class _Exchange:
    """What one call of the application has said so far."""

    __slots__ = ("headers", "output", "status")

    def __init__(self) -> None:
        self.status: str | None = None
        self.headers: Headers = []
        self.output: list[bytes] = []

    def start_response(self, status: str, headers: list[tuple[str, str]], exc_info: ExcInfo | None = None) -> Any:
        if exc_info is not None:
            try:
                if self.output:
                    raise exc_info[1].with_traceback(exc_info[2])
            finally:
                exc_info = None  # no reference cycle through the traceback
        elif self.status is not None:
            raise lambdabridge.errors.ProtocolError(
                "The application called start_response a second time without exc_info (PEP 3333)."
            )
        try:
            # white space around a value is not part of it (RFC 9110, section 5.5); Django's cookies begin with a space
            self.headers = check_headers([(name.lower(), value.strip(" \t")) for name, value in headers])
        except (AttributeError, TypeError, ValueError):
            raise lambdabridge.errors.ProtocolError(
                f"The application gave the headers {headers!r:.200} where PEP 3333 wants a list of (str, str) tuples."
            ) from None
        self.status = status
        return self.write

    def write(self, data: bytes) -> None:
        if not isinstance(data, bytes):
            raise lambdabridge.errors.ProtocolError(
                f"The application wrote {type(data).__name__} where PEP 3333 wants bytes: {data!r:.60}."
            )
        if self.status is None:
            raise lambdabridge.errors.ProtocolError(
                "The application gave output before it called start_response (PEP 3333)."
            )
        if data:
            self.output.append(data)


def run(app: WSGIApplication, request: Request, invocation: Invocation) -> Response:
    """Call the application and return its response; its exceptions come out as they are."""
    exchange = _Exchange()
    iterable: Iterable[bytes] = app(build_environ(request, invocation), exchange.start_response)
    if not hasattr(iterable, "__iter__") and not hasattr(iterable, "__getitem__"):
        _refuse(iterable)
    write = exchange.write
    try:
        for data in iterable:
            write(data)
        if exchange.status is None:
            raise lambdabridge.errors.ProtocolError(
                "The application returned without calling start_response (PEP 3333)."
            )
        status = exchange.status
        code = (type(status) is str and _status_codes.get(status)) or _status_code(status)
        response = Response(code, exchange.headers, b"".join(exchange.output))
    except BaseException:
        _close(iterable)
        raise
    try:
        _close(iterable)
    except Exception as error:  # the response is complete: a server would have sent it before close()
        from lambdabridge.log import log_exception

        log_exception("The application's close() failed after its response was complete", request, error)
    return response


def _close(iterable: object) -> None:
    close = getattr(iterable, "close", None)
    if close is not None:
        close()


def _refuse(answer: object) -> None:
    if hasattr(answer, "__await__"):
        if hasattr(answer, "close"):
            answer.close()  # a coroutine that nobody awaits would warn
        raise lambdabridge.errors.InterfaceError(
            "The application was taken for WSGI but returned an awaitable; if it is ASGI, say so: "
            'bridge(app, interface="asgi").'
        )
    raise lambdabridge.errors.ProtocolError(
        f"The application returned {answer!r:.60} where PEP 3333 wants an iterable of bytes."
    )


_status_codes: dict[str, int] = {}
"""Those that have been looked at."""


def _status_code(status: str) -> int:
    if isinstance(status, str) and status.isprintable() and status[:3].isascii() and status[:3].isdigit():
        code = int(status[:3])
        if 200 <= code <= 999 and status[3:4] in ("", " "):
            if type(status) is str and len(_status_codes) < 64:  # an application uses a few
                _status_codes[status] = code
            return code
    raise lambdabridge.errors.ProtocolError(
        f'The application gave the status {status!r} where PEP 3333 wants one such as "200 OK".'
    )
