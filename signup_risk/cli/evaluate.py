"""Judge a model on a labelled history: ``signup-risk evaluate``."""

from __future__ import annotations

import argparse
import json
import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from signup_risk.cli.data import chosen_references
from signup_risk.cli.evaluation_text import evaluation_text
from signup_risk.errors import ConfigurationError
from signup_risk.extract import VERSIONS
from signup_risk.files.errors import UnreadableFile
from signup_risk.model import ModelArtefact, bundled_model_path
from signup_risk.policy import Policy, read_policy

#: What stands for the model that comes with the package.
BUNDLED: Final = "bundled"
# Starting processes costs seconds, in which one replays a thousand sign-ups.
_LARGE: Final = 3000
_MOST_JOBS: Final = 4


def run_evaluate(options: argparse.Namespace) -> int:
    """Judge the model that the options name, and the one beside it.

    Returns:
        The exit status: 0, or 1 if rows of the history could not be read.
    """
    # Imported here, since they load NumPy and LightGBM, which no other command needs.
    from signup_risk.training.column_map import read_column_map
    from signup_risk.training.evaluate import evaluate
    from signup_risk.training.history import open_history
    from signup_risk.training.progress import bars

    policy = Policy() if options.policy is None else read_policy(options.policy)
    column_map = None if options.map is None else read_column_map(options.map)
    with ExitStack() as stack:
        artefacts = [_load(name) for name in (options.model, options.against) if name is not None]
        for artefact in artefacts:
            stack.callback(artefact.close)
        history = stack.enter_context(
            open_history(
                options.history, column_map=column_map, label_column=options.label_column, say=_say, progress=bars
            )
        )
        report = history.report
        if not (report.abusive and report.legitimate):
            raise ConfigurationError(
                f"the history has {report.summary()}; judging needs both kinds, so give labels, or name their column "
                "with --label-column or --map"
            )
        table = _replayed(history, artefacts, options)
        challenger = artefacts[1] if len(artefacts) > 1 else None
        found = evaluate(artefacts[0], table, policy=policy, challenger=challenger, seed=options.seed).to_dict()
    _write(found, options.json, report.summary())
    return 1 if report.bad else 0


def _load(name: str) -> ModelArtefact:
    return ModelArtefact.load(bundled_model_path() if name == BUNDLED else name, versions=VERSIONS)


def _replayed(history: Any, artefacts: list[ModelArtefact], options: argparse.Namespace) -> Any:
    from signup_risk.training.evaluate import wanted_features
    from signup_risk.training.progress import bars
    from signup_risk.training.replay import replay
    from signup_risk.training.replay_parallel import replay_parallel

    references, features = chosen_references(options), wanted_features(artefacts)
    jobs, count = options.jobs, len(history)
    if jobs is None:
        jobs = min(os.cpu_count() or 1, _MOST_JOBS) if count >= _LARGE else 1
    if jobs == 1:
        return replay(bars(history, "replaying", count), references, features)
    return replay_parallel(bars(history.records(), "replaying", count), references, features, workers=jobs)


def _write(found: dict[str, Any], name: str | None, summary: str) -> None:
    text = json.dumps(found, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    if name == "-":
        sys.stdout.write(text)
        return
    print(evaluation_text(found, summary))
    if name is not None:
        try:
            Path(name).write_text(text, encoding="utf-8")
        except OSError as problem:
            raise UnreadableFile(f"{name}: cannot be written ({problem.strerror}); check the path") from None


def _say(text: str) -> None:
    print(text, file=sys.stderr)
