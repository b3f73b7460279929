"""Drive a real Chromium, and hold every page that it opens to the same rules.

Playwright keeps an event loop running in the thread that started it, in which no other test could use asyncio. So it
lives in a thread of its own, and tests that visit pages run there (see the hook in conftest.py).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
#: A machine that is busy with other tests is slow; nothing is timed here.
PATIENCE_MS = 60_000


def chromium() -> str:
    """Return the path of the browser; fail, and never skip, where there is none."""
    named = os.environ.get("SIGNUP_RISK_CHROMIUM")
    found = next(filter(None, map(shutil.which, [named] if named else NAMES)), None)
    if found is None:
        pytest.fail(
            f"no browser was found ({named or ', '.join(NAMES)}); install Chromium, on Debian with apt-get install "
            "chromium, or name one in SIGNUP_RISK_CHROMIUM",
            pytrace=False,
        )
    return found


class Browsing:
    """Hold the browser and its thread."""

    def __init__(self) -> None:
        path = chromium()
        self._thread = ThreadPoolExecutor(1, "browser")
        self._playwright, self.browser = self.run(self._start, path)

    def run(self, work: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """Do something in the browser's thread."""
        return self._thread.submit(work, *arguments, **named).result()

    def close(self) -> None:
        """End the browser and the thread."""
        self.run(self._stop)
        self._thread.shutdown()

    @staticmethod
    def _start(path: str) -> tuple[Playwright, Browser]:
        expect.set_options(timeout=PATIENCE_MS)
        playwright = sync_playwright().start()
        browser = playwright.chromium.launch(
            executable_path=path, args=list(FLAGS), chromium_sandbox=False, timeout=PATIENCE_MS
        )
        return playwright, browser

    def _stop(self) -> None:
        self.browser.close()
        self._playwright.stop()


@dataclass
class Visitor:
    """Open pages, and note whatever they must not do.

    Attributes:
        browsing: The browser.
        faults: Errors, refused actions, dialogs and requests of all pages opened.
    """

    browsing: Browsing
    faults: list[str] = field(default_factory=list)
    _contexts: list[BrowserContext] = field(default_factory=list)

    def open(self, path: Path, *, width: int = 1280, height: int = 900, dark: bool = False) -> Page:
        """Open a page from its file, without a network, in a profile of its own."""
        context = self.browsing.browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            offline=True,
            accept_downloads=True,
        )
        context.set_default_timeout(PATIENCE_MS)
        self._contexts.append(context)
        page = context.new_page()
        address = path.resolve().as_uri()
        page.on("console", lambda said: self._note(said.type in {"error", "warning"}, f"{said.type}: {said.text}"))
        page.on("pageerror", lambda error: self._note(True, f"error: {error}"))
        page.on("dialog", lambda dialog: (self._note(True, f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda asked: self._note(not _is_own(asked.url, address), f"request: {asked.url[:200]}"))
        page.on("popup", lambda other: self._note(True, f"popup: {other.url}"))
        page.goto(address)
        expect(page.locator("#left")).not_to_be_empty()
        return page

    def close(self) -> None:
        """Close what was opened."""
        for context in self._contexts:
            context.close()

    def _note(self, wrong: bool, what: str) -> None:
        if wrong:
            self.faults.append(what)


def _is_own(url: str, address: str) -> bool:
    """Tell whether a request is for the file itself, or for what the file holds or has made."""
    return url.partition("#")[0] == address or url.startswith(("data:", "blob:"))
