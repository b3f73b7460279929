"""Show an explanation as a compact card for a notebook: HTML without script, readable in dark and light.

Text takes the colour of the page around it and backgrounds are see-through, because a notebook in dark does not say so
in a way that a style sheet could read. The two colours of the bars have a contrast of at least 3 to 1 with white and
with black (WCAG 2.2, 1.4.11); the sign says the same in words.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING, Final

from signup_risk.explain.contributions import ContributionGroup, FeatureContribution
from signup_risk.explain.heading import facts
from signup_risk.explain.terminal import printable

if TYPE_CHECKING:
    from signup_risk.explain.assessment import AssessmentExplanation

_RISK: Final = "#d9480f"
_TRUST: Final = "#2b7fc9"

_STYLE: Final = (
    "<style>.signup-risk-card{font:14px/1.4 system-ui,sans-serif;max-width:60rem;border:1px solid #8886;"
    "border-radius:6px;padding:.75rem 1rem;color:inherit;overflow-x:auto}.signup-risk-card p{margin:.1rem 0}"
    ".signup-risk-card ul{margin:.2rem 0 .6rem;padding-left:1.4rem}"
    ".signup-risk-card table{border-collapse:collapse;width:100%;margin:.4rem 0;background:none;color:inherit}"
    ".signup-risk-card tr{background:none}"
    ".signup-risk-card td,.signup-risk-card th{padding:.2rem .4rem;text-align:left;vertical-align:top;border:0;"
    "border-bottom:1px solid #8883;background:none;color:inherit;font-size:13px;overflow-wrap:break-word;"
    "white-space:normal}.signup-risk-card td.w{overflow-wrap:anywhere}"
    ".signup-risk-card td.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}"
    ".signup-risk-card td.b{width:15%;min-width:3rem}.signup-risk-card i{display:block;height:.8em;margin-top:.3em;"
    "border-radius:2px}"
    f".signup-risk-card i.risk{{background:{_RISK}}}.signup-risk-card i.trust{{background:{_TRUST}}}"
    ".signup-risk-card code{font-size:12px;background:none;color:inherit}.signup-risk-card summary{cursor:pointer}"
    "</style>"
)


def card(explanation: AssessmentExplanation, top: int) -> str:
    """Return an explanation as a card.

    Args:
        explanation: What to show.
        top: How many reason codes to show at once.
    """
    groups = [group for group in explanation.by_code() if group.contribution]
    largest = max((abs(group.contribution) for group in groups), default=1.0)
    first, *others = facts(explanation)
    head = f"<p><strong>{_said(first)}</strong></p>" + "".join(f"<p>{_said(line)}</p>" for line in others)
    rest = groups[top:]
    added = math.fsum(group.contribution for group in rest)
    more = _folded(f"{len(rest)} further reason codes, {added:+.3f}", _rows(rest, largest)) if rest else ""
    features = _features(explanation.contributions)
    return (
        f'{_STYLE}<div class="signup-risk-card" role="group" aria-label="Explanation of one assessment">{head}'
        f"<table>{_HEAD}<tbody>{_plain(explanation.base_value, 'base value')}{_rows(groups[:top], largest)}"
        f"{_plain(explanation.raw_score, 'raw score, in log-odds')}</tbody></table>{more}"
        f"{_folded(f'all {len(explanation.contributions)} features', features, _FEATURE_HEAD)}</div>"
    )


def framed(headline: str, sections: Iterable[tuple[str, Iterable[str]]], note: str) -> str:
    """Return lists of sentences in the same frame.

    Args:
        headline: What they are about.
        sections: Title and sentences of each list.
        note: What is to be known of them.
    """
    lists = "".join(
        f"<p>{_said(title)}</p><ul>{''.join(f'<li>{_said(one)}</li>' for one in sentences)}</ul>"
        for title, sentences in sections
    )
    head = f"<p><strong>{_said(headline)}</strong></p>"
    return f'{_STYLE}<div class="signup-risk-card">{head}{lists}<p>{_said(note)}</p></div>'


_HEAD: Final = (
    '<thead><tr><th scope="col">Log-odds</th><th scope="col"></th><th scope="col">Reason</th>'
    '<th scope="col">Value, and what is usual</th></tr></thead>'
)
_FEATURE_HEAD: Final = (
    '<thead><tr><th scope="col">Log-odds</th><th scope="col">Feature</th><th scope="col">Code</th>'
    '<th scope="col">Value, and what is usual</th></tr></thead>'
)


def _rows(groups: Iterable[ContributionGroup], largest: float) -> str:
    return "".join(_row(group, largest) for group in groups)


def _row(group: ContributionGroup, largest: float) -> str:
    width = 100 * abs(group.contribution) / largest
    bar = f'<i class="{group.direction}" style="width:{width:.1f}%"></i>'
    return (
        f'<tr><td class="n">{group.contribution:+.3f}</td><td class="b">{bar}</td>'
        f'<td>{_name(group.name)}</td><td class="w">{_said(group.text)}</td></tr>'
    )


def _features(contributions: Iterable[FeatureContribution]) -> str:
    return "".join(
        f'<tr><td class="n">{one.contribution:+.3f}</td><td>{_name(one.feature)}</td><td>{_name(one.code)}</td>'
        f'<td class="w">{_said(one.text)}</td></tr>'
        for one in contributions
    )


def _plain(amount: float, words: str) -> str:
    return f'<tr><td class="n">{amount:+.3f}</td><td></td><td colspan="2">{words}</td></tr>'


def _folded(title: str, rows: str, head: str = "") -> str:
    return f"<details><summary>{_said(title)}</summary><table>{head}<tbody>{rows}</tbody></table></details>"


def _name(name: str) -> str:
    """Show a code, which may be broken after its underscores."""
    return f"<code>{_said(name).replace('_', '_<wbr>')}</code>"


def _said(text: str) -> str:
    return escape(printable(text))
