"""Draw the habits of a site: wide ranges, since nobody knows the habits of the next one."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random
from typing import Any, Final

from signup_risk.simulation.draw import Weighted, log_uniform, some
from signup_risk.simulation.habits import USUAL, Audience, Habits, Writing
from signup_risk.simulation.mailbox_styles import EXTRA_STYLES
from signup_risk.simulation.mailboxes import USUAL_STYLES
from signup_risk.simulation.tables import countries, locales, words

Draw = Callable[[Random], Any]

# Providers that any audience may use; their shares differ by more than an order of magnitude between sites.
_PROVIDERS: Final = (
    *("gmail.com", "outlook.com", "hotmail.com", "yahoo.com", "icloud.com", "proton.me", "aol.com", "gmx.com"),
    *("mail.ru", "gmx.de", "web.de", "yandex.ru", "live.com", "msn.com", "qq.com", "163.com", "naver.com"),
    *("orange.fr", "libero.it", "uol.com.br", "seznam.cz", "wp.pl", "comcast.net", "zoho.com", "fastmail.com"),
)
_FIELD_GROUPS: Final = {
    "phone": 0.4, "username": 0.4, "names": 0.75, "birth": 0.25, "country": 0.65, "organization": 0.2,
    "channel": 0.5, "referral": 0.4, "agent": 0.85, "device": 0.75, "tls": 0.45, "session": 0.6, "captcha": 0.4,
    "referrer": 0.3, "card": 0.35, "billing": 0.25, "billing_name": 0.2,
}  # fmt: skip


def draw_habits(rng: Random, strength: float) -> Habits:
    """Draw habits; ``strength`` is the chance of each habit to be another than usual.

    Examples:
        >>> draw_habits(Random(1), 0.0) is USUAL
        True
    """
    if strength <= 0.0:
        return USUAL

    def drawn(draws: dict[str, Draw]) -> dict[str, Any]:
        return {name: draw(rng) for name, draw in draws.items() if rng.random() < strength}

    return Habits(audience=Audience(**drawn(_AUDIENCE)), writing=Writing(**drawn(_WRITING)), **drawn(_SITE))


def _or_none(share: float, draw: Draw) -> Draw:
    """Draw with a chance, leave absent otherwise."""
    return lambda rng: draw(rng) if rng.random() < share else None


def _share(most: float, *, none: float = 0.4) -> Draw:
    """Draw a share up to a limit, low ones more often, and none at all with a chance."""
    return lambda rng: 0.0 if rng.random() < none else most * rng.random() ** 1.5


def _mail_styles(rng: Random) -> Weighted[str]:
    weights = {style: weight * math.exp(rng.gauss(0.0, 1.0)) for style, weight in USUAL_STYLES.items()}
    weights |= {style: weight * math.exp(rng.gauss(0.0, 1.3)) for style, (weight, _) in EXTRA_STYLES.items()}
    dropped = some(rng, sorted(weights), 0, len(weights) // 2)
    return Weighted({style: weight for style, weight in weights.items() if style not in dropped})


def _free_mail(rng: Random) -> Weighted[str]:
    """Draw the providers of an audience: a few large ones, a tail, and now and then ones that no list knows."""
    chosen = ["gmail.com", *some(rng, _PROVIDERS[1:], 1, 12)]
    weights = {name: math.exp(rng.gauss(-0.35 * rank, 0.9)) for rank, name in enumerate(chosen)}
    if rng.random() < 0.5:
        share = sum(weights.values()) * rng.uniform(0.01, 0.25)
        unknown = [_provider(rng) for _ in range(rng.choice((2, 5, 20, 80)))]
        weights |= {name: share / len(unknown) for name in unknown}
    return Weighted(weights)


def _provider(rng: Random) -> str:
    """Invent a mail provider or access provider."""
    table = words()
    stem = rng.choice(table.words) + rng.choice(("net", "mail", "tel", "online", "post", "link", "com", "box"))
    return (
        f"{stem}.{rng.choice(tuple(countries())).lower() if rng.random() < 0.4 else rng.choice(('com', 'net', 'org'))}"
    )


def _hours(rng: Random) -> tuple[int, ...]:
    """Draw a day: flat, or with a peak of any height and width at any hour."""
    if rng.random() < 0.3:
        return (10,) * 24
    peak, width, floor = rng.uniform(10, 22), rng.uniform(2.5, 6), rng.uniform(1, 40)
    distance = [min(abs(hour - peak), 24 - abs(hour - peak)) for hour in range(24)]
    return tuple(int(floor + 100 * math.exp(-((d / width) ** 2))) for d in distance)


def _groups(rng: Random) -> tuple[str, ...]:
    return tuple(name for name, share in _FIELD_GROUPS.items() if rng.random() < share)


_AUDIENCE: Final[dict[str, Draw]] = {
    "mail_styles": _or_none(0.85, _mail_styles),
    "free_mail": _or_none(0.6, _free_mail),
    "work_share": lambda rng: log_uniform(rng, 0.01, 0.6),
    "own_domain_share": lambda rng: rng.uniform(0.02, 0.9),
    "locale": _or_none(0.2, lambda rng: rng.choice(("en", "en", "en", *locales()))),
    "name_pool": _or_none(0.4, lambda rng: int(log_uniform(rng, 8, 60))),
    "ascii_names": lambda rng: rng.random() < 0.4,
    "other_name": lambda rng: 0.0 if rng.random() < 0.5 else rng.random(),
    "plus_share": _share(0.06),
    "companies": _or_none(0.5, lambda rng: int(log_uniform(rng, 10, 1000))),
    "even_ages": lambda rng: rng.random() < 0.35,
    "address_elsewhere": _share(0.3),
    "zone_elsewhere": _share(0.3),
    "phone_elsewhere": _share(0.3, none=0.2),
    "card_elsewhere": _share(0.3, none=0.2),
    "bill_elsewhere": _share(0.3),
    "wild_addresses": _share(0.15, none=0.8),
    "carrier_factor": lambda rng: rng.choice((0.0, 0.15, 0.5, 1.0, 1.5)),
    "ipv6_factor": lambda rng: rng.choice((0.0, 0.0, 0.4, 1.0)),
    "carrier_exits": lambda rng: int(log_uniform(rng, 15, 3000)),
    "office_share": _share(0.2, none=0.2),
    "code_reuse": lambda rng: rng.uniform(0.0, 0.8),
    "same_user_name": lambda rng: rng.random(),
    "decline": _share(0.18, none=0.1),
    "mismatch": _share(0.2, none=0.1),
    "family_share": _share(0.08, none=0.2),
    "cafe_share": _share(0.03, none=0.3),
    "retry_share": _share(0.05, none=0.2),
    "hours": _or_none(0.7, _hours),
    "even_week": lambda rng: rng.random() < 0.5,
    "focus": _or_none(0.4, lambda rng: rng.choice(("US", "US", "IN", "GB", "DE", "BR", "FR", "ID", "JP", "PL", "MX"))),
}
_WRITING: Final[dict[str, Draw]] = {
    "signup_id": lambda rng: rng.choice(("hex", "uuid", "number", "prefixed")),
    "at_decimals": lambda rng: rng.choice((0, 3, 6)),
    "name_case": lambda rng: rng.choice(("typed", "typed", "typed", "lower", "upper", "title")),
    "card_prefix": lambda rng: rng.choice(("card_", "tok_", "pm_", "")),
    "platform": lambda rng: rng.choice(("navigator", "navigator", "plain")),
    "channel": lambda rng: rng.choice(("all", "all", "one", "own")),
    "tls": lambda rng: rng.choice(("group", "family", "family", "version", "system", "each")),
    "agents": lambda rng: rng.choice(("full", "full", "frozen", "few")),
    "screens": _or_none(0.4, lambda rng: rng.randint(3, 9)),
    "languages": lambda rng: rng.choice(("full", "full", "first", "english")),
    "device_absent": _share(0.5, none=0.5),
    "device_reset": _share(0.8, none=0.4),
    "device_print": _or_none(0.15, lambda rng: rng.randint(8, 20)),
    "time_scale": lambda rng: log_uniform(rng, 0.3, 4.0),
    "time_power": lambda rng: rng.uniform(0.5, 1.6),
    "time_step": lambda rng: rng.choice((0.0, 0.0, 0.0, 1.0, 5.0)),
    "key_scale": lambda rng: rng.choice((0.5, 1.0, 1.0, 2.0)),
    "key_noise": _share(1.0),
    "paste_noise": _share(0.6),
    "webdriver_noise": _share(0.01),
    "captcha_power": lambda rng: log_uniform(rng, 0.25, 3.0),
    "captcha_steps": lambda rng: rng.choice((0, 0, 10, 5)),
    "issuers": _or_none(0.3, lambda rng: int(log_uniform(rng, 6, 200))),
    "false_numbers": lambda rng: rng.random() < 0.15,
    "salt": lambda rng: rng.getrandbits(32),
}
_SITE: Final[dict[str, Draw]] = {
    "steady": lambda rng: rng.random() < 0.7,
    "groups": _or_none(0.6, _groups),
    "found_hours": lambda rng: log_uniform(rng, 2, 240),
}
