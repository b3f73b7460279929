"""Judge a model on a labelled history: ``signup-risk evaluate``."""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final

from signup_risk.cli.data import chosen_references
from signup_risk.cli.evaluation_text import evaluation_text
from signup_risk.cli.history_options import chosen_history
from signup_risk.cli.json_file import json_file
from signup_risk.cli.moments import time_of
from signup_risk.cli.numbers import jobs_for
from signup_risk.errors import ConfigurationError
from signup_risk.extract import VERSIONS
from signup_risk.model import ModelArtefact, bundled_model_path
from signup_risk.policy import Policy, read_policy

if TYPE_CHECKING:
    from signup_risk.training.history import History, HistoryReport
    from signup_risk.training.table import FeatureTable

#: What stands for the model that comes with the package.
BUNDLED: Final = "bundled"

_EMPTY_STORE: Final = {
    "code": "EMPTY_STORE",
    "text": "the history was replayed from an empty store, so the first sign-ups are judged without a past, as a "
    "scorer in use never judges them; give what came before as well, and with --since where judging is to begin",
}


def run_evaluate(options: argparse.Namespace) -> int:
    """Judge the model that the options name, and the one beside it.

    Returns:
        The exit status: 0, or 1 if rows of the history could not be read.
    """
    with ExitStack() as stack:
        write = None if options.json is None else stack.enter_context(json_file(options.json, _inputs(options)))
        found, report = _judged(options)
        if write is not None:
            write(found)
    # The file stands by now, whoever reads the tables and stops reading.
    if options.json != "-":
        print(evaluation_text(found, report.summary()))
        if "campaigns" in found:
            print(f"\n{found['campaigns']['text']}")
    return 1 if report.bad else 0


def _inputs(options: argparse.Namespace) -> list[str]:
    """Return the files and folders that the options name to be read."""
    references = [text.partition("=")[2] for text in options.reference]
    named = [options.model, options.against, *options.history, options.map, options.policy, options.data_dir]
    return [name for name in (*named, *references) if name]


def _judged(options: argparse.Namespace) -> tuple[dict[str, Any], HistoryReport]:
    # Imported here, since it loads NumPy and LightGBM, which no other command needs.
    from signup_risk.training.evaluate import evaluate

    since = None if options.since is None else time_of("--since", options.since)
    if since is not None and options.campaigns:
        raise ConfigurationError(
            "--since judges a part of the history and --campaigns the whole; run evaluate twice, with one of them each"
        )
    policy = Policy() if options.policy is None else read_policy(options.policy)
    with ExitStack() as stack:
        artefacts = [_load(name) for name in (options.model, options.against) if name is not None]
        for artefact in artefacts:
            stack.callback(artefact.close)
        history = stack.enter_context(chosen_history(options, _say))
        report = history.report
        if not (report.abusive and report.legitimate):
            raise ConfigurationError(
                f"the history has {report.summary()}; judging needs both kinds, so give labels, or name their column "
                "with --label-column or --map"
            )
        table = _from(since, _replayed(history, artefacts, options))
        challenger = artefacts[1] if len(artefacts) > 1 else None
        found = evaluate(artefacts[0], table, policy=policy, challenger=challenger, seed=options.seed).to_dict()
        found |= {"since": options.since}
        if since is None:
            found["cautions"].append(_EMPTY_STORE)
        if options.campaigns:
            found["campaigns"] = _campaigns(history, policy, options)
        return found, report


def _from(since: int | None, table: FeatureTable) -> FeatureTable:
    """Return the rows that are judged: those of the time and later, which know the past that came before."""
    if since is None:
        return table
    chosen = table.times >= since
    if not chosen.any():
        raise ConfigurationError("no sign-up of the history is as late as --since; give an earlier time")
    return table.where(chosen)


def _campaigns(history: History, policy: Policy, options: argparse.Namespace) -> dict[str, Any]:
    """Judge how the campaigns of the history are found, in a run of its own."""
    from signup_risk.scorer import Scorer
    from signup_risk.training.coordination import judge_campaigns, judgement_text, run_stream
    from signup_risk.training.history import event_of_record
    from signup_risk.training.progress import bars
    from signup_risk.training.simulated import simulated_count

    model = None if options.model == BUNDLED else options.model
    count = len(history)
    events = map(event_of_record, bars(history.records(), "finding campaigns", count))
    references = chosen_references(options)
    with Scorer.open("memory://", model=model, references=references, policy=policy, explain="never") as scorer:
        stream = run_stream(events, scorer, workers=jobs_for(options.jobs, count))
    judged = judge_campaigns([stream])
    return judged.to_dict() | {"text": judgement_text(judged, synthetic=simulated_count(stream.groups) > 0)}


def _load(name: str) -> ModelArtefact:
    return ModelArtefact.load(bundled_model_path() if name == BUNDLED else name, versions=VERSIONS)


def _replayed(history: History, artefacts: list[ModelArtefact], options: argparse.Namespace) -> FeatureTable:
    from signup_risk.training.evaluate import wanted_features
    from signup_risk.training.progress import bars
    from signup_risk.training.replay import replay
    from signup_risk.training.replay_parallel import replay_parallel

    references, features = chosen_references(options), wanted_features(artefacts)
    count = len(history)
    jobs = jobs_for(options.jobs, count)
    if jobs == 1:
        return replay(bars(history, "replaying", count), references, features)
    return replay_parallel(bars(history.records(), "replaying", count), references, features, workers=jobs)


def _say(text: str) -> None:
    print(text, file=sys.stderr)
