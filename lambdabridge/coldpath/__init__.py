"""`lambdabridge cold`: measure and explain an application's cold start, and try on it what cuts it. Not for Lambda itself.

experiment.py    the whole: look at the application, measure it as deployed and with each cut
target.py        what TARGET is, found out in a process of its own (inspect_target.py is what runs there)
surroundings.py  the interpreter and the import path: a build without site-packages, a project with its own
bytecode.py      bytecode as it is deployed, and as a build makes it, without a copy of the code
advice.py        the cuts that are tried, and which of them are advice; deferral.py: imports that can wait
summary.py       samples -> results.py, the document that --json writes; package.py: sizes
terminal.py      the report; budget.py: --budget
report*.py       the HTML page, with flame.py; its files are in report_page/
imports*.py      which modules a cold start imports, what each costs, who asked for it

The engine, for others as well (benchmarks/cold_path.py):

engine.py        measure(): interleaved rounds of several configurations
invocation.py    one run, or how it failed; variables.py: its environment
runtime_api.py   the Runtime API that a run talks to
process.py       the process: CPU time, waiting, memory, its end
throttle.py      a part of a CPU
phases.py        the phases of init, from runs with a probe (phases_probe/)
statistics.py    medians, quartiles, paired differences
"""
