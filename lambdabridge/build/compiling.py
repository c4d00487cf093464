"""Compile files, run by the interpreter that they are compiled for: it imports the standard library only, of 3.10 and later.

Standard input has the lines of a JSON list [folder, prefix, [path, ...]]; standard output gets one JSON object. It is given
as `python -c`, not as a file, so that nothing beside it is importable.

Two builds of the same files have to give the same bytes. marshal writes a reference where an object is used more than once at
that moment, which depends on what else the process has compiled: so one process gets one list, always in the same order.
https://docs.python.org/3/library/py_compile.html#py_compile.PycInvalidationMode
"""

import sys

sys.path[:] = [entry for entry in sys.path if entry]  # not the current folder, whatever it has

import importlib.util  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import py_compile  # noqa: E402
import warnings  # noqa: E402


def main() -> None:
    """Compile what standard input lists."""
    warnings.simplefilter("ignore")  # other people's escapes
    folder, prefix, files = json.load(sys.stdin)
    failed = {}
    for name in files:
        path = os.path.join(folder, name)
        try:
            py_compile.compile(
                path,
                cfile=importlib.util.cache_from_source(path, optimization=""),
                dfile=prefix + name,
                doraise=True,
                invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
            )
        except py_compile.PyCompileError as error:
            failed[name] = "%s: %s" % (error.exc_type_name, error.exc_value)  # noqa: UP031
        except OSError as error:
            if os.path.isfile(path):  # it can't be written, or not be read; else it is a link to nothing
                sys.exit("%s: %s" % (error.filename or name, error.strerror or error))  # noqa: UP031
            failed[name] = "%s: %s" % (type(error).__name__, error)  # noqa: UP031
        except (ValueError, RecursionError, MemoryError) as error:
            failed[name] = "%s: %s" % (type(error).__name__, error)  # noqa: UP031 - as short as can be
    json.dump(failed, sys.stdout)


main()
