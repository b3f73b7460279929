"""Judge how campaigns are found on simulated traffic; every figure is *synthetic*.

Campaigns are opened without labels. The model whose scores make the marks was fitted on other sites, with other
campaigns of the same kinds; what it finds of kinds that it has never seen stands in its card.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from itertools import takewhile
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from signup_risk import Scorer
from signup_risk.simulation import load_scenario, simulate
from signup_risk.training.bundled_sites import JUDGE, site_events
from signup_risk.training.coordination import Stream, judge_campaigns, judgement_text, run_stream
from signup_risk.training.coordination.traffic import legitimate_events
from signup_risk.training.progress import bars


def run(events: Iterable[Mapping[str, Any]], workers: int) -> Stream:
    """Run events through a scorer with an empty store."""
    with Scorer.open("memory://", explain="never") as scorer:
        return run_stream(events, scorer, workers=workers)


def site(seed: int) -> Stream:
    """Run one judging site."""
    return run(site_events(seed), 1)


def sites(processes: int) -> list[Stream]:
    """Run the judging sites."""
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as workers:
        return list(bars(workers.map(site, JUDGE), "judging sites", len(JUDGE)))


def published(seed: int, days: int) -> Iterator[dict[str, Any]]:
    """Yield the first days of the published case: 25,000 farm accounts in 45 days among 475,000 others."""
    events = simulate(load_scenario("seed-1"), seed)
    first = next(events)
    end = (date.fromisoformat(str(first["at"])[:10]) + timedelta(days=days)).isoformat()
    yield first
    yield from takewhile(lambda event: str(event["at"]) < end, events)


def main() -> None:
    """Judge and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", default=["sites", "legitimate"], help="of: sites, published, legitimate")
    parser.add_argument("--daily", type=int, default=100_000, help="legitimate sign-ups a day (default: %(default)s)")
    parser.add_argument("--days", type=int, default=7, help="days of legitimate traffic (default: %(default)s)")
    parser.add_argument("--first-days", type=int, default=10, help="days of the published case (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=301, help="seed of the legitimate traffic (default: %(default)s)")
    parser.add_argument("--jobs", type=int, default=2, help="processes (default: %(default)s)")
    parser.add_argument("--output", type=Path, help="file to write as well")
    options = parser.parse_args()
    told = []
    for part in options.parts:
        if part == "sites":
            streams = sites(options.jobs)
        elif part == "published":
            streams = [run(bars(published(1, options.first_days), part, options.first_days * 11_100), options.jobs)]
        else:
            events = legitimate_events(options.daily, options.days, options.seed)
            streams = [run(bars(events, part, options.daily * options.days), options.jobs)]
        told.append(f"{part}\n{judgement_text(judge_campaigns(streams), synthetic=True)}\n")
        print(told[-1], flush=True)
    if options.output is not None:
        options.output.write_text("\n".join(told), encoding="utf-8")


if __name__ == "__main__":
    main()
