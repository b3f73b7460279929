"""Decide what to do with a sign-up, by rules that an operator can read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final

from signup_risk.errors import ConfigurationError
from signup_risk.policy.campaign import CampaignRule
from signup_risk.policy.decision import Decision, milder, stricter
from signup_risk.policy.degraded import DEFAULT_RULES, DegradedRule, bound
from signup_risk.policy.evidence import Evidence
from signup_risk.policy.lists import EntryIndex, ListEntry, ListHooks
from signup_risk.results import DecisionName

EvidenceOf = Callable[[], Evidence | None]

#: Notes of blocks that the operator wants whatever the score.
_COMMANDED: Final = frozenset({"LISTED_BLOCK", "DEGRADED_FLOOR"})

_NOTHING: Final[Mapping[str, Collection[str]]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Thresholds:
    """State from which share of legitimate sign-ups on each decision is taken.

    A false-positive rate of 0.001 means: of a thousand legitimate sign-ups one scores that high. 0 never
    happens.
    """

    step_up: float = 0.01
    review: float = 0.003
    block: float = 0.001

    def __post_init__(self) -> None:
        if not 0.0 <= self.block <= self.review <= self.step_up <= 1.0:
            raise ConfigurationError(
                f"thresholds are step_up {self.step_up!r}, review {self.review!r}, block {self.block!r}; "
                "they are false-positive rates from 0 to 1, and a stricter decision may not have a higher one"
            )

    def outcome(self, fpr: float) -> DecisionName:
        """Return the strictest decision whose rate the score keeps."""
        if fpr <= self.block:
            return "block"
        if fpr <= self.review:
            return "review"
        return "step_up" if fpr <= self.step_up else "allow"


@dataclass(frozen=True, slots=True)
class Policy:
    """Hold an operator's rules; making one checks them.

    Rules apply in this order: thresholds; campaigns, which only raise; *never block on one attribute alone*; bounds for
    degraded answers; lists; chance; shadow. An exact list entry decides outright, because it is the operator's own
    decision about one identity. A coarse one allows outright, but blocks only if the model asks for a further step
    without that attribute's own risk; else it raises to review.

    Chance lets a share of those who would be blocked by score or campaign through to a further step, with the
    probability of that in the decision. Of a blocked sign-up nobody ever learns whether it was right; of these one
    does, and each stands for ``1 / propensity`` of its kind (Horvitz and Thompson, 1952). What the operator wants
    blocked whatever the score is never let through: an entry of the block list, or a floor for degraded answers.

    Attributes:
        name: Name of the policy.
        version: Its version.
        thresholds: False-positive rates of the decisions.
        allow: What is allowed whatever the score.
        block: What is blocked or reviewed whatever the score.
        degraded: Bounds while signals cannot be looked up.
        campaign: What membership of a campaign does.
        shadow: Whether to answer allow always and only say what would have been.
        explore: Share of those who would be blocked that is let through to a further step; 0 is none.
        hooks: How list entries are normalized and which are too broad to block.

    Examples:
        >>> policy = Policy(block=(ListEntry("email_domain", "example.com"),))
        >>> policy.decide(0.5, listed={"email_domain": ["example.com"]}).outcome
        'review'
        >>> policy.decide(0.002).outcome
        'review'
    """

    name: str = "default"
    version: str = "1"
    thresholds: Thresholds = Thresholds()
    allow: tuple[ListEntry, ...] = ()
    block: tuple[ListEntry, ...] = ()
    degraded: tuple[DegradedRule, ...] = DEFAULT_RULES
    campaign: CampaignRule = field(default=CampaignRule())
    shadow: bool = False
    explore: float = 0.0
    hooks: ListHooks = field(default=ListHooks(), repr=False, compare=False)
    _allowed: EntryIndex = field(init=False, repr=False, compare=False)
    _blocked: EntryIndex = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.name or not self.version:
            raise ConfigurationError(
                "a policy needs a name and a version, so that decisions can be traced to it"
            )
        if not 0.0 <= self.explore < 1.0:
            raise ConfigurationError(
                f"explore is {self.explore!r}; give the share of blocks to let through, from 0 to below 1, such as 0.01"
            )
        allowed = EntryIndex(self.hooks.prepare(entry, "allow") for entry in self.allow)
        blocked = EntryIndex(self.hooks.prepare(entry, "block") for entry in self.block)
        object.__setattr__(self, "_allowed", allowed)
        object.__setattr__(self, "_blocked", blocked)

    def decide(  # noqa: PLR0913 - what a decision rests on
        self,
        fpr: float | None,
        *,
        evidence: EvidenceOf | None = None,
        listed: Mapping[str, Collection[str]] = _NOTHING,
        at: datetime | None = None,
        degraded: Sequence[str] = (),
        membership: float | None = None,
        confirmed: bool = False,
        draw: float | None = None,
    ) -> Decision:
        """Decide about one sign-up.

        Args:
            fpr: Share of legitimate sign-ups that score at least this high; None if the model could not be
                asked.
            evidence: What the risk rests on. It is asked for only if the sign-up would be blocked, because
                working it out costs more than everything else; without it nobody is blocked by score.
            listed: Normalized values of the sign-up by kind of list entry.
            at: Event time, which list entries run out by.
            degraded: Names of signals that could not be looked up.
            membership: Joint probability of the account and a campaign that it belongs to.
            confirmed: Whether an analyst has confirmed the campaign.
            draw: A number of the sign-up's own, uniform in [0, 1), that the applicant cannot know; None if it has no
                id. Without one nobody is let through, as nothing could be learnt of it afterwards.
        """
        scored: DecisionName = "allow" if fpr is None else self.thresholds.outcome(fpr)
        outcome = scored
        if membership is not None:
            outcome = stricter(scored, self.suggest(membership, fpr, confirmed=confirmed))
        gathered = _Once(evidence)
        notes: tuple[str, ...] = ("CAMPAIGN",) if outcome != scored else ()
        if outcome == "block" and not gathered.is_broad():
            outcome, notes = "review", (*notes, "SINGLE_ATTRIBUTE")
        outcome, ceiling, bounded = bound(outcome, self.degraded, degraded)
        outcome, matched = self._by_lists(outcome, ceiling, gathered, listed, at)
        notes += bounded + matched
        if self.shadow:
            return Decision("allow", outcome, notes)
        if outcome == "block" and self.explore and draw is not None and _COMMANDED.isdisjoint(notes):
            return self._by_chance(notes, draw)
        return Decision(outcome, None, notes)

    def listed(
        self, values: Mapping[str, Collection[str]], at: datetime | None
    ) -> tuple[ListEntry | None, ListEntry | None]:
        """Return the entries of the two lists, to allow and to block, that a sign-up matches.

        Args:
            values: Normalized values of the sign-up by kind of list entry.
            at: Event time, which list entries run out by.
        """
        return self._allowed.find(values, at), self._blocked.find(values, at)

    def _by_chance(self, notes: tuple[str, ...], draw: float) -> Decision:
        """Block, or let through to a further step with the probability that the policy says."""
        if draw < self.explore:
            return Decision("step_up", None, (*notes, "EXPLORED"), explored=True, propensity=self.explore)
        return Decision("block", None, notes, propensity=1.0 - self.explore)

    def suggest(self, membership: float, fpr: float | None, *, confirmed: bool = False) -> DecisionName:
        """Return what a joint probability of account and campaign calls for, lists and bounds aside.

        Args:
            membership: The joint probability.
            fpr: Share of legitimate sign-ups that score at least as high as the account alone; None if unknown.
            confirmed: Whether an analyst has confirmed the campaign. One that nobody has looked at may be a crowd that
                the model misjudges as a whole, so it calls for ``campaign.unconfirmed`` at most.

        Examples:
            >>> policy = Policy()
            >>> policy.suggest(0.99, 0.002, confirmed=True), policy.suggest(0.99, 0.4, confirmed=True)
            ('block', 'review')
            >>> policy.suggest(0.99, 0.002)
            'review'
        """
        outcome = self.campaign.outcome(membership)
        if not confirmed:
            outcome = milder(outcome, self.campaign.unconfirmed)
        return outcome if fpr is not None and fpr <= self.thresholds.step_up else milder(outcome, "review")

    def _by_lists(
        self,
        outcome: DecisionName,
        ceiling: DecisionName,
        evidence: _Once,
        listed: Mapping[str, Collection[str]],
        at: datetime | None,
    ) -> tuple[DecisionName, tuple[str, ...]]:
        allowed, blocked = self.listed(listed, at)
        if allowed is not None and (allowed.is_exact or blocked is None or not blocked.is_exact):
            return "allow", ("LISTED_ALLOW",)
        if blocked is None:
            return outcome, ()
        if blocked.is_exact:
            return "block", ("LISTED_BLOCK",)
        if outcome == "allow" or ceiling != "block":
            return stricter("review", outcome), ("LISTED_REVIEW",)
        if evidence.stands_without(blocked.attribute):
            return "block", ("LISTED_BLOCK",)
        return stricter("review", outcome), ("LISTED_REVIEW", "SINGLE_ATTRIBUTE")


class _Once:
    """Ask for the evidence when it is needed, and once."""

    __slots__ = ("_ask", "_found")

    def __init__(self, ask: EvidenceOf | None) -> None:
        self._ask = ask
        self._found: Evidence | None = None

    def is_broad(self) -> bool:
        found = self._get()
        return found is not None and found.is_broad()

    def stands_without(self, attribute: str) -> bool:
        found = self._get()
        return found is not None and found.stands_without(attribute)

    def _get(self) -> Evidence | None:
        if self._ask is not None:
            self._found, self._ask = self._ask(), None
        return self._found
