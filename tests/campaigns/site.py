"""Run a small made-up site: a real store and a real detector, and sign-ups of which only what matters is said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from signup_risk.campaigns.campaign import CampaignRecord
from signup_risk.campaigns.detector import Detector, Membership
from signup_risk.campaigns.entries import ruling
from signup_risk.campaigns.sighting import Sighting
from signup_risk.campaigns.words import PRIVATE
from signup_risk.extract import key_of, read_velocity
from signup_risk.features.kinds import KINDS
from signup_risk.policy import Policy
from signup_risk.results import DecisionName, Update
from signup_risk.stores import Entry, Hasher, MemoryStore, Store, Touch
from signup_risk.stores.journal import Journal, MemoryJournal
from signup_risk.stores.windows import DAY, HOUR, MINUTE, SECOND

START: Final = 1_780_000_000 * SECOND
HASHER: Final = Hasher(b"the secret of a made-up site")

#: A score that one legitimate sign-up in a thousand reaches; one that a third of them reach; and two between.
MARK: Final = 0.001
PLAIN: Final = 0.33
MIDDLING: Final = 0.008
MILD: Final = 0.04

#: Marks after which a new cell is proven: that many have to have been there before, for it to run hot.
PROOF: Final = 6


class Site:
    """Hold a store, a journal and a detector.

    Args:
        store: A store that another site shares.
        journal: A journal that another site shares or that is kept in a file.
        options: Options of the detector.

    Attributes:
        at: Time of the latest sign-up.
        count: Sign-ups so far.
        detector: The detector.
    """

    def __init__(self, store: Store | None = None, journal: Journal | None = None, **options: Any) -> None:
        self.store = store or MemoryStore()
        self.journal = journal or MemoryJournal()
        self.detector = Detector(self.journal, HASHER, Policy().suggest, **options)
        self.at, self.count = START, 0

    def past(self, days: int = 10, daily: int = 30) -> Site:
        """Let ordinary days go by, so that there is something to compare with."""
        self.at -= days * DAY
        for number in range(days * daily):
            self.sign_up({"email_domain": f"ordinary-{number}.example"}, after=DAY // daily)
        return self

    def sign_up(
        self,
        shows: dict[str, str],
        fpr: float | None = PLAIN,
        *,
        after: int = MINUTE,
        decision: DecisionName = "allow",
        name: str | None = "",
    ) -> Membership | None:
        """Let one sign-up come.

        Args:
            shows: Its values by the names of :data:`signup_risk.features.kinds.INPUTS`.
            fpr: Share of legitimate sign-ups that score at least as high.
            after: Microseconds since the one before.
            decision: What its own score called for.
            name: Its id; a new one by default.
        """
        self.count += 1
        self.at += after
        signup_id = f"account-{self.count}" if name == "" else name
        own = HASHER.name(b"signup:", signup_id) if signup_id else 0
        names = {value: HASHER.name(value.encode(), text) & 0xFFFF_FFFF for value, text in shows.items()}
        keyed = [(kind, key_of(kind.name, shows, HASHER)) for kind in KINDS if set(kind.values) <= set(shows)]
        entries = [Entry(key or 1, tuple(names.get(other, 0) for other in kind.attributes)) for kind, key in keyed]
        touch, kinds = Touch(self.at, own, tuple(entries)), [kind.name for kind, _ in keyed]
        answer = self.store.exchange(touch)
        keys = tuple(zip(kinds, [entry.key for entry in entries], strict=True))
        public = {value: text for value, text in shows.items() if value not in PRIVATE}
        sighting = Sighting(self.at, own, signup_id, fpr, decision, keys, names, public, answer.repeated)
        return self.detector.observe(sighting, lambda: read_velocity(kinds, names, touch, answer))

    def farm(self, shows: dict[str, str], count: int = PROOF, fpr: float = MARK, **more: Any) -> list[str]:
        """Let several sign-ups come that show the same, and return their ids."""
        first = self.count + 1
        for _ in range(count):
            self.sign_up(shows, fpr, **more)
        return [f"account-{number}" for number in range(first, first + count)]

    def rule(self, record: CampaignRecord, what: str, **details: Any) -> None:
        """Let an analyst rule."""
        self.detector.rule(ruling(self.at, record.id, what, "ann", **details))

    @property
    def campaigns(self) -> list[CampaignRecord]:
        """Return the campaigns that no other one has taken in."""
        return [one for one in self.detector.book.campaigns.values() if one.merged_into is None]

    def updates(self) -> list[Update]:
        """Return the updates that wait, and forget them."""
        found = list(self.detector.updates)
        self.detector.updates.clear()
        return found


def ids(record: CampaignRecord) -> list[str]:
    """Return the ids of a campaign's members in the order of time."""
    members: Sequence[Any] = sorted(record.members.values(), key=lambda member: member.at)
    return [HASHER.unseal(member.name, bytes.fromhex(member.sealed)) for member in members]


__all__ = ["DAY", "HASHER", "HOUR", "MARK", "MIDDLING", "MILD", "MINUTE", "PLAIN", "PROOF", "START", "Site", "ids"]
