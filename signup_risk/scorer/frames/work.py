"""Read rows and write answers, in whichever process: nothing here loads pandas."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from signup_risk.errors import InvalidSignup
from signup_risk.events import Signup
from signup_risk.explain import Origin
from signup_risk.explain.origin import contributions_of
from signup_risk.results import Assessment

#: Columns of every answer, there whether or not a row has them.
CONTRACT: Final = (
    "signup_id", "at", "risk_score", "fpr", "decision", "reasons", "degraded", "warnings",
    "campaign.id", "campaign.size", "campaign.first_seen", "campaign.shared", "campaign.signature", "campaign.status",
    "campaign.growth_24h", "campaign.title", "campaign.probability", "campaign.suggested",
    "model.name", "model.version", "model.fingerprint",
    "policy.name", "policy.version", "policy.shadow_decision", "policy.notes",
    "latency_ms", "explored", "propensity",
)  # fmt: skip

_PLACES: Final = tuple((name, *name.partition(".")[::2]) for name in CONTRACT)

#: A row of a frame: the cells that hold something, by column.
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Say why a row could not be scored, without a word of what it holds.

    Attributes:
        reason: What is wrong and what is allowed.
    """

    reason: str


class Answer(NamedTuple):
    """Hold what one row of the answer says.

    Attributes:
        values: One value a column of the contract.
        amounts: Raw score, base value, and what each feature adds, as float64; empty if they were not asked for or no
            model gave the score.
    """

    values: tuple[Any, ...]
    amounts: bytes = b""


def signup_of(row: Row | RowProblem) -> Signup | RowProblem:
    """Read the sign-up of a row.

    Examples:
        >>> signup_of({"at": "2026-05-01T12:00:00Z", "device.screen": "800x600"}).device.screen
        (800, 600)
        >>> signup_of({"email": "ada@example.com"}).reason
        'at: found nothing; allowed: an RFC 3339 time with offset; it is required here'
    """
    if isinstance(row, RowProblem):
        return row
    try:
        return Signup.from_mapping(row, require_at=True)
    except InvalidSignup as problem:
        return RowProblem(str(problem))


def answer_of(assessment: Assessment) -> Answer:
    """Return what a row of the answer says."""
    told = assessment.to_dict()
    return Answer(tuple(told.get(name) if not part else (told[top] or {}).get(part) for name, top, part in _PLACES))


def full_answers(assessments: Sequence[Assessment]) -> list[Answer]:
    """Return what rows of the answer say, contributions included; the model is asked for them once."""
    scored = {
        number: one.origin
        for number, one in enumerate(assessments)
        if isinstance(one.origin, Origin) and one.raw_score is not None
    }
    found = dict(zip(scored, contributions_of(list(scored.values())), strict=True))
    return [_full(one, found.get(number)) for number, one in enumerate(assessments)]


def _full(assessment: Assessment, found: Sequence[float] | None) -> Answer:
    answer, origin, raw = answer_of(assessment), assessment.origin, assessment.raw_score
    if found is None or raw is None or not isinstance(origin, Origin):
        return answer
    base, amounts = origin.amounts(raw, found)
    return answer._replace(amounts=array("d", [raw, base, *amounts]).tobytes())
