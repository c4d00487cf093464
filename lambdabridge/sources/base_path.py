"""Where the application's own path begins: the stage and the base path, found from an event or set by hand.

A client's path is  <stage as the client sees it> + <base path of a custom domain> + <the application's path>. The first
two become root_path / SCRIPT_NAME. All cuts are on segment boundaries: "/api" never touches "/apiv2".

Paths here are as the event has them, percent-encoded or decoded by front door.
"""

from __future__ import annotations

from lambdabridge.sources.members import encode_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def place(prefix: str, path: str, base: str, base_path: str) -> tuple[str, str]:
    """Return (root_path, full path).

    prefix     what the client's path has before `path`: "" or "/stage"
    base       the beginning of `path` that was found to be a base path: "" or "/..."
    base_path  the option: "auto", or a path set by hand, which wins wherever the client's path begins with it
    """
    if base_path != "auto":
        base = ""
        for by_hand in _spellings(base_path.rstrip("/")):
            if is_under(path, by_hand):
                prefix, base = "", by_hand
                break
            if is_under(prefix + path, by_hand):
                prefix, path, base = "", prefix + path, by_hand
                break
    root_path = prefix + base
    full = prefix + path
    return root_path, full if len(full) > len(root_path) else root_path + "/"


def _spellings(base_path: str) -> dict[str, None]:
    """Return a path as it was set, and as it is in raw and in decoded paths."""
    if "%" in base_path:
        from urllib.parse import unquote

        return {base_path: None, unquote(base_path): None}
    return {base_path: None, encode_path(base_path): None}


def is_under(path: str, root: str) -> bool:
    """Return whether path is root or lies below it."""
    return path.startswith(root) and path[len(root) : len(root) + 1] in ("", "/")


def base_of(path: str, resource: Any, parameters: Any) -> str:
    """Return what path has more than resource with its parameters filled in: the base path of a custom domain, or "".

    base_of("/base/users/7", "/users/{proxy+}", {"proxy": "7"}) == "/base". A trailing slash is not in {proxy+}.
    https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mappings.html
    """
    if not isinstance(resource, str) or not resource.startswith("/"):
        return ""  # HTTP API's $default names no path
    filled = ""
    for segment in resource.split("/")[1:]:
        if segment.startswith("{"):
            value = parameters.get(segment.strip("{}+")) if isinstance(parameters, dict) else None
            if not isinstance(value, str):
                return ""
            filled += "/" + value.lstrip("/")
        else:
            filled += "/" + segment
    head, tail = path.rstrip("/"), filled.rstrip("/")
    return head[: len(head) - len(tail)].rstrip("/") if head.endswith(tail) else ""


def is_execute_api(domain_name: Any) -> bool:
    """Return whether the client called API Gateway's own domain, where a named stage is in the client's path.

    An event without a domain name is taken for one: a custom domain is always named.
    """
    return not isinstance(domain_name, str) or ".execute-api." in domain_name
