"""Describe who signs up: names, user name, organisation, birth date, and whether they go together.

No name is judged by its script, length, number of parts or sound. Left out for that reason: equal first and
last name (people with one name are made to enter it twice), 1 January as birth date (given to people whose
papers are lost), short or long names, lower case. The birth date is only asked whether it is possible at
all.
"""

from __future__ import annotations

from itertools import takewhile
from operator import eq
from typing import Final

from signup_risk.features.base import feature
from signup_risk.features.context import Context
from signup_risk.features.email import chosen_text, own_domain
from signup_risk.normalize import NameFacts, NameMatch, TextFacts, fold_name
from signup_risk.normalize.text import keyboard_run

_NO_NAME: Final = "no name"
_NOT_LATIN: Final = "no name in Latin letters"
_NO_RELATION: Final = "no name or no mailbox to compare, or the two are in different scripts"
_NO_USERNAME: Final = "no user name in ASCII, or it is an e-mail address"
_NAME: Final = ("name",)
_MAILBOX: Final = ("email", "name")
_USERNAME: Final = ("username",)

#: Scripts of a name whose characters are measured; none at all is a name of digits.
_MEASURED: Final = ((), ("LATIN",))

#: Words that stand in forms for a name. Real family names (Null, Test, Bar) are among them or left out, so
#: all parts of a name have to be such words; a part that is not there does not speak for it.
_PLACEHOLDERS: Final = frozenset(
    {
        "", "abc", "admin", "anonymous", "asdf", "demo", "fake", "first", "firstname", "foo", "last",
        "lastname", "n/a", "na", "name", "nil", "no", "nobody", "noname", "none", "null", "qwerty",
        "surname", "test", "tester", "testing", "unknown", "user", "username", "xxx",
    }
)  # fmt: skip

_FULL: Final = frozenset({"first_last", "last_first"})
_INITIAL: Final = frozenset({"flast", "lastf", "firstl", "lfirst", "initials"})

#: Bounds of a possible birth date: nobody is known to have lived beyond 122 years (Gerontology Research
#: Group, 2026).
_OLDEST_DAYS: Final = 123 * 366
_MICROSECONDS_A_DAY: Final = 86_400_000_000
_EPOCH: Final = 719_163  # date(1970, 1, 1).toordinal()

_MIN_WORD: Final = 4
_MIN_NAME: Final = 3


def _measured_name(c: Context) -> NameFacts | None:
    return c.name if c.name is not None and c.name.scripts in _MEASURED else None


def _words(name: NameFacts) -> set[str]:
    return set(f"{name.folded_first} {name.folded_last}".split())


def _relation(c: Context) -> NameMatch | None:
    """Return how the mailbox relates to the name, if its owner chose it and the two can be compared."""
    match = c.name_match
    if match is None or match.relation == "unknown" or chosen_text(c) is None:
        return None
    return match


def _username(c: Context) -> str | None:
    name = c.signup.username
    return name if name is not None and name.isascii() and "@" not in name else None


def _username_text(c: Context) -> TextFacts | None:
    return c.username_text if _username(c) is not None else None


@feature(
    "identity", "NAME_DIGITS", "{value:.0%} of the name are digits",
    missing=_NOT_LATIN, inputs=_NAME, unit="share", monotone=1,
)  # fmt: skip
def name_digit_share(c: Context) -> float | None:
    """Return the share of digits in the name."""
    name = _measured_name(c)
    return name.digit_share if name else None


@feature(
    "identity", "NAME_MIXED_SCRIPT", "a word of the name mixes look-alike letters of two alphabets",
    missing=_NO_NAME, inputs=_NAME, monotone=1,
)  # fmt: skip
def name_mixed_script(c: Context) -> bool | None:
    """Return whether letters are disguised; no keyboard produces that by itself."""
    return c.name.mixed_script if c.name else None


@feature(
    "identity", "NAME_LINK", "name holds a link or an address", missing=_NO_NAME, inputs=_NAME, monotone=1
)
def name_link(c: Context) -> bool | None:
    """Return whether the name advertises something, to have welcome messages carry it."""
    if c.name is None:
        return None
    text = f"{c.name.folded_first} {c.name.folded_last}"
    return "@" in text or "://" in text or "www." in text or ".com" in text


@feature(
    "identity", "NAME_PLACEHOLDER", "name made of words that stand for a name",
    missing=_NO_NAME, inputs=_NAME,
)  # fmt: skip
def name_placeholder(c: Context) -> bool | None:
    """Return whether every part of the name is a word such as "test"."""
    if c.name is None:
        return None
    first, last = c.name.folded_first, c.name.folded_last
    return bool(first or last) and first in _PLACEHOLDERS and last in _PLACEHOLDERS


@feature(
    "identity", "NAME_KEYBOARD", "{value:.0f} neighbouring key{value:s} in a row in the name",
    missing=_NOT_LATIN, inputs=_NAME, unit="count",
)  # fmt: skip
def name_keyboard_run(c: Context) -> int | None:
    """Return the longest walk along a row of the keyboard, as in "asdfgh"."""
    name = _measured_name(c)
    return max(keyboard_run(name.folded_first), keyboard_run(name.folded_last)) if name else None


@feature(
    "identity", "MAILBOX_NAME", "mailbox made of first and last name", missing=_NO_RELATION, inputs=_MAILBOX
)
def mailbox_is_full_name(c: Context) -> bool | None:
    """Return whether the mailbox holds both names."""
    match = _relation(c)
    return match.relation in _FULL if match else None


@feature(
    "identity", "MAILBOX_NAME", "mailbox made of a name and an initial", missing=_NO_RELATION, inputs=_MAILBOX
)
def mailbox_is_initial_name(c: Context) -> bool | None:
    """Return whether the mailbox holds one name and the initial of the other, or initials."""
    match = _relation(c)
    return match.relation in _INITIAL if match else None


@feature(
    "identity", "MAILBOX_NAME", "mailbox has nothing in common with the name",
    missing=_NO_RELATION, inputs=_MAILBOX,
)  # fmt: skip
def mailbox_is_unrelated(c: Context) -> bool | None:
    """Return whether the mailbox shows neither name: usual for people, and for pools of bought mailboxes."""
    match = _relation(c)
    return match.relation == "none" if match else None


@feature(
    "identity", "MAILBOX_NAME_REST", "{value:.0f} letter{value:s} added to the name in the mailbox",
    missing=_NO_RELATION, inputs=_MAILBOX, unit="count",
)  # fmt: skip
def mailbox_added_letters(c: Context) -> int | None:
    """Return how many letters make the name unique: generators add two or three at random ("mathewstn")."""
    match = _relation(c)
    return (match.rest_length if match.rest == "letters" else 0) if match else None


@feature(
    "identity", "MAILBOX_NAME_REST", "{value:.0f} digit{value:s} added to the name in the mailbox",
    missing=_NO_RELATION, inputs=_MAILBOX, unit="count",
)  # fmt: skip
def mailbox_added_digits(c: Context) -> int | None:
    """Return how many digits make the name unique."""
    match = _relation(c)
    return (match.rest_length if match.rest == "digits" else 0) if match else None


@feature(
    "identity", "MAILBOX_BIRTH_YEAR", "year in the mailbox is that of the birth date",
    missing="no birth date, or no year in the mailbox", inputs=("email", "birth_date"),
)  # fmt: skip
def mailbox_year_is_birth_year(c: Context) -> bool | None:
    """Return whether two things that the applicant said agree; the year itself is not looked at."""
    text, birth = chosen_text(c), c.signup.birth_date
    return (
        text.year == birth.year if text is not None and text.year is not None and birth is not None else None
    )


@feature(
    "identity", "BIRTH_DATE_IMPOSSIBLE", "birth date in the future, or of nobody alive",
    missing="no birth date", inputs=("birth_date",), monotone=1,
)  # fmt: skip
def birth_date_impossible(c: Context) -> bool | None:
    """Return whether nobody alive at the event time can have the birth date."""
    birth = c.signup.birth_date
    if birth is None:
        return None
    days = c.at // _MICROSECONDS_A_DAY - (birth.toordinal() - _EPOCH)
    # East of Greenwich it may be a day later than the event time, in UTC, says.
    return not -1 <= days <= _OLDEST_DAYS


@feature(
    "identity", "USERNAME_MAILBOX", "the first {value:.0%} of the user name are those of the mailbox",
    missing="no user name or no mailbox to compare", inputs=("username", "email"), unit="share",
)  # fmt: skip
def username_mailbox_likeness(c: Context) -> float | None:
    """Return the common beginning of user name and mailbox, as a share of the longer."""
    name = _username(c)
    if name is None or c.email is None or chosen_text(c) is None:
        return None
    one, other = name.lower(), c.email.base_local
    shared: int = sum(takewhile(bool, map(eq, one, other)))
    return shared / max(len(one), len(other))


@feature(
    "identity", "USERNAME_NAME", "user name holds the first or last name",
    missing="no user name or no name in Latin letters to compare", inputs=("username", "name"),
)  # fmt: skip
def username_has_name(c: Context) -> bool | None:
    """Return whether one of the names, of three letters or more, stands in the user name."""
    username, name = _username(c), _measured_name(c)
    if username is None or name is None:
        return None
    low, first, last = username.lower(), name.folded_first, name.folded_last
    return (len(first) >= _MIN_NAME and first in low) or (len(last) >= _MIN_NAME and last in low)


@feature(
    "identity", "USERNAME_DIGITS", "{value:.0%} of the user name are digits",
    missing=_NO_USERNAME, inputs=_USERNAME, unit="share",
)  # fmt: skip
def username_digit_share(c: Context) -> float | None:
    """Return the share of digits in the user name."""
    text = _username_text(c)
    return text.digit_share if text else None


@feature(
    "identity", "USERNAME_RANDOM", "{value:.2f} bits of information a character in the user name",
    missing=_NO_USERNAME, inputs=_USERNAME, unit="number",
)  # fmt: skip
def username_entropy(c: Context) -> float | None:
    """Return the Shannon entropy of the user name's characters."""
    text = _username_text(c)
    return text.entropy if text else None


@feature(
    "identity", "USERNAME_RANDOM", "user name mixes letters and digits without order",
    missing=_NO_USERNAME, inputs=_USERNAME,
)  # fmt: skip
def username_random(c: Context) -> bool | None:
    """Return whether the user name is disordered, hexadecimal or a UUID (shapes ``m``, ``hex``, ``uuid``)."""
    if c.username_shape is None or _username(c) is None:
        return None
    shape = c.username_shape.coarse
    return "m" in shape or "x" in shape or shape == "uuid"


@feature(
    "identity", "BILLING_NAME_MISMATCH", "{value:.0%} of the name on the bill is not the applicant's",
    missing="one of the names is not known, or they are in different scripts",
    inputs=("name", "billing.name"), unit="share",
)  # fmt: skip
def billing_name_difference(c: Context) -> float | None:
    """Return how many words of the shorter name are missing in the other: 0.5 is often a relative's card."""
    if c.name is None or c.billing_name is None or c.name.scripts != c.billing_name.scripts:
        return None
    if (
        c.name.folded_last == c.billing_name.folded_last
        and c.name.folded_first == c.billing_name.folded_first
    ):
        return 0.0
    one, other = _words(c.name), _words(c.billing_name)
    # Nothing is left of a name that was made of joiners only.
    return 1 - len(one & other) / min(len(one), len(other)) if one and other else None


@feature(
    "identity", "ORGANIZATION_DOMAIN", "e-mail domain holds a word of the organisation's name",
    missing="no organisation in Latin letters, or no e-mail domain of its own",
    inputs=("organization", "email"),
)  # fmt: skip
def organization_in_domain(c: Context) -> bool | None:
    """Return whether the organisation's words or their initials stand in a domain that is not shared."""
    if c.signup.organization is None or c.domain is None or c.domain.free is not False:
        return None
    domain, words = own_domain(c), fold_name(c.signup.organization).split()
    if domain is None or not words or not all(map(str.isascii, words)):
        return None
    initials = "".join(word[0] for word in words)
    return initials in domain.split(".") or any(len(word) >= _MIN_WORD and word in domain for word in words)


FEATURES: Final = (
    name_digit_share,
    name_mixed_script,
    name_link,
    name_placeholder,
    name_keyboard_run,
    mailbox_is_full_name,
    mailbox_is_initial_name,
    mailbox_is_unrelated,
    mailbox_added_letters,
    mailbox_added_digits,
    mailbox_year_is_birth_year,
    birth_date_impossible,
    username_mailbox_likeness,
    username_has_name,
    username_digit_share,
    username_entropy,
    username_random,
    billing_name_difference,
    organization_in_domain,
)
