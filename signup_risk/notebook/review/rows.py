"""Take assessed sign-ups into a review queue, whatever form they have, and say which deserve attention first."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final, Literal, Self, TypeAlias

import pandas as pd

from signup_risk.errors import ConfigurationError, InvalidSignup
from signup_risk.events.kinds import is_absent, kind_of
from signup_risk.events.moments import moment
from signup_risk.results import Assessment
from signup_risk.training.evaluate.costs import Costs

Order = Literal["cost", "score", "campaign", "age"]
ORDERS: Final = ("cost", "score", "campaign", "age")

#: Assessed sign-ups as they are given.
Assessed: TypeAlias = pd.DataFrame | Iterable[Assessment | Mapping[str, Any]]

_ADMITTED: Final = frozenset({"allow", "step_up"})


#: What is assumed where nothing is said: an abusive account costs as much as stopping ten honest people. A guess; the
#: order hardly depends on it unless you know better.
DEFAULT_COSTS: Final = Costs(abusive=10.0, friction=1.0)


def expected_cost(probability: float | None, decision: str, costs: Costs) -> float | None:
    """Return what leaving a decision as it is costs in expectation; None without a probability.

    An account that was let in costs by as much as it may be abusive; one that was held or blocked, by as much as it may
    be honest. What a review costs is the same for every row and plays no part.

    Examples:
        >>> costs = Costs(abusive=10, friction=1)
        >>> expected_cost(0.3, "allow", costs), expected_cost(0.3, "review", costs)
        (3.0, 0.7)
    """
    if probability is None:
        return None
    return probability * costs.abusive if decision in _ADMITTED else (1.0 - probability) * costs.friction


@dataclass(frozen=True, slots=True)
class QueueRow:
    """Hold one sign-up of a queue.

    Attributes:
        signup_id: Its id.
        at: When it happened.
        risk_score: Its score; None if no model gave one.
        fpr: Share of legitimate sign-ups that score at least this high.
        decision: What was decided, in shadow mode what would have been.
        campaign: Id of its campaign, or None.
        campaign_size: Members of the campaign when it was assessed.
        campaign_probability: Joint probability of the account and its campaign; None if it is in none.
        expected_cost: What leaving the decision as it is costs in expectation.
    """

    signup_id: str
    at: datetime
    risk_score: float | None
    fpr: float | None
    decision: str
    campaign: str | None = None
    campaign_size: int = 0
    campaign_probability: float | None = None
    expected_cost: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the row as JSON values."""
        return asdict(self) | {"at": self.at.isoformat()}

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Self:
        """Read a row."""
        return cls(**{**told, "at": datetime.fromisoformat(told["at"])})


def rows_of(assessed: Assessed, costs: Costs) -> Iterator[QueueRow | str]:
    """Yield a row for each assessed sign-up, or why there is none.

    Args:
        assessed: A frame of :meth:`signup_risk.Scorer.assess_frame`, assessments, or what their ``to_dict`` gave (the
            lines of ``signup-risk score``).
        costs: What a wrong decision costs.

    Raises:
        ConfigurationError: It is something else.
    """
    if isinstance(assessed, pd.DataFrame):
        needed = [name for name in ("signup_id", "at", "risk_score", "decision") if name not in assessed.columns]
        if needed:
            raise ConfigurationError(
                f"the frame has no column {needed[0]}; give what scorer.assess_frame(signups) returns"
            )
        for told in assessed.to_dict("records"):
            yield _row(told, costs)
        return
    for told in _told(assessed):
        yield _row(told, costs)


def _told(assessed: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(assessed, str | bytes | Mapping) or not isinstance(assessed, Iterable):
        raise ConfigurationError(f"assessments were given as {kind_of(assessed)}; give a frame or a list")
    for one in assessed:
        if not isinstance(one, Assessment | Mapping):
            raise ConfigurationError(f"an assessment was given as {kind_of(one)}; give assessments or their to_dict()")
        yield one.to_dict() if isinstance(one, Assessment) else one


def _row(told: Mapping[str, Any], costs: Costs) -> QueueRow | str:
    decision = _given(told, "policy.shadow_decision") or _given(told, "decision")
    signup_id = _given(told, "signup_id")
    if decision is None:
        return "not assessed"
    if not isinstance(signup_id, str) or not signup_id:
        return "no signup_id"
    try:
        at = moment("at")(_given(told, "at"))
    except InvalidSignup:
        at = None
    if at is None:
        return "no time"
    score, fpr = (None if (found := _given(told, name)) is None else float(found) for name in ("risk_score", "fpr"))
    size, joint = _given(told, "campaign.size"), _given(told, "campaign.probability")
    return QueueRow(
        signup_id,
        at,
        score,
        fpr,
        str(decision),
        _given(told, "campaign.id"),
        0 if size is None else int(size),
        None if joint is None else float(joint),
        expected_cost(None if score is None else score / 100, str(decision), costs),
    )


def _given(told: Mapping[str, Any], name: str) -> Any:
    """Return a value by its dotted name, nested or not; None if it is absent."""
    found = told.get(name)
    if found is None and "." in name:
        part, _, rest = name.partition(".")
        outer = told.get(part)
        found = outer.get(rest) if isinstance(outer, Mapping) else None
    return None if is_absent(found) else found


def ordered(rows: Iterable[QueueRow], order: Order) -> list[QueueRow]:
    """Return rows, those that deserve attention first first.

    ``cost`` puts the largest expected cost first, ``score`` the highest score, ``age`` the oldest; ``campaign`` keeps
    campaigns together, the one that costs most in all first, and sign-ups of none among them by their own cost. What is
    equal is told apart by cost, size of the campaign, time and id. Rows without a score come last.
    """
    held = list(rows)
    totals: dict[str, float] = {}
    for row in held:
        if row.campaign is not None:
            totals[row.campaign] = totals.get(row.campaign, 0.0) + (row.expected_cost or 0.0)

    def rest(row: QueueRow) -> tuple[Any, ...]:
        return (_falling(row.expected_cost), -row.campaign_size, row.at, row.signup_id)

    def first(row: QueueRow) -> tuple[Any, ...]:
        if order == "campaign":
            return _falling(totals.get(row.campaign or "", row.expected_cost)), row.campaign or ""
        return {"cost": (), "score": (_falling(row.risk_score),), "age": (row.at,)}[order]

    return sorted(held, key=lambda row: (*first(row), *rest(row)))


def _falling(value: float | None) -> float:
    return math.inf if value is None else -value
