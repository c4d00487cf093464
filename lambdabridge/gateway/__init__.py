"""The local gateway: the front door's side of the line, and the Lambda side behind it.

    server.py       sockets (uvicorn), the terminal, reload
    application.py  the ASGI application between the sockets and the front door
    front_door.py   what API Gateway does with a request and with a result: stage, route, headers, errors
    delivery.py     what it adds to one request when it makes the event
    environment.py  the Lambda side: one execution environment, which runs the handler
    settings.py     what the command line set

The event formats themselves are in sources/, each beside the function's side of it.
"""
