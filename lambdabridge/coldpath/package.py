"""What would be deployed: the size of the task root, and the bytecode of what is loaded of it."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lambdabridge.coldpath import bytecode

if TYPE_CHECKING:
    from lambdabridge.coldpath.experiment import Subject
    from lambdabridge.coldpath.results import Package


def package_of(subject: Subject) -> Package:
    """Return the size of the task root: what is in no environment, repository or cache of a tool."""
    root = Path(subject.where.folder)
    sizes: Counter[str] = Counter()
    files = 0
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not _is_apart(os.path.join(folder, name))]
        for name in names:
            path = os.path.join(folder, name)
            try:
                size = os.lstat(path).st_size
            except OSError:
                continue
            files += 1
            sizes[os.path.relpath(path, root).split(os.sep)[0]] += size
    states = Counter(bytecode.state_of(source, subject.tag) for source in subject.code)
    most: Any = states.most_common(1)[0] if states else ("none", 0)
    return {
        "path": str(root),
        "files": files,
        "size": sum(sizes.values()),
        "bytecode": most[0] if most[1] >= 0.9 * sum(states.values()) else "mixed",
        "largest": sizes.most_common(20),
        "complete": subject.where.complete,
    }


def _is_apart(folder: str) -> bool:
    name = os.path.basename(folder)
    return name in (".git", ".venv", "node_modules", ".hypothesis") or os.path.exists(
        os.path.join(folder, "pyvenv.cfg")
    )
