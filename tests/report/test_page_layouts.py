"""A page fits a phone, can be read in light and dark, and prints."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.report.browser import Visitor
from tests.report.reading import listed

#: Ratio that WCAG 2.2 AA asks of texts, and of marks that carry meaning.
TEXT, MARK = 4.5, 3.0
PAIRS = [
    *((TEXT, ink, ground) for ink, ground in itertools.product(("ink", "soft", "accent"), ("panel", "page", "hover"))),
    (TEXT, "ink", "notice"),
    (TEXT, "panel", "ink"),
    *((MARK, mark, "panel") for mark in ("allow", "step_up", "review", "block")),
    *((MARK, mark, "panel") for mark in ("legitimate", "abusive", "unknown", "risk", "trust", "focus")),
]


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour (WCAG 2.2)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("dark", [False, True])
def test_colours_have_contrast(visit: Visitor, paged: Path, dark: bool) -> None:
    """Texts have a contrast of 4.5 and marks of 3 with what is behind them, in light and in dark."""
    page = visit.open(paged, dark=dark)
    style = "name => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim()"
    colours = {name: page.evaluate(style, name) for name in {one for pair in PAIRS for one in pair[1:]}}
    poor = {pair: contrast(colours[pair[1]], colours[pair[2]]) for pair in PAIRS}
    assert {pair: ratio for pair, ratio in poor.items() if ratio < pair[0]} == {}
    ground = page.evaluate("getComputedStyle(document.querySelector('#signups')).backgroundColor")
    assert ground == ("rgb(25, 30, 37)" if dark else "rgb(255, 255, 255)")


@pytest.mark.parametrize("width", [320, 360, 768])
def test_nothing_is_wider_than_the_screen(visit: Visitor, paged: Path, width: int) -> None:
    """The page never scrolls sideways, closed or with rows and filters open."""
    page = visit.open(paged, width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator("#filters summary").first.click()
    for place in range(3):
        page.locator("tr.signup button.open").nth(place).click()
    for box in page.locator("details.behind > summary").all():
        box.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(page.locator("#signups th", has_text="Risk")).to_be_visible()
    bounds = page.locator("#signups tr.signup").first.bounding_box()
    assert bounds is not None
    assert bounds["width"] <= width


def test_charts_fit_their_place_when_it_changes(visit: Visitor, paged: Path) -> None:
    """After the window is made narrow the charts are drawn anew in its width."""
    page = visit.open(paged)
    page.set_viewport_size({"width": 360, "height": 800})
    for section in ("time", "scores", "reasons", "groups"):
        expect(page.locator(f"#{section} svg.plot")).to_have_attribute("width", "310")
        assert page.locator(f"#{section} svg.plot").bounding_box()["width"] == 310  # type: ignore[index]


@pytest.mark.parametrize("dark", [False, True])
def test_paper_gets_figures_and_rows_without_controls(visit: Visitor, paged: Path, dark: bool) -> None:
    """On paper there are no filters and buttons, the first 200 sign-ups with a note, and a white ground."""
    page = visit.open(paged, dark=dark)
    page.evaluate(
        """() => addEventListener("beforeprint", () => {
          window.printed = { rows: document.querySelectorAll("tr.signup").length,
            note: document.querySelector("#signups > .note").textContent };
        })"""
    )
    page.get_by_role("checkbox", name="step up").uncheck()
    page.get_by_label("From (UTC)").fill("2026-05-01T00:00")
    expect(page.locator("#left")).to_contain_text(" of 1,200 sign-ups")
    count = page.locator("#left").inner_text().partition(" ")[0]
    page.emulate_media(media="print")
    expect(page.locator("#asked")).to_have_text("Only: decision block, review, allow; from 2026-05-01 00:00.")
    expect(page.locator("#asked")).to_be_visible()
    for hidden in ("#filters details", ".pager", "#text", "button >> text=Save these"):
        expect(page.locator(hidden).first).to_be_hidden()
    expect(page.locator("#time svg.plot")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('#signups')).backgroundColor") == "rgb(255, 255, 255)"
    paper = page.pdf(format="A4")
    assert paper.startswith(b"%PDF")
    printed = page.evaluate("window.printed")
    assert printed["rows"] == 200
    assert printed["note"] == f"Printed are the first 200 of {count} sign-ups."
    expect(page.locator("tr.signup")).to_have_count(50)
    assert len(listed(page)) == 50


def test_parts_have_names_and_roles(visit: Visitor, paged: Path) -> None:
    """Controls have labels, headers texts, landmarks names of their own, and drawings a name but no named parts."""
    page = visit.open(paged)
    page.locator("tr.signup button.open").first.click()
    expect(page.locator("svg.plot[role=img][aria-label]")).to_have_count(4)
    expect(page.locator("svg.plot g[aria-label]")).to_have_count(0)
    nameless = page.evaluate(
        """() => [...document.querySelectorAll("input, select, button, th, summary")]
          .filter(node => !(node.labels?.length || node.textContent.trim()))
          .map(node => node.outerHTML)"""
    )
    assert nameless == []
    landmarks = page.evaluate(
        """() => [...document.querySelectorAll("section, aside, nav, [role=region]")].map(
          node => node.getAttribute("aria-label") ??
            document.getElementById(node.getAttribute("aria-labelledby")).textContent)"""
    )
    assert len(landmarks) == len(set(landmarks))
