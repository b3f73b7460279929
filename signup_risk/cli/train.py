"""Train a model on a history: ``signup-risk train``."""

from __future__ import annotations

import argparse
import os
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final

from signup_risk.cli.data import chosen_references
from signup_risk.cli.history_options import chosen_history
from signup_risk.cli.interrupts import Interrupts
from signup_risk.cli.moments import time_of
from signup_risk.cli.numbers import seed

if TYPE_CHECKING:
    from signup_risk.model import ModelArtefact
    from signup_risk.training.train import Trained, TrainingOptions

TRAIN: Final = """\
Reads sign-ups with outcomes, replays them in the order of time through the functions that serve, and writes the
folder of a model. Files may be in any order, with or without labels: sign-ups without a label feed velocity only.
Nothing is learnt before it was known: outcomes count in velocity from label_at on, and with --until neither sign-ups
nor labels of a later time are used at all.

exit status: 0 a model was written, 1 it was, but some rows could not be read, 2 no model was written"""

# Beyond it the process that keeps the store is the narrow place.
_MOST_JOBS: Final = 4


def add_train(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    """Describe the command; return its parser."""
    train = commands.add_parser(
        "train",
        help="train a model on your own history",
        description=TRAIN,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    train.set_defaults(run=run_train)
    train.add_argument("history", metavar="HISTORY", nargs="+", help="JSON Lines, CSV or Parquet files, also .gz")
    train.add_argument("-o", "--output", metavar="DIR", required=True, help="folder of the model to write")
    train.add_argument("--map", metavar="FILE", help="column map (TOML or JSON), or one of: ecommerce, registration")
    train.add_argument("--label-column", metavar="NAME", help="column with the label (default: label)")
    train.add_argument("--label-values", metavar="V=M,...", help="what labels mean, as fraud=1,legit=0,open=unknown")
    train.add_argument("--target-fpr", metavar="P", type=float, default=0.01, help="rate to aim at (default: 0.01)")
    train.add_argument("--prevalence", metavar="P", type=float, help="share of abuse that risk scores are stated for")
    train.add_argument("--until", metavar="TIME", help="cut-off, a time or the start of a day: use nothing later")
    train.add_argument("--label-maturity", metavar="DAYS", type=float, default=60.0, help=_MATURITY)
    train.add_argument("--from", dest="base", metavar="MODEL", help="continue from this model (a folder, or bundled)")
    train.add_argument("--name", help="name of the model (default: that of its folder)")
    train.add_argument("--seed", metavar="N", type=seed, default=1, help="same seed, same bytes (default: 1)")
    train.add_argument("--trials", metavar="N", type=int, default=3, help="sets of parameters to try, 1 to 5")
    train.add_argument("--jobs", metavar="N", type=int, help="processes that share the replay (default: all cores)")
    return train


_MATURITY: Final = "days until an outcome is known, where label_at does not say (default: 60)"


def run_train(options: argparse.Namespace) -> int:
    """Train the model that the options describe.

    Returns:
        The exit status: 0, or 1 if some rows could not be read.
    """
    from signup_risk.model.manifest import check_name
    from signup_risk.model.save import check_place
    from signup_risk.training.artefact import save_trained
    from signup_risk.training.progress import bars
    from signup_risk.training.train import check_labels, train

    chosen, name = _options(options), options.name
    if name is None:
        name = Path(options.output).resolve().name
    check_name(name)
    check_place(options.output)
    references = chosen_references(options)
    with Interrupts() as interrupts, ExitStack() as stack, interrupts.waiting():
        base = _base(options.base, stack)
        history = stack.enter_context(chosen_history(options, _say))
        _say(history.report.summary())
        check_labels(history)
        trained = train(history, references, chosen, base=base, say=_say, progress=bars)
        manifest = save_trained(options.output, trained, history.report, chosen, references, name=name, base=base)
        _say("calibrated, measured and saved")
        has_own_share = options.prevalence is not None
        print(_summary(trained, options.output, is_synthetic=manifest.synthetic, has_own_share=has_own_share))
        return 1 if history.report.bad else 0


def _options(options: argparse.Namespace) -> TrainingOptions:
    from signup_risk.training.train import TrainingOptions

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return TrainingOptions(
        target_fpr=options.target_fpr,
        prevalence=options.prevalence,
        seed=options.seed,
        trials=options.trials,
        until=None if options.until is None else time_of("--until", options.until),
        maturity_days=options.label_maturity,
        workers=min(cores, _MOST_JOBS) if options.jobs is None else options.jobs,
    )


def _base(name: str | None, stack: ExitStack) -> ModelArtefact | None:
    from signup_risk.extract import VERSIONS
    from signup_risk.model import ModelArtefact, bundled_model_path

    if name is None:
        return None
    artefact = ModelArtefact.load(bundled_model_path() if name == "bundled" else name, versions=VERSIONS)
    stack.callback(artefact.close)
    return artefact


def _summary(trained: Trained, output: str, *, is_synthetic: bool, has_own_share: bool) -> str:
    mark = "synthetic " if is_synthetic else ""
    lines = [f"wrote {output}: {trained.grown.trees} trees over {len(trained.features)} features"]
    lines.extend(
        f"{mark}at {100 * one.fpr:.3g}% FPR (95%: {100 * one.fpr_low:.2g}% to {100 * one.fpr_high:.2g}%): "
        f"finds {one.tpr:.1%} ({one.tpr_low:.1%} to {one.tpr_high:.1%}) of the calibration part"
        for one in trained.thresholds
    )
    lines.append(
        f"risk scores are stated for {trained.calibration.prevalence:.1%} of abuse among sign-ups"
        f"{'' if has_own_share else ', as in the calibration part; --prevalence states them for another share'}"
    )
    if not trained.thresholds:
        lines.append("too few legitimate sign-ups to set a threshold; give a longer history")
    if trained.comparison is not None:
        lines.append(f"{mark}on the held-back end it {trained.comparison.sentence()}")
    lines.extend(f"WARNING {text}" for text in trained.cautions)
    return "\n".join(lines)


def _say(text: str) -> None:
    """Print a line about a step, with the seconds since the process began: they tell where the time goes."""
    print(f"signup-risk: {time.perf_counter() - _STARTED:7.1f} s  {text}", file=sys.stderr)


_STARTED: Final = time.perf_counter()
