"""Read the indicators of a bundle of STIX 2.1, and say of each whether it holds and can be used."""

from __future__ import annotations

import ipaddress
import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any, Final

from signup_risk.campaigns.partners import MAX_WEIGHT, PartnerIndicator
from signup_risk.campaigns.shareable import NAMESPACE, PREFIXES, IsCommon, is_too_common
from signup_risk.errors import ConfigurationError
from signup_risk.features.kinds import KIND

#: Id of the property extension of indicators.
EXTENSION: Final = f"extension-definition--{uuid.uuid5(NAMESPACE, 'extension')}"

#: Longest that what a partner says is believed after it was last said, whatever it says itself.
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


@dataclass(frozen=True, slots=True)
class Read:
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
        """Return when it runs out: at its own end, but no later than it is believed after it was last said."""
        last = min(at, max(self.modified, self.valid_from)) + LONGEST
        return min(last, self.valid_until or last)

    def left_out(self, at: datetime, is_common: IsCommon, *, has_secret: bool) -> str | None:
        """Say why nothing can be compared with it at a moment; None if something can."""
        if self.revoked:
            return "revoked"
        if at >= self.until(at):
            return "expired"
        if self.valid_from > at:
            return "not yet valid"
        if self.kind not in KIND or not KIND[self.kind].values:
            return "of a kind that is not known"
        if self.keyed_name is not None:
            return None if has_secret else "under a secret that is not given"
        if is_too_wide(self.values.get("ip_network")) or is_too_common(self.kind, self.values, is_common):
            return "too common"
        return "without confidence" if not self.confidence else None


def is_too_wide(network: str | None) -> bool:
    """Say whether a network is wider than those that sign-ups are counted by, or none at all.

    Examples:
        >>> is_too_wide("0.0.0.0/0"), is_too_wide("198.51.100.0/24"), is_too_wide(None)
        (True, False, False)
    """
    if network is None:
        return False
    try:
        read = ipaddress.ip_network(network)
    except ValueError:
        return True
    return read.prefixlen < PREFIXES[read.version]


def indicators(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
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


def read_indicator(stix2: ModuleType, number: int, told: dict[str, Any]) -> Read:
    """Read an indicator with the parser of the standard.

    Raises:
        ConfigurationError: It is malformed.
    """
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
        read = Read(parsed["id"], kind, values, keyed_name, sure, parsed["revoked"], *times)
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
