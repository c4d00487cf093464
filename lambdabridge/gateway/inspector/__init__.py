"""The inspector of the local gateway: what came in, which event the function got, what it returned, what the client got.

    inspector.py  what application.py calls for each exchange
    pages.py      the ASGI application under /_lambdabridge/
    record.py     the latest exchanges, bounded
    output.py     what the function writes while it serves a request
    guard.py      whom the pages answer: not a foreign page in the developer's browser
    view.py       an exchange as JSON, with bodies cut to what a page can show
    curl.py       a request as a command for a shell
    page/         the page itself: HTML, CSS and a script, as they are

Nothing else in the gateway knows of it: without the folder and the two calls in application.py all works as before.
"""
