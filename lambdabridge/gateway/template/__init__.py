"""What a template deploys, as far as the local gateway runs it: functions, APIs and their routes, function URLs.

    stack.py            the result: plain values
    files.py            a file as data: JSON, or YAML with its short forms
    parameters.py       the values of a template's parameters
    cloudformation.py   a template: conditions, intrinsic functions
    names.py            the names of tables, buckets, queues, as their Ref gives them
    reading.py          template file -> Stack: which reader takes which resource
    functions.py        both kinds of functions, and the folder that the code is in
    serverless.py       SAM's resources (AWS::Serverless::*)
    rest.py, http.py    CloudFormation's own, which `cdk synth` and `sam package` write
    openapi.py          routes in an OpenAPI body
    finish.py           routes find their functions, or a reason for their 501; what is left out is said

Nothing is deployed and nothing is asked of AWS. What the local gateway has no word for is left out and named in Stack.notes.
"""
