"""Test any implementation of the ledger of outcomes.

Subclass in a test module, give ``open``, and let pytest collect the class::

    class TestMyLedger(LedgerContract):
        def open(self, tmp_path):
            return MyLedger(...)

No clock is read and nothing sleeps.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, Final

import pytest

from signup_risk.stores.ledger import Ledger, LedgerEntry

NOW: Final = 1_750_000_000_000_000

#: The largest name of a sign-up.
_LARGEST: Final = 2**63 - 1


def outcome(name: int, what: str = "abusive", known_at: int = NOW, **parts: Any) -> LedgerEntry:
    """Return an outcome."""
    told: dict[str, Any] = {"source": "analyst", "at": known_at, "sealed": b"s%d" % name} | parts
    return LedgerEntry("outcome", name, known_at=known_at, what=what, **told)


def decision(name: int, what: str = "block", known_at: int = NOW, **parts: Any) -> LedgerEntry:
    """Return the decision about a sign-up that would have been blocked."""
    told: dict[str, Any] = {"at": known_at, "sealed": b"s%d" % name, "would": "block"} | parts
    return LedgerEntry("decision", name, known_at=known_at, what=what, **told)


def everything(ledger: Ledger, limit: int = 1000) -> list[LedgerEntry]:
    """Return all entries, read in pages."""
    found: list[LedgerEntry] = []
    after = 0
    while page := ledger.page(after, limit=limit):
        found += [entry for _, entry in page]
        after = page[-1][0]
    return found


class LedgerContract(ABC):
    """Hold one implementation to the contract."""

    @abstractmethod
    def open(self, tmp_path: Path) -> Ledger:
        """Return a ledger; the same ``tmp_path`` means the same data where the ledger is durable."""

    @pytest.fixture
    def ledger(self, tmp_path: Path) -> Ledger:
        """Open an empty ledger."""
        return self.open(tmp_path)

    def test_entries_come_back_as_they_were(self, ledger: Ledger) -> None:
        """Every part of an entry is kept, the ends of its ranges included."""
        told = [
            outcome(1, "step_up_failed", 0, at=-5, source="a", confidence=1e-9, by=_LARGEST, sealed=bytes(range(256))),
            decision(_LARGEST, "step_up", NOW, at=7, propensity=0.01),
            outcome(2, "cleared", _LARGEST, sealed=b""),
        ]
        assert ledger.append(told) == 3
        assert everything(ledger) == told
        assert ledger.of(_LARGEST) == [told[1]]

    def test_entries_keep_their_order(self, ledger: Ledger) -> None:
        """Entries are read as they were appended, whatever their times, and their numbers ascend."""
        told = [outcome(1, known_at=9), outcome(2, known_at=3), outcome(1, "cleared", 5)]
        ledger.append(told[:2])
        ledger.append(told[2:])
        assert everything(ledger) == told
        assert ledger.of(1) == [told[0], told[2]]
        numbers = [number for number, _ in ledger.page()]
        assert numbers == sorted(set(numbers))

    def test_pages(self, ledger: Ledger) -> None:
        """Whatever the size of the pages, they give every entry once, and nothing comes after the last."""
        told = [outcome(name) for name in range(1, 24)]
        ledger.append(told)
        assert all(everything(ledger, limit) == told for limit in (1, 2, 7, 23, 24, 500))
        assert [len(ledger.page(limit=limit)) for limit in (1, 23, 24)] == [1, 23, 23]
        assert ledger.page(ledger.page()[-1][0]) == []

    def test_equal_entries_stand_once(self, ledger: Ledger) -> None:
        """An entry made again, in one call or in two, stands once; one that differs in anything stands beside it."""
        first = outcome(1)
        assert ledger.append([first, first]) == 1
        assert ledger.append([outcome(1), outcome(1, confidence=0.5), outcome(1, source="rule"), outcome(2)]) == 3
        assert len(everything(ledger)) == 4

    def test_nothing_said(self, ledger: Ledger) -> None:
        """An empty ledger, and an unknown sign-up, give nothing and are no error."""
        assert ledger.append([]) == 0
        assert ledger.page() == []
        assert ledger.of(5) == []
        assert ledger.erase(5) == 0
        assert ledger.trim(NOW) == 0

    def test_erasing_leaves_nothing(self, ledger: Ledger) -> None:
        """A sign-up that is erased is gone from everywhere, the others stay, and numbers go on growing."""
        ledger.append([outcome(1), decision(1), outcome(2), outcome(1, "cleared")])
        last = ledger.page()[-1][0]
        assert ledger.erase(1) == 3
        assert ledger.of(1) == []
        assert everything(ledger) == [outcome(2)]
        assert ledger.append([outcome(1)]) == 1
        assert ledger.page()[-1][0] > last

    def test_trimming(self, ledger: Ledger) -> None:
        """Entries known before the moment go, those known at it stay."""
        ledger.append([outcome(1, known_at=5), outcome(2, known_at=4), outcome(1, known_at=3), decision(3, known_at=9)])
        assert ledger.trim(5) == 2
        assert everything(ledger) == [outcome(1, known_at=5), decision(3, known_at=9)]
        assert ledger.of(2) == []

    def test_threads_lose_nothing(self, ledger: Ledger) -> None:
        """Entries of eight threads are all there once, those of one call side by side, those of one thread in order."""

        def work(worker: int) -> None:
            for number in range(30):
                name = 1000 * worker + number + 1
                ledger.append([outcome(name, known_at=part) for part in (1, 2)], timeout=60)

        threads = [threading.Thread(target=work, args=(worker,)) for worker in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        found = everything(ledger, 77)
        assert sorted(one.name for one in found[::2]) == [1000 * w + n + 1 for w in range(8) for n in range(30)]
        pairs = zip(found[::2], found[1::2], strict=True)
        assert all(one.name == other.name and (one.at, other.at) == (1, 2) for one, other in pairs)
        for worker in range(8):
            own = [one.name for one in found if one.name // 1000 == worker]
            assert own == sorted(own)

    def test_closing_twice(self, ledger: Ledger) -> None:
        """A second close does nothing."""
        ledger.close()
        ledger.close()
