"""Make browsers and apps whose parts agree: agent, platform, screen, languages, zone and TLS greeting."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from random import Random
from typing import Final, NamedTuple

from signup_risk.simulation.draw import Weighted, letters
from signup_risk.simulation.tables import read_json

# Days of release from MDN's browser-compat-data 8.1.9 (2026-11-12, CC0); versions between lie on the line between.
_CHROME: Final = (
    (94, date(2021, 9, 21)),
    (120, date(2023, 12, 5)),
    (140, date(2025, 9, 2)),
    (152, date(2026, 8, 25)),
    (157, date(2026, 11, 3)),
)
_FIREFOX: Final = (
    (94, date(2021, 11, 2)),
    (120, date(2023, 11, 21)),
    (140, date(2025, 6, 24)),
    (154, date(2026, 8, 18)),
    (160, date(2026, 11, 10)),
)
# How many releases behind people are [assumption: long tail of machines that never update].
_LAG: Final[Weighted[tuple[int, int]]] = Weighted(
    {(0, 0): 52, (1, 1): 24, (2, 4): 13, (5, 12): 7, (13, 30): 3, (31, 60): 1}
)
_TABLE: Final = read_json("agents.json")
_SAFARI: Final[Weighted[str]] = Weighted(_TABLE["safari"])
_DESKTOPS: Final[Weighted[str]] = Weighted(_TABLE["desktops"])
_HANDHELDS: Final[Weighted[str]] = Weighted(_TABLE["handhelds"])
_APPLE_RICH: Final = frozenset(_TABLE["apple_rich"])
_SCREENS: Final[dict[str, Weighted[str]]] = {system: Weighted(row) for system, row in _TABLE["screens"].items()}
_ANDROID_MODELS: Final[tuple[str, ...]] = tuple(_TABLE["android_models"])
_TOOLS: Final[dict[str, list[str]]] = _TABLE["tools"]
_PLATFORMS: Final = {
    "windows": "Win32",
    "mac": "MacIntel",
    "linux": "Linux x86_64",
    "chromeos": "Linux x86_64",
    "ios": "iPhone",
    "ipad": "MacIntel",
    "android": "Linux armv81",
}


@dataclass(frozen=True, slots=True)
class Browser:
    """Hold one browser or app installation.

    Attributes:
        key: Random bits an identifier is written from; the same for every sign-up from this installation.
        tls: Name of the TLS greeting, such as ``chrome 139``; it is hashed when written.
    """

    key: int
    agent: str | None
    languages: str | None
    zone: str
    screen: str
    platform: str
    webdriver: bool
    tls: str
    family: str
    system: str


class Owner(NamedTuple):
    """Say whose device it is, as far as the device shows it."""

    country: str
    handheld: float
    language: str
    zone: str


def is_handheld(browser: Browser) -> bool:
    """Tell whether an installation is on a telephone or tablet."""
    return browser.system in ("android", "ios", "ipad")


def make_browser(rng: Random, at: date, whose: Owner, kind: str | None = None) -> Browser:
    """Make a coherent installation of a person: what it says of itself fits together."""
    chosen = kind or (_HANDHELDS if rng.random() < whose.handheld else _DESKTOPS).pick(rng)
    if kind is None and whose.country not in _APPLE_RICH and chosen.endswith(("ios", "mac")) and rng.random() < 0.6:
        chosen = "chrome android" if chosen.endswith("ios") else "chrome windows"
    family, system = chosen.split()
    agent, tls = _agent(rng, family, system, at)
    return Browser(
        key=rng.getrandbits(128),
        agent=agent,
        languages=language_header(rng, family, whose.language),
        zone=whose.zone,
        screen=_SCREENS[system].pick(rng),
        platform=_platform(rng, system),
        webdriver=rng.random() < 0.0006,
        tls=tls if rng.random() > 0.03 else f"middlebox {rng.randrange(24)}",
        family=family,
        system=system,
    )


def make_tool(rng: Random, zone: str, language: str) -> Browser:
    """Make a script: the agent of an HTTP library, and nothing that a browser would add by itself."""
    name = rng.choice(tuple(_TOOLS))
    return Browser(
        rng.getrandbits(128),
        rng.choice(_TOOLS[name]),
        language_header(rng, name, language),
        zone,
        "800x600",
        "Linux x86_64",
        False,
        name,
        "tool",
        "linux",
    )


def headless(rng: Random, browser: Browser) -> Browser:
    """Turn an installation into an automated one, as far as its operator lets it show."""
    agent = browser.agent
    if agent and rng.random() < 0.25:
        agent = agent.replace("Chrome/", "HeadlessChrome/")
    return replace(
        browser,
        agent=agent,
        webdriver=rng.random() < 0.5,
        screen=rng.choice(("800x600", "1280x720", "1920x1080")),
    )


def tool_tls(rng: Random) -> str:
    """Return the TLS greeting of some HTTP library."""
    return rng.choice(tuple(_TOOLS))


def any_screen(rng: Random, system: str | None = None) -> str:
    """Return a screen of a system, or of any."""
    return _SCREENS[system or rng.choice(tuple(_SCREENS))].pick(rng)


def any_platform(rng: Random) -> str:
    """Return the platform text of any system."""
    return rng.choice(tuple(_PLATFORMS.values()))


def language_header(rng: Random, family: str, language: str) -> str:
    """Write an ``Accept-Language`` header in the manner of a browser family."""
    primary = language.split("-", maxsplit=1)[0]
    if family in ("safari", "tool"):
        return f"{language},{primary};q=0.9" if language != primary else language
    step = 0.5 if family == "firefox" else 0.9
    tags = [language] if language == primary else [language, primary]
    if primary != "en" and rng.random() < 0.75:
        tags += ["en-US", "en"]
    elif rng.random() < 0.06:
        tags.append(rng.choice(("es", "fr", "de", "zh-CN", "hi", "pt", "ru", "ar")))
    return ",".join(tag if i == 0 else f"{tag};q={max(0.1, step - 0.1 * (i - 1)):.1f}" for i, tag in enumerate(tags))


@lru_cache(maxsize=4096)
def tls_text(name: str, style: str) -> str:
    """Write a TLS greeting as JA4 or JA3 text.

    Examples:
        >>> tls_text("chrome 139", "ja4") == tls_text("chrome 139", "ja4") != tls_text("curl", "ja4")
        True
    """
    digest = hashlib.sha256(name.encode()).hexdigest()
    if style == "ja3":
        return digest[:32]
    return f"t13d{14 + int(digest[0], 16) % 5}{12 + int(digest[1], 16) % 6}h2_{digest[2:14]}_{digest[14:26]}"


def _release(rng: Random, calendar: tuple[tuple[int, date], ...], at: date) -> int:
    low, high = _LAG.pick(rng)
    return max(60, _newest(calendar, at) - rng.randint(low, high))


@lru_cache(maxsize=1024)
def _newest(calendar: tuple[tuple[int, date], ...], at: date) -> int:
    """Return the newest version that was out on a day."""
    index = min(max(1, sum(day <= at for _, day in calendar)), len(calendar) - 1)
    (first, begin), (last, end) = calendar[index - 1], calendar[index]
    return first + (at - begin).days * (last - first) // (end - begin).days


def _platform(rng: Random, system: str) -> str:
    if system == "android":
        return rng.choice(("Linux armv81", "Linux armv81", "Linux armv8l", "Linux aarch64", "Android"))
    return _PLATFORMS[system]


def _agent(rng: Random, family: str, system: str, at: date) -> tuple[str, str]:
    if family == "firefox":
        return _firefox(_release(rng, _FIREFOX, at), system)
    if family == "safari" or system in ("ios", "ipad"):
        return _webkit(rng, family, system, at)
    version = _release(rng, _CHROME, at)
    return _chromium(rng, family, system, version), f"chrome {version // 8 * 8}"


def _firefox(version: int, system: str) -> tuple[str, str]:
    where = {
        "windows": "Windows NT 10.0; Win64; x64",
        "linux": "X11; Linux x86_64",
        "mac": "Macintosh; Intel Mac OS X 10.15",
        "android": "Android 14; Mobile",
    }[system]
    trail = f"Gecko/{version}.0" if system == "android" else "Gecko/20100101"
    return (
        f"Mozilla/5.0 ({where}; rv:{version}.0) {trail} Firefox/{version}.0",
        f"firefox {version // 10 * 10}",
    )


def _webkit(rng: Random, family: str, system: str, at: date) -> tuple[str, str]:
    version = _SAFARI.pick(rng)
    underscored = version.replace(".", "_")
    tls = f"safari {version.split('.')[0]}"
    if system in ("mac", "ipad"):
        head = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
        return f"{head} Version/{version} Safari/605.1.15", tls
    where = f"iPhone; CPU iPhone OS {underscored} like Mac OS X"
    head = f"Mozilla/5.0 ({where}) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    if family == "chrome":
        release = f"{_release(rng, _CHROME, at)}.0.{rng.randint(6000, 7600)}.{rng.randint(20, 200)}"
        return f"{head} CriOS/{release} Mobile/15E148 Safari/604.1", tls
    if family == "webview":
        return (
            f"{head} Mobile/15E148 [FBAN/FBIOS;FBAV/{rng.randint(430, 540)}.0.0.{rng.randint(20, 60)}]",
            tls,
        )
    return f"{head} Version/{version} Mobile/15E148 Safari/604.1", tls


def _chromium(rng: Random, family: str, system: str, version: int) -> str:
    where = {
        "windows": "Windows NT 10.0; Win64; x64",
        "mac": "Macintosh; Intel Mac OS X 10_15_7",
        "linux": "X11; Linux x86_64",
        "chromeos": "X11; CrOS x86_64 14541.0.0",
    }.get(system)
    full = f"{version}.0.0.0"
    if where is None:
        where, full = _android(rng, version)
    mobile = " Mobile" if system == "android" else ""
    head = f"Mozilla/5.0 ({where}) AppleWebKit/537.36 (KHTML, like Gecko)"
    match family:
        case "edge":
            tail = f" {'EdgA' if mobile else 'Edg'}/{version}.0.0.0"
        case "opera":
            tail = f" OPR/{version - 16}.0.0.0"
        case "yandex":
            tail = f" YaBrowser/{20 + version // 12 - 5}.{rng.randint(1, 12)}.0.0"
        case "samsung":
            return f"{head} SamsungBrowser/{rng.randint(24, 29)}.0 Chrome/{full} Mobile Safari/537.36"
        case "miui":
            tail = f" XiaoMi/MiuiBrowser/14.{rng.randint(1, 30)}.0-gn"
            return f"{head} Version/4.0 Chrome/{full} Mobile Safari/537.36{tail}"
        case "webview":
            tail = f" [FB_IAB/FB4A;FBAV/{rng.randint(430, 540)}.0.0;]"
            return f"{head} Version/4.0 Chrome/{full} Mobile Safari/537.36{tail}"
        case _:
            tail = ""
    return f"{head} Chrome/{full}{mobile} Safari/537.36{tail}"


def _android(rng: Random, version: int) -> tuple[str, str]:
    """Return the reduced form that Chrome sends, or the full one of web views and older installations."""
    if rng.random() < 0.62:
        return "Linux; Android 10; K", f"{version}.0.0.0"
    model = rng.choice(_ANDROID_MODELS)
    build = f"{rng.choice('TUASR')}P1A.{rng.randint(220101, 240930)}.{rng.randint(1, 30):03d}"
    return (
        f"Linux; Android {rng.choice((10, 11, 12, 13, 14, 14, 15))}; {model} Build/{build}"
        if rng.random() < 0.3
        else f"Linux; Android {rng.choice((10, 11, 12, 13, 14, 14, 15))}; {model}"
    ), f"{version}.0.{rng.randint(5000, 7600)}.{rng.randint(30, 230)}"


def identifier(key: int, style: str) -> str:
    """Write the identifier of an installation in the style that a site uses.

    Examples:
        >>> identifier(255, "hex")
        '000000000000000000000000000000ff'
    """
    if style == "hex":
        return f"{key:032x}"
    if style == "uuid":
        text = f"{key:032x}"
        return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
    return letters(Random(key), 20, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
