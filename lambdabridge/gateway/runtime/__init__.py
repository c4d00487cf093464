"""The Lambda side as real processes: AWS's runtime client (awslambdaric) against a Runtime API on this machine.

    service.py      what the gateway calls: start, invoke, stop
    pool.py         the execution environments: which one takes an invocation, how many there may be
    environment.py  one of them: init, invoke, freeze, and what Lambda writes to the log meanwhile
    exchange.py     what Lambda and one runtime client tell each other: next, response, error
    api.py          the Runtime API's paths and answers; http1.py is HTTP/1.1 under it
    process.py      a process: start, output, memory, stop and continue, end
    watch.py        ends the processes when the gateway is gone
    entry.py        what the runtime client imports in each process
    names.py        how the target is named to it
    function.py     the function's configuration and environment variables
    failures.py     how an invocation fails, in Lambda's words
    report.py       START, END, REPORT, INIT_REPORT

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
Extensions, SnapStart and managed instances are not there.
"""
