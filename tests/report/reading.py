"""Read a page as a person would: by its words, labels and tables."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect


def number(text: str) -> float:
    """Read a number as the page writes it."""
    return float(text.replace(",", "").replace("\u2212", "-").replace("%", "").replace("+", "").strip())


def tiles(page: Page) -> dict[str, int]:
    """Return the figures at the top, by their label."""
    found = page.locator(".tile")
    labels, values = found.locator(".label").all_inner_texts(), found.locator(".value").all_inner_texts()
    return {label: int(number(value)) for label, value in zip(labels, values, strict=True)}


def wait_left(page: Page, count: int, of: int) -> None:
    """Wait until the filters leave so many sign-ups."""
    words = f"{count:,} of {of:,} sign-ups" if count != of else f"{of:,} sign-ups"
    expect(page.locator("#left")).to_have_text(words)


def cells(table: Locator) -> list[list[str]]:
    """Return the body of a table, row by row, as it is shown."""
    rows: list[list[str]] = table.evaluate(
        "table => [...table.tBodies[0].rows].map(row => [...row.cells].map(cell => cell.innerText.trim()))"
    )
    return rows


def behind(page: Page, section: str) -> list[list[str]]:
    """Open the numbers behind the chart of a section and return them."""
    box = page.locator(f"#{section} details.behind")
    if not box.evaluate("box => box.open"):
        box.locator("summary").click()
    expect(box.locator("table")).to_be_visible()
    return cells(box.locator("table"))


def listed(page: Page) -> list[str]:
    """Return the ids of the sign-ups that are listed."""
    return page.locator("#signups tr.signup button.open").all_inner_texts()


def column(page: Page, name: str) -> list[str]:
    """Return a column of the list of sign-ups, by the label of its header."""
    heads = page.locator("#signups thead th").all_inner_texts()
    place = next(place for place, head in enumerate(heads) if re.sub(r"[↕↑↓]", "", head).strip() == name)
    return [row[place] for row in cells(page.locator("#signups table.list")) if len(row) == len(heads)]
