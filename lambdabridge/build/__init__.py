"""`lambdabridge build`: the folder that is deployed, made without Docker. Nothing here runs on Lambda.

build.py         the whole: the parts below in their order
settings.py      what is built, and for what: the command's options, checked
runtimes.py      Lambda's Python runtimes: architectures, the wheels that each can load
template.py      the runtime and the architecture as a SAM or CloudFormation template has them
requirements.py  which requirements: requirements.txt, pyproject.toml
installing.py    requirements -> packages, by uv or pip, for another Python and architecture
pip_config.py    pip's settings in uv's words
pip_for.py       pip as if it ran on the target: run by the interpreter that has pip
own.py           which files of this package a function loads, and a wheel of them
sources.py       the application's own files
pruning.py       what the function never loads
imports.py       who imports whom, by the syntax tree
distributions.py installed distributions: metadata, what requires what, wheel tags
interpreter.py   an interpreter of the target version on this machine
bytecode.py      .pyc files that the read-only file system can't make stale
compiling.py     run by the target's interpreter: source -> .pyc
output.py        the folder: whose it is, fixed dates, the exchange of old for new
size.py          sizes, Lambda's limits, an estimate of the zip
report.py        what was done, for people and as JSON
"""
