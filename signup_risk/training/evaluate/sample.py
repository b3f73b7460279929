"""Hold the sign-ups that a model is judged on, and who among them counts as what."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from signup_risk.errors import ConfigurationError
from signup_risk.training.table import FeatureTable, Moments

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

#: Farms whose members are drawn from honest traffic: whoever "detects" them sees something that is not there.
CONTROL: Final = "farm.nosignal"
_FARM: Final = "farm."
_POPULATION: Final = "legit."
_NO_KIND: Final = "(no kind)"
_HOUR_US: Final = 3_600_000_000


@dataclass(frozen=True, slots=True)
class Sample:
    """Hold what is known of each judged sign-up but its score, in the order of time.

    Attributes:
        times: Event times in microseconds.
        groups: Campaign or population, empty if none is given.
        legitimate: Sign-ups labelled legitimate, those of farms left out.
        abusive: Sign-ups labelled abusive, those of the control left out.
        control: Sign-ups of no-signal farms.
        doubtful: Sign-ups whose label contradicts their group: of a farm and labelled legitimate, or of a legitimate
            population and labelled abusive. They count as neither, since either answer about them would be held
            against the model wrongly.
        members: Sign-ups of campaigns, found or not, by which the first and the next member are counted.
        clusters: What is drawn together when the sample is drawn again: a campaign, the legitimate of one group
            within an hour, else one sign-up.
        weights: For how many sign-ups each stands.
    """

    times: Moments
    groups: npt.NDArray[np.str_]
    legitimate: Bools
    abusive: Bools
    control: Bools
    doubtful: Bools
    members: Bools
    clusters: Ints
    weights: Floats

    def __len__(self) -> int:
        """Return the number of sign-ups."""
        return len(self.times)

    @property
    def prevalence(self) -> float:
        """Share of abuse among the sign-ups that count."""
        abusive, legitimate = (float(self.weights[who].sum()) for who in (self.abusive, self.legitimate))
        return abusive / (abusive + legitimate)

    @classmethod
    def of(cls, table: FeatureTable, *, needed: Collection[str] = ("legitimate", "abusive")) -> Sample:
        """Describe the rows of a table; all of them, labelled or not.

        Args:
            table: The sign-ups.
            needed: Classes that have to occur; most measures need both.

        Raises:
            ConfigurationError: One of the classes that are needed is missing.
        """
        groups = np.asarray(table.groups, dtype=np.str_)
        farm, honest = np.char.startswith(groups, _FARM), np.char.startswith(groups, _POPULATION)
        control = np.char.startswith(groups, CONTROL)
        legitimate = (table.labels == 0) & ~farm
        abusive = (table.labels == 1) & ~control & ~honest
        doubtful = ((table.labels == 0) & farm & ~control) | ((table.labels == 1) & honest)
        for number, (name, mask) in enumerate((("legitimate", legitimate), ("abusive", abusive))):
            if name in needed and not mask.any():
                raise ConfigurationError(_missing(name, number, doubtful, table))
        members = (abusive | (farm & ~control)) & (groups != "")
        clusters = _clusters(groups, table.times, legitimate)
        weights = np.ones(len(table)) if table.weights is None else table.weights
        return cls(table.times, groups, legitimate, abusive, control, doubtful, members, clusters, weights)


def _missing(name: str, number: int, doubtful: Bools, table: FeatureTable) -> str:
    """Say why no sign-up counts as a class: none is labelled so, or their groups say the opposite."""
    against = np.flatnonzero(doubtful & (table.labels == number))
    if against.size:
        return (
            f"all {against.size:,} sign-ups labelled {name} ({number}) are of groups that say the opposite, such as "
            f"{table.groups[against[0]]!r}; check that 1 means abusive and 0 legitimate, and say what labels mean "
            "where it is the other way round"
        )
    return (
        f"the history has no sign-up labelled {name} among its {len(table)}; a model can only be judged on "
        "both kinds: give a history with labels 0 and 1"
    )


def kind_of(group: str) -> str:
    """Return the kind of farm that a campaign belongs to, if its name says one.

    Examples:
        >>> kind_of("farm.a1.17"), kind_of("farm.mixed.3"), kind_of("spring-wave")
        ('farm.a1', 'farm.mixed', '(no kind)')
    """
    return ".".join(group.split(".")[:2]) if group.startswith(_FARM) else _NO_KIND


def _clusters(groups: npt.NDArray[np.str_], times: Moments, legitimate: Bools) -> Ints:
    """Number what is drawn together.

    A crowd (a campus, a launch) comes at one time and is right or wrong as a whole, so its hour counts as one draw;
    a population as a whole would be too much, since there are a few dozens of them only.
    """
    _, named = np.unique(groups, return_inverse=True)
    hours = np.where(legitimate, times // _HOUR_US, -1)
    _, clusters = np.unique(np.stack([named.astype(np.int64), hours]), axis=1, return_inverse=True)
    clusters = np.asarray(clusters, dtype=np.int64).reshape(-1)
    alone = groups == ""
    clusters[alone] = clusters.max(initial=0) + 1 + np.arange(int(alone.sum()))
    return clusters
