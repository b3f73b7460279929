"""Make decisions again from their receipts: ``signup-risk replay``."""

from __future__ import annotations

import argparse
import hmac
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

from signup_risk.errors import ConfigurationError, SignupRiskError
from signup_risk.model import ModelArtefact, bundled_model_path
from signup_risk.receipts import Receipt, Replay, read_receipts, replay
from signup_risk.scorer.receipt_face import mark_of
from signup_risk.stores.hashing import FILE_VARIABLE, SECRET_VARIABLE, Hasher, given_hasher, with_second

_REPLAY: Final = """\
Makes decisions again from their receipts, one a line, and compares raw score, probability, false-positive rate, reasons
and decision with what was recorded, to the bit. No store, no reference data and nothing of an applicant is needed. With
SIGNUP_RISK_SECRET set, a receipt also has to have been made under it, or under SIGNUP_RISK_SECOND_SECRET.

exit status: 0 all came out the same, 1 some did not or were refused, 2 nothing could be done"""

#: What the secret says of a receipt, in words.
_SECRETS: Final = {
    None: "",
    "genuine": "; genuine",
    "forged": "; FORGED: it was not made under this secret as it stands",
    # Whoever forges a receipt can write the mark of no secret, but of any secret that nobody can check.
    "another": "; NOT VERIFIED: made under another secret; set that one as SIGNUP_RISK_SECOND_SECRET",
}

#: How a replay ended.
_SAME, _OTHER, _REFUSED = "reproduced", "different", "refused"


def add_replay(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "replay",
        help="make decisions again from their receipts",
        description=_REPLAY,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=run_replay)
    parser.add_argument("receipts", metavar="RECEIPT", nargs="+", help="JSON Lines of receipts; - is standard input")
    parser.add_argument(
        "--model",
        metavar="DIR",
        action="append",
        default=[],
        help="folder of a model that gave scores; may be given several times (default: the bundled one)",
    )
    parser.add_argument("--json", action="store_true", help="print JSON, one object a receipt")


def run_replay(options: argparse.Namespace) -> int:
    """Make decisions again and say how they came out.

    Returns:
        0, or 1 if one came out otherwise or was refused.
    """
    loaded = [ModelArtefact.load(path) for path in options.model or [bundled_model_path()]]
    models = {artefact.digest: artefact for artefact in loaded}
    hasher = with_second(given_hasher()) if {SECRET_VARIABLE, FILE_VARIABLE} & set(os.environ) else None
    ends: Counter[str] = Counter()
    for where, found in _all(options.receipts):
        told = _told(found, models, hasher)
        ends[told["result"]] += 1
        if options.json:
            print(json.dumps({"receipt": where} | told))
        else:
            print(f"{where}: {_line(told)}", file=sys.stderr if told["result"] == _REFUSED else sys.stdout)
    if not ends:
        raise ConfigurationError("there is no receipt in what was given; give lines that receipt.to_json() wrote")
    return 0 if set(ends) == {_SAME} else 1


def _all(names: list[str]) -> Iterator[tuple[str, Receipt | SignupRiskError]]:
    for name in names:
        with _opened(name) as stream:
            for number, found in read_receipts(stream):
                yield f"{name} line {number}", found


@contextmanager
def _opened(name: str) -> Iterator[IO[str]]:
    if name == "-":
        yield sys.stdin
        return
    try:
        with Path(name).open(encoding="utf-8", errors="replace") as stream:
            yield stream
    except OSError as problem:
        raise ConfigurationError(f"the receipt {name!r} cannot be read ({problem.strerror})") from problem


def _told(
    found: Receipt | SignupRiskError, models: Mapping[str, ModelArtefact], hasher: Hasher | None
) -> dict[str, Any]:
    if isinstance(found, SignupRiskError):
        return {"result": _REFUSED, "problem": str(found)}
    artefact = models.get(found.model.digest) or next(iter(models.values()))
    try:
        made = replay(found, artefact)
    except SignupRiskError as problem:
        return {"result": _REFUSED, "problem": str(problem)}
    secret = None if hasher is None else _secret(found, hasher)
    # A mark that no holder of the secrets wrote is as bad as another score.
    is_same = made.is_reproduced and secret in {None, "genuine"}
    return {
        "result": _SAME if is_same else _OTHER,
        "digest": found.digest,
        "decision": made.found.decision,
        "raw_score": made.found.raw_score,
        "probability": made.found.probability,
        "fpr": made.found.fpr,
        "secret": secret,
        "differences": _differences(made),
    }


def _secret(receipt: Receipt, hasher: Hasher) -> str:
    """Say whether a receipt bears the mark of a live secret: ``genuine``, ``forged``, or of ``another`` secret."""
    live = next((one for one in (hasher, hasher.second) if one and one.check() == receipt.keyed.secret), None)
    if live is None:
        return "another"
    return "genuine" if hmac.compare_digest(receipt.mark.encode(), mark_of(receipt, live).encode()) else "forged"


def _differences(made: Replay) -> list[dict[str, Any]]:
    return [{"name": one.name, "recorded": one.recorded, "found": one.found} for one in made.differences]


def _line(told: Mapping[str, Any]) -> str:
    if told["result"] == _REFUSED:
        return f"refused: {told['problem']}"
    score = f"raw score {told['raw_score']:+.6f}, probability {told['probability']:.6f}, fpr {told['fpr']:.6f}"
    secret = _SECRETS[told["secret"]]
    differing = [f"{one['name']} {one['recorded']!r} was {one['found']!r} now" for one in told["differences"]]
    return "; ".join([f"{told['result']}: {told['decision']}, {score}{secret}", *differing])
