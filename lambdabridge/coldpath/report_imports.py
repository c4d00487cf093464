"""The page's section on imports: the flame graph, and as tables the packages, the dearest modules, and all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambdabridge.coldpath import flame
from lambdabridge.coldpath.imports_figures import by_owner, compiled, dearest, walk
from lambdabridge.coldpath.report_html import head, microseconds, name, percent, text

if TYPE_CHECKING:
    from lambdabridge.coldpath.imports import Import
    from lambdabridge.coldpath.imports_figures import Dear, Owned

_KINDS = {
    "application": "the application's own",
    "dependency": "a dependency",
    "standard library": "standard library",
    "bridge": "lambdabridge",
    "runtime": "AWS's runtime client",
}
_CODES = {"there": "loaded with its package", "built in": "built in"}
_DEAREST = 15


def section(root: Import | None) -> str:
    """Return the section; nothing where no tree was made."""
    if root is None or not root["children"]:
        return ""
    return (
        f'<section><h2>Imports</h2><p>{_summary(root)}</p>{_flame(root)}<div class="two">'
        f"<div>{_packages(root)}</div><div>{_dearest(root)}</div></div>{_all(root)}</section>"
    )


def _summary(root: Import) -> str:
    from_source, count = compiled(root)
    sentence = f"{count} modules in {microseconds(root['cumulative_us'])}, in processes of their own with a probe."
    if not from_source:
        return f"{sentence} All bytecode was valid: none was compiled from source."
    modules = [module for module, _ in walk(root) if module["from_source"]]
    stale = sum(module["code"] == "stale" for module in modules)
    compiling = sum(module["compile_us"] for module in modules)
    why = {0: "because their bytecode is missing", from_source: "because their bytecode is stale"}
    mixed = f"{stale} because their bytecode is stale, {from_source - stale} because it is missing"
    return (
        f"{sentence} <b>{from_source} of them were compiled from source</b>, {why.get(stale, mixed)}; "
        f"compiling alone took {microseconds(compiling)}."
    )


def _flame(root: Import) -> str:
    keys = "".join(
        f'<li><span class="swatch k-{kind.replace(" ", "-")}"></span>{title}</li>' for kind, title in _KINDS.items()
    )
    return (
        '<div id="flame-section" hidden><div class="flame-tools">'
        '<button id="flame-out" type="button" disabled>Show all</button><input id="flame-search" type="search" '
        'placeholder="Find a module" aria-label="Find a module" autocomplete="off" spellcheck="false">'
        '<output id="flame-found" class="small soft"></output></div>'
        '<div id="flame-detail"></div>'
        '<div id="flame" role="tree" aria-label="Imports in order; wider is longer, below is what it imported"></div>'
        f'<ul class="keys">{keys}<li><span class="swatch k-dependency from-source"></span>compiled from source</li></ul>'
        "<p class='small soft'>Wider is longer; a module stands below the one that imported it. Click or Enter zooms in, "
        "Escape out, the arrow keys move. What is too narrow to be seen is in the table below.</p></div>"
        f'<script type="application/json" id="imports-data">{flame.script_data(root)}</script>'
    )


def _packages(root: Import) -> str:
    owners = by_owner(root)
    most = max(owner["self_us"] for owner in owners)
    rows = "".join(_package_row(owner, most) for owner in owners[:_DEAREST])
    return (
        "<table><caption>By package, without what each imports from others</caption>"
        f"{head('package', '#modules', '#time', '')}<tbody>{rows}</tbody></table>"
    )


def _package_row(owner: Owned, most: int) -> str:
    from_source = f' <span class="badge source">{owner["compiled"]} compiled</span>' if owner["compiled"] else ""
    return (
        f'<tr><td>{text(owner["name"])}{from_source}</td><td class="number">{owner["modules"]}</td>'
        f'<td class="number">{microseconds(owner["self_us"])}</td><td class="wide"><span class="inline-bar '
        f'k-{owner["kind"].replace(" ", "-")}" style="width:{100 * owner["self_us"] / (most or 1):.1f}%"></span></td></tr>'
    )


def _dearest(root: Import) -> str:
    rows = "".join(_dear_row(module, root["cumulative_us"]) for module in dearest(root, _DEAREST))
    return (
        "<table><caption>The dearest modules, and who asked for them</caption>"
        f"{head('module', '#by itself', '#with imports')}<tbody>{rows}</tbody></table>"
    )


def _dear_row(module: Dear, total: int) -> str:
    from_source = ' <span class="badge source">compiled</span>' if module["from_source"] else ""
    steps = [step.rpartition(" (")[0] or step for step in module["chain"][:-1]]
    if len(steps) > 3:
        steps = [steps[0], "…", *steps[-2:]]  # the whole chain is in the flame graph
    asked = f'<div class="chain name">{"".join(f"{text(step)} &rsaquo; " for step in steps)}</div>' if steps else ""
    return (
        f"<tr><td>{name(module['name'])}{from_source}{asked}</td>"
        f'<td class="number">{microseconds(module["self_us"])}</td><td class="number">'
        f"{microseconds(module['cumulative_us'])}, {percent(module['cumulative_us'], total)}</td></tr>"
    )


def _all(root: Import) -> str:
    rows = "".join(_module_row(module, len(above)) for module, above in walk(root))
    return (
        "<details><summary>All modules, in the order of their import</summary>"
        '<div class="scroll" tabindex="0" role="region" aria-label="All modules"><table>'
        f"{head('module', '#by itself', '#with imports', 'code', 'whose', 'asked for by')}"
        f"<tbody>{rows}</tbody></table></div></details>"
    )


def _module_row(module: Import, depth: int) -> str:
    code = (
        f"from source: bytecode {module['code']}"
        if module["from_source"]
        else _CODES.get(module["code"], module["code"])
    )
    importer = f"{module['importer']}:{module['line']}" if module["importer"] else ""
    return (
        f'<tr><td style="padding-left:{0.6 * depth:.1f}rem">{name(module["name"])}</td>'
        f'<td class="number">{microseconds(module["self_us"])}</td><td class="number">'
        f"{microseconds(module['cumulative_us'])}</td><td>{text(code)}</td>"
        f"<td>{text(module['distribution'] or module['kind'])}</td><td>{name(importer)}</td></tr>"
    )
