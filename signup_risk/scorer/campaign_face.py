"""Give a scorer what concerns campaigns: updates, rulings, reports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from signup_risk.campaigns.found import FoundCampaign
from signup_risk.errors import ConfigurationError
from signup_risk.results import Campaign, Update
from signup_risk.scorer.times import microseconds
from signup_risk.scorer.watch import CampaignWatch, Ruling
from signup_risk.stores import Store


class CampaignFace:
    """Be the part of a scorer that tells of campaigns; without a watch there are none."""

    _store: Store
    _clock: Callable[[], datetime]
    _watch: CampaignWatch | None

    def updates(self) -> Iterator[Update]:
        """Yield what has come to light about earlier sign-ups since the last call, oldest first.

        Each comes out once, in the process whose sign-up brought it to light.

        Examples:
            >>> from signup_risk import Scorer
            >>> with Scorer.open("memory://") as scorer:
            ...     list(scorer.updates())
            []
        """
        return iter(()) if self._watch is None else self._watch.updates()

    def campaigns(self) -> tuple[Campaign, ...]:
        """Return the campaigns that are open, quiet or ruled on, in the order in which they opened."""
        return () if self._watch is None else self._watch.told(microseconds(self._clock()))

    def rule(self, campaign: str, what: Ruling, *, by: str, days: float | None = None, title: str = "") -> bool:
        """Rule on a campaign of the store, and say whether it is known; every process that shares the store follows.

        See :meth:`signup_risk.scorer.watch.CampaignWatch.rule`.
        """
        if self._watch is None:
            raise ConfigurationError("this scorer was opened without campaigns; leave campaigns=None out")
        return self._watch.rule(campaign, what, by, microseconds(self._clock()), days=days, title=title)

    def campaign_joins(self) -> list[tuple[int, str, str]]:
        """Return time in microseconds, sign-up and campaign of whoever joined one."""
        return [] if self._watch is None else self._watch.joins()

    def found_campaigns(self) -> tuple[FoundCampaign, ...]:
        """Return the campaigns with their cells and members, as :mod:`signup_risk.campaigns.review` takes them."""
        return () if self._watch is None else self._watch.found(self._store, microseconds(self._clock()))
