"""What goes wrong in other adapters, as cases: each must come out right here.

An id names a bug: M mangum 0.22.0, A apig-wsgi 2.20.0, S serverless-wsgi 3.1.0, W aws-wsgi 0.2.7, Z Zappa 0.62.1,
C common to several. FOUND counts the bugs that were found in each; every one is a case or in OUT_OF_SCOPE.
"""

from __future__ import annotations

# these register their cases in kit.CASES when they are imported
MODULES = ("paths", "requests", "odd_events", "responses", "wsgi_rules", "asgi_rules")
FOUND = {"M": 25, "A": 14, "S": 15, "W": 7, "Z": 10, "C": 8}

ALB = "an Application Load Balancer event, which lambdabridge does not serve yet"
OUT_OF_SCOPE = {
    "B-M7": f"the client's address in {ALB}",
    "B-M13": "exclude_headers: lambdabridge has no such option",
    "B-M14": "Lambda@Edge",
    "B-M25": f"the query of {ALB}",
    "B-A7": f"two Set-Cookie for {ALB}",
    "B-S10": f"REMOTE_ADDR of {ALB}",
    "B-S11": f"statusDescription for {ALB}",
    "B-S14": 'the non-proxy ("lambda") integration',
    "B-Z9": f"the query of {ALB}",
    "B-C7": "no answer before the invocation times out: not offered yet",
}
PARTS_LEFT_OUT = {
    "B-M17": "a binary type that has text/ in a parameter: the client sees no difference",
    "B-M22": "ALB and VPC Lattice events",
    "B-M23": "statusDescription for ALB; the scope that is built twice",
    "B-A3": "X-Forwarded-For of ALB",
    "B-A5": "a comma in Host, which no client sends",
    "B-A9": "ALB health checks",
    "B-W6": "ALB events",
    "B-Z6": "Function URLs",
}
