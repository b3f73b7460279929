"""Let one secret take the place of another, and a store open under these two only.

A store keeps marks of its secrets (:meth:`signup_risk.stores.hashing.Hasher.check`), usually of one. A rotation has
three steps, each made process by process:

1. Every process is given the new secret as the second one. What is read stays what it was; every sign-up is recorded
   under both, so the keys of the new secret fill. For as long as the longest window: 30 days, or 90 so that the age of
   every key is right again.
2. The two change places: the new one is read, and sign-ups are still recorded under both, for processes that are not
   there yet. Then the ledger is brought under the new one (:meth:`signup_risk.scorer.outcomes.Outcomes.rekey`).
3. The old one is left out.

What does not come along: open campaigns, whose cells and members are named under the old secret. They are found anew by
the marks that come after the change, under new ids, and what analysts ruled on them is ruled again, or given as a list
of signatures, which hold values. An exploring policy draws anew for a sign-up that comes a second time.

The store remembers which of both was given as the first one last, and whether the other one ever was: a second secret
that nobody has read under yet is not given up for a third.
"""

from __future__ import annotations

from typing import NamedTuple

#: How the mark of the second secret begins: whether anybody has read under it yet.
_COMING, _GOING = "new:", "old:"


class Marks(NamedTuple):
    """Hold the marks of a store.

    Attributes:
        secret: Of the secret that was given as the first one last.
        second: Of the other one, behind whether it is coming or going; empty for none.
    """

    secret: str
    second: str = ""

    @property
    def other(self) -> str:
        """Return the mark of the other secret; empty for none."""
        return self.second.partition(":")[2]


class Refused(Exception):  # noqa: N818 - becomes a StoreMismatch that names the store
    """Say why a store does not open under the secrets given, and what to do."""


def agreed(held: Marks | None, secret: str, second: str) -> Marks:
    """Return the marks of a store that is opened under one or two secrets.

    Args:
        held: Its marks; None for a new store.
        secret: Mark of the secret that is read.
        second: Mark of the one that is written only; empty for none.

    Raises:
        Refused: The store does not open under them.

    Examples:
        >>> agreed(None, "a", "")
        Marks(secret='a', second='')
        >>> agreed(Marks("a"), "a", "b")
        Marks(secret='a', second='new:b')
        >>> agreed(Marks("a", "new:b"), "b", "a")
        Marks(secret='b', second='old:a')
    """
    if held is None:
        return Marks(secret, second and _COMING + second)
    if secret == held.secret:
        if second in {"", held.other}:
            return held
        if held.second.startswith(_COMING):
            raise Refused(
                "is filling under another second secret, which would be lost; give that one as the second secret, or, "
                "to give it up, remove the mark named second from the store's meta data first"
            )
        return Marks(secret, _COMING + second)
    if not held.other or secret != held.other:
        raise Refused(
            "was written under another secret, so none of its keys can be found; give the secret that made it, or, to "
            "let this one take its place, give it as the second secret first"
        )
    if second not in {"", held.secret}:
        raise Refused("is in use under two secrets already; leave the third one out until one of them is gone")
    return Marks(secret, _GOING + held.secret)
