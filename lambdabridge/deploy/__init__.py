"""`lambdabridge init`: what SAM or CDK need to put an application on Lambda, written into a project that exists.

    syntax.py         what one Python file binds at its top level, read and never run
    places.py         a project's Python files, and where each is imported from
    application.py    which application (and which handler) a folder has
    settings.py       what init is told, checked
    requirements.py   requirements.txt, where a project has none
    plan.py           the files that come of both, as text
    sam.py            template.yaml, samconfig.toml, the Makefile's target
    cdk.py            the CDK app and cdk.json
    *_text.py         the blocks that these are made of; text.py fills in what they leave open
    files.py          onto the disk: all or nothing, never over a file that differs

No code of the project is run, and nothing is asked of AWS.
"""
