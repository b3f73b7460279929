"""Tell partners of campaigns, and read what they tell, as STIX 2.1.

A campaign becomes a ``campaign``, each of its cells that may be told an ``indicator`` that ``indicates`` it. The
pattern of an indicator says with standard observables what these can say, and the rest with the observable
``x-signup-cell``, so that nobody matches more than the cell. Kind and values stand once more, for machines, in a
property extension:

- ``kind``: Kind of key, see :data:`signup_risk.features.kinds.KINDS`.
- ``values``: Its values by name, as :data:`signup_risk.features.keys.READERS` reads them.
- ``keyed_name``: Instead of values, the keyed name of a value that is somebody's own, see
  :func:`signup_risk.campaigns.partners.shared_name`.

No person is named: no member, no mailbox, phone number, device, card, name or IP address, and no moment finer than an
hour.
"""

from __future__ import annotations

import json
import logging
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from types import ModuleType
from typing import Any, Final

from signup_risk.campaigns.action import Caps, reach
from signup_risk.campaigns.found import FoundCampaign
from signup_risk.campaigns.partners import MAX_WEIGHT, PartnerIndicator, Partners, check_circle_secret, shared_name
from signup_risk.campaigns.report import CampaignReport
from signup_risk.campaigns.shareable import (
    NAMESPACE,
    IsCommon,
    PrivateValue,
    Shareable,
    common_by,
    hour,
    keyed,
    shareable,
    title_of,
)
from signup_risk.campaigns.stix_reading import EXTENSION, LONGEST, Read, indicators, read_indicator
from signup_risk.campaigns.texts import cleaned
from signup_risk.errors import ConfigurationError, MissingExtra
from signup_risk.references import open_references

_LOG: Final = logging.getLogger(__name__)

__all__ = ["EXTENSION", "LONGEST", "export_bundle", "import_bundle", "shared_name"]

#: How long an indicator holds after its newest member. Farms change their ways in weeks.
EXPIRES: Final = timedelta(days=30)

#: Fewest members that a campaign and a cell may be asked to have; less could point at people.
FEWEST: Final = 5

#: When the form of the extension was settled: neither it nor the identities change with an export.
_SETTLED: Final = datetime(2026, 11, 1, tzinfo=UTC)

_SCHEMA: Final = json.dumps(
    {
        "type": "object",
        "properties": {
            "extension_type": {"const": "property-extension"},
            "kind": {"type": "string", "description": "names of the values, joined with +"},
            "values": {"type": "object", "additionalProperties": {"type": "string"}},
            "keyed_name": {
                "type": "string",
                "pattern": "^[0-9a-f]{64}$",
                "description": "HMAC-SHA256, under a secret that partners share, of kind, a zero byte and value",
            },
        },
        "required": ["extension_type", "kind", "values"],
    }
)


def export_bundle(  # noqa: PLR0913 - what is told, by whom, when, and what keeps people out of it
    campaigns: CampaignReport | Sequence[FoundCampaign],
    *,
    producer: str,
    at: datetime,
    expires: timedelta = EXPIRES,
    least_members: int = 10,
    circle_secret: bytes | None = None,
    private_values: Mapping[str, Sequence[PrivateValue]] | None = None,
    is_common: IsCommon | None = None,
    outside_share: float = Caps().outside_share,
) -> str:
    """Return campaigns as a STIX 2.1 bundle, in JSON.

    Ids follow from producer, campaign and cell, so that a later export updates what partners have.

    Args:
        campaigns: A report or campaigns; open and confirmed ones with enough members are told, others are not.
        producer: Who tells.
        at: Moment of the export.
        expires: How long an indicator holds after its newest member.
        least_members: Fewest members of a campaign, and of each cell that is told.
        circle_secret: Secret that partners share, for keyed names of values that are somebody's own.
        private_values: Such values by id of campaign: kind, raw value, members. Only their keyed names are told.
        is_common: Says of a name and a value whether many share it; by default free mail and relays are common.
        outside_share: Largest share of the sign-ups outside a campaign that may fall in a cell that is told. Only a
            report says how many there are; of campaigns alone it is not asked.

    Raises:
        ConfigurationError: An argument cannot be used.
        MissingExtra: The extra ``sharing`` is not installed.
    """
    stix2 = _stix2()
    _check_export(producer, at, expires, least_members)
    if private_values and circle_secret is None:
        raise ConfigurationError("private_values are given without circle_secret; give the secret of the circle too")
    secret = None if circle_secret is None else check_circle_secret(circle_secret)
    common = is_common or common_by(open_references(), at)
    writer = _Writer(stix2, producer, at, expires)
    objects = writer.preamble()
    for campaign in _given(campaigns):
        if campaign.status not in {"open", "confirmed"} or campaign.size < least_members:
            continue
        private = (private_values or {}).get(campaign.id, ())
        hidden = () if secret is None else keyed(campaign, private, secret, least_members)
        narrow = _narrow(campaigns, campaign, outside_share)
        objects += writer.campaign(campaign, list(chain(shareable(narrow, least_members, common), hidden)))
    bundle = stix2.v21.Bundle(id=_id("bundle", producer, at.isoformat()), objects=objects)
    return f"{bundle.serialize(indent=1)}\n"


def import_bundle(  # noqa: PLR0913 - what is read, from whom, when, and how much it counts
    text: str,
    *,
    source: str,
    at: datetime,
    weight: float = 1.0,
    circle_secret: bytes | None = None,
    is_common: IsCommon | None = None,
) -> Partners:
    """Read what a partner tells.

    Indicators of the extension are read. Left out are all other objects, revoked and expired indicators, those of kinds
    that this version does not know, keyed names without a secret, networks wider than those that sign-ups are counted
    by, and values that a large part of traffic shares. How many were left out why, the log and
    :attr:`signup_risk.campaigns.partners.Partners.left_out` say. None is believed for longer than :data:`LONGEST`
    after it was last said.

    Args:
        text: A bundle, in JSON.
        source: What to call the partner.
        at: Moment of the import.
        weight: Log-odds of an indicator of confidence 100; others count in proportion.
        circle_secret: Secret that partners share, for keyed names.
        is_common: Says of a name and a value whether many share it; by default free mail and relays are common.

    Raises:
        ConfigurationError: It is no such bundle, too large, or an indicator in it is malformed.
        MissingExtra: The extra ``sharing`` is not installed.
    """
    stix2 = _stix2()
    if not isinstance(text, str):
        raise ConfigurationError(f"the bundle is of type {type(text).__name__}; give its text, decoded as UTF-8")
    _check_moment("at", at)
    if not 0.0 < weight <= MAX_WEIGHT:
        raise ConfigurationError(f"weight is {weight!r}; give log-odds above 0, at most {MAX_WEIGHT}")
    secrets = () if circle_secret is None else (check_circle_secret(circle_secret),)
    common = is_common or common_by(open_references(), at)
    newest: dict[str, Read] = {}
    for number, told in indicators(text):
        read = read_indicator(stix2, number, told)
        if read.id not in newest or read.modified > newest[read.id].modified:
            newest[read.id] = read
    found, left = [], Counter[str]()
    for read in newest.values():
        reason = read.left_out(at, common, has_secret=bool(secrets))
        if reason is None:
            amount = weight * read.confidence / 100
            found.append(PartnerIndicator(read.kind, read.values, read.keyed_name, amount, read.until(at), source))
        else:
            left[reason] += 1
    if left:
        reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(left.items()))
        _LOG.warning("%d indicators read from a partner, left out: %s", len(found), reasons)
    return Partners(tuple(found), secrets, dict(sorted(left.items())))


def _given(campaigns: CampaignReport | Sequence[FoundCampaign]) -> Sequence[FoundCampaign]:
    given = campaigns.campaigns if isinstance(campaigns, CampaignReport) else campaigns
    if not isinstance(given, Sequence) or not all(isinstance(one, FoundCampaign) for one in given):
        raise ConfigurationError(
            f"campaigns is of type {type(given).__name__}; give a CampaignReport or what Scorer.found_campaigns returns"
        )
    return given


def _narrow(
    campaigns: CampaignReport | Sequence[FoundCampaign], campaign: FoundCampaign, outside_share: float
) -> FoundCampaign:
    """Return a campaign with the cells that may act alone, if it is known how many sign-ups there are."""
    if not isinstance(campaigns, CampaignReport):
        return campaign
    reaches = reach(campaign, traffic=campaigns.signups, caps=Caps(outside_share=outside_share))
    return replace(campaign, cells=tuple(cell for cell in campaign.cells if reaches[cell.key].acts_alone))


class _Writer:
    """Write the objects of one export."""

    def __init__(self, stix2: ModuleType, producer: str, at: datetime, expires: timedelta) -> None:
        self._v21 = stix2.v21
        self._name = producer
        self._id = _id("identity", producer)
        self._at = at
        self._expires = expires

    def preamble(self) -> list[Any]:
        """Return who tells, and what the extension means."""
        settled = {"created": _SETTLED, "modified": _SETTLED}
        author = self._v21.Identity(id=_id("identity"), name="signup-risk", identity_class="system", **settled)
        producer = self._v21.Identity(id=self._id, name=self._name, identity_class="organization", **settled)
        extension = self._v21.ExtensionDefinition(
            id=EXTENSION,
            created_by_ref=author.id,
            name="Cell of sign-ups",
            description="Kind and values of a combination that sign-ups of a campaign have in common.",
            schema=_SCHEMA,
            version="1.0.0",
            extension_types=["property-extension"],
            **settled,
        )
        return [author, producer, extension]

    def campaign(self, found: FoundCampaign, told: Sequence[Shareable]) -> list[Any]:
        """Return a campaign, the indicators that hold at the moment, and what they indicate."""
        common = self._common(found)
        campaign = self._v21.Campaign(
            id=_id("campaign", self._name, found.id),
            name=title_of(found, told),
            description=f"{found.size} sign-ups",
            first_seen=hour(found.first_seen),
            last_seen=hour(found.last_seen),
            labels=["sign-up-campaign", found.status],
            **common,
        )
        objects = [campaign]
        for one in told:
            if one.last_seen + self._expires > self._at:
                indicator = self._indicator(found, one, common)
                relation = _id("relationship", self._name, found.id, indicator.id)
                objects += [
                    indicator,
                    self._v21.Relationship(indicator.id, "indicates", campaign.id, id=relation, **common),
                ]
        return objects

    def _common(self, found: FoundCampaign) -> dict[str, Any]:
        created = hour(found.opened_at)
        return {"created_by_ref": self._id, "created": created, "modified": max(created, self._at)}

    def _indicator(self, found: FoundCampaign, one: Shareable, common: Mapping[str, Any]) -> Any:
        body: dict[str, Any] = {"extension_type": "property-extension", "kind": one.kind, "values": dict(one.values)}
        if one.keyed_name is not None:
            body["keyed_name"] = one.keyed_name
        cell = json.dumps([one.kind, dict(one.values), one.keyed_name], sort_keys=True)
        return self._v21.Indicator(
            id=_id("indicator", self._name, found.id, cell),
            name=one.words,
            description="What sign-ups of one campaign have in common.",
            indicator_types=["anomalous-activity"],
            pattern=one.pattern,
            pattern_type="stix",
            valid_from=one.first_seen,
            valid_until=one.last_seen + self._expires,
            confidence=one.confidence,
            labels=["sign-up-campaign", one.kind.replace("+", "-and-").replace("_", "-")],
            extensions={EXTENSION: body},
            **common,
        )


def _check_export(producer: str, at: datetime, expires: timedelta, least_members: int) -> None:
    _check_moment("at", at)
    if not isinstance(producer, str) or cleaned("producer", producer) != producer:
        raise ConfigurationError("producer is no text without control characters and spaces around it; name it so")
    if not 0 < len(producer) <= 200:
        raise ConfigurationError(f"producer has {len(producer)} characters; name it in 1 to 200")
    if expires <= timedelta(0):
        raise ConfigurationError(f"expires is {expires}; give more than nothing")
    if least_members < FEWEST:
        raise ConfigurationError(
            f"least_members is {least_members}; give at least {FEWEST}, so that nobody is singled out"
        )


def _check_moment(name: str, at: datetime) -> None:
    if at.tzinfo is None:
        raise ConfigurationError(f"{name} is a time without an offset; give an aware datetime")


def _id(kind: str, *parts: str) -> str:
    return f"{kind}--{uuid.uuid5(NAMESPACE, json.dumps([kind, *parts]))}"


def _stix2() -> ModuleType:
    try:
        import stix2
    except ImportError as problem:
        raise MissingExtra(
            "sharing of campaigns needs the package stix2; install it with: pip install 'signup-risk[sharing]'"
        ) from problem
    found: ModuleType = stix2
    return found
