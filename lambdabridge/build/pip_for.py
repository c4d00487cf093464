"""Run pip as if on the target: run by an interpreter that has pip, as `python -c` with [markers as JSON, pip's arguments...].

`pip install --platform --python-version` takes wheels for another Python, but evaluates markers (`; python_version < "3.11"`)
and Requires-Python for the one that it runs on: packages are missing on the target, or older than they could be. Where
pip's parts are as they are known (20.3 to 26), they are told the target's environment; elsewhere that is said.
https://pip.pypa.io/en/stable/cli/pip_install/#cmdoption-python-version
"""

import json
import runpy
import sys

environment = json.loads(sys.argv[1])
sys.argv[:2] = ["pip"]
version = tuple(map(int, environment["python_version"].split(".")))
try:
    from pip._internal.resolution.resolvelib import factory
    from pip._vendor.packaging import markers

    candidate = getattr(factory, "RequiresPythonCandidate")  # noqa: B009 - it is not exported
    markers.default_environment  # noqa: B018 - whether it is there
    vars(factory)["RequiresPythonCandidate"] = lambda given: candidate(given or version)
    vars(markers)["default_environment"] = lambda: dict(environment)
except (ImportError, AttributeError):
    if sys.version_info[:2] != version:
        sys.stderr.write("UNTOLD\n")
runpy.run_module("pip", run_name="__main__", alter_sys=True)
