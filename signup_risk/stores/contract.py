"""Test any implementation of the store contract.

Subclass in a test module, give ``open``, and let pytest collect the class::

    class TestMyStore(StoreContract):
        def open(self, tmp_path):
            return MyStore(...)

No clock is read and nothing sleeps. Histories are random from fixed seeds, so that a failure can be repeated.
"""

from __future__ import annotations

import random
import threading
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Final

import pytest

from signup_risk.stores.base import Entry, Exchange, Store, Touch
from signup_risk.stores.bruteforce import BruteForce
from signup_risk.stores.state import ABUSIVE, LEGITIMATE
from signup_risk.stores.view import KeyView
from signup_risk.stores.windows import DAY, DAYS_30, HOUR, HOUR_1, MINUTE, RECENT, RETENTION, SECOND, WINDOWS

START: Final = 1_750_000_000 * SECOND
CLOCK_KEY: Final = 1


def touch_at(at: int, signup: int, *keys: int, attributes: tuple[int, ...] = ()) -> Touch:
    """Return a sign-up that touches the clock and the keys given."""
    return Touch(at, signup, (Entry(CLOCK_KEY, attributes), *(Entry(key, attributes) for key in keys)))


def random_history(seed: int, length: int) -> list[Touch]:
    """Return sign-ups on few keys: bursts, pauses up to beyond the retention, equal, late and repeated ones."""
    rng = random.Random(seed)
    at, history = START, list[Touch]()
    for number in range(1, length + 1):
        at += rng.choice([0, 0, SECOND, 7 * SECOND, MINUTE, 9 * MINUTE, HOUR, *[rng.randrange(2 * DAY)]])
        if rng.random() < 0.004:
            at += RETENTION + rng.randrange(-DAY, DAY)
        late = rng.choice([0] * 9 + [rng.randrange(1, 3 * HOUR), rng.randrange(40 * DAY)])
        keys = rng.sample(range(2, 9), rng.randint(1, 4))
        entries = tuple(Entry(k, (rng.randrange(4), rng.randrange(200))) for k in (CLOCK_KEY, *keys))
        history.append(Touch(at - late, number, entries))
        if rng.random() < 0.03:
            history.append(rng.choice(history))
    return history


def readings(answer: Exchange, touch: Touch) -> list[object]:
    """Return everything that can be read from the answer to a sign-up."""
    rows: list[object] = []
    for state in answer.states:
        view = KeyView(state, touch.at, touch.short if answer.repeated else 0)
        for window in WINDOWS:
            rows.append((view.count(window), view.distinct(1, window), view.distinct(2, window)))
            rows.append((view.values(2, window), view.gaps(window), view.reported(window)))
        rows.append(view.age_days())
    return rows


class StoreContract(ABC):
    """Hold one implementation to the contract."""

    @abstractmethod
    def open(self, tmp_path: Path) -> Store:
        """Return a store; the same ``tmp_path`` means the same data where the store is durable."""

    @abstractmethod
    def size(self, store: Store) -> int:
        """Return the number of keys that the store holds, silent ones included."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> Store:
        """Open an empty store."""
        return self.open(tmp_path)

    @pytest.mark.parametrize("seed", range(6))
    def test_equals_brute_force(self, store: Store, seed: int) -> None:
        """Every number read equals the slow and obvious computation, and stays within the documented bound."""
        truth = BruteForce()
        for touch in random_history(seed, 700):
            known = truth.before(touch)
            answer = store.exchange(touch)
            assert answer.repeated == truth.repeated(touch)
            for state, history in zip(answer.states, known, strict=True):
                assert (state is None) == (history is None)
                if answer.repeated or history is None:
                    continue
                view = KeyView(state, touch.at)
                assert view.age_days() == max(0, touch.at - history.first_seen) / DAY
                for window in WINDOWS:
                    count = view.count(window)
                    assert count == history.count(window, touch.at)
                    true = history.true_count(window, touch.at)
                    late = history.newest - touch.at > HOUR
                    assert count <= true
                    assert late or count >= true - history.slack(window, touch.at)
                    assert view.distinct(2, window) == history.distinct(2, window, touch.at)
            truth.record(touch)

    def test_burst_is_counted_whole(self, store: Store) -> None:
        """A burst far beyond what is kept one by one never saturates a count."""
        for number in range(1, 1001):
            answer = store.exchange(touch_at(START + number * SECOND, number, 5))
        view = KeyView(answer.states[1], START + 1000 * SECOND)
        assert view.count(HOUR_1) == 999
        assert RECENT < 999

    def test_windows_empty_again(self, store: Store) -> None:
        """What lies before a window is not in it, to the microsecond."""
        store.exchange(touch_at(START, 1, 5))
        inside = KeyView(store.peek(touch_at(START + HOUR - 1, 2, 5)).states[1], START + HOUR - 1)
        outside = KeyView(store.peek(touch_at(START + HOUR, 2, 5)).states[1], START + HOUR)
        assert (inside.count(HOUR_1), outside.count(HOUR_1)) == (1, 0)

    def test_equal_times(self, store: Store) -> None:
        """Sign-ups of one instant see those that arrived before them."""
        counts = [KeyView(store.exchange(touch_at(START, n, 5)).states[1], START).count(HOUR_1) for n in (1, 2, 3)]
        assert counts == [0, 1, 2]

    def test_late_sign_up_sees_its_own_past_only(self, store: Store) -> None:
        """A late sign-up does not see later ones, and later readers see it."""
        store.exchange(touch_at(START + 10 * MINUTE, 1, 5))
        late = store.exchange(touch_at(START, 2, 5))
        assert KeyView(late.states[1], START).count(HOUR_1) == 0
        after = store.exchange(touch_at(START + 11 * MINUTE, 3, 5))
        assert KeyView(after.states[1], START + 11 * MINUTE).count(HOUR_1) == 2

    def test_a_little_late_reads_as_in_time(self, store: Store) -> None:
        """A sign-up overtaken by fewer than 64 on a busy key reads in every window what it would have read in time."""
        for number in range(1, 401):
            store.exchange(touch_at(START + number * MINUTE, number, 5))
        at = START + 400 * MINUTE + SECOND
        in_time = KeyView(store.peek(touch_at(at, 999, 5)).states[1], at)
        for number in range(401, 401 + RECENT - 1):
            store.exchange(touch_at(at + number * SECOND, number, 5))
        late = KeyView(store.peek(touch_at(at, 999, 5)).states[1], at)
        assert [late.count(window) for window in WINDOWS] == [in_time.count(window) for window in WINDOWS]

    def test_arrival_order_does_not_matter(self, tmp_path: Path) -> None:
        """A shuffled hour of sign-ups leaves the same state as the ordered one."""
        ordered = [touch_at(START + n * 13 * SECOND, n, 5, attributes=(n % 7,)) for n in range(1, 200)]
        shuffled = random.Random(1).sample(ordered, len(ordered))
        blobs = []
        for name, history in (("a", ordered), ("b", shuffled)):
            (tmp_path / name).mkdir()
            store = self.open(tmp_path / name)
            for touch in history:
                store.exchange(touch)
            state = store.peek(touch_at(START + HOUR, 999, 5)).states[1]
            assert state is not None
            blobs.append(state.blob)
            store.close()
        assert blobs[0] == blobs[1]

    def test_reading_creates_nothing(self, store: Store) -> None:
        """Peeking at unknown keys leaves no trace, and a peek does not count."""
        for _ in range(3):
            assert store.peek(touch_at(START, 1, 5)).states == (None, None)
        assert store.exchange(touch_at(START, 1, 5)).states == (None, None)

    def test_same_id_counts_once(self, store: Store) -> None:
        """The same sign-up again is recognised, is not counted, and reads what it read first."""
        store.exchange(touch_at(START, 1, 5, attributes=(3, 4)))
        second = touch_at(START + MINUTE, 2, 5, attributes=(3, 5))
        first, again = store.exchange(second), store.exchange(second)
        assert (first.repeated, again.repeated) == (False, True)
        assert readings(again, second) == readings(first, second)
        later = store.exchange(touch_at(START + 2 * MINUTE, 3, 5, attributes=(3, 4)))
        assert KeyView(later.states[1], START + 2 * MINUTE).count(HOUR_1) == 2

    def test_without_id_every_call_counts(self, store: Store) -> None:
        """Sign-ups without an id cannot be recognised, so each counts."""
        store.exchange(touch_at(START, 0, 5))
        answer = store.exchange(touch_at(START, 0, 5))
        assert not answer.repeated
        assert KeyView(answer.states[1], START).count(HOUR_1) == 1

    def test_silent_keys_are_forgotten(self, store: Store) -> None:
        """A key silent for the retention is as new, whether or not the store has swept."""
        store.exchange(touch_at(START, 1, 5))
        at = START + RETENTION
        assert store.peek(touch_at(at, 2, 5)).states[1] is not None
        assert store.peek(touch_at(at + 1, 2, 5)).states[1] is None

    def test_sweep_frees_silent_keys(self, store: Store) -> None:
        """Sweeping removes what is forgotten and nothing else."""
        for number in range(1, 50):
            store.exchange(touch_at(START, number, 100 + number))
        late = START + 3 * RETENTION
        store.exchange(touch_at(late, 50, 5))
        for _ in range(3):
            store.sweep(late)
        assert self.size(store) <= 2
        assert store.peek(touch_at(late + 1, 51, 5)).states[1] is not None
        assert not store.exchange(touch_at(late + 2, 1, 101)).repeated

    def test_state_is_bounded(self, store: Store) -> None:
        """A key that is hit for two months without pause stays below 6 kB."""
        largest = 0
        for number in range(1, 6001):
            answer = store.exchange(touch_at(START + number * 15 * MINUTE, number, 5, attributes=(number, 1, 2, 3)))
            largest = max([largest, *(len(state.blob) for state in answer.states if state is not None)])
        assert largest < 6000

    def test_outcomes_are_read_from_when_they_are_known(self, store: Store) -> None:
        """An outcome counts from the moment it became known, is replaced by a later one and can be withdrawn."""
        store.exchange(touch_at(START, 1, 5))
        assert store.report(1, ABUSIVE, START + DAY)
        later = touch_at(START + 2 * DAY, 2, 5)
        before = touch_at(START + HOUR, 2, 5)
        assert KeyView(store.peek(later).states[1], later.at).reported(DAYS_30) == (1, 0)
        assert KeyView(store.peek(before).states[1], before.at).reported(DAYS_30) == (0, 0)
        store.report(1, LEGITIMATE, START + DAY)
        assert KeyView(store.peek(later).states[1], later.at).reported(DAYS_30) == (0, 1)
        store.report(1, None, START + DAY)
        assert KeyView(store.peek(later).states[1], later.at).reported(DAYS_30) == (0, 0)

    def test_outcome_of_an_unknown_sign_up(self, store: Store) -> None:
        """Reporting on a sign-up that was never recorded says so and changes nothing."""
        assert not store.report(77, ABUSIVE, START)

    def test_outcomes_are_bounded_and_survive_recording(self, store: Store) -> None:
        """At most 32 outcomes are kept, the newest, and a further sign-up does not disturb them."""
        for number in range(1, 60):
            store.exchange(touch_at(START + number, number, 5))
            store.report(number, ABUSIVE, START + number * MINUTE)
        end = touch_at(START + DAY, 999, 5)
        assert KeyView(store.exchange(end).states[1], end.at).reported(DAYS_30) == (32, 0)

    def test_threads_lose_nothing(self, store: Store) -> None:
        """Eight threads that record at once count every sign-up once, the same id among them once."""

        def work(worker: int) -> None:
            for number in range(60):
                store.exchange(touch_at(START + number * SECOND, 1000 * worker + number + 1, 5), timeout=60)
                store.exchange(touch_at(START + number * SECOND, 9_000_000 + number, 5), timeout=60)

        threads = [threading.Thread(target=work, args=(worker,)) for worker in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        at = START + HOUR // 2
        assert KeyView(store.peek(touch_at(at, 0, 5)).states[1], at).count(HOUR_1) == 8 * 60 + 60

    def test_closing_twice(self, store: Store) -> None:
        """A second close does nothing."""
        store.close()
        store.close()
