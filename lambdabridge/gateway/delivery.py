"""What a front door knows besides the client's request when it makes the event.

That is how it is configured, which route took the request, identifiers and times. A plain value, so
that a source's encode_request() stays a pure function; arrive() alone makes what is new in each request.
"""

from __future__ import annotations

import time
import uuid
from base64 import urlsafe_b64encode
from dataclasses import dataclass, replace
from os import urandom


@dataclass(frozen=True)
class Delivery:
    """Defaults are those of an HTTP API with nothing but the $default route.

    resource            REST API: the resource that matched, "/{proxy+}"; HTTP API: the route's path, or "$default"
    route_key           HTTP API: "ANY /{proxy+}" or "$default"
    path_parameters     percent-encoded, as a REST API sends them
    is_custom_domain    the client's path has no stage
    base_path           what a custom domain's path has before the route's: "/base", or "/base/stage" if it maps no stage
    endpoint            of a REST API: "REGIONAL", or "EDGE", which has a CloudFront distribution in front
    binary_media_types  of a REST API
    multi_value_headers whether an ALB's target group has them enabled
    event_structure     VPC Lattice's: "1" or "2"
    request_id          a UUID; a REST API's and a Function URL's
    extended_request_id as "ATfSdF7nPHcErRA=": a REST API's second one, an HTTP API's only one
    request_time        as in access logs: "10/Jul/2026:19:19:04 +0000"
    time_epoch          milliseconds since 1970
    """

    stage: str = "$default"
    resource: str = "$default"
    route_key: str = "$default"
    path_parameters: dict[str, str] | None = None
    is_custom_domain: bool = False
    base_path: str = ""
    endpoint: str = "REGIONAL"
    domain_name: str = "localhost0.execute-api.us-east-1.amazonaws.com"
    api_id: str = "localhost0"
    account_id: str = "123456789012"
    resource_id: str = "r3s0rc"
    deployment_id: str = "d3pl0y"
    stage_variables: dict[str, str] | None = None
    binary_media_types: tuple[str, ...] = ()
    multi_value_headers: bool = False
    event_structure: str = "2"
    target_group_arn: str = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/local/0123456789abcdef"
    request_id: str = "00000000-0000-4000-8000-000000000000"
    extended_request_id: str = "AAAAAAAAAAAAAAA="
    request_time: str = "10/Jul/2026:19:19:04 +0000"
    time_epoch: int = 1783711144000


def arrive(delivery: Delivery, seconds: float) -> Delivery:
    """Return the delivery with the identifiers and times of a request that arrives at that time (since 1970)."""
    return replace(
        delivery,
        request_id=str(uuid.uuid4()),
        extended_request_id=urlsafe_b64encode(urandom(11)).decode("ascii"),
        request_time=time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(seconds)),
        time_epoch=round(seconds * 1000),
    )
