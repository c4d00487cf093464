"""What a template deploys, as far as the local gateway runs it: functions, APIs and their routes, function URLs.

    stack.py            the result: plain values
    cloudformation.py   a template file as data: YAML's short forms, parameters, conditions, intrinsic functions
    reading.py          template file -> Stack: which reader takes which resource
    serverless.py       SAM's resources (AWS::Serverless::*)
    rest.py, http.py    CloudFormation's own, which `cdk synth` and `sam package` write
    openapi.py          routes in an OpenAPI body

Nothing is deployed and nothing is asked of AWS. What the local gateway has no word for is left out and named in Stack.notes.
"""
