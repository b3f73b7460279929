"""Tell campaigns of every scored sign-up, and keep them from ever taking the sign-up flow down."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from signup_risk.campaigns.detector import ALLOWED_WEEKLY, Detector, Membership
from signup_risk.campaigns.sighting import Sighting, is_mark
from signup_risk.campaigns.words import public_values
from signup_risk.errors import ConfigurationError, StoreError
from signup_risk.extract import Prepared, read_velocity
from signup_risk.policy import Policy
from signup_risk.results import DecisionName, Update
from signup_risk.scorer.judge import Scored
from signup_risk.stores import Exchange, Hasher, Touch
from signup_risk.stores.journal import Journal
from signup_risk.stores.windows import HOUR

_LOG: Final = logging.getLogger(__name__)

#: Seconds between two log lines that say why campaigns are missing.
_LOG_EVERY: Final = 60.0


@dataclass(frozen=True, slots=True)
class CampaignSettings:
    """Say how campaigns are looked for.

    Attributes:
        false_alarms_weekly: False campaigns allowed a week, in expectation; fewer are found later.
        watch_hours: For how long an admitted sign-up may be the subject of an update.
        on_update: Called with every update, in the thread that assessed the sign-up that brought it to light. Without
            it updates wait for :meth:`signup_risk.Scorer.updates`.

    Examples:
        >>> CampaignSettings(false_alarms_weekly=0.25).watch_hours
        24.0
    """

    false_alarms_weekly: float = ALLOWED_WEEKLY
    watch_hours: float = 24.0
    on_update: Callable[[Update], object] | None = None

    def __post_init__(self) -> None:
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
        fpr: Share of legitimate sign-ups that score at least this high.
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
        public = public_values(scored.seen.context) if is_mark(scored.fpr) else {}
        decision = scored.decision.shadow or scored.decision.outcome
        return cls(scored.event.signup_id, scored.fpr, decision, public)


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
        )
        self._journal = journal
        self._on_update = settings.on_update
        self._logged = float("-inf")

    def observe(
        self, keys: KeyNames, answer: Exchange | None, basis: Basis, timeout: float
    ) -> tuple[Membership | None, tuple[str, ...]]:
        """Take notice of a scored sign-up.

        Args:
            keys: Its keys.
            answer: What the store knew before it; None if it could not be asked.
            basis: What else is known of it.
            timeout: Seconds that each step of the journal may take.

        Returns:
            Its campaign if it belongs to one, and the names of signals that could not be looked up.
        """
        touch = keys.touch
        sighting = Sighting(
            at=touch.at,
            name=touch.signup,
            signup_id=basis.signup_id,
            fpr=basis.fpr,
            decision=basis.decision,
            keys=tuple(zip(keys.kinds, [entry.key for entry in touch.entries], strict=True)),
            names=keys.names,
            public=basis.public,
            repeated=answer is not None and answer.repeated,
        )
        velocity = None if answer is None else read_velocity(keys.kinds, keys.names, touch, answer)
        try:
            found = self.detector.observe(sighting, velocity, timeout=timeout)
        except StoreError as problem:
            self._log(problem)
            return None, ("campaigns",)
        if self._on_update is not None:
            self._tell(self._on_update)
        return found, ()

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
                _LOG.exception("the function for updates failed")

    def _log(self, problem: StoreError) -> None:
        moment = time.monotonic()
        if moment - self._logged > _LOG_EVERY:
            self._logged = moment
            _LOG.warning("assessing without campaigns: %s", problem)
