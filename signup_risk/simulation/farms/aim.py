"""Decide where a campaign pretends to be from, and how carefully its purchases fit that."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final

from signup_risk.simulation.draw import Weighted, some

_PLACES: Final = [
    "US",
    "US",
    "US",
    "US",
    "GB",
    "DE",
    "FR",
    "CA",
    "BR",
    "IN",
    "ID",
    "PH",
    "VN",
    "NL",
    "IT",
    "ES",
    "PL",
    "MX",
    "TR",
    "UA",
    "JP",
    "KR",
    "SG",
    "AU",
    "NG",
    "ZA",
    "TH",
    "MY",
    "CO",
    "AR",
    "RO",
    "SE",
]


@dataclass(frozen=True, slots=True)
class Aim:
    """Hold the countries of a campaign.

    Attributes:
        country: Draws the country of an account.
        careful: Whether numbers, cards, addresses and zones are bought to fit it: most operators of any size have
            learnt that, so contradictions must not be what detection rests on [assumption: 65 %].
    """

    country: Weighted[str]
    careful: bool

    @property
    def main(self) -> str:
        """The first of the countries."""
        return self.country.values[0]

    def fitting(self, other: list[str]) -> list[str]:
        """Return the own countries for a careful campaign, others for a careless one."""
        return list(self.country.values) if self.careful else other


def draw_aim(rng: Random, country: str | None = None) -> Aim:
    """Draw where a campaign aims: one country as a rule, a few or many for some."""
    if country is not None:
        return Aim(Weighted({country: 1.0}), rng.random() < 0.8)
    chosen = some(rng, tuple(dict.fromkeys(_PLACES)), 1, rng.choice((1, 1, 3, 8)))
    if rng.random() < 0.4:
        chosen = list(dict.fromkeys([rng.choice(_PLACES), *chosen]))
    return Aim(Weighted({code: rng.random() + 0.05 for code in chosen}), rng.random() < 0.65)
