"""State the contract of a velocity store, in values and five methods.

A store keeps one state of bytes a key (:mod:`signup_risk.stores.state`) and remembers which sign-ups it has
recorded. It never sees a value: keys, attributes and sign-ups are keyed hashes (:mod:`signup_risk.stores.hashing`).
The values are named tuples, since 28 of them are made a sign-up and a frozen dataclass takes three times as long.
Another implementation runs :class:`signup_risk.stores.contract.StoreContract` against itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol, runtime_checkable

from signup_risk.stores.state import KeyState, record


class Entry(NamedTuple):
    """Say what a sign-up shows on one key.

    Attributes:
        key: 63-bit keyed hash of the kind of key, its normalizer's version and the value.
        attributes: 32-bit keyed hashes of the values that are counted distinct on this key; 0 is unknown.
    """

    key: int
    attributes: tuple[int, ...] = ()


class Touch(NamedTuple):
    """Say what one sign-up touches.

    Attributes:
        at: Event time in microseconds since the epoch.
        signup: 63-bit keyed hash of the sign-up's id; 0 if it has none, and then it cannot be recognised again.
        entries: The keys touched, each at most once. The first is the key that every sign-up touches: its newest
            time is the store's clock, by which all stores and replays forget the same keys at the same event.
        nonce: Random 63-bit name of a sign-up without an id, by which a store that may still carry out a call that
            timed out recognises the same call sent again; 0 for none. Nothing else reads it, and no state holds it.
    """

    at: int
    signup: int
    entries: tuple[Entry, ...]
    nonce: int = 0

    @property
    def short(self) -> int:
        """Return the 32-bit name under which key states know the sign-up."""
        return self.signup & 0xFFFF_FFFF

    @property
    def name(self) -> int:
        """Return what tells it from all others: its id's hash, else its nonce; 0 if it has neither."""
        return self.signup or self.nonce


class Exchange(NamedTuple):
    """Answer what was known before a sign-up.

    Attributes:
        states: One state an entry, in the order asked; ``None`` where the key was not known.
        repeated: Whether the sign-up had been recorded before; it was then not recorded again.
        evicting: Whether the store gives up keys before their time, so that one that is absent may have been known.
    """

    states: tuple[KeyState | None, ...]
    repeated: bool
    evicting: bool = False


def known(blobs: Sequence[bytes | None], touch: Touch) -> tuple[tuple[KeyState | None, ...], int]:
    """Return the states that count at the moment of a sign-up, and the store's clock.

    Args:
        blobs: What the store holds for each entry, whether or not it should have been swept by now.
        touch: The sign-up.
    """
    held = [None if blob is None else KeyState(blob) for blob in blobs]
    clock = touch.at if not held or held[0] is None else max(touch.at, held[0].newest)
    return tuple(None if s is None or s.forgotten(clock) else s for s in held), clock


def recorded(states: Sequence[KeyState | None], touch: Touch) -> list[tuple[int, bytes]]:
    """Return every key of a sign-up with its state after it."""
    at, short = touch.at, touch.short
    return [
        (entry.key, record(state, at, short, entry.attributes))
        for entry, state in zip(touch.entries, states, strict=True)
    ]


class Store(Protocol):
    """Keep velocity. Safe under threads; errors are :class:`~signup_risk.errors.StoreError`.

    ``timeout`` is in seconds; a store that cannot answer in it raises
    :class:`~signup_risk.errors.StoreTimeout` and has then recorded nothing.
    """

    def exchange(self, touch: Touch, *, timeout: float | None = None) -> Exchange:
        """Read every key as it stands, then record the sign-up once, both in one atomic step."""

    def peek(self, touch: Touch, *, timeout: float | None = None) -> Exchange:
        """Read every key as it stands and leave no trace."""

    def report(self, signup: int, outcome: int | None, known_at: int, *, timeout: float | None = None) -> bool:
        """Set, replace or (``None``) withdraw the outcome of a recorded sign-up on all keys that it touched.

        Returns:
            Whether the sign-up was known.
        """

    def sweep(self, at: int, *, limit: int = 1000) -> int:
        """Forget at most about ``limit`` keys and sign-ups that were silent too long at ``at``; say how many."""

    def close(self) -> None:
        """Release what is held. A second call does nothing."""


@runtime_checkable
class AsyncStore(Protocol):
    """Answer on an event loop as well; a store that does not is asked in a thread."""

    async def exchange_async(self, touch: Touch, *, timeout: float | None = None) -> Exchange:  # noqa: ASYNC109
        """Exchange as :meth:`Store.exchange` does, without blocking the running loop."""

    async def close_async(self) -> None:
        """Release what belongs to the running loop."""
