"""Keep what became of sign-ups for good: an append-only ledger of outcomes, and of decisions that would have blocked.

The states of keys (:mod:`signup_risk.stores.state`) forget: 32 outcomes a key, 90 days, and of a sign-up only the last
word. What a model is trained on and what an auditor asks for is the whole story, so every outcome is one more entry
here, with what it was, who said so, how sure that is, when it happened and when it was known. Nothing is changed
afterwards; an outcome is taken back by another entry, and :func:`signup_risk.stores.settle.settle` says what counts.

An entry holds no personal data in the clear. The sign-up stands under its keyed name with its id sealed
(:meth:`signup_risk.stores.hashing.Hasher.seal`), and whoever reported it is a keyed name too, since analysts are
persons: the ledger can tell whether two outcomes come from one hand, not whose hand it is. A source is a short word.
"""

from __future__ import annotations

import json
import math
import re
import threading
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final, Literal, Protocol, Self, get_args

from signup_risk.errors import ConfigurationError, StoreMismatch

Kind = Literal["outcome", "decision"]

#: What can become of a sign-up. ``cleared`` withdraws what was said before; the last two are weak.
OutcomeName = Literal["abusive", "legitimate", "cleared", "step_up_passed", "step_up_failed"]
STRONG: Final[tuple[OutcomeName, ...]] = ("abusive", "legitimate", "cleared")
WEAK: Final[tuple[OutcomeName, ...]] = ("step_up_passed", "step_up_failed")

#: Sources that are this library itself. A sign-up is not abusive because it was blocked: a model that learnt from its
#: own decisions would only ever agree with itself (the feedback loop of D'Amour et al. 2020, Ensign et al. 2018).
OWN_SOURCES: Final = frozenset({"decision", "signup_risk"})

#: Version of an entry's JSON.
_VERSION: Final = 1
#: One lower-case word: too short and too plain for a name, an address or a remark about a person.
_SOURCE: Final = re.compile(r"[a-z][a-z0-9_]{0,31}")
_DECISIONS: Final = frozenset({"allow", "step_up", "review", "block"})


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """Hold one entry; making one checks it.

    Attributes:
        kind: ``outcome``, or ``decision`` for a sign-up that would have been blocked.
        name: 63-bit keyed hash of the sign-up's id.
        sealed: The id, sealed.
        at: When it happened, in microseconds; of a decision, the time of the sign-up.
        known_at: When it became known, in microseconds. By it entries count and grow old.
        what: The outcome, or the decision that was given.
        source: Where an outcome comes from: ``chargeback``, ``analyst``, ``appeal``, ``rule``, ...; empty for a
            decision.
        confidence: How sure an outcome is, in (0, 1].
        by: Keyed name of who reported it; 0 if nobody is named.
        would: The decision that would have been given, had nothing been let through; empty for an outcome.
        propensity: Probability with which this decision was given to such a sign-up; 1 where chance had no part.

    Raises:
        ConfigurationError: Something in it is not allowed.

    Examples:
        >>> entry = LedgerEntry("outcome", 7, b"sealed", 0, 5, "abusive", "chargeback", 0.9)
        >>> LedgerEntry.from_bytes(entry.to_bytes()) == entry
        True
    """

    kind: Kind
    name: int
    sealed: bytes
    at: int
    known_at: int
    what: str
    source: str = ""
    confidence: float = 1.0
    by: int = 0
    would: str = ""
    propensity: float = 1.0

    def __post_init__(self) -> None:
        if not 0 < self.name < 2**63:
            raise ConfigurationError("the name of a sign-up in the ledger is none of 1 to 2^63 - 1; give it an id")
        for label, value in (("confidence", self.confidence), ("propensity", self.propensity)):
            if not (0.0 < value <= 1.0 and math.isfinite(value)):
                raise ConfigurationError(f"{label} is {value!r}; give a share above 0, at most 1")
        if self.kind == "outcome":
            self._check_outcome()
        elif self.what not in _DECISIONS or self.would not in _DECISIONS:
            raise ConfigurationError(f"a decision is {self.what[:40]!r}; use one of {', '.join(sorted(_DECISIONS))}")

    def _check_outcome(self) -> None:
        if self.what not in get_args(OutcomeName):
            allowed = ", ".join(get_args(OutcomeName))
            raise ConfigurationError(f"outcome {str(self.what)[:40]!r} is unknown; use one of {allowed}")
        if self.source in OWN_SOURCES:
            raise ConfigurationError(
                f"an outcome's source is {self.source!r}, a decision of this library; a sign-up is not abusive because "
                "it was blocked. Report what became of it, and from where that is known (chargeback, analyst, appeal)"
            )
        if not _SOURCE.fullmatch(self.source):
            raise ConfigurationError(
                f"an outcome's source has {len(self.source)} characters or some that are not allowed; use one short "
                "word of a-z, 0-9 and _, such as chargeback, with nothing of a person in it"
            )

    def to_bytes(self) -> bytes:
        """Return the entry as JSON, the same for equal entries."""
        told = asdict(self) | {"version": _VERSION, "sealed": self.sealed.hex()}
        return json.dumps(told, sort_keys=True, separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Read an entry.

        Raises:
            StoreMismatch: It was written by another version, or is none.
        """
        try:
            told = json.loads(content)
            version = told.pop("version")
            if version == _VERSION:
                return cls(**told | {"sealed": bytes.fromhex(told["sealed"])})
        except (ValueError, KeyError, TypeError, AttributeError) as problem:
            raise StoreMismatch(f"an entry of the ledger cannot be read ({type(problem).__name__})") from None
        raise StoreMismatch(f"an entry of the ledger has version {version!r}, this library reads {_VERSION}")


Numbered = tuple[int, LedgerEntry]


class Ledger(Protocol):
    """Keep entries in the order in which they were appended.

    Safe under threads and, where the store is shared, processes; errors are
    :class:`~signup_risk.errors.StoreError`. ``timeout`` is in seconds. Once :meth:`append` returns, the entries
    survive the end of the process.
    """

    def append(self, entries: Sequence[LedgerEntry], *, timeout: float | None = None) -> int:
        """Append entries in one atomic step; return how many were new.

        An equal entry that is there already is not appended again: whoever could not tell whether a write went through
        makes it once more, and a message that is delivered twice counts once.
        """

    def of(self, name: int, *, timeout: float | None = None) -> list[LedgerEntry]:
        """Return the entries of a sign-up, in order."""

    def page(self, after: int = 0, *, limit: int = 1000, timeout: float | None = None) -> list[Numbered]:
        """Return at most so many entries after a number, in order; numbers only grow, an empty page is the end."""

    def erase(self, name: int, *, timeout: float | None = None) -> int:
        """Forget a sign-up altogether; return how many entries went."""

    def trim(self, before: int, *, timeout: float | None = None) -> int:
        """Forget entries known before a moment in microseconds; return how many went."""

    def close(self) -> None:
        """Release what is held. A second call does nothing."""


class MemoryLedger:
    """Keep a ledger in the process, for tests and notebooks: it ends with it.

    Examples:
        >>> ledger = MemoryLedger()
        >>> entry = LedgerEntry("outcome", 7, b"sealed", 0, 5, "abusive", "chargeback")
        >>> ledger.append([entry]), ledger.append([entry])
        (1, 0)
        >>> [(number, one.what) for number, one in ledger.page()]
        [(1, 'abusive')]
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._number = 0
        self._entries: dict[int, LedgerEntry] = {}
        self._by_name: dict[int, dict[LedgerEntry, int]] = {}

    def append(self, entries: Sequence[LedgerEntry], *, timeout: float | None = None) -> int:
        """See :meth:`Ledger.append`."""
        del timeout
        with self._lock:
            before = len(self._entries)
            for entry in entries:
                held = self._by_name.setdefault(entry.name, {})
                if entry not in held:
                    self._number += 1
                    held[entry] = self._number
                    self._entries[self._number] = entry
            return len(self._entries) - before

    def of(self, name: int, *, timeout: float | None = None) -> list[LedgerEntry]:
        """See :meth:`Ledger.of`."""
        del timeout
        with self._lock:
            return list(self._by_name.get(name, ()))

    def page(self, after: int = 0, *, limit: int = 1000, timeout: float | None = None) -> list[Numbered]:
        """See :meth:`Ledger.page`."""
        del timeout
        with self._lock:
            numbers = list(self._entries)
            start = bisect_right(numbers, after)
            return [(number, self._entries[number]) for number in numbers[start : start + limit]]

    def erase(self, name: int, *, timeout: float | None = None) -> int:
        """See :meth:`Ledger.erase`."""
        del timeout
        with self._lock:
            numbers = self._by_name.pop(name, {}).values()
            for number in numbers:
                del self._entries[number]
            return len(numbers)

    def trim(self, before: int, *, timeout: float | None = None) -> int:
        """See :meth:`Ledger.trim`."""
        del timeout
        with self._lock:
            old = [number for number, entry in self._entries.items() if entry.known_at < before]
            for number in old:
                entry = self._entries.pop(number)
                del self._by_name[entry.name][entry]
        return len(old)

    def close(self) -> None:
        """See :meth:`Ledger.close`."""
