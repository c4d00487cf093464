"""What a tree of imports says: medians of several processes, the dearest modules and who asked for them, sums by package."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lambdabridge.coldpath.imports import Import
    from lambdabridge.coldpath.imports_owner import Kind


class Dear(TypedDict):
    """A module that costs much."""

    name: str
    self_us: int
    cumulative_us: int
    from_source: bool
    chain: list[str]
    """Who asked for it: the outermost import first, each as "module (importer:line)", itself last."""


class Owned(TypedDict):
    """All modules of one distribution, or of the application, the standard library, the runtime."""

    name: str
    kind: Kind
    modules: int
    compiled: int
    self_us: int
    compile_us: int


_NAMES: dict[Kind, str] = {
    "application": "the application's own modules",
    "runtime": "AWS's runtime client",
    "bridge": "lambdabridge",
    "dependency": "other dependencies",
}


def walk(root: Import) -> Iterator[tuple[Import, tuple[Import, ...]]]:
    """Yield each module in the order of import, with those that it was imported in, the outermost first."""
    waiting: list[tuple[Import, tuple[Import, ...]]] = [(child, ()) for child in reversed(root["children"])]
    while waiting:
        module, above = waiting.pop()
        yield module, above
        inside = (*above, module)
        waiting += [(child, inside) for child in reversed(module["children"])]


def middle(trees: Sequence[Import]) -> Import:
    """Return one tree for several processes: the middle one, each module's own time being the median of all."""
    chosen = sorted(trees, key=lambda tree: tree["cumulative_us"])[len(trees) // 2]
    own: dict[str, list[int]] = {}
    compiling: dict[str, list[int]] = {}
    for tree in trees:
        for module, _ in walk(tree):
            own.setdefault(module["name"], []).append(module["self_us"])
            compiling.setdefault(module["name"], []).append(module["compile_us"])

    def copied(module: Import) -> Import:
        children = [copied(child) for child in module["children"]]
        self_us = round(statistics.median(own.get(module["name"], [0])))
        compile_us = round(statistics.median(compiling.get(module["name"], [0])))
        total = self_us + sum(child["cumulative_us"] for child in children)
        return {
            **module,
            "self_us": self_us,
            "cumulative_us": total,
            "compile_us": min(compile_us, self_us),
            "children": children,
        }

    return copied(chosen)


def dearest(root: Import, count: int = 20) -> list[Dear]:
    """Return the modules with the most time of their own."""
    modules = sorted(walk(root), key=lambda found: -found[0]["self_us"])[:count]
    return [
        {
            "name": module["name"],
            "self_us": module["self_us"],
            "cumulative_us": module["cumulative_us"],
            "from_source": module["from_source"],
            "chain": [_step(step) for step in (*above, module)],
        }
        for module, above in modules
    ]


def _step(module: Import) -> str:
    return f"{module['name']} ({module['importer']}:{module['line']})" if module["importer"] else module["name"]


def is_loaded(module: Import) -> bool:
    """Return whether a module was loaded at this place in the tree."""
    return module["code"] not in ("not found", "there")


def compiled(root: Import) -> tuple[int, int]:
    """Return how many modules were compiled from source, and how many there are."""
    modules = [module for module, _ in walk(root) if is_loaded(module)]
    return sum(module["from_source"] for module in modules), len(modules)


def by_owner(root: Import) -> list[Owned]:
    """Return the sums for each distribution, the dearest first; what has none is summed by its kind."""
    sums: dict[str, Owned] = {}
    for module, _ in walk(root):
        kind = module["kind"]
        name = module["distribution"] if kind in ("dependency", "bridge") else ""
        name = name or _NAMES.get(kind, kind)
        found = sums.setdefault(
            name, {"name": name, "kind": kind, "modules": 0, "compiled": 0, "self_us": 0, "compile_us": 0}
        )
        found["modules"] += is_loaded(module)
        found["compiled"] += module["from_source"]
        found["self_us"] += module["self_us"]
        found["compile_us"] += module["compile_us"]
    return sorted(sums.values(), key=lambda found: -found["self_us"])
