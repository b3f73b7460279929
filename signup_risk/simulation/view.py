"""Show an applicant as a site with habits of its own sees them: coarser, rounded, in other words.

Whatever is changed here is changed for everybody alike, by the value alone: what was equal stays equal, and
nothing looks at who signs up.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from functools import lru_cache
from random import Random
from typing import Any, Final
from zlib import crc32

from signup_risk.simulation.agents import Browser, Owner, make_browser
from signup_risk.simulation.applicant import Applicant
from signup_risk.simulation.draw import letters, log_normal
from signup_risk.simulation.habits import Writing
from signup_risk.simulation.payment import PaymentCard
from signup_risk.simulation.sessions import Visit

# A typical form time, around which a site's own scale is stretched.
_MIDDLE: Final = 30.0
_RELEASE: Final = re.compile(r"((?:Chrome|Firefox|CriOS|Edg|rv:|Version)/?)\d+(?:\.\d+)*")
_SYSTEMS: Final = {"ios": "iOS", "ipad": "iPadOS", "mac": "macOS", "chromeos": "ChromeOS"}
_CHANNELS: Final = {
    "direct": "web", "invite": "friend", "ads": "campaign", "partner": "affiliate", "edu": "education",
    "startup_program": "startups", "sso:google": "google", "sso:microsoft": "microsoft", "sso:apple": "apple",
}  # fmt: skip


def seen(rng: Random, who: Applicant, writing: Writing) -> Applicant:
    """Return the applicant as the site sees them."""
    return replace(
        who,
        browser=_browser(rng, who.browser, writing),
        visit=_visit(rng, who.visit, writing),
        card=_card(who.card, writing),
        channel=_channel(who.channel, writing),
        phone=_phone(who.phone, writing),
    )


def identifies(rng: Random, writing: Writing) -> bool:
    """Tell whether a sign-up comes with an identifier of its device."""
    return not (writing.device_absent and rng.random() < writing.device_absent)


def _browser(rng: Random, browser: Browser, writing: Writing) -> Browser:
    changes: dict[str, Any] = {}
    if writing.device_reset and rng.random() < writing.device_reset:
        changes["key"] = rng.getrandbits(128)
    if writing.agents != "full" and browser.agent and browser.family != "tool":
        changes["agent"] = _agent(browser, writing)
    if writing.screens:
        changes["screen"] = _stand_in(browser.screen, writing.screens, writing.salt)
    if writing.languages != "full" and browser.languages:
        changes["languages"] = _languages(browser.languages, writing)
    if writing.platform == "plain":
        changes["platform"] = _SYSTEMS.get(browser.system, browser.system.capitalize())
    if writing.webdriver_noise and rng.random() < writing.webdriver_noise:
        changes["webdriver"] = True
    if writing.tls != "group":
        changes["tls"] = _tls(rng, browser, writing.tls)
    made = replace(browser, **changes)
    return replace(made, key=_print_of(made, writing)) if writing.device_print else made


def _agent(browser: Browser, writing: Writing) -> str:
    text = browser.agent or ""
    if writing.agents == "frozen":
        return _RELEASE.sub(r"\g<1>120.0", text)
    agent = _few(browser.family, browser.system, crc32(text.encode()) % 2, writing.salt)
    return agent.replace("Chrome/", "HeadlessChrome/") if "Headless" in text else agent


@lru_cache(maxsize=512)
def _few(family: str, system: str, which: int, salt: int) -> str:
    """Return the agent that stands for all of a browser and system; no version of a library is in it."""
    rng = Random(f"{family} {system} {which} {salt}")
    made = make_browser(rng, date(2026, 1, 1), Owner("US", 0.5, "en-US", "UTC"), f"{family} {system}")
    return made.agent or family


@lru_cache(maxsize=512)
def _stand_in(screen: str, count: int, salt: int) -> str:
    """Return the one of a few sizes that is nearest in kind: upright ones stay upright."""
    width, _, height = screen.partition("x")
    wide = int(width) >= int(height)
    sizes = (
        ("1920x1080", "1366x768", "1440x900", "1280x720", "2560x1440") if wide else ("390x844", "360x800", "412x915")
    )
    return sizes[(crc32(screen.encode()) ^ salt) % min(len(sizes), max(1, count // 2))]


def _languages(header: str, writing: Writing) -> str:
    first = header.partition(",")[0]
    if writing.languages == "first":
        return first
    return "en-US,en;q=0.9" if (crc32(header.encode()) ^ writing.salt) % 10 < 7 else first


def _tls(rng: Random, browser: Browser, kind: str) -> str:
    """Name the greeting; those that do not come from a browser stay what they are."""
    engine, _, version = browser.tls.partition(" ")
    if engine not in ("chrome", "firefox", "safari"):
        return browser.tls
    match kind:
        case "family":
            return engine
        case "system":
            return f"{engine} on {browser.system}"
        case "each":
            return f"{engine} {rng.getrandbits(24)}" if engine == "chrome" else browser.tls
        case _:
            found = re.search(r"(?:Chrome|Firefox|Version|CriOS)/(\d+)", browser.agent or "")
            return f"{engine} {found[1] if found else version}"


def _print_of(browser: Browser, writing: Writing) -> int:
    """Return an identifier made of traits, with a few bits that only this installation has."""
    traits = f"{browser.agent}|{browser.screen}|{browser.languages}|{browser.zone}|{browser.platform}"
    bits = browser.key & ((1 << (writing.device_print or 0)) - 1)
    return Random(f"{traits}|{bits}|{writing.salt}").getrandbits(128)


def _visit(rng: Random, visit: Visit | None, writing: Writing) -> Visit | None:
    if visit is None:
        return None
    form = writing.time_scale * _MIDDLE * (visit.form_seconds / _MIDDLE) ** writing.time_power
    before = max(0.0, visit.age_seconds - visit.form_seconds)
    score = visit.captcha_score**writing.captcha_power
    if writing.captcha_steps:
        score = round(score * writing.captcha_steps) / writing.captcha_steps
    step, keys = writing.time_step, visit.keystrokes * writing.key_scale
    if writing.key_noise:
        keys = log_normal(rng, keys + 1.0, writing.key_noise)
    is_noise = writing.paste_noise and rng.random() < writing.paste_noise
    return replace(
        visit,
        form_seconds=round(form / step) * step if step else form,
        age_seconds=round((form + before) / step) * step if step else form + before,
        keystrokes=int(keys),
        pasted_fields=rng.randint(0, 4) if is_noise else visit.pasted_fields,
        captcha_score=score,
    )


def _card(card: PaymentCard | None, writing: Writing) -> PaymentCard | None:
    if card is None or not writing.issuers:
        return card
    return replace(card, issuer=replace(card.issuer, number=_issuer(card.issuer.number, writing.issuers, writing.salt)))


@lru_cache(maxsize=8192)
def _issuer(number: str, count: int, salt: int) -> str:
    """Return the issuer number that stands for several of the same scheme."""
    rng = Random(f"{crc32(number.encode()) % count} {number[0]} {salt}")
    return number[0] + letters(rng, len(number) - 1, "0123456789")


def _channel(channel: str, writing: Writing) -> str:
    if writing.channel == "all":
        return channel
    return "web" if writing.channel == "one" else _CHANNELS.get(channel, channel)


def _phone(phone: str | None, writing: Writing) -> str | None:
    """Return a number whose first digits no plan gives out; numbers of a block stay in one."""
    if phone is None or not writing.false_numbers:
        return phone
    return phone[:4] + letters(Random(f"{phone[4:6]} {writing.salt}"), 2, "0123456789") + phone[6:]
