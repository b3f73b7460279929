"""An agent is read into browser, system and kind, and each crawler pattern is honoured."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from crawleruseragents import CRAWLER_USER_AGENTS_DATA
from hypothesis import given, settings
from hypothesis import strategies as st

from signup_risk.normalize import AgentFacts, normalize_user_agent, user_agent, warm

CHROME = "Mozilla/5.0 ({}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 {}Safari/537.36"
WEBKIT = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) {}"
WINDOWS = CHROME.format("Windows NT 10.0; Win64; x64", "")


def read(text: str) -> AgentFacts:
    """Read an agent."""
    facts = normalize_user_agent(text)
    assert facts is not None
    return facts


@pytest.mark.parametrize(
    ("text", "kind", "key", "is_mobile"),
    [
        (WINDOWS, "browser", "chrome 120/windows 10", False),
        (WINDOWS + " Edg/120.0.0.0", "browser", "edge 120/windows 10", False),
        (CHROME.format("Linux; Android 10; K", "Mobile "), "browser", "chrome mobile 120/android 10", True),
        (
            CHROME.format("Linux; Android 9; CUBOT_POWER", "Mobile "),
            "browser",
            "chrome mobile 120/android 9",
            True,
        ),
        (
            "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0",
            "browser",
            "firefox 120/ubuntu",
            False,
        ),
        (
            WEBKIT.format("Version/17.2 Mobile/15E148 Safari/604.1"),
            "browser",
            "mobile safari 17/ios 17",
            True,
        ),
        (WEBKIT.format("Mobile/15E148"), "webview", "mobile safari ui/wkwebview/ios 17", True),
        (WEBKIT.format("Mobile/15E148 Instagram 312.0.0.0"), "webview", "instagram 312/ios 17", True),
        (CHROME.format("Linux; Android 13; Pixel 7; wv", "Mobile "), "webview", None, True),
        (
            CHROME.replace("Chrome/", "HeadlessChrome/").format("X11; Linux x86_64", ""),
            "automation",
            None,
            False,
        ),
        ("python-requests/2.31.0", "library", "python requests 2/other", False),
        ("curl/8.5.0", "library", "curl 8/other", False),
        ("Java/17.0.1", "library", None, False),
        ("undici", "library", None, False),
        ("node", "library", None, False),
        ("PostmanRuntime/7.36.0", "library", None, False),
        ("selenium/4.0 (python windows)", "automation", None, False),
        ("Mozilla/5.0 Cypress/13.0", "automation", None, False),
        (WINDOWS + " Ghost Inspector", "automation", None, False),
        ("okhttp/4.9.3", "app", None, False),
        ("Shop/1.0 CFNetwork/1410 Darwin/22.6.0", "app", None, True),
        (WINDOWS.replace("Chrome", "Electron/25.9 Chrome"), "app", None, False),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "crawler", None, False),
        ("Opera/9.80 (J2ME/MIDP; Opera Mini/7.1; U; en) Presto/2.12", "browser", None, True),
        ("Mozilla/5.0", "unknown", "other/other", False),
        ("gibberish", "unknown", "other/other", False),
        ("", "empty", "other/other", False),
        (" - ", "empty", "other/other", False),
    ],
)
def test_known_agents(text: str, kind: str, key: str | None, is_mobile: bool) -> None:
    """Browsers, apps, libraries, driven browsers and crawlers are told apart."""
    facts = read(text)
    assert (facts.kind, facts.is_mobile) == (kind, is_mobile)
    assert facts.is_automation == (kind in {"automation", "library", "empty"})
    assert facts.is_bot == (kind == "crawler")
    assert facts.is_webview == (kind == "webview")
    if key is not None:
        assert facts.key == key


def test_versions_and_device() -> None:
    """Major versions are numbers, the device is named where the agent names it."""
    facts = read(CHROME.format("Linux; Android 13; SM-S911B", "Mobile "))
    assert (facts.browser, facts.browser_major, facts.os, facts.os_major) == (
        "Chrome Mobile",
        120,
        "Android",
        13,
    )
    assert facts.device_family == "Samsung SM-S911B"
    assert read(WINDOWS).device_family is None


def expected_groups(text: str) -> set[str]:
    """Try every pattern of the crawler list, one after the other."""
    return {
        user_agent._group(entry) for entry in CRAWLER_USER_AGENTS_DATA if re.search(entry["pattern"], text)
    }


def test_filing_crawlers_loses_none() -> None:
    """A sample of real crawlers matches the same groups as trying all patterns."""
    samples = [sample for entry in CRAWLER_USER_AGENTS_DATA for sample in entry["instances"][:1]][::24]
    assert len(samples) > 25
    for sample in samples:
        assert user_agent._crawler_groups(sample) == expected_groups(sample)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.sampled_from([entry["pattern"] for entry in CRAWLER_USER_AGENTS_DATA]),
            st.text("abcBot/. 1-", max_size=8),
        ),
        max_size=4,
    )
)
def test_filing_crawlers_is_exact(pieces: list[str]) -> None:
    """Any text made of pieces of patterns matches the same groups as trying all patterns."""
    text = "".join(pieces).replace("\\", "").replace("^", "")
    assert user_agent._crawler_groups(text) == expected_groups(text)


def test_anchored_crawler_patterns_hold_at_the_start_only() -> None:
    """A pattern anchored at the start does not match in the middle."""
    assert user_agent._crawler_groups("curl/8.5.0") == {"http-library"}
    assert user_agent._crawler_groups("x curl/8.5.0") == set()


def test_ordinary_browsers_match_no_crawler() -> None:
    """Common browsers on common systems are no crawlers."""
    for system in (
        "Macintosh; Intel Mac OS X 10_15_7",
        "X11; CrOS x86_64 14541.0.0",
        "Linux; Android 14; Pixel 8 Pro",
    ):
        assert user_agent._crawler_groups(CHROME.format(system, "")) == set()


def test_cache_is_bounded_and_reads_512_characters() -> None:
    """Texts that differ behind the limit are one entry; the cache has a maximum."""
    assert read("x" * 512 + "a") is read("x" * 512 + "b")
    assert user_agent._read.cache_info().maxsize == user_agent.CACHE_SIZE


def test_tables_load_on_first_use_or_when_warmed() -> None:
    """Importing loads no tables, warming does."""
    warm()
    script = (
        "import sys, signup_risk.normalize as n; names = ('ua_parser', 'crawleruseragents');"
        "before = [name in sys.modules for name in names]; n.warm();"
        "print(before, [name in sys.modules for name in names])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[False, False] [True, True]"
