"""Join a user's own sign-ups with the ledger of outcomes: labels as they were known at a moment, with propensities."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from signup_risk.errors import ConfigurationError
from signup_risk.events import Signup
from signup_risk.extract import signup_name
from signup_risk.stores import Hasher, Ledger, LedgerEntry, settle
from signup_risk.stores.settle import decided
from signup_risk.stores.windows import DAY

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST: Final = 3650


@dataclass(frozen=True, slots=True)
class LabelRules:
    """Say which sign-ups get a label.

    Attributes:
        as_of: The moment in microseconds; what became known later is not known, later sign-ups are left out.
        mature_days: Days after which a sign-up of which nothing was reported can be taken for legitimate.
        assume_legitimate: Whether it is. Younger sign-ups are then left unlabelled even if something was reported:
            the reports come first, so that labels of the last days would be nearly all abusive.
        strong_only: Whether weak outcomes give no labels.
    """

    as_of: int
    mature_days: float = 60.0
    assume_legitimate: bool = False
    strong_only: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.mature_days <= _LONGEST:
            raise ConfigurationError(f"mature-days is {self.mature_days!r}; give 0 to {_LONGEST:,} days")


@dataclass(slots=True)
class LedgerJoin:
    """Give sign-ups the labels that a ledger holds for them.

    The whole ledger is held in memory, some 500 bytes an entry; sign-ups pass one by one.

    Attributes:
        hasher: Names sign-ups under the store's secret.
        rules: Which of them get a label.
        counts: What became of the sign-ups joined: ``abusive``, ``legitimate``, ``assumed legitimate``, ``blocked``,
            ``too young``, ``not reported``, ``after the cut-off``; and ``labels replaced`` of those that had one.
    """

    hasher: Hasher
    rules: LabelRules
    counts: Counter[str] = field(default_factory=Counter)
    _entries: dict[int, list[LedgerEntry]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, ledger: Ledger, hasher: Hasher, rules: LabelRules) -> LedgerJoin:
        """Read a ledger.

        Raises:
            StoreError: It fails.
        """
        made = cls(hasher, rules)
        for entry in entries_of(ledger):
            made._entries[entry.name].append(entry)
        return made

    def row(self, signup: Signup) -> Signup | None:
        """Return a sign-up with what the ledger knows of it; None if it came after the cut-off.

        A label that it had is not kept: what the ledger does not know is unlabelled. A sign-up that was blocked stays
        unlabelled whatever was reported, since only those who complain would be heard of; one that was let through has
        the probability of that as its propensity.
        """
        if signup.at_us > self.rules.as_of:
            self.counts["after the cut-off"] += 1
            return None
        self.counts["labels replaced"] += signup.label is not None
        bare = replace(signup, label=None, label_at=None, label_confidence=None, propensity=1.0)
        hashers = [one for one in (self.hasher, self.hasher.second) if one is not None]
        entries = [e for one in hashers for e in self._entries.get(signup_name(signup.signup_id, one), ())]
        decision = decided(entries, self.rules.as_of)
        if decision is not None:
            bare = replace(bare, propensity=decision.propensity if decision.what != "block" else 1.0)
        what, row = self._labelled(bare, entries, decision)
        self.counts[what] += 1
        return row

    def _labelled(
        self, bare: Signup, entries: list[LedgerEntry], decision: LedgerEntry | None
    ) -> tuple[str, Signup]:
        if decision is not None and decision.what == "block":
            return "blocked", bare
        matures = bare.at_us + round(self.rules.mature_days * DAY)
        if self.rules.assume_legitimate and matures > self.rules.as_of:
            return "too young", bare
        found = settle(entries, self.rules.as_of)
        if found is not None and not (found.is_weak and self.rules.strong_only):
            sure = found.confidence if found.confidence < 1.0 else None
            row = replace(bare, label=found.label, label_at=_moment(found.known_at), label_confidence=sure)
            return ("abusive" if found.label else "legitimate"), row
        if self.rules.assume_legitimate and bare.signup_id is not None:
            return "assumed legitimate", replace(bare, label=0, label_at=_moment(matures))
        return "not reported", bare

    def summary(self) -> str:
        """Return the counts as a line.

        Examples:
            >>> LedgerJoin(Hasher(b"x" * 16), LabelRules(0), Counter({"abusive": 3, "blocked": 1200})).summary()
            '3 abusive, 1,200 blocked'
        """
        order = ("abusive", "legitimate", "assumed legitimate", "blocked", "too young", "not reported")
        told = (*order, "after the cut-off", "labels replaced")
        return ", ".join(f"{self.counts[name]:,} {name}" for name in told if self.counts[name]) or "no sign-ups"


def entries_of(ledger: Ledger) -> Iterator[LedgerEntry]:
    """Yield all entries of a ledger, in order."""
    after = 0
    while page := ledger.page(after):
        after = page[-1][0]
        for _, entry in page:
            yield entry


def _moment(at: int) -> datetime:
    return _EPOCH + timedelta(microseconds=at)
