"""Test any implementation of the journal of campaigns.

Subclass in a test module, give ``open``, and let pytest collect the class::

    class TestMyJournal(JournalContract):
        def open(self, tmp_path):
            return MyJournal(...)

No clock is read and nothing sleeps.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Final

import pytest

from signup_risk.stores.journal import KEPT_FOR, SETTLED_FOR, ErasableJournal, Journal, JournalEntry

NOW: Final = 1_750_000_000_000_000

#: The largest 32-bit name of a sign-up.
_LARGEST: Final = 0xFFFF_FFFF


def entry_of(text: str, at: int = NOW, *, brief: bool = False) -> JournalEntry:
    """Return an entry."""
    return JournalEntry(at, brief, text.encode())


def texts(journal: Journal, number: int = 0) -> list[str]:
    """Return the contents of all entries after a number."""
    return [content.decode() for _, content in journal.since(number)]


class JournalContract(ABC):
    """Hold one implementation to the contract."""

    @abstractmethod
    def open(self, tmp_path: Path) -> Journal:
        """Return a journal; the same ``tmp_path`` means the same data where the journal is durable."""

    @pytest.fixture
    def journal(self, tmp_path: Path) -> Journal:
        """Open an empty journal."""
        return self.open(tmp_path)

    def test_entries_keep_their_order(self, journal: Journal) -> None:
        """Entries are read as they were appended, whatever their times, and their numbers ascend."""
        journal.append([entry_of("a"), entry_of("b", NOW - 5)])
        journal.append([entry_of("c", NOW - 9)])
        found = journal.since(0)
        assert [content for _, content in found] == [b"a", b"b", b"c"]
        assert [number for number, _ in found] == sorted({number for number, _ in found})

    def test_reading_on(self, journal: Journal) -> None:
        """Whoever names the last number read gets what came after it, and nothing twice."""
        assert journal.since(0) == []
        journal.append([entry_of("a"), entry_of("b")])
        first, second = (number for number, _ in journal.since(0))
        assert texts(journal, first) == ["b"]
        assert journal.since(second) == []
        journal.append([entry_of("c")])
        assert texts(journal, second) == ["c"]

    def test_nothing_appended(self, journal: Journal) -> None:
        """An empty list leaves no entry."""
        journal.append([])
        assert journal.since(0) == []

    def test_numbers_are_never_used_again(self, journal: Journal) -> None:
        """Entries appended after all others were forgotten still have higher numbers."""
        journal.append([entry_of("a"), entry_of("b")])
        last = journal.since(0)[-1][0]
        assert journal.trim(NOW + KEPT_FOR) == 2
        journal.append([entry_of("c", NOW + KEPT_FOR)])
        assert texts(journal, last) == ["c"]
        assert texts(journal) == ["c"]

    def test_trim_forgets_what_is_old(self, journal: Journal) -> None:
        """Marks and settled sign-ups go after days, the story after months, to the microsecond."""
        journal.append([entry_of("mark", brief=True), entry_of("story"), entry_of("new", NOW + 1, brief=True)])
        journal.settle(1, NOW, b"old")
        journal.settle(2, NOW + 1, b"new")
        assert journal.trim(NOW + SETTLED_FOR - 1) == 0
        assert journal.trim(NOW + SETTLED_FOR) == 2
        assert texts(journal) == ["story", "new"]
        assert journal.settled([1, 2]) == {2: b"new"}
        assert journal.trim(NOW + KEPT_FOR) == 3
        assert journal.trim(NOW + KEPT_FOR) == 0

    def test_trimming_bit_by_bit_comes_to_the_same(self, journal: Journal) -> None:
        """With a limit each call looks at a part, and enough of them forget all that is old and nothing else."""
        journal.append([entry_of(str(n), NOW + n // 10, brief=True) for n in range(20)])
        for short in range(20):
            journal.settle(short, NOW + short // 10, b"")
        gone = [journal.trim(NOW + SETTLED_FOR, limit=5) for _ in range(40)]
        assert max(gone) <= 10
        assert sum(gone) == 20
        assert texts(journal) == [str(n) for n in range(10, 20)]
        assert sorted(journal.settled(list(range(20)))) == list(range(10, 20))

    def test_settling_again_replaces(self, journal: Journal) -> None:
        """A later record under the same name takes the place of the earlier one."""
        journal.settle(7, NOW, b"first")
        journal.settle(7, NOW + 1, b"second")
        assert journal.settled([7]) == {7: b"second"}
        journal.trim(NOW + SETTLED_FOR)
        assert journal.settled([7]) == {7: b"second"}

    def test_settled_sign_ups(self, journal: Journal) -> None:
        """Those that have a record are returned, however many are asked for; names reach 32 bits."""
        journal.settle(1, NOW, b"")
        journal.settle(_LARGEST, NOW, bytes(range(256)))
        assert journal.settled([]) == {}
        assert journal.settled([2, _LARGEST, 2]) == {_LARGEST: bytes(range(256))}
        assert journal.settled(range(1, 3000)) == {1: b""}

    def test_threads_lose_nothing(self, journal: Journal) -> None:
        """Entries of eight threads are all there once, those of one call side by side, those of one thread in order."""

        def work(worker: int) -> None:
            for number in range(40):
                told = [entry_of(f"{worker} {number} {part}") for part in "ab"]
                journal.append(told, timeout=60)
                journal.settle(1000 * worker + number, NOW, b"%d" % worker, timeout=60)

        threads = [threading.Thread(target=work, args=(worker,)) for worker in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        found = texts(journal)
        assert sorted(found) == sorted(f"{w} {n} {part}" for w in range(8) for n in range(40) for part in "ab")
        assert all(one[:-1] == other[:-1] for one, other in zip(found[::2], found[1::2], strict=True))
        for worker in range(8):
            own = [int(text.split()[1]) for text in found if text.startswith(f"{worker} ")]
            assert own == sorted(own)
        assert len(journal.settled([1000 * w + n for w in range(8) for n in range(40)])) == 320

    def test_reading_while_others_write(self, journal: Journal) -> None:
        """A reader that goes on from the last number misses nothing of what is appended meanwhile."""

        def write() -> None:
            for _ in range(100):
                journal.append([entry_of("x")], timeout=60)

        writer = threading.Thread(target=write)
        writer.start()
        found, last = 0, 0
        while writer.is_alive() or journal.since(last):
            for number, _ in journal.since(last, timeout=60):
                assert number > last
                found, last = found + 1, number
        writer.join()
        assert found == 100

    def test_closing_twice(self, journal: Journal) -> None:
        """A second close does nothing."""
        journal.close()
        journal.close()


class JournalErasureContract(ABC):
    """Hold one implementation to the contract of changing what has been written."""

    @abstractmethod
    def open(self, tmp_path: Path) -> ErasableJournal:
        """Return a journal; the same ``tmp_path`` means the same data where the journal is durable."""

    @pytest.fixture
    def journal(self, tmp_path: Path) -> ErasableJournal:
        """Open an empty journal."""
        return self.open(tmp_path)

    def test_entries_are_changed_where_they_stand(self, journal: ErasableJournal) -> None:
        """Other contents stand under the same numbers, removed entries are gone, all others are as they were."""
        journal.append([entry_of(text, brief=text == "b") for text in "abcd"])
        first, second, third, fourth = (number for number, _ in journal.since(0))
        assert journal.amend({first: b"A", third: None, fourth + 5: b"none"}) == 2
        assert journal.since(0) == [(first, b"A"), (second, b"b"), (fourth, b"d")]
        journal.append([entry_of("e")])
        assert texts(journal, fourth) == ["e"]
        assert journal.amend({third: None}) == journal.amend({}) == 0

    def test_what_was_changed_grows_old_as_before(self, journal: ErasableJournal) -> None:
        """A changed entry keeps its time and whether it is brief."""
        journal.append([entry_of("story"), entry_of("mark", brief=True), entry_of("new", NOW + 1)])
        numbers = [number for number, _ in journal.since(0)]
        journal.amend(dict.fromkeys(numbers, b"x"))
        assert journal.trim(NOW + SETTLED_FOR) == 1
        assert [number for number, _ in journal.since(0)] == [numbers[0], numbers[2]]
        assert journal.trim(NOW + KEPT_FOR) == 1

    def test_removing_everything(self, journal: ErasableJournal) -> None:
        """A journal of which all was removed is empty, and goes on with higher numbers."""
        journal.append([entry_of("a"), entry_of("b")])
        numbers = [number for number, _ in journal.since(0)]
        assert journal.amend(dict.fromkeys(numbers)) == 2
        assert journal.since(0) == []
        journal.append([entry_of("c")])
        assert texts(journal, numbers[-1]) == ["c"]

    def test_many_entries_are_changed(self, journal: ErasableJournal) -> None:
        """More entries than one step takes are changed, in order, and so are those at its edges."""
        journal.append([entry_of(str(n)) for n in range(1001)])
        numbers = [number for number, _ in journal.since(0)]
        changes = {number: None if n % 3 else b"%d!" % n for n, number in enumerate(numbers) if n % 2}
        assert journal.amend(changes) == 500
        wanted = [f"{n}!" if n % 2 else str(n) for n in range(1001) if not (n % 2 and n % 3)]
        assert texts(journal) == wanted

    def test_entries_appended_meanwhile_are_kept(self, journal: ErasableJournal) -> None:
        """Whoever appends while entries are changed loses nothing."""
        journal.append([entry_of("x")] * 2000)
        numbers = [number for number, _ in journal.since(0)]

        def write() -> None:
            for n in range(100):
                journal.append([entry_of(str(n))], timeout=60)

        writer = threading.Thread(target=write)
        writer.start()
        for start in (0, 500, 1000, 1500):
            assert journal.amend(dict.fromkeys(numbers[start : start + 500]), timeout=60) == 500
        writer.join()
        assert texts(journal) == [str(n) for n in range(100)]

    def test_records_of_settled_sign_ups_are_forgotten(self, journal: ErasableJournal) -> None:
        """Those named are gone and never come back, the others stay."""
        for short in range(1500):
            journal.settle(short, NOW, b"%d" % short)
        assert journal.unsettle(range(1, 1500)) == 1499
        assert journal.unsettle([1, 2, 2, 99_999]) == journal.unsettle([]) == 0
        assert journal.settled(range(1500)) == {0: b"0"}
        assert journal.trim(NOW + SETTLED_FOR) == 1
