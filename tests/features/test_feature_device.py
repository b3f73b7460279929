"""Check the features of the client and of the visit."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from signup_risk.events import Signup
from signup_risk.events.signup import Device, Session
from signup_risk.features.base import Feature, Value
from signup_risk.features.browser_releases import release_day
from signup_risk.features.context import Context
from signup_risk.features.device import FEATURES
from signup_risk.normalize import normalize_languages, normalize_user_agent

AT = Signup(at=datetime(2026, 5, 1, tzinfo=UTC)).at_us
BY_NAME = {entry.name: entry for entry in FEATURES}
WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
DESKTOP = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/147.0.0.0 Safari/537.36"
OLD = DESKTOP.replace("147", "90")
FUTURE = DESKTOP.replace("147", "220")
PHONE = f"Mozilla/5.0 (Linux; Android 13; Pixel 7) {WEBKIT} Chrome/147.0.0.0 Mobile Safari/537.36"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.0 Mobile/15E148 Safari/604.1"
)
IPAD = IPHONE.replace("iPhone OS", "OS").replace("iPhone", "iPad")
BOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
WEBVIEW = PHONE.replace("Pixel 7", "Pixel 7; wv").replace("Chrome", "Version/4.0 Chrome")


def client(agent: str | None = None, **device: Any) -> Context:
    """Return what is known of a client."""
    asked = device.get("accept_language")
    return Context(
        Signup(device=Device(user_agent=agent, **device)),
        AT,
        agent=normalize_user_agent(agent) if agent is not None else None,
        languages=normalize_languages(asked) if asked else None,
    )


def visit(email: str | None = "ann.lee@example.com", **session: Any) -> Context:
    """Return what is known of a visit in which 19 characters were entered."""
    return Context(Signup(email=email, session=Session(**session)), AT)


@pytest.mark.parametrize(
    ("name", "c", "expected"),
    [
        ("device_automation", client("curl/8.5.0"), True),
        ("device_automation", client(DESKTOP), False),
        ("device_webdriver", client(webdriver=True), True),
        ("device_crawler", client(BOT), True),
        ("device_crawler", client(DESKTOP), False),
        ("device_webview", client(WEBVIEW), True),
        ("device_webview", client(PHONE), False),
        ("device_agent_missing", client(accept_language="en", screen=(1920, 1080)), True),
        ("device_agent_missing", client(DESKTOP, accept_language="en", screen=(1920, 1080)), False),
        ("device_agent_missing", client(screen=(1920, 1080)), None),
        ("device_platform_mismatch", client(DESKTOP, platform="Linux x86_64"), True),
        ("device_platform_mismatch", client(DESKTOP, platform="Win32"), False),
        ("device_platform_mismatch", client(PHONE, platform="Linux armv81"), False),
        ("device_platform_mismatch", client(IPAD, platform="MacIntel"), False),
        ("device_platform_mismatch", client(DESKTOP, platform="Amiga"), None),
        ("device_emulated_mobile", client(IPHONE, platform="MacIntel"), True),
        ("device_emulated_mobile", client(IPHONE, platform="iPhone"), False),
        ("device_emulated_mobile", client(IPAD, platform="MacIntel"), False),
        ("device_mobile_on_monitor", client(PHONE, screen=(1920, 1080)), True),
        ("device_mobile_on_monitor", client(PHONE, screen=(412, 915)), False),
        ("device_mobile_on_monitor", client(PHONE, screen=(1080, 1920)), False),
        ("device_mobile_on_monitor", client(DESKTOP, screen=(1920, 1080)), False),
        ("device_screenless", client(DESKTOP, screen=(800, 600)), True),
        ("device_screenless", client(PHONE, screen=(800, 600)), False),
        ("device_screenless", client(DESKTOP, screen=(1280, 720)), False),
        ("device_screenless", client(DESKTOP), None),
        ("device_screenless", client(screen=(800, 600)), None),
        ("device_mobile_on_monitor", client(PHONE), None),
        ("device_mobile_on_monitor", client(screen=(800, 600)), None),
        ("device_emulated_mobile", client(IPHONE), None),
        ("device_emulated_mobile", client(platform="MacIntel"), None),
        ("device_platform_mismatch", client(DESKTOP), None),
        ("device_platform_mismatch", client(platform="Win32"), None),
        ("device_tls_contradiction", client(DESKTOP), None),
        ("device_tls_contradiction", client(tls_fingerprint="t12d1516h2_8daaf6152771_b1860"), None),
        ("device_language_unusable", client(accept_language="*"), True),
        ("device_language_unusable", client(accept_language="de"), False),
        ("device_language_count", client(accept_language="de,en;q=0.5"), 2),
        ("device_language_count", client(accept_language="*"), None),
        ("device_browser_age", client(OLD), (date(2026, 5, 1) - date(2021, 5, 1)).days),
        ("device_browser_age", client(IPHONE), None),
        ("device_browser_age", client(FUTURE), 0),
        ("device_browser_unreleased", client(OLD), 0),
        ("device_tls_contradiction", client(DESKTOP, tls_fingerprint="t13d1516h2_8daaf6152771_b1860"), False),
        ("device_tls_contradiction", client(DESKTOP, tls_fingerprint="t12d1516h2_8daaf6152771_b1860"), True),
        ("device_tls_contradiction", client(DESKTOP, tls_fingerprint="t13d151600_8daaf6152771_b1860"), True),
        ("device_tls_contradiction", client(DESKTOP, tls_fingerprint="q13d0310h3_8daaf6152771_b1860"), False),
        (
            "device_tls_contradiction",
            client(DESKTOP, tls_fingerprint="cd08e31494f9531f560d64c695473da9"),
            None,
        ),
        ("device_tls_contradiction", client(DESKTOP, tls_fingerprint="t13"), None),
        ("device_tls_contradiction", client(IPHONE, tls_fingerprint="t12d1516h2_8daaf6152771_b1860"), None),
        ("session_form_seconds", visit(form_seconds=2.5), 2.5),
        ("session_characters_per_second", visit(form_seconds=2.0), 9.5),
        ("session_characters_per_second", visit(form_seconds=0.0), 190.0),
        ("session_characters_per_second", visit(None, form_seconds=2.0), None),
        ("session_age_seconds", visit(age_seconds=60.0), 60.0),
        ("session_keystrokes_per_character", visit(keystrokes=38), 2.0),
        ("session_keystrokes_per_character", visit(keystrokes=0), 0.0),
        ("session_keystrokes_per_character", visit(None, keystrokes=3), None),
        ("session_pasted_fields", visit(pasted_fields=2), 2),
        ("session_without_input", visit(keystrokes=0, pasted_fields=0), True),
        ("session_without_input", visit(keystrokes=0, pasted_fields=1), False),
        ("session_without_input", visit(keystrokes=0), None),
        ("session_captcha_score", visit(captcha_score=0.3), 0.3),
    ],
)
def test_value(name: str, c: Context, expected: Value) -> None:
    """Each feature says what its text says, and None where the question does not arise."""
    found = BY_NAME[name].compute(c)
    if name == "device_browser_age" and expected:
        assert abs(found - expected) <= 35  # type: ignore[operator]
    else:
        assert found == expected


def test_unreleased_browser_is_years_ahead() -> None:
    """A version that nobody has heard of lies years in the future."""
    assert BY_NAME["device_browser_unreleased"].compute(client(FUTURE)) > 900  # type: ignore[operator]


@pytest.mark.parametrize(
    ("browser", "major", "day"),
    [
        ("Chrome", 100, date(2022, 3, 29)),
        ("Chrome Mobile", 130, date(2024, 10, 15)),
        ("Edge", 147, date(2026, 4, 10)),
        ("Chrome", 155, date(2026, 10, 6)),
        ("Firefox", 115, date(2023, 7, 4)),
        ("Firefox", 147, date(2026, 1, 13)),
        ("Firefox", 156, date(2026, 9, 15)),
    ],
)
def test_release_days(browser: str, major: int, day: date) -> None:
    """Versions between the listed ones are dated within five weeks of the true day."""
    found = release_day(browser, major)
    assert found is not None
    assert abs(found - (day - date(1970, 1, 1)).days) <= 35


@pytest.mark.parametrize("entry", FEATURES, ids=lambda entry: entry.name)
def test_nothing_known(entry: Feature) -> None:
    """Without any fact every answer is unknown."""
    assert entry.compute(Context(Signup(), AT)) is None
