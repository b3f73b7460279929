"""Hold what a decision rested on beside the score, so that it can be made again."""

from __future__ import annotations

from array import array
from typing import Final, NamedTuple

from signup_risk.features.keys import READERS

#: Values of a sign-up that are named by keyed hashes, in the order in which they are kept.
NAMED: Final = tuple(READERS)


class Listed(NamedTuple):
    """Say what kind of list entry a sign-up matched; its value is nobody's business here.

    Attributes:
        kind: Kind of the entry, one of :data:`signup_risk.policy.lists.KINDS`.
        is_exact: Whether it names one identity or instrument.
    """

    kind: str
    is_exact: bool


class Ruled(NamedTuple):
    """Say by which rules and under which secret something was decided, without holding either.

    Attributes:
        policy: Fingerprint of the policy, its lists by keyed hash.
        secret: Mark of the secret that values are named under.
    """

    policy: str
    secret: str


class Circumstances(NamedTuple):
    """Hold what a decision rested on.

    Attributes:
        signup: 63-bit keyed hash of the sign-up's id; 0 without one.
        names: 63-bit keyed hashes of its values, in the order of :data:`NAMED`; 0 for one that it does not show.
        unseen: How many of the last names in ``degraded`` were not known yet when it was decided.
        membership: Joint probability of the account and its campaign.
        allowed: The entry of the allow list that it matched.
        blocked: The entry of the block list that it matched.
        draw: Its own number, where the policy explores.
        ruled: By which rules and under which secret it was decided.
    """

    signup: int
    names: array[int]
    unseen: int
    membership: float | None
    allowed: Listed | None
    blocked: Listed | None
    draw: float | None
    ruled: Ruled
