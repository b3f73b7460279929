"""Simulate the sites that the bundled model is fitted, calibrated and judged on.

Each site is drawn whole: its audience, forms, habits, crowds and farms (:func:`signup_risk.simulation.draw_scenario`),
and who shares things there. Sites, not rows or days, are what is split: a threshold that holds on the end of a
history whose beginning was fitted says nothing of another site, and an earlier model that was calibrated so stopped
up to ten times as many legitimate sign-ups elsewhere as it stated.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import numpy as np

from signup_risk.features.catalog import CATALOG
from signup_risk.references import open_references
from signup_risk.simulation import Scenario, Waves, draw_scenario, load_scenario, simulate
from signup_risk.simulation.sharing import with_sharing
from signup_risk.stores import Hasher
from signup_risk.training.progress import Progress, quiet
from signup_risk.training.replay import replay
from signup_risk.training.replay_parallel import replay_parallel
from signup_risk.training.table import FeatureTable

#: Seeds of the sites by what they are for. Fixed before the model was fitted; the judging ones serve nothing else.
FIT: Final = tuple(range(1, 49))
CALIBRATE: Final = tuple(range(61, 77))
JUDGE: Final = tuple(range(201, 213))

#: Sites with crowds of their full size whatever the site's, and with many who share things: the others hold crowds in
#: proportion, and a model that had seen no more took a room of two hundred people for a farm.
CROWDED: Final = frozenset(seed for seed in (*FIT, *CALIBRATE, *JUDGE) if seed % 3 == 0)

#: Sign-ups of a site; more of them would add campaigns of one site instead of sites. They are spread over a day to two
#: months: with 12,000 at up to 20,000 a day most sites lasted a day, and what shows in weeks was never learnt.
MOST: Final = 30_000

#: Features do not depend on the secret but for collisions of hashes; a fixed one makes the same bytes each time.
_SECRET: Final = b"signup-risk: bundled model, no secret"

#: Processes; each replays one site at a time.
_WORKERS: Final = 2


#: How much more often things are shared at crowded sites.
_SHARING: Final = 4

#: Sign-ups of a scenario from which on the simulation's crowds have their full size.
_FULL_CROWDS: Final = 150_000


def site_events(seed: int) -> Iterator[dict[str, Any]]:
    """Yield the sign-ups of a site. At every other site nobody reports outcomes, so that a model works without."""
    scenario = draw_scenario(seed, most_signups=MOST)
    if seed in CROWDED:
        scenario = replace(scenario, waves=crowds(scenario))
    sharing = _SHARING if seed in CROWDED else 1
    for event in with_sharing(simulate(scenario, seed), seed, scale=sharing):
        if seed % 2 == 0:
            event.pop("label_at", None)
        yield event


def crowds(scenario: Scenario) -> Waves:
    """Return crowds of nearly their full size, as many as leave room for others."""
    room = scenario.signups / MOST
    return replace(
        scenario.waves,
        campuses=1,
        rollouts=math.ceil(4 * room),
        hackathons=math.ceil(4 * room),
        referrals=1,
        launches=0,  # the others have enough of those
        gatherings=math.ceil(4 * room),
        classrooms=math.ceil(3 * room),
        scale=0.7 * _FULL_CROWDS / scenario.signups,
    )


def site_tables(
    seeds: Sequence[int], folder: Path | None = None, *, progress: Progress = quiet
) -> list[FeatureTable]:
    """Simulate and replay sites, each from an empty store.

    Args:
        seeds: Which sites.
        folder: Where tables are kept, so that a run that was broken off goes on; nowhere by default.
        progress: Shows how many sites are done.
    """
    context = get_context("spawn")  # a fork would share LightGBM's state
    with ProcessPoolExecutor(_WORKERS, mp_context=context) as workers:
        found = workers.map(_table, [(seed, folder) for seed in seeds])
        return list(progress(found, "simulate and replay", len(seeds)))


def _table(wanted: tuple[int, Path | None]) -> FeatureTable:
    seed, folder = wanted
    path = None if folder is None else folder / f"site-{seed}.npz"
    if path is not None and path.exists():
        return read_table(path)
    table = replay(site_events(seed), open_references(), CATALOG, hasher=Hasher(_SECRET))
    if path is not None:
        write_table(table, path)
    return table


def scenario_table(name: str, seed: int, folder: Path | None = None, *, progress: Progress = quiet) -> FeatureTable:
    """Simulate and replay a scenario that comes with the package, on several processes."""
    path = None if folder is None else folder / f"{name}-{seed}.npz"
    if path is not None and path.exists():
        return read_table(path)
    scenario = load_scenario(name)
    events = progress(simulate(scenario, seed), name, scenario.signups)
    table = replay_parallel(events, open_references(), CATALOG, workers=_WORKERS, hasher=Hasher(_SECRET))
    if path is not None:
        write_table(table, path)
    return table


def write_table(table: FeatureTable, path: Path) -> None:
    """Keep a table in a file, whole or not at all."""
    scratch = path.with_suffix(".part.npz")
    np.savez(
        scratch,
        names=np.asarray(table.names),
        rows=table.rows,
        labels=table.labels,
        times=table.times,
        known_at=table.known_at,
        groups=np.asarray(table.groups),
        ids=np.asarray([name or "" for name in table.ids]),
    )
    scratch.replace(path)


def read_table(path: Path) -> FeatureTable:
    """Read a table that was kept."""
    with np.load(path) as held:
        return FeatureTable(
            tuple(held["names"].tolist()),
            held["rows"],
            held["labels"],
            held["times"],
            held["known_at"],
            held["groups"].tolist(),
            [name or None for name in held["ids"].tolist()],
        )
