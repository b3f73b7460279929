"""Tell campaigns of every scored sign-up, and keep them from ever taking the sign-up flow down."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, get_args

from signup_risk.campaigns.campaign import CampaignRecord
from signup_risk.campaigns.cells import LEAST_MARKS
from signup_risk.campaigns.detector import ALLOWED_WEEKLY, Detector, Membership
from signup_risk.campaigns.entries import member_of, read, ruling
from signup_risk.campaigns.falling import falls
from signup_risk.campaigns.found import FoundCampaign
from signup_risk.campaigns.settled import unpack
from signup_risk.campaigns.sighting import Sighting, is_mark
from signup_risk.campaigns.signatures import SignatureList
from signup_risk.campaigns.texts import checked_days, cleaned, who
from signup_risk.campaigns.words import public_values
from signup_risk.errors import ConfigurationError, StoreError
from signup_risk.extract import Prepared, is_blind, read_velocity
from signup_risk.features.reading import Velocity
from signup_risk.policy import Policy
from signup_risk.results import Campaign, DecisionName, Update
from signup_risk.scorer.judge import Scored
from signup_risk.stores import Entry, Exchange, Hasher, Store, Touch
from signup_risk.stores.journal import SETTLED_FOR, Journal
from signup_risk.stores.windows import DAY, HOUR

_LOG: Final = logging.getLogger(__name__)

Ruling = Literal["confirm", "dismiss", "restore", "name"]

#: Seconds between two log lines that say why campaigns are missing.
_LOG_EVERY: Final = 60.0


@dataclass(frozen=True, slots=True)
class CampaignSettings:
    """Say how campaigns are looked for.

    Attributes:
        false_alarms_weekly: False campaigns allowed a week, in expectation; fewer are found later.
        watch_hours: For how long an admitted sign-up may be the subject of an update.
        on_update: Called with every update, in the thread that assessed the sign-up that brought it to light. An
            update on which it raises waits, behind the others, for the next sign-up. Without it updates wait for
            :meth:`signup_risk.Scorer.updates`.
        signatures: What analysts confirmed and dismissed, as ``signup-risk review`` writes it.

    Examples:
        >>> CampaignSettings(false_alarms_weekly=0.25).watch_hours
        24.0
    """

    false_alarms_weekly: float = ALLOWED_WEEKLY
    watch_hours: float = 24.0
    on_update: Callable[[Update], object] | None = None
    signatures: SignatureList | None = None

    def __post_init__(self) -> None:
        for name, least in (("false_alarms_weekly", "above 0"), ("watch_hours", "from 0")):
            value = getattr(self, name)
            if not isinstance(value, int | float) or isinstance(value, bool):
                raise ConfigurationError(f"{name} is of type {type(value).__name__}; give a number {least}")
        if self.on_update is not None and not callable(self.on_update):
            raise ConfigurationError(f"on_update is of type {type(self.on_update).__name__}; give a function")
        if self.signatures is not None and not isinstance(self.signatures, SignatureList):
            raise ConfigurationError(
                f"signatures is of type {type(self.signatures).__name__}; give SignatureList.read(PATH)"
            )
        if not 0.0 < self.false_alarms_weekly <= 1000.0:
            raise ConfigurationError(
                f"false_alarms_weekly is {self.false_alarms_weekly!r}; give a number above 0, at most 1000"
            )
        if not 0.0 <= self.watch_hours <= 168.0:
            raise ConfigurationError(f"watch_hours is {self.watch_hours!r}; give 0 to 168, a week")


#: How campaigns are looked for unless the caller says otherwise.
DEFAULTS: Final = CampaignSettings()


class Basis(NamedTuple):
    """Hold what campaigns need to know of a scored sign-up beside its keys.

    Attributes:
        signup_id: Its id.
        fpr: Share of legitimate sign-ups that score at least this high, what partners say left out.
        decision: What its own score calls for.
        public: Its values that are nobody's own, of marks only.
    """

    signup_id: str | None
    fpr: float | None
    decision: DecisionName
    public: Mapping[str, str]

    @classmethod
    def of(cls, scored: Scored) -> Basis:
        """Return the basis of a scored sign-up."""
        public = public_values(scored.seen.context) if is_mark(scored.own_fpr) else {}
        return cls(scored.event.signup_id, scored.own_fpr, scored.decision.would_be, public)


class KeyNames(NamedTuple):
    """Hold the keys of a sign-up by their kinds.

    Attributes:
        touch: Its keys.
        kinds: Their kinds.
        names: 32-bit names of its values.
    """

    touch: Touch
    kinds: Sequence[str]
    names: Mapping[str, int]

    @classmethod
    def of(cls, prepared: Prepared) -> KeyNames:
        """Return the keys of a prepared sign-up."""
        keys = prepared.keys
        return cls(keys.touch, keys.kinds, keys.names)


class CampaignWatch:
    """Lend a scorer its campaigns.

    Args:
        journal: Where campaigns are kept.
        hasher: Seals ids.
        policy: Says what membership calls for.
        settings: How campaigns are looked for.
    """

    def __init__(self, journal: Journal, hasher: Hasher, policy: Policy, settings: CampaignSettings) -> None:
        self.detector = Detector(
            journal,
            hasher,
            policy.suggest,
            allowed_weekly=settings.false_alarms_weekly,
            watch=round(settings.watch_hours * HOUR),
            known=settings.signatures.records(hasher) if settings.signatures else (),
        )
        self._journal = journal
        self._hasher = hasher
        self._suggest = policy.suggest
        self._on_update = settings.on_update
        self._logged = float("-inf")

    def observe(
        self, keys: KeyNames, answer: Exchange | None, basis: Basis, timeout: float, known: Velocity | None = None
    ) -> tuple[Membership | None, tuple[str, ...]]:
        """Take notice of a scored sign-up.

        Args:
            keys: Its keys.
            answer: What the store knew before it; None if it could not be asked.
            basis: What else is known of it.
            timeout: Seconds that all of it may take.
            known: The velocity in the answer, if it has been read already.

        Returns:
            Its campaign if it belongs to one, and the names of signals that could not be looked up.
        """
        touch = keys.touch
        self.detector.book.expire(touch.at)
        sighting = _sighting(keys, basis, repeated=answer is not None and answer.repeated)

        def velocity() -> Velocity:
            assert answer is not None  # noqa: S101 - for the type checker; the detector is not given it without
            return known or read_velocity(keys.kinds, keys.names, touch, answer)

        try:
            until = time.monotonic() + timeout
            asked = None if answer is None or is_blind(answer) else velocity
            found = self.detector.observe(sighting, asked, until=until)
        except StoreError as problem:
            self._log(str(problem))
            return None, ("campaigns",)
        except Exception as fault:  # noqa: BLE001 - whatever stands in a damaged journal, the sign-up is assessed
            self._log(f"they failed with {type(fault).__name__}")
            return None, ("campaigns",)
        if self._on_update is not None:
            self._tell(self._on_update)
        return found, ()

    def foresee(self, keys: KeyNames, basis: Basis, velocity: Velocity | None) -> Membership | None:
        """Return the campaign that a scored sign-up would join, and take no notice of it.

        Args:
            keys: Its keys.
            basis: What else is known of it.
            velocity: What the store knew before it; without it no campaign is found.

        Raises:
            StoreError: The journal cannot be read.
        """
        return None if velocity is None else self.detector.foresee(_sighting(keys, basis), velocity)

    def rule(  # noqa: PLR0913 - who rules what, when, for how long
        self, campaign: str, what: Ruling, by: str, at: int, *, days: float | None, title: str
    ) -> bool:
        """Apply an analyst's ruling; say whether the campaign is known.

        Args:
            campaign: Id of the campaign.
            what: ``confirm``: members are recognised by its cells alone. ``dismiss``: it is no campaign, and is not
                raised again by the same cells. ``restore`` takes either back. ``name`` gives a title.
            by: Who rules.
            at: When, in microseconds.
            days: For how long a confirmation holds; without end by default.
            title: The title.

        Raises:
            ConfigurationError: The ruling is none, or who rules, the days or the title cannot be used.
            StoreError: The store cannot be asked.
        """
        if what not in get_args(Ruling):
            raise ConfigurationError(f"ruling {str(what)[:40]!r} is unknown; use one of {', '.join(get_args(Ruling))}")
        by, title = who(by), cleaned("title", title)
        until = None if days is None else at + round(checked_days(days) * DAY)
        self.detector.refresh()
        if self.detector.book.find(campaign) is None:
            return False
        self.detector.rule(ruling(at, campaign, what, by, until=until, title=title))
        return True

    def told(self, at: int) -> tuple[Campaign, ...]:
        """Return the campaigns as assessments tell them."""
        return tuple(record.told(at, self._suggest) for record in self._records())

    def found(self, store: Store, at: int) -> tuple[FoundCampaign, ...]:
        """Return the campaigns with their cells, how far these reach, and their members.

        Args:
            store: The velocity store.
            at: The moment, in microseconds.
        """
        records = self._records()
        keys = list(dict.fromkeys(key for record in records for key in record.cells))
        # At the time of the newest entry: a history may be years old, and the clock would have its keys forgotten.
        newest = max((record.last_seen for record in records), default=at)
        states = store.peek(Touch(newest, 0, tuple(map(Entry, keys)))).states if keys else ()
        totals = {key: state.total for key, state in zip(keys, states, strict=True) if state is not None}
        found = []
        for record in records:
            held = self._journal.settled(list(record.members))
            # By the age of the records, not by whether a trim has come to them: every store tells the same.
            read = {short: one for short, row in held.items() if (one := unpack(row)) is not None}
            recent = {short: one for short, one in read.items() if one.at > newest - SETTLED_FOR}
            inside = falls(record, recent)
            found.append(FoundCampaign.of(record, self._hasher, newest, totals, inside, self._suggest))
        return tuple(found)

    def _records(self) -> list[CampaignRecord]:
        self.detector.refresh()
        records = self.detector.book.campaigns.values()
        told = [one for one in records if one.merged_into is None]
        # What was ruled on stays in sight when its members are forgotten, so that the ruling can be taken back.
        return [one for one in told if len(one.members) >= LEAST_MARKS or (one.kept_at and one.ruling != "none")]

    def joins(self) -> list[tuple[int, str, str]]:
        """Return when who joined which campaign, from the journal: microseconds, id of the sign-up, campaign."""
        found = []
        for _, content in self._journal.since(0):
            told = read(content)
            if told["t"] == "join":
                members = map(member_of, told["m"])
                found += [
                    (told["at"], self._hasher.unseal(one.name, bytes.fromhex(one.sealed)), told["c"]) for one in members
                ]
        return found

    @property
    def journal(self) -> Journal:
        """Return where campaigns are kept."""
        return self._journal

    def updates(self) -> Iterator[Update]:
        """Yield the updates that wait, oldest first, and forget them."""
        waiting = self.detector.updates
        while waiting:
            yield waiting.popleft()

    def close(self) -> None:
        """Release the journal."""
        self._journal.close()

    def _tell(self, on_update: Callable[[Update], object]) -> None:
        for update in self.updates():
            try:
                on_update(update)
            except Exception:  # noqa: BLE001 - a fault of the caller's function must not take the sign-up flow down
                _LOG.exception("the function for updates failed; the update waits for the next sign-up")
                # Behind the others, and once a sign-up: one that always fails neither blocks them nor costs more.
                self.detector.updates.append(update)
                return

    def _log(self, problem: str) -> None:
        moment = time.monotonic()
        if moment - self._logged > _LOG_EVERY:
            self._logged = moment
            _LOG.warning("assessing without campaigns: %s", problem)


def _sighting(keys: KeyNames, basis: Basis, *, repeated: bool = False) -> Sighting:
    touch = keys.touch
    return Sighting(
        at=touch.at,
        name=touch.signup,
        signup_id=basis.signup_id,
        fpr=basis.fpr,
        decision=basis.decision,
        keys=tuple(zip(keys.kinds, [entry.key for entry in touch.entries], strict=True)),
        names=keys.names,
        public=basis.public,
        repeated=repeated,
    )
