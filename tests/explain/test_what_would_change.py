"""What would have changed a decision is minimal, verified by assessing, and leaves no trace."""

from __future__ import annotations

import json
import pickle
from itertools import combinations
from typing import Any

import pytest

from signup_risk import Assessment, ConfigurationError, Policy, Scorer, Signup
from signup_risk.extract import describe
from signup_risk.policy import ListEntry, Thresholds
from signup_risk.prices import Price, Prices, load_prices
from signup_risk.simulation.addresses import networks
from signup_risk.simulation.farms.levers import LEVERS
from signup_risk.simulation.tables import countries
from signup_risk.what_if import BOUGHT, TRUTHFUL, WORSE, ChangeSet, Fact
from signup_risk.what_if.draft import Draft
from signup_risk.what_if.found import decided
from signup_risk.what_if.places import Place, place_of
from tests.scorer.samples import FULL

STRICTNESS = ("allow", "step_up", "review", "block")


def changed(event: dict[str, Any], facts: tuple[Fact, ...], place: Place, at: Assessment) -> dict[str, Any]:
    """Return a sign-up with other facts."""
    draft = Draft(Signup.from_mapping(event).to_mapping(), place, at.at.date())
    for fact in facts:
        fact.edit(draft)
    return draft.event


def home(event: dict[str, Any]) -> Place:
    """Return the country of a simulated applicant, who declares it."""
    place = place_of(event.get("country"))
    assert place is not None
    return place


@pytest.fixture(scope="module")
def judged(days: Any) -> list[tuple[dict[str, Any], Any]]:
    """Return answers about sign-ups that were not allowed, and declare their country."""
    events = [event for event, assessment in days.lived if assessment.decision != "allow" and event.get("country")]
    return [(event, days.scorer.what_would_change(event, most=8)) for event in events[-12:]]


def test_every_set_was_verified(days: Any, judged: list[tuple[dict[str, Any], Any]]) -> None:
    """Assessed with its facts, the sign-up gets the milder decision and the score that the set says."""
    sets = [(event, answer, one) for event, answer in judged for one in (*answer.truthful, *answer.bought)]
    assert len(sets) > 40
    for event, answer, one in sets:
        again = days.scorer.preview(changed(event, one.facts, home(event), answer.base))
        assert (decided(again), again.raw_score, again.fpr) == (one.decision, one.raw_score, one.fpr)
        assert STRICTNESS.index(one.decision) < STRICTNESS.index(decided(answer.base))


def test_every_set_is_minimal(days: Any, judged: list[tuple[dict[str, Any], Any]]) -> None:
    """No part of a set changes the decision by itself, and no set holds another."""
    larger = 0
    for event, answer in judged:
        for found in (answer.truthful, answer.bought):
            for one in found:
                assert not [other for other in found if set(other.facts) < set(one.facts)]
                for size in range(1, len(one.facts)):
                    for part in combinations(one.facts, size):
                        larger += 1
                        less = days.scorer.preview(changed(event, part, home(event), answer.base))
                        assert STRICTNESS.index(decided(less)) >= STRICTNESS.index(decided(answer.base))
    assert larger > 20


def test_a_complete_answer_missed_nothing(days: Any) -> None:
    """Where all sets are said to have been looked at, trying each pair by hand finds no further minimal one."""
    event, _ = days.last("review")
    answer = days.scorer.what_would_change(event, largest=2, most=1000, budget=10_000)
    assert answer.is_complete
    found = {frozenset(fact.name for fact in one.facts) for one in answer.truthful}
    assert found == by_hand(days.scorer, event, answer.base, TRUTHFUL)


def by_hand(scorer: Scorer, event: dict[str, Any], base: Assessment, facts: tuple[Fact, ...]) -> set[frozenset[str]]:
    """Return the minimal sets of one fact or two that make a decision milder, by trying every one of them."""
    found: set[frozenset[str]] = set()
    for size in (1, 2):
        for chosen in combinations(facts, size):
            names = frozenset(fact.name for fact in chosen)
            if size == 2 and not chosen[0].levers.isdisjoint(chosen[1].levers):
                continue
            if any(one < names for one in found):
                continue
            again = scorer.preview(changed(event, chosen, home(event), base))
            if STRICTNESS.index(decided(again)) < STRICTNESS.index(decided(base)):
                found.add(names)
    return found


def test_a_fact_that_takes_another_one_is_looked_at() -> None:
    """A mailbox with the applicant's name, which is none until a name is given, is found together with the name."""
    event = {name: value for name, value in FULL.items() if name not in {"first_name", "last_name"}} | {"country": "US"}
    policy = Policy(block=(ListEntry("email", event["email"]),))
    facts = tuple(fact for fact in TRUTHFUL if fact.name != "mail.provider")
    with Scorer.open("memory://", policy=policy) as scorer:
        answer = scorer.what_would_change(event, largest=2, most=1000, budget=10_000, without=("mail.provider",))
        found = {frozenset(fact.name for fact in one.facts) for one in answer.truthful}
        assert found == by_hand(scorer, event, answer.base, facts)
    assert {"name.full", "mail.own_name"} in found
    assert answer.is_complete


def test_a_fact_that_changes_nothing_is_not_assessed() -> None:
    """Beside facts that do not bring a name, a mailbox with the applicant's name costs no assessment."""
    event = {name: value for name, value in FULL.items() if name not in {"first_name", "last_name"}}
    others = ("network", "device", "locale", "session", "card", "mail.provider")
    with Scorer.open("memory://", policy=Policy(block=(ListEntry("device_id", "dev-55aa77"),))) as scorer:
        kept = [fact for fact in TRUTHFUL if fact.levers.isdisjoint(others) and fact.name not in others]
        assert [fact.name for fact in kept] == ["name.full", "mail.own_name", "mail.own_name_at_provider", "phone.own"]
        bought = [fact.name for fact in BOUGHT if fact.levers.isdisjoint(others)]
        answer = scorer.what_would_change(event, largest=2, most=1000, budget=10_000, without=(*others, *bought))
    assert answer.tried == 2 + 3  # name and number; both, and the name with either mailbox


def test_sets_are_in_order(judged: list[tuple[dict[str, Any], Any]]) -> None:
    """Smaller sets come first, and of one size the cheaper of those that are bought."""
    for _, answer in judged:
        assert [len(one.facts) for one in answer.truthful] == sorted(len(one.facts) for one in answer.truthful)
        order = [(len(one.facts), one.cost.usual) for one in answer.bought]
        assert order == sorted(order)


def test_a_few_sets_are_the_cheapest(days: Any) -> None:
    """Asked for two sets that are bought, the two first of all are given."""
    event, _ = days.last("review")
    every = days.scorer.what_would_change(event, largest=2, most=1000, budget=10_000).bought
    assert len(every) > 3
    assert days.scorer.what_would_change(event, largest=2, most=2).bought == every[:2]


def test_prices_are_those_of_the_list(judged: list[tuple[dict[str, Any], Any]]) -> None:
    """What is bought costs the sum of its entries, and it is said where one is assumed; honest facts cost nothing."""
    prices = load_prices()
    for _, answer in judged:
        assert all(one.cost is None for one in answer.truthful)
        for one in answer.bought:
            evasions = [fact.evasion for fact in one.facts]
            assert one.cost == prices.account(evasions)
            assert one.is_assumed == any(prices.of(evasion).assumed for evasion in evasions)


def test_own_prices_are_used(days: Any) -> None:
    """A price list of the caller's own decides order and cost."""
    usual = load_prices()
    dear = Prices(usual.as_of, {name: Price(name, 7.0, 7.0, "ours", assumed=False) for name in usual.entries})
    event, _ = days.last("review")
    found = days.scorer.what_would_change(event, prices=dear).bought
    assert found
    assert {one.cost.usual for one in found} == {7.0 * len(one.facts) for one in found}
    assert not any(one.is_assumed for one in found)


def test_the_same_question_gets_the_same_answer(days: Any) -> None:
    """Asked twice, and asked with a sign-up already read, the answer is equal in all but the time it took."""
    event, _ = days.last("block")
    answers = [days.scorer.what_would_change(event) for _ in range(2)]
    assert answers[0].to_dict() == answers[1].to_dict()
    assert answers[0].truthful == answers[1].truthful


def test_nothing_is_recorded(days: Any) -> None:
    """Store, campaigns and ledger are the same bytes before and after."""
    scorer, event = days.scorer, days.last("block")[0]
    before = state(scorer)
    scorer.what_would_change(event)
    scorer.preview({**event, "signup_id": "never seen"})
    assert state(scorer) == before
    scorer.assess({**event, "signup_id": "seen"})
    assert state(scorer) != before


def state(scorer: Any) -> bytes:
    """Return all that a scorer in memory keeps."""
    store, watch = scorer._store, scorer._watch
    journal = [(number, content) for number, content in watch.journal.since(0)]
    ledger = [entry.to_bytes() for _, entry in scorer._outcomes._queue.ledger.page()]
    book = (len(watch.detector.book.campaigns), len(watch.detector.book.marks), watch.detector._seen)
    kept = dict(store._keys.items()), sorted(store._signups.items()), journal, ledger, book
    return pickle.dumps(kept)


def test_a_preview_is_what_assessing_gives(days: Any) -> None:
    """A preview before assessing says the same, campaign included; one afterwards leaves the own record out."""
    scorer = days.scorer
    joined = [(event, one) for event, one in days.lived if one.campaign is not None][-1][0]
    for number, like in enumerate([joined, days.last("allow")[0], days.last("block")[0]]):
        event = {**like, "signup_id": f"preview {number}", "at": days.lived[-1][0]["at"]}
        seen = scorer.preview(event)
        found = scorer.assess(event)
        assert (seen.raw_score, seen.decision, seen.reasons) == (found.raw_score, found.decision, found.reasons)
        assert (seen.campaign is None) == (found.campaign is None)
        assert scorer.preview(event).raw_score == found.raw_score


def test_a_preview_answers_like_the_scorer() -> None:
    """Reserved addresses of the sandbox get their fixed decision, and a closed scorer says that it is closed."""
    with Scorer.open("memory://", sandbox=True) as scorer:
        assert scorer.preview({"at": FULL["at"], "email": "block@signup-risk.example"}).decision == "block"
    with pytest.raises(ConfigurationError, match="this scorer is closed"):
        scorer.preview(FULL)


@pytest.mark.parametrize(
    ("email", "applies"),
    [
        ("lovelace.ada7@mail.example", False), ("ADA-LOVELACE@mail.example", False),
        ("adalovelace@mail.example", False), ("ada.love@mail.example", True), ("ada7@mail.example", True),
        ("qx7731904@mail.example", True),
    ],
)  # fmt: skip
def test_a_mailbox_that_carries_the_name_is_not_advised_again(email: str, applies: bool) -> None:
    """Whose mailbox holds both names already, in whatever order, is not told to get one that does."""
    event = {**FULL, "first_name": "Ada", "last_name": "Lovelace", "email": email}
    place = place_of("DE")
    assert place is not None
    with Scorer.open("memory://") as scorer:
        base = scorer.preview(event)
    unchanged = changed(event, (), place, base)
    own = [fact for fact in TRUTHFUL if fact.name.startswith("mail.own_name")]
    assert [changed(event, (fact,), place, base) != unchanged for fact in own] == [applies] * 2
    aged = next(fact for fact in BOUGHT if fact.name == "mail.aged_freemail")
    assert changed(event, (aged,), place, base) != unchanged


def test_bounds_are_kept_and_said(days: Any) -> None:
    """A budget that is used up, and more sets than were asked for, make an answer incomplete, and it says so."""
    event, _ = days.last("block")
    short = days.scorer.what_would_change(event, budget=3)
    assert short.tried == 6
    assert not short.is_complete
    one = days.scorer.what_would_change(event, most=1)
    assert (len(one.truthful) <= 1, len(one.bought) <= 1) == (True, True)
    assert "not all sets" in str(short)
    assert "a larger budget= or most= looks further" in str(short)


def test_what_nothing_changes_is_said_plainly() -> None:
    """A sign-up on the block list is blocked whatever its facts, and the answer says that nothing helps."""
    policy = Policy(block=(ListEntry("device_id", "dev-55aa77"),))
    with Scorer.open("memory://", policy=policy) as scorer:
        answer = scorer.what_would_change(FULL, largest=1, without=("device",))
    assert (decided(answer.base), answer.truthful, answer.bought, answer.is_complete) == ("block", (), (), True)
    assert str(answer).count("nothing: no set of up to 1 of the listed facts does") == 2


def test_what_a_form_does_not_ask_can_be_left_out(days: Any) -> None:
    """Levers and single facts that are left out are in no set."""
    events = [event for event, assessment in days.lived if assessment.decision in {"step_up", "review"}][-5:]
    answers = [days.scorer.what_would_change(event, without=("card", "network.home")) for event in events]
    sets = [one for answer in answers for one in (*answer.truthful, *answer.bought)]
    names = {fact.name for one in sets for fact in one.facts}
    assert len(names) > 3
    assert not [name for name in names if name.startswith("card") or name == "network.home"]


def test_shadow_counts_as_what_it_would_have_been() -> None:
    """Under a policy that only watches, what would have been decided is what is to be changed."""
    with Scorer.open("memory://", policy=Policy(thresholds=Thresholds(1.0, 0.9, 0.0), shadow=True)) as scorer:
        answer = scorer.what_would_change({**FULL, "email": "x1234567@mailinator.com"}, direction="milder", largest=1)
    assert answer.base.decision == "allow"
    assert decided(answer.base) == "review"


def test_an_allowed_sign_up_is_asked_the_other_way(days: Any) -> None:
    """Of a sign-up near the threshold it is said what honest people may have that would have stopped it."""
    thresholds = Thresholds(step_up=0.12, review=0.01, block=0.001)
    event = {**FULL, "signup_id": "near", "session": {"form_seconds": 5.0, "keystrokes": 3, "pasted_fields": 4}}
    with Scorer.open("memory://", policy=Policy(thresholds=thresholds)) as scorer:
        answer = scorer.what_would_change(event)
    assert answer.direction == "stricter"
    assert answer.bought == ()
    assert answer.truthful
    assert all(STRICTNESS.index(one.decision) > 0 for one in answer.truthful)
    assert {fact for one in answer.truthful for fact in one.facts} <= set(WORSE)
    assert "what an honest applicant may have as well" in str(answer)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"largest": 0}, "largest is 0"),
        ({"largest": 6}, "from 1 to 5"),
        ({"budget": 10**9}, "from 1 to 100,000"),
        ({"most": True}, "most is True"),
        ({"direction": "sideways"}, "use milder or stricter"),
        ({"without": ("shoes",)}, "'shoes'; use card"),
    ],
)
def test_wrong_bounds_are_refused(options: dict[str, Any], said: str) -> None:
    """A bound, direction or lever that cannot be used is named, with what is allowed."""
    with Scorer.open("memory://") as scorer, pytest.raises(ConfigurationError, match=said):
        scorer.what_would_change(FULL, **options)


def test_answers_are_shown_as_text(days: Any) -> None:
    """In a notebook and as JSON the answer is whole, escaped, and holds no stand-in."""
    event, _ = days.last("block")
    answer = days.scorer.what_would_change({**event, "signup_id": "<b>x</b>"})
    assert "<b>x" not in answer._repr_html_()
    told = json.dumps(answer.to_dict(), allow_nan=False)
    assert "Mozilla" not in told
    assert event["ip_address"] not in told
    assert repr(answer).startswith("<WhatWouldChange of '<b>x</b>'")


def test_facts_are_named_once_and_have_prices() -> None:
    """Names are unique in each list, what is bought has a price, what is not bought has none."""
    prices = load_prices()
    for facts in (TRUTHFUL, BOUGHT, WORSE):
        assert len({fact.name for fact in facts}) == len(facts)
        assert all(fact.text and not fact.text[0].isupper() for fact in facts)
    assert all(prices.of(fact.evasion or "").high > 0 for fact in BOUGHT)
    assert not [fact for fact in (*TRUTHFUL, *WORSE) if fact.evasion]
    assert {fact.evasion.partition(".")[0] for fact in BOUGHT if fact.evasion} <= set(LEVERS)


@pytest.mark.parametrize("fact", [*TRUTHFUL, *BOUGHT, *WORSE], ids=lambda fact: fact.name)
def test_every_fact_is_read_without_a_warning(fact: Fact) -> None:
    """A stand-in is a value that the input contract takes, and facts change nothing that they are given."""
    event = {**FULL, "country": "DE", "email": "x@example.com", "first_name": "Ada", "last_name": "Lovelace"}
    kept = json.dumps(event)
    with Scorer.open("memory://") as scorer:
        place = place_of("DE")
        assert place is not None
        seen = scorer.preview(changed(event, (fact,), place, scorer.preview(event)))
    # The browser's clock at universal time is the fact itself: such a zone is no country's.
    assert [one.code for one in seen.warnings] == (["TIME_ZONE_UNKNOWN"] if fact.name == "locale.utc" else [])
    assert json.dumps(event) == kept


def test_stand_ins_of_a_country_are_of_that_country() -> None:
    """In every country of the table address, number, clock and language agree with it by the references."""
    wanted = {"phone.own", "network.home", "locale.home"}
    with Scorer.open("memory://") as scorer:
        base = scorer.preview(FULL)
        for code in sorted(countries()):
            place = place_of(code)
            assert place is not None
            event = {"at": FULL["at"], "country": code, "email": "ada@example.com"}
            facts = tuple(fact for fact in TRUTHFUL if fact.name in wanted)
            signup = Signup.from_mapping(changed(event, facts, place, base))
            found = describe(signup, scorer.references, signup.at_us)
            context, own = found.context, found.context.declared_country
            assert found.warnings == ()
            assert own is not None
            assert context.phone is not None
            assert context.phone.valid, code
            assert context.phone.line_type in {"mobile", "fixed_line_or_mobile"}, code
            assert context.phone.calling_code == own.calling_code
            assert signup.device.time_zone in own.time_zones
            assert context.network is not None
            assert context.network.country == code
            assert context.network.kind not in {"hosting", "vpn", "relay", "tor", "proxy"}, code


def test_places_are_those_of_the_simulation() -> None:
    """The table of stand-ins says what the simulation's tables say, so that neither goes its own way."""
    for code, country in countries().items():
        place = place_of(code)
        assert place is not None
        assert place.calling_code == country.calling_code
        assert place.mobile_prefix == country.mobile_prefixes[0]
        assert place.time_zone in {zone.name for zone in country.zones.values}
        assert place.language == country.languages[0]
        for block, kind in ((place.home, "isp"), (place.vpn, "vpn"), (place.hosting, "hosting")):
            own = [base for one in networks(code, kind) for base, _ in one.prefixes]
            assert not own or number(block) in own


def number(block: str) -> int:
    """Return the first address of a block as a number."""
    parts = block.partition("/")[0].split(".")
    return sum(int(part) << 8 * (3 - place) for place, part in enumerate(parts))


def test_change_sets_are_values() -> None:
    """Two sets of the same facts and figures are equal."""
    assert ChangeSet((TRUTHFUL[0],), "allow", 1.0, 0.5) == ChangeSet((TRUTHFUL[0],), "allow", 1.0, 0.5)
