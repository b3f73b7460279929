"""A receipt makes its decision again to the bit, says nothing of a person, and shows what was changed."""

from __future__ import annotations

import dataclasses
import json
import pickle
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from signup_risk import ConfigurationError, ModelMismatch, NoExplanation, Policy, ReceiptRefused, Scorer
from signup_risk.campaigns.partners import PartnerIndicator, Partners
from signup_risk.explain import Origin
from signup_risk.messages import open_messages
from signup_risk.model import ModelArtefact, bundled_model_path, save_artefact
from signup_risk.policy import DegradedRule
from signup_risk.receipts import Receipt, read_receipt, replay
from signup_risk.receipts.canonical import canonical, digest
from tests.explain.receipt_samples import POLICIES, SECRET, made
from tests.messages.test_messages import telling
from tests.scorer.samples import AT, FULL, SECRETS


@pytest.fixture(scope="module")
def bundled() -> ModelArtefact:
    """Return the bundled model."""
    return ModelArtefact.load(bundled_model_path())


@pytest.fixture(scope="module")
def receipt() -> Receipt:
    """Return one receipt."""
    return made()


@pytest.mark.parametrize("name", POLICIES)
def test_every_kind_of_decision_is_made_again(name: str, bundled: ModelArtefact) -> None:
    """Whatever rule decided, what is read back decides the same to the bit."""
    receipt = made(POLICIES[name])
    found = replay(read_receipt(receipt.to_json()), bundled)
    assert found.differences == ()
    assert found.is_reproduced
    assert found.found == receipt.outcome


def test_the_policies_do_decide_differently() -> None:
    """The kinds of decision above are different ones."""
    outcomes = {name: made(policy).outcome for name, policy in POLICIES.items()}
    assert outcomes["blocked"].decision in {"block", "review"}
    assert outcomes["shadow"].shadow_decision == outcomes["blocked"].decision
    assert outcomes["listed exactly"].notes == ("LISTED_BLOCK",)
    assert "LISTED_REVIEW" in outcomes["listed coarsely"].notes
    assert "LISTED_REVIEW" in outcomes["network reviewed"].notes
    assert outcomes["network blocked"].notes[-1] == "LISTED_BLOCK"
    assert outcomes["network allowed"].notes[-1] == "LISTED_ALLOW"
    assert outcomes["address beats network"].notes == ("LISTED_ALLOW",)
    assert outcomes["whole numbers"].decision == "step_up"


def test_bounds_for_missing_signals_count_again(bundled: ModelArtefact) -> None:
    """A floor that held because references had run out holds again."""
    policy = Policy(degraded=(DegradedRule("references", floor="review"),))
    later = datetime(2033, 1, 1, tzinfo=UTC)
    receipt = made(policy, {**FULL, "at": later.isoformat()}, clock=lambda: later)
    assert "references.networks" in receipt.rested.degraded
    assert (receipt.outcome.decision, receipt.outcome.notes) == ("review", ("DEGRADED_FLOOR",))
    again = replay(read_receipt(receipt.to_json()), bundled)
    assert (again.differences, repr(again)) == ((), f"<Replay of {receipt.digest[:12]}: the same to the bit>")


def test_what_came_to_light_afterwards_does_not_count(bundled: ModelArtefact) -> None:
    """Campaigns that could not be asked are degraded and had no part in the decision, in the replay neither."""
    policy = Policy(degraded=(DegradedRule("campaigns", floor="review"),))
    with Scorer.open("memory://", policy=policy) as scorer:
        watch: Any = scorer._watch
        with watch.detector._lock:  # another thread holds the campaigns until the deadline
            receipt = scorer.receipt(scorer.assess(FULL, deadline_ms=20))
    assert (receipt.rested.degraded, receipt.rested.unseen) == (("campaigns",), 1)
    assert receipt.outcome.decision == "allow"
    assert replay(read_receipt(receipt.to_json()), bundled).differences == ()


def test_what_partners_said_is_part_of_it(bundled: ModelArtefact) -> None:
    """Log-odds that partners added are recorded, and count when the decision is made again."""
    until = datetime.fromisoformat(AT) + timedelta(days=3)
    said = PartnerIndicator("email_domain", {"email_domain": "brightfjord.example"}, None, 0.7, until, "Shop")
    receipt = made(partners=Partners((said,)), policy=POLICIES["blocked"])
    assert receipt.rested.partners == 0.7
    assert "PARTNER_INDICATOR" in {reason.code for reason in receipt.reasons}
    assert replay(read_receipt(receipt.to_json()), bundled).differences == ()


def test_every_assessment_of_some_days_is_made_again(days: Any, bundled: ModelArtefact) -> None:
    """All sign-ups of some days, members of campaigns among them, come out the same."""
    receipts = [days.scorer.receipt(assessment) for _, assessment in days.lived[-200:]]
    assert any(one.rested.membership is not None for one in receipts)
    assert {one.outcome.decision for one in receipts} == {"allow", "step_up", "review", "block"}
    assert [one.digest for one in receipts if replay(read_receipt(one.to_json()), bundled).differences] == []


def test_a_receipt_holds_what_it_has_to(receipt: Receipt, bundled: ModelArtefact) -> None:
    """Versions, fingerprints, exact feature values, rules, reasons and outcome are there."""
    told = json.loads(receipt.to_json())
    with Scorer.open("memory://", secret=SECRET) as scorer:
        assessment = scorer.assess(FULL)
    assert told["model"]["digest"] == bundled.digest
    assert told["model"]["fingerprint"] == bundled.manifest.fingerprint
    assert told["model"]["versions"] == dict(bundled.manifest.versions)
    assert {one["name"] for one in told["references"]} >= {"networks", "countries", "disposable"}
    assert set(told["features"]) == set(bundled.manifest.names)
    assert told["features"]["session_form_seconds"] == 41.5
    assert told["features"]["device_abusive_30d"] is None
    assert told["outcome"]["raw_score"] == assessment.raw_score
    assert told["outcome"]["risk_score"] == assessment.risk_score
    assert told["policy"]["thresholds"]["block"] == 0.001
    assert told["keyed"]["values"].keys() >= {"email", "ip", "device", "card", "phone"}
    assert read_receipt(receipt.to_json()) == receipt


def test_nothing_of_a_person_is_in_it(receipt: Receipt) -> None:
    """No value of the sign-up stands in a receipt, its repr or its redacted form."""
    for text in (receipt.to_json(), repr(receipt), receipt.redacted().to_json(), json.dumps(receipt.to_dict())):
        assert [secret for secret in SECRETS if secret.lower() in text.lower()] == []


def test_lists_are_told_apart_without_their_entries() -> None:
    """Two lists have different keyed hashes, and what they hold is in no receipt."""
    first, second = made(POLICIES["listed exactly"]), made(POLICIES["listed coarsely"])
    assert first.policy.lists != second.policy.lists
    assert first.policy.fingerprint != second.policy.fingerprint
    assert "brightfjord" not in first.to_json()


def test_the_same_value_has_the_same_name() -> None:
    """Under one secret receipts of one mailbox can be matched, under another they cannot."""
    receipts = [made(event={**FULL, "signup_id": name, "phone": "+442071838751"}) for name in "ab"]
    assert dict(receipts[0].keyed.values)["email"] == dict(receipts[1].keyed.values)["email"]
    with Scorer.open("memory://", secret="another secret of sixteen") as scorer:
        other = scorer.receipt(scorer.assess(FULL))
    assert dict(other.keyed.values)["email"] != dict(receipts[0].keyed.values)["email"]
    assert other.keyed.secret != receipts[0].keyed.secret


def test_canonical_json_is_one_text(receipt: Receipt) -> None:
    """Reading and writing gives the same bytes, whatever the order and the spaces that it came with."""
    told = json.loads(receipt.to_json())
    loose = json.dumps(dict(reversed(told.items())), indent=3)
    assert read_receipt(loose).to_json() == receipt.to_json()
    assert receipt.to_json().isascii()
    assert "\n" not in receipt.to_json()


def leaves(told: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the paths to all values."""
    items = told.items() if isinstance(told, dict) else enumerate(told) if isinstance(told, list) else ()
    return [found for key, value in items for found in leaves(value, (*path, key))] or [path]


def changed(told: Any, path: tuple[Any, ...], value: Any) -> Any:
    """Return a copy with another value at a path."""
    made = json.loads(json.dumps(told))
    inside = made
    for key in path[:-1]:
        inside = inside[key]
    inside[path[-1]] = value
    return made


def test_no_value_can_be_changed_unseen(receipt: Receipt) -> None:
    """Every single value of a receipt, changed, is noticed: by its digest, or for the mark by the secret."""
    told = receipt.to_dict()
    paths = [path for path in leaves(told) if path != ("mark",)]
    assert len(paths) > 300
    for number, path in enumerate(paths):
        edited = changed(told, path, ("edited", 0.123, "")[number % 3])
        assert edited != told
        with pytest.raises(ReceiptRefused):
            read_receipt(canonical(edited))


def test_a_new_digest_does_not_make_an_edit_genuine(receipt: Receipt, bundled: ModelArtefact) -> None:
    """Whoever writes a new digest gets past it, and neither past the replay nor past the secret."""
    edited = changed(receipt.to_dict(), ("outcome", "decision"), "block")
    edited["digest"] = digest({name: value for name, value in edited.items() if name not in {"digest", "mark"}})
    found = read_receipt(canonical(edited))
    assert [one.name for one in replay(found, bundled).differences] == ["decision"]
    with Scorer.open("memory://", secret=SECRET) as scorer:
        assert not scorer.is_genuine(found)
        assert scorer.is_genuine(receipt)
        assert not scorer.is_genuine(dataclasses.replace(receipt, mark="é"))


def resigned(told: dict[str, Any]) -> str:
    """Return a text with a digest that fits."""
    content = {name: value for name, value in told.items() if name not in {"digest", "mark"}}
    return canonical({**told, "digest": digest(content)})


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("format",), 2),
        (("format",), True),
        (("unknown",), 1),
        (("outcome", "unknown"), 1),
        (("outcome", "decision"), "perhaps"),
        (("outcome", "decision"), ["block"]),
        (("outcome", "raw_score"), None),
        (("outcome", "raw_score"), 1),
        (("outcome", "notes"), [1]),
        (("policy", "thresholds", "block"), 0.9),
        (("policy", "degraded"), {}),
        (("policy", "name"), ""),
        (("rested", "allowed"), {"kind": "shoe size", "is_exact": True}),
        (("rested", "unseen"), -1),
        (("rested", "unseen"), True),
        (("features", "session_form_seconds"), "NaN"),
        (("features", "session_form_seconds"), []),
        (("model", "versions", "email"), []),
        (("reasons",), None),
        (("reasons", 0, "direction"), {}),
        (("reasons", 0, "code"), "X\ud800"),
        (("reasons", 0, "code"), "X\x1b[2J\n"),
        (("reasons", 0, "code"), ""),
        (("model", "name"), "m\x1b[2J"),
        (("at",), "yesterday"),
        (("at",), "2026-06-01T12:00:00"),
        (("made_by",), "x" * 2000),
        (("mark",), None),
        (("keyed",), "x"),
    ],
)
def test_what_no_receipt_says_is_refused(receipt: Receipt, path: tuple[Any, ...], value: Any) -> None:
    """Values of another kind, unknown names and impossible rules are refused even under a digest that fits."""
    with pytest.raises(ReceiptRefused):
        read_receipt(resigned(changed(receipt.to_dict(), path, value)))


def test_a_reason_stands_once(receipt: Receipt) -> None:
    """A second reason of the same code, of which the replay would see one, is refused."""
    told = receipt.to_dict()
    twice = [*told["reasons"], {**told["reasons"][0], "contribution": 9.5}]
    with pytest.raises(ReceiptRefused, match="code twice"):
        read_receipt(resigned({**told, "reasons": twice}))


@pytest.mark.parametrize(("field", "value"), [("family", "shoes"), ("direction", None), ("contribution", 0.5)])
def test_what_a_reason_says_is_compared(receipt: Receipt, bundled: ModelArtefact, field: str, value: Any) -> None:
    """Family and direction of a reason are worked out again as well, without any secret."""
    turned = {"risk": "trust", "trust": "risk"}[receipt.reasons[0].direction]
    edit = changed(receipt.to_dict(), ("reasons", 0, field), value or turned)
    found = replay(read_receipt(resigned(edit)), bundled)
    named = "" if field == "contribution" else f", {field}"
    assert [one.name for one in found.differences] == [f"reason {receipt.reasons[0].code}{named}"]


@pytest.mark.parametrize("partners", [1e308, -1.7e308, 1e30])
def test_parts_that_do_not_add_up_are_refused(receipt: Receipt, bundled: ModelArtefact, partners: float) -> None:
    """Log-odds beside which the model's own are lost are refused like any receipt that cannot be."""
    read = read_receipt(resigned(changed(receipt.to_dict(), ("rested", "partners"), partners)))
    with pytest.raises(ReceiptRefused, match="add up"):
        replay(read, bundled)


@pytest.mark.parametrize("field", ["name", "digest", "unknown"])
def test_no_error_shows_controls(receipt: Receipt, field: str) -> None:
    """What a stranger wrote into a receipt reaches no terminal as it stands."""
    bad = "x\x1b[2J\ud800\n"
    told = receipt.to_dict()
    if field == "digest":
        text = canonical({**told, "digest": bad})
    elif field == "name":
        text = resigned(changed(told, ("keyed", "values", bad), 7))
    else:
        text = resigned({**told, bad: 1})
    with pytest.raises(ReceiptRefused) as found:
        read_receipt(text)
    assert str(found.value).isprintable()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no JSON"),
        ("{", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[]", "no receipt"),
        ("7", "no receipt"),
        ("{}", "no receipt"),
        ('{"format": NaN, "digest": ""}', "no JSON"),
        ('{"format": 1, "format": 1, "digest": ""}', "stands twice"),
        ('{"format": 1, "digest": "", "a": 1e999}', "no receipt can hold"),
        ('{"format": 9, "digest": ""}', "format '9'.*install the version"),
        ("x" * 1_000_001, "at most 1,000,000"),
    ],
)
def test_what_is_no_receipt_is_refused(text: str, said: str) -> None:
    """Anything else gets an error that says what it is and what to do."""
    with pytest.raises(ReceiptRefused, match=said):
        read_receipt(text)


def test_another_model_is_refused(receipt: Receipt, bundled: ModelArtefact, tmp_path: Path) -> None:
    """A model of the same features with other figures is another model, and the error names both."""
    manifest = dataclasses.replace(bundled.manifest, version="other")
    text = (bundled_model_path() / "model.txt").read_text(encoding="utf-8")
    rows = [case.values for case in bundled.golden]
    save_artefact(tmp_path / "other", model_text=text, manifest=manifest, card="card", golden_rows=rows)
    other = ModelArtefact.load(tmp_path / "other")
    assert other.manifest.fingerprint == bundled.manifest.fingerprint
    with pytest.raises(ModelMismatch, match=r"signup-risk-start .*--model"):
        replay(receipt, other)


def test_feature_values_have_to_be_the_models(receipt: Receipt, bundled: ModelArtefact) -> None:
    """A receipt that lacks a value of a feature is refused."""
    with pytest.raises(ReceiptRefused, match="features, or others by name"):
        replay(dataclasses.replace(receipt, features=receipt.features[1:]), bundled)


def test_only_the_scorer_that_decided_makes_a_receipt() -> None:
    """Another policy is refused, and so is an assessment that no model scored or that holds nothing."""
    with Scorer.open("memory://", secret=SECRET) as scorer:
        assessment = scorer.assess(FULL)
        with pytest.raises(NoExplanation):
            scorer.receipt(dataclasses.replace(assessment, origin=None))
        bare = Origin(None, assessment.origin.row, None)  # type: ignore[union-attr]
        with pytest.raises(NoExplanation, match="does not hold what it rested on"):
            scorer.receipt(dataclasses.replace(assessment, origin=bare))
    with (
        Scorer.open("memory://", secret=SECRET, policy=Policy(name="other")) as other,
        pytest.raises(ConfigurationError, match="decided by policy default 1"),
    ):
        other.receipt(assessment)


@pytest.mark.parametrize("name", ["blocked", "listed exactly", "explored", "shadow"])
def test_rules_that_did_not_decide_are_not_signed_for(name: str) -> None:
    """Two policies of one name and version are told apart by what they say, down to the entries of their lists."""
    with (
        Scorer.open("memory://", secret=SECRET) as decided,
        Scorer.open("memory://", secret=SECRET, policy=POLICIES[name]) as other,
    ):
        assessment = decided.assess(FULL)
        assert (assessment.policy.name, assessment.policy.version) == (other.policy.name, other.policy.version)
        with pytest.raises(ConfigurationError, match="lists included"):
            other.receipt(assessment)


def test_names_of_another_secret_are_not_signed_for() -> None:
    """A scorer under another secret makes no receipt, since the keyed hashes in it would not be its own."""
    with Scorer.open("memory://", secret=SECRET) as decided, Scorer.open("memory://") as other:
        assessment = decided.assess(FULL)
        with pytest.raises(ConfigurationError, match="another secret"):
            other.receipt(assessment)


def test_another_process_gets_the_same_receipt() -> None:
    """An assessment that was pickled gives the same receipt with a scorer of the same parts."""
    with Scorer.open("memory://", secret=SECRET) as scorer:
        assessment = scorer.assess(FULL)
        receipt = scorer.receipt(assessment)
        kept = pickle.dumps(assessment)
    with Scorer.open("memory://", secret=SECRET) as other:
        assert other.receipt(pickle.loads(kept)) == receipt  # noqa: S301 - our own bytes


def test_receipts_can_be_pickled_and_not_changed(receipt: Receipt) -> None:
    """A receipt goes to another process as it is, and no field of it can be set."""
    assert pickle.loads(pickle.dumps(receipt)) == receipt  # noqa: S301 - our own bytes
    with pytest.raises(dataclasses.FrozenInstanceError):
        receipt.campaign = "x"  # type: ignore[misc]


@pytest.mark.parametrize("language", ["de", "en", "es", "fr"])
def test_the_redacted_form_tells_nothing(receipt: Receipt, language: str) -> None:
    """An appeal gets texts, the time and a reference: no feature, code, figure, threshold or key."""
    blocked = made(POLICIES["blocked"])
    redacted = blocked.redacted(language)
    told = redacted.to_dict()
    assert set(told) == {"reference", "at", "advice", "language", "headline", "messages", "appeal"}
    assert told["reference"] == blocked.digest
    assert told["advice"] == open_messages().text("reference", language)
    texts = [told["headline"], told["appeal"], told["advice"]]
    texts += [text for one in told["messages"] for text in (one["text"], one["next_step"])]
    assert {text: found for text in texts if (found := telling(text, language))} == {}
    rest = canonical({**told, "reference": "", "at": ""})
    secrets = [name for name, _ in blocked.features] + [reason.code for reason in blocked.reasons]
    secrets += [value for _, value in blocked.keyed.values] + [blocked.model.digest, blocked.mark]
    assert [one for one in secrets if one in rest] == []
    assert str(redacted).endswith(blocked.digest)
    assert receipt.redacted("nonsense").notice.language == "en"
