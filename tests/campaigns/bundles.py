"""Hold the campaign that tests of sharing tell of, and bundles that say something else."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from signup_risk.campaigns.found import FoundCampaign, FoundCell, FoundMember
from signup_risk.campaigns.partners import Partners
from signup_risk.campaigns.stix import EXTENSION, export_bundle, import_bundle

AT = datetime(2026, 6, 20, 8, 30, tzinfo=UTC)
FIRST = datetime(2026, 6, 10, 12, 17, 33, 123456, tzinfo=UTC)
SECRET = b"a secret of partners"
AGENT = "Mozilla/5.0 (it's \\ odd) Firefox/140.0\x1f(1920, 1080)\x1fLinux"

#: Cells by kind, each with values that may be told.
CELLS: dict[str, dict[str, str]] = {
    "email_form+email_domain": {"email_form": "wd2\x1ffirst_last", "email_domain": "gmail.com"},
    "ip_network+email_form": {"ip_network": "2001:db8:7::/48", "email_form": "wd2\x1f"},
    "asn+email_domain": {"asn": "64500", "email_domain": "shop.example"},
    "email_domain+agent": {"email_domain": "shop.example", "agent": AGENT},
    "screen+locale": {"screen": "1920x1080", "locale": "Europe/London\x1fen"},
    "ip_network": {"ip_network": "198.51.100.0/24"},
}


def campaign(
    kinds: dict[str, dict[str, str]] | None = None, through: int = 12, total: int = 0, **changes: Any
) -> FoundCampaign:
    """Return a campaign with so many members through each of its cells, and so much traffic on each."""
    cells = (CELLS if kinds is None else kinds).items()
    found = [FoundCell(kind, key, values, 12.0, through, total) for key, (kind, values) in enumerate(cells)]
    members = [
        FoundMember(f"member-{number:04}", FIRST + timedelta(minutes=number), 0.9, True, "review", number // through)
        for number in range(through * len(found))
    ]
    given: dict[str, Any] = {
        "id": "2026-06-10/1",
        "title": "",
        "status": "open",
        "opened_at": members[5].at,
        "first_seen": members[0].at,
        "last_seen": members[-1].at,
        "reopened": 0,
        "shared": (),
        "cells": tuple(found),
        "members": tuple(members),
    }
    return FoundCampaign(**(given | changes))


def exported(*campaigns: FoundCampaign, **options: Any) -> str:
    """Export campaigns of an example shop."""
    return export_bundle(campaigns, **({"producer": "Example Shop", "at": AT} | options))


def objects(text: str, kind: str) -> list[dict[str, Any]]:
    """Return the objects of a type in a bundle."""
    return [one for one in json.loads(text)["objects"] if one["type"] == kind]


def imported(text: str, **options: Any) -> Partners:
    """Import a bundle of the example shop."""
    return import_bundle(text, **({"source": "Example Shop", "at": AT} | options))


def changed(**changes: Any) -> str:
    """Return a bundle whose only indicator says something else; None takes a property away."""
    bundle = json.loads(exported(campaign({"ip_network": CELLS["ip_network"]})))
    told = next(one for one in bundle["objects"] if one["type"] == "indicator")
    told.update(changes)
    for name in [name for name, value in changes.items() if value is None]:
        del told[name]
    return json.dumps(bundle)


def extended(**changes: Any) -> str:
    """Return a bundle whose only indicator has another extension."""
    body = {"extension_type": "property-extension", "kind": "ip_network", "values": CELLS["ip_network"]}
    return changed(extensions={EXTENSION: body | changes})
