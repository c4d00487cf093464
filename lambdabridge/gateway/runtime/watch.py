"""Ends the execution environments when the gateway is gone, however it ended: SIGKILL leaves it no time to do so itself.

A process of its own, started by its path without site-packages, which reads "+<process group>" and "-<process group>" from a
pipe. Only the gateway has the other end, so the pipe ends with the gateway, on each system alike; what is registered then is
killed, also what is stopped. A function's process that moved to a session of its own is not found.
"""

import os
import signal
import sys


def main() -> None:
    """Read until the gateway is gone, then kill what it left."""
    groups = set()
    for line in sys.stdin:
        group = int(line[1:])
        if line[0] == "+":
            groups.add(group)
        else:
            groups.discard(group)
    for group in groups:
        try:
            os.killpg(group, signal.SIGKILL)
        except OSError:  # it has ended
            pass


if __name__ == "__main__":
    main()
