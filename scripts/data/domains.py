"""Build the vendored lists of throw-away domains: fakefilter by operator, and a second tier by vote."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from disposable_email_domains import blocklist

from signup_risk.references.manifest import BUNDLED
from signup_risk.references.texts import read_list

# Of 164,520 domains on five lists, 14,645 stand on three or more; those hold no relay and one ordinary
# provider, the 81,177 on two or more hold 3 relays and 23 providers (measured 2026-11).
VOTES: Final = 3

_DOMAIN: Final = re.compile(r"(?:[a-z0-9_-]{1,63}\.)+[a-z0-9-]{2,63}")


def read_fakefilter(folder: Path) -> dict[str, str]:
    """Return domain -> operator."""
    document = json.loads((folder / "json" / "data.json").read_text(encoding="utf-8"))
    return {name: row["provider"].lower() for name, row in clean(document["domains"]).items()}


def read_ivolo(folder: Path) -> set[str]:
    """Return the domains of disposable-email-domains (npm)."""
    return set(json.loads((folder / "index.json").read_text(encoding="utf-8")))


def read_wesbos(folder: Path) -> set[str]:
    """Return the domains of burner-email-providers."""
    return set((folder / "emails.txt").read_text(encoding="utf-8").split())


def read_mailchecker(folder: Path) -> set[str]:
    """Return the domains of mailchecker, which are quoted in its script."""
    text = (folder / "platform" / "node" / "index.js").read_text(encoding="utf-8")
    return set(re.findall(r'"([^"\s]+\.[^"\s]+)"', text))


def clean(rows: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """Drop entries that are no ASCII domain names."""
    return {name: row for name, row in rows.items() if _DOMAIN.fullmatch(name)}


def allowed() -> set[str]:
    """Return the free mail and relay domains, which no deny list may hold."""
    names: set[str] = set()
    for file in ("free_mail.txt", "privacy_relays.txt"):
        names |= set(read_list(BUNDLED / file, domains=True).entries)
    return names


def write_fakefilter(folder: Path, target: Path, version: str) -> int:
    """Write one operator a line, and return the number of domains."""
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for name, operator in read_fakefilter(folder).items():
        if name not in allowed():
            groups[operator].append(name)
    lines = [f"{operator}: {' '.join(sorted(names))}" for operator, names in sorted(groups.items())]
    header = f"# fakefilter {version}, BSD-3-Clause, see LICENSES; operator: its domains"
    target.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return sum(map(len, groups.values()))


def write_suspected(lists: Iterable[set[str]], fakefilter: Path, target: Path) -> int:
    """Write the domains with enough votes that the first tier lacks, and return their number."""
    first_tier = set(blocklist) | set(read_fakefilter(fakefilter))
    votes: Counter[str] = Counter()
    for names in (*lists, set(blocklist), set(read_fakefilter(fakefilter))):
        votes.update(names)
    chosen = {name for name, count in votes.items() if count >= VOTES and _DOMAIN.fullmatch(name)}
    chosen -= first_tier | allowed()
    header = f"# Domains on {VOTES} or more of five public lists and not in the first tier; see NOTICE"
    target.write_text("\n".join([header, *sorted(chosen)]) + "\n", encoding="utf-8")
    return len(chosen)
