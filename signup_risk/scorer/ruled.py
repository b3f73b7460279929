"""Name the rules and the secret that assessments are made under, so that a receipt is signed for no others."""

from __future__ import annotations

from typing import Final

from signup_risk.explain.circumstances import Ruled
from signup_risk.policy import Policy
from signup_risk.receipts import PolicyRecord
from signup_risk.receipts.canonical import canonical
from signup_risk.stores import Hasher

_LISTS: Final = b"policy lists:"


def record_of(policy: Policy, hasher: Hasher) -> PolicyRecord:
    """Return the record of a policy; its lists are named by a keyed hash."""
    return PolicyRecord.of(policy, f"{hasher.name(_LISTS, _entries(policy)):016x}")


def ruled_by(policy: Policy, hasher: Hasher) -> Ruled:
    """Return the marks of a policy, its lists included, and of a secret."""
    return Ruled(record_of(policy, hasher).fingerprint, hasher.check())


def _entries(policy: Policy) -> str:
    """Return both lists as one text, to be hashed under the secret: their values name people."""
    lists = {
        name: sorted([one.kind, one.value, one.until.isoformat() if one.until else ""] for one in entries)
        for name, entries in (("allow", policy.allow), ("block", policy.block))
    }
    return canonical(lists)
