"""Whatever an applicant or a file says stays text: in the page, in its charts and in what it exports."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from tests.report.browser import Visitor
from tests.report.made import assessments, campaign
from tests.report.reading import wait_left

Make = Callable[..., Path]

MARKUP = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(2)</script>",
    "<!--<script>",
    "]]><svg onload=alert(3)>",
    "javascript:alert(4)",
    "{{DATA}}",
    "&lt;b&gt;&amp;",
    "\u2028\u2029",
    "\ud800half",
)
TURNED = "\u202egnp.exe\u2066 \u200f"
LONG = "n" * 10_000
FORMULAS = (
    *("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://example.com","x")', "\uff1d1"),
    *(" =1+1", "\u00a0+1", "\u200b=1+1", "\u202e\u2066 @SUM(A1)", "\x85-1"),
)


def hostile(text: str, number: int) -> dict[str, Any]:
    """Return an assessment that says a text wherever it can say one."""
    (one,) = assessments(1, seed=number)
    told = ("id", "title", "signature", "status")
    reason = {"code": text, "family": text, "text": text, "contribution": 2.0, "direction": "risk"}
    return one | {
        "signup_id": text,
        "reasons": [reason],
        "degraded": [text],
        "warnings": [{"code": text, "pointer": text}],
        "campaign": campaign(0, number) | dict.fromkeys(told, text) | {"shared": [text]},
        "model": {"name": text, "version": text, "fingerprint": text},
        "policy": {"name": text, "version": text, "notes": [text]},
    }


def test_markup_stays_text(visit: Visitor, make: Make) -> None:
    """Markup in every text that an assessment has makes no element, no dialog and no request."""
    values = [hostile(text, number) for number, text in enumerate(MARKUP)]
    events = [{"signup_id": one["signup_id"], "at": one["at"], "group": text, "label": n % 2}
              for n, (one, text) in enumerate(zip(values, MARKUP, strict=True)) if text.isprintable()]  # fmt: skip
    page = visit.open(make(values, "--title", MARKUP[1], events=events))
    wait_left(page, len(values), len(values))
    for button in page.locator("tr.signup button.open").all():
        button.click()
    for summary in page.locator("main details > summary").all():
        summary.click()
    page.locator("#time svg.plot").hover()
    expect(page.locator("img, main script, svg:not(.plot), iframe, main style")).to_have_count(0)
    words = page.locator("body").inner_text()
    assert all(text in words for text in MARKUP if text.isprintable())
    assert page.title() == MARKUP[1]


def test_a_note_stays_text(visit: Visitor, make: Make, tmp_path: Path) -> None:
    """A note is read first, in its paragraphs and lines, and what is in it makes no element; without it none is."""
    note = tmp_path / "note.txt"
    note.write_text(f"Look at\nWednesday.\n\n{MARKUP[0]} {MARKUP[1]} {TURNED}\n", encoding="utf-8")
    page = visit.open(make(assessments(3), "--note", str(note)))
    parts = page.locator("#told p").all_inner_texts()
    assert parts[0] == "Look at\nWednesday."
    assert parts[1].startswith(f"{MARKUP[0]} {MARKUP[1]} ⟨U+202E⟩gnp.exe")
    assert page.locator("#told img").count() == 0
    bare = visit.open(make(assessments(3)))
    expect(bare.locator("#told")).to_be_hidden()


def test_signs_that_turn_text_are_written_out(visit: Visitor, make: Make) -> None:
    """Marks of direction are seen as what they are, each text is kept apart, and nothing around it is turned."""
    page = visit.open(make([hostile(TURNED, 1)]))
    button = page.locator("tr.signup button.open")
    assert button.inner_text() == "⟨U+202E⟩gnp.exe⟨U+2066⟩ ⟨U+200F⟩"
    assert button.locator("bdi[dir=auto]").count() == 1
    button.click()
    assert not set("\u202e\u2066\u200f") & set(page.locator("body").inner_text())


def test_long_text_is_cut_and_says_so(visit: Visitor, make: Make) -> None:
    """Ten thousand characters are cut to three hundred, with how many there were, and widen no page."""
    path = make([hostile(LONG, 1)])
    assert LONG[:301] not in path.read_text(encoding="utf-8")
    page = visit.open(path, width=360)
    page.locator("tr.signup button.open").click()
    assert "(10,000 characters, cut here)" in page.locator("tr.opened").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def saved(page: Page, folder: Path) -> Path:
    """Save the CSV of a page."""
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Save these as CSV").click()
    assert waiting.value.suggested_filename == "signups.csv"
    path = folder / "signups.csv"
    waiting.value.save_as(path)
    return path


def test_csv_holds_the_filtered_rows_in_their_order(
    visit: Visitor, paged: Path, frame: pd.DataFrame, tmp_path: Path
) -> None:
    """What is saved is what the filters leave, as it is sorted, with the figures of the assessments."""
    page = visit.open(paged)
    page.get_by_label("Campaign", exact=True).select_option("20260507-1")
    wanted = frame[frame["campaign"] == "20260507-1"].sort_values("risk_score", ascending=False)
    wait_left(page, len(wanted), 1200)
    table = pd.read_csv(saved(page, tmp_path), encoding="utf-8-sig")
    assert table["signup_id"].tolist() == wanted["signup_id"].tolist()
    assert table["risk_score"].tolist() == pytest.approx(wanted["risk_score"].tolist(), abs=1e-4)
    assert table["decision"].tolist() == wanted["decision"].tolist()
    assert table["group"].tolist() == wanted["group"].tolist()
    first = [part.split(" ")[0] for part in table["reasons"].iloc[0].split("; ")]
    assert first == wanted["codes"].iloc[0]


def test_csv_computes_nothing_and_loses_nothing(visit: Visitor, make: Make, tmp_path: Path) -> None:
    """A cell like a formula begins with an apostrophe; commas, quotes and line breaks survive (RFC 4180)."""
    ids = [*FORMULAS, 'a "quoted", id', "two\r\nlines", "plain", "Ünï, 王"]
    page = visit.open(make([hostile(text, number) for number, text in enumerate(ids)]))
    path = saved(page, tmp_path)
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.endswith(b"\r\n")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream, strict=True))
    wanted = {f"'{text}" if text in FORMULAS else text for text in ids}
    assert {row["signup_id"] for row in rows} == wanted
    assert {row["campaign"] for row in rows} == wanted
    for row in rows:
        assert not any((cell or "x")[0] in "=+-@\t\r\uff1d" for cell in row.values())
