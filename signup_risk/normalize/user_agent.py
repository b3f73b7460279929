"""Read a User-Agent header into browser, system and kind of client.

Tables are loaded at the first use, not at import; :func:`warm` loads them before the first request. Answers are
cached by the text, since a few thousand agents make up nearly all traffic.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Literal

VERSION: Final = 1

# The contract's limit; what follows is not read.
MAX_LENGTH: Final = 512
CACHE_SIZE: Final = 8192

AgentKind = Literal["browser", "webview", "app", "automation", "library", "crawler", "empty", "unknown"]

# Agents that crawler-user-agents 1.67 misses (tried by hand, 2026-11): test tools, drivers and simulated browsers ...
_AUTOMATION: Final = re.compile(
    r"headless|selenium|webdriver|puppeteer|playwright|phantomjs|slimerjs|nightmare|cypress|testcafe|jsdom"
    r"|happy-?dom|htmlunit|zombie\.js|splash",
    re.IGNORECASE,
)
# ... and HTTP libraries and tools that people script sign-ups with.
_LIBRARY: Final = re.compile(
    r"\bjava/\d|\bundici\b|^node(?:$|[/.-])|postmanruntime|insomnia/|\bdeno/|\bbun/|^python|\bguzzlehttp|\breqwest"
    r"|\bureq/|\brestsharp|\bfaraday|\bruby\b|libcurl|pycurl|\bwinhttp|powershell|^lua-|^php/|\bk6/|jmeter|got \("
    r"|superagent|fasthttp|\bhyper/|cpp-httplib|apache-httpasyncclient",
    re.IGNORECASE,
)
# What native apps send without a browser. An app's own sign-up form looks like this, so it is no automation.
_APP: Final = re.compile(
    r"\bCFNetwork/|^Dalvik/|^Dart/|\bokhttp/|\bAlamofire/|\bElectron/|\bCronet/", re.IGNORECASE
)
_WEBVIEW: Final = re.compile(
    r"; wv\)|\bFBA[NV]/|\bFB_IAB/|\bInstagram |\bLine/|\bMicroMessenger/|\bmusical_ly|\bBytedanceWebview|\bTikTok"
    r"|\bSnapchat/|\bPinterest/|\bGSA/|\bTwitter for|\bLinkedInApp|\bKAKAOTALK|\bWhatsApp/"
)
_IOS_WEBVIEW: Final = re.compile(r"\((?:iPhone|iPad|iPod)[^)]*\) AppleWebKit/(?!.*Safari/)")
_EMPTY: Final = frozenset({"", "-", "null", "none", "undefined", "unknown", "user-agent"})

# Agents of this form hold nothing but what ordinary browsers write, so the 1,500 crawler patterns need not be tried;
# a test tries them on agents of this form all the same.
_ORDINARY: Final = re.compile(
    r"Mozilla/5\.0 \((?:Windows NT [\d.]+(?:; Win64; x64|; WOW64)?|Macintosh; Intel Mac OS X [\d_.]+"
    r"|X11; (?:Ubuntu; |Fedora; )?Linux x86_64|X11; CrOS x86_64 [\d.]+|iPhone; CPU iPhone OS [\d_]+ like Mac OS X"
    r"|iPad; CPU OS [\d_]+ like Mac OS X|Linux; Android [\d.]+; (?:K|SM-[A-Z0-9]+|Pixel \d\w?(?: Pro)?)"
    r"|Android [\d.]+; Mobile)(?:; rv:[\d.]+)?\) (?:AppleWebKit/[\d.]+ \(KHTML, like Gecko\)|Gecko/[\d.]+)"
    r"(?: (?:Chrome|Version|Safari|Firefox|Edg|EdgA|EdgiOS|CriOS|FxiOS|OPR|SamsungBrowser|Mobile)/[\dA-F.]+| Mobile)*"
)
# The crawler list's tags for clients that are driven rather than crawling.
_AUTOMATION_TAG: Final = "browser-automation"
_LIBRARY_TAG: Final = "http-library"
# Alternations of this size are searched fastest, as the crawler list's own authors found.
_CHUNK: Final = 25

_MOBILE_SYSTEMS: Final = frozenset(
    {"Android", "iOS", "iPadOS", "Windows Phone", "BlackBerry OS", "KaiOS", "HarmonyOS", "Tizen", "Firefox OS"}
)


@dataclass(frozen=True, slots=True)
class AgentFacts:
    """Hold what an agent says about itself.

    Attributes:
        browser: Family, ``Chrome``; ``Other`` if it is not known.
        browser_major: Major version, or None.
        os: System family, ``Windows``; ``Other`` if it is not known.
        os_major: Major version of the system, or None.
        device_family: Device as far as the agent names it, or None.
        is_mobile: True on systems of telephones and tablets.
        is_bot: True for a crawler that says so.
        is_automation: True for a driven browser, an HTTP library or an empty header.
        is_webview: True for a browser inside an app.
        key: Coarse text of browser and system with their major versions, ``chrome 120/windows 10``.
        kind: What sort of client it is; ``app`` is a native app's own HTTP stack.
    """

    browser: str
    browser_major: int | None
    os: str
    os_major: int | None
    device_family: str | None
    is_mobile: bool
    is_bot: bool
    is_automation: bool
    is_webview: bool
    key: str
    kind: AgentKind


def normalize_user_agent(text: str) -> AgentFacts | None:
    """Read a header; an empty one is an answer too, since every browser sends one. Absent is for the caller to tell.

    Examples:
        >>> facts = normalize_user_agent(
        ...     "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        ...     "Chrome/120.0.0.0 Safari/537.36"
        ... )
        >>> facts.key, facts.kind, facts.is_mobile
        ('chrome 120/windows 10', 'browser', False)
        >>> normalize_user_agent("curl/8.5.0").is_automation
        True
    """
    return _read(text[:MAX_LENGTH].strip())


def warm() -> None:
    """Load the tables now, so that the first sign-up does not wait for them."""
    _read("Mozilla/5.0 (compatible; warm)")


@lru_cache(maxsize=CACHE_SIZE)
def _read(text: str) -> AgentFacts:
    import ua_parser

    text = text.encode("utf-8", "replace").decode("utf-8")
    result = ua_parser.parse(text).with_defaults()
    browser, system = result.user_agent, result.os
    kind = _kind(text, is_known=browser.family != "Other")
    browser_major, system_major = _major(browser.major), _major(system.major)
    return AgentFacts(
        browser=browser.family,
        browser_major=browser_major,
        os=system.family,
        os_major=system_major,
        device_family=result.device.family if result.device.family != "Other" else None,
        is_mobile=system.family in _MOBILE_SYSTEMS,
        is_bot=kind == "crawler",
        is_automation=kind in ("automation", "library", "empty"),
        is_webview=kind == "webview",
        key=f"{_versioned(browser.family, browser_major)}/{_versioned(system.family, system_major)}",
        kind=kind,
    )


def _major(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 6 else None


def _versioned(family: str, major: int | None) -> str:
    return family.lower() if major is None else f"{family.lower()} {major}"


def _kind(text: str, *, is_known: bool) -> AgentKind:
    if text.lower() in _EMPTY:
        return "empty"
    if _ORDINARY.fullmatch(text):
        return "webview" if _IOS_WEBVIEW.search(text) else "browser"
    if _AUTOMATION.search(text) or _matches(text, _AUTOMATION_TAG):
        return "automation"
    if _APP.search(text):
        return "app"
    if _LIBRARY.search(text) or _matches(text, _LIBRARY_TAG):
        return "library"
    if _WEBVIEW.search(text) or _IOS_WEBVIEW.search(text):
        return "webview"
    if _matches(text, "crawler"):
        return "crawler"
    return "browser" if is_known else "unknown"


def _matches(text: str, group: str) -> bool:
    return any(pattern.search(text) for pattern in _patterns()[group])


@lru_cache(maxsize=1)
def _patterns() -> dict[str, list[re.Pattern[str]]]:
    """Compile the crawler list once, grouped by what it means for a sign-up."""
    from crawleruseragents import CRAWLER_USER_AGENTS_DATA

    groups: dict[str, list[str]] = {_AUTOMATION_TAG: [], _LIBRARY_TAG: [], "crawler": []}
    for entry in CRAWLER_USER_AGENTS_DATA:
        groups[_group(entry)].append(entry["pattern"])
    return {
        name: [re.compile("|".join(rows[i : i + _CHUNK])) for i in range(0, len(rows), _CHUNK)]
        for name, rows in groups.items()
    }


def _group(entry: dict[str, Any]) -> str:
    tags = entry.get("tags", ())
    return next((tag for tag in (_AUTOMATION_TAG, _LIBRARY_TAG) if tag in tags), "crawler")
