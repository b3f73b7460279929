"""Hold a sign-up while it is changed, and make the stand-ins that it is changed with.

A stand-in is what a changed fact would look like: an address of a home line, a number, a card. It is worked out of the
sign-up and the fact alone, so the same question gets the same answer, and two sign-ups get different ones.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
import unicodedata
from collections.abc import Mapping
from copy import deepcopy
from datetime import date
from typing import Any, Final

from signup_risk.features.browser_releases import release_day
from signup_risk.what_if.places import Place

_CONSONANTS: Final = "bdfghlmnprst"
_VOWELS: Final = "aeo"
_GIVEN: Final = ("Anna", "Clara", "Daniel", "Elena", "Julia", "Laura", "Maria", "Martin", "Paul", "Sara", "Simon")
_FAMILY: Final = ("Adler", "Berger", "Costa", "Fischer", "Keller", "Marino", "Moreau", "Novak", "Rossi", "Silva")

#: Versions of Chrome that are looked at for the newest, and days after which most have it.
_OLDEST_CHROME: Final = 60
_NEWEST_CHROME: Final = 400
_SPREAD_DAYS: Final = 10


class Draft:
    """Hold a sign-up that is being changed.

    Args:
        event: The sign-up as the input contract has it, nested.
        place: The applicant's country.
        on: Day of the sign-up.
    """

    __slots__ = ("_seed", "event", "on", "place")

    def __init__(self, event: Mapping[str, Any], place: Place, on: date) -> None:
        self.event: dict[str, Any] = deepcopy(dict(event))
        self.place = place
        self.on = on
        self._seed = hashlib.sha256(json.dumps(self.event, sort_keys=True, default=str).encode()).digest()

    def set(self, **fields: Any) -> None:
        """Set top-level fields; None takes one away."""
        _set(self.event, fields)

    def set_in(self, part: str, **fields: Any) -> None:
        """Set fields of a part such as ``device``; None takes one away."""
        inside = dict(self.event.get(part) or {})
        _set(inside, fields)
        self.event[part] = inside

    def get(self, part: str, field: str) -> Any:
        """Return a field of a part; None if it is not there."""
        return (self.event.get(part) or {}).get(field)

    def mailbox(self) -> tuple[str, str]:
        """Return local part and domain of the address; empty if there is none."""
        local, _, domain = str(self.event.get("email") or "").rpartition("@")
        return local, domain.lower()

    def mailbox_holds(self, names: tuple[str, str]) -> bool:
        """Say whether the address carries both names already, in either order and with whatever between them."""
        letters = _ascii(self.mailbox()[0])
        return any(one in letters and other in letters.replace(one, " ", 1) for one, other in (names, names[::-1]))

    def number(self, label: str, below: int) -> int:
        """Return a number of this sign-up's own, from 0 to below a limit."""
        digest = hashlib.sha256(self._seed + label.encode()).digest()
        return int.from_bytes(digest[:8], "big") % below

    def digits(self, label: str, count: int) -> str:
        """Return so many digits, the first of them none that has a meaning in numbering plans."""
        return str(2 + self.number(f"{label} 0", 8)) + "".join(
            str(self.number(f"{label} {place}", 10)) for place in range(1, count)
        )

    def word(self, label: str, syllables: int) -> str:
        """Return a word that can be said and means nothing."""
        numbers = (self.number(f"{label} {place}", len(_CONSONANTS) * len(_VOWELS)) for place in range(syllables))
        pairs = (divmod(number, len(_VOWELS)) for number in numbers)
        return "".join(_CONSONANTS[consonant] + _VOWELS[vowel] for consonant, vowel in pairs)

    def address(self, label: str, block: str) -> str:
        """Return an address in a block."""
        network = ipaddress.IPv4Network(block)
        return str(network[256 * self.number(label, network.num_addresses // 256) + 10 + self.number(f"{label}.", 200)])

    def phone(self, label: str, place: Place) -> str:
        """Return a mobile number of a country, in E.164."""
        return f"+{place.calling_code}{place.mobile_prefix}{self.digits(label, place.subscriber_digits)}"

    def names(self) -> tuple[str, str] | None:
        """Return the applicant's names in lower-case ASCII letters; None unless both can be written so."""
        found = tuple(_ascii(self.event.get(name)) for name in ("first_name", "last_name"))
        return (found[0], found[1]) if all(found) else None

    def other_names(self, label: str) -> tuple[str, str]:
        """Return a first and a last name as many people have them."""
        return _GIVEN[self.number(f"{label} first", len(_GIVEN))], _FAMILY[self.number(f"{label} last", len(_FAMILY))]

    def agent(self) -> str:
        """Return the agent of the newest Chrome on Windows at the day of the sign-up."""
        today = (self.on - date(1970, 1, 1)).days - _SPREAD_DAYS
        major = max(one for one in range(_OLDEST_CHROME, _NEWEST_CHROME) if _is_out(one, today))
        engine = "AppleWebKit/537.36 (KHTML, like Gecko)"
        return f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {engine} Chrome/{major}.0.0.0 Safari/537.36"


def _is_out(major: int, today: int) -> bool:
    """Say whether a version of Chrome is out; the oldest counts as out always."""
    day = release_day("Chrome", major)
    return major == _OLDEST_CHROME or (day is not None and day <= today)


def _set(into: dict[str, Any], fields: Mapping[str, Any]) -> None:
    for name, value in fields.items():
        if value is None:
            into.pop(name, None)
        else:
            into[name] = value


def _ascii(name: Any) -> str:
    plain = unicodedata.normalize("NFKD", str(name or "")).encode("ascii", "ignore").decode()
    letters = "".join(one for one in plain.lower() if one.isalpha())
    return letters if len(letters) >= 2 else ""
