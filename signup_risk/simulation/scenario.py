"""Say what traffic to simulate: every number a stream depends on, in one versioned value.

Scenarios are fixed in files before a model is tuned on them, so that the yardstick does not follow the model.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from signup_risk.errors import ConfigurationError
from signup_risk.simulation import scenario_check
from signup_risk.simulation.scenario_check import check

SCENARIO_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class CampaignSpec:
    """Ask for one farm of a given kind instead of a drawn one.

    Attributes:
        kind: One of ``a0`` to ``a8``.
        size: Accounts.
        start_day, days: When it works, counted from the start of the scenario.
        crowd: Kind of the crowd that it hides in, such as ``campus`` or ``referral``.
        release_day: Day of a release, within a day of which it makes a surge of accounts.
        surge: Share of its accounts that belong to the surge.
        refill_hours: Hours within which banned accounts are replaced.
        suppliers: Suppliers that one operator uses at a time; drawn when absent.
    """

    kind: str
    size: int
    start_day: float
    days: float
    crowd: str | None = None
    release_day: float | None = None
    surge: float = 0.0
    refill_hours: float | None = None
    suppliers: int | None = None


@dataclass(frozen=True, slots=True)
class Waves:
    """Count the legitimate events that look like farms, over the whole scenario.

    Attributes:
        campuses: Weeks in which one university signs up.
        rollouts: Companies that sign up their staff in minutes.
        hackathons: Rooms full of people behind one address.
        launches: Days of 5 to 20 times the rate of a country or of all.
        referrals: One code that thousands follow.
        classrooms: Teachers who sign up a class at the machines of a room.
        gatherings: Crowds that share whatever chance decides.
        scale: Factor on the sizes of all of them; below 150,000 sign-ups they shrink in proportion besides.
    """

    campuses: int = 3
    rollouts: int = 10
    hackathons: int = 5
    launches: int = 2
    referrals: int = 3
    classrooms: int = 0
    gatherings: int = 0
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class FarmPriors:
    """Hold the ranges that campaigns draw their parameters from; pairs are the low and the high end.

    Attributes:
        kinds: Weight of each kind.
        size: Accounts of a campaign before all are scaled to the abusive share; twice log-uniform, so that
            small campaigns are many and large ones few.
        days: Length of a campaign, log-uniform.
        camouflage: Share of attributes drawn as ordinary people draw them, per campaign.
        contradictions: Chance of each device contradiction of an advanced farm (science notes: 0.05-0.3).
        form_median, form_sigma: Seconds on the form and their spread, log-uniform.
        replacement: Share of accounts that are made again after bans.
        address_reuse: Chance that a residential exit is used again.
        patterns: Share of campaigns whose mailboxes follow a pattern that is on no list.
        mixtures: Share of campaigns put together from several kinds, besides A5, which always is.
        living: Share of longer campaigns that replace what is banned within hours and answer a release.
        further: Share of campaigns with suppliers of the second edition: leased blocks, a domain for each
            account, devices worn out by a few, one thing that stays the same.
        in_crowds: Share of campaigns that hide in a crowd of ordinary people and copy what it shows.
    """

    kinds: Mapping[str, float] = field(
        default_factory=lambda: {"a0": 14, "a1": 17, "a2": 19, "a3": 13, "a4": 16, "a5": 8, "a6": 7, "a7": 6}
    )
    size: tuple[float, float] = (20, 3000)
    days: tuple[float, float] = (0.05, 25)
    camouflage: tuple[float, float] = (0.0, 0.35)
    contradictions: tuple[float, float] = (0.03, 0.3)
    form_median: tuple[float, float] = (1.5, 90)
    form_sigma: tuple[float, float] = (0.03, 0.8)
    replacement: tuple[float, float] = (0.0, 0.5)
    address_reuse: tuple[float, float] = (0.0, 0.6)
    patterns: float = 0.0
    mixtures: float = 0.08
    in_crowds: float = 0.0
    living: float = 0.0
    further: float = 0.0


@dataclass(frozen=True, slots=True)
class Scenario:
    """Hold the parameters of a simulation.

    Attributes:
        name: Shown beside every figure.
        start: First moment, RFC 3339.
        days: Length.
        signups: Expected number of all sign-ups, crowds and campaigns included.
        abusive_share: Share of sign-ups made by drawn campaigns; listed campaigns are not part of it.
        campaigns: Number of drawn campaigns.
        listed: Campaigns asked for one by one.
        no_signal_share: Share of all legitimate traffic relabelled as the farm ``farm.nosignal.1``, the control.
        label_noise: Share of farm accounts that are never found: half labelled 0, half without a label.
        country_shift: Spread of a log-normal factor on the shares of countries.
        population_shift: Spread of the same on the shares of legitimate groups.
        period_hours: Shortest and longest time between changes of the site's forms.
        profiles: Form profiles in use, all when empty.
        habits: How much the habits of site and audience differ from the usual ones: each of them is drawn from
            the seed with this chance.
        populations: Edition of the list of legitimate groups; the second adds to the first, the third has
            companies with managed machines.
    """

    name: str
    start: str
    days: int
    signups: int
    abusive_share: float = 0.06
    campaigns: int = 150
    listed: tuple[CampaignSpec, ...] = ()
    no_signal_share: float = 0.0
    label_noise: float = 0.005
    country_shift: float = 0.0
    population_shift: float = 0.0
    period_hours: tuple[int, int] = (8, 60)
    profiles: tuple[str, ...] = ()
    waves: Waves = field(default_factory=Waves)
    farms: FarmPriors = field(default_factory=FarmPriors)
    habits: float = 0.0
    populations: int = 1
    version: int = SCENARIO_VERSION

    def to_json(self) -> str:
        """Write the scenario as JSON."""
        return json.dumps(asdict(self), indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Scenario:
        """Read a scenario.

        Raises:
            ConfigurationError: The version or a name is unknown, a name is missing, or a value is not allowed.
        """
        row = json.loads(text)
        check(row, scenario_check.SCENARIO, "scenario")
        if row.get("version") != SCENARIO_VERSION:
            raise ConfigurationError(
                f"scenario version {row.get('version')!r} cannot be read; this release reads "
                f"{SCENARIO_VERSION}: write the scenario again or install the release it was written for"
            )
        check(row.get("waves", {}), scenario_check.WAVES, "waves")
        check(row.get("farms", {}), scenario_check.FARMS, "farms")
        for spec in row.get("listed", ()):
            check(spec, scenario_check.CAMPAIGN, "listed campaign")
        row["waves"] = Waves(**_known(Waves, row.get("waves", {})))
        row["farms"] = FarmPriors(**_known(FarmPriors, row.get("farms", {})))
        row["listed"] = tuple(CampaignSpec(**_known(CampaignSpec, spec)) for spec in row.get("listed", ()))
        return cls(**_known(cls, row))


def load_scenario(source: str | Path) -> Scenario:
    """Read a scenario file, or a bundled scenario by name.

    Raises:
        ConfigurationError: There is none of that name, it cannot be read, or something in it is not allowed.

    Examples:
        >>> load_scenario("bundled-1").days
        60
    """
    bundled = files("signup_risk.simulation") / "scenarios" / f"{source}.json"
    if isinstance(source, str) and bundled.is_file():
        return Scenario.from_json(bundled.read_text(encoding="utf-8"))
    try:
        text = Path(source).read_text(encoding="utf-8")
    except OSError as problem:
        raise ConfigurationError(
            f"scenario {str(source)[:80]}: {problem.strerror}; give a file, or one of {', '.join(scenario_names())}"
        ) from problem
    return Scenario.from_json(text)


def scenario_names() -> tuple[str, ...]:
    """Return the names of the bundled scenarios.

    Examples:
        >>> "demo-1" in scenario_names()
        True
    """
    folder = files("signup_risk.simulation") / "scenarios"
    return tuple(sorted(entry.name.removesuffix(".json") for entry in folder.iterdir() if entry.name.endswith(".json")))


def _known(kind: type, row: Mapping[str, Any]) -> dict[str, Any]:
    names = {f.name for f in fields(kind)}
    unknown = sorted(set(row) - names)
    if unknown:
        raise ConfigurationError(f"unknown scenario keys {', '.join(unknown)}; allowed are {', '.join(sorted(names))}")
    needed = {f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING}
    if needed - set(row):
        raise ConfigurationError(f"the scenario lacks {', '.join(sorted(needed - set(row)))}; add what is missing")
    return {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
