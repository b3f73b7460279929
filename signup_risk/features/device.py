"""Describe the client: is it driven by a program, and does what it says of itself go together.

How the form was filled in stands in :mod:`signup_risk.features.session`; both are of the family ``device``.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from signup_risk.features.base import feature
from signup_risk.features.browser_releases import release_day
from signup_risk.features.context import Context
from signup_risk.features.session import SESSION_FEATURES
from signup_risk.normalize import AgentFacts

_NO_AGENT: Final = "no user agent"
_AGENT: Final = ("device.user_agent",)
_SCREEN: Final = ("device.user_agent", "device.screen")
_PLATFORM: Final = ("device.user_agent", "device.platform")
_TLS: Final = ("device.user_agent", "device.tls_fingerprint")

_MICROSECONDS_A_DAY: Final = 86_400_000_000

#: Systems by maker, and how `navigator.platform` or the client hint `Sec-CH-UA-Platform` begins on them (HTML
#: standard, "NavigatorID"; User-Agent Client Hints). An iPad that asks for desktop sites says "MacIntel" in
#: both places.
_MAKERS: Final = {
    **dict.fromkeys(("Windows", "Windows Phone"), "windows"),
    **dict.fromkeys(("Mac OS X", "iOS", "iPadOS"), "apple"),
    **dict.fromkeys(
        (
            "Android",
            "Chrome OS",
            "Linux",
            "Ubuntu",
            "Debian",
            "Fedora",
            "Arch Linux",
            "Red Hat",
            "SUSE",
            "Tizen",
        ),
        "linux",
    ),
}
_PLATFORMS: Final = (
    ("win", "windows"),
    ("mac", "apple"),
    ("iphone", "apple"),
    ("ipad", "apple"),
    ("ipod", "apple"),
    ("ios", "apple"),
    ("linux", "linux"),
    ("android", "linux"),
    ("chrome os", "linux"),
    ("chromium os", "linux"),
)
#: Platforms that no telephone has; "Linux x86_64" is left out, Android runs on such tablets and on
#: Chromebooks.
_DESKTOP_PLATFORMS: Final = ("win", "mac")

#: Sizes of desktop monitors and laptops, landscape, that no telephone or tablet reports (StatCounter, desktop
#: screen resolutions worldwide, 2025). 1280x800, 1280x720 and 1024x768 are left out: tablets have them.
_MONITORS: Final = frozenset(
    {
        (1280, 1024), (1360, 768), (1366, 768), (1440, 900), (1536, 864), (1600, 900), (1680, 1050),
        (1920, 1080), (1920, 1200), (2560, 1080), (2560, 1440), (3440, 1440), (3840, 2160),
    }
)  # fmt: skip

#: What browsers without a screen report unless told otherwise: 800x600 (headless Chrome, Puppeteer),
#: 1360x1020 (Selenium's container images), 1024x768 (virtual frame buffers). Old and virtual machines have
#: the last as well.
_SCREENLESS: Final = frozenset({(800, 600), (1360, 1020), (1024, 768)})

#: A fingerprint in JA4's form says the TLS version at 1-2 and the application protocol at 8-9 (FoxIO, JA4
#: technical details). JA3 is a hash and says nothing by itself.
_JA4_HEAD: Final = 10
#: Browsers that speak TLS 1.3 and HTTP/2 wherever they can (since Chrome 70, Firefox 63 in 2018; 100 is on
#: the safe side).
_MODERN_MAJOR: Final = 100
_MODERN: Final = frozenset({"Chrome", "Chrome Mobile", "Edge", "Edge Mobile", "Firefox", "Firefox Mobile"})


@lru_cache(maxsize=256)
def _maker_of_platform(platform: str) -> str | None:
    low = platform.lower()
    return next((maker for start, maker in _PLATFORMS if low.startswith(start)), None)


def _is_modern(agent: AgentFacts) -> bool:
    return agent.browser in _MODERN and (agent.browser_major or 0) >= _MODERN_MAJOR


def _days_since_release(c: Context) -> int | None:
    agent = c.agent
    if agent is None or agent.browser_major is None:
        return None
    day = release_day(agent.browser, agent.browser_major)
    return c.at // _MICROSECONDS_A_DAY - day if day is not None else None


@feature(
    "device", "DEVICE_AUTOMATION", "agent of a driven browser or an HTTP library",
    missing=_NO_AGENT, inputs=_AGENT, monotone=1,
)  # fmt: skip
def device_automation(c: Context) -> bool | None:
    """Return whether the agent says that a program sends the form."""
    return c.agent.is_automation if c.agent else None


@feature(
    "device", "DEVICE_AUTOMATION", "browser says that it is driven by a program",
    missing="the browser was not asked", inputs=("device.webdriver",), monotone=1,
)  # fmt: skip
def device_webdriver(c: Context) -> bool | None:
    """Return ``navigator.webdriver``."""
    return c.signup.device.webdriver


@feature("device", "DEVICE_CRAWLER", "agent of a crawler", missing=_NO_AGENT, inputs=_AGENT, monotone=1)
def device_crawler(c: Context) -> bool | None:
    """Return whether the agent names a crawler: nothing that opens accounts."""
    return c.agent.is_bot if c.agent else None


@feature("device", "DEVICE_WEBVIEW", "browser inside an app", missing=_NO_AGENT, inputs=_AGENT)
def device_webview(c: Context) -> bool | None:
    """Return whether an app shows the page, as after a tap on a link in it."""
    return c.agent.is_webview if c.agent else None


@feature(
    "device", "DEVICE_AGENT_MISSING", "other headers and screen are there, the user agent is not",
    missing="headers or screen are not known",
    inputs=("device.user_agent", "device.accept_language", "device.screen"),
)  # fmt: skip
def device_agent_missing(c: Context) -> bool | None:
    """Return whether the one header is missing that every browser sends, where others were passed on."""
    device = c.signup.device
    if device.accept_language is None or device.screen is None:
        return None
    return device.user_agent is None


@feature(
    "device", "DEVICE_CONTRADICTION", "platform is not that of the agent's system",
    missing="agent or platform are not known", inputs=_PLATFORM, monotone=1,
)  # fmt: skip
def device_platform_mismatch(c: Context) -> bool | None:
    """Return whether script and header name systems of different makers."""
    if c.agent is None or c.signup.device.platform is None:
        return None
    system, platform = _MAKERS.get(c.agent.os), _maker_of_platform(c.signup.device.platform)
    return system != platform if system is not None and platform is not None else None


@feature(
    "device", "DEVICE_CONTRADICTION", "telephone's agent on a desktop platform",
    missing="agent or platform are not known", inputs=_PLATFORM, monotone=1,
)  # fmt: skip
def device_emulated_mobile(c: Context) -> bool | None:
    """Return whether a desktop plays the telephone; an iPad may say "MacIntel" and is not meant."""
    if c.agent is None or c.signup.device.platform is None:
        return None
    is_telephone = c.agent.is_mobile and c.agent.device_family != "iPad"
    return is_telephone and c.signup.device.platform.lower().startswith(_DESKTOP_PLATFORMS)


@feature(
    "device", "DEVICE_CONTRADICTION", "telephone's agent on a desktop monitor",
    missing="agent or screen are not known", inputs=_SCREEN,
)  # fmt: skip
def device_mobile_on_monitor(c: Context) -> bool | None:
    """Return whether a mobile system shows itself on a size that monitors have; a docked telephone does."""
    if c.agent is None or c.signup.device.screen is None:
        return None
    return c.agent.is_mobile and c.signup.device.screen in _MONITORS


@feature(
    "device", "DEVICE_SCREENLESS", "screen of the size that browsers without one report",
    missing="agent or screen are not known", inputs=_SCREEN,
)  # fmt: skip
def device_screenless(c: Context) -> bool | None:
    """Return whether a desktop browser has a default size of a headless one."""
    if c.agent is None or c.signup.device.screen is None:
        return None
    return not c.agent.is_mobile and c.signup.device.screen in _SCREENLESS


@feature(
    "device", "DEVICE_LANGUAGE", "language header that names no language",
    missing="no language header", inputs=("device.accept_language",),
)  # fmt: skip
def device_language_unusable(c: Context) -> bool | None:
    """Return whether the header is ``*`` or no list of languages: browsers name at least one."""
    return c.languages is None if c.signup.device.accept_language is not None else None


@feature(
    "device", "DEVICE_LANGUAGE", "{value:.0f} language{value:s} in the header",
    missing="no language header, or none that names a language",
    inputs=("device.accept_language",), unit="count",
)  # fmt: skip
def device_language_count(c: Context) -> int | None:
    """Return how many languages are asked for."""
    return c.languages.count if c.languages else None


@feature(
    "device", "DEVICE_BROWSER_AGE", "browser's version came out {value:.0f} day{value:s} before",
    missing="no user agent, or a browser whose releases are not listed", inputs=_AGENT, unit="days",
)  # fmt: skip
def device_browser_age(c: Context) -> int | None:
    """Return the age of the browser's version; agents in farms are often copied from old lists."""
    days = _days_since_release(c)
    return max(days, 0) if days is not None else None


@feature(
    "device", "DEVICE_BROWSER_UNRELEASED", "browser's version comes out {value:.0f} day{value:s} later",
    missing="no user agent, or a browser whose releases are not listed", inputs=_AGENT, unit="days",
)  # fmt: skip
def device_browser_unreleased(c: Context) -> int | None:
    """Return how far the version is ahead of its release: test versions by weeks, invented ones by years."""
    days = _days_since_release(c)
    return max(-days, 0) if days is not None else None


@feature(
    "device", "DEVICE_TLS_CONTRADICTION", "modern browser's agent on an old TLS version or without HTTP/2",
    missing="no JA4 fingerprint, or no modern browser's agent", inputs=_TLS,
)  # fmt: skip
def device_tls_contradiction(c: Context) -> bool | None:
    """Return whether the handshake is not the browser's; gateways that inspect traffic look like this too."""
    mark = c.signup.device.tls_fingerprint
    if mark is None or c.agent is None or not _is_modern(c.agent):
        return None
    if len(mark) < _JA4_HEAD or mark[0] not in "tq" or mark[3] not in "di" or not mark[4:8].isdigit():
        return None
    return mark[1:3] != "13" or mark[8:10] not in ("h2", "h3")


FEATURES: Final = (
    device_automation,
    device_webdriver,
    device_crawler,
    device_webview,
    device_agent_missing,
    device_platform_mismatch,
    device_emulated_mobile,
    device_mobile_on_monitor,
    device_screenless,
    device_language_unusable,
    device_language_count,
    device_browser_age,
    device_browser_unreleased,
    device_tls_contradiction,
    *SESSION_FEATURES,
)
