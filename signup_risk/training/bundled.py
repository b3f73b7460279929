"""Build the model that comes with the package, from sites that are simulated here, and say what it can do."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from signup_risk._version import __version__
from signup_risk.extract import VERSIONS
from signup_risk.features import Feature
from signup_risk.features.catalog import CATALOG
from signup_risk.model import Manifest, ModelArtefact, feature_fingerprint, save_artefact
from signup_risk.references import open_references
from signup_risk.training.artefact import reference_entry
from signup_risk.training.bundled_judgement import Judgement, judge
from signup_risk.training.bundled_sites import CALIBRATE, FIT, JUDGE, MOST, site_tables
from signup_risk.training.calibrate import fit_calibration
from signup_risk.training.card import model_card
from signup_risk.training.evaluate.cautions import SITES
from signup_risk.training.fit import PARAMETERS, Grown, Part, gains, grow, raw_scores, summaries
from signup_risk.training.progress import Progress, bars, quiet
from signup_risk.training.table import FeatureTable, Rows
from signup_risk.training.thresholds import thresholds_at

NAME: Final = "signup-risk-start"

#: A campaign of n accounts counts as n to this power: one of three thousand is not thirty of a hundred.
CAMPAIGN_POWER: Final = 0.6

#: A legitimate group counts as if it were this power of its size, up to the most: a model that sees a hundred
#: roll-outs among a million sign-ups pays little for stopping them, and they pay all.
GROUP_POWER: Final = 0.5
GROUP_MOST: Final = 10.0

#: More capacity than a model of one's own history gets: these rows are many and their labels right. Each tree sees few
#: features, so that no habit of the simulation carries the whole.
BUNDLED: Final = dict(PARAMETERS) | {
    "learning_rate": 0.1, "num_leaves": 16, "min_data_in_leaf": 60, "lambda_l2": 2.0, "path_smooth": 0.0,
    "feature_fraction": 0.15,
}  # fmt: skip
#: Grown in full: a few sites that stop the trees say more of those sites than of others (they stopped at 70, where
#: calibration sites were still found better at 300).
TREES: Final = 300

#: Share of the whole gain below which a feature is left out: what is not worth its microseconds.
USEFUL_SHARE: Final = 0.0015

#: Left out of this model, whatever they gain. On keys that many people share, reported abuse says more about how soon
#: abuse is found and how late innocence is known than about the key: in the published case it stopped one in thirteen
#: of a carrier's customers. And counts over weeks on such keys grow with a site's traffic and the age of its store.
_SHARED: Final = (
    "ip_", "asn_", "email_domain_", "email_form_", "issuer_", "phone_block_", "referral_", "agent_", "email_shape_",
)  # fmt: skip
_LEFT_OUT: Final = ("_abusive_30d", "_abusive_share_30d", "_count_30d", "_count_7d")
#: Of a made-up domain its length tells who made it up; of a real one it tells nothing.
_QUIRKS: Final = frozenset({"email_domain_length"})

#: Rates for which thresholds are stated, those of the default policy among them.
RATES: Final = (0.001, 0.003, 0.0035, 0.01, 0.05)

GOLDEN_ROWS: Final = 20


def build(out: Path, *, folder: Path | None = None, progress: Progress = quiet) -> Judgement:
    """Simulate, replay, fit, calibrate, judge and write the model.

    Args:
        out: Folder of the model.
        folder: Where replayed tables are kept, so that a run that was broken off goes on.
        progress: Shows how far the replays are.

    Returns:
        What was measured on sites that served nothing else.
    """
    fit_on = site_tables(FIT, folder, progress=progress)
    fair = tuple(entry for entry in CATALOG if not is_left_out(entry.name))
    fit_on = [table.columns([entry.name for entry in fair]) for table in fit_on]
    features = useful(grown_on(fit_on, fair).text, fair)
    names = [entry.name for entry in features]
    fit_on = [table.columns(names) for table in fit_on]
    grown = grown_on(fit_on, features)
    calibrate_on = [table.columns(names) for table in site_tables(CALIBRATE, folder, progress=progress)]
    manifest = describe(grown, features, fit_on, calibrate_on)
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch) / "model"
        save_artefact(place, model_text=grown.text, manifest=manifest, card="", golden_rows=golden(calibrate_on))
        with closing(ModelArtefact.load(place)) as artefact:
            judged = judge(artefact, features, fit_on, site_tables(JUDGE, folder, progress=progress), folder, progress)
    manifest = replace(manifest, metrics=dict(manifest.metrics) | {"judged_synthetic": judged.summary()})
    card = model_card(manifest, grown.trees, CAMPAIGN_POWER, judged)
    save_artefact(out, model_text=grown.text, manifest=manifest, card=card, golden_rows=golden(calibrate_on))
    return judged


def grown_on(fit_on: Sequence[FeatureTable], features: tuple[Feature, ...]) -> Grown:
    """Fit trees on sites."""
    return grow(part(fit_on), None, features, parameters=BUNDLED, trees=TREES)


def part(tables: Sequence[FeatureTable]) -> Part:
    """Return the labelled rows of sites, large campaigns weighed down and small legitimate groups up."""
    known = [table.where(table.labels >= 0) for table in tables]
    labels = np.concatenate([table.labels for table in known])
    groups = np.concatenate([campaigns(table, number) for number, table in enumerate(known)])
    return Part(np.concatenate([table.rows for table in known]), labels, weights(labels == 1, groups))


def campaigns(table: FeatureTable, number: int) -> npt.NDArray[np.str_]:
    """Return the group of each row; two sites number their farms alike though they are not the same ones."""
    return np.asarray([f"{name}.{number}" if name.startswith("farm.") else name for name in table.groups])


def weights(abusive: npt.NDArray[np.bool_], groups: npt.NDArray[np.str_]) -> Rows:
    """Return how much each row counts in fitting. Groups are read for this weight, by no feature."""
    answer = np.ones(len(groups))
    for mask, power, most in ((abusive, CAMPAIGN_POWER, np.inf), (~abusive, GROUP_POWER, GROUP_MOST)):
        _, place, sizes = np.unique(groups[mask], return_inverse=True, return_counts=True)
        answer[mask] = np.minimum(most, (sizes[place] / sizes.max()) ** (power - 1.0)) if mask.any() else 1.0
    # Abuse keeps its share of the whole, so that only members of one class are weighed against each other.
    answer[abusive] *= abusive.sum() / max(1e-9, answer[abusive].sum())
    return answer


def is_left_out(name: str) -> bool:
    """Tell whether a feature harms those who share a key with others more than it helps, or reads a quirk.

    Examples:
        >>> is_left_out("asn_abusive_share_30d"), is_left_out("card_abusive_30d"), is_left_out("ip_count_24h")
        (True, False, False)
    """
    return name in _QUIRKS or (name.startswith(_SHARED) and name.endswith(_LEFT_OUT))


def useful(text: str, features: tuple[Feature, ...]) -> tuple[Feature, ...]:
    """Return the features that bring their share of the gain, in the order of the catalogue."""
    found = gains(text)
    return tuple(
        entry for entry, gain in zip(features, found, strict=True) if gain > USEFUL_SHARE * float(found.sum())
    )


def describe(
    grown: Grown, features: tuple[Feature, ...], fit_on: Sequence[FeatureTable], calibrate_on: Sequence[FeatureTable]
) -> Manifest:
    """Return the manifest, without what is measured on the judging sites."""
    known = [table.where(table.labels >= 0) for table in calibrate_on]
    labels = np.concatenate([table.labels for table in known])
    scores = raw_scores(grown.text, np.concatenate([table.rows for table in known]))
    calibration = fit_calibration(scores.tolist(), labels.tolist())
    stated = thresholds_at(calibration, scores, labels, RATES)
    names = [entry.name for entry in features]
    return Manifest(
        name=NAME,
        version=__version__,
        created_from=_origin(grown, fit_on, calibrate_on),
        features=summaries(calibrate_on, features),
        versions=dict(VERSIONS),
        fingerprint=feature_fingerprint(names, VERSIONS),
        calibration=calibration,
        thresholds={f"fpr_{one.fpr:g}": one.raw for one in stated},
        references=tuple(reference_entry(info) for info in open_references().infos()),
        metrics={"thresholds": [one.to_dict() for one in stated]},
        synthetic=True,
    )


def _origin(grown: Grown, fit_on: Sequence[FeatureTable], calibrate_on: Sequence[FeatureTable]) -> dict[str, Any]:
    return {
        SITES: f"fitted on {len(FIT)}, calibrated on {len(CALIBRATE)}, judged on {len(JUDGE)} others",
        "most sign-ups of a site": MOST,
        "sign-ups fitted on": sum(map(len, fit_on)),
        "abusive among them": int(sum((table.labels == 1).sum() for table in fit_on)),
        "sign-ups calibrated on": sum(map(len, calibrate_on)),
        "trees": grown.trees,
    }


def golden(tables: Sequence[FeatureTable]) -> list[list[float]]:
    """Return rows that a loaded model is tried on, spread over the calibration sites."""
    rows = np.concatenate([table.rows for table in tables])
    step = max(1, len(rows) // GOLDEN_ROWS)
    chosen: list[list[float]] = rows[: step * GOLDEN_ROWS : step].tolist()
    return chosen


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the bundled model from the command line."""
    parser = argparse.ArgumentParser(prog="scripts/train_bundled", description=__doc__)
    parser.add_argument("-o", "--output", type=Path, default=Path("models/bundled"), help="folder of the model")
    parser.add_argument("--tables", type=Path, help="folder that keeps replayed tables for the next run")
    options = parser.parse_args(arguments)
    if options.tables is not None:
        options.tables.mkdir(parents=True, exist_ok=True)
    judged = build(options.output, folder=options.tables, progress=bars)
    for line in judged.lines():
        sys.stdout.write(f"{line}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
