"""Judge the bundled model: on sites that served nothing else, on kinds never fitted, and on the published case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from signup_risk.features import Feature
from signup_risk.model import ModelArtefact
from signup_risk.training.bundled_sites import scenario_table
from signup_risk.training.evaluate import evaluate, wanted_features
from signup_risk.training.evaluate.unseen import AtRates, joined, leave_one_kind_out, with_features_only
from signup_risk.training.progress import Progress
from signup_risk.training.table import FeatureTable

#: The published case: 25,000 accounts in 45 days, and farms drawn from honest traffic, which nobody can find.
SEED_SCENARIO: Final = "seed-1"
CONTROL_SCENARIO: Final = "control-1"
SCENARIO_SEED: Final = 1

#: Beginnings of features that cost an operator money or time to evade: who else is in the network or the block of
#: numbers, on the card, at its issuer or address, how regular and how concentrated everything is.
_HARD: Final = (
    "ip_network_", "asn_", "ip_count", "ip_distinct", "ip_age", "phone_block_", "phone_count", "phone_distinct",
    "card_count", "card_distinct", "card_age", "issuer_", "billing_count", "billing_distinct", "billing_age",
    "billing_shape_", "heat_", "session_form_seconds", "session_age_seconds",
)  # fmt: skip
_COUNTING: Final = ("velocity", "coordination", "device")


@dataclass(frozen=True, slots=True)
class Judgement:
    """Hold what was measured; every figure is synthetic.

    Attributes:
        sites: The evaluation on the judging sites, as JSON values.
        seed: The same on the published case.
        control: The same on traffic with a farm that nobody can find.
        unseen: What is found of each kind of farm when it was left out of fitting.
        hard: What is found with the features alone that are hard to evade.
        hard_features: How many those are.
    """

    sites: Mapping[str, Any]
    seed: Mapping[str, Any]
    control: Mapping[str, Any]
    unseen: tuple[AtRates, ...]
    hard: AtRates
    hard_features: int

    def summary(self) -> dict[str, Any]:
        """Return the figures that a manifest keeps."""
        return {
            "sites": _summary(self.sites),
            SEED_SCENARIO: _summary(self.seed),
            "unseen kinds": {one.name: _shares(one) for one in self.unseen},
            "hard to evade": _shares(self.hard),
        }

    def lines(self) -> list[str]:
        """Return the figures for a terminal."""
        lines = []
        for name, found in (("sites", self.sites), (SEED_SCENARIO, self.seed)):
            for one in found["champion"]["detection"]:
                share, stated = _percent(one["found"]["value"]), _percent(one["stated_rate"]["value"])
                rate = f"{one['rate']:.2%}"
                lines.append(f"synthetic {name}: {share} found at a false-positive rate of {rate}")
                lines.append(f"synthetic {name}: {stated} of the legitimate stopped at the stated {rate}")
        lines += [f"synthetic unseen {one.name}: {_shares(one)}" for one in self.unseen]
        return [*lines, f"synthetic hard to evade: {_shares(self.hard)}"]


def judge(  # noqa: PLR0913 - what is judged, on what, and where tables are kept
    artefact: ModelArtefact,
    features: tuple[Feature, ...],
    fit_on: Sequence[FeatureTable],
    sites: Sequence[FeatureTable],
    folder: Path | None,
    progress: Progress,
) -> Judgement:
    """Measure the model.

    Args:
        artefact: The model.
        features: Its features.
        fit_on: The sites that it was fitted on, its features only, to fit others without a kind.
        sites: The judging sites, with all features.
        folder: Where replayed tables are kept.
        progress: Shows how far the replays are.
    """
    names = [entry.name for entry in features]
    wanted = [entry.name for entry in wanted_features([artefact])]
    narrow = [table.columns(names) for table in sites]
    hard = tuple(entry for entry in features if is_hard(entry))
    measured = {
        name: _evaluated(artefact, scenario_table(name, SCENARIO_SEED, folder, progress=progress), wanted)
        for name in (SEED_SCENARIO, CONTROL_SCENARIO)
    }
    return Judgement(
        sites=_evaluated(artefact, joined([table.columns(wanted) for table in sites]), wanted),
        seed=measured[SEED_SCENARIO],
        control=measured[CONTROL_SCENARIO],
        unseen=leave_one_kind_out(fit_on, narrow, features),
        hard=with_features_only(fit_on, narrow, hard),
        hard_features=len(hard),
    )


def is_hard(entry: Feature) -> bool:
    """Tell whether a feature is hard to evade."""
    return entry.family in _COUNTING and entry.name.startswith(_HARD)


def _evaluated(artefact: ModelArtefact, table: FeatureTable, wanted: Sequence[str]) -> dict[str, Any]:
    return evaluate(artefact, table.columns(wanted)).to_dict()


def _summary(found: Mapping[str, Any]) -> dict[str, Any]:
    champion = found["champion"]
    return {
        "history": found["history"],
        "detection": [
            {"rate": one["rate"], "found": one["found"], "stated_rate": one["stated_rate"]}
            for one in champion["detection"]
        ],
        "decisions": champion["decisions"],
    }


def _shares(one: AtRates) -> dict[str, float | None]:
    return {rate: asdict(share)["value"] for rate, share in one.found.items()}


def _percent(share: float | None) -> str:
    return "n/a" if share is None else f"{share:.2%}"
