"""Sift everything that a run leaves behind for what identifies a person."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

#: Stands in every text of an applicant that the run of a test has; long enough that no hash shows it by chance.
MARK = "qvzxqvzx"


def marked(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return a simulated sign-up with the mark in all that its applicant chose, and without its label."""
    made = {name: value for name, value in event.items() if name not in {"label", "label_at", "group"}}
    local, _, domain = made["email"].partition("@")
    made |= {"signup_id": f"{MARK}-{made['signup_id']}", "email": f"{local}{MARK}@{domain}"}
    made |= {"username": f"{local}{MARK}", "referral_code": f"ref-{MARK}", "organization": f"{MARK} Ltd"}
    for name in ("first_name", "last_name"):
        if made.get(name):
            made[name] += MARK
    made["device"] = {**(made.get("device") or {}), "id": f"{MARK}{(made.get('device') or {}).get('id', '')}"}
    for part, field in (("card", "token"), ("billing", "address"), ("billing", "first_name"), ("billing", "last_name")):
        if (made.get(part) or {}).get(field):
            made[part] = {**made[part], field: f"{made[part][field]} {MARK}" if part == "billing" else _token(made)}
    return made


def _token(made: Mapping[str, Any]) -> str:
    return f"{MARK}{made['card']['token']}"


def identifiers(events: Iterable[Mapping[str, Any]], *secrets: str) -> set[bytes]:
    """Return what must not be found: mark and secrets, also in base64 and hexadecimal, and what cannot carry a mark."""
    texts = {event[name] for event in events for name in ("ip_address", "phone") if event.get(name)}
    plain = {text.removeprefix("+").lower().encode() for text in texts if len(text) >= 7}
    hidden = {text.lower().encode() for text in (MARK, *secrets)}
    return plain | hidden | {one.hex().encode() for one in hidden} | {_base64(text) for text in (MARK, *secrets)}


def _base64(text: str) -> bytes:
    return base64.b64encode(text.encode())[:-4].lower()


def found(held: Mapping[str, bytes], wanted: Iterable[bytes]) -> list[tuple[str, bytes]]:
    """Return where which identifiers stand, in whatever case."""
    sought = list(wanted)
    lowered = {place: content.lower() for place, content in held.items()}
    return [(place, one) for place, content in lowered.items() for one in sought if one in content]


def files(folder: Path) -> dict[str, bytes]:
    """Return the bytes and the names of all files below a folder."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path): path.name.encode() + b"\n" + path.read_bytes() for path in paths}
