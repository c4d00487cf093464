"""The neutral request of a front door that passes the client's path as it was: a load balancer, VPC Lattice, CloudFront.

These have no stage, so that only a base path set by hand is taken off.
"""

from __future__ import annotations

from lambdabridge.messages import Request
from lambdabridge.sources.base_path import place
from lambdabridge.sources.members import decode_paths, method_of, scheme_and_server, with_content_length

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lambdabridge.caller import Caller
    from lambdabridge.types import Address, Headers


def build_request(
    method: Any,
    path: str,
    query_string: str,
    headers: Headers,
    known: dict[str, str],
    body: bytes,
    client: Address | None,
    base_path: str | None,
    *,
    prefix: str = "",
    domain_name: Any = None,
    caller: Caller | None = None,
) -> Request:
    """Return the request. known: the headers as a dict; prefix: what the client's path has before path; see place()."""
    if not path.startswith("/"):
        path = "/" + path
    root_path, path = ("", path) if base_path is None else place(prefix, path, "", base_path)
    path, raw_path, root_path = decode_paths(path, root_path)
    scheme, server = scheme_and_server(known, domain_name)
    return Request(
        method_of(method),
        path,
        raw_path,
        query_string,
        with_content_length(headers, known, body),
        body,
        root_path,
        scheme,
        "1.1",
        client,
        server,
        caller,
    )
