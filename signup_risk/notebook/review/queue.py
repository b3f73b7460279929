"""Let an analyst rule on single sign-ups in a notebook, and write what was ruled back through the scorer.

Rulings on whole campaigns are another matter, with a brake of their own: ``Scorer.rule``, ``signup-risk review``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pandas as pd

from signup_risk.campaigns.texts import counted
from signup_risk.errors import ConfigurationError
from signup_risk.notebook.common.chosen import Chosen, rows_chosen
from signup_risk.notebook.review.file import digest_of, read_queue, write_queue
from signup_risk.notebook.review.rows import DEFAULT_COSTS, ORDERS, Assessed, Order, QueueRow, ordered, rows_of
from signup_risk.notebook.review.ruling import SOURCE, Ruling, State, Verdict
from signup_risk.notebook.review.undoing import standing, steps_left, taken_back, undone_by
from signup_risk.notebook.review.writing import Written, was_ruled_on, write_ruling
from signup_risk.scorer import Scorer
from signup_risk.scorer.progress import Progress, bars
from signup_risk.scorer.times import moment_come, utc_now
from signup_risk.training.evaluate.costs import Costs

#: Most sign-ups of a queue: more than anybody reviews.
MOST: Final = 100_000

_ROW_COLUMNS: Final = (
    "signup_id", "at", "risk_score", "fpr", "decision", "campaign", "campaign_size", "campaign_probability",
    "expected_cost",
)  # fmt: skip
_NUMBERS: Final = ("risk_score", "fpr", "campaign_probability", "expected_cost")
_RULING_COLUMNS: Final = ("outcome", "confidence", "by", "note", "ruled_at", "state")
_RESULT_COLUMNS: Final = ("signup_id", "outcome", "confidence", "by", "ruled_at", "state", "known", "problem")


class ReviewQueue:
    """Hold sign-ups that wait for a person, and what was ruled on them. Use :func:`review_queue` to make one.

    Nothing leaves the notebook before :meth:`commit`. With a file, every change is saved at once.

    Attributes:
        left_out: Why assessed sign-ups are not in the queue, and how many.

    Examples:
        >>> with Scorer.open("memory://") as scorer:
        ...     found = scorer.assess({"signup_id": "a1", "at": "2026-06-01T12:00:00Z", "email": "ada@example.com"})
        ...     queue = review_queue([found], scorer, decisions=None)
        ...     _ = queue.decide("a1", "legitimate", by="analyst 7", confidence=0.9)
        ...     written = queue.commit()
        >>> written["state"].tolist(), len(queue.pending())
        (['written'], 0)
    """

    def __init__(
        self, rows: Sequence[QueueRow], scorer: Scorer, *, clock: Callable[[], datetime], path: Path | None = None
    ) -> None:
        self._rows = {row.signup_id: row for row in rows}
        self._scorer = scorer
        self._clock = clock
        self._path = path
        self._written = None if path is None else digest_of(path)
        self._rulings: dict[str, list[Ruling]] = {}
        self._steps: list[tuple[int, list[str]]] = []
        self.left_out: Counter[str] = Counter()

    def __len__(self) -> int:
        """Return the number of sign-ups, ruled on or not."""
        return len(self._rows)

    @property
    def frame(self) -> pd.DataFrame:
        """Return every sign-up in the order in which they deserve attention, with what was ruled."""
        return self._framed(self._rows)

    def pending(self) -> pd.DataFrame:
        """Return the sign-ups that nobody has ruled on yet, and those whose ruling was taken back."""
        return self._framed(name for name in self._rows if not self._is_ruled(name))

    def ruled(self) -> pd.DataFrame:
        """Return the sign-ups on which a ruling holds; ``state`` says whether the ledger has it."""
        return self._framed(filter(self._is_ruled, self._rows))

    def history(self) -> pd.DataFrame:
        """Return every ruling, also those that later ones took the place of, in the order of time."""
        told = [_record(ruling) for held in self._rulings.values() for ruling in held]
        frame = pd.DataFrame(told, columns=["signup_id", *_RULING_COLUMNS])
        return frame.sort_values("ruled_at", kind="stable", ignore_index=True)

    def by_campaign(self) -> pd.DataFrame:
        """Return one row a campaign that waits: id, sign-ups that wait, their expected cost, the oldest and the newest.

        To rule on a campaign as a whole use ``scorer.rule(id, "confirm", by=...)`` or ``signup-risk review``.
        """
        waiting = self.pending()
        grouped = waiting.dropna(subset=["campaign"]).groupby("campaign", sort=False)
        told = grouped.agg(
            waiting=("signup_id", "size"),
            expected_cost=("expected_cost", "sum"),
            oldest=("at", "min"),
            newest=("at", "max"),
        )
        return told.sort_values("expected_cost", ascending=False, kind="stable")

    def decide(  # noqa: PLR0913 - who rules what on whom, when, how surely and why
        self,
        ids: Chosen,
        outcome: Verdict,
        *,
        by: str,
        confidence: float = 1.0,
        note: str = "",
        source: str = SOURCE,
        at: datetime | str | None = None,
        happened_at: datetime | str | None = None,
        withdraw: bool = False,
    ) -> pd.DataFrame:
        """Rule on sign-ups; a later ruling takes the place of an earlier one.

        Args:
            ids: One id, several, a frame with ``signup_id``, or a mask over :attr:`frame`.
            outcome: ``abusive``; ``legitimate``, which says that this is an honest person and labels the sign-up so; or
                ``cleared``, which closes the case and leaves it without a label.
            by: Who rules. The ledger keeps a keyed hash, by which hands are told apart and nobody is named; a
                pseudonym does as well, as long as it stays the same.
            confidence: How sure it is, in (0, 1]; labels weigh as much.
            note: Why. It stays in the queue's file, sealed, and goes nowhere else.
            source: Where it is known from, a short word; ``analyst`` by default.
            at: When it was ruled; now by default.
            happened_at: When what is ruled on happened, if that is known.
            withdraw: Whether ``cleared`` may withdraw an outcome that another source reported.

        Returns:
            The rows that were ruled on.

        Raises:
            ConfigurationError: An id is not in the queue, nobody is chosen, or an argument is not allowed.
            InvalidSignup: A time cannot be read, has no offset, or lies more than a day ahead.
        """
        self._check_file()
        names = self._named(ids)
        ruled_at = moment_come(at, self._clock)
        happened = None if happened_at is None else moment_come(happened_at, self._clock)
        step = 1 + max((one.step for held in self._rulings.values() for one in held), default=0)
        first = Ruling(names[0], outcome, by, ruled_at, confidence, note, source, happened, withdraw, step=step)
        for name in names:
            self._rulings.setdefault(name, []).append(replace(first, signup_id=name))
        self._steps.append((step, names))
        self._autosave()
        return self._framed(names)

    def undo(self) -> pd.DataFrame:
        """Take back the last :meth:`decide` that was not taken back yet, and return its rows.

        After a queue was read from its file, that is possible for what was not written.
        What the ledger has already cannot be taken out of it. The next :meth:`commit` writes again what stood before,
        or ``cleared`` if nothing did; what somebody else reported since stays as it is. The sign-up waits again at once
        (:meth:`pending`), unless an earlier ruling holds.

        Raises:
            ConfigurationError: Nothing is left to take back.
        """
        self._check_file()
        if not self._steps:
            raise ConfigurationError("nothing is left to take back; rule anew with decide(...)")
        step, names = self._steps.pop()
        moment = self._clock()
        for name in names:
            held = taken_back(self._rulings.pop(name), step, moment)
            if held:
                self._rulings[name] = held
        self._autosave()
        return self._framed(names)

    def commit(self, *, progress: Progress = bars) -> pd.DataFrame:
        """Write what was ruled through :meth:`signup_risk.Scorer.report`, sign-up by sign-up.

        Each is written whole or not at all, whatever becomes of the others. Calling it again writes what is left: what
        was refused, and what waits for the ledger; nothing is ever written twice. If what another hand had ruled was
        withdrawn by clearing, ``problem`` says so.

        Args:
            progress: Shows how far it is.

        Returns:
            One row a ruling that was not written yet: ``state`` is ``written``, ``waiting`` (the ledger did not answer;
            the scorer holds it in this process) or ``refused`` with a ``problem``; ``known`` says whether velocity
            knows the sign-up. A ``problem`` of what is written says that velocity does not, or what of another hand was
            withdrawn.

        Raises:
            ConfigurationError: The scorer is closed.
        """
        if self._scorer.is_closed:
            raise ConfigurationError(
                "the scorer is closed, so nothing was written; open one on the same store and make the queue again, "
                "with the path= of its file if it has one"
            )
        self._check_file()
        due = [held[-1] for held in self._rulings.values() if held[-1].state != "written"]
        told: list[Written] = []
        self._mark(due, "waiting")  # in the file before the first is written: whoever is killed cannot say which were
        self._autosave()
        try:
            told.extend(self._written_one_by_one(progress(due, "write", total=len(due))))
        finally:
            self._mark(due[len(told) + 1 :], None)
            self._autosave()
        frame = pd.DataFrame([_result(one) for one in told], columns=list(_RESULT_COLUMNS))
        return frame.astype({"known": "boolean"})

    def save(self, path: str | Path) -> None:
        """Write the queue to a file, and from now on after every change.

        The file holds no name, id or note in the clear; a scorer under the same secret opens it
        (:func:`review_queue` with ``path=``).

        Raises:
            ConfigurationError: It cannot be written, or is there already and not this queue's own.
        """
        self._path, self._written = Path(path), self._written if self._path == Path(path) else None
        self._check_file()
        self._autosave()

    def _is_ruled(self, name: str) -> bool:
        return standing(self._rulings.get(name, ())) is not None

    def _named(self, ids: Chosen) -> list[str]:
        names = list(self._rows)
        found = rows_chosen([ids] if isinstance(ids, str) else ids, names, self.frame)
        chosen = [name for name, is_chosen in zip(names, found.tolist(), strict=True) if is_chosen]
        if not chosen:
            raise ConfigurationError("no sign-up is chosen; give ids of this queue, or a mask with some true")
        return chosen

    def _written_one_by_one(self, due: Iterable[Ruling]) -> Iterator[Written]:
        """Write rulings, and note what became of each; once the ledger does not answer, none waits for it again."""
        is_down = False
        for ruling in due:
            held = self._rulings[ruling.signup_id]
            found = write_ruling(self._scorer, ruling, undone_by(ruling, held), wait=not is_down)
            is_down = is_down or found.is_down
            held[-1] = found.ruling if found.state == "refused" else replace(found.ruling, state=found.state)
            yield found

    def _mark(self, rulings: Iterable[Ruling], state: State | None) -> None:
        """Give rulings that are the last word on their sign-ups a state, or the one that they have."""
        for ruling in rulings:
            self._rulings[ruling.signup_id][-1] = ruling if state is None else replace(ruling, state=state)

    def _check_file(self) -> None:
        """Refuse to go on if the file is not as this queue left it: two notebooks would lose each other's rulings."""
        if self._path is not None and self._path.exists() and digest_of(self._path) != self._written:
            raise ConfigurationError(
                f"{self._path}: was written by somebody else since, and stays as it is. Make the queue again with "
                "review_queue(..., path=), which takes in what it holds, or save to another path"
            )

    def _autosave(self) -> None:
        if self._path is not None:
            self._check_file()
            held = list(self._rulings.values())
            write_queue(self._path, list(self._rows.values()), held, self._scorer.recipe().hasher)
            self._written = digest_of(self._path)

    def _restore(self, rulings: Iterable[list[Ruling]]) -> None:
        self._rulings = {held[0].signup_id: held for held in rulings if held}
        self._steps = steps_left(self._rulings)

    def _framed(self, names: Iterable[str]) -> pd.DataFrame:
        told = []
        for name in names:
            held = self._rulings.get(name)
            told.append(asdict(self._rows[name]) | (_record(held[-1]) if held else {}))
        frame = pd.DataFrame(told, columns=[*_ROW_COLUMNS, *_RULING_COLUMNS])
        times = dict.fromkeys(("at", "ruled_at"), "datetime64[us, UTC]")
        return frame.astype(dict.fromkeys(_NUMBERS, "float64") | times)

    def __repr__(self) -> str:
        ruled = [name for name in self._rows if self._is_ruled(name)]
        due = sum(held[-1].state != "written" for held in self._rulings.values())
        return (
            f"<ReviewQueue: {counted(len(self._rows), 'sign-up')}, {len(self._rows) - len(ruled):,} pending, "
            f"{len(ruled):,} ruled; {due:,} to be written by commit()>"
        )

    def _repr_html_(self) -> str:
        told: str = self.pending().head(20).to_html(index=False, escape=True, na_rep="")
        return f"<p>{repr(self)[1:-1]}</p>{told}"


def review_queue(  # noqa: PLR0913 - who waits, in which order, and where it is kept
    assessed: Assessed,
    scorer: Scorer,
    *,
    order: Order = "cost",
    costs: Costs = DEFAULT_COSTS,
    decisions: Collection[str] | None = ("review",),
    again: bool = False,
    path: str | Path | None = None,
    clock: Callable[[], datetime] = utc_now,
    progress: Progress = bars,
) -> ReviewQueue:
    """Make a queue of the assessed sign-ups that wait for a person, those that deserve attention first first.

    Args:
        assessed: A frame of :meth:`signup_risk.Scorer.assess_frame`, assessments, or their ``to_dict()``. Of a sign-up
            that stands twice the last counts.
        scorer: Takes the outcomes; it has to be open on the store that the sign-ups were assessed with.
        order: ``cost``: the largest expected cost of leaving the decision as it is first, which of those that were held
            is whoever is most probably honest by their own score; ``score``: the highest score;
            ``campaign``: campaigns together, the costliest first; ``age``: the oldest.
        costs: What a wrong decision costs; ``abusive`` and ``friction`` are looked at.
        decisions: Decisions that wait for a person; all if None. In shadow mode what would have been decided counts.
        again: Whether to take in sign-ups on which the ledger has a ruling or a strong outcome already.
        path: File to keep the queue in. If it is there, its queue goes on: rows and rulings of it stay, assessed
            sign-ups that are new are put in.
        clock: Tells when something is ruled.
        progress: Shows how far the look into the ledger is.

    Raises:
        ConfigurationError: An argument cannot be used, or the file is of another secret.
        StoreError: The ledger fails.
    """
    if order not in ORDERS:
        raise ConfigurationError(f"order is {str(order)[:20]!r}; use one of {', '.join(ORDERS)}")
    file = None if path is None else Path(path)
    rows, rulings = ([], []) if file is None or not file.exists() else read_queue(file, scorer.recipe().hasher)
    left_out: Counter[str] = Counter()
    known = {row.signup_id: row for row in rows}
    ruled = {held[0].signup_id for held in rulings if held}
    for row in progress(list(rows_of(assessed, costs)), "queue", total=None):
        reason = row if isinstance(row, str) else _reason(row, scorer, decisions, again=again)
        if isinstance(row, QueueRow) and (row.signup_id in ruled or not reason):
            known[row.signup_id] = row
        else:
            left_out[reason] += 1
    if len(known) > MOST:
        raise ConfigurationError(f"a queue of {len(known):,} sign-ups is too long to review; choose at most {MOST:,}")
    queue = ReviewQueue(ordered(known.values(), order), scorer, clock=clock, path=file)
    queue.left_out = left_out
    queue._restore(rulings)  # noqa: SLF001 - the maker of the class
    queue._autosave()  # noqa: SLF001
    return queue


def _reason(row: QueueRow, scorer: Scorer, decisions: Collection[str] | None, *, again: bool) -> str:
    """Return why a sign-up does not wait; empty if it does."""
    if decisions is not None and row.decision not in decisions:
        return f"decided {row.decision}"
    return "ruled on already" if not again and was_ruled_on(scorer, row.signup_id) else ""


def _record(ruling: Ruling) -> dict[str, Any]:
    return {
        "signup_id": ruling.signup_id,
        "outcome": ruling.outcome,
        "confidence": ruling.confidence,
        "by": ruling.by,
        "note": ruling.note,
        "ruled_at": ruling.at,
        "state": ruling.state,
    }


def _result(found: Written) -> dict[str, Any]:
    told = {name: value for name, value in _record(found.ruling).items() if name != "note"}
    return told | {"state": found.state, "known": found.known, "problem": found.problem}
