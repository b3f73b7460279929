"""Contributions and reasons as frames say what single assessments say."""

from __future__ import annotations

import math
import pickle
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from signup_risk import ConfigurationError, Scorer
from signup_risk.campaigns.partners import PartnerIndicator, Partners
from signup_risk.notebook import contributions_frame, reasons_frame
from tests.notebook.samples import events, frame_of


def test_contributions_are_the_same_from_every_source() -> None:
    """A frame of sign-ups, an assessed frame, assessments, and assessments of another process give the same numbers."""
    signups = events(40)
    frame = frame_of(signups)
    with Scorer.open("memory://") as scorer:
        assessed = scorer.assess_frame(frame, contributions=True)
    with Scorer.open("memory://") as scorer:
        direct = contributions_frame(frame, scorer)
    with Scorer.open("memory://") as scorer:
        single = [scorer.assess(signup) for signup in signups]
        from_single = contributions_frame(single)
        elsewhere = pickle.loads(pickle.dumps(single))  # noqa: S301 - our own
        from_elsewhere = contributions_frame(elsewhere, scorer)
    names = list(direct.columns)
    assert names[0] == "base_value"
    assert names[1:] == list(scorer.model.manifest.names)
    pd.testing.assert_frame_equal(contributions_frame(assessed), direct, check_exact=True)
    for other in (from_single, from_elsewhere):
        assert other.index.tolist() == [signup["signup_id"] for signup in signups]
        pd.testing.assert_frame_equal(other[names].reset_index(drop=True), direct, check_exact=True)
    sums = [math.fsum(row) for row in direct.to_numpy()]
    assert sums == assessed["raw_score"].tolist() == [one.raw_score for one in single]


def test_reasons_are_a_row_each_under_the_index_of_the_source() -> None:
    """Each reason of each sign-up has a row, strongest first, under the label of its sign-up, repeated labels too."""
    signups = events(30)
    frame = frame_of(signups).set_axis(["x", "y", "z"] * 10)
    with Scorer.open("memory://", explain="always") as scorer:
        assessed = scorer.assess_frame(frame)
    with Scorer.open("memory://", explain="always") as scorer:
        single = [scorer.assess(signup) for signup in signups]
    found = reasons_frame(assessed)
    wanted = [(one.signup_id, rank, reason.code, reason.contribution, reason.text)
              for one in single for rank, reason in enumerate(one.reasons, start=1)]  # fmt: skip
    assert list(found[["signup_id", "rank", "code", "contribution", "text"]].itertuples(index=False)) == wanted
    assert found.index.tolist() == ["xyz"[n % 3] for n, one in enumerate(single) for _ in one.reasons]
    pd.testing.assert_frame_equal(reasons_frame(single).reset_index(drop=True), found.reset_index(drop=True))


def test_reasons_outlive_parquet_and_are_not_lost_in_csv(tmp_path: Path) -> None:
    """A frame from a Parquet file gives the same reasons; one whose reasons became texts is refused, not empty."""
    with Scorer.open("memory://", explain="always") as scorer:
        assessed = scorer.assess_frame(frame_of([*events(9), {"signup_id": "bad"}]))
    wanted = reasons_frame(assessed)
    assert len(wanted) > 9
    columns = ["signup_id", "decision", "reasons"]
    assessed[columns].to_parquet(tmp_path / "assessed.parquet")
    pd.testing.assert_frame_equal(reasons_frame(pd.read_parquet(tmp_path / "assessed.parquet")), wanted)
    assessed[columns].to_csv(tmp_path / "assessed.csv", index=False)
    with pytest.raises(ConfigurationError, match=r"row 1 of the frame holds a str of length \d+ .* Parquet or pickle"):
        reasons_frame(pd.read_csv(tmp_path / "assessed.csv"))
    for cell in (7, "", {"code": "A"}, ["A"], [{"code": "A"}]):
        with pytest.raises(ConfigurationError, match="no list of them"):
            reasons_frame(pd.DataFrame({"signup_id": ["a"], "reasons": [cell]}))


def test_rows_without_an_answer_are_empty() -> None:
    """A bad row has no contributions and no reasons, and the good one beside it has both."""
    frame = pd.DataFrame({"at": ["2026-06-01T12:00:00Z", None]}, index=["good", "bad"])
    with Scorer.open("memory://", explain="always") as scorer:
        assessed = scorer.assess_frame(frame, contributions=True)
    assert contributions_frame(assessed).isna().all(axis=1).to_dict() == {"good": False, "bad": True}
    assert set(reasons_frame(assessed).index) == {"good"}
    assert reasons_frame(assessed.loc[["bad"]]).columns.tolist() == reasons_frame(assessed).columns.tolist()


def test_what_partners_add_is_a_column_where_it_matters() -> None:
    """Where partners said something of a sign-up there is a column for it, zero for others and empty for bad rows."""
    said = PartnerIndicator(
        "email_domain", {"email_domain": "brightfjord.example"}, None, 0.5, datetime(2026, 9, 1, tzinfo=UTC), "Shop"
    )
    mails = ["ada@brightfjord.example", "ada@example.com", None]
    frame = pd.DataFrame({"signup_id": list("abc"), "at": ["2026-06-01T12:00:00Z"] * 2 + [None], "email": mails})
    with Scorer.open("memory://", partners=Partners((said,))) as scorer:
        found = contributions_frame(scorer.assess_frame(frame, contributions=True))
    assert found["partner_indicator"].isna().tolist() == [False, False, True]
    assert found["partner_indicator"].tolist()[:2] == [0.5, 0.0]
    with Scorer.open("memory://", partners=Partners((said,))) as scorer:
        single = [scorer.assess(row) for row in frame.iloc[:2].to_dict("records")]
        assert contributions_frame(single)["partner_indicator"].to_dict() == {"a": 0.5, "b": 0.0}


def test_what_is_not_there_is_asked_for_with_words() -> None:
    """A frame without contributions or reasons, and what is no assessment, are refused with what to do."""
    frame = pd.DataFrame({"at": ["2026-06-01T12:00:00Z"]})
    with Scorer.open("memory://") as scorer:
        assessed = scorer.assess_frame(frame)
        with pytest.raises(ConfigurationError, match="contributions=True"):
            contributions_frame(assessed, scorer)
    with pytest.raises(ConfigurationError, match="contributions=True"):
        contributions_frame(frame)
    with pytest.raises(ConfigurationError, match="no reasons"):
        reasons_frame(frame)
    with pytest.raises(ConfigurationError, match="a dict of length 0"):
        reasons_frame([{}])  # type: ignore[list-item]
