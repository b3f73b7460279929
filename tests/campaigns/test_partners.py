"""Weigh sign-ups by what partners said, within bounds."""

from __future__ import annotations

import math
import pickle
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from signup_risk import ConfigurationError, Policy, Scorer, Signup
from signup_risk.campaigns.partners import KEYED_ONLY, MAX_WEIGHT, PartnerIndicator, Partners, shared_name
from signup_risk.campaigns.words import PRIVATE, public_values
from signup_risk.extract import describe
from signup_risk.policy import Thresholds, evidence
from signup_risk.scorer.parallel import assess_parallel

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
UNTIL = AT + timedelta(days=30)
SECRET = b"a secret of partners"
PAIR = {"asn": "64500", "email_domain": "shop.example"}
EVENT: dict[str, Any] = {
    "signup_id": "s-1",
    "at": AT.isoformat(),
    "email": "ada@shop.example",
    "ip_address": "198.51.100.7",
    "device": {"id": "dev-77", "screen": "1920x1080", "time_zone": "Europe/London", "accept_language": "en-GB"},
}


def said(kind: str = "asn+email_domain", values: dict[str, str] | None = None, **changes: Any) -> PartnerIndicator:
    """Return an indicator."""
    found: dict[str, Any] = {"keyed_name": None, "weight": 0.5, "valid_until": UNTIL, "source": "Shop"}
    return PartnerIndicator(kind, PAIR if values is None else values, **(found | changes))


def keyed(kind: str, value: str, **changes: Any) -> PartnerIndicator:
    """Return an indicator with a keyed name."""
    return said(kind, {}, keyed_name=shared_name(kind, value, SECRET), **changes)


def network(weight: float) -> Partners:
    """Return what matches the network of the event."""
    return Partners((said("ip_network", {"ip_network": "198.51.100.0/24"}, weight=weight),))


def test_all_values_have_to_match() -> None:
    """A sign-up with some of an indicator's values is no match."""
    partners = Partners((said(),))
    assert partners.weight({**PAIR, "screen": "1x1"}, AT) == (0.5, ("Shop",))
    for name in PAIR:
        assert partners.weight({key: value for key, value in PAIR.items() if key != name}, AT) == (0.0, ())
        assert partners.weight({**PAIR, name: "other"}, AT) == (0.0, ())


def test_what_has_run_out_does_not_count() -> None:
    """An indicator counts up to its end, and no longer."""
    partners = Partners((said(),))
    assert partners.weight(PAIR, UNTIL - timedelta(seconds=1))[0] == 0.5
    assert partners.weight(PAIR, UNTIL) == (0.0, ())


def test_the_weight_has_a_cap() -> None:
    """However many say something, they add no more than the cap; one source says a thing of one kind once."""
    many = Partners(tuple(said(weight=1.0, source=f"Shop {number}") for number in range(9)))
    assert many.weight(PAIR, AT) == (MAX_WEIGHT, tuple(f"Shop {number}" for number in range(9)))
    assert Partners((said(weight=0.25), said(), said(weight=0.125))).weight(PAIR, AT) == (0.5, ("Shop",))


def test_two_kinds_of_one_source_add_up() -> None:
    """Different kinds are different things to say."""
    partners = Partners((said(), said("email_domain", {"email_domain": "shop.example"})))
    assert partners.weight(PAIR, AT) == (1.0, ("Shop",))


def test_keyed_names_need_the_secret() -> None:
    """A keyed name matches under its own secret, also beside others, and under no other."""
    one = (keyed("device", "dev-77"),)
    assert Partners(one, (SECRET,)).weight({"device": "dev-77"}, AT) == (0.5, ("Shop",))
    assert Partners(one, (b"another secret of 24 byt", SECRET)).weight({"device": "dev-77"}, AT)[0] == 0.5
    assert Partners(one, (SECRET,)).weight({"device": "dev-78"}, AT) == (0.0, ())
    assert Partners(one, (SECRET,)).weight({"card": "dev-77"}, AT) == (0.0, ())
    assert Partners(one, (b"another secret of 24 byt",)).weight({"device": "dev-77"}, AT) == (0.0, ())
    assert not Partners(one).reads_private


def test_keyed_names_differ_by_kind_value_and_secret() -> None:
    """The same text of another kind has another name, so names of two kinds cannot be joined."""
    names = {shared_name(kind, "x", secret) for kind in sorted(KEYED_ONLY) for secret in (SECRET, SECRET * 2)}
    assert len(names) == 2 * len(KEYED_ONLY)
    assert PRIVATE < KEYED_ONLY


def test_partners_can_be_joined_and_sent() -> None:
    """Two lists make one with both secrets, and it survives the way to another process."""
    both = Partners((said(),)) + Partners((keyed("device", "dev-77", source="Club"),), (SECRET,))
    again = pickle.loads(pickle.dumps(both))  # noqa: S301 - our own bytes
    assert again == both
    assert again.weight({**PAIR, "device": "dev-77"}, AT) == (1.0, ("Club", "Shop"))
    assert SECRET.decode() not in repr(both)


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "nothing"},
        {"kind": "all", "values": {}},
        {"values": {"asn": "64500"}},
        {"values": {**PAIR, "screen": "1x1"}},
        {"values": {"asn": "64500", "email_domain": ""}},
        {"kind": "device", "values": {"device": "dev-77"}},
        {"kind": "phone_block", "values": {"phone_block": "+4420"}},
        {"kind": "device", "values": {}, "keyed_name": "ab"},
        {"kind": "asn", "values": {}, "keyed_name": "a" * 64},
        {"weight": 0.0},
        {"weight": MAX_WEIGHT + 0.1},
        {"weight": math.nan},
        {"valid_until": datetime(2026, 7, 1)},  # noqa: DTZ001 - a naive time is the point
        {"source": ""},
    ],
)
def test_an_indicator_that_cannot_be_is_refused(changes: dict[str, Any]) -> None:
    """Unknown kinds, missing values, private values in clear and weights out of bounds are refused."""
    with pytest.raises(ConfigurationError):
        said(**changes)


@pytest.mark.parametrize("secret", [b"short", "a text of 24 characters!"])
def test_a_poor_secret_is_refused(secret: Any) -> None:
    """A secret has at least sixteen bytes."""
    with pytest.raises(ConfigurationError, match="circle_secret"):
        shared_name("device", "dev-77", secret)
    with pytest.raises(ConfigurationError, match="circle_secret"):
        Partners((), (secret,))


def test_a_public_kind_has_no_keyed_name() -> None:
    """What is told in clear is not told as a keyed name."""
    with pytest.raises(ConfigurationError, match="keyed name"):
        shared_name("asn", "64500", SECRET)


def test_a_match_raises_the_score_and_is_a_reason() -> None:
    """The weight is added to the raw score and stands among the reasons, so the sum stays exact."""
    with Scorer.open("memory://") as alone, Scorer.open("memory://", partners=network(0.75)) as told:
        plain, hinted = alone.assess(EVENT, explain="always"), told.assess(EVENT, explain="always")
    assert plain.raw_score is not None
    assert hinted.raw_score == plain.raw_score + 0.75
    assert hinted.base_value is not None
    total = math.fsum([hinted.base_value, *(reason.contribution for reason in hinted.reasons)])
    assert hinted.raw_score == pytest.approx(total, abs=1e-9)
    reason = next(reason for reason in hinted.reasons if reason.code == "PARTNER_INDICATOR")
    assert (reason.family, reason.contribution, reason.direction) == ("coordination", 0.75, "risk")
    assert "Shop" in reason.text
    sizes = [abs(reason.contribution) for reason in hinted.reasons]
    assert sizes == sorted(sizes, reverse=True)
    assert hinted.fpr is not None
    assert plain.fpr is not None
    assert hinted.fpr <= plain.fpr


def test_no_match_changes_nothing() -> None:
    """A sign-up that nobody spoke of is assessed as without partners."""
    with Scorer.open("memory://") as alone, Scorer.open("memory://", partners=Partners((said(),))) as told:
        plain, other = alone.assess(EVENT, explain="always"), told.assess(EVENT, explain="always")
    assert (other.raw_score, other.reasons) == (plain.raw_score, plain.reasons)


def test_keyed_names_match_in_the_scorer() -> None:
    """A device that partners named under the shared secret is recognised."""
    partners = Partners((keyed("device", "dev-77"),), (SECRET,))
    with Scorer.open("memory://", partners=partners) as scorer:
        codes = [reason.code for reason in scorer.assess(EVENT, explain="always").reasons]
    assert "PARTNER_INDICATOR" in codes


def test_partners_alone_never_block(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sign-up that only what partners say lifts to a block is reviewed, and the note says why."""
    with Scorer.open("memory://") as scorer:
        own = scorer.assess(EVENT)
        calibration = scorer.model.manifest.calibration
    assert own.raw_score is not None
    assert own.fpr is not None
    rate = calibration.fpr(own.raw_score + MAX_WEIGHT / 4)
    assert rate < own.fpr
    policy = Policy(thresholds=Thresholds(step_up=rate, review=rate, block=rate))
    with Scorer.open("memory://", policy=policy) as scorer:
        assert scorer.assess(EVENT).decision == "allow"
    with Scorer.open("memory://", policy=policy, partners=network(MAX_WEIGHT)) as scorer:
        found = scorer.assess(EVENT)
    assert (found.decision, found.policy.notes) == ("review", ("SINGLE_ATTRIBUTE",))
    # It is for being the partners' alone: the same weight on a contradiction of two attributes would block.
    monkeypatch.setattr(evidence, "_PARTNER", ("email", "ip_address"))
    with Scorer.open("memory://", policy=policy, partners=network(MAX_WEIGHT)) as scorer:
        assert scorer.assess(EVENT).decision == "block"


def test_partners_may_tip_what_is_suspicious_by_itself() -> None:
    """A sign-up that would be asked for a further step without its partners' weight can be blocked with it."""
    with Scorer.open("memory://") as scorer:
        own = scorer.assess(EVENT)
        calibration = scorer.model.manifest.calibration
    assert own.raw_score is not None
    step_up, block = calibration.fpr(own.raw_score - 2.0), calibration.fpr(own.raw_score + MAX_WEIGHT / 4)
    policy = Policy(thresholds=Thresholds(step_up=step_up, review=block, block=block))
    with Scorer.open("memory://", policy=policy) as scorer:
        assert scorer.assess(EVENT).decision == "step_up"
    with Scorer.open("memory://", policy=policy, partners=network(MAX_WEIGHT)) as scorer:
        assert scorer.assess(EVENT).decision == "block"


def test_values_are_those_of_the_keys() -> None:
    """The public values that partners compare are read as velocity keys read them."""
    with Scorer.open("memory://") as scorer:
        signup = Signup.from_mapping(EVENT)
        values = public_values(describe(signup, scorer.references, signup.at_us).context)
    assert values["ip_network"] == "198.51.100.0/24"
    assert values["email_domain"] == "shop.example"
    assert not PRIVATE & set(values)


def read(event: dict[str, Any]) -> Signup:
    """Read an event."""
    return Signup.from_mapping(event)


def write(assessment: Any) -> dict[str, Any]:
    """Return an assessment as JSON values, without what differs from run to run."""
    return {key: value for key, value in assessment.to_dict().items() if key != "latency_ms"}


def test_several_processes_say_the_same() -> None:
    """Workers know what partners said, keyed names included."""
    partners = network(0.5) + Partners((keyed("device", "dev-77"),), (SECRET,))
    events = [{**EVENT, "signup_id": f"s-{number}", "ip_address": f"198.51.{99 + number}.7"} for number in range(3)]
    with Scorer.open("memory://", partners=partners, explain="always") as one:
        wanted = [write(one.assess(event)) for event in events]
    with Scorer.open("memory://", partners=partners, explain="always") as many:
        found = [answer for _, answer in assess_parallel(many, enumerate(events), read, write, workers=1, timeout=60)]
    assert found == wanted
    weights = [r["contribution"] for told in found for r in told["reasons"] if r["code"] == "PARTNER_INDICATOR"]
    assert weights == [0.5, 1.0, 0.5]
