"""One application, once for each framework, in the words of its own documentation.

All keep one contract, so that one list of requests fits all:

/echo...      any method: JSON of what the framework's own request object says, see contract.seen()
/form         POST: JSON of the form's fields and files, as the framework parsed them
/two-cookies  sets two cookies, deletes a third
/go           a redirect to /echo?x=1&x=2, built with the framework's own means
/file         contract.FILE, as a download; /file-of-text under a name that is not ASCII
/streamed     contract.PARTS from a generator
/visits       a counter in the framework's session, or in a cookie where it has none
/refused      403, /login 401 with WWW-Authenticate, /error an exception
/<name>       as tests.apps.ANSWERS says
"""
