"""Train a model on a history: replay, cut by time, search, fit, calibrate, and say what was measured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from signup_risk.errors import ConfigurationError
from signup_risk.extract import select
from signup_risk.extract.custom import custom_feature
from signup_risk.features.base import Feature
from signup_risk.features.catalog import CATALOG
from signup_risk.model import Calibration, ModelArtefact
from signup_risk.references import References
from signup_risk.stores import Hasher
from signup_risk.training.calibrate import fit_calibration
from signup_risk.training.comparison import Comparison, compare
from signup_risk.training.cut_off import known_at
from signup_risk.training.evaluate.cautions import overlap_cautions
from signup_risk.training.fit import RATES, Grown, Part, gains, grow, raw_scores
from signup_risk.training.fit_cautions import leaning_cautions, small_cautions
from signup_risk.training.history import History, HistoryReport
from signup_risk.training.progress import Progress, quiet
from signup_risk.training.replay import replay
from signup_risk.training.replay_parallel import replay_parallel
from signup_risk.training.search import CANDIDATES, TRIALS, Trial, parameters_of, search
from signup_risk.training.split import MATURITY_DAYS, Chosen, Split, split_by_time
from signup_risk.training.table import FeatureTable, Rows, effective_number
from signup_risk.training.thresholds import Threshold, thresholds_at

#: Features do not depend on the secret, but for collisions of hashes; with a fixed one the same history gives the
#: same bytes.
_SECRET: Final = b"signup-risk: replay for training, no secret"

#: Below it other processes cost more than they gain.
_LARGE: Final = 4000
#: A key of ``custom`` has to be given this often to become a feature.
_FEWEST_CUSTOM: Final = 50
_CUSTOM_SHARE: Final = 0.005
#: Share of the whole gain below which a feature is left out, as in the bundled model.
_USEFUL_SHARE: Final = 0.0008
#: Trees that a warm start adds at most: few labels carry few.
_WARM_TREES: Final = 80
#: The calibration part is new to the trees that are added, but not always to those that they are added to.
_SEEN: Final = "rates, thresholds and the comparison are of the calibration part, taken as a history of its own: "
#: Ten years of days; no outcome takes longer, and far more cannot be added to a time.
_LONGEST_MATURITY: Final = 3650

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class TrainingOptions:
    """Say how to train.

    Attributes:
        target_fpr: False-positive rate at which parameters are chosen and models compared.
        prevalence: Share of abuse that probabilities are stated for; that of the calibration part by default.
        seed: Seeds sampling and bootstraps.
        trials: Sets of parameters to try.
        until: Cut-off in microseconds: what happened or became known later is not used.
        maturity_days: Days until an outcome is known, where the history does not say.
        workers: Processes that share the replay beside this one; 1 replays in this one alone.
    """

    target_fpr: float = 0.01
    prevalence: float | None = None
    seed: int = 1
    trials: int = TRIALS
    until: int | None = None
    maturity_days: float = MATURITY_DAYS
    workers: int = 2

    def __post_init__(self) -> None:
        for name, value in (("target-fpr", self.target_fpr), ("prevalence", self.prevalence)):
            if value is not None and not 0.0 < value < 1.0:
                raise ConfigurationError(f"{name} is {value!r}; give a share between 0 and 1, exclusive")
        if not 0 <= self.maturity_days <= _LONGEST_MATURITY:
            raise ConfigurationError(
                f"the label maturity is {self.maturity_days!r} days; give 0 to {_LONGEST_MATURITY:,}"
            )
        if not 1 <= self.trials <= len(CANDIDATES):
            raise ConfigurationError(f"{self.trials} trials are asked for; give 1 to {len(CANDIDATES)}")


@dataclass(frozen=True, slots=True)
class Trained:
    """Hold a model that was trained, and what was measured on the way.

    Attributes:
        features: Its inputs.
        grown: Its trees.
        calibration: From raw score to probability and false-positive rate.
        thresholds: Thresholds by rate, on the calibration part.
        trials: The sets of parameters tried, the best first.
        comparison: Whether it beats the model that it was continued from, if it was.
        table: The labelled rows, these features only.
        split: Which of them were for what.
        parameters: Name of the set of parameters.
        cautions: What to know before believing what was measured.
        at_cut_off: What was known of the history at the cut-off, if there is one.
    """

    features: tuple[Feature, ...]
    grown: Grown
    calibration: Calibration
    thresholds: tuple[Threshold, ...]
    trials: tuple[Trial, ...]
    comparison: Comparison | None
    table: FeatureTable
    split: Split
    parameters: str = field(default="standard")
    cautions: tuple[str, ...] = ()
    at_cut_off: HistoryReport | None = None


def train(  # noqa: PLR0913 - what goes in, how, and who is told
    history: History,
    references: References,
    options: TrainingOptions,
    *,
    base: ModelArtefact | None = None,
    say: Say | None = None,
    progress: Progress = quiet,
) -> Trained:
    """Train a model on a history.

    Args:
        history: The sign-ups; those without a label feed velocity only.
        references: What is looked up.
        options: How to train.
        base: A model to continue from; its features are used, and no others.
        say: Takes a line about each step.
        progress: Shows how far the replay is.

    Raises:
        ConfigurationError: The history has no abusive or no legitimate sign-ups, or too few in some part.
    """
    check_labels(history)
    known = None
    if options.until is not None:
        known = known_at(history, options.until, options.maturity_days, progress)
    found = known or history.report
    own = custom_features(found.custom, found.abusive + found.legitimate + found.unlabelled)
    features = (*CATALOG, *own) if base is None else select(base.manifest.names)
    # Handed on without a name here: a million wide rows are 2 GB, and are let go once the useful columns are chosen.
    trained = fit_table(
        replay_history(history, references, features, workers=options.workers, progress=progress),
        features,
        options,
        base=base,
        say=say,
    )
    return replace(trained, at_cut_off=known)


def check_labels(history: History) -> None:
    """Refuse a history from which nothing can be learnt.

    Raises:
        ConfigurationError: It has no abusive, or no legitimate sign-ups.
    """
    report = history.report
    if not report.abusive + report.legitimate:
        raise ConfigurationError(
            f"none of the {len(history):,} sign-ups has a label; give a field label (1 abusive, 0 legitimate), or say "
            "where it is with --label-column or a column map"
        )
    for count, name, number in ((report.abusive, "abusive", 1), (report.legitimate, "legitimate", 0)):
        if not count:
            raise ConfigurationError(
                f"none of the {report.abusive + report.legitimate:,} labelled sign-ups is {name} (label {number}); "
                "a model needs both. Check the label column, and which of its values means what"
            )


def custom_features(counts: Counter[str], signups: int) -> tuple[Feature, ...]:
    """Return features for the keys of ``custom`` that hold numbers or truth values often enough."""
    least = max(_FEWEST_CUSTOM, _CUSTOM_SHARE * signups)
    return tuple(custom_feature(key) for key in sorted(counts) if counts[key] >= least)


def replay_history(
    history: History,
    references: References,
    features: tuple[Feature, ...],
    *,
    workers: int = 2,
    progress: Progress = quiet,
) -> FeatureTable:
    """Replay a history into the rows of its labelled sign-ups, on several processes where that pays."""
    hasher = Hasher(_SECRET)
    if workers > 1 and len(history) >= _LARGE:
        records = progress(history.records(), "replaying", len(history))
        return replay_parallel(records, references, features, workers=workers, hasher=hasher, labelled_only=True)
    signups = progress(history, "replaying", len(history))
    return replay(signups, references, features, hasher=hasher, labelled_only=True)


def fit_table(
    table: FeatureTable,
    features: tuple[Feature, ...],
    options: TrainingOptions,
    *,
    base: ModelArtefact | None = None,
    say: Say | None = None,
) -> Trained:
    """Fit and calibrate a model on a replayed history; see :func:`train`."""
    say = say or _unsaid
    if table.weights is not None:
        say(_weighed(table.weights))
    split = split_by_time(table, until=options.until, maturity_days=options.maturity_days)
    fitting, stopping = part_of(table, split.fit), part_of(table, split.stop)
    say(_told_split(split))
    if base is not None:
        return _continue(table, split, features, options, base)
    trials = search(
        fitting,
        stopping,
        features,
        target_fpr=options.target_fpr,
        seed=options.seed,
        trials=options.trials,
        done=lambda trial: say(_told(trial, options.target_fpr)),
    )
    best, count = trials[0], len(fitting.labels)
    del fitting, stopping  # wide copies of most of the table
    kept = useful_features(best.grown, features)
    table = table.columns([entry.name for entry in kept])
    grown = grow(
        part_of(table, split.fit),
        part_of(table, split.stop),
        kept,
        seed=options.seed,
        parameters=parameters_of(best.name, count),
    )
    say(f"fitted {grown.trees} trees over {len(kept)} features with the set {best.name}")
    return _finish(table, split, kept, options, grown, trials, None)


def _continue(
    table: FeatureTable, split: Split, features: tuple[Feature, ...], options: TrainingOptions, base: ModelArtefact
) -> Trained:
    start = (base.path / "model.txt").read_text(encoding="ascii")
    grown = _continued(part_of(table, split.fit), part_of(table, split.stop), features, options, start)
    trained = _finish(table, split, features, options, grown, (), start)
    seen = overlap_cautions(base.manifest, table.where(split.calibrate))
    return replace(trained, cautions=(*trained.cautions, *(_SEEN + one.text for one in seen)))


def _continued(
    fitting: Part, stopping: Part, features: tuple[Feature, ...], options: TrainingOptions, start: str
) -> Grown:
    """Return the trees of a model with some more, at half the pace: few labels must not undo what it knows."""
    settings = parameters_of("standard", len(fitting.labels))
    settings |= {"learning_rate": settings["learning_rate"] / 2}
    return grow(fitting, stopping, features, seed=options.seed, parameters=settings, trees=_WARM_TREES, start=start)


def _finish(  # noqa: PLR0913 - everything that a result is made of
    table: FeatureTable,
    split: Split,
    features: tuple[Feature, ...],
    options: TrainingOptions,
    grown: Grown,
    trials: tuple[Trial, ...],
    start: str | None,
) -> Trained:
    part = part_of(table, split.calibrate)
    scores = raw_scores(grown.text, part.rows)
    share = float(np.average(part.labels, weights=part.weights))
    weights = None if part.weights is None else part.weights.tolist()
    few = small_cautions(table.labels[split.fit], features) if start is None else []
    calibration = fit_calibration(scores.tolist(), part.labels.tolist(), prior=share, weights=weights)
    if options.prevalence is not None:
        calibration = calibration.with_prevalence(options.prevalence)
    return Trained(
        features,
        grown,
        calibration,
        thresholds_at(calibration, scores, part.labels, [*RATES, options.target_fpr], part.weights),
        trials,
        None if start is None else _compared(start, scores, part, table, split, options),
        table,
        split,
        trials[0].name if trials else "standard",
        (*few, *leaning_cautions(grown.text, features)),
    )


def _compared(  # noqa: PLR0913 - two models, the rows, and how
    start: str, scores: Rows, part: Part, table: FeatureTable, split: Split, options: TrainingOptions
) -> Comparison:
    groups = table.where(split.calibrate).groups
    old = raw_scores(start, part.rows)
    fpr, seed = options.target_fpr, options.seed
    return compare(old, scores, part.labels, groups, fpr=fpr, seed=seed, weights=part.weights)


def part_of(table: FeatureTable, chosen: Chosen) -> Part:
    """Return the chosen rows of a table with their labels and weights."""
    return Part(table.rows[chosen], table.labels[chosen], None if table.weights is None else table.weights[chosen])


def useful_features(grown: Grown, features: tuple[Feature, ...]) -> tuple[Feature, ...]:
    """Return the features that bring at least a share of the gain.

    Raises:
        ConfigurationError: No feature brings any.
    """
    found = gains(grown.text)
    kept = tuple(
        entry for entry, gain in zip(features, found, strict=True) if gain > _USEFUL_SHARE * float(found.sum())
    )
    if not kept:
        raise ConfigurationError(
            "nothing in the history tells the abusive sign-ups from the others; check that the label is the right "
            "column, and that the fields it should follow from are filled"
        )
    return kept


def _told_split(split: Split) -> str:
    return (
        f"fitting on {int(split.fit.sum()):,} sign-ups, stopping on {int(split.stop.sum()):,}, "
        f"gap of {split.gap_days:.1f} days, calibrating on {int(split.calibrate.sum()):,}; "
        f"{split.unripe:,} of the labels before the gap became known only after it"
    )


def _weighed(weights: Rows) -> str:
    return (
        f"rows are weighed by propensity and confidence: from {weights.min():.3g} to {weights.max():.3g} each, "
        f"{len(weights):,} of them worth {effective_number(weights):,.0f} that count alike"
    )


def _told(trial: Trial, fpr: float) -> str:
    return (
        f"set {trial.name}: {trial.grown.trees} trees find {trial.detection:.1%} at {100 * fpr:.3g}% FPR, "
        f"log-loss {trial.log_loss:.4f}, on the part that stops"
    )


def _unsaid(_text: str) -> None:
    """Say nothing."""
