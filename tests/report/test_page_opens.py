"""Pages of every size open, say what they are of, and ask for nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import expect

from signup_risk.model import bundled_model_path
from signup_risk.report.page import MARK
from tests.report.browser import Visitor
from tests.report.made import assessments
from tests.report.reading import cells, listed, tiles

Make = Callable[..., Path]


def test_page_opens_with_every_section(visit: Visitor, paged: Path, frame: pd.DataFrame) -> None:
    """A page has its sections and charts, and its figures are those of the assessments."""
    page = visit.open(paged)
    expect(page.locator("svg.plot")).to_have_count(4)
    heads = page.locator("main h2").all_inner_texts()
    assert heads == [
        "Volume and decisions over time", "Scores by outcome", "Reasons by family", "Campaigns", "Groups",
        "What was found", "Sign-ups", "About this page",
    ]  # fmt: skip
    counted = frame["decision"].value_counts()
    assert tiles(page) == {"sign-ups": 1200} | {name.replace("_", " "): counted[name] for name in counted.index}
    assert f"{1200:,} sign-ups, 2026-05-01" in page.locator("#subtitle").inner_text()


def test_words_of_the_page_are_explained(visit: Visitor, paged: Path) -> None:
    """Whoever knows nothing of the library reads what decisions, thresholds, reasons and shapes are."""
    page = visit.open(paged)
    words = page.locator("#about dt").all_inner_texts()
    assert words == ["Allow", "Step up", "Review", "Block", "Threshold", "Reason", "Campaign", "Group", "Outcome",
                     "Shapes"]  # fmt: skip
    told = page.locator("#about dd").all_inner_texts()
    assert all(len(text) > 10 for text in told)
    assert "{first} and {last} are the names given" in told[-1]


def test_page_is_one_closed_file(paged: Path) -> None:
    """The file begins with a policy that lets nothing be loaded, and its size is stated in it."""
    text = paged.read_text(encoding="utf-8")
    head = text.partition("</head>")[0]
    assert "default-src 'none'; script-src 'sha256-" in head
    assert "unsafe" not in head
    assert MARK in head
    assert f"{len(text.encode()) / 1e6:.1f} MB, made by signup-risk" in text


def test_policy_refuses_what_is_not_of_the_page(visit: Visitor, paged: Path) -> None:
    """A script, a style or an image that somebody gets into the page does nothing."""
    page = visit.open(paged)
    page.evaluate(
        """() => {
          const script = document.createElement("script");
          script.textContent = "document.title = 'taken'";
          document.body.append(script);
          const image = document.createElement("img");
          image.src = "https://example.com/pixel.png";
          document.body.append(image);
        }"""
    )
    expect(page).not_to_have_title("taken")
    refused = [fault for fault in visit.faults if "Content Security Policy" in fault]
    assert [next(kind for kind in ("script-src", "img-src") if kind in fault) for fault in refused] == [
        "script-src", "img-src",
    ]  # fmt: skip
    visit.faults.clear()


def test_empty_file_makes_a_page_that_says_so(visit: Visitor, make: Make) -> None:
    """No assessments give a page without figures, not an error."""
    page = visit.open(make([]))
    assert page.locator("#subtitle").inner_text() == "No sign-ups were assessed in this file."
    assert set(tiles(page).values()) == {0}
    assert listed(page) == []
    assert "NaN" not in page.locator("main").inner_text()
    assert page.locator("#time .chart").inner_text() == "No sign-up to draw."


def test_one_row_is_shown(visit: Visitor, make: Make) -> None:
    """A single sign-up without id, score, reasons and campaign is drawn and listed."""
    page = visit.open(make([{"at": "2026-05-01T12:00:00Z", "decision": "step_up"}]))
    assert listed(page) == ["(no id)"]
    page.locator("tr.signup button.open").click()
    assert "No reasons were written" in page.locator("tr.opened").inner_text()
    assert "could not be asked" in page.locator("tr.opened").inner_text()


def test_large_page_stays_usable(visit: Visitor, make: Make) -> None:
    """Of 50,000 sign-ups 50 stand in the document at a time, and pages, filters and sorting go over all."""
    few = [one | {"reasons": one["reasons"][:2]} for one in assessments(500)]
    many = [one | {"signup_id": f"{turn:03}-{one['signup_id']}"} for turn in range(100) for one in few]
    page = visit.open(make(many, "--rows", "50000"))
    assert tiles(page)["sign-ups"] == 50_000
    assert len(listed(page)) == 50
    assert page.evaluate("document.querySelectorAll('*').length") < 5000
    page.get_by_label("Id contains").fill("042-s-0000")
    expect(page.locator("#left")).to_have_text("10 of 50,000 sign-ups")
    page.get_by_label("Id contains").fill("")
    page.get_by_role("button", name="Next").click()
    expect(page.locator(".position")).to_have_text("51\u2013100 of 50,000")


def test_left_out_rows_are_counted_and_said(visit: Visitor, make: Make, found: list[dict[str, Any]]) -> None:
    """With fewer rows than sign-ups figures are of all, until a filter is set, and the page says which."""
    page = visit.open(make(found, "--rows", "300"))
    assert tiles(page)["sign-ups"] == 1200
    blocked = sum(one["decision"] == "block" for one in found)
    assert tiles(page)["block"] == blocked
    about = page.locator("#about").inner_text()
    assert "Of 1,200 sign-ups, 300 are in this page one by one: the 240 decided most strictly" in about
    page.get_by_label("Id contains").fill("s-")
    expect(page.locator("#left")).to_have_text("300 of 300 sign-ups")
    expect(page.locator("#basis")).to_have_text(
        "Filtered figures count the 300 sign-ups that this page holds, not the 900 left out."
    )
    assert tiles(page)["sign-ups"] == 300


@pytest.mark.parametrize(
    ("model", "says"),
    [({"name": "signup-risk-start"}, True), ({"name": "ours", "version": "3", "fingerprint": "f"}, False)],
)
def test_bundled_model_is_called_synthetic(visit: Visitor, make: Make, model: dict[str, str], says: bool) -> None:
    """Scores of the model that comes with the package are called synthetic, those of another are not."""
    if says:
        kept = json.loads((bundled_model_path() / "manifest.json").read_text(encoding="utf-8"))
        model = {name: kept[name] for name in ("name", "version", "fingerprint")}
    page = visit.open(make([one | {"model": model} for one in assessments(5)]))
    assert ("synthetic" in page.locator("header").inner_text()) is says


def test_campaign_table_tells_what_assessments_tell(visit: Visitor, paged: Path, frame: pd.DataFrame) -> None:
    """Each campaign stands with its members in the file and how many of them were stopped."""
    page = visit.open(paged)
    rows = {row[0]: row for row in cells(page.locator("#campaigns table"))}
    for name, members in frame.dropna(subset=["campaign"]).groupby("campaign"):
        (row,) = [row for title, row in rows.items() if str(name) in title]
        assert row[3] == f"{len(members)}"
        stopped = 100 * (members["decision"] != "allow").mean()
        assert row[4].startswith(f"{stopped:.0f}\u00a0%")
