"""The start of a deployed function: what is done around the application's import to cut the cold path.

application.py  finds the application and bridges it, and sees that a failure shows the application's own traceback
cuts.py         the cuts, on Lambda only: the collector, and those below where they apply
bytecode.py     opt-in: bytecode with another timestamp is taken for its source's size
lazy.py         Python 3.15 and later: the application's imports are lazy (PEP 810)
deferred.py     before that: some modules of the standard library are loaded when used
warm_up.py      opt-in: bridge(warm_up=...), requests at init
"""
