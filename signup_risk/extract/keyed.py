"""Name the values of a sign-up and the velocity keys that it touches, and read a store's answer about them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Final

from signup_risk.features.context import Context
from signup_risk.features.keys import READERS
from signup_risk.features.kinds import ALL, KIND, KINDS, KeyKind
from signup_risk.features.reading import Velocity
from signup_risk.stores import Entry, Exchange, Hasher, KeyView, Touch
from signup_risk.stores.hashing import SIGNUP

_MASK: Final = 0xFFFF_FFFF
_KEY_MASK: Final = (1 << 63) - 1

#: Beyond the largest float that a 63-bit name can become, so that a share of it stays below 1.
_NAMES: Final = float(1 << 63) * (1 + 2**-52)

#: Each value with what is hashed in front of it: the prefix of its kind, or its name if it is only part of others.
_READERS: Final = tuple(
    (name, KIND[name].prefix() if name in KIND else f"{name}:".encode(), read) for name, read in READERS.items()
)


class Keys:
    """Hold the hashed names of one sign-up's values and the keys that it touches.

    Args:
        context: Facts of the sign-up.
        hasher: Names values under the store's secret.

    Attributes:
        kinds: Kind of each key.
        names: 32-bit names of the values.
        hashes: 63-bit keyed hashes of the values.
        touch: What the sign-up touches.
        second: What it touches under the second secret of a rotation, to be recorded as well; None without one.
    """

    __slots__ = ("_hasher", "hashes", "kinds", "names", "second", "touch")

    def __init__(self, context: Context, hasher: Hasher) -> None:
        self._hasher = hasher
        hashes = self.hashes = dict[str, int]()
        for name, code, read in _READERS:
            value = read(context)
            if value:
                hashes[name] = hasher.name(code, value)
        names = self.names = {name: value & _MASK or 1 for name, value in hashes.items()}
        hashes[ALL.name] = hasher.name(ALL.prefix(), "")  # each secret has a clock of its own
        self.kinds: list[str] = []
        entries = []
        for kind in KINDS:
            key = _key(kind, hashes)
            if key is not None:
                self.kinds.append(kind.name)
                entries.append(Entry(key, tuple([names.get(other, 0) for other in kind.attributes])))
        signup_id = context.signup.signup_id
        self.touch = Touch(context.at, signup_name(signup_id, hasher), tuple(entries))
        self.second: Touch | None = None if hasher.second is None else Keys(context, hasher.second).touch

    def draw(self) -> float | None:
        """Return the sign-up's own number; see :func:`chance`."""
        return chance(self.touch.signup, self._hasher)

    def read(self, answer: Exchange) -> Velocity:
        """Return the velocity that a store's answer holds."""
        return read_velocity(self.kinds, self.names, self.touch, answer)


def read_velocity(kinds: Sequence[str], names: Mapping[str, int], touch: Touch, answer: Exchange) -> Velocity:
    """Return the velocity that a store's answer holds.

    A store that evicts has to know the clock key, the first: without it there is no velocity (:func:`is_blind`).

    Args:
        kinds: Kind of each key of the sign-up.
        names: 32-bit names of its values.
        touch: What it touches.
        answer: What the store knew before it.
    """
    own = touch.short if answer.repeated else 0
    views = {
        kind: KeyView(state, touch.at, own)
        for kind, state in zip(kinds, answer.states, strict=True)
        if state is not None or not answer.evicting  # absent, it may have been known: unknown, not zero
    }
    return Velocity(views, names)


def is_blind(answer: Exchange) -> bool:
    """Tell whether nothing can be said of velocity, since a store that evicts may have lost even its clock."""
    return answer.evicting and (not answer.states or answer.states[0] is None)


def _key(kind: KeyKind, hashes: dict[str, int]) -> int | None:
    """Name a key, if the sign-up shows all its values: one value is named already, several by a mix of the names.

    The mix is linear modulo 2^63 with odd factors of its kind. Names are keyed hashes, uniform and independent, so
    it collides no more often than a hash would, and it tells nothing that they do not.
    """
    values = kind.values
    if len(values) < 2:
        return hashes.get(values[0] if values else kind.name)
    key, factors = _SEEDS[kind.name]
    for value, factor in zip(values, factors, strict=True):
        name = hashes.get(value)
        if name is None:
            return None
        key += name * factor
    return key & _KEY_MASK or 1


def key_of(kind: str, values: Mapping[str, str], hasher: Hasher) -> int | None:
    """Return the key of a kind for values given by name; None if one of them is missing."""
    codes = {name: code for name, code, _ in _READERS}
    hashes = {name: hasher.name(codes[name], values[name]) for name in KIND[kind].values if name in values}
    hashes[ALL.name] = hasher.name(ALL.prefix(), "")
    return _key(KIND[kind], hashes)


def _seed(kind: KeyKind) -> tuple[int, tuple[int, ...]]:
    """Return start and factors of a kind's mix: digests of its name, versions and layout, no secrets."""
    digest = hashlib.sha256(kind.prefix()).digest()
    words = [int.from_bytes(digest[i : i + 8], "little") | 1 for i in range(0, 32, 8)]
    return words[0], tuple(words[1 : 1 + len(kind.values)])


_SEEDS: Final = {kind.name: _seed(kind) for kind in KINDS}


def signup_name(signup_id: str | None, hasher: Hasher) -> int:
    """Return the name under which a store knows a sign-up; 0 without an id."""
    return 0 if signup_id is None else hasher.name(SIGNUP, signup_id)


def chance(signup: int, hasher: Hasher) -> float | None:
    """Return a sign-up's own number, uniform in [0, 1), by which a policy lets some through; None without an id.

    It is a keyed hash of the sign-up's name: the same whenever the sign-up comes again and on whichever machine, and
    nobody without the secret can tell what it is or choose an id for it.

    Args:
        signup: Name of the sign-up in the store; 0 if it has no id.
        hasher: Holds the secret.
    """
    return hasher.name(b"explore:", str(signup)) / _NAMES if signup else None
