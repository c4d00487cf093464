"""The commands, one file each, with add(subparsers) and the function that runs it.

    common.py   the options that several commands have
    serve.py    lambdabridge serve TARGET
    event.py    lambdabridge event METHOD PATH
    invoke.py   lambdabridge invoke TARGET METHOD PATH
    cold.py     lambdabridge cold TARGET
    build.py    lambdabridge build [FOLDER]
    init.py     lambdabridge init [TARGET]
    doctor.py   lambdabridge doctor [PLACE]
    output.py   what event and invoke write to standard output
    request.py  what event and invoke say of the request, in curl's words

Each imports what it runs only when it runs, so that one extra's absence leaves the other commands whole.
"""
