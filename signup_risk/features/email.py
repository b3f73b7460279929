"""Describe the e-mail address: what its domain is, and how the local part was made.

Local parts at privacy relays are random by design, so their characters are never measured; the same holds
for letters outside ASCII and for numbers that a provider gave out. What remains is weak evidence alone: it
counts in combination and in velocity.
"""

from __future__ import annotations

from typing import Final

from signup_risk.features.base import feature
from signup_risk.features.context import Context
from signup_risk.normalize import TextFacts
from signup_risk.normalize.text import consonant_run

_NO_EMAIL: Final = "no usable e-mail address"
_NO_DOMAIN: Final = "no usable e-mail address, or nothing is known of its domain"
_NOT_MEASURED: Final = "no local part that its owner chose in ASCII letters"
_NOT_OWN: Final = "no e-mail address, or one at a shared, relayed or internationalized domain"
_EMAIL: Final = ("email",)

#: Domains where the number is not the applicant's choice: QQ accounts are numbered, mail of the Chinese
#: carriers begins with the telephone number (mail.qq.com and mail.10086.cn, sign-up pages, read 2026-11).
_NUMBERED: Final = frozenset({"qq.com", "vip.qq.com", "139.com", "189.cn", "wo.cn"})

#: Relations of mailbox and name that account for every odd run of letters.
_NAMED: Final = frozenset({"first_last", "last_first", "flast", "lastf", "firstl", "lfirst", "first", "last"})

#: Coarse shapes of one word and four digits or more, years apart: "base word and five random digits" is what
#: public account makers write (Castle, 2026).
_WORD_DIGITS: Final = frozenset({"wd4", "wd5", "wd6", "wd7", "wd10"})


def chosen_text(c: Context) -> TextFacts | None:
    """Return measures of the local part if the applicant chose it, in ASCII."""
    email = c.email
    if email is None or email.relay is not None or not email.base_local.isascii():
        return None
    if c.domain is not None and c.domain.relay:
        return None
    if email.domain in _NUMBERED and email.base_local.isdecimal():
        return None
    return c.local_text


def _chosen_shape(c: Context) -> str | None:
    return c.local_shape.coarse if c.local_shape is not None and chosen_text(c) is not None else None


def _is_named(c: Context) -> bool:
    return c.name_match is not None and c.name_match.relation in _NAMED


def own_domain(c: Context) -> str | None:
    """Return the labels before the last of a domain that may be the applicant's own."""
    email, known = c.email, c.domain
    if email is None or email.is_idn or email.provider is not None or email.relay is not None:
        return None
    if known is not None and (known.free or known.relay):
        return None
    return email.domain[: -len(email.tld) - 1]


@feature(
    "email", "EMAIL_DISPOSABLE", "address at a disposable-mail domain",
    missing=_NO_DOMAIN, inputs=_EMAIL, monotone=1,
)  # fmt: skip
def email_disposable(c: Context) -> bool | None:
    """Return whether the domain is on a list of disposable ones."""
    return c.domain.disposable if c.domain else None


@feature(
    "email", "EMAIL_DISPOSABLE", "address at a domain that some lists call disposable",
    missing=_NO_DOMAIN, inputs=_EMAIL, monotone=1,
)  # fmt: skip
def email_suspected_disposable(c: Context) -> bool | None:
    """Return whether the domain is on the second, weaker tier of lists."""
    return c.domain.suspected if c.domain else None


@feature("email", "EMAIL_FREE", "address at a free mail provider", missing=_NO_DOMAIN, inputs=_EMAIL)
def email_free(c: Context) -> bool | None:
    """Return whether anybody can open a mailbox at the domain."""
    return c.domain.free if c.domain else None


@feature("email", "EMAIL_RELAY", "address at a privacy relay", missing=_NO_DOMAIN, inputs=_EMAIL)
def email_relay(c: Context) -> bool | None:
    """Return whether the domain forwards to a mailbox that is kept private: a legitimate tool."""
    if c.email is not None and c.email.relay is not None:
        return True
    return c.domain.relay if c.domain else None


@feature("email", "EMAIL_ROLE", "address names a role", missing=_NO_EMAIL, inputs=_EMAIL)
def email_role(c: Context) -> bool | None:
    """Return whether the local part names an office rather than a person."""
    return c.is_role


@feature("email", "EMAIL_ALIAS", "address carries a tag", missing=_NO_EMAIL, inputs=_EMAIL)
def email_tagged(c: Context) -> bool | None:
    """Return whether one mailbox was given another spelling by a tag; relays are not counted."""
    if c.email is None or c.email.relay is not None:
        return None
    return c.email.tag is not None


@feature(
    "email", "EMAIL_ALIAS", "{value:.0f} character{value:s} in the address that its provider ignores",
    missing=_NO_EMAIL, inputs=_EMAIL, unit="count",
)  # fmt: skip
def email_ignored_characters(c: Context) -> int | None:
    """Return how many characters were removed: one is a habit, five are a way to multiply a mailbox."""
    return c.email.had_dots if c.email else None


@feature(
    "email", "EMAIL_LENGTH", "{value:.0f} character{value:s} in the local part",
    missing=_NOT_MEASURED, inputs=_EMAIL, unit="count",
)  # fmt: skip
def email_length(c: Context) -> int | None:
    """Return the length of the local part."""
    text = chosen_text(c)
    return text.length if text else None


@feature(
    "email", "EMAIL_DIGITS", "{value:.0%} of the local part are digits",
    missing=_NOT_MEASURED, inputs=_EMAIL, unit="share",
)  # fmt: skip
def email_digit_share(c: Context) -> float | None:
    """Return the share of digits in the local part."""
    text = chosen_text(c)
    return text.digit_share if text else None


@feature(
    "email", "EMAIL_DIGITS", "{value:.0f} digit{value:s} at the end of the local part",
    missing=_NOT_MEASURED, inputs=_EMAIL, unit="count",
)  # fmt: skip
def email_trailing_digits(c: Context) -> int | None:
    """Return how many digits the local part ends with."""
    text = chosen_text(c)
    return text.trailing_digits if text else None


@feature("email", "EMAIL_DIGITS", "local part ends with a year", missing=_NOT_MEASURED, inputs=_EMAIL)
def email_ends_with_year(c: Context) -> bool | None:
    """Return whether the last digits read as a year; which year is not looked at."""
    text = chosen_text(c)
    return text.year is not None if text else None


@feature(
    "email", "EMAIL_WORD_DIGITS", "local part is one word and at least four digits",
    missing=_NOT_MEASURED, inputs=_EMAIL,
)  # fmt: skip
def email_word_digits(c: Context) -> bool | None:
    """Return whether the local part has the commonest form of generated ones."""
    shape = _chosen_shape(c)
    return shape in _WORD_DIGITS if shape is not None else None


@feature(
    "email", "EMAIL_RANDOM", "local part mixes letters and digits without order",
    missing=_NOT_MEASURED, inputs=_EMAIL,
)  # fmt: skip
def email_random(c: Context) -> bool | None:
    """Return whether a part is disordered, hexadecimal or a UUID (shapes ``m``, ``hex``, ``uuid``)."""
    shape = _chosen_shape(c)
    return "m" in shape or "x" in shape or shape == "uuid" if shape is not None else None


@feature(
    "email", "EMAIL_RANDOM", "local part holds letters that make no word",
    missing="no local part in ASCII letters, or the name explains it", inputs=("email", "name"),
)  # fmt: skip
def email_unreadable(c: Context) -> bool | None:
    """Return whether a part has no vowel or five consonants in a row, unless the name is what has them."""
    shape = _chosen_shape(c)
    return "k" in shape if shape is not None and not _is_named(c) else None


@feature(
    "email", "EMAIL_RANDOM", "{value:.2f} bits of information a character in the local part",
    missing=_NOT_MEASURED, inputs=_EMAIL, unit="number",
)  # fmt: skip
def email_entropy(c: Context) -> float | None:
    """Return the Shannon entropy of the characters."""
    text = chosen_text(c)
    return text.entropy if text else None


@feature(
    "email", "EMAIL_RANDOM", "{value:.0f} consonant{value:s} in a row in the local part",
    missing="no local part in ASCII letters, or the name explains it", inputs=("email", "name"), unit="count",
)  # fmt: skip
def email_consonant_run(c: Context) -> int | None:
    """Return the longest run of consonants, unless the applicant's name is what has it."""
    text = chosen_text(c)
    return text.consonant_run if text and not _is_named(c) else None


@feature(
    "email", "EMAIL_RANDOM", "{value:.0%} of the letters of the local part are vowels",
    missing="no local part in ASCII letters, or the name explains it", inputs=("email", "name"), unit="share",
)  # fmt: skip
def email_vowel_share(c: Context) -> float | None:
    """Return the share of vowels, unless the applicant's name decides it."""
    text = chosen_text(c)
    return text.vowel_share if text and not _is_named(c) else None


@feature(
    "email", "EMAIL_RANDOM", "{value:.0f} change{value:s} between letters and digits in the local part",
    missing=_NOT_MEASURED, inputs=_EMAIL, unit="count",
)  # fmt: skip
def email_switches(c: Context) -> int | None:
    """Return how often letters and digits alternate."""
    text = chosen_text(c)
    return text.switches if text else None


@feature(
    "email", "EMAIL_KEYBOARD", "{value:.0f} digit{value:s} in counting order in the local part",
    missing=_NOT_MEASURED, inputs=_EMAIL, unit="count",
)  # fmt: skip
def email_step_run(c: Context) -> int | None:
    """Return the longest run of digits such as 12345."""
    text = chosen_text(c)
    return text.step_run if text else None


@feature(
    "email", "EMAIL_KEYBOARD", "{value:.0f} neighbouring key{value:s} in a row in the local part",
    missing=_NOT_MEASURED, inputs=_EMAIL, unit="count",
)  # fmt: skip
def email_keyboard_run(c: Context) -> int | None:
    """Return the longest walk along a row of the keyboard."""
    text = chosen_text(c)
    return text.keyboard_run if text else None


@feature(
    "email", "EMAIL_KEYBOARD", "one character {value:.0f} time{value:s} in a row in the local part",
    missing=_NOT_MEASURED, inputs=_EMAIL, unit="count",
)  # fmt: skip
def email_repeat_run(c: Context) -> int | None:
    """Return the longest run of one character."""
    text = chosen_text(c)
    return text.repeat_run if text else None


@feature(
    "email", "EMAIL_DOMAIN_FORM", "{value:.0f} character{value:s} in the e-mail domain before its last label",
    missing=_NOT_OWN, inputs=_EMAIL, unit="count",
)  # fmt: skip
def email_domain_length(c: Context) -> int | None:
    """Return the length of a domain that is not a provider's."""
    domain = own_domain(c)
    return len(domain) if domain is not None else None


@feature(
    "email", "EMAIL_DOMAIN_FORM", "{value:.0f} digit{value:s} in the e-mail domain",
    missing=_NOT_OWN, inputs=_EMAIL, unit="count",
)  # fmt: skip
def email_domain_digits(c: Context) -> int | None:
    """Return how many digits a domain has that is not a provider's."""
    domain = own_domain(c)
    return sum(map(domain.count, "0123456789")) if domain is not None else None


@feature(
    "email", "EMAIL_DOMAIN_FORM", "{value:.0f} hyphen{value:s} in the e-mail domain",
    missing=_NOT_OWN, inputs=_EMAIL, unit="count",
)  # fmt: skip
def email_domain_hyphens(c: Context) -> int | None:
    """Return how many hyphens a domain has that is not a provider's."""
    domain = own_domain(c)
    return domain.count("-") if domain is not None else None


@feature(
    "email", "EMAIL_DOMAIN_FORM", "{value:.0f} consonant{value:s} in a row in the e-mail domain",
    missing=_NOT_OWN, inputs=_EMAIL, unit="count",
)  # fmt: skip
def email_domain_consonant_run(c: Context) -> int | None:
    """Return the longest run of consonants: domains registered by the hundred are made of random letters."""
    domain = own_domain(c)
    return consonant_run(domain) if domain is not None else None


FEATURES: Final = (
    email_disposable,
    email_suspected_disposable,
    email_free,
    email_relay,
    email_role,
    email_tagged,
    email_ignored_characters,
    email_length,
    email_digit_share,
    email_trailing_digits,
    email_ends_with_year,
    email_word_digits,
    email_random,
    email_unreadable,
    email_entropy,
    email_consonant_run,
    email_vowel_share,
    email_switches,
    email_step_run,
    email_keyboard_run,
    email_repeat_run,
    email_domain_length,
    email_domain_digits,
    email_domain_hyphens,
    email_domain_consonant_run,
)
