"""Try how evidence on a network is combined."""

from __future__ import annotations

import pytest

from signup_risk.references import NetworkFacts
from signup_risk.references.mmdb import NetworkRecord
from signup_risk.references.network_class import CLASSES, Listed, classify, read_classes

TABLE = dict(enumerate(sorted(CLASSES), 64500))
NUMBER_OF = {kind: number for number, kind in TABLE.items()}
NO_LISTS = Listed()


def facts_of(kind: str, listed: Listed = NO_LISTS) -> NetworkFacts:
    """Classify an address of a system of a class."""
    return classify(NetworkRecord("FR", NUMBER_OF[kind], "Example"), listed, TABLE)


def flags(facts: NetworkFacts) -> tuple[bool | None, ...]:
    """Return hosting, vpn, relay."""
    return facts.is_hosting, facts.is_vpn, facts.is_relay


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("hosting", (True, None, False)),
        ("vpn", (True, True, False)),
        ("relay", (False, False, True)),
        ("mobile", (False, False, False)),
        ("education", (False, False, False)),
        ("isp", (False, False, False)),
        ("business", (False, False, False)),
    ],
)
def test_the_table_decides_by_number(kind: str, expected: tuple[bool | None, ...]) -> None:
    """People's networks are neither hosting nor vpn; a hoster may carry a vpn, which without a list is unknown."""
    facts = facts_of(kind)
    assert (facts.kind, flags(facts)) == (kind, expected)
    assert (facts.is_tor, facts.is_proxy) == (None, False if kind == "relay" else None)


def test_a_relay_is_neither_vpn_nor_hosting() -> None:
    """Public lists hold relays as data centres and vpn; the relay wins, whether the list or the table knows it."""
    everything = Listed(relay=True, vpn=True, hosting=True, proxy=True)
    for facts in (facts_of("hosting", everything), facts_of("relay", everything._replace(relay=False))):
        assert (facts.kind, flags(facts), facts.is_proxy) == ("relay", (False, False, True), False)


def test_a_list_wins_over_people() -> None:
    """An exit in somebody's home is an exit: the list names the address, the table only its owner."""
    facts = facts_of("isp", Listed(relay=False, tor=True, vpn=True, hosting=False, proxy=False))
    assert (facts.kind, facts.is_tor, facts.is_vpn, facts.is_hosting) == ("tor", True, True, False)


@pytest.mark.parametrize(
    ("flag", "kind"),
    [("tor", "tor"), ("vpn", "vpn"), ("proxy", "proxy"), ("hosting", "hosting"), ("relay", "relay")],
)
def test_each_list(flag: str, kind: str) -> None:
    """A hit in each list sets its flag and the kind; a miss is false; no list is unknown."""
    nobody = NetworkRecord("FR")
    hit = classify(nobody, Listed(**{flag: True}), None)
    assert (getattr(hit, f"is_{flag}"), hit.kind) == (True, kind)
    assert getattr(classify(nobody, Listed(**{flag: False}), None), f"is_{flag}") is False
    assert getattr(classify(nobody, NO_LISTS, None), f"is_{flag}") is None


@pytest.mark.parametrize(
    ("name", "kind", "is_hosting"),
    [
        ("University of Somewhere", "education", False),
        ("Universidad Ejemplo", "education", False),
        ("Example School District 9", "education", False),
        ("Example Mobile", "mobile", False),
        ("Best Hosting Ltd", None, None),
        ("CloudCo", None, None),
        ("University Hosting", None, None),
        ("Example Telecom", None, False),
        ("Automobile Club", None, False),
        (None, None, False),
    ],
)
def test_a_name_is_a_weak_hint(name: str | None, kind: str | None, is_hosting: bool | None) -> None:
    """For a system that the table lacks, its name can make hosting doubtful, never certain."""
    facts = classify(NetworkRecord("FR", 65000, name), NO_LISTS, TABLE)
    assert (facts.kind, facts.is_hosting, facts.is_relay) == (kind, is_hosting, False)


def test_without_table_or_number_all_is_unknown() -> None:
    """An unknown network, or a table out of date, says nothing of the kind."""
    for facts in (
        classify(NetworkRecord("FR", 65000, "Example"), NO_LISTS, None),
        classify(NetworkRecord("FR"), NO_LISTS, TABLE),
    ):
        assert (facts.kind, flags(facts)) == (None, (None, None, None))
    assert classify(NetworkRecord("FR", 65000, "X Hosting"), NO_LISTS, None).is_hosting is None


@pytest.mark.parametrize("text", ["asn,class\n64500,bad", "asn,class\nAS1,isp"])
def test_a_table_with_a_mistake_is_refused(text: str) -> None:
    """A class that is none, and a number that is none, are not passed over."""
    with pytest.raises(ValueError, match=r"bad|AS1"):
        read_classes(text)
