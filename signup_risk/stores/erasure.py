"""Find and erase what a store keeps of one person: the ability that the right of access and the right to erasure need.

A store holds no value, so a person is found by the keyed hashes of what they name (mailbox, phone, device, card, id of
the sign-up). What is theirs alone goes; on keys that others share, their sign-ups stay as counts that are nobody's
(:func:`signup_risk.stores.state.anonymize`): the velocity of all others is read against them, and a number without a
name is no personal data (GDPR, recital 26).

It is an ability of its own beside :class:`signup_risk.stores.base.Store`, so that a store of five methods stays one. An
implementation runs :class:`signup_risk.stores.erasure_contract.ErasureContract` against itself. All calls may look at
every record; they do so in batches, and sign-ups go on between two of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple, Protocol, runtime_checkable

from signup_risk.stores.base import Store
from signup_risk.stores.state import KeyState

#: More sign-ups than a key can count: a key with this bound goes whatever is on it.
WHOLE: Final = 0xFFFF_FFFF


class Traces(NamedTuple):
    """Name what is one person's in a store.

    Attributes:
        signups: Their sign-ups by 63-bit name, each with the keys that it touched.
        own: Keys that are theirs, erased whole.
        shared: Keys on which ``values`` have to be looked for beside those of ``signups``.
        values: 32-bit names of their values, by which sign-ups without an id are found on the keys looked at.
    """

    signups: Mapping[int, Sequence[int]]
    own: frozenset[int] = frozenset()
    shared: frozenset[int] = frozenset()
    values: frozenset[int] = frozenset()

    @property
    def shorts(self) -> frozenset[int]:
        """Return the 32-bit names of the sign-ups."""
        return frozenset(name & 0xFFFF_FFFF for name in self.signups) - {0}

    def bounds(self) -> dict[int, int]:
        """Return every key to look at, with how many of its sign-ups are known to be the person's."""
        touched = Counter(key for keys in self.signups.values() for key in set(keys))
        return {**dict.fromkeys(self.shared, 0), **touched, **dict.fromkeys(self.own, WHOLE)}


class Erased(NamedTuple):
    """Count what an erasure removed.

    Attributes:
        signups: Records of sign-ups.
        keys: Keys that went whole.
        shared: Keys of others on which sign-ups were made nobody's.
    """

    signups: int
    keys: int
    shared: int


@runtime_checkable
class ErasableStore(Store, Protocol):
    """Find and erase; errors are :class:`~signup_risk.errors.StoreError`, ``timeout`` is in seconds for one batch."""

    def signups_on(self, keys: Collection[int], *, timeout: float | None = None) -> dict[int, tuple[int, ...]]:
        """Return the sign-ups that touched any of the keys, each with all keys that it touched."""

    def keys_of(self, signups: Collection[int], *, timeout: float | None = None) -> dict[int, tuple[int, ...]]:
        """Return the keys of those sign-ups that are known."""

    def states_of(self, keys: Collection[int], *, timeout: float | None = None) -> dict[int, KeyState]:
        """Return the states of those keys that are held, silent ones included."""

    def erase(self, traces: Traces, *, timeout: float | None = None) -> Erased:
        """Erase; each key in an atomic step, the records last, so that a call that broke off can be made again.

        A second call finds nothing to do.
        """
