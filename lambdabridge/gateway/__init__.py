"""The local gateway: the front door's side of the line, and the Lambda side behind it.

    server.py       sockets (uvicorn), start and end, reload
    setup.py        from settings to a deployment, and what the terminal says of it
    settings.py     what the command line set
    gateway.py      the ASGI application under the sockets: which endpoint a port is
    application.py  the ASGI side of one endpoint: one exchange after the other
    sending.py      a streamed body on its way to the client
    terminal.py     the line for each request
    inspector/      the page at /_lambdabridge/

    deployment.py   endpoints, routes, and the functions behind them
    template/       what a SAM, CloudFormation or CDK template deploys
    front_door.py   what a front door does with a request and with a result; its rules are tables by --api in
                    routes.py, headers.py, limits.py, cors.py, failures.py, hints.py
    streamed.py     a streamed result: its form, and what each front door makes of it
    delivery.py     what it adds to one request when it makes the event

    environment.py  the Lambda side in this process: one execution environment, which runs the handler
    runtime/        the Lambda side as processes of AWS's runtime client
    handlers.py     the handler for what a target names

The event formats themselves are in sources/, each beside the function's side of it.
"""
