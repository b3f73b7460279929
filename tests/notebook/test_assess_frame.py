"""A frame is assessed exactly as its rows would be one after another, and comes back as it was given."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from signup_risk import Assessment, ConfigurationError, Policy, Reason, Scorer, Signup
from signup_risk.events import InputWarning
from signup_risk.policy import ListEntry
from signup_risk.results import Campaign, ModelInfo, PolicyInfo
from signup_risk.scorer.frames.columns import PREFIX
from signup_risk.scorer.frames.work import CONTRACT
from tests.notebook.samples import events, frame_of

AT = "2026-06-01T12:00:00Z"


def open_scorer(**settings: Any) -> Scorer:
    """Return a scorer over an empty store."""
    return Scorer.open("memory://", **settings)


class Seen:
    """Note the sign-ups that are assessed."""

    def __init__(self) -> None:
        self.ids: list[str | None] = []

    def assessed(self, assessment: Assessment) -> None:
        """Note one."""
        self.ids.append(assessment.signup_id)

    def write_dropped(self) -> None:
        """See nothing."""

    def writes_recovered(self, count: int) -> None:
        """See nothing."""


def amounts(assessment: Assessment) -> dict[str, float]:
    """Return what each feature adds to a score, by its column."""
    return {f"{PREFIX}{one.feature}": one.contribution for one in assessment.explain().contributions}


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("explain", ["auto", "always"])
def test_a_frame_is_assessed_as_its_rows_are_one_by_one(jobs: int, explain: Any) -> None:
    """Every column of the contract and every contribution is what assessing in the order of time gives, to the bit."""
    signups = events(90)
    shuffled = frame_of(signups).sample(frac=1, random_state=3)
    blocked = Policy(block=(ListEntry("ip", str(signups[7]["ip_address"])),))
    with open_scorer(explain=explain, policy=blocked) as scorer:
        found = scorer.assess_frame(shuffled, contributions=True, jobs=jobs)
    assert found.index.equals(shuffled.index)
    assert found["error"].isna().all()
    with open_scorer(explain=explain, policy=blocked) as scorer:
        for place, signup in enumerate(signups):
            one, row = scorer.assess(signup), found.loc[place]
            told = one.to_dict()
            for name in ("signup_id", "risk_score", "fpr", "decision", "reasons", "degraded", "warnings"):
                assert row[name] == told[name]
            assert row["at"].to_pydatetime() == one.at
            assert row["model.fingerprint"] == one.model.fingerprint
            assert row["policy.notes"] == told["policy"].get("notes")
            explained = one.explain()
            assert (row["raw_score"], row["base_value"]) == (one.raw_score, explained.base_value)
            wanted = amounts(one)
            assert row[list(wanted)].to_dict() == wanted
            assert math.fsum([row["base_value"], *row[list(wanted)]]) == one.raw_score


def test_columns_are_those_of_json_normalize() -> None:
    """The columns are what pandas makes of an assessment that has everything."""
    at = datetime(2026, 6, 1, tzinfo=UTC)
    whole = Assessment(
        signup_id="a",
        at=at,
        risk_score=1.0,
        fpr=0.5,
        decision="allow",
        reasons=(Reason("A", "email", "text", 1.0, "risk"),),
        degraded=(),
        warnings=(InputWarning("X", "/email"),),
        campaign=Campaign("c", 3, at, ("one domain",), "s", "open", 1, "t", 0.5, "review"),
        model=ModelInfo("m", "1", "f"),
        policy=PolicyInfo("p", "1", "block", ("LISTED_BLOCK",)),
        latency_ms=1.0,
        explored=True,
        propensity=0.5,
    )
    assert set(pd.json_normalize([whole.to_dict()]).columns) == set(CONTRACT)


@pytest.mark.parametrize(
    "index",
    [
        pd.Index([3, 1, 1, 0]),
        pd.Index(["b", "a", "a", None]),
        pd.MultiIndex.from_tuples([("x", 2), ("x", 1), ("x", 1), ("a", 0)], names=["site", "n"]),
        pd.date_range("2026-01-01", periods=4, tz="UTC")[::-1],
    ],
)
def test_any_index_comes_back(index: pd.Index) -> None:
    """Index and order of rows stay: repeated, unsorted, of several levels, of times."""
    ids = ["d", "c", "b", "a"]
    frame = pd.DataFrame({"signup_id": ids, "at": [f"2026-06-01T12:00:0{n}Z" for n in range(4)][::-1]}, index=index)
    with open_scorer() as scorer:
        found = scorer.assess_frame(frame)
    assert found.index.equals(index)
    assert found.index.names == index.names
    assert found["signup_id"].tolist() == ids


def test_rows_are_fed_in_the_order_of_time_and_ties_in_the_order_of_rows() -> None:
    """What a row finds in the store is what came before it in time; of equal times the upper row came first."""
    times = ["2026-06-01T12:00:02Z", "2026-06-01T12:00:01Z", "2026-06-01T14:00:02+02:00", "2026-06-01T12:00:00Z"]
    frame = pd.DataFrame({"signup_id": list("abcd"), "at": times, "device.id": "one"})
    seen = Seen()
    with open_scorer(observer=seen) as scorer:
        found = scorer.assess_frame(frame, contributions=True)
    assert seen.ids == ["d", "b", "a", "c"]
    with open_scorer() as scorer:
        wanted = {
            name: scorer.assess({"signup_id": name, "at": times["abcd".index(name)], "device.id": "one"})
            for name in ("d", "b", "a", "c")
        }
        assert found["raw_score"].tolist() == [wanted[name].raw_score for name in "abcd"]
    assert len(set(found["raw_score"])) > 1


def test_bad_rows_are_told_and_lose_no_others() -> None:
    """A row without a usable time, of the future or with a card number has an error and no answer; others have one."""
    frame = pd.DataFrame(
        {
            "at": [AT, None, "2026-06-01 noon", "2099-01-01T00:00:00Z", AT, AT],
            "email": ["ada@example.com", "b@example.com", "c@example.com", "d@example.com", "nonsense", None],
            "card.token": [None, None, None, None, None, "4111111111111111"],
        }
    )
    with open_scorer() as scorer:
        found = scorer.assess_frame(frame)
    assert found["error"].notna().tolist() == [False, True, True, True, False, True]
    assert found["decision"].isna().tolist() == [False, True, True, True, False, True]
    assert found["risk_score"].isna().tolist() == found["error"].notna().tolist()
    assert found["warnings"][4][0]["code"] == "EMAIL_ADDRESS_UNUSABLE"
    assert "example" not in " ".join(found["error"].dropna())
    assert "4111" not in " ".join(found["error"].dropna())


@pytest.mark.parametrize("unit", ["s", "us"])
def test_times_that_python_cannot_hold_are_bad_rows(unit: str) -> None:
    """A time beyond the year 9999 is an error of its row, and the others are scored."""
    seconds = {"s": 1, "us": 1_000_000}[unit]
    made = pa.array([1_780_315_200 * seconds, 10**12 * seconds, 1_780_315_201 * seconds], pa.timestamp(unit, tz="UTC"))
    frame = pd.DataFrame({"at": pd.Series(made, dtype=pd.ArrowDtype(made.type))})
    with open_scorer() as scorer:
        found = scorer.assess_frame(frame)
    assert found["error"].notna().tolist() == [False, True, False]
    assert found["decision"].notna().tolist() == [True, False, True]


@pytest.mark.parametrize("jobs", [1, 2])
def test_every_row_bad_is_still_a_frame(jobs: int) -> None:
    """An empty frame and one without a good row give the same columns."""
    frame = pd.DataFrame({"at": ["soon", None]})
    with open_scorer() as scorer:
        found = scorer.assess_frame(frame, contributions=True, jobs=jobs)
        empty = scorer.assess_frame(frame.iloc[:0], contributions=True, jobs=jobs)
    assert found["error"].notna().all()
    assert list(found.columns) == list(empty.columns)
    assert found.dtypes.equals(empty.dtypes)
    assert len(empty) == 0


def hostile() -> dict[str, pd.DataFrame]:
    """Return one history in many dtypes."""
    plain = pd.DataFrame(
        {
            "signup_id": ["a", "b", "c"],
            "at": [f"2026-06-01T12:00:0{n}Z" for n in range(3)],
            "email": ["ada@example.com", None, "grace@example.org"],
            "device.screen": ["800x600", "800x600", None],
            "session.form_seconds": [12.5, None, 3.0],
            "session.keystrokes": [10.0, None, 3.0],
            "device.webdriver": [True, None, False],
            "custom.seats": [3.0, None, 4.0],
        }
    )
    times = pd.to_datetime(plain["at"], utc=True)
    floats = ["session.form_seconds", "custom.seats"]
    nested = plain[["signup_id", "at", "email"]].assign(
        device=[{"screen": "800x600", "webdriver": True}, {"screen": "800x600"}, {"webdriver": False}],
        session=[{"form_seconds": 12.5, "keystrokes": 10}, None, {"form_seconds": np.float32(3), "keystrokes": 3}],
        custom=[{"seats": 3.0}, math.nan, {"seats": np.int8(4)}],
    )
    arrow = plain.assign(at=times).convert_dtypes(dtype_backend="pyarrow")
    arrow["at"] = times.astype(pd.ArrowDtype(pa.timestamp("us", tz="Europe/Berlin")))
    return {
        "plain": plain,
        "times": plain.assign(at=times.dt.tz_convert("America/New_York")),
        "nanoseconds": plain.assign(at=times.astype("datetime64[ns, UTC]")),
        "nullable": plain.convert_dtypes(),
        "categories": plain.astype({"email": "category", "device.screen": "category", "at": "category"}),
        "arrow": arrow,
        "float32": plain.astype(dict.fromkeys(floats, "float32")),
        "objects": plain.astype(object).where(plain.notna(), pd.NA).assign(at=times.astype(object)),
        "scalars of NumPy": plain.assign(
            **{
                "device.webdriver": pd.Series([np.bool_(True), None, np.bool_(False)], dtype=object),
                "session.keystrokes": pd.Series([np.int64(10), np.float32("nan"), np.int8(3)], dtype=object),
            }
        ),
        "sparse": plain.astype({"session.form_seconds": pd.SparseDtype("float64", np.nan)}),
        "nested": nested,
        "named index": plain.set_index(["signup_id", "at"]),
    }


@pytest.mark.parametrize("kind", [name for name in hostile() if name != "plain"])
def test_dtypes_do_not_matter(kind: str) -> None:
    """Categories, Arrow, nullable, sparse and nested columns and times of any zone give what plain columns give."""
    frames = hostile()
    told = []
    for name in ("plain", kind):
        with open_scorer() as scorer:
            told.append(scorer.assess_frame(frames[name]).drop(columns="latency_ms").reset_index(drop=True))
    assert told[1]["error"].isna().all(), told[1]["error"].dropna().tolist()
    pd.testing.assert_frame_equal(told[0], told[1])


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        ([{"at": AT}], "pandas DataFrame"),
        (pd.DataFrame({"at": [AT], "e_mail": ["x"]}), "email is the closest name"),
        (pd.DataFrame({"email": ["x"]}), "no column at"),
        (pd.DataFrame([[AT, AT]], columns=["at", "at"]), "at stands twice"),
        (pd.DataFrame({"at": [AT], 7: ["x"]}), "called by an int"),
        (pd.DataFrame([[AT]], columns=pd.MultiIndex.from_tuples([("at", "x")])), "2 levels"),
        (pd.DataFrame({"at": pd.to_datetime(["2026-06-01"])}), "tz_localize"),
        (pd.DataFrame({"at": pd.Series([datetime(2026, 6, 1)], dtype=pd.ArrowDtype(pa.timestamp("us")))}), "tz_loc"),  # noqa: DTZ001
    ],
)
def test_mistakes_of_the_caller_are_refused(frame: Any, words: str) -> None:
    """A frame that cannot be meant is refused once, with what to do, and no row is recorded."""
    with open_scorer() as scorer, pytest.raises(ConfigurationError, match=words):
        scorer.assess_frame(frame)


def test_columns_can_be_left_out() -> None:
    """Columns named in ignore= and columns of labels are left where they are."""
    frame = pd.DataFrame({"at": [AT], "note": ["vip"], "label": ["perhaps"], "group": [1]})
    with open_scorer() as scorer:
        found = scorer.assess_frame(frame, ignore=["note"])
    assert found["decision"].tolist() == ["allow"]


@pytest.mark.parametrize("jobs", [0, 1.5, True, "2", 1000])
def test_jobs_are_a_number_of_processes(jobs: Any) -> None:
    """Anything but a sensible number of processes is refused."""
    with open_scorer() as scorer, pytest.raises(ConfigurationError, match="jobs"):
        scorer.assess_frame(pd.DataFrame({"at": [AT]}), jobs=jobs)


def test_hostile_texts_stay_texts() -> None:
    """Whatever stands in the cells, every row has an answer or an error, in its place."""
    rubbish = ["=1+1", "<script>alert(1)</script>", "\u202eevil", "x" * 10_000, "\ud800", "", " ", "\x00", b"b", [1]]
    frame = pd.DataFrame({"at": [AT] * len(rubbish), "email": rubbish, "device.id": rubbish, "first_name": rubbish})
    with open_scorer() as scorer:
        found = scorer.assess_frame(frame)
    assert len(found) == len(rubbish)
    assert (found["decision"].notna() ^ found["error"].notna()).all()


def test_a_quiet_run_writes_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    """Where standard error is no terminal, no bar is drawn."""
    with open_scorer() as scorer:
        scorer.assess_frame(pd.DataFrame({"at": [AT]}))
    assert capfd.readouterr().err == ""


def test_a_repeated_id_counts_once_in_velocity() -> None:
    """A frame that was assessed before is assessed again without counting twice."""
    frame = frame_of(events(40))
    with open_scorer() as scorer:
        first = scorer.assess_frame(frame)
        signup = Signup.from_mapping(events(41)[-1])
        scorer.assess_frame(frame)
        after = scorer.assess(signup).raw_score
    with open_scorer() as scorer:
        scorer.assess_frame(frame)
        assert scorer.assess(signup).raw_score == after
    assert first["error"].isna().all()
