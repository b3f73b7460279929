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
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from types import ModuleType
from typing import Any, Final

from signup_risk.campaigns.found import FoundCampaign
from signup_risk.campaigns.partners import MAX_WEIGHT, PartnerIndicator, Partners, check_circle_secret, shared_name
from signup_risk.campaigns.shareable import (
    IsCommon,
    PrivateValue,
    Shareable,
    common_by,
    hour,
    is_too_common,
    keyed,
    shareable,
    title_of,
)
from signup_risk.errors import ConfigurationError, MissingExtra
from signup_risk.features.kinds import KIND
from signup_risk.references import open_references

__all__ = ["EXTENSION", "export_bundle", "import_bundle", "shared_name"]

_NAMESPACE: Final = uuid.UUID("5a0f7f0e-3f0c-4c55-9d0b-7f2c1a4b9e61")

#: Id of the property extension of indicators.
EXTENSION: Final = f"extension-definition--{uuid.uuid5(_NAMESPACE, 'extension')}"

#: How long an indicator holds after its newest member. Farms change their ways in weeks.
EXPIRES: Final = timedelta(days=30)

#: Fewest members that a campaign and a cell may be asked to have; less could point at people.
FEWEST: Final = 5

#: Longest that what a partner says is believed, whatever it says itself.
LONGEST: Final = timedelta(days=90)

#: Limits of what is read.
MOST_BYTES: Final = 16 * 2**20
MOST_OBJECTS: Final = 50_000
MOST_INDICATORS: Final = 10_000
_LONGEST_TEXT: Final = 16_384

#: What the parser would make up, by the clock, if it is missing.
_REQUIRED: Final = frozenset({"spec_version", "id", "created", "modified", "valid_from"})

#: Confidence of an indicator that states none.
_UNSTATED: Final = 50

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
    campaigns: Sequence[FoundCampaign],
    *,
    producer: str,
    at: datetime,
    expires: timedelta = EXPIRES,
    least_members: int = 10,
    circle_secret: bytes | None = None,
    private_values: Mapping[str, Sequence[PrivateValue]] | None = None,
    is_common: IsCommon | None = None,
) -> str:
    """Return campaigns as a STIX 2.1 bundle, in JSON.

    Ids follow from producer, campaign and cell, so that a later export updates what partners have.

    Args:
        campaigns: Campaigns; open and confirmed ones with enough members are told, others are not.
        producer: Who tells.
        at: Moment of the export.
        expires: How long an indicator holds after its newest member.
        least_members: Fewest members of a campaign, and of each cell that is told.
        circle_secret: Secret that partners share, for keyed names of values that are somebody's own.
        private_values: Such values by id of campaign: kind, raw value, members. Only their keyed names are told.
        is_common: Says of a name and a value whether many share it; by default free mail and relays are common.

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
    for campaign in campaigns:
        if campaign.status not in {"open", "confirmed"} or campaign.size < least_members:
            continue
        private = (private_values or {}).get(campaign.id, ())
        hidden = () if secret is None else keyed(campaign, private, secret, least_members)
        objects += writer.campaign(campaign, list(chain(shareable(campaign, least_members, common), hidden)))
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
    that this version does not know, keyed names without a secret, and values that a large part of traffic shares.

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
    _check_moment("at", at)
    if not 0.0 < weight <= MAX_WEIGHT:
        raise ConfigurationError(f"weight is {weight!r}; give log-odds above 0, at most {MAX_WEIGHT}")
    secrets = () if circle_secret is None else (check_circle_secret(circle_secret),)
    common = is_common or common_by(open_references(), at)
    newest: dict[str, _Read] = {}
    for number, told in _indicators(text):
        read = _read(stix2, number, told)
        if read.id not in newest or read.modified > newest[read.id].modified:
            newest[read.id] = read
    found = [
        PartnerIndicator(read.kind, read.values, read.keyed_name, amount, read.until(at), source)
        for read in newest.values()
        if read.holds(at) and read.is_usable(common, has_secret=bool(secrets))
        if (amount := weight * read.confidence / 100) > 0
    ]
    return Partners(tuple(found), secrets)


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


@dataclass(frozen=True, slots=True)
class _Read:
    """Hold an indicator as it was read."""

    id: str
    kind: str
    values: Mapping[str, str]
    keyed_name: str | None
    confidence: int
    revoked: bool
    modified: datetime
    valid_from: datetime
    valid_until: datetime | None

    def until(self, at: datetime) -> datetime:
        """Return when it runs out."""
        return min(at + LONGEST, self.valid_until or at + LONGEST)

    def holds(self, at: datetime) -> bool:
        """Say whether it is neither revoked nor over nor yet to begin."""
        return not self.revoked and self.valid_from <= at < self.until(at)

    def is_usable(self, is_common: IsCommon, *, has_secret: bool) -> bool:
        """Say whether anything particular can be compared with it."""
        if self.kind not in KIND or not KIND[self.kind].values:
            return False
        if self.keyed_name is not None:
            return has_secret
        return not is_too_common(self.kind, self.values, is_common)


def _indicators(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the indicators of the extension with their numbers, from one."""
    if len(text) > MOST_BYTES or len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        raise ConfigurationError(f"the bundle is larger than {MOST_BYTES >> 20} MB; ask the partner for a smaller one")
    try:
        told = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise ConfigurationError(
            f"the bundle is no JSON ({type(problem).__name__}); give the text of a STIX 2.1 bundle"
        ) from None
    objects = told.get("objects", []) if isinstance(told, dict) and told.get("type") == "bundle" else None
    if not isinstance(objects, list) or not all(isinstance(one, dict) for one in objects):
        raise ConfigurationError("the text is no bundle: an object of type bundle with a list of objects; give one")
    found = [(number, one) for number, one in enumerate(objects, start=1) if _is_ours(one)]
    if len(objects) > MOST_OBJECTS or len(found) > MOST_INDICATORS:
        raise ConfigurationError(
            f"the bundle has {len(objects)} objects and {len(found)} indicators of sign-ups; allowed: "
            f"{MOST_OBJECTS} and {MOST_INDICATORS}; ask the partner for a smaller one"
        )
    yield from found


def _is_ours(told: dict[str, Any]) -> bool:
    extensions = told.get("extensions")
    return told.get("type") == "indicator" and isinstance(extensions, dict) and EXTENSION in extensions


def _read(stix2: ModuleType, number: int, told: dict[str, Any]) -> _Read:
    try:
        if len(told.get("pattern", "")) > _LONGEST_TEXT:
            raise ValueError("its pattern is too long")  # noqa: TRY301 - refused as everything else is
        if missing := _REQUIRED - set(told):
            raise ValueError(f"it has no {min(missing)}")  # noqa: TRY301 - likewise
        parsed = stix2.parse(told, allow_custom=True, version="2.1")
        sure = parsed.get("confidence", _UNSTATED)
        if not 0 <= sure <= 100:
            raise ValueError("its confidence is not from 0 to 100")  # noqa: TRY301 - likewise
        kind, values, keyed_name = _body(parsed["extensions"][EXTENSION])
        until = _plain(parsed["valid_until"]) if "valid_until" in parsed else None
        times = _plain(parsed["modified"]), _plain(parsed["valid_from"]), until
        read = _Read(parsed["id"], kind, values, keyed_name, sure, parsed["revoked"], *times)
        if kind in KIND and KIND[kind].values:
            PartnerIndicator(kind, values, keyed_name, MAX_WEIGHT, read.modified, "checked")
    except Exception as problem:  # noqa: BLE001 - whatever a partner's text makes the parser do, it is refused
        said = str(problem)[:120].encode("ascii", "backslashreplace").decode()
        raise ConfigurationError(
            f"object {number} of the bundle is no indicator of sign-ups ({type(problem).__name__}: {said}); allowed: "
            "what export_bundle writes; ask the partner to export it again"
        ) from None
    return read


def _plain(at: datetime) -> datetime:
    """Return a moment of the parser's own class as one that every process can read."""
    return datetime.combine(at.date(), at.time(), UTC)


def _body(body: Any) -> tuple[str, dict[str, str], str | None]:
    """Read the extension of an indicator."""
    kind, values, keyed_name = body["kind"], body["values"], body.get("keyed_name")
    if body["extension_type"] != "property-extension" or not isinstance(values, dict):
        raise ValueError("its extension is no property extension with values")
    texts = [kind, *values, *values.values(), *([] if keyed_name is None else [keyed_name])]
    if not all(isinstance(one, str) and 0 < len(one) <= _LONGEST_TEXT for one in texts):
        raise ValueError("kind, values and keyed name of its extension are not all texts of reasonable length")
    return kind, dict(values), keyed_name


def _check_export(producer: str, at: datetime, expires: timedelta, least_members: int) -> None:
    _check_moment("at", at)
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
    return f"{kind}--{uuid.uuid5(_NAMESPACE, json.dumps([kind, *parts]))}"


def _stix2() -> ModuleType:
    try:
        import stix2
    except ImportError as problem:
        raise MissingExtra(
            "sharing of campaigns needs the package stix2; install it with: pip install 'signup-risk[sharing]'"
        ) from problem
    found: ModuleType = stix2
    return found
