"""An assessment explains itself whenever it is asked, and keeps little for it."""

from __future__ import annotations

import copy
import dataclasses
import json
import math
import pickle
import tracemalloc
from array import array
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from signup_risk import FeatureContribution, ModelMismatch, NoExplanation, Scorer
from signup_risk.campaigns.partners import PartnerIndicator, Partners
from signup_risk.explain import Origin
from signup_risk.features.catalog import CATALOG
from signup_risk.model import Booster
from signup_risk.results import ModelInfo
from tests.scorer.samples import AT, FULL


@pytest.mark.parametrize("mode", ["never", "auto", "always"])
def test_every_mode_can_be_explained(mode: Any) -> None:
    """Whether reasons were asked for or not, the explanation is the same."""
    with Scorer.open("memory://", explain=mode) as scorer, Scorer.open("memory://") as other:
        explanation = scorer.assess(FULL).explain()
        assert [dataclasses.replace(one) for one in explanation.contributions] == list(
            other.assess(FULL).explain().contributions
        )


def test_groups_by_code_are_the_reasons() -> None:
    """Codes, texts and order are those of the reasons that the assessment gives; sums differ by rounding alone."""
    with Scorer.open("memory://") as scorer:
        assessment = scorer.assess(FULL, explain="always")
    groups = [group for group in assessment.explain().by_code() if group.contribution]
    by_code = {reason.code: reason for reason in assessment.reasons}
    assert {group.name for group in groups} == set(by_code)
    for group in groups:
        reason = by_code[group.name]
        assert (group.text, group.family, group.direction) == (reason.text, reason.family, reason.direction)
        assert group.contribution == pytest.approx(reason.contribution, abs=1e-9)


def test_a_contribution_says_all_of_its_feature() -> None:
    """Name, code, family, value, direction and what is usual are the catalogue's, the sign-up's and the manifest's."""
    catalog = {entry.name: entry for entry in CATALOG}
    with Scorer.open("memory://") as scorer:
        manifest = scorer.model.manifest
        explanation = scorer.assess(FULL).explain()
    usual = {one.name: one for one in manifest.features}
    values = {one.feature: one.value for one in explanation.contributions}
    assert values["session_form_seconds"] == 41.5
    assert math.isnan(values["device_abusive_30d"])
    for one in explanation.contributions:
        entry = catalog[one.feature]
        assert (one.code, one.family, one.usual) == (entry.reason, entry.family, usual[one.feature])
        assert one.direction == ("risk" if one.contribution > 0 else "trust")
        assert "simulated legitimate sign-ups" in one.text
    assert explanation.synthetic
    sizes = [abs(one.contribution) for one in explanation.contributions]
    assert sizes == sorted(sizes, reverse=True)


def test_what_partners_add_is_a_contribution_of_its_own() -> None:
    """A hint stands beside the features, with the number of partners as its value, and all add up."""
    until = datetime.fromisoformat(AT) + timedelta(days=3)
    said = PartnerIndicator("email_domain", {"email_domain": "brightfjord.example"}, None, 0.5, until, "Shop")
    with Scorer.open("memory://", partners=Partners((said,))) as scorer:
        assessment = scorer.assess(FULL)
        explanation = assessment.explain()
        again = scorer.explain(pickle.loads(pickle.dumps(assessment)))  # noqa: S301 - our own bytes
    (hint,) = [one for one in explanation.contributions if one.feature == "partner_indicator"]
    assert (hint.code, hint.family, hint.value, hint.usual) == ("PARTNER_INDICATOR", "coordination", 1.0, None)
    assert hint.contribution == pytest.approx(0.5, abs=1e-12)
    amounts = [one.contribution for one in explanation.contributions]
    assert math.fsum([explanation.base_value, *amounts]) == assessment.raw_score
    assert again == explanation


def test_what_is_kept_says_nothing() -> None:
    """Equality, hash, repr and the dictionary are as if nothing were kept."""
    with Scorer.open("memory://") as scorer:
        assessment = scorer.assess(FULL)
    bare = dataclasses.replace(assessment, origin=None)
    assert assessment == bare
    assert hash(assessment) == hash(bare)
    assert repr(assessment) == repr(bare)
    assert assessment.to_dict() == bare.to_dict()


def test_a_pickled_assessment_is_explained_by_a_scorer() -> None:
    """In another process the numbers are there and the model is not; a scorer of the same model explains it."""
    with Scorer.open("memory://") as scorer:
        assessment = scorer.assess(FULL, explain="never")
        kept = pickle.dumps(assessment)
        explanation = assessment.explain()
    found = pickle.loads(kept)  # noqa: S301 - our own bytes
    assert found == assessment
    assert len(kept) < 4000
    with pytest.raises(NoExplanation, match=r"scorer\.explain"):
        found.explain()
    with Scorer.open("memory://") as other:
        assert other.explain(found) == explanation


def test_copies_explain_themselves() -> None:
    """Copying in the same process loses nothing."""
    with Scorer.open("memory://") as scorer:
        assessment = scorer.assess(FULL)
        explanation = assessment.explain()
        for copied in (copy.copy(assessment), copy.deepcopy(assessment), dataclasses.replace(assessment)):
            assert copied.explain() == explanation


def test_after_closing_what_was_asked_for_is_still_explained() -> None:
    """Contributions that were worked out stay; others need a scorer, and the error says so."""
    with Scorer.open("memory://") as scorer:
        asked = scorer.assess(FULL, explain="always")
        unasked = scorer.assess({**FULL, "signup_id": "other"}, explain="never")
        explanation = asked.explain()
    assert asked.explain() == explanation
    with pytest.raises(NoExplanation, match="before closing it"):
        unasked.explain()
    with Scorer.open("memory://") as other:
        assert other.explain(unasked).raw_score == unasked.raw_score


def test_another_models_assessment_is_refused() -> None:
    """A scorer does not explain what another model said, and an edited score is not explained at all."""
    with Scorer.open("memory://") as scorer:
        assessment = scorer.assess(FULL)
        other = dataclasses.replace(assessment, model=ModelInfo("another", "2", "f" * 64))
        with pytest.raises(NoExplanation, match="by model another 2"):
            scorer.explain(other)
        with pytest.raises(NoExplanation, match="was changed after it was made"):
            dataclasses.replace(assessment, raw_score=assessment.raw_score + 1.0).explain()


def test_without_a_score_there_is_nothing_to_explain(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fixed answer of the sandbox says so, and so does an assessment whose model failed."""
    with Scorer.open("memory://", sandbox=True) as scorer:
        fixed = scorer.assess({"at": AT, "email": "block@signup-risk.example"})
        with pytest.raises(NoExplanation, match="sandbox"):
            fixed.explain()
        with pytest.raises(NoExplanation, match="sandbox"):
            scorer.explain(fixed)

        def broken(*_: object) -> float:
            raise ModelMismatch("damaged")

        monkeypatch.setattr(Booster, "raw_score", broken)
        with pytest.raises(NoExplanation, match="could not be asked"):
            scorer.assess(FULL).explain()


def test_little_is_kept() -> None:
    """Assessments without reasons hold less than 3 kB each, of which the row of values is the larger part."""
    with Scorer.open("memory://", explain="never", campaigns=None) as scorer:
        scorer.assess(FULL)
        tracemalloc.start()
        try:
            before = tracemalloc.get_traced_memory()[0]
            held = [scorer.preview({**FULL, "signup_id": str(number)}) for number in range(100)]
            used = tracemalloc.get_traced_memory()[0] - before
        finally:
            tracemalloc.stop()
    assert len(held) == 100
    assert used / len(held) < 3000


def test_infinite_values_are_texts_in_json() -> None:
    """A value beyond all numbers is said in words, since JSON has none for it."""
    values = [FeatureContribution("f", "F", "email", value, 0.0, "", None) for value in (math.inf, -math.inf)]
    assert [one.to_dict()["value"] for one in values] == ["Infinity", "-Infinity"]


def test_numbers_of_another_model_are_refused() -> None:
    """What has another number of features than a model wants is not explained with it."""
    with Scorer.open("memory://") as scorer:
        assessment = dataclasses.replace(scorer.assess(FULL), origin=Origin(None, array("d", [1.0]), None))
        with pytest.raises(NoExplanation, match="has 1 feature values"):
            scorer.explain(assessment)


def test_the_dictionary_is_json() -> None:
    """Unknown values are null, infinite ones texts, and nothing is lost on the way through JSON."""
    with Scorer.open("memory://") as scorer:
        explanation = scorer.assess(FULL).explain()
    told = explanation.to_dict()
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert told["signup_id"] == "signup-7261"
    assert len(told["contributions"]) == len(explanation.contributions)
    assert set(told["contributions"][0]["usual"]) == {
        "p01", "p50", "p90", "p99", "p999", "share_nonzero", "missing_share",
    }  # fmt: skip
    assert told["at"] == datetime(2026, 6, 1, 12, tzinfo=UTC).isoformat()
