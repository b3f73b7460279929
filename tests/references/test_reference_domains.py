"""Try the contract of the domain reference: three values, allow before deny, own lists, age."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from signup_risk.errors import ReferenceProblem
from signup_risk.references import DomainFacts, open_references
from signup_risk.references.base import ReferenceInfo, absent
from signup_risk.references.domains import DomainList, DomainReference, package_dates
from tests.references.moments import LATER, NOW, at


def listed(name: str, *entries: str, stale_after: date | None = None) -> DomainList:
    """Make a list; ``group=domain`` gives an entry a group."""
    pairs = (entry.rpartition("=") for entry in entries)
    return DomainList(
        ReferenceInfo(name, stale_after=stale_after), {domain: group for group, _, domain in pairs}
    )


def missing(name: str) -> DomainList:
    """Make a list that could not be loaded."""
    return DomainList(absent(name, "gone"), {})


DENY = listed("disposable", "throw.example", "relay.example", "free.example", "operator=farm.example")
FREE = listed("free_mail", "big=free.example")
RELAYS = listed("relays", "shield=relay.example")
SUSPECTED = listed("suspected", "old.example", "throw.example")
REFERENCE = DomainReference((DENY,), SUSPECTED, FREE, RELAYS)


@pytest.mark.parametrize(
    ("domain", "facts"),
    [
        ("throw.example", DomainFacts(True, False, False, False, None)),
        ("a.b.throw.example", DomainFacts(True, False, False, False, None)),
        ("farm.example", DomainFacts(True, False, False, False, "operator")),
        ("old.example", DomainFacts(False, True, False, False, None)),
        ("relay.example", DomainFacts(False, False, False, True, "shield")),
        ("user.relay.example", DomainFacts(False, False, False, True, "shield")),
        ("free.example", DomainFacts(False, False, True, False, "big")),
        ("other.example", DomainFacts(False, False, False, False, None)),
        ("notthrow.example", DomainFacts(False, False, False, False, None)),
        ("example", DomainFacts(False, False, False, False, None)),
        ("", DomainFacts(False, False, False, False, None)),
    ],
)
def test_answers(domain: str, facts: DomainFacts) -> None:
    """Relays and free mail win over deny lists, parents count for relays and deny lists, others are clean."""
    assert REFERENCE.lookup(domain, NOW) == facts


def test_free_mail_counts_for_the_exact_domain() -> None:
    """Nobody gets a sub-domain of a free provider, so a deny list may hold one."""
    assert REFERENCE.lookup("x.free.example", NOW) == DomainFacts(True, False, False, False, None)


def test_a_missing_deny_list_makes_misses_unknown_and_leaves_hits() -> None:
    """With one of two lists gone, a hit in the other still is one, and a miss is no longer clean."""
    reference = DomainReference((DENY, missing("fakefilter")), SUSPECTED, FREE, RELAYS)
    assert reference.lookup("throw.example", NOW).disposable is True
    assert reference.lookup("other.example", NOW).disposable is None


def test_missing_allow_lists_are_unknown() -> None:
    """Without the lists of free mail and relays both are unknown, not false."""
    facts = DomainReference((DENY,), missing("suspected"), missing("free_mail"), missing("relays")).lookup(
        "other.example", NOW
    )
    assert facts == DomainFacts(False, None, None, None, None)


def test_each_list_expires_by_itself() -> None:
    """The moment of the sign-up decides, also when answers from before the end are still in the cache."""
    old = listed("disposable", "throw.example", stale_after=date(2026, 6, 30))
    reference = DomainReference((old,), SUSPECTED, FREE, RELAYS)
    before, after = at("2026-06-30"), at("2026-07-01")
    for _ in range(2):
        assert reference.lookup("throw.example", before).disposable is True
        assert reference.lookup("throw.example", after).disposable is None
        assert reference.lookup("other.example", before).disposable is False
        assert reference.lookup("other.example", after).disposable is None
        assert reference.lookup("free.example", after).free is True


def test_bundled_lists_in_date_and_out_of_date() -> None:
    """The bundled lists know the well-known, and say unknown of everything when all have expired."""
    domains = open_references().domains
    assert domains.lookup("mailinator.com", NOW).disposable is True
    assert domains.lookup("gmail.com", NOW).free is True
    assert domains.lookup("privaterelay.appleid.com", NOW).relay is True
    assert domains.lookup("mailinator.com", LATER) == DomainFacts()


def test_own_list_stands_for_the_first_tier(tmp_path: Path) -> None:
    """An own list of throw-away domains is the only one that is asked."""
    own = tmp_path / "mine.txt"
    own.write_text("# stale_after: 2027-06-30\nmine.example\n")
    references = open_references(overrides={"disposable": own})
    assert references.domains.lookup("x.mine.example", NOW).disposable is True
    assert references.domains.lookup("mailinator.com", NOW).disposable is False
    assert references.domains.lookup("mine.example", at("2027-07-01")).disposable is None
    info = next(info for info in references.infos() if info.name == "disposable")
    assert (info.source, info.rows, info.path) == ("user file", 1, str(own))


@pytest.mark.parametrize(
    ("name", "field"), [("free_mail", "free"), ("relays", "relay"), ("suspected", "suspected")]
)
def test_own_lists_of_the_other_kinds(tmp_path: Path, name: str, field: str) -> None:
    """Each other list can be replaced too."""
    own = tmp_path / "mine.txt"
    own.write_text("mine.example\n")
    facts = open_references(overrides={name: own}).domains.lookup("mine.example", NOW)
    assert getattr(facts, field) is True


def test_an_empty_own_list_is_refused(tmp_path: Path) -> None:
    """A list without a domain would call everything clean."""
    own = tmp_path / "mine.txt"
    own.write_text("# nothing\n")
    with pytest.raises(ReferenceProblem, match="holds no domain"):
        open_references(overrides={"disposable": own})


def test_dates_of_the_package() -> None:
    """A known version counts from the nearest date before it, a newer one has no end, an old one the first date."""
    assert package_dates("0.0.293") == (date(2026, 11, 9), date(2028, 11, 9))
    assert package_dates("0.0.294") == (date(2026, 11, 9), None)
    assert package_dates("0.0.1") == (date(2026, 6, 11), date(2028, 6, 11))


def test_answers_are_the_same_from_many_threads() -> None:
    """Threads share one reference and its cache."""
    domains = open_references().domains
    names = [f"{number}.example" for number in range(300)] + ["mailinator.com", "gmail.com", "duck.com"] * 100
    expected = [domains.lookup(name, NOW) for name in names]
    with ThreadPoolExecutor(8) as pool:
        found = pool.map(lambda _: [domains.lookup(name, NOW) for name in names], range(8))
        assert all(answers == expected for answers in found)
