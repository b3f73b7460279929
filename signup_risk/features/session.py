"""Describe the visit: how long it took and how the form was filled in.

Password managers and autofill type nothing, people who use assistive technology take long, so none of the
times has a direction of its own.
"""

from __future__ import annotations

from typing import Final

from signup_risk.features.base import feature
from signup_risk.features.context import Context

_TYPED: Final = ("email", "name", "username", "phone", "organization")
_NO_TIME: Final = "time on the form is not known"
_NO_KEYS: Final = "keystrokes are not known"


def _typed_characters(c: Context) -> int:
    """Count the characters that the applicant had to enter somehow."""
    s = c.signup
    fields = (s.email, s.first_name, s.last_name, s.username, s.phone, s.organization)
    return sum(map(len, filter(None, fields)))


@feature(
    "device", "SESSION_FORM_TIME", "form filled in {value:.1f} s",
    missing=_NO_TIME, inputs=("session.form_seconds",), unit="seconds",
)  # fmt: skip
def session_form_seconds(c: Context) -> float | None:
    """Return the time on the form."""
    return c.signup.session.form_seconds


@feature(
    "device", "SESSION_FORM_TIME", "{value:.1f} characters entered a second",
    missing=_NO_TIME, inputs=("session.form_seconds", *_TYPED), unit="number",
)  # fmt: skip
def session_characters_per_second(c: Context) -> float | None:
    """Return the pace at which the form was filled; professional typists reach about 10 a second."""
    seconds, typed = c.signup.session.form_seconds, _typed_characters(c)
    # Clocks of browsers are coarse: a tenth of a second is the shortest time that means anything.
    return typed / max(seconds, 0.1) if seconds is not None and typed else None


@feature(
    "device", "SESSION_AGE", "visit began {value:.0f} s before",
    missing="the length of the visit is not known", inputs=("session.age_seconds",), unit="seconds",
)  # fmt: skip
def session_age_seconds(c: Context) -> float | None:
    """Return the length of the visit."""
    return c.signup.session.age_seconds


@feature(
    "device", "SESSION_KEYSTROKES", "{value:.2f} keystrokes for each character entered",
    missing=_NO_KEYS, inputs=("session.keystrokes", *_TYPED), unit="number",
)  # fmt: skip
def session_keystrokes_per_character(c: Context) -> float | None:
    """Return keys pressed for each character: people correct themselves, so by hand it is more than one."""
    keys, typed = c.signup.session.keystrokes, _typed_characters(c)
    return keys / typed if keys is not None and typed else None


@feature(
    "device", "SESSION_PASTE", "{value:.0f} field{value:s} pasted",
    missing="pasting was not observed", inputs=("session.pasted_fields",), unit="count",
)  # fmt: skip
def session_pasted_fields(c: Context) -> int | None:
    """Return how many fields were filled by pasting."""
    return c.signup.session.pasted_fields


@feature(
    "device", "SESSION_NO_INPUT", "form filled without a keystroke or pasting",
    missing="keystrokes or pasting are not known", inputs=("session.keystrokes", "session.pasted_fields"),
)  # fmt: skip
def session_without_input(c: Context) -> bool | None:
    """Return whether nothing was typed or pasted, as by a script or by autofill."""
    session = c.signup.session
    if session.keystrokes is None or session.pasted_fields is None:
        return None
    return session.keystrokes == 0 and session.pasted_fields == 0


@feature(
    "device", "SESSION_CAPTCHA", "captcha score {value:.2f} (1 is human)",
    missing="no captcha score", inputs=("session.captcha_score",), unit="score", monotone=-1,
)  # fmt: skip
def session_captcha_score(c: Context) -> float | None:
    """Return how human the captcha's provider thinks the visitor is."""
    return c.signup.session.captcha_score


SESSION_FEATURES: Final = (
    session_form_seconds,
    session_characters_per_second,
    session_age_seconds,
    session_keystrokes_per_character,
    session_pasted_fields,
    session_without_input,
    session_captcha_score,
)
