"""Check what a policy decides, above all that nobody is blocked for one attribute alone."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signup_risk.errors import ConfigurationError
from signup_risk.policy import Decision, DegradedRule, Evidence, ListEntry, ListHooks, Policy, Thresholds

ATTRIBUTES = ("email", "ip_address", "device.id", "phone", "at")
INPUTS = st.lists(st.sampled_from(ATTRIBUTES), min_size=1, max_size=3, unique=True).map(tuple)
AMOUNTS = st.one_of(st.floats(-5, 5), st.sampled_from([0.0, 10.0, -10.0]))
FEATURES = st.lists(st.tuples(INPUTS, AMOUNTS), max_size=12)
BROAD = Evidence.of(8.0, 2.0, [("email",), ("ip_address",), ("device.id",)], [3.0, 3.0, 3.0])
NARROW = Evidence.of(8.0, 2.0, [("email",), ("ip_address",)], [7.5, 0.5])
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def gathered(features: list[tuple[tuple[str, ...], float]], base: float) -> Evidence:
    """Make evidence of features with their inputs and contributions, and a base value."""
    raw = base + math.fsum(amount for _, amount in features)
    return Evidence.of(raw, 2.0, [read for read, _ in features], [amount for _, amount in features])


@given(features=FEATURES, base=st.floats(-6, 6))
def test_a_block_stands_without_any_single_attribute(
    features: list[tuple[tuple[str, ...], float]], base: float
) -> None:
    """Whenever a score is blocked, several attributes give risk, and none of them alone carries the score."""
    evidence = gathered(features, base)
    decision = Policy().decide(0.0001, evidence=lambda: evidence)
    risky = [(set(read) - {"at"}, amount) for read, amount in features if amount > 0]
    attributes = set().union(*(read for read, _ in risky))
    carries = [
        attribute
        for attribute in attributes
        if evidence.raw_score - sum(amount for read, amount in risky if read == {attribute}) < 2.0
    ]
    if len(attributes) > 1 and not carries:
        assert decision == Decision("block")
    else:
        assert decision == Decision("review", None, ("SINGLE_ATTRIBUTE",))


def test_a_contradiction_is_not_one_attribute() -> None:
    """Risk from comparing two attributes counts for both and stays when one is taken away."""
    contradiction = Evidence.of(6.0, 2.0, [("ip_address", "phone")], [6.0])
    assert Policy().decide(0.0, evidence=lambda: contradiction).outcome == "block"


def test_the_time_of_a_signup_is_no_attribute() -> None:
    """Velocity reads the time too, which makes it no broader than the attribute that it counts."""
    burst = Evidence.of(6.0, 2.0, [("ip_address", "at"), ("at",)], [6.0, 1.0])
    assert burst.attributes == {"ip_address"}
    assert Policy().decide(0.0, evidence=lambda: burst).outcome == "review"


def test_trust_does_not_widen_the_evidence() -> None:
    """Features that lower the score say nothing about what raises it."""
    evidence = Evidence.of(3.0, 2.0, [("email",), ("phone",)], [5.0, -1.0])
    assert evidence.attributes == {"email"}


@pytest.mark.parametrize(
    ("fpr", "outcome"),
    [
        (1.0, "allow"),
        (0.0101, "allow"),
        (0.01, "step_up"),
        (0.0031, "step_up"),
        (0.003, "review"),
        (0.001, "block"),
        (0.0, "block"),
        (None, "allow"),
    ],
)
def test_thresholds_are_false_positive_rates(fpr: float | None, outcome: str) -> None:
    """Each decision is taken from its rate on, the boundary included."""
    assert Policy().decide(fpr, evidence=lambda: BROAD).outcome == outcome


def test_evidence_is_asked_for_only_before_a_block_and_once() -> None:
    """Nothing below a block pays for contributions, and a block pays once."""
    asked: list[int] = []

    def ask() -> Evidence:
        asked.append(1)
        return BROAD

    policy = Policy(block=(ListEntry("referral_code", "farm"),))
    for fpr in (1.0, 0.01, 0.003):
        policy.decide(fpr, evidence=ask)
    assert asked == []
    assert policy.decide(0.0005, evidence=ask, listed={"referral_code": ["farm"]}).outcome == "block"
    assert asked == [1]


def test_without_evidence_nobody_is_blocked_by_score() -> None:
    """If the contributions cannot be had, the strictest decision is review."""
    assert Policy().decide(0.0).outcome == "review"
    assert Policy().decide(0.0, evidence=lambda: None).notes == ("SINGLE_ATTRIBUTE",)


@pytest.mark.parametrize(
    "rates",
    [(0.001, 0.003, 0.01), (1.1, 0.1, 0.1), (0.1, 0.1, -0.1), (math.nan, 0.1, 0.1), (0.1, 0.1, math.nan)],
)
def test_contradictory_thresholds_are_refused(rates: tuple[float, float, float]) -> None:
    """Rates outside 0 to 1, or a stricter decision with a higher one, are refused."""
    with pytest.raises(ConfigurationError, match="false-positive rates from 0 to 1"):
        Thresholds(*rates)


def test_a_rate_of_zero_never_happens() -> None:
    """A decision can be switched off, because no score has the rate 0."""
    policy = Policy(thresholds=Thresholds(0.01, 0.003, 0.0))
    assert policy.decide(1e-9, evidence=lambda: BROAD).outcome == "review"


@pytest.mark.parametrize(
    ("fpr", "degraded", "outcome", "notes"),
    [
        (0.0, ("velocity",), "review", ("DEGRADED_CEILING",)),
        (0.0, ("velocity.device",), "review", ("DEGRADED_CEILING",)),
        (0.0, ("velocity_other",), "block", ()),
        (0.0, ("references.domains",), "block", ()),
        (0.002, ("velocity",), "review", ()),
        (0.5, ("velocity",), "allow", ()),
        (None, ("model",), "allow", ()),
        (0.002, ("model", "velocity"), "step_up", ("DEGRADED_CEILING",)),
    ],
)
def test_degraded_answers_are_bounded(
    fpr: float | None, degraded: tuple[str, ...], outcome: str, notes: tuple[str, ...]
) -> None:
    """By default nobody is blocked without velocity, nor held up for long without a model."""
    assert Policy().decide(fpr, evidence=lambda: BROAD, degraded=degraded) == Decision(outcome, None, notes)


def test_a_floor_raises_and_a_ceiling_wins() -> None:
    """An operator may ask everybody for a step while a signal is gone; contradicting rules end mild."""
    strict = Policy(
        degraded=(DegradedRule("references", floor="step_up"), DegradedRule("model", ceiling="allow"))
    )
    assert strict.decide(1.0, degraded=("references.networks",)) == Decision(
        "step_up", None, ("DEGRADED_FLOOR",)
    )
    assert strict.decide(1.0, degraded=("references", "model")).outcome == "allow"
    assert strict.decide(1.0, degraded=()).outcome == "allow"


@pytest.mark.parametrize(
    "parts",
    [("velocity", "block", "allow"), ("", "allow", "block"), ("velocity", "deny"), ("velocity", "allow", "")],
)
def test_contradictory_bounds_are_refused(parts: tuple[str, ...]) -> None:
    """A floor above its ceiling, an unknown decision or a rule for nothing is refused."""
    with pytest.raises(ConfigurationError, match="degraded rule"):
        DegradedRule(*parts)


def test_shadow_watches_only() -> None:
    """In shadow mode everybody is allowed, and what would have been is said with its notes."""
    shadow = Policy(shadow=True)
    assert shadow.decide(0.0, evidence=lambda: BROAD) == Decision("allow", "block")
    assert shadow.decide(0.0, evidence=lambda: NARROW) == Decision("allow", "review", ("SINGLE_ATTRIBUTE",))
    assert shadow.decide(1.0) == Decision("allow", "allow")


def test_exact_entries_decide_outright() -> None:
    """An identity that the operator names is blocked or allowed whatever the score and what was degraded."""
    policy = Policy(
        block=(ListEntry("email", "farmer@example.com"), ListEntry("ip", "192.0.2.7")),
        allow=(ListEntry("device_id", "reception"),),
    )
    for fpr in (1.0, None):
        assert policy.decide(fpr, listed={"email": ["farmer@example.com"]}) == Decision(
            "block", None, ("LISTED_BLOCK",)
        )
        decision = policy.decide(fpr, listed={"ip": ["192.0.2.7"]}, degraded=("velocity", "model"))
        assert decision.outcome == "block"
    allowed = policy.decide(0.0, evidence=lambda: BROAD, listed={"device_id": ["reception"]})
    assert allowed == Decision("allow", None, ("LISTED_ALLOW",))


@pytest.mark.parametrize(
    ("allow", "block", "outcome"),
    [
        (("email", "a@example.com"), ("email", "a@example.com"), "allow"),
        (("email", "a@example.com"), ("email_domain", "example.com"), "allow"),
        (("email_domain", "example.com"), ("email", "a@example.com"), "block"),
        (("email_domain", "example.com"), ("ip", "192.0.2.0/24"), "allow"),
        (("email_domain", "other.example"), ("ip", "192.0.2.0/24"), "review"),
        (("ip", "192.0.2.0/24"), ("ip", "192.0.2.7"), "block"),
        (("ip", "192.0.2.7/32"), ("ip", "192.0.2.0/24"), "allow"),
    ],
)
def test_exact_beats_coarse_and_allowing_beats_blocking(
    allow: tuple[str, str], block: tuple[str, str], outcome: str
) -> None:
    """Of two entries the exact one holds; of two alike the one that allows."""
    policy = Policy(allow=(ListEntry(*allow),), block=(ListEntry(*block),))
    listed = {"email": ["a@example.com"], "email_domain": ["example.com"], "ip": ["192.0.2.7"]}
    assert policy.decide(1.0, listed=listed).outcome == outcome


@pytest.mark.parametrize(
    ("fpr", "evidence", "degraded", "outcome", "notes"),
    [
        (1.0, BROAD, (), "review", ("LISTED_REVIEW",)),
        (0.01, BROAD, (), "block", ("LISTED_BLOCK",)),
        (0.01, NARROW, (), "review", ("LISTED_REVIEW", "SINGLE_ATTRIBUTE")),
        (0.01, None, (), "review", ("LISTED_REVIEW", "SINGLE_ATTRIBUTE")),
        (0.01, BROAD, ("velocity",), "review", ("LISTED_REVIEW",)),
        (None, None, ("model",), "review", ("LISTED_REVIEW",)),
    ],
)
def test_coarse_entries_block_only_with_other_evidence(
    fpr: float | None,
    evidence: Evidence | None,
    degraded: tuple[str, ...],
    outcome: str,
    notes: tuple[str, ...],
) -> None:
    """A mail domain raises to review; it blocks if the rest alone would be asked for a further step."""
    policy = Policy(block=(ListEntry("email_domain", "example.com"),))
    decision = policy.decide(
        fpr, evidence=lambda: evidence, listed={"email_domain": ["example.com"]}, degraded=degraded
    )
    assert decision == Decision(outcome, None, notes)


def test_entries_run_out_by_event_time() -> None:
    """An entry holds until its moment, in the time of the event."""
    policy = Policy(block=(ListEntry("phone", "+12025550100", until=NOON),))
    listed = {"phone": ["+12025550100"]}
    assert policy.decide(1.0, listed=listed, at=NOON - timedelta(microseconds=1)).outcome == "block"
    assert policy.decide(1.0, listed=listed, at=NOON).outcome == "allow"
    assert policy.decide(1.0, listed=listed).outcome == "block"


@given(
    number=st.integers(0, 2**18),
    prefixes=st.lists(st.tuples(st.integers(0, 2**18), st.integers(16, 32)), max_size=6),
)
def test_networks_match_as_the_standard_library_says(number: int, prefixes: list[tuple[int, int]]) -> None:
    """An address is found in exactly those networks that contain it."""
    import ipaddress

    networks = [ipaddress.ip_network((base, length), strict=False) for base, length in prefixes]
    policy = Policy(block=tuple(ListEntry("ip", str(network)) for network in networks))
    address = ipaddress.ip_address(number)
    decision = policy.decide(1.0, listed={"ip": [str(address)]})
    assert (decision.outcome != "allow") == any(address in network for network in networks)


def test_versions_of_addresses_are_kept_apart() -> None:
    """An IPv6 network does not match an IPv4 address with the same bits, and nonsense nothing."""
    policy = Policy(block=(ListEntry("ip", "2001:db8::/32"), ListEntry("ip", "0.0.0.5")))
    assert policy.decide(1.0, listed={"ip": ["2001:db8::5"]}).outcome == "review"
    for address in ("::5", "32.1.13.184", "nonsense", ""):
        assert policy.decide(1.0, listed={"ip": [address]}).outcome == "allow"


@pytest.mark.parametrize(("kind", "value"), [("ip", "10.0.0.0/15"), ("ip", "2001::/31"), ("ip", "0.0.0.0/0")])
def test_broad_networks_are_not_blocked_by_accident(kind: str, value: str) -> None:
    """A provider's whole network is refused in a block list unless forced, and welcome in an allow list."""
    with pytest.raises(ConfigurationError, match="wider than"):
        Policy(block=(ListEntry(kind, value),))
    Policy(block=(ListEntry(kind, value, force=True),), allow=(ListEntry(kind, value),))


def test_hooks_normalize_and_object() -> None:
    """The caller's knowledge brings entries into the compared form and stops broad ones."""
    hooks = ListHooks(
        normalize=lambda _, value: None if value == "?" else value.casefold(),
        objection=lambda _, value: "a free mail domain" if value == "mail.example" else None,
    )
    policy = Policy(block=(ListEntry("email_domain", "Example.COM"),), hooks=hooks)
    assert policy.decide(1.0, listed={"email_domain": ["example.com"]}).outcome == "review"
    with pytest.raises(ConfigurationError, match=r"refused: a free mail domain; .* force"):
        Policy(block=(ListEntry("email_domain", "MAIL.example"),), hooks=hooks)
    Policy(allow=(ListEntry("email_domain", "mail.example"),), hooks=hooks)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        Policy(allow=(ListEntry("email", "?"),), hooks=hooks)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"kind": "name", "value": "x"}, "has kind 'name'"),
        ({"kind": "email", "value": " "}, "has no value"),
        ({"kind": "ip", "value": "192.0.2.300"}, "neither an address nor a network"),
        ({"kind": "email", "value": "x", "until": datetime(2026, 1, 1)}, "has no offset"),  # noqa: DTZ001
    ],
)
def test_unusable_entries_are_refused(parts: dict[str, object], message: str) -> None:
    """An entry that could never match, or not as meant, is refused."""
    with pytest.raises(ConfigurationError, match=message):
        ListEntry(**parts)


def test_a_policy_can_be_traced() -> None:
    """Without a name or a version no decision could be traced to its policy."""
    for parts in ({"name": ""}, {"version": ""}):
        with pytest.raises(ConfigurationError, match="name and a version"):
            Policy(**parts)
