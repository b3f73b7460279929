"""Read what partners tell, and believe none of it blindly."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any

import pytest

from signup_risk import ConfigurationError
from signup_risk.campaigns import stix, stix_reading
from signup_risk.campaigns.partners import Partners, shared_name
from signup_risk.campaigns.stix import EXTENSION
from tests.campaigns.bundles import AT, CELLS, SECRET, campaign, changed, exported, extended, imported


def test_no_partner_is_believed_for_ever() -> None:
    """An indicator without an end, or with a far one, counts for three months."""
    for until in (None, "9999-01-01T00:00:00Z"):
        [one] = imported(changed(valid_until=until)).indicators
        assert one.valid_until == AT + stix.LONGEST


def test_keyed_names_need_the_secret() -> None:
    """A private value matches with the secret; without one it is left out, and a wrong one matches nothing."""
    private = {"2026-06-10/1": [("device", "dev-77", 12)]}
    text = exported(campaign(), circle_secret=SECRET, private_values=private)
    assert shared_name("device", "dev-77", SECRET) in text
    assert imported(text, circle_secret=SECRET).weight({"device": "dev-77"}, AT)[0] == pytest.approx(0.45)
    assert imported(text, circle_secret=b"some other secret").weight({"device": "dev-77"}, AT) == (0.0, ())
    assert {one.kind for one in imported(text).indicators} == set(CELLS)


def test_the_newest_version_counts() -> None:
    """Of two versions of an indicator the later counts, and if that is revoked none does."""
    bundle = json.loads(changed())
    told = next(one for one in bundle["objects"] if one["type"] == "indicator")
    newer = {**told, "modified": "2026-06-20T09:00:00.000Z", "confidence": 10}
    bundle["objects"] = [newer, told]
    assert [one.weight for one in imported(json.dumps(bundle)).indicators] == [0.1]
    bundle["objects"] = [told, {**newer, "revoked": True}]
    assert imported(json.dumps(bundle)).indicators == ()


def test_other_objects_are_left_alone() -> None:
    """Objects that are not ours, of whatever make, and kinds of a later version are no error."""
    others = [{"type": "malware", "name": []}, {"type": "x-thing"}, {}, {"type": "indicator", "pattern": 7}]
    assert imported(json.dumps({"type": "bundle", "objects": others})).indicators == ()
    assert imported('{"type": "bundle"}').indicators == ()
    assert imported(extended(kind="kind_of_tomorrow", values={"a": "b"})).indicators == ()
    assert imported(changed(confidence=0)).indicators == ()
    assert [one.weight for one in imported(changed(confidence=None)).indicators] == [0.5]


def test_common_values_of_a_partner_are_left_out() -> None:
    """A partner who names a free mail domain or an operator alone raises nobody's score."""
    assert imported(extended(kind="email_domain", values={"email_domain": "gmail.com"})).indicators == ()
    assert imported(extended(kind="asn", values={"asn": "64500"})).indicators == ()
    assert imported(changed(), is_common=lambda *_: True).indicators == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "[" * 100_000,
        '{"type": "campaign"}',
        '{"type": "bundle", "objects": {}}',
        '{"type": "bundle", "objects": [7]}',
        '{"type": "bundle", "objects": ' + "9" * 5000 + "}",
        changed(pattern="[domain-name:value = "),
        changed(pattern="(" * 8000 + "[a:b = 1]" + ")" * 8000),
        changed(pattern="[a:b = '" + "x" * 20_000 + "']"),
        changed(pattern=7),
        changed(id="indicator--7"),
        changed(id=None),
        changed(modified=None),
        changed(modified="yesterday"),
        changed(valid_until="2020-01-01T00:00:00Z"),
        changed(confidence=101),
        changed(confidence=-1),
        changed(confidence="high"),
        changed(extensions={EXTENSION: []}),
        extended(extension_type="toplevel-property-extension"),
        extended(values=[]),
        extended(values={}),
        extended(values={"ip_network": ""}),
        extended(values={"ip_network": 7}),
        extended(values={"ip_network": "x" * 20_000}),
        extended(values={"ip_network": "198.51.100.0/24", "asn": "64500"}),
        extended(kind=["ip_network"]),
        extended(kind="device", values={"device": "dev-77"}),
        extended(kind="device", values={}, keyed_name="x"),
        extended(kind="ip_network", values={}, keyed_name="a" * 64),
    ],
    ids=range(31),
)
def test_hostile_bundles_are_refused(text: str) -> None:
    """What is malformed is refused as a whole, in a message of bounded length."""
    with pytest.raises(ConfigurationError, match=r"bundle|JSON") as refused:
        imported(text)
    assert len(str(refused.value)) < 500
    assert str(refused.value).isascii()


def test_large_bundles_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text that is too long is not even parsed, and the number of objects and indicators is bounded."""
    with pytest.raises(ConfigurationError, match="16 MB"):
        imported(" " * (stix_reading.MOST_BYTES + 1))
    with pytest.raises(ConfigurationError, match="16 MB"):
        imported("é" * (stix_reading.MOST_BYTES // 2 + 1))
    many = json.dumps({"type": "bundle", "objects": [{}] * (stix_reading.MOST_OBJECTS + 1)})
    with pytest.raises(ConfigurationError, match="50001 objects"):
        imported(many)
    monkeypatch.setattr(stix_reading, "MOST_INDICATORS", 0)
    with pytest.raises(ConfigurationError, match="1 indicators"):
        imported(changed())


@pytest.mark.parametrize(
    "options",
    [
        {"weight": 0.0},
        {"weight": 2.5},
        {"at": datetime(2026, 6, 20)},  # noqa: DTZ001 - a naive time is the point
        {"source": ""},
        {"circle_secret": b"short"},
    ],
)
def test_an_import_that_cannot_be_is_refused(options: dict[str, Any]) -> None:
    """Weights out of bounds, naive times, nameless sources and short secrets are refused."""
    with pytest.raises(ConfigurationError):
        imported(changed(), **options)


@pytest.mark.parametrize("network", ["0.0.0.0/0", "::/0", "198.0.0.0/8", "2001:db8::/32", "no network"])
def test_networks_wider_than_those_counted_are_left_out(network: str) -> None:
    """Half the Internet is nobody's campaign, and it is said that it was left out."""
    told = imported(extended(kind="ip_network", values={"ip_network": network}))
    assert (told.indicators, told.left_out) == ((), {"too common": 1})


def test_what_was_said_long_ago_has_run_out() -> None:
    """An indicator without an end lapses three months after it was last said, however often it is read."""
    old = changed(
        created="2026-01-01T00:00:00Z", modified="2026-03-01T00:00:00Z", valid_from="2026-01-01T00:00:00Z",
        valid_until="9999-01-01T00:00:00Z",
    )  # fmt: skip
    assert imported(old).left_out == {"expired": 1}
    [one] = imported(old, at=datetime(2026, 5, 1, tzinfo=UTC)).indicators
    assert one.valid_until == datetime(2026, 3, 1, tzinfo=UTC) + stix.LONGEST


def test_what_is_left_out_is_counted(caplog: pytest.LogCaptureFixture) -> None:
    """Revoked, expired, unknown and keyed indicators are counted by reason, also over partners together, and logged."""
    texts = [
        changed(revoked=True),
        changed(valid_until="2026-06-11T00:00:00Z"),
        extended(kind="kind_of_tomorrow", values={"a": "b"}),
        extended(kind="device", values={}, keyed_name="0" * 64),
        changed(confidence=0),
        changed(valid_from="2026-07-01T00:00:00Z", valid_until="2026-07-09T00:00:00Z"),
        changed(),
    ]
    with caplog.at_level(logging.WARNING):
        together = sum(map(imported, texts), Partners())
    assert together.left_out == dict.fromkeys(
        (
            "revoked", "expired", "of a kind that is not known", "under a secret that is not given",
            "without confidence", "not yet valid",
        ), 1,
    )  # fmt: skip
    assert len(together.indicators) == 1
    assert caplog.text.count("left out: 1 ") == 6


def test_bundles_are_texts() -> None:
    """Bytes are refused with what to do."""
    with pytest.raises(ConfigurationError, match="is of type bytes"):
        imported(changed().encode())  # type: ignore[arg-type]
