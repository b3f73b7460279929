"""Read one line of assessments, bounded in everything that it holds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from signup_risk.errors import InvalidSignup
from signup_risk.events.moments import moment
from signup_risk.files.records import BadLine

#: From the mildest to the strictest.
DECISIONS: Final = ("allow", "step_up", "review", "block")
#: Characters of a text that a page holds; the contract's ids have 128, reasons some 100.
LONGEST: Final = 300
#: Reasons of a sign-up that a page tells one by one; what the others add up to is told as well.
MOST_REASONS: Final = 12
#: Entries of any other list of an assessment.
_MOST_LISTED: Final = 20
# The catalogue has about a hundred codes; a line with more reasons than this was not written by `score`.
_MOST_READ: Final = 1000
# Log-odds beyond some dozens say nothing more; the bound keeps sums of reasons finite, as JSON has to have them.
_LARGEST_CONTRIBUTION: Final = 1e6
# Far beyond the sign-ups of any store, and a whole number that a browser holds exactly.
_LARGEST_CAMPAIGN: Final = 10**12

_MOMENT: Final = moment("at")


@dataclass(frozen=True, slots=True)
class ToldReason:
    """Hold one reason.

    Attributes:
        code: Stable code.
        family: Signal family.
        text: The value and what is usual.
        contribution: Log-odds that it adds.
    """

    code: str
    family: str
    text: str
    contribution: float


@dataclass(frozen=True, slots=True)
class ToldCampaign:
    """Hold a campaign as an assessment tells it.

    Attributes:
        id: Stable id.
        title: What an analyst calls it.
        status: ``open``, ``quiet``, ``confirmed``, ``dismissed`` or ``merged``.
        size: Sign-ups in it at the time.
        first_seen: When its first was made, in milliseconds; None if that is not said.
        signature: What made it known, in words.
        shared: What its members have in common.
        cells: Its combinations in words; only a report of campaigns has them.
    """

    id: str
    title: str
    status: str
    size: int
    first_seen: int | None
    signature: str
    shared: tuple[str, ...]
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Assessed:
    """Hold what a page tells of one sign-up.

    Attributes:
        number: Line that it stood on.
        signup_id: Its whole id, if it had one.
        at: When it happened, in milliseconds.
        score: Risk score, 0 to 100; None if the model could not be asked.
        fpr: Share of legitimate sign-ups that score as high.
        decision: Place in :data:`DECISIONS`; in shadow mode of what the policy would have decided.
        reasons: The strongest reasons.
        others: How many reasons were left out, and what they add up to.
        degraded: What could not be looked up.
        warnings: Code and place of inputs that could not be used.
        notes: Rules of the policy that changed the decision.
        campaign: Campaign that it belongs to.
        model: Name, version and fingerprint.
        policy: Name and version.
        shadow: Whether the policy only watched.
        explored: Whether it was let through by chance.
    """

    number: int
    signup_id: str | None
    at: int
    score: float | None
    fpr: float | None
    decision: int
    reasons: tuple[ToldReason, ...]
    others: tuple[int, float]
    degraded: tuple[str, ...]
    warnings: tuple[str, ...]
    notes: tuple[str, ...]
    campaign: ToldCampaign | None
    model: tuple[str, str, str]
    policy: tuple[str, str]
    shadow: bool
    explored: bool


def read_assessed(number: int, told: Mapping[str, Any]) -> Assessed | BadLine:
    """Read an assessment as ``signup-risk score`` writes it; what is wrong is said without what the line holds.

    Examples:
        >>> line = {"at": "2026-06-01T12:00:00Z", "decision": "review", "risk_score": 93.5, "fpr": 0.001}
        >>> found = read_assessed(1, line)
        >>> found.score, DECISIONS[found.decision], found.reasons
        (93.5, 'review', ())
        >>> read_assessed(2, line | {"decision": "maybe"}).reason
        'decision is none of allow, step_up, review, block; give what signup-risk score wrote'
    """
    try:
        return _read(number, told)
    except InvalidSignup as problem:
        return BadLine(str(problem))
    except _Wrong as problem:
        return BadLine(f"{problem}; give what signup-risk score wrote")


def bounded(text: str) -> str:
    """Cut a text that is too long, and say so in it.

    Examples:
        >>> bounded("x" * 10_000)[295:]
        'xxxxx… (10,000 characters, cut here)'
    """
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text):,} characters, cut here)"


class _Wrong(Exception):  # noqa: N818 - becomes a bad line, not an error
    """Say which field is not as it should be."""


def _read(number: int, told: Mapping[str, Any]) -> Assessed:
    at = _MOMENT(told.get("at"))
    if at is None:
        raise _Wrong("at is missing")
    policy = _part(told, "policy")
    shadow = policy.get("shadow_decision")
    reasons, others = _reasons(told)
    return Assessed(
        number=number,
        signup_id=_optional_text(told, "signup_id"),
        at=_milliseconds(at),
        score=_number(told, "risk_score", 100),
        fpr=_number(told, "fpr", 1),
        decision=_decision(told.get("decision") if shadow is None else shadow),
        reasons=reasons,
        others=others,
        degraded=_texts(told, "degraded"),
        warnings=tuple(f"{_text(one, 'code')} {_text(one, 'pointer')}" for one in _listed(told, "warnings")),
        notes=_texts(policy, "notes"),
        campaign=_campaign(told),
        model=_triple(_part(told, "model")),
        policy=(_text(policy, "name"), _text(policy, "version")),
        shadow=shadow is not None,
        explored=told.get("explored") is True,
    )


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _decision(name: Any) -> int:
    if name not in DECISIONS:
        raise _Wrong(f"decision is none of {', '.join(DECISIONS)}")
    return DECISIONS.index(name)


def _reasons(told: Mapping[str, Any]) -> tuple[tuple[ToldReason, ...], tuple[int, float]]:
    found = [(_contribution(one), one) for one in _listed(told, "reasons", _MOST_READ)]
    found.sort(key=lambda entry: -abs(entry[0]))
    strongest = tuple(
        ToldReason(_text(one, "code"), _text(one, "family"), _text(one, "text"), contribution)
        for contribution, one in found[:MOST_REASONS]
    )
    rest = [contribution for contribution, _ in found[MOST_REASONS:]]
    return strongest, (len(rest), math.fsum(rest))


def _campaign(told: Mapping[str, Any]) -> ToldCampaign | None:
    part = told.get("campaign")
    if part is None:
        return None
    if not isinstance(part, dict) or not isinstance(part.get("id"), str):
        raise _Wrong("campaign is no object with an id")
    size = part.get("size")
    first_seen = _MOMENT(part.get("first_seen"))
    return ToldCampaign(
        id=bounded(part["id"]),
        title=_text(part, "title"),
        status=_text(part, "status"),
        size=size if type(size) is int and 0 <= size <= _LARGEST_CAMPAIGN else 0,
        first_seen=None if first_seen is None else _milliseconds(first_seen),
        signature=_text(part, "signature"),
        shared=_texts(part, "shared"),
    )


def _part(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = told.get(name)
    if part is None:
        return {}
    if not isinstance(part, dict):
        raise _Wrong(f"{name} is no object")
    return part


def _triple(model: Mapping[str, Any]) -> tuple[str, str, str]:
    return _text(model, "name"), _text(model, "version"), _text(model, "fingerprint")


def _listed(told: Mapping[str, Any], name: str, most: int = _MOST_LISTED) -> list[Mapping[str, Any]]:
    found = told.get(name) or []
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise _Wrong(f"{name} is no list of objects")
    if len(found) > _MOST_READ:
        raise _Wrong(f"{name} has {len(found):,} entries, more than {_MOST_READ:,}")
    return found[:most]


def _texts(told: Mapping[str, Any], name: str) -> tuple[str, ...]:
    found = told.get(name) or []
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise _Wrong(f"{name} is no list of texts")
    return tuple(map(bounded, found[:_MOST_LISTED]))


def _text(told: Mapping[str, Any], name: str) -> str:
    return bounded(_optional_text(told, name) or "")


def _optional_text(told: Mapping[str, Any], name: str) -> str | None:
    found = told.get(name)
    if found is not None and not isinstance(found, str):
        raise _Wrong(f"{name} is no text")
    return found


def _finite(told: Mapping[str, Any], name: str) -> float:
    found = told.get(name)
    try:
        if not isinstance(found, bool) and isinstance(found, int | float) and math.isfinite(found):
            return float(found)
    except OverflowError:  # a whole number beyond all floats, which JSON has room for
        pass
    raise _Wrong(f"{name} is no finite number")


def _contribution(told: Mapping[str, Any]) -> float:
    found = _finite(told, "contribution")
    if abs(found) > _LARGEST_CONTRIBUTION:
        raise _Wrong(f"contribution is not between {-_LARGEST_CONTRIBUTION:,.0f} and {_LARGEST_CONTRIBUTION:,.0f}")
    return found


def _number(told: Mapping[str, Any], name: str, most: float) -> float | None:
    if told.get(name) is None:
        return None
    found = _finite(told, name)
    if not 0 <= found <= most:
        raise _Wrong(f"{name} is not between 0 and {most:g}")
    return found
