"""What a page is made of: rows chosen, counts, labels joined, texts escaped."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from signup_risk.errors import ConfigurationError
from signup_risk.events import Signup
from signup_risk.files.records import BadLine
from signup_risk.report import document
from signup_risk.report.assessed import DECISIONS, MOST_REASONS, Assessed, bounded, read_assessed
from signup_risk.report.build import PageBuilder, page_of
from signup_risk.report.kept import Kept
from signup_risk.report.outcomes import NOTHING, Outcomes
from signup_risk.report.page import APP, STYLE, _inline, script_json
from signup_risk.report.totals import MOST_BINS, SCORE_BINS, Totals, fpr_bin
from signup_risk.report.vendored import VENDOR, library_entries, library_text, licence_texts
from tests.report.made import assessments, history


def read(values: list[dict[str, Any]]) -> list[Assessed]:
    """Read assessments of which each is sound."""
    found = [read_assessed(number, one) for number, one in enumerate(values, 1)]
    assert not [one for one in found if isinstance(one, BadLine)]
    return [one for one in found if isinstance(one, Assessed)]


def embedded(page: bytes) -> dict[str, Any]:
    """Return what a page holds."""
    text = page.decode().partition('<script type="application/json" id="data">')[2].partition("</script>")[0]
    held: dict[str, Any] = json.loads(text)
    return held


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"at": None}, "at is missing"),
        ({"at": "yesterday"}, "at: found a str of length 9"),
        ({"decision": "<b>"}, "decision is none of allow, step_up, review, block"),
        ({"risk_score": 101}, "risk_score is not between 0 and 100"),
        ({"fpr": float("nan")}, "fpr is no finite number"),
        ({"risk_score": True}, "risk_score is no finite number"),
        ({"risk_score": 10**400}, "risk_score is no finite number"),
        ({"fpr": -(10**400)}, "fpr is no finite number"),
        ({"signup_id": 7}, "signup_id is no text"),
        ({"reasons": "many"}, "reasons is no list of objects"),
        ({"reasons": [{"code": "A"}]}, "contribution is no finite number"),
        ({"reasons": [{"contribution": 10**400}]}, "contribution is no finite number"),
        ({"reasons": [{"contribution": -1e308}]}, "contribution is not between -1,000,000 and 1,000,000"),
        ({"reasons": [{}] * 1001}, "reasons has 1,001 entries, more than 1,000"),
        ({"campaign": {"id": 1}}, "campaign is no object with an id"),
        ({"degraded": [1]}, "degraded is no list of texts"),
        ({"model": []}, "model is no object"),
    ],
)
def test_line_that_is_no_assessment_is_told_without_what_it_holds(change: dict[str, Any], told: str) -> None:
    """Each wrong field is named with what is allowed, and no value is repeated."""
    found = read_assessed(1, assessments(1)[0] | change)
    assert isinstance(found, BadLine)
    assert told in found.reason
    assert "<b>" not in found.reason


def test_strongest_reasons_are_kept_and_the_others_add_up() -> None:
    """Reasons beyond the strongest dozen are told as a number and a sum, whatever order they came in."""
    values = [0.01 * place * (-1) ** place for place in range(1, 31)]
    reasons = [{"code": f"C{n}", "family": "f", "text": "t", "contribution": value} for n, value in enumerate(values)]
    (one,) = read([assessments(1)[0] | {"reasons": reasons}])
    kept = [reason.contribution for reason in one.reasons]
    assert kept == sorted(values, key=lambda value: -abs(value))[:MOST_REASONS]
    assert one.others[0] == 30 - MOST_REASONS
    assert sum(kept) + one.others[1] == pytest.approx(sum(values))


def test_numbers_at_their_bounds_make_a_page() -> None:
    """The largest contributions that are read add up to a finite number, and a size that is none is told as none."""
    reasons = [{"code": "A", "family": "f", "text": "t", "contribution": 1e6}] * 1000
    sizes: list[Any] = [10**12, 10**400, -5, True]
    lines = [
        one | {"reasons": reasons, "campaign": {"id": f"c{place}", "size": size}}
        for place, (one, size) in enumerate(zip(assessments(4), sizes, strict=True))
    ]
    assert [one.campaign.size for one in read(lines) if one.campaign] == [10**12, 0, 0, 0]
    assert json.dumps(embedded(page_of(lines)), allow_nan=False)


def test_shadow_decision_is_shown() -> None:
    """In shadow mode a page shows what the policy would have decided."""
    policy = {"name": "p", "version": "1", "shadow_decision": "block"}
    (one,) = read([assessments(1)[0] | {"decision": "allow", "policy": policy}])
    assert (one.decision, one.shadow) == (3, True)


@pytest.mark.parametrize(("limit", "count"), [(1, 30), (10, 9), (10, 10), (10, 11), (50, 400)])
def test_strictest_are_kept_and_the_rest_is_sampled(limit: int, count: int) -> None:
    """As many are kept as there is room, four in five by decision and score, whatever order they come in."""
    found = read(assessments(count))
    picked = []
    for seed in (1, 2):
        kept = Kept(limit)
        for one in random.Random(seed).sample(found, len(found)):
            kept.add(one, NOTHING)
        picked.append([one.number for one, _ in kept.rows()])
        assert kept.left_out == max(0, count - limit)
    assert picked[0] == picked[1]
    assert len(picked[0]) == min(limit, count)
    strict = sorted(found, key=lambda one: (-one.decision, -(one.score or 0)))[: limit * 4 // 5]
    assert {one.number for one in strict} <= set(picked[0])


def test_sample_is_even() -> None:
    """Those that are no strict ones are drawn from the whole file, not from its end."""
    found = read([one | {"decision": "allow", "risk_score": 1.0} for one in assessments(4000)])
    kept = Kept(1000)
    for one in found:
        kept.add(one, NOTHING)
    numbers = [one.number for one, _ in kept.rows()]
    assert len(numbers) == 1000
    assert 1700 < np.mean(numbers) < 2300


def test_totals_are_what_pandas_counts() -> None:
    """Decisions by time, scores by outcome and reasons by code, over all sign-ups."""
    values = assessments(600)
    events = history(values)
    outcomes = Outcomes(map(Signup.from_mapping, events))
    totals = Totals()
    for one in read(values):
        totals.add(one, outcomes.of(one.signup_id))
    frame = pd.DataFrame(values)
    frame["label"] = pd.DataFrame(events)["label"]
    assert totals.decisions == [int((frame["decision"] == name).sum()) for name in DECISIONS]
    start, width, bins = totals.time_bins()
    at = pd.to_datetime(frame["at"], format="ISO8601").astype("datetime64[ms, UTC]").astype("int64")
    assert {place: sum(counts) for place, *counts in bins} == ((at - start) // width).value_counts().to_dict()
    assert len(bins) <= MOST_BINS
    abusive = frame[frame["label"] == 1]["risk_score"]
    assert totals.scores[1] == np.histogram(abusive, SCORE_BINS, (0, 100))[0].tolist()
    assert sum(map(sum, totals.fprs)) == 600
    reasons = frame.explode("reasons")["reasons"]
    up = [one["contribution"] for one in reasons if one["code"] == "NAME_DIGITS" and one["contribution"] > 0]
    assert totals.reasons["NAME_DIGITS"].risk == len(up)
    assert totals.reasons["NAME_DIGITS"].up == pytest.approx(sum(up))


@given(st.lists(st.integers(0, 4_000_000_000_000), min_size=1, max_size=8))
def test_times_fit_into_few_bars(times: list[int]) -> None:
    """Whatever times a file has, from 1970 to 2100, they fall into at most so many bars and none is lost."""
    totals = Totals()
    (one,) = read(assessments(1))
    for at in times:
        totals.hours.setdefault(at // 3_600_000, [0] * 4)[one.decision] += 1
    start, width, bins = totals.time_bins()
    assert sum(sum(counts) for _, *counts in bins) == len(times)
    assert bins[-1][0] < MOST_BINS
    assert {(at // 3_600_000 * 3_600_000 - start) // width for at in times} == {place for place, *_ in bins}


@pytest.mark.parametrize("power", [-4, -3, -2, -1])
def test_powers_of_ten_stand_at_the_foot_of_their_bars(power: int) -> None:
    """A rate of 0.001 falls into the bar that begins there, and the next smaller float into the one before."""
    assert fpr_bin(10.0**power) == (power + 4) * 4
    assert fpr_bin(10.0**power * 1.01) == (power + 4) * 4


@given(st.text())
def test_text_leaves_its_script_in_no_way(text: str) -> None:
    """Any text can be embedded: it is read back as it was, and holds nothing that an HTML parser looks for."""
    written = script_json({"text": text, text: 1})
    assert not set("<>&\u2028\u2029") & set(written)
    assert written.isascii()
    assert json.loads(written) == {"text": text, text: 1} if text != "text" else True


@given(st.text(max_size=2000))
def test_text_is_bounded(text: str) -> None:
    """A text that is short enough stays, a longer one is cut and says how long it was."""
    found = bounded(text)
    assert found == text if len(text) <= 300 else found.startswith(text[:300]) and f"({len(text):,} characters" in found


def test_every_part_of_the_page_is_put_in() -> None:
    """Each script and style file of the page is named among its parts, and none is named twice."""
    for folder, ending, named in (("app", "js", APP), ("style", "css", STYLE)):
        files = {path.stem for path in (VENDOR.parent / folder).iterdir()}
        assert sorted(named) == sorted(files), ending


def test_same_assessments_give_the_same_bytes() -> None:
    """A page depends on its input alone."""

    def made() -> bytes:
        outcomes = Outcomes(map(Signup.from_mapping, history(assessments(300))))
        builder = PageBuilder("page", rows=100, outcomes=outcomes)
        for number, one in enumerate(assessments(300), 1):
            builder.add(number, one)
        return builder.html()

    assert made() == made()


def test_page_holds_nothing_else_of_a_history() -> None:
    """Of the sign-ups of a history only label and group get into the page: no mailbox, no name."""
    events = [one | {"first_name": "Ada", "ip_address": "192.0.2.7"} for one in history(assessments(50))]
    builder = PageBuilder("page", outcomes=Outcomes(map(Signup.from_mapping, events)))
    for number, one in enumerate(assessments(50), 1):
        builder.add(number, one)
    data = json.dumps(embedded(builder.html()))
    assert "campus" in data
    assert not [told for told in ("example.com", "Ada", "192.0.2.7") if told in data]


def test_measures_say_why_there_are_none() -> None:
    """With labels of one kind only the page says what is missing."""
    values = assessments(60)
    events = [{**one, "label": 0, "group": "campus"} for one in history(values)]
    builder = PageBuilder("page", outcomes=Outcomes(map(Signup.from_mapping, events)))
    for number, one in enumerate(values, 1):
        builder.add(number, one)
    assert "no sign-up labelled abusive" in embedded(builder.html())["measures"]["refused"]


def test_names_beyond_those_listed_are_not_taken_for_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many campaigns and groups the largest are listed; a sign-up of another one is told from one of none."""
    monkeypatch.setattr(document, "MOST_LISTED", 1)
    values = assessments(120)
    held = embedded(page_of(values, history=map(Signup.from_mapping, history(values))))
    assert (len(held["campaigns"]), held["counts"]["campaigns"]) == (1, 3)
    assert (len(held["groups"]), held["counts"]["groups"]) == (1, 8)
    told = [one["campaign"] for one in sorted(values, key=lambda one: (one["at"], one["signup_id"]))]
    listed = held["campaigns"][0]["id"]
    assert held["rows"]["campaign"] == [-1 if one is None else 0 if one["id"] == listed else -3 for one in told]


def test_page_of_refuses_what_is_no_assessment() -> None:
    """In Python a wrong assessment is an error that names its place and the field."""
    with pytest.raises(ConfigurationError, match="assessment 2: decision is none of allow"):
        page_of([assessments(1)[0], {"at": "2026-05-01T12:00:00Z"}])


def test_libraries_are_what_their_manifest_says() -> None:
    """Both libraries are as their manifest says, and every licence text is in the page."""
    for entry in library_entries():
        assert len(library_text(entry).encode()) == entry.size
        assert entry.licence == "ISC"
        assert entry.version in library_text(entry)[:100]
        assert "(npm)" in entry.source
    names = {name for name, _ in licence_texts()}
    assert names == {"d3", "plot", "d3-ease", "d3-scale-chromatic", "delaunator", "interval-tree-1d",
                     "binary-search-bounds", "isoformat"}  # fmt: skip
    page = PageBuilder("page").html().decode()
    assert "Copyright 2020-2025 Observable, Inc." in page.partition("</footer>")[0]


def test_changed_library_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A library that is not what the manifest says gets into no page."""
    from signup_risk.errors import ReferenceProblem
    from signup_risk.report import vendored

    for file in VENDOR.glob("*.*"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "d3.min.js").write_bytes((VENDOR / "d3.min.js").read_bytes() + b"\n")
    monkeypatch.setattr(vendored, "VENDOR", tmp_path)
    with pytest.raises(ReferenceProblem, match="its manifest says"):
        PageBuilder("page").html()


@pytest.mark.parametrize("code", ["a </SCRIPT> b", "<!-- x", "a\r\nb"])
def test_code_that_a_browser_would_read_otherwise_is_refused(code: str) -> None:
    """Code that ends its own element is not put into a page."""
    with pytest.raises(ConfigurationError, match="holds"):
        _inline(code)
