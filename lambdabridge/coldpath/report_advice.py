"""What to do next, in the order of what it gains on this application: each step counts with those before it followed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambdabridge.coldpath.report_html import between, milliseconds, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lambdabridge.coldpath.results import Advice, Measured, Meta


def section(advice: Sequence[Advice], first: Measured, meta: Meta) -> str:
    """Return the section; the gains come off the first configuration's total."""
    total = left = first["total"]["median"]
    if not advice:
        nothing = "Nothing was tried here."
        if meta["noise_ms"] is not None:  # what was tried ran beside a control
            nothing = (
                "Nothing that was tried here has a gain that is sure "
                f"(the noise is ± {milliseconds(meta['noise_ms'])}); more runs, or a quiet machine, may tell more."
            )
        return f"<section><h2>What to do next</h2><p>{nothing}</p></section>"
    items = []
    for one in advice:
        left = max(left - one["promised_gain_ms"], 0.0)
        items.append(_item(one, left, total))
    summary = (
        f"Followed one after the other: <b>{milliseconds(total)} → {milliseconds(left)}</b>, "
        f"{left / total:.2f} of the cold start now."
    )
    return f'<section><h2>What to do next</h2><p>{summary}</p><ol class="advice">{"".join(items)}</ol></section>'


def _item(one: Advice, left: float, total: float) -> str:
    ratio = "" if one["ratio"] is None else f'<p class="soft">&times; {one["ratio"]:.2f}</p>'
    badge = "measured" if one["measured"] else "estimated"
    how = f"<pre>{text(one['how'])}</pre>" if one["how"].strip() else ""
    risk = f'<p class="mark">Risk: {text(one["risk"])}</p>' if one["risk"] else ""
    return (
        f'<li><div><p class="gain">&minus; {milliseconds(one["promised_gain_ms"])}</p>{ratio}'
        f'<span class="badge {badge}">{badge}</span></div>'
        f"<div><h3>{text(one['title'])}</h3><p>{text(one['why'])}</p>{how}{risk}"
        f'<p class="soft small">{_sure(one)}</p></div>'
        '<p class="remains"><span class="track" aria-hidden="true">'
        f'<span style="width:{100 * left / total:.1f}%"></span></span>'
        f"leaves {milliseconds(left)}</p></li>"
    )


def _sure(one: Advice) -> str:
    gain = one["gain"]
    if gain is None:
        return "" if one["measured"] else "Not run: what the import took is what could be saved at most."
    low, high = -gain["sure_high"], -gain["sure_low"]
    return f"Run here {gain['count']} times, each beside one without: a gain of {between(low, high)} (95 % sure)."
