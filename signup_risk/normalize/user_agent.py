"""Read a User-Agent header into browser, system and kind of client.

Tables are loaded at the first use, not at import; :func:`warm` loads them before the first request. Answers
are cached by the text, since a few thousand agents make up nearly all traffic.
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

# Pieces of agents in lower case; those of a *start* tuple stand at the beginning only. What
# crawler-user-agents 1.67 misses (tried by hand, 2026-11): test tools, drivers and simulated browsers ...
_AUTOMATION: Final = (
    *("headless", "selenium", "webdriver", "puppeteer", "playwright", "phantomjs", "slimerjs", "nightmare"),
    *("cypress/", "testcafe", "jsdom", "happydom", "happy-dom", "htmlunit", "zombie.js"),
)
# ... and HTTP libraries and tools that people script sign-ups with.
_LIBRARY: Final = (
    *("postmanruntime", "insomnia/", "guzzlehttp", "restsharp", "libcurl", "pycurl", "winhttp", "powershell"),
    *("jmeter", "superagent", "fasthttp", "cpp-httplib"),
)
_LIBRARY_START: Final = (
    *("java/", "undici", "node", "deno/", "bun/", "python", "ruby", "rest-client", "faraday", "lua-", "php/"),
    *("got (", "k6/", "hyper/", "ureq/", "reqwest"),
)
# What native apps send without a browser. An app's own sign-up form looks like this, so it is no automation.
_APP: Final = ("cfnetwork/", "okhttp/", "alamofire/", "electron/", "cronet/")
_APP_START: Final = ("dalvik/", "dart/")
_WEBVIEW: Final = (
    *(
        "; wv)",
        "fban/",
        "fbav/",
        "fb_iab/",
        "instagram ",
        " line/",
        "micromessenger/",
        "musical_ly",
        "tiktok",
    ),
    *("bytedancewebview", "snapchat/", "pinterest/", " gsa/", "twitter for", "linkedinapp", "kakaotalk"),
    "whatsapp/",
)
_IOS_WEBVIEW: Final = re.compile(r"\((?:iPhone|iPad|iPod)[^)]*\) AppleWebKit/(?!.*Safari/)")
_EMPTY: Final = frozenset({"", "-", "null", "none", "undefined", "unknown", "user-agent"})

# The crawler list's tags for clients that are driven rather than crawling.
_AUTOMATION_TAG: Final = "browser-automation"
_LIBRARY_TAG: Final = "http-library"
# A pattern that is plain text, perhaps anchored at the start, and what it looks like without its escapes.
_LITERAL: Final = re.compile(r"\^?((?:[\w \-!@:;,\"'/]|\\[^\w\s])+)")
_ESCAPE: Final = re.compile(r"\\([^\w\s])")
_GRAM: Final = 4
# What ordinary browsers write: a piece of a pattern that occurs here would not narrow anything down.
_ORDINARY: Final = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0"
    " Safari/537.36 Edg/ (Macintosh; Intel Mac OS X 10_15_7) Version/17.0"
    " (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile/15E148"
    " (X11; Ubuntu; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0"
    " (Linux; Android 13; Build/ SamsungBrowser/ (compatible; MSIE 10.0; Trident/6.0)"
)

# MDN, "Browser detection using the user agent": "Mobi" anywhere; Opera Mini's proxy leaves it out.
_MOBILE: Final = ("mobi", "opera mini")
_MOBILE_SYSTEMS: Final = frozenset(
    {
        "Android",
        "BlackBerry OS",
        "Firefox OS",
        "HarmonyOS",
        "KaiOS",
        "Tizen",
        "Windows Phone",
        "iOS",
        "iPadOS",
    }
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
    """Read a header; an empty one is an answer too, since every browser sends one.

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
        is_mobile=system.family in _MOBILE_SYSTEMS or _has(text.lower(), _MOBILE),
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
    low = text.lower()
    groups = _crawler_groups(text)
    if _has(low, _AUTOMATION):
        return "automation"
    # Before the crawler list, which counts some desktop apps built on Electron as automation.
    if low.startswith(_APP_START) or _has(low, _APP):
        return "app"
    if _AUTOMATION_TAG in groups:
        return "automation"
    if _LIBRARY_TAG in groups or low.startswith(_LIBRARY_START) or _has(low, _LIBRARY):
        return "library"
    if _has(low, _WEBVIEW) or _IOS_WEBVIEW.search(text):
        return "webview"
    if groups:
        return "crawler"
    return "browser" if is_known else "unknown"


def _has(text: str, pieces: tuple[str, ...]) -> bool:
    return any(piece in text for piece in pieces)


def _crawler_groups(text: str) -> set[str]:
    """List the groups of all crawler patterns that match.

    Nearly all of the 1,500 patterns are plain text. Each of these is filed under four characters of it, so
    that an agent is compared with the few patterns whose four characters it contains.
    """
    literals, patterns = _crawlers()
    found = {group for pattern, group in patterns if pattern.search(text)}
    for start in range(len(text) - _GRAM + 1):
        for literal, group, is_prefix in literals.get(text[start : start + _GRAM], ()):
            if text.startswith(literal) if is_prefix else literal in text:
                found.add(group)
    return found


PlainPattern = tuple[str, str, bool]


@lru_cache(maxsize=1)
def _crawlers() -> tuple[dict[str, list[PlainPattern]], list[tuple[re.Pattern[str], str]]]:
    """Read the crawler list once: plain texts by four of their characters, and the other patterns."""
    from crawleruseragents import CRAWLER_USER_AGENTS_DATA

    literals: dict[str, list[PlainPattern]] = {}
    patterns: dict[str, list[str]] = {}
    for entry in CRAWLER_USER_AGENTS_DATA:
        source, group = entry["pattern"], _group(entry)
        match = _LITERAL.fullmatch(source)
        plain = _ESCAPE.sub(r"\1", match[1]) if match else ""
        gram = _gram(plain)
        if gram is None:
            patterns.setdefault(group, []).append(source)
        else:
            literals.setdefault(gram, []).append((plain, group, source.startswith("^")))
    return literals, [(re.compile("|".join(rows)), group) for group, rows in patterns.items()]


def _gram(plain: str) -> str | None:
    """Choose four characters of a text that are not what ordinary browsers write."""
    grams = (plain[start : start + _GRAM] for start in range(len(plain) - _GRAM + 1))
    return next((gram for gram in grams if gram not in _ORDINARY), None)


def _group(entry: dict[str, Any]) -> str:
    tags = entry.get("tags", ())
    return next((tag for tag in (_AUTOMATION_TAG, _LIBRARY_TAG) if tag in tags), "crawler")
