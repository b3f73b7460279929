"""Filters, sorting and opening of rows do what they say, held against pandas on the same sign-ups."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from tests.report.browser import Visitor
from tests.report.reading import behind, cells, column, listed, number, tiles, wait_left


def agree(page: Page, wanted: pd.DataFrame, of: int = 1200) -> None:
    """Check that tiles, charts and list are of these sign-ups."""
    wait_left(page, len(wanted), of)
    counted = wanted["decision"].value_counts()
    shown = tiles(page)
    assert shown["sign-ups"] == len(wanted)
    names = ("allow", "step_up", "review", "block")
    assert [shown[name.replace("_", " ")] for name in names] == [counted.get(name, 0) for name in names]
    bars = behind(page, "time")
    by_bar = pd.crosstab(wanted["at"].dt.floor("6h"), wanted["decision"])
    drawn = {row[0]: [int(number(cell)) for cell in row[1:]] for row in bars}
    assert drawn == {
        f"{at:%Y-%m-%d %H:%M}": [int(row.get(name, 0)) for name in names] for at, row in by_bar.iterrows()
    }
    scores = behind(page, "scores")
    assert sum(int(number(cell)) for row in scores for cell in row[1:]) == len(wanted)
    assert len(listed(page)) == min(50, len(wanted))


def raised_by(frame: pd.DataFrame, code: str) -> pd.Series[bool]:
    """Tell whose score a reason raised."""
    return frame["reasons"].map(
        lambda reasons: any(one["code"] == code and one["contribution"] > 0 for one in reasons)
    )


def test_decisions_filter(visit: Visitor, paged: Path, frame: pd.DataFrame) -> None:
    """Without the allowed, everything is of the others."""
    page = visit.open(paged)
    page.get_by_role("checkbox", name="allow").uncheck()
    agree(page, frame[frame["decision"] != "allow"])
    page.get_by_role("button", name="Clear filters").click()
    agree(page, frame)


def test_span_of_time_filters(visit: Visitor, paged: Path, frame: pd.DataFrame) -> None:
    """The two times choose from the first on and before the second, in UTC."""
    page = visit.open(paged)
    page.get_by_label("From (UTC)").fill("2026-05-07T06:30")
    page.get_by_label("Before (UTC)").fill("2026-05-11T00:00")
    agree(page, frame[(frame["at"] >= "2026-05-07T06:30Z") & (frame["at"] < "2026-05-11T00:00Z")])


def test_dragging_over_the_bars_chooses_their_span(visit: Visitor, paged: Path, frame: pd.DataFrame) -> None:
    """A span is dragged out in whole bars, said in the two times, and taken back by a click."""
    page = visit.open(paged)
    page.locator("#time .brush .overlay").scroll_into_view_if_needed()
    box = page.locator("#time .brush .overlay").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + 80)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + 90, steps=4)
    page.mouse.up()
    expect(page.get_by_label("From (UTC)")).not_to_have_value("")
    first, last = (pd.Timestamp(page.get_by_label(name).input_value() + "Z") for name in ("From (UTC)", "Before (UTC)"))
    assert {first.hour, last.hour} <= {0, 6, 12, 18}
    assert pd.Timedelta("2D") < last - first < pd.Timedelta("5D")
    agree(page, frame[(frame["at"] >= first) & (frame["at"] < last)])
    page.locator("#time .brush .overlay").click(position={"x": box["width"] * 0.8, "y": 80})
    agree(page, frame)


def test_filters_work_together(visit: Visitor, paged: Path, frame: pd.DataFrame) -> None:
    """Reason, group, outcome and part of the id leave what has all four."""
    page = visit.open(paged)
    page.get_by_label("Raised by", exact=True).select_option("NAME_DIGITS")
    has = raised_by(frame, "NAME_DIGITS")
    agree(page, frame[has])
    page.get_by_label("Group", exact=True).select_option("company")
    page.get_by_label("Outcome", exact=True).select_option("legitimate")
    page.get_by_label("Id contains").fill("S-00")
    wanted = frame[
        has & (frame["group"] == "company") & (frame["label"] == 0) & frame["signup_id"].str.contains("s-00")
    ]
    assert len(wanted) > 5
    agree(page, wanted)


def test_a_reason_of_the_table_leaves_as_many_as_it_says(visit: Visitor, paged: Path, frame: pd.DataFrame) -> None:
    """A click on a reason leaves those whose score it raised, as many as stand beside it, and none that it lowered."""
    page = visit.open(paged)
    has_lowered = {reason["code"] for reasons in frame["reasons"] for reason in reasons if reason["contribution"] < 0}
    shown = {row[0]: number(row[2]) for row in cells(page.locator("#reasons table").first)}
    code = next(code for code, count in shown.items() if code in has_lowered and count)
    page.locator("#reasons table").get_by_role("button", name=code).click()
    wait_left(page, int(shown[code]), 1200)
    agree(page, frame[raised_by(frame, code)])


def test_campaign_filter_from_table_and_chooser(visit: Visitor, paged: Path, frame: pd.DataFrame) -> None:
    """A campaign is chosen by its name in the table; the chooser shows it and can choose those of none."""
    page = visit.open(paged)
    page.locator("#campaigns table").get_by_role("button", name="20260507-1").click()
    agree(page, frame[frame["campaign"] == "20260507-1"])
    expect(page.get_by_label("Campaign", exact=True).locator("option:checked")).to_have_text("20260507-1")
    page.get_by_label("Campaign", exact=True).select_option("none")
    agree(page, frame[frame["campaign"].isna()])


def test_no_match_says_so(visit: Visitor, paged: Path) -> None:
    """Filters that leave nothing are told, and nothing breaks."""
    page = visit.open(paged)
    page.get_by_label("Id contains").fill("nobody has this")
    wait_left(page, 0, 1200)
    assert "No sign-up is left" in page.locator("#signups").inner_text()
    expect(page.locator("#time .chart")).to_have_text("No sign-up to draw.")
    assert tiles(page)["sign-ups"] == 0


def test_reasons_are_counted_as_pandas_counts_them(visit: Visitor, paged: Path, frame: pd.DataFrame) -> None:
    """How often each reason raises a score, how far, and how many of those are stopped."""
    page = visit.open(paged)
    reasons = frame.explode("reasons")
    table = pd.DataFrame({
        "code": reasons["reasons"].map(lambda one: one["code"]),
        "up": reasons["reasons"].map(lambda one: one["contribution"]),
        "stopped": reasons["decision"] != "allow",
    })  # fmt: skip
    raising = table[table["up"] > 0].groupby("code")
    raised = raising.agg(risk=("up", "size"), up=("up", "mean"), stopped=("stopped", "mean"))
    shown = {row[0]: row for row in cells(page.locator("#reasons table").first)}
    assert set(shown) == set(raised.index)
    for code, row in raised.iterrows():
        assert number(shown[code][2]) == row["risk"]
        assert number(shown[code][3]) == pytest.approx(100 * row["stopped"], abs=0.6)
        assert number(shown[code][4]) == pytest.approx(row["up"], abs=0.006)


@pytest.mark.parametrize("key", ["Enter", "Space", "click"])
def test_row_opens_its_reasons(visit: Visitor, paged: Path, frame: pd.DataFrame, key: str) -> None:
    """A click anywhere on a line, or a key on its button, shows every reason with its contribution, and hides it."""
    page = visit.open(paged)
    line = page.locator("#signups tr.signup").nth(2)
    button = line.get_by_role("button")
    one = frame.set_index("signup_id").loc[button.inner_text()]
    act = line.locator("td").nth(1).click if key == "click" else (lambda: button.press(key))
    act()
    expect(button).to_have_attribute("aria-expanded", "true")
    why = page.locator("#signups tr.opened .why")
    for reason, row in zip(one["reasons"], cells(why), strict=False):
        assert row[0].splitlines() == [reason["code"], reason["family"]]
        assert row[1] == reason["text"]
        assert number(row[3]) == pytest.approx(reason["contribution"], abs=0.006)
    total = number(cells(why)[-1][3])
    assert total == pytest.approx(sum(reason["contribution"] for reason in one["reasons"]), abs=0.02)
    act()
    expect(page.locator("#signups tr.opened")).to_have_count(0)
    expect(button).to_have_attribute("aria-expanded", "false")


def test_list_sorts_over_all_pages(visit: Visitor, paged: Path, frame: pd.DataFrame) -> None:
    """A header sorts all sign-ups, not those of the page; a second press turns the order; aria-sort says it."""
    page = visit.open(paged)
    assert column(page, "Risk") == [f"{score:.1f}" for score in frame["risk_score"].nlargest(50)]
    head = page.locator("#signups th", has_text="At (UTC)")
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "descending")
    newest = frame.sort_values("at", ascending=False)
    assert listed(page) == newest["signup_id"].head(50).tolist()
    head.get_by_role("button").press("Enter")
    expect(head).to_have_attribute("aria-sort", "ascending")
    assert listed(page) == newest["signup_id"].tail(50).tolist()[::-1]
    page.get_by_role("button", name="Next").click()
    assert listed(page) == newest["signup_id"].tolist()[::-1][50:100]
    expect(page.locator("#signups th[aria-sort=none]")).to_have_count(8)


def test_small_tables_sort(visit: Visitor, paged: Path) -> None:
    """The table of groups sorts by number and by name."""
    page = visit.open(paged)
    table = page.locator("#groups table")
    for label, place in (("Sign-ups", 1), ("Sign-ups", 1)):
        table.get_by_role("button", name=label).click()
        values = [number(row[place]) for row in cells(table)]
        assert values in (sorted(values), sorted(values, reverse=True))
    table.get_by_role("button", name="Group").first.click()
    names = [row[0] for row in cells(table)]
    assert names == sorted(names)


def test_chart_tells_a_bar_under_the_pointer(visit: Visitor, paged: Path, frame: pd.DataFrame) -> None:
    """Hovering over the volume shows the counts of the bar that is there."""
    page = visit.open(paged)
    svg = page.locator("#time svg.plot")
    svg.scroll_into_view_if_needed()
    box = svg.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tip = svg.locator("g[aria-label=tip]")
    expect(tip).to_contain_text("sign-ups")
    words = (tip.text_content() or "").replace("\u200b", "")
    at = pd.Timestamp(words[:16] + "Z")
    inside = frame[(frame["at"] >= at) & (frame["at"] < at + pd.Timedelta("6h"))]
    assert f"{len(inside)} sign-ups" in words


def test_whole_page_can_be_used_by_keyboard(visit: Visitor, paged: Path) -> None:
    """Tab reaches the skip link first and then everything in turn, each seen to have the focus, and leaves again."""
    page = visit.open(paged)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.locator(".skip").bounding_box()["x"] >= 0  # type: ignore[index]
    seen = []
    for _ in range(160):
        page.keyboard.press("Tab")
        kind, outline = page.evaluate(
            """() => { const node = document.activeElement;
              const name = node.id || node.closest("section,aside")?.id;
              const outline = getComputedStyle(node).outlineStyle;
              return [node === document.body ? "" : `${node.tagName}#${name}`, outline]; }"""
        )
        if not kind:
            break
        assert outline != "none" or kind.startswith("INPUT"), kind
        seen.append(kind)
    assert not kind
    for part in ("#text", "#from", "#code", "#reasons", "#campaigns", "#level", "#signups"):
        assert any(part in one for one in seen), part


def test_groups_follow_the_chosen_decision(visit: Visitor, paged: Path, frame: pd.DataFrame) -> None:
    """False-positive rates are those of the labelled legitimate, for the decision that is chosen and stricter ones."""
    page = visit.open(paged)
    honest = frame[(frame["label"] == 0) & ~frame["group"].str.startswith("farm.")]
    for level, strict in (("step up or stricter", ["step_up", "review", "block"]), ("block", ["block"])):
        page.get_by_label("Stopped means").select_option(level)
        stopped = honest["decision"].isin(strict)
        shown = {row[0]: row for row in cells(page.locator("#groups table"))}
        for name, one in stopped.groupby(honest["group"]):
            assert number(shown[name][3]) == len(one)
            value = 100 * one.mean()
            assert number(shown[name][4].partition("(")[0]) == pytest.approx(value, abs=0.5 if value >= 10 else 0.05)


def test_detection_is_what_evaluate_measures(visit: Visitor, paged: Path, frame: pd.DataFrame) -> None:
    """The share of the abusive that was stopped, and found at 5 % of the legitimate, is what NumPy counts."""
    page = visit.open(paged)
    abusive, honest = frame[frame["label"] == 1], frame[frame["label"] == 0]
    decisions, rates = (cells(table) for table in page.locator("#detection table").all())
    blocked = 100 * (abusive["decision"] == "block").mean()
    assert number(decisions[-1][1].partition("(")[0]) == pytest.approx(blocked, abs=0.5)
    threshold = np.sort(honest["risk_score"])[::-1][int(0.05 * len(honest))]
    found = 100 * (abusive["risk_score"] > threshold).mean()
    assert number(rates[-1][1].partition("(")[0]) == pytest.approx(found, abs=0.5)
    assert "needs 1,000 legitimate sign-ups" in rates[0][1]
