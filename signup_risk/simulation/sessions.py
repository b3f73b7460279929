"""Time people and programs on a sign-up form."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from signup_risk.simulation.draw import Weighted, log_normal

# How people fill a form [assumption]: a third let the browser fill it, some paste from a password manager.
MANNERS = Weighted({"typist": 55, "autofill": 27, "manager": 10, "sso": 5, "slow": 3})
_REFERRERS = Weighted(
    {
        "https://www.google.com/": 52,
        "https://www.bing.com/": 6,
        "https://duckduckgo.com/": 3,
        "https://t.co/": 4,
        "https://www.youtube.com/": 5,
        "https://www.reddit.com/": 5,
        "https://www.linkedin.com/": 4,
        "https://www.facebook.com/": 5,
        "https://github.com/": 4,
        "https://news.ycombinator.com/": 2,
        "https://example.com/pricing": 9,
        "https://example.com/blog": 5,
        "https://example.com/": 12,
    }
)


@dataclass(slots=True)
class Visit:
    """Hold the measures of one visit."""

    age_seconds: float
    form_seconds: float
    pasted_fields: int
    keystrokes: int
    captcha_score: float
    referrer: str


def referrer(rng: Random) -> str:
    """Return where a visitor came from."""
    return _REFERRERS.pick(rng)


def visit(rng: Random, text_length: int, manner: str | None = None) -> Visit:
    """Time an ordinary person who has about ``text_length`` characters to enter."""
    how = manner or MANNERS.pick(rng)
    pace, pasted, typed = _pace(rng, how, text_length)
    form = 3.0 + log_normal(rng, pace, 0.55)
    if rng.random() < 0.03:
        form += log_normal(rng, 400, 1.2)  # called away in the middle
    return Visit(
        age_seconds=form + log_normal(rng, 95, 1.35),
        form_seconds=form,
        pasted_fields=pasted,
        keystrokes=typed,
        captcha_score=human_score(rng),
        referrer=referrer(rng),
    )


def human_score(rng: Random) -> float:
    """Return the captcha score of a person; some good people score badly."""
    if rng.random() < 0.05:
        return rng.betavariate(2, 3)
    return rng.betavariate(9, 1.4)


def _pace(rng: Random, how: str, length: int) -> tuple[float, int, int]:
    corrected = int(length * rng.uniform(1.0, 1.25)) + rng.randint(0, 6)
    match how:
        case "autofill":
            return 12.0, 0, int(length * rng.random() * 0.35)
        case "manager":
            return 9.0 + length * 0.05, rng.randint(1, 4), rng.randint(0, 18)
        case "sso":
            return 6.0, 0, rng.randint(0, 4)
        case "slow":
            return 90.0 + length * 1.3, int(rng.random() < 0.1), corrected
        case _:
            return 10.0 + length * 0.42, int(rng.random() < 0.12) + int(rng.random() < 0.03), corrected
