"""Hold what partners say about campaigns of theirs, and weigh a sign-up by it."""

from __future__ import annotations

import hmac
import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Self

from signup_risk.campaigns.words import PRIVATE
from signup_risk.errors import ConfigurationError
from signup_risk.features.kinds import KIND

#: Most log-odds that all partners together may add: odds of about seven to one. What others saw is a hint, no proof.
MAX_WEIGHT: Final = 2.0

#: Values that leave a site only as keyed names. The block of a short phone number is the number itself.
KEYED_ONLY: Final = PRIVATE | {"phone_block"}

_LEAST_SECRET: Final = 16
_NAME: Final = re.compile(r"[0-9a-f]{64}")
_LONGEST_SOURCE: Final = 80


def check_circle_secret(circle_secret: bytes) -> bytes:
    """Return the secret of a circle of partners.

    Raises:
        ConfigurationError: It is no bytes, or too short.
    """
    if not isinstance(circle_secret, bytes) or len(circle_secret) < _LEAST_SECRET:
        found = f"{len(circle_secret)} bytes" if isinstance(circle_secret, bytes) else type(circle_secret).__name__
        raise ConfigurationError(
            f"circle_secret is {found}; give at least {_LEAST_SECRET} random bytes, the same to every partner"
        )
    return circle_secret


def shared_name(kind: str, value: str, circle_secret: bytes) -> str:
    """Return the keyed name under which partners with one secret know a value that is somebody's own.

    It is HMAC-SHA256 of kind and value. Who lacks the secret learns nothing; who has it can test a guess, so give it
    to partners only, and a new one to every circle.

    Args:
        kind: Kind of key with one value, such as ``device``.
        value: The value as :data:`signup_risk.features.keys.READERS` reads it.
        circle_secret: Secret of the circle, at least 16 bytes.

    Raises:
        ConfigurationError: The kind is no such kind, or the secret is too short.

    Examples:
        >>> shared_name("device", "dev-1", b"sixteen bytes or") == shared_name("device", "dev-1", b"another 16 bytes")
        False
    """
    if kind not in KIND or kind not in KEYED_ONLY:
        raise ConfigurationError(
            f"kind {kind[:40]!r} has no keyed name; allowed: {', '.join(sorted(KEYED_ONLY))}; others go in clear"
        )
    return _shared_name(kind, value, check_circle_secret(circle_secret))


def _shared_name(kind: str, value: str, circle_secret: bytes) -> str:
    return hmac.digest(circle_secret, f"{kind}\x00{value}".encode("utf-8", "surrogatepass"), "sha256").hex()


@dataclass(frozen=True, slots=True)
class PartnerIndicator:
    """Hold one combination of values that a partner saw in a campaign.

    Attributes:
        kind: Kind of key, ``asn+email_domain``.
        values: All its values by name; empty if it has a keyed name.
        keyed_name: Keyed name of a value that is somebody's own, see :func:`shared_name`; None otherwise.
        weight: Log-odds that a match adds.
        valid_until: When it runs out.
        source: Who says so.
    """

    kind: str
    values: Mapping[str, str]
    keyed_name: str | None
    weight: float
    valid_until: datetime
    source: str

    def __post_init__(self) -> None:
        if self.kind not in KIND or not KIND[self.kind].values:
            raise ConfigurationError(f"kind {self.kind[:40]!r} is not known; use one of features.kinds.KINDS")
        self._check_values()
        if not 0.0 < self.weight <= MAX_WEIGHT:
            raise ConfigurationError(f"weight is {self.weight!r}; give log-odds above 0, at most {MAX_WEIGHT}")
        if self.valid_until.tzinfo is None:
            raise ConfigurationError("valid_until is a time without an offset; give an aware datetime")
        if not 0 < len(self.source) <= _LONGEST_SOURCE:
            raise ConfigurationError(f"source has {len(self.source)} characters; name it in 1 to {_LONGEST_SOURCE}")

    def _check_values(self) -> None:
        names = KIND[self.kind].values
        if self.keyed_name is not None:
            if self.kind not in KEYED_ONLY or self.values or not _NAME.fullmatch(self.keyed_name):
                raise ConfigurationError(
                    f"an indicator of kind {self.kind} has a keyed name that is none; allowed: 64 hexadecimal digits, "
                    f"no values, kind one of {', '.join(sorted(KEYED_ONLY))}; make it with shared_name"
                )
        elif KEYED_ONLY & set(names):
            raise ConfigurationError(f"an indicator of kind {self.kind} is given in clear; give a keyed name instead")
        elif set(self.values) != set(names) or not all(self.values.values()):
            raise ConfigurationError(f"an indicator of kind {self.kind} needs exactly the values {', '.join(names)}")


_Index = dict[str, dict[tuple[str, ...], list[PartnerIndicator]]]


@dataclass(frozen=True, slots=True)
class Partners:
    """Hold what partners said. Safe to share between threads and to send to other processes.

    Attributes:
        indicators: What they said.
        circle_secrets: Secrets of the circles whose keyed names are among it.
        left_out: How many of the indicators read were left out, by reason.

    Examples:
        >>> from datetime import UTC, datetime
        >>> values = {"asn": "64500", "email_domain": "example.com"}
        >>> until = datetime(2026, 7, 1, tzinfo=UTC)
        >>> partners = Partners((PartnerIndicator("asn+email_domain", values, None, 0.75, until, "Example Shop"),))
        >>> partners.weight(values, datetime(2026, 6, 1, tzinfo=UTC))
        (0.75, ('Example Shop',))
        >>> partners.weight({"asn": "64500"}, datetime(2026, 6, 1, tzinfo=UTC))
        (0.0, ())
    """

    indicators: tuple[PartnerIndicator, ...] = ()
    circle_secrets: tuple[bytes, ...] = field(default=(), repr=False)
    left_out: Mapping[str, int] = field(default_factory=dict, compare=False)
    _clear: _Index = field(init=False, repr=False, compare=False)
    _keyed: _Index = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        clear: _Index = {}
        keyed: _Index = {}
        for one in self.indicators:
            if one.keyed_name is None:
                key = tuple(one.values[name] for name in KIND[one.kind].values)
                clear.setdefault(one.kind, {}).setdefault(key, []).append(one)
            elif self.circle_secrets:
                keyed.setdefault(one.kind, {}).setdefault((one.keyed_name,), []).append(one)
        for secret in self.circle_secrets:
            check_circle_secret(secret)
        object.__setattr__(self, "_clear", clear)
        object.__setattr__(self, "_keyed", keyed)

    def __add__(self, other: Self) -> Partners:
        """Return what both hold."""
        secrets = dict.fromkeys((*self.circle_secrets, *other.circle_secrets))
        left = dict(Counter(self.left_out) + Counter(other.left_out))
        return Partners((*self.indicators, *other.indicators), tuple(secrets), left)

    @property
    def reads_private(self) -> bool:
        """Say whether values that are somebody's own are asked for, to be compared by their keyed names."""
        return bool(self._keyed)

    def weight(self, values: Mapping[str, str], at: datetime) -> tuple[float, tuple[str, ...]]:
        """Weigh a sign-up.

        An indicator matches if all its values do. Of several that one source gives for one kind the weightiest counts.

        Args:
            values: Values of the sign-up by name, as :data:`signup_risk.features.keys.READERS` reads them.
            at: When it happened; indicators that have run out by then do not count.

        Returns:
            Log-odds to add, at most :data:`MAX_WEIGHT`, and who said something that matched.
        """
        strongest: dict[tuple[str, str], float] = {}
        for one in self._matches(values):
            if at < one.valid_until:
                name = (one.source, one.kind)
                strongest[name] = max(one.weight, strongest.get(name, 0.0))
        if not strongest:
            return 0.0, ()
        return min(MAX_WEIGHT, math.fsum(strongest.values())), tuple(sorted({source for source, _ in strongest}))

    def _matches(self, values: Mapping[str, str]) -> list[PartnerIndicator]:
        found: list[PartnerIndicator] = []
        for kind, known in self._clear.items():
            found += known.get(tuple(values.get(name, "") for name in KIND[kind].values), ())
        for kind, known in self._keyed.items():
            value = values.get(kind)
            if value:
                for secret in self.circle_secrets:
                    found += known.get((_shared_name(kind, value, secret),), ())
        return found
