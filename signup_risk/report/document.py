"""Lay out what a page holds as JSON values, in columns, with every repeated text once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from signup_risk.report.assessed import DECISIONS, Assessed, bounded
from signup_risk.report.kept import Kept
from signup_risk.report.outcomes import Outcome
from signup_risk.report.totals import OUTCOMES, CampaignTotal, Totals, outcome_place, ranked

FORMAT: Final = 1
#: Campaigns, groups and other names that are listed; the largest ones, with a note on the rest.
MOST_LISTED: Final = 500
# What stands for a name that is absent, and for one that is not among those listed.
_NONE: Final = -1
_UNLISTED: Final = -3


class Interned:
    """Number texts in the order in which they come."""

    def __init__(self, texts: Sequence[str] = ()) -> None:
        self._places = {text: place for place, text in enumerate(texts)}

    def place(self, text: str) -> int:
        """Return the number of a text."""
        return self._places.setdefault(text, len(self._places))

    def find(self, text: str | None) -> int:
        """Return the number of a text that is listed, -1 where there is none, -3 for any other."""
        return _NONE if text is None else self._places.get(text, _UNLISTED)

    def texts(self) -> list[str]:
        """Return the texts by number."""
        return list(self._places)


@dataclass(frozen=True, slots=True)
class Columns:
    """Hold the kept sign-ups in columns, and the texts that they number."""

    rows: dict[str, list[Any]]
    codes: list[tuple[str, str]]
    texts: list[str]


def document(totals: Totals, kept: Kept, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return everything that the page's scripts read.

    Args:
        totals: Counts over all sign-ups.
        kept: The sign-ups that are held one by one.
        facts: What else the page says: bad lines, history, measures, whether it is synthetic.
    """
    campaigns = sorted(totals.campaigns.values(), key=lambda one: (-sum(one.decisions), one.told.id))
    groups = [name for name, _ in ranked({name: sum(counts) for name, counts in totals.groups.items()}, MOST_LISTED)]
    listed = campaigns[:MOST_LISTED]
    columns = _columns(kept.rows(), Interned([one.told.id for one in listed]), Interned(groups))
    return {
        "format": FORMAT,
        "decisions": list(DECISIONS),
        "outcomes": list(OUTCOMES),
        "counts": _counts(totals, kept) | {"campaigns": len(campaigns), "groups": len(totals.groups)},
        "overall": _overall(totals),
        "campaigns": [_campaign(one) for one in listed],
        "groups": [[bounded(name), *totals.groups[name]] for name in groups],
        "codes": columns.codes,
        "texts": columns.texts,
        "rows": columns.rows,
        **facts,
    }


def _counts(totals: Totals, kept: Kept) -> dict[str, Any]:
    return {
        "all": totals.count,
        "kept": kept.seen - kept.left_out,
        "sampled": kept.sampled if kept.left_out else 0,
        "unscored": totals.unscored,
        "shadow": totals.shadow,
        "explained": totals.explained,
        "first": totals.first,
        "last": totals.last,
        "degraded": ranked(totals.degraded, MOST_LISTED),
        "warnings": ranked(totals.warnings, MOST_LISTED),
        "models": [[*model, count] for model, count in ranked(totals.models, 10)],
        "policies": [[*policy, count] for policy, count in ranked(totals.policies, 10)],
    }


def _overall(totals: Totals) -> dict[str, Any]:
    start, width, bins = totals.time_bins()
    reasons = sorted(totals.reasons.items(), key=lambda entry: (-entry[1].risk, entry[0]))
    return {
        "decisions": totals.decisions,
        "time": {"start": start, "width": width, "bins": bins},
        "scores": totals.scores,
        "fprs": totals.fprs,
        "reasons": [
            {"code": code} | asdict(total) | {"up": round(total.up, 3), "down": round(total.down, 3)}
            for code, total in reasons[:MOST_LISTED]
        ],
    }


def _campaign(total: CampaignTotal) -> dict[str, Any]:
    return asdict(total.told) | {"decisions": total.decisions}


def _columns(rows: Sequence[tuple[Assessed, Outcome]], campaigns: Interned, groups: Interned) -> Columns:
    codes: dict[str, tuple[int, str]] = {}
    texts, looked_up, warned, noted = Interned(), Interned(), Interned(), Interned()
    columns: dict[str, list[Any]] = {name: [] for name in _COLUMNS}
    for one, outcome in rows:
        reasons: list[float | int] = []
        for reason in one.reasons:
            code, _ = codes.setdefault(reason.code, (len(codes), reason.family))
            reasons += (code, texts.place(reason.text), round(reason.contribution, 3))
        columns["id"].append(None if one.signup_id is None else bounded(one.signup_id))
        columns["at"].append(one.at)
        columns["decision"].append(one.decision)
        columns["score"].append(None if one.score is None else round(one.score, 4))
        columns["fpr"].append(None if one.fpr is None else round(one.fpr, 8))
        columns["campaign"].append(_NONE if one.campaign is None else campaigns.find(one.campaign.id))
        columns["group"].append(groups.find(outcome.group or None))
        columns["outcome"].append(outcome_place(outcome.label))
        columns["reasons"].append(reasons)
        columns["others"].append([one.others[0], round(one.others[1], 3)])
        columns["degraded"].append([looked_up.place(text) for text in one.degraded])
        columns["warnings"].append([warned.place(text) for text in one.warnings])
        columns["notes"].append([noted.place(text) for text in one.notes])
        columns["explored"].append(int(one.explored))
    columns |= {"degradedTexts": looked_up.texts(), "warningTexts": warned.texts(), "noteTexts": noted.texts()}
    return Columns(columns, [(code, family) for code, (_, family) in codes.items()], texts.texts())


_COLUMNS: Final = (
    "id", "at", "decision", "score", "fpr", "campaign", "group", "outcome",
    "reasons", "others", "degraded", "warnings", "notes", "explored",
)  # fmt: skip
