"""Give a scorer what people have a right to: to see what is kept of them, and to be forgotten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from signup_risk.references import References
from signup_risk.scorer.gate import StoreGate
from signup_risk.scorer.outcomes import Outcomes
from signup_risk.scorer.person import Person
from signup_risk.scorer.rights import Rights
from signup_risk.scorer.rights_results import Erasure, PersonalData
from signup_risk.scorer.watch import CampaignWatch
from signup_risk.stores import Hasher


class RightsFace:
    """Be the part of a scorer that answers people's requests."""

    _hasher: Hasher
    _references: References
    _gate: StoreGate
    _outcomes: Outcomes
    _watch: CampaignWatch | None
    _clock: Callable[[], datetime]

    def forget(  # noqa: PLR0913 - everything that a person can be named by
        self,
        *,
        email: str | None = None,
        phone: str | None = None,
        country: str | None = None,
        device: str | None = None,
        card: str | None = None,
        signup_id: str | None = None,
    ) -> Erasure:
        """Erase what is kept of a person: in velocity, campaigns, ledger and what waits in this process.

        Sign-ups are found by each value on its own, so give only what is this person's alone: a device that a family
        shares leads to all of them. Their own keys go whole; on keys that others share (an IP network, an e-mail
        domain) the sign-ups stay as counts that are nobody's, since the velocity of others is read against them. A
        sign-up without an id is found on the keys given here alone. It looks at every record, in batches between which
        sign-ups go on; call it as often as you like, a second call removes nothing.

        Args:
            email: Mailbox, in any spelling that leads to the same one.
            phone: Number in E.164, or in national form with ``country``.
            country: ISO 3166-1 alpha-2 country of ``phone``.
            device: ``device.id`` of the sign-up.
            card: ``card.token`` of the sign-up.
            signup_id: Id of one sign-up.

        Returns:
            What was removed, by place and kind, what could not be found, and what stays.

        Raises:
            ConfigurationError: Nobody is named, or the store cannot erase.
            InvalidSignup: A value cannot be read.
            StoreError: A store failed; what went so far is gone, and calling again goes on.

        Examples:
            >>> from signup_risk import Scorer
            >>> with Scorer.open("memory://") as scorer:
            ...     _ = scorer.assess({"signup_id": "a", "email": "ada@example.com"})
            ...     done = scorer.forget(email="Ada@Example.com")
            ...     again = scorer.forget(email="ada@example.com")
            >>> done.signups, again.total, again.not_found
            (1, 0, ('email',))
        """
        return self._rights().forget(Person(email, phone, country, device, card, signup_id))

    def export(  # noqa: PLR0913
        self,
        *,
        email: str | None = None,
        phone: str | None = None,
        country: str | None = None,
        device: str | None = None,
        card: str | None = None,
        signup_id: str | None = None,
    ) -> PersonalData:
        """Show what is kept of a person, who is named as in :meth:`forget`; nothing changes.

        Raises:
            ConfigurationError: Nobody is named, or the store cannot find a person.
            InvalidSignup: A value cannot be read.
            StoreError: A store failed.

        Examples:
            >>> from signup_risk import Scorer
            >>> with Scorer.open("memory://") as scorer:
            ...     _ = scorer.assess({"signup_id": "a", "email": "ada@example.com"})
            ...     kept = scorer.export(email="ada@example.com")
            >>> [(key.kind, key.signups) for key in kept.keys], kept.signups[0].decision
            ([('email', 1)], 'allow')
        """
        return self._rights().export(Person(email, phone, country, device, card, signup_id))

    def _rights(self) -> Rights:
        return Rights(self._gate, self._outcomes, self._watch, self._hasher, self._references, self._clock)
