"""Judge how campaigns are found on simulated traffic; every figure is *synthetic*.

Campaigns are opened without labels. The model whose scores make the marks was fitted on other sites, with other
campaigns of the same kinds; the part ``unseen`` fits a model without each kind of farm in turn, and says how campaigns
of that kind are found with its scores. It replays the sites for that, unless --tables names where they are kept.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from datetime import date, timedelta
from functools import partial
from itertools import takewhile
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from signup_risk import Scorer
from signup_risk.features.base import Feature
from signup_risk.features.catalog import CATALOG
from signup_risk.model import ModelArtefact, bundled_model_path, save_artefact
from signup_risk.simulation import load_scenario, simulate
from signup_risk.training.bundled import describe, golden, grown_on
from signup_risk.training.bundled_sites import CALIBRATE, FIT, JUDGE, site_events, site_tables
from signup_risk.training.coordination import CampaignJudgement, Stream, judge_campaigns, judgement_text, run_stream
from signup_risk.training.coordination.traffic import legitimate_events
from signup_risk.training.evaluate.sample import CONTROL, kind_of
from signup_risk.training.progress import bars
from signup_risk.training.table import FeatureTable


def run(events: Iterable[Mapping[str, Any]], workers: int, model: Path | None = None) -> Stream:
    """Run events through a scorer with an empty store."""
    with Scorer.open("memory://", explain="never", model=model) as scorer:
        return run_stream(events, scorer, workers=workers)


def site(seed: int, model: Path | None = None) -> Stream:
    """Run one judging site."""
    return run(site_events(seed), 1, model)


def sites(processes: int, count: int, model: Path | None = None) -> list[Stream]:
    """Run the first so many judging sites."""
    seeds = JUDGE[:count]
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as workers:
        return list(bars(workers.map(partial(site, model=model), seeds), "judging sites", len(seeds)))


def unseen(processes: int, count: int, fit: int, folder: Path | None) -> Iterator[str]:
    """Yield, for each kind of farm, how its campaigns are found by a model that has seen it and by one that has not.

    Both are fitted on the same sites, the first so many of those that the bundled model was fitted on.
    """
    with closing(ModelArtefact.load(bundled_model_path())) as artefact:
        names = list(artefact.manifest.names)
    features = tuple(entry for entry in CATALOG if entry.name in names)
    seeds = FIT[:fit], CALIBRATE[: max(1, fit * len(CALIBRATE) // len(FIT))]
    tables, others = ([one.columns(names) for one in site_tables(some, folder, progress=bars)] for some in seeds)
    kinds = sorted({kind_of(group) for table in tables for group in set(table.groups)} - {CONTROL})
    seen = judged_with(tables, others, features, processes, count)
    yield f"fitted on {len(tables)} sites, calibrated on {len(others)}, judged on {count}"
    for kind in (kind for kind in kinds if kind.startswith("farm.")):
        left, calibrate_on = (without(kind, part) for part in (tables, others))
        judged = judged_with(left, calibrate_on, features, processes, count)
        told = [
            f"{own.opened} of {own.campaigns} opened, in the median at {own.median}, {own.coverage:.1%} of members "
            f"found, {one.ways[0].false_campaigns} false campaigns in all"
            for one in (seen, judged)
            for own in one.kinds
            if own.name == kind.removeprefix("farm.")
        ]
        yield f"{kind.removeprefix('farm.'):<8} seen: {told[0]}; unseen: {told[1]}" if told else f"{kind}: on no site"


def judged_with(
    fit_on: list[FeatureTable],
    calibrate_on: list[FeatureTable],
    features: tuple[Feature, ...],
    processes: int,
    count: int,
) -> CampaignJudgement:
    """Fit a model and judge the campaigns found with its scores."""
    grown = grown_on(fit_on, features)
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch) / "model"
        manifest = describe(grown, features, fit_on, calibrate_on)
        save_artefact(place, model_text=grown.text, manifest=manifest, card="", golden_rows=golden(calibrate_on))
        return judge_campaigns(sites(processes, count, place))


def without(kind: str, tables: list[FeatureTable]) -> list[FeatureTable]:
    """Leave a kind of farm out of tables."""
    return [table.where(np.asarray([kind_of(group) != kind for group in table.groups])) for table in tables]


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
    parts = "of: sites, published, legitimate, unseen"
    parser.add_argument("parts", nargs="*", default=["sites", "legitimate"], help=parts)
    parser.add_argument("--daily", type=int, default=100_000, help="legitimate sign-ups a day (default: %(default)s)")
    parser.add_argument("--days", type=int, default=7, help="days of legitimate traffic (default: %(default)s)")
    parser.add_argument("--first-days", type=int, default=10, help="days of the published case (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=301, help="seed of the legitimate traffic (default: %(default)s)")
    parser.add_argument("--jobs", type=int, default=2, help="processes (default: %(default)s)")
    parser.add_argument("--sites", type=int, default=len(JUDGE), help="judging sites (default: all %(default)s)")
    parser.add_argument("--fit", type=int, default=len(FIT), help="sites to fit on, for unseen (default: %(default)s)")
    parser.add_argument("--tables", type=Path, help="folder that keeps replayed tables, for unseen")
    parser.add_argument("--output", type=Path, help="file to write as well")
    options = parser.parse_args()
    told = []
    for part in options.parts:
        if part == "unseen":
            told.append("unseen kinds, synthetic\n")
            for line in unseen(options.jobs, options.sites, options.fit, options.tables):
                told.append(f"{line}\n")
                print(line, flush=True)
            continue
        if part == "sites":
            streams = sites(options.jobs, options.sites)
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
