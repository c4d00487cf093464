"""`lambdabridge doctor`: what will fail or hurt when it is deployed, seen in a template, a package and on this machine.

    checks.py       the table: every check with its severity, AWS's fact and the page that has it
    findings.py     what a check yields, and what becomes of it
    doctor.py       a place -> report: which templates and packages there are, and every check on each
    report.py       for people, and as JSON
  a template:
    subject.py      as the checks see it: functions, APIs, resources
    reading.py      a file -> that
    lines.py        where in the file a resource or a property stands
    routes.py       routes
    apis.py         binary media types, payload formats, stages, CORS, base paths
    functions.py    a function's configuration
    runtimes.py     Python runtimes and their dates
    policy.py       who may invoke the function
    permissions.py  whether that is enough, or too much
    handlers.py     Handler and LAMBDABRIDGE_APP name something
    syntax.py       what a module binds at its top level, read and never run
    requirements.py what requirements.txt brings
    own.py          the application's own files
    imports.py      what the application's own modules import
    missing.py      whether that is installed: by requirements, and in a package
  a package, which is the folder that is deployed:
    package.py      size, bytecode, what is packed for nothing
    native.py       compiled modules of another architecture or Python
  this machine:
    machine.py      programs on PATH, region, credentials
    sam.py          what `sam build` needs
    cdk.py          what `cdk deploy` needs

Nothing is executed of the application, nothing is asked of AWS. The gateway's reading of templates (gateway/template/) is
used as it is.
"""
