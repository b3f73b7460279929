"""Bring records into the order of time, each id once, however they came."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import permutations

import pytest

from signup_risk.training.spool import Entry, Spool

Row = tuple[bytes, Entry]
Spooled = Callable[[Sequence[Row]], Spool]


@pytest.fixture
def spooled() -> Iterator[Spooled]:
    """Return what makes a spool of rows."""
    made: list[Spool] = []

    def fill(rows: Sequence[Row]) -> Spool:
        made.append(Spool())
        for record, entry in rows:
            made[-1].add(record, entry)
        return made[-1]

    yield fill
    for spool in made:
        spool.close()


def joined(record: bytes, other: bytes) -> bytes:
    """Say whose label a record has."""
    return record + b"<" + other


def test_order_is_that_of_time_and_not_of_arrival(spooled: Spooled) -> None:
    """Records with one time come out in one order, whichever way they went in, with and without ids."""
    rows = [
        (b"first", Entry(1, "z", 0)), (b"ann", Entry(2, "a", 0)), (b"bob", Entry(2, "b", 1)),
        (b"nobody", Entry(2, None, 1)), (b"no one", Entry(2, None, 0)),
    ]  # fmt: skip
    found = {tuple(spooled(some).records(joined)) for some in permutations(rows)}
    assert len(found) == 1
    assert next(iter(found))[0] == b"first"
    assert len({tuple(spooled(some).labels.tolist()) for some in permutations(rows)}) == 1


@pytest.mark.parametrize(
    ("rows", "kept", "label", "dropped"),
    [
        ([(b"u", Entry(1, "a", -1)), (b"l", Entry(1, "a", 1, 9))], None, 1, 0),
        ([(b"u", Entry(1, "a", -1)), (b"l", Entry(5, "a", 1, 9))], b"u<l", 1, 0),
        ([(b"u", Entry(5, "a", -1)), (b"l", Entry(1, "a", 1))], b"l", 1, 0),
        ([(b"old", Entry(1, "a", 1, 5)), (b"new", Entry(1, "a", 0, 9))], None, 0, 1),
        ([(b"unsaid", Entry(1, "a", 1)), (b"said", Entry(2, "a", 0, 9))], b"unsaid<said", 0, 1),
        ([(b"early", Entry(1, "a", 1)), (b"late", Entry(2, "a", 0))], b"early", 1, 1),
        ([(b"u", Entry(1, "a", -1)), (b"v", Entry(2, "a", -1))], b"u", -1, 0),
    ],
)
def test_an_id_has_its_earliest_record_and_its_latest_label(
    spooled: Spooled, rows: list[Row], kept: bytes | None, label: int, dropped: int
) -> None:
    """A label beats none, one known later beats one known earlier, and only contradictions count as dropped."""
    other = (b"other", Entry(3, "b", 1, 4))
    for some in permutations([*rows, other]):
        spool = spooled(some)
        assert dict(zip(spool.times().tolist(), spool.labels.tolist(), strict=True)) == {min(
            entry.at for _, entry in rows
        ): label, 3: 1}  # fmt: skip
        assert spool.conflicts() == dropped
        assert kept is None or kept in list(spool.records(joined))


def test_records_without_an_id_are_all_kept(spooled: Spooled) -> None:
    """Nothing tells them from each other, so none is left out and none lends its label."""
    spool = spooled(
        [(b"a", Entry(1, None, 1)), (b"b", Entry(1, None, -1)), (b"c", Entry(2, "c", 0)), (b"c", Entry(3, "c", 0))]
    )
    assert sorted(spool.records(joined)) == [b"a", b"b", b"c"]
    assert spool.conflicts() == 0
    assert sorted(spool.labels.tolist()) == [-1, 0, 1]


def test_labels_before_their_signup_are_counted(spooled: Spooled) -> None:
    """What is known before it happened is counted, of the label that counts only."""
    rows = [
        (b"a", Entry(5, "a", 1, 4)), (b"b", Entry(5, "b", 1, 5)), (b"c", Entry(5, "c", 1)),
        (b"d", Entry(5, "d", -1, 4)), (b"e", Entry(5, "e", 0, 4)), (b"e", Entry(5, "e", 0, 6)),
    ]  # fmt: skip
    assert spooled(rows).early_labels() == 1


def test_some_records_are_spread_over_time(spooled: Spooled) -> None:
    """A few of many are of all times, and few are all given."""
    spool = spooled([(str(n).encode(), Entry(n, f"s{n}", 0)) for n in range(1000)])
    some = [int(record) for record in spool.records(joined, 10)]
    assert some == list(range(0, 1000, 100))
    assert len(list(spool.records(joined, 5000))) == 1000
    assert list(spooled([]).records(joined, 10)) == []
