"""Score three days of simulated sign-ups with two farms among them, and say what was decided and why."""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path
from time import perf_counter
from typing import Any

from tqdm import tqdm

from signup_risk import Assessment, Scorer
from signup_risk.simulation import load_scenario, simulate

SCENARIO = "demo-1"
SEED = 7
DECISIONS = ("allow", "step_up", "review", "block")

#: What only the simulation knows; it is taken off before a sign-up is scored.
TRUTH = ("label", "label_at", "group")

#: After this many sign-ups the store is warm enough to show what an ordinary sign-up looks like.
WARM = 1000
REASONS_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Scored:
    """Hold a sign-up, the group that the simulation drew it from, and its assessment."""

    event: Mapping[str, Any]
    group: str
    assessment: Assessment

    @property
    def is_farmed(self) -> bool:
        """Tell whether a farm made it."""
        return self.group.startswith("farm.")

    @property
    def is_stopped(self) -> bool:
        """Tell whether it was not simply let in."""
        return self.assessment.decision != "allow"


def score_all(events: list[dict[str, Any]], store: str) -> tuple[list[Scored], float]:
    """Score sign-ups in order of time; return them and the seconds that it took."""
    scored: list[Scored] = []
    shown = False
    with Scorer.open(store) as scorer:
        started = perf_counter()
        for number, event in enumerate(tqdm(events, "scoring", unit=" sign-ups", disable=None)):
            seen = {name: value for name, value in event.items() if name not in TRUTH}
            wanted = number >= WARM and not shown and event["group"] == "legit.ordinary"
            assessment = scorer.assess(seen, explain="always" if wanted else None)
            scored.append(Scored(seen, event["group"], assessment))
            shown = shown or (wanted and assessment.decision == "allow")
        return scored, perf_counter() - started


def print_decisions(title: str, groups: Iterable[tuple[str, list[Scored]]]) -> None:
    """Print how the sign-ups of each group were decided."""
    print(f"\n{title:<34}{'sign-ups':>9}" + "".join(f"{name:>9}" for name in DECISIONS) + f"{'stopped':>9}")
    for name, members in groups:
        counts = Counter(member.assessment.decision for member in members)
        share = sum(member.is_stopped for member in members) / max(1, len(members))
        cells = "".join(f"{counts[decision]:>9,}" for decision in DECISIONS)
        print(f"  {name:<32}{len(members):>9,}{cells}{share:>9.1%}")


def by_group(scored: Iterable[Scored]) -> list[tuple[str, list[Scored]]]:
    """Return the sign-ups of each group, the largest group first."""
    ranked = sorted(scored, key=lambda one: one.group)
    groups = [(name, list(members)) for name, members in groupby(ranked, key=lambda one: one.group)]
    return sorted(groups, key=lambda item: -len(item[1]))


def print_reasons(one: Scored | None, title: str) -> None:
    """Print one assessment with its strongest reasons."""
    if one is None:
        print(f"\n{title}: none in this run")
        return
    found = one.assessment
    print(f"\n{title}: {one.event['email']} at {one.event['at'][:19]}, from {one.group}")
    print(f"  decision {found.decision}, risk score {found.risk_score:.1f} (synthetic), ", end="")
    print(f"reached by {found.fpr:.2%} of legitimate sign-ups (synthetic)")
    for reason in found.reasons[:REASONS_SHOWN]:
        print(f"  {reason.contribution:+6.2f}  {reason.code:<30} {reason.text}")


def first(scored: Iterable[Scored], *decisions: str) -> Scored | None:
    """Return the first sign-up with reasons and one of the decisions."""
    explained = (one for one in scored if one.assessment.reasons)
    return next((one for one in explained if one.assessment.decision in decisions), None)


def held_from(members: list[Scored]) -> int | None:
    """Return the number of the account from which on at least 9 in 10 of a farm's were stopped."""
    stopped, found = 0, None
    for rank in range(len(members), 0, -1):
        stopped += members[rank - 1].is_stopped
        found = rank if 10 * stopped >= 9 * (len(members) - rank + 1) else found
    return found


def print_farm(name: str, members: list[Scored]) -> None:
    """Print how far a farm came."""
    stops = [rank for rank, member in enumerate(members, 1) if member.is_stopped]
    blocks = [rank for rank, member in enumerate(members, 1) if member.assessment.decision == "block"]
    print(f"\n{name} (synthetic): {len(members)} accounts, {len(stops)} of them stopped")
    print(f"  first stopped: account {stops[0]}" if stops else "  none stopped")
    print(f"  first blocked: account {blocks[0]}" if blocks else "  none blocked outright")
    start = held_from(members)
    if start is not None:
        print(f"  from account {start} on at least 9 in 10 were stopped")


def main() -> None:
    """Run the demonstration."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, help="stop after this many sign-ups")
    most = parser.parse_args().most
    print(f"scenario {SCENARIO}, seed {SEED}: every sign-up and every figure below is *synthetic*")
    events = list(islice(simulate(load_scenario(SCENARIO), SEED), most))
    print(f"scoring {len(events):,} sign-ups in order of time, velocity in SQLite")
    with tempfile.TemporaryDirectory() as folder:
        scored, seconds = score_all(events, f"sqlite:///{Path(folder) / 'velocity.db'}")
    farmed, legitimate = ([one for one in scored if one.is_farmed is flag] for flag in (True, False))
    farms = by_group(farmed)
    print_decisions("decisions (synthetic)", [("all legitimate", legitimate), *farms])
    print_decisions("legitimate populations (synthetic)", by_group(legitimate))
    print_reasons(first(farmed, "block"), "Blocked")
    print_reasons(first(farmed, "step_up", "review"), "Asked for a further step, or put to review")
    print_reasons(first(scored, "allow"), "Allowed")
    for name, members in farms:
        print_farm(name, members)
    found, wrong = (sum(one.is_stopped for one in part) / max(1, len(part)) for part in (farmed, legitimate))
    print("\nTo stop is to decide step_up, review or block.")
    print(f"Stopped: {found:.1%} of farmed accounts, {wrong:.2%} of legitimate sign-ups (synthetic).")
    rate = len(scored) / seconds
    print(f"{len(scored):,} sign-ups in {seconds:.1f} s, {rate:,.0f} a second, on one thread.")


if __name__ == "__main__":
    main()
