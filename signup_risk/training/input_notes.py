"""Say which inputs of a history cannot be used, since a model would learn without them and nobody would notice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from signup_risk.events import Signup
from signup_risk.events.kinds import safe_name
from signup_risk.events.warnings import IP_ADDRESS_RESERVED, USER_AGENT_UNUSABLE, WARNING_CODES
from signup_risk.extract import describe
from signup_risk.references import References

#: So many sign-ups are looked at: enough to see what goes wrong in one of a hundred.
LOOKED_AT: Final = 1000
#: Share of the sign-ups from which on something is said; single typing errors are everywhere.
_SHARE: Final = 0.01
_MOST_NOTES: Final = 10
# They tell of the applicant, and are counted by features; the column holds what it should.
_OF_APPLICANTS: Final = frozenset({IP_ADDRESS_RESERVED, USER_AGENT_UNUSABLE})
_TEXT: Final = "CUSTOM_TEXT"
_MEANINGS: Final = {**WARNING_CODES, _TEXT: "The value is a text; of custom, numbers and truth values become features."}


def input_notes(signups: Iterable[Signup], references: References) -> list[str]:
    """Return a line about each input that often cannot be used, the most frequent first.

    Args:
        signups: Some sign-ups of the history, drawn from all of it.
        references: What is looked up.

    Examples:
        >>> from signup_risk.references import open_references
        >>> signup = Signup.from_mapping({"at": "2026-05-01T12:00:00Z", "email": "n/a"})
        >>> input_notes([signup], open_references())
        ['email in 100% of the sign-ups: The text is no e-mail address, or only a hash of one; it is unknown.']
    """
    counted: Counter[tuple[str, str]] = Counter()
    looked_at = 0
    for signup in signups:
        looked_at += 1
        found = describe(signup, references, signup.at_us).warnings
        counted.update({(_name(one.pointer), one.code) for one in found if one.code not in _OF_APPLICANTS})
        counted.update({(_of_custom(key), _TEXT) for key, value in signup.custom.items() if isinstance(value, str)})
    often = [(said, number) for said, number in counted.items() if number >= _SHARE * looked_at]
    often.sort(key=lambda one: (-one[1], one[0]))
    return [
        f"{name} in {number / looked_at:.0%} of the sign-ups: {_MEANINGS[code]}"
        for (name, code), number in often[:_MOST_NOTES]
    ]


def _name(pointer: str) -> str:
    return pointer.strip("/").replace("/", ".")


def _of_custom(key: str) -> str:
    name = safe_name(key)
    return "custom" if name is None else f"custom.{name}"
