"""Make browsers and apps whose parts agree: agent, platform, screen, languages, time zone and TLS greeting."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from random import Random
from typing import Final

from signup_risk.simulation.draw import Weighted, letters

# Chrome 131 was released on 2024-11-12 and Firefox 132 on 2024-10-29; both follow every four weeks.
_CHROME: Final = (131, date(2024, 11, 12))
_FIREFOX: Final = (132, date(2024, 10, 29))
_CADENCE_DAYS: Final = 28
# How many releases behind people are [assumption: long tail of machines that never update].
_LAG: Final = Weighted({(0, 0): 52, (1, 1): 24, (2, 4): 13, (5, 12): 7, (13, 30): 3, (31, 60): 1})
_SAFARI: Final = Weighted({"26.2": 14, "26.1": 18, "26.0": 12, "18.6": 16, "18.5": 12, "18.4": 6, "18.3": 6, "18.1": 4,
                           "17.6": 5, "17.5": 3, "17.4": 2, "16.6": 4, "15.6": 2, "14.1": 1})  # fmt: skip
_DESKTOPS: Final = Weighted({"chrome windows": 48, "edge windows": 13, "chrome mac": 12, "safari mac": 9,
                             "firefox windows": 5, "firefox linux": 1.5, "firefox mac": 1.2, "chrome linux": 2.6,
                             "opera windows": 2.2, "yandex windows": 0.6, "chrome chromeos": 1.5})  # fmt: skip
_HANDHELDS: Final = Weighted({"chrome android": 52, "safari ios": 30, "samsung android": 6, "chrome ios": 4,
                              "webview android": 4, "webview ios": 2.5, "firefox android": 0.8, "edge android": 0.4,
                              "safari ipad": 2, "miui android": 1})  # fmt: skip
_APPLE_RICH: Final = frozenset({"US", "CA", "GB", "JP", "AU", "NZ", "CH", "SE", "NO", "DK", "HK", "SG", "FR", "TW"})
_SCREENS: Final = {
    "windows": Weighted({"1920x1080": 42, "1366x768": 16, "1536x864": 16, "2560x1440": 9, "1440x900": 3, "1600x900": 4,
                         "1280x720": 4, "3840x2160": 2.5, "1680x1050": 1.6, "1280x1024": 1, "3440x1440": 1.2,
                         "1707x1067": 0.9, "2048x1152": 0.6}),
    "mac": Weighted({"1440x900": 28, "1512x982": 20, "1728x1117": 12, "1470x956": 14, "2560x1440": 11, "1680x1050": 6,
                     "1920x1080": 5, "3008x1692": 2, "1280x800": 2}),
    "linux": Weighted({"1920x1080": 56, "2560x1440": 16, "1366x768": 9, "3840x2160": 6, "1600x900": 4, "1440x900": 3}),
    "chromeos": Weighted({"1366x768": 60, "1920x1080": 25, "1280x800": 10, "1536x1024": 5}),
    "ios": Weighted({"390x844": 33, "393x852": 24, "430x932": 10, "414x896": 14, "375x812": 7, "375x667": 5,
                     "402x874": 8, "440x956": 5, "428x926": 6}),
    "ipad": Weighted({"820x1180": 40, "810x1080": 25, "1024x1366": 15, "768x1024": 15, "834x1194": 8}),
    "android": Weighted({"360x800": 26, "393x873": 13, "412x915": 14, "384x854": 8, "393x851": 7, "412x892": 6,
                         "360x780": 7, "385x854": 4, "432x960": 3, "360x640": 4, "412x732": 2, "320x640": 1.5,
                         "411x891": 4, "360x760": 3}),
}  # fmt: skip
_ANDROID_MODELS: Final = (
    "SM-S918B SM-S921B SM-A546E SM-A155F SM-A057F SM-A145R SM-G991B SM-A536B SM-A127F SM-M146B 2201117TG 23053RN02A "
    "23106RN0DA 22101316G 2409BRN2CY M2101K6G CPH2481 CPH2591 CPH2349 CPH2217 V2206 V2247 V2311 RMX3710 RMX3286 "
    "RMX3890 TECNO_KJ5 TECNO_BG6 Infinix_X6525 Infinix_X6837 itel_A665L Pixel_6a Pixel_7 Pixel_8 Pixel_9 moto_g54 "
    "moto_g14 motorola_edge_40 Nokia_G21 ONEPLUS_A6013 CPH2551 LE2123 Redmi_Note_8 Redmi_9A POCO_X3_Pro"
).split()
_PLATFORMS: Final = {"windows": "Win32", "mac": "MacIntel", "linux": "Linux x86_64", "chromeos": "Linux x86_64",
                     "ios": "iPhone", "ipad": "MacIntel", "android": "Linux armv81"}  # fmt: skip
_TOOLS: Final = {
    "python": ("python-requests/2.32.3", "python-requests/2.31.0", "Python/3.11 aiohttp/3.9.5", "python-httpx/0.27.0"),
    "go": ("Go-http-client/1.1", "Go-http-client/2.0", "fasthttp"),
    "node": ("axios/1.7.2", "node-fetch/1.0 (+https://github.com/bitinn/node-fetch)", "undici"),
    "curl": ("curl/8.5.0", "curl/7.88.1", "Wget/1.21.4"),
    "java": ("okhttp/4.12.0", "Apache-HttpClient/4.5.14 (Java/17.0.9)", "Java/1.8.0_392"),
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


def is_handheld(browser: Browser) -> bool:
    """Tell whether an installation is on a telephone or tablet."""
    return browser.system in ("android", "ios", "ipad")


def make_browser(
    rng: Random, at: date, *, country: str, handheld: float, language: str, zone: str, kind: str | None = None
) -> Browser:
    """Make a coherent installation of a person: what it says of itself fits together."""
    chosen = kind or (_HANDHELDS if rng.random() < handheld else _DESKTOPS).pick(rng)
    if kind is None and country not in _APPLE_RICH and chosen.endswith(("ios", "mac")) and rng.random() < 0.6:
        chosen = "chrome android" if chosen.endswith("ios") else "chrome windows"
    family, system = chosen.split()
    agent, tls = _agent(rng, family, system, at)
    return Browser(
        key=rng.getrandbits(128),
        agent=agent,
        languages=language_header(rng, family, language),
        zone=zone,
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
    return Browser(rng.getrandbits(128), rng.choice(_TOOLS[name]), language_header(rng, name, language), zone,
                   "800x600", "Linux x86_64", False, name, "tool", "linux")  # fmt: skip


def headless(rng: Random, browser: Browser) -> Browser:
    """Turn an installation into an automated one, as far as its operator lets it show."""
    agent = browser.agent
    if agent and rng.random() < 0.25:
        agent = agent.replace("Chrome/", "HeadlessChrome/")
    return replace(browser, agent=agent, webdriver=rng.random() < 0.5, screen=rng.choice(("800x600", "1280x720", "1920x1080")))


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
    primary = language.split("-")[0]
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


def _release(rng: Random, start: tuple[int, date], at: date) -> int:
    low, high = _LAG.pick(rng)
    return max(60, start[0] + (at - start[1]).days // _CADENCE_DAYS - rng.randint(low, high))


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
    where = {"windows": "Windows NT 10.0; Win64; x64", "linux": "X11; Linux x86_64",
             "mac": "Macintosh; Intel Mac OS X 10.15", "android": "Android 14; Mobile"}[system]  # fmt: skip
    trail = f"Gecko/{version}.0" if system == "android" else "Gecko/20100101"
    return f"Mozilla/5.0 ({where}; rv:{version}.0) {trail} Firefox/{version}.0", f"firefox {version // 10 * 10}"


def _webkit(rng: Random, family: str, system: str, at: date) -> tuple[str, str]:
    version = _SAFARI.pick(rng)
    underscored = version.replace(".", "_")
    tls = f"safari {version.split('.')[0]}"
    if system in ("mac", "ipad"):
        head = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
        return f"{head} Version/{version} Safari/605.1.15", tls
    head = f"Mozilla/5.0 (iPhone; CPU iPhone OS {underscored} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    if family == "chrome":
        return f"{head} CriOS/{_release(rng, _CHROME, at)}.0.{rng.randint(6000, 7600)}.{rng.randint(20, 200)} Mobile/15E148 Safari/604.1", tls
    if family == "webview":
        return f"{head} Mobile/15E148 [FBAN/FBIOS;FBAV/{rng.randint(430, 540)}.0.0.{rng.randint(20, 60)}]", tls
    return f"{head} Version/{version} Mobile/15E148 Safari/604.1", tls


def _chromium(rng: Random, family: str, system: str, version: int) -> str:
    where = {"windows": "Windows NT 10.0; Win64; x64", "mac": "Macintosh; Intel Mac OS X 10_15_7",
             "linux": "X11; Linux x86_64", "chromeos": "X11; CrOS x86_64 14541.0.0"}.get(system)  # fmt: skip
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
            return f"{head} Version/4.0 Chrome/{full} Mobile Safari/537.36 XiaoMi/MiuiBrowser/14.{rng.randint(1, 30)}.0-gn"
        case "webview":
            return f"{head} Version/4.0 Chrome/{full} Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/{rng.randint(430, 540)}.0.0;]"
        case _:
            tail = ""
    return f"{head} Chrome/{full}{mobile} Safari/537.36{tail}"


def _android(rng: Random, version: int) -> tuple[str, str]:
    """Return the reduced form that Chrome sends, or the full one of web views and older installations."""
    if rng.random() < 0.62:
        return "Linux; Android 10; K", f"{version}.0.0.0"
    model = rng.choice(_ANDROID_MODELS).replace("_", " ")
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
