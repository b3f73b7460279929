"""The numbers behind a plot are those of the evaluation, and those that counting by hand gives."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from signup_risk.errors import ConfigurationError
from signup_risk.model import Calibration
from signup_risk.notebook import plots
from signup_risk.notebook.plots.frames import judged
from signup_risk.policy import Policy, Thresholds
from signup_risk.training.evaluate.compare import swaps
from signup_risk.training.evaluate.costs import cost_curve
from signup_risk.training.evaluate.detection import detect
from signup_risk.training.evaluate.groups import group_rates
from signup_risk.training.evaluate.intervals import wilson
from signup_risk.training.evaluate.reliability import reliability
from tests.notebook.plots.made import assessed, contributions, texts
from tests.training.evaluate_samples import sample as sample_of

CALIBRATION = Calibration((-30.0, 30.0), (-30.0, 30.0), (-9.0, 0.0, 2.0), (2, 1, 0), 3, 0.5, 0.5)
REPEATS = 40


def test_detection_is_that_of_evaluation() -> None:
    """At the rates of the evaluation the curve has its shares and its intervals to the bit."""
    frame = assessed(3000)
    given = judged(frame)
    data = plots.detection(frame, repeats=REPEATS).data.set_index("fpr")
    for wanted in detect(given.scores, given.sample, CALIBRATION, repeats=REPEATS):
        row, found = data.loc[wanted.rate], wanted.found
        assert (row["tpr"], row["tpr_low"], row["tpr_high"]) == (found.value, found.low, found.high)


def test_decisions_are_counted() -> None:
    """The points of the policy are plain shares of each class with a decision or a stricter one."""
    frame = assessed(2000)
    data = plots.detection(frame, repeats=REPEATS).data.set_index("what")
    rank = frame["decision"].map({"allow": 0, "step_up": 1, "review": 2, "block": 3})
    for number, name in enumerate(("step_up", "review", "block"), start=1):
        stopped = rank >= number
        assert data.loc[name, "tpr"] == pytest.approx(stopped[frame["label"] == 1].mean())
        assert data.loc[name, "fpr"] == pytest.approx(stopped[frame["label"] == 0].mean())
        assert data.loc[name, "tpr_low"] <= data.loc[name, "tpr"] <= data.loc[name, "tpr_high"]


def test_shadow_decisions_count_as_decided() -> None:
    """A policy that only watches is judged by what it would have decided."""
    frame = assessed(900)
    shadow = frame.assign(decision="allow", **{"policy.shadow_decision": frame["decision"]})
    wanted = plots.detection(frame, repeats=5).data
    pd.testing.assert_frame_equal(plots.detection(shadow, repeats=5).data, wanted)


def test_campaigns_are_drawn_as_wholes() -> None:
    """Naming the campaigns widens the interval of a model that finds whole campaigns or misses them."""
    frame = assessed(2400)
    farm = frame["group"].str.startswith("farm.")
    frame.loc[farm, "raw_score"] = np.where(frame.loc[farm, "group"].str.len() % 2, 9.0, -9.0)
    named = plots.detection(frame, repeats=200).data
    alone = plots.detection(frame.assign(group=""), repeats=200).data
    row = int((named["fpr"] - 0.01).abs().idxmin())
    width = [found.loc[row, "tpr_high"] - found.loc[row, "tpr_low"] for found in (named, alone)]
    assert width[0] > 3 * width[1]


def test_calibration_is_that_of_evaluation() -> None:
    """Stated and observed shares by range are those of the evaluation, at a share of abuse as well."""
    frame = assessed(3000)
    frame["risk_score"] = [100 * CALIBRATION.probability(raw) for raw in frame["raw_score"]]
    given = judged(frame)
    wanted = reliability(given.scores, given.sample, CALIBRATION, 0.5)
    plot = plots.calibration(frame, prevalence=0.5, repeats=REPEATS)
    assert plot.data["count"].tolist() == [one.count for one in wanted.bins]
    np.testing.assert_allclose(plot.data["stated"], [one.stated for one in wanted.bins])
    np.testing.assert_allclose(plot.data["observed"], [one.observed for one in wanted.bins])
    assert (plot.data["observed_low"] <= plot.data["observed"]).all()
    assert (plot.data["observed"] <= plot.data["observed_high"]).all()


def test_range_without_abuse_has_an_interval() -> None:
    """No abuse among few sign-ups is no proof that there never is any."""
    frame = assessed(400, seed=3)
    frame = frame[(frame["label"] == 0) | (frame["risk_score"] > 10)]
    row = plots.calibration(frame, repeats=REPEATS).data.iloc[0]
    assert row["observed"] == 0
    assert row["observed_high"] == pytest.approx(wilson(0, int(row["count"])).high)


def test_calibrated_probabilities_are_said_to_hold() -> None:
    """Outcomes drawn with the stated probabilities are found in order, those of a quarter of the odds are not."""
    rng = np.random.default_rng(5)
    raw = rng.normal(-1.5, 2.0, 6000)
    stated = 1 / (1 + np.exp(-raw))
    frame = pd.DataFrame({"risk_score": 100 * stated, "label": (rng.random(6000) < stated).astype(float)})
    assert "Probabilities hold" in plots.calibration(frame, repeats=200).finding
    frame["risk_score"] = 100 / (1 + np.exp(-raw - 1.5))
    finding = plots.calibration(frame, repeats=200).finding
    assert "too high" in finding
    assert "too low" not in finding


def test_group_rates_are_those_of_evaluation() -> None:
    """Rates, intervals and ratios of every group are the evaluation's, worst first."""
    frame = assessed(3000)
    given = judged(frame)
    stopped = (frame["decision"] != "allow").to_numpy()
    wanted = group_rates(stopped, given.sample)
    data = plots.group_rates(frame).data
    assert data.index.tolist() == [one.group for one in wanted.groups]
    assert data["rate"].tolist() == [one.rate.value for one in wanted.groups]
    assert data["high"].tolist() == [one.rate.high for one in wanted.groups]
    pd.testing.assert_frame_equal(plots.group_rates(frame, stopped).data, data)


def test_groups_need_no_abuse() -> None:
    """Who pays can be told from legitimate sign-ups alone, by any column."""
    frame = assessed(900, abusive=0.0).assign(country=lambda rows: np.where(rows.index % 3, "DE", "FR"))
    data = plots.group_rates(frame, "block", by="country").data
    blocked = frame["decision"] == "block"
    for name in ("DE", "FR"):
        mine = frame["country"] == name
        assert data.loc[name, "rate"] == pytest.approx(blocked[mine].mean())
        assert data.loc[name, "count"] == mine.sum()


def test_the_worst_of_many_groups_is_no_finding_by_itself() -> None:
    """One stopped of fifty is chance among sixty groups; a group that is stopped ten times as often as all is none."""
    frame = assessed(60 * 60, abusive=0.0)
    place = np.arange(len(frame))
    frame["where"] = np.char.add("group ", (place % 60).astype(str))
    stopped = np.random.default_rng(3).random(len(frame)) < 0.01
    plot = plots.group_rates(frame, stopped, by="where")
    assert plot.data["low"].gt(stopped.mean()).any()
    assert set(plot.data["verdict"]) == {""}
    assert plot.finding.startswith("No group is stopped more often")
    stopped[(place % 60 == 7) & (place // 60 % 4 == 0)] = True
    plot = plots.group_rates(frame, stopped, by="where")
    assert plot.data["verdict"].to_dict() == {name: "above" * (name == "group 7") for name in plot.data.index}
    assert "group 7" in plot.finding
    frame["where"] = np.where(place % 2, "half", "other half")
    plot = plots.group_rates(frame, (place % 2 == 0) & (place % 5 == 0), by="where")
    assert plot.data["verdict"].to_dict() == {"other half": "above", "half": "below"}


@pytest.mark.parametrize("stopped", ["allow", "deny", [True, False], np.zeros(900)])
def test_who_is_stopped_has_to_be_said_rightly(stopped: object) -> None:
    """A decision that stops nobody, an unknown one, and values for other rows are refused."""
    with pytest.raises(ConfigurationError, match="truth value for"):
        plots.group_rates(assessed(900), stopped)  # type: ignore[arg-type]


def test_swap_set_is_that_of_evaluation() -> None:
    """Gains, intervals, verdicts and who changes sides are the evaluation's."""
    frame = assessed(3000)
    frame["new"] = frame["raw_score"] + np.random.default_rng(2).normal(size=3000)
    given = judged(frame)
    wanted = swaps(given.scores, frame["new"].to_numpy(), given.sample, repeats=REPEATS)
    data = plots.champion_challenger(frame, "raw_score", "new", repeats=REPEATS).data
    for row, one in zip(data.to_dict("records"), wanted, strict=True):
        assert (row["rate"], row["verdict"], row["refused"]) == (one.rate, one.verdict, one.refused)
        assert row["abusive_only_challenger"] == one.abusive_only_challenger
        assert row["legitimate_only_champion"] == one.legitimate_only_champion
        if not one.refused:
            assert (row["gain"], row["gain_low"], row["gain_high"]) == (one.gain.value, one.gain.low, one.gain.high)
            assert row["challenger_found"] - row["champion_found"] == pytest.approx(one.gain.value)


def test_a_model_against_itself_is_a_tie() -> None:
    """Nobody changes sides between a model and itself on another scale; too few sign-ups are said to be so."""
    frame = assessed(900)
    frame["same"] = np.exp(frame["raw_score"])
    plot = plots.champion_challenger(frame, "raw_score", "same", repeats=REPEATS)
    assert plot.finding.startswith("Neither model is better")
    assert set(plot.data["verdict"]) == {"", "tie"}
    assert plot.data.filter(like="only").to_numpy().sum() == 0
    assert plot.data.loc[0, "refused"].startswith("needs 1,000 legitimate")
    with pytest.raises(ConfigurationError, match=r"give one of 0\.001"):
        plots.champion_challenger(frame, "raw_score", "same", rate=0.02)


def test_wide_interval_around_zero_is_unclear_and_no_tie() -> None:
    """What cannot be told is not said to be alike, and the few campaigns that it rests on are counted."""
    frame = assessed(3000, campaigns=7)
    farm = pd.to_numeric(frame["group"].str.extract(r"farm\.a1\.(\d+)")[0])
    # What the challenger gains with some campaigns it loses with others.
    frame["new"] = frame["raw_score"] + np.where(farm.isna(), 0.0, np.where(farm % 2, 1.5, -1.0))
    plot = plots.champion_challenger(frame, "raw_score", "new", repeats=REPEATS)
    row = plot.data.set_index("rate").loc[0.01]
    assert row["gain_low"] < -0.005
    assert row["gain_high"] > 0.005
    assert row["verdict"] == "unclear"
    assert plot.finding.startswith("It cannot be told which is better")
    assert "7 campaigns drawn again as wholes. Fewer than 10: they say little about the next one." in plot.note
    enough = plots.champion_challenger(assessed(3000).assign(new=0.0), "raw_score", "new", repeats=5)
    assert "12 campaigns drawn again as wholes." in enough.note
    assert "Fewer than" not in enough.note


def test_costs_are_what_counting_gives() -> None:
    """At each threshold the costs are those of the sign-ups stopped and let through, one by one."""
    frame, costs = assessed(1200), plots.Costs(abusive=40, friction=15, review=2, slips=0.25)
    data = plots.threshold_cost(frame, costs, repeats=5).data
    bad, size = frame["label"] == 1, len(frame)
    for row in data.iloc[::9].to_dict("records"):
        stopped = frame["fpr"] <= row["fpr"]
        missed = (bad & ~stopped).sum() + 0.25 * (bad & stopped).sum()
        assert row["missed"] == pytest.approx(1000 * 40 * missed / size)
        assert row["friction"] == pytest.approx(1000 * 15 * (~bad & stopped).sum() / size)
        assert row["review"] == pytest.approx(1000 * 2 * stopped.sum() / size)
        assert row["total"] == pytest.approx(row["missed"] + row["friction"] + row["review"])
        assert row["stopped"] == pytest.approx(stopped.mean())


def test_costs_at_another_share_of_abuse_are_those_of_weighted_sign_ups() -> None:
    """Stating a share of abuse is the same as repeating the sign-ups until they have it."""
    labels, scores = [0] * 50 + [1] * 50, np.linspace(0, 1, 100)
    thin = np.r_[np.tile(np.arange(50), 9), np.arange(50, 100)]
    costs, limits = plots.Costs(abusive=7, friction=3, review=1), np.asarray([0.2, 0.5, 0.9])
    stated = cost_curve(scores, sample_of(labels), limits, costs, prevalence=0.1, repeats=2)
    counted = cost_curve(scores[thin], sample_of([labels[i] for i in thin]), limits, costs, repeats=2)
    np.testing.assert_allclose(stated.total, counted.total)


def test_cheapest_threshold_is_found_with_its_valley_and_within_capacity() -> None:
    """The cheapest one allowed is the lowest of the data, its valley costs at most a tenth more, capacity binds."""
    frame, costs = assessed(2000), plots.Costs(abusive=40, friction=15, review=2)
    free = plots.threshold_cost(frame, costs, repeats=5)
    assert free.cost == free.data["total"].min()
    inside = free.data[free.data["fpr"].between(*free.flat)]
    assert (inside["total"] <= 1.1 * free.cost).all()
    assert free.flat[0] <= free.best <= free.flat[1]
    assert free.cost_of_none == pytest.approx(40 * 1000 * (frame["label"] == 1).mean())
    days = (frame["at"].max() - frame["at"].min()) / pd.Timedelta("1D")
    busiest = float(free.data.loc[free.data["fpr"] == free.best, "stopped"].iloc[0]) * 2000 / days
    bound = plots.threshold_cost(frame, costs, capacity=busiest / 2, repeats=5)
    assert bound.best < free.best
    assert bound.data.loc[bound.data["fpr"] == bound.best, "stopped_a_day"].iloc[0] <= busiest / 2
    with pytest.raises(ConfigurationError, match=r"more than the 0\.001 that can be reviewed"):
        plots.threshold_cost(frame.assign(fpr=0.00001), costs, capacity=0.001, repeats=5)
    with pytest.raises(ConfigurationError, match="signups_a_day="):
        plots.threshold_cost(frame.drop(columns="at"), costs, capacity=5, repeats=5)


def test_cost_of_any_threshold_can_be_asked_for_and_that_of_today_is_marked() -> None:
    """The nearest row is told, by ratio; the step-up of the policy is a row of its own; the bar of savings is named."""
    frame, costs = assessed(1200), plots.Costs(abusive=40, friction=15, review=2)
    policy = Policy(thresholds=Thresholds(step_up=0.0234, review=0.003, block=0.001))
    plain = plots.threshold_cost(frame, costs, repeats=5)
    plot = plots.threshold_cost(frame, costs, repeats=5, policy=policy)
    assert plot.at(0.0234)["fpr"] == 0.0234
    assert plot.at(0.0234)["stopped"] == pytest.approx((frame["fpr"] <= 0.0234).mean())
    assert "today: 2.3 %" in texts(plot.figure)
    assert not [text for text in texts(plain.figure) if text.startswith("today")]
    nearest = plain.data.loc[np.log(plain.data["fpr"] / 0.03).abs().idxmin()]
    pd.testing.assert_series_equal(plain.at(0.03), nearest)
    assert plain.at(1e-9)["fpr"] == plain.data["fpr"].min()
    assert "against stopping nobody" in plot.finding
    assert "Everybody stopped counts as reviewed." in plot.note
    assert "reviewed" not in plots.threshold_cost(frame, plots.Costs(abusive=40, friction=15), repeats=5).note
    for rate in (0, -0.1, 1.5, float("nan")):
        with pytest.raises(ConfigurationError, match="false-positive rate above 0"):
            plot.at(rate)


@pytest.mark.parametrize("given", [{"abusive": 0}, {"abusive": -1}, {"friction": np.nan}, {"slips": 1.0}])
def test_costs_have_to_be_amounts(given: dict[str, float]) -> None:
    """An amount below zero, none at all for abuse, and a share that is none are refused."""
    with pytest.raises(ConfigurationError):
        plots.Costs(**{"abusive": 1.0, "friction": 1.0, **given})


def test_contributions_are_summed_up() -> None:
    """Means by feature and by family are plain means; families and base value make the mean raw score."""
    amounts, values = contributions()
    swarm, bars = plots.beeswarm(amounts, values).data, plots.family_bars(amounts).data
    own = amounts.drop(columns="base_value")
    assert swarm["mean_abs"].to_dict() == pytest.approx(own.abs().mean().to_dict())
    assert swarm["mean_abs"].is_monotonic_decreasing
    assert swarm.loc["custom_plan", "family"] == "identity"
    velocity = own["device_count_24h"] + own["ip_network_count_1h"]
    assert bars.loc["velocity", "raises"] == pytest.approx(velocity.clip(lower=0).mean())
    assert bars.loc["velocity", "features"] == 2
    assert bars["mean"].sum() == pytest.approx(own.sum(axis=1).mean())


def test_rows_that_were_not_assessed_do_not_count() -> None:
    """Empty rows of contributions are left out, and columns of assessments with their prefix are read."""
    amounts, _ = contributions()
    told = amounts.drop(columns="base_value").add_prefix("contribution.")
    told.iloc[:7] = np.nan
    told = told.assign(base_value=-2.0, decision="allow", latency_ms=2.0)
    pd.testing.assert_frame_equal(plots.family_bars(told).data, plots.family_bars(amounts.iloc[7:]).data)
    with pytest.raises(ConfigurationError, match="400 rows of contributions and 3 of values"):
        plots.beeswarm(amounts, amounts.iloc[:3])
    signups = pd.DataFrame({"email": ["ada@example.com"] * len(amounts)})
    with pytest.raises(ConfigurationError, match="none of the 5 features, such as 'device_count_24h'"):
        plots.beeswarm(amounts, signups)
    assert plots.beeswarm(amounts, amounts[["custom_plan"]]).png()


def test_distribution_counts_every_sign_up() -> None:
    """The bars of each outcome hold all its sign-ups, and their ends hold the scores."""
    frame = assessed(1000)
    frame.loc[frame.index[:100], "label"] = np.nan
    data = plots.score_distribution(frame).data
    sizes = data.groupby("outcome")["count"].sum()
    assert sizes.to_dict() == {
        "abusive": (frame["label"] == 1).sum(), "legitimate": (frame["label"] == 0).sum(), "unknown": 100,
    }  # fmt: skip
    one = data[(data["outcome"] == "abusive")].iloc[30]
    inside = frame["risk_score"].between(one["low"], one["high"], inclusive="left") & (frame["label"] == 1)
    assert one["count"] == inside.sum()
    with pytest.raises(ConfigurationError, match="outside 0 to 100"):
        plots.score_distribution(frame.assign(risk_score=101.0))


def test_labels_against_their_groups_are_left_out_everywhere_and_counted() -> None:
    """All plots of one frame count the same legitimate sign-ups, and say how many labels contradict their groups."""
    frame = assessed(3000)
    first = frame.index[frame["label"] == 1][:3]
    frame.loc[first, "label"] = 0
    spread = plots.score_distribution(frame)
    made = [spread, plots.detection(frame, repeats=5), plots.group_rates(frame)]
    for plot in made:
        assert "; 3 left out: label contradicts group." in plot.note
    honest = int(frame["group"].str.startswith("legit.").sum())
    assert spread.data.groupby("outcome")["count"].sum()["legitimate"] == honest
    assert f"{honest:,} legitimate" in made[1].note
    assert f"{honest:,} legitimate" in made[2].note
    assert "contradicts" not in plots.score_distribution(frame.drop(index=first)).note
    assert "unknown" not in set(spread.data["outcome"])
    assert plots.score_distribution(frame.loc[first]).data["count"].sum() == 3


def test_time_is_counted_by_decision() -> None:
    """Each bar holds the sign-ups of its time by decision, hours without any included."""
    frame = assessed(500)
    frame = frame[(frame.index < 100) | (frame.index > 300)]
    data = plots.over_time(frame, every="6h").data
    assert data.to_numpy().sum() == len(frame)
    assert (data.sum(axis=1) == 0).any()
    start = data.index[3]
    inside = frame[(frame["at"] >= start) & (frame["at"] < start + pd.Timedelta("6h"))]
    assert data.loc[start].to_dict() == {name: (inside["decision"] == name).sum() for name in data.columns}
    with pytest.raises(ConfigurationError, match="give a wider one"):
        plots.over_time(frame, every="1s")
    with pytest.raises(ConfigurationError, match="have no time"):
        plots.over_time(frame.assign(at=pd.NaT))


def test_campaigns_are_read_as_assessments_tell_them() -> None:
    """A campaign is named by its id, as a column, as a mapping or as a value."""
    frame = assessed(60).drop(columns="group")
    ids = ["c-1" if number % 3 else None for number in range(60)]
    plot = plots.over_time(frame.assign(**{"campaign.id": ids}))
    wanted = plot.finding
    assert wanted.endswith("1 campaign, the largest c-1 with 40 of its members known when they signed up")
    assert "more may have been found later" in plot.note
    true = plots.over_time(frame.assign(farm=ids), by="farm")
    assert true.finding.endswith("1 campaign, the largest c-1 with 40")
    assert true.note == "Synthetic: simulated sign-ups or model."
    told = [None if one is None else {"id": one} for one in ids]
    assert plots.over_time(frame.assign(campaign=told)).finding == wanted


def test_velocity_is_counted_as_by_hand() -> None:
    """Each count is that of the sign-ups in the window before, the present one left out; order does not matter."""
    rng = np.random.default_rng(4)
    at = pd.Series(pd.Timestamp("2026-05-01", tz="UTC") + pd.to_timedelta(rng.integers(0, 4 * 86_400, 60), unit="s"))
    data = plots.key_velocity(at.sample(frac=1, random_state=1), window="1h").data
    times = np.sort(at.to_numpy())
    for column, length in (("10m", "10min"), ("1h", "1h"), ("24h", "1D"), ("7d", "7D")):
        before = [((times[:place] > times[place] - pd.Timedelta(length)).sum()) for place in range(len(times))]
        assert data[column].tolist() == before
    with pytest.raises(ConfigurationError, match="10m, 1h, 24h, 7d, 30d"):
        plots.key_velocity(at, window="2h")
    with pytest.raises(ConfigurationError, match="no rows"):
        plots.key_velocity([])


def test_labels_and_scores_have_to_be_numbers() -> None:
    """A label that is none, a text for a score, a weight below zero and a lacking column are named."""
    frame = assessed(100)
    for changed, told in (
        (frame.assign(label=2), "holds 2; a label is 1"),
        (frame.assign(raw_score="high"), "holds what is no number"),
        (frame.assign(weight=-1.0), "no positive number"),
        (frame.drop(columns="label"), "lacks 'label'; it has 'signup_id'"),
        (frame.assign(decision="deny"), "holds something else in 100 of 100"),
        (frame.assign(at="soon"), "holds what is no time"),
    ):
        with pytest.raises(ConfigurationError, match=told):
            plots.detection(changed, repeats=5)
