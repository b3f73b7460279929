"""Tell partners of campaigns and read what they tell, without telling of anybody."""

from __future__ import annotations

import pickle
import socket
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import stix2
from hypothesis import given
from hypothesis import strategies as st
from stix2validator import ValidationOptions, validate_string

from signup_risk import ConfigurationError
from signup_risk.campaigns.report import CampaignReport
from signup_risk.campaigns.stix import EXTENSION, export_bundle
from signup_risk.errors import MissingExtra
from tests.campaigns.bundles import AT, CELLS, FIRST, SECRET, campaign, changed, exported, imported, objects


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing connect to anything."""

    def refuse(*_: object) -> None:
        raise AssertionError("something connects")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def test_what_goes_out_comes_in() -> None:
    """Kinds and values survive the way, and the weight follows from the confidence."""
    partners = imported(exported(campaign()), weight=1.0)
    assert {one.kind: dict(one.values) for one in partners.indicators} == CELLS
    assert {one.weight for one in partners.indicators} == {0.9}
    assert {one.weight for one in imported(exported(campaign()), weight=0.5).indicators} == {0.45}
    assert pickle.loads(pickle.dumps(partners)) == partners  # noqa: S301 - our own bytes
    assert {type(one.valid_until) for one in partners.indicators} == {datetime}


@given(st.text(min_size=1, max_size=30), st.text(st.characters(codec="ascii"), min_size=1, max_size=30))
def test_any_text_survives(first: str, second: str) -> None:
    """Whatever an applicant's browser says of itself neither breaks a pattern nor changes on the way."""
    values = {"email_domain": "shop.example", "agent": f"{first}'\x1f{second}\\"}
    text = exported(campaign({"email_domain+agent": values}))
    stix2.parse(text, allow_custom=False)
    assert [dict(one.values) for one in imported(text).indicators] == [values]


def test_a_bundle_is_valid(offline: None) -> None:
    """The library's strict parser and the reference validator accept what goes out, without a network."""
    options = {"circle_secret": SECRET, "private_values": {"2026-06-10/1": [("device", "dev-77", 12)]}}
    text = exported(campaign(), campaign(id="2026-06-10/2", title="Night farm", status="confirmed"), **options)
    assert stix2.parse(text, allow_custom=False, version="2.1").type == "bundle"
    # 103 wants random ids; ours follow from what they name, so that an export updates the one before.
    result = validate_string(text, ValidationOptions(version="2.1", strict=True, disabled=["103"]))
    assert [str(error) for error in result.errors] == []
    assert result.is_valid


def test_a_broken_bundle_is_found() -> None:
    """The validator would see a pattern that is none."""
    text = changed(pattern="[domain-name:value = ")
    assert not validate_string(text, ValidationOptions(version="2.1")).is_valid


def test_patterns_say_all_of_a_cell() -> None:
    """Standard observables say what they can, the rest stands beside them: nobody matches more than the cell."""
    found = {
        one["extensions"][EXTENSION]["kind"]: one["pattern"]
        for one in objects(exported(campaign()), "indicator")
    }
    assert found["asn+email_domain"] == "[autonomous-system:number = 64500] AND [domain-name:value = 'shop.example']"
    assert found["ip_network"] == "[ipv4-addr:value ISSUBSET '198.51.100.0/24']"
    assert found["ip_network+email_form"] == (
        "[ipv6-addr:value ISSUBSET '2001:db8:7::/48'] AND [x-signup-cell:email_form = 'wd2\x1f']"
    )
    assert found["email_form+email_domain"] == (
        "[domain-name:value = 'gmail.com'] AND [x-signup-cell:email_form = 'wd2\x1ffirst_last']"
    )
    assert "request_header.'User-Agent' = 'Mozilla/5.0 (it\\'s \\\\ odd) Firefox/140.0'" in found["email_domain+agent"]


def test_objects_belong_together() -> None:
    """Every indicator indicates its campaign, and all come from one producer."""
    text = exported(campaign())
    [told] = objects(text, "campaign")
    indicators = objects(text, "indicator")
    links = objects(text, "relationship")
    assert {link["source_ref"] for link in links} == {one["id"] for one in indicators}
    assert {(link["relationship_type"], link["target_ref"]) for link in links} == {("indicates", told["id"])}
    assert "Example Shop" in [one["name"] for one in objects(text, "identity")]
    assert objects(text, "extension-definition")[0]["id"] == EXTENSION
    assert told["name"].startswith("network operator AS64500 and domain shop.example; ")
    assert all(0 < one["confidence"] <= 100 for one in indicators)


def test_nobody_is_named() -> None:
    """No member, no private value and no moment of a sign-up is in the text."""
    private = {"device": "dev-77", "email": "ada@shop.example", "ip": "198.51.100.7", "phone": "+442071838750"}
    cells = CELLS | {"device": {}, "card": {"card": "tok-9"}, "phone_block": {"phone_block": "+44207183"}}
    values = [(kind, value, 12) for kind, value in private.items()]
    found = campaign(cells, title="ring of ada@shop.example")
    text = exported(found, circle_secret=SECRET, private_values={found.id: values})
    for secret in (*private.values(), "tok-9", "+44207183", "member-", SECRET.decode(), "12:17:33", "ring of"):
        assert secret not in text
    assert len(objects(text, "indicator")) == len(CELLS) + len(private)


@pytest.mark.parametrize(
    "title", ["a@b.example", "from 198.51.100.7", "2001:db8::7", "+44 20 7183 8750", "by member-0003"]
)
def test_a_title_that_could_name_a_person_stays_home(title: str) -> None:
    """What an analyst wrote is told unless it holds an address, a number or a member."""
    assert title not in exported(campaign(title=title))
    assert objects(exported(campaign(title="Night farm")), "campaign")[0]["name"] == "Night farm"


def test_few_members_are_not_told_of() -> None:
    """A campaign of too few members stays home, and so does a cell that too few came through."""
    assert objects(exported(campaign(through=1)), "campaign") == []
    text = exported(campaign(through=9))
    assert (len(objects(text, "campaign")), objects(text, "indicator")) == (1, [])
    assert "shop.example" not in text
    assert len(objects(exported(campaign(through=9), least_members=9), "indicator")) == len(CELLS)
    few = {"2026-06-10/1": [("device", "dev-77", 9)]}
    text = exported(campaign(through=9), circle_secret=SECRET, private_values=few)
    assert objects(text, "indicator") == []


@pytest.mark.parametrize(("through", "told"), [(9, 0), (10, 2)])
def test_members_stand_behind_a_value_and_no_other_sign_ups(through: int, told: int) -> None:
    """However many sign-ups fall in a cell and however large the campaign, its members in the cell are what counts."""
    pairs = {kind: CELLS[kind] for kind in ("asn+email_domain", "screen+locale")}
    found = replace(campaign(through=9), cells=campaign(pairs, through=through, total=60).cells)
    assert (found.size, len(objects(exported(found), "indicator"))) == (54, told)


def test_members_are_counted_in_every_cell_that_they_fall_in() -> None:
    """A cell through which nobody came first is told if enough members fall in it."""
    found = campaign({"asn+email_domain": CELLS["asn+email_domain"]}, through=12)
    elsewhere = tuple(replace(member, via=99) for member in found.members)
    assert len(objects(exported(replace(found, members=elsewhere)), "indicator")) == 1


def test_of_a_report_only_narrow_combinations_are_told() -> None:
    """What more than the cap of all others fall in is left out; the cap can be raised."""
    pairs = {kind: CELLS[kind] for kind in ("asn+email_domain", "screen+locale")}
    found = campaign(pairs, through=12)
    wide, narrow = replace(found.cells[0], total=233), replace(found.cells[1], total=13)
    report = CampaignReport(8000, AT, AT, "m", True, "c", (replace(found, cells=(wide, narrow)),))
    options: dict[str, Any] = {"producer": "Example Shop", "at": AT}
    assert [one["name"] for one in objects(export_bundle(report, **options), "indicator")] == [narrow.words]
    assert len(objects(export_bundle(report, **options, outside_share=0.05), "indicator")) == 2


@pytest.mark.parametrize("status", ["quiet", "dismissed", "merged"])
def test_other_campaigns_are_not_told_of(status: Any) -> None:
    """Only open and confirmed campaigns are told of."""
    assert objects(exported(campaign(status=status)), "campaign") == []


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("email_domain", {"email_domain": "gmail.com"}),
        ("email_domain", {"email_domain": "duck.com"}),
        ("asn", {"asn": "64500"}),
        ("email_shape", {"email_shape": "l4.l5d2"}),
        ("ip_network", {"ip_network": "198.51.100.7/32"}),
        ("ip_network", {"ip_network": "no network"}),
        ("asn+email_domain", {"asn": "64500"}),
        ("kind_of_tomorrow", {"kind_of_tomorrow": "x"}),
    ],
)
def test_what_would_match_many_or_one_is_not_told(kind: str, values: dict[str, str]) -> None:
    """Values that many share never stand alone; addresses, unknown values and unknown kinds are left out."""
    title = "Night farm"
    assert objects(exported(campaign({kind: values}, title=title)), "indicator") == []


def test_a_lone_value_of_much_other_traffic_is_not_told() -> None:
    """A network that mostly carries other people is no campaign's, and a caller may say what is common."""
    found = campaign({"ip_network": CELLS["ip_network"]})
    busy = campaign({"ip_network": CELLS["ip_network"]}, total=30)
    assert len(objects(exported(found), "indicator")) == 1
    assert objects(exported(busy), "indicator") == []
    assert objects(exported(found, is_common=lambda *pair: pair[0] == "ip_network"), "indicator") == []


def test_confidence_falls_with_other_traffic() -> None:
    """Of a cell that twice as many pass through, half the confidence is left."""
    found = campaign({"asn+email_domain": CELLS["asn+email_domain"]}, total=24)
    [told] = objects(exported(found), "indicator")
    assert told["confidence"] == 45


def test_what_is_as_good_as_unsure_is_not_told() -> None:
    """A campaign whose members are hardly likely to be abusive has no indicators."""
    members = tuple(replace(member, probability=0.001) for member in campaign().members)
    private = {"2026-06-10/1": [("device", "dev-77", 12)]}
    text = exported(campaign(members=members), circle_secret=SECRET, private_values=private)
    assert (len(objects(text, "campaign")), objects(text, "indicator")) == (1, [])


def test_an_export_updates_the_one_before() -> None:
    """The same gives the same bytes; a later export has the same ids, and another producer has others."""
    assert exported(campaign()) == exported(campaign())
    later = exported(campaign(through=14), at=AT + timedelta(days=1))
    for kind in ("campaign", "indicator", "relationship", "identity"):
        before, after = objects(exported(campaign()), kind), objects(later, kind)
        assert [one["id"] for one in before] == [one["id"] for one in after]
    assert objects(later, "indicator")[0]["modified"] == "2026-06-21T08:30:00.000Z"
    assert objects(later, "indicator")[0]["created"] == objects(exported(campaign()), "indicator")[0]["created"]
    other = {one["id"] for one in objects(exported(campaign(), producer="Club"), "indicator")}
    assert not other & {one["id"] for one in objects(later, "indicator")}


def test_indicators_run_out() -> None:
    """An indicator holds for so long after its newest member, is not told after that, and not read either."""
    end = datetime(2026, 7, 10, tzinfo=UTC)
    text = exported(campaign())
    ends = {one["valid_until"] for one in objects(text, "indicator")}
    assert ends == {"2026-07-10T12:00:00Z", "2026-07-10T13:00:00Z"}
    assert len(imported(text, at=end).indicators) == len(CELLS)
    assert imported(text, at=end + timedelta(days=1)).indicators == ()
    assert imported(text, at=FIRST - timedelta(days=1)).indicators == ()
    late = exported(campaign(), at=end + timedelta(days=1))
    assert (len(objects(late, "campaign")), objects(late, "indicator")) == (1, [])
    assert objects(exported(campaign(), expires=timedelta(days=1)), "indicator") == []


@pytest.mark.parametrize(
    "options",
    [
        {"producer": ""},
        {"at": datetime(2026, 6, 20)},  # noqa: DTZ001 - a naive time is the point
        {"expires": timedelta(0)},
        {"least_members": 4},
        {"circle_secret": b"short"},
        {"private_values": {"2026-06-10/1": [("device", "dev-77", 12)]}},
        {"circle_secret": SECRET, "private_values": {"2026-06-10/1": [("asn", "64500", 12)]}},
    ],
)
def test_an_export_that_cannot_be_is_refused(options: dict[str, Any]) -> None:
    """Arguments that would tell too much, or nothing, are refused."""
    with pytest.raises(ConfigurationError):
        exported(campaign(), **options)


def test_without_the_extra_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without stix2 both ways say which extra to install."""
    monkeypatch.setitem(sys.modules, "stix2", None)
    with pytest.raises(MissingExtra, match=r"signup-risk\[sharing\]"):
        exported(campaign())
    with pytest.raises(MissingExtra, match=r"signup-risk\[sharing\]"):
        imported("{}")


@pytest.mark.parametrize("given", ["report.json", [{}], None])
def test_what_is_no_campaign_is_refused(given: Any) -> None:
    """The error says what can be told of."""
    with pytest.raises(ConfigurationError, match="give a CampaignReport"):
        export_bundle(given, producer="Example Shop", at=AT)
