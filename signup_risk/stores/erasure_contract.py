"""Test that any implementation of a store finds and erases what it keeps of one person.

Subclass in a test module, give ``open``, and let pytest collect the class, as with
:class:`signup_risk.stores.contract.StoreContract`.
"""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Final

import pytest

from signup_risk.stores.base import Entry, Touch
from signup_risk.stores.contract import CLOCK_KEY, START, touch_at
from signup_risk.stores.erasure import ErasableStore, Erased, Traces
from signup_risk.stores.memory import MemoryStore
from signup_risk.stores.state import ABUSIVE, KeyState
from signup_risk.stores.view import KeyView
from signup_risk.stores.windows import DAYS_30, HOUR, MINUTE

#: Keys of a person's own, of somebody else's own, and of both.
OWN: Final = 50
OTHER: Final = 60
SHARED: Final = 70


class ErasureContract(ABC):
    """Hold one implementation to the contract."""

    @abstractmethod
    def open(self, tmp_path: Path) -> ErasableStore:
        """Return a store; the same ``tmp_path`` means the same data where the store is durable."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> ErasableStore:
        """Return a store with two sign-ups of a person's and two of somebody else's."""
        store = self.open(tmp_path)
        for number, own in ((1, OWN), (2, OTHER), (3, OWN), (4, OTHER)):
            store.exchange(touch_at(START + number * MINUTE, number, own, SHARED, attributes=(number, 9)))
        return store

    def test_sign_ups_are_found_by_any_of_their_keys(self, store: ErasableStore) -> None:
        """Whoever touched one of the keys is found, with all keys; keys that nobody touched find nobody."""
        keys = (CLOCK_KEY, OWN, SHARED)
        assert store.signups_on([OWN]) == {1: keys, 3: keys}
        assert sorted(store.signups_on([OWN, OTHER])) == [1, 2, 3, 4]
        assert store.signups_on([51]) == store.signups_on([]) == {}
        assert store.keys_of([1, 99]) == {1: keys}

    def test_states_are_told_as_they_are_held(self, store: ErasableStore) -> None:
        """The states of keys are returned, silent ones included, and those of unknown keys are not."""
        found = store.states_of([OWN, SHARED, 99])
        assert {key: (state.total, state.newest) for key, state in found.items()} == {
            OWN: (2, START + 3 * MINUTE),
            SHARED: (4, START + 4 * MINUTE),
        }

    def test_what_is_one_persons_goes_and_counts_stay(self, store: ErasableStore) -> None:
        """Own key and records go; on the shared key the sign-ups count on, and nothing says whose they were."""
        store.report(1, ABUSIVE, START + HOUR)
        assert store.erase(Traces(store.signups_on([OWN]), frozenset([OWN]))) == Erased(2, 1, 2)
        assert store.states_of([OWN]) == {}
        state = store.states_of([SHARED])[SHARED]
        view = KeyView(state, START + HOUR)
        assert (view.count(DAYS_30), view.members(DAYS_30)) == (4, [0, 2, 0, 4])
        assert (view.values(1, DAYS_30), view.values(2, DAYS_30)) == ([2, 4], [9, 9])
        assert (state.outcomes(), state.first_seen, state.total) == ([], START + MINUTE, 4)
        assert store.signups_on([OWN]) == {}
        assert not store.report(1, ABUSIVE, START + HOUR)
        assert store.report(2, ABUSIVE, START + HOUR)

    def test_a_second_call_removes_nothing(self, store: ErasableStore) -> None:
        """Erasing again, with what was known before, changes nothing any more."""
        traces = Traces(store.signups_on([OWN]), frozenset([OWN]), frozenset([SHARED]), frozenset([1, 3]))
        store.erase(traces)
        before = store.states_of([SHARED])[SHARED].blob
        assert store.erase(traces) == Erased(0, 0, 0)
        assert store.states_of([SHARED])[SHARED].blob == before

    def test_a_key_that_nobody_else_touched_goes_whole(self, store: ErasableStore) -> None:
        """A key is not kept for the sake of sign-ups that are all erased, at once or one after the other."""
        assert store.erase(Traces(store.keys_of([1]))) == Erased(1, 0, 3)
        assert store.erase(Traces(store.keys_of([3]))) == Erased(1, 1, 2)
        assert store.states_of([OWN]) == {}
        assert store.states_of([SHARED])[SHARED].total == 4

    def test_sign_ups_without_an_id_are_found_by_their_values(self, store: ErasableStore) -> None:
        """On a key that is looked at, a sign-up that shows one of the values is made nobody's."""
        store.exchange(touch_at(START + HOUR, 0, SHARED, attributes=(77, 9)))
        traces = Traces({}, shared=frozenset([SHARED, 99]), values=frozenset([77]))
        assert store.erase(traces) == Erased(0, 0, 1)
        assert KeyView(store.states_of([SHARED])[SHARED], START + 2 * HOUR).values(1, DAYS_30) == [1, 2, 3, 4]
        assert store.erase(traces) == Erased(0, 0, 0)

    def test_an_erased_sign_up_counts_anew(self, store: ErasableStore) -> None:
        """After its erasure an id is unknown: the same one again is another sign-up."""
        store.erase(Traces(store.keys_of([1])))
        assert not store.exchange(touch_at(START + HOUR, 1, 5)).repeated

    def test_many_records_are_looked_through(self, store: ErasableStore) -> None:
        """More sign-ups than one batch holds are all found, and their keys erased."""
        for number in range(10, 1300):
            store.exchange(touch_at(START + HOUR, number, OWN, 1000 + number, attributes=(7, 9)))
        found = store.signups_on([OWN])
        assert sorted(found) == [1, 3, *range(10, 1300)]
        assert store.erase(Traces(found, frozenset([OWN]))) == Erased(1292, 1291, 2)

    @pytest.mark.parametrize("seed", range(4))
    def test_bytes_equal_those_of_memory(self, store: ErasableStore, seed: int) -> None:
        """After random sign-ups, outcomes and erasures every key holds the same bytes as in memory."""
        rng, memory = random.Random(seed), MemoryStore()
        for number, own in ((1, OWN), (2, OTHER), (3, OWN), (4, OTHER)):
            memory.exchange(touch_at(START + number * MINUTE, number, own, SHARED, attributes=(number, 9)))
        at, keys = START + HOUR, range(100, 110)
        for number in range(1000, 1400):
            at += rng.choice([0, MINUTE, 9 * HOUR])
            name = rng.choice([0, number | rng.getrandbits(30) << 32])
            row = tuple(rng.choice([0, rng.randrange(1, 30)]) for _ in range(3))
            entries = [Entry(key, row[: key % 4]) for key in rng.sample(keys, rng.randint(1, 6))]
            touch = Touch(at, name, (Entry(CLOCK_KEY, (1, 2)), *entries))
            assert store.exchange(touch).repeated == memory.exchange(touch).repeated
            if name and rng.random() < 0.3:
                assert store.report(name, ABUSIVE, at) == memory.report(name, ABUSIVE, at)
            if rng.random() < 0.1:
                whole = frozenset(rng.sample(keys, rng.choice([0, 0, 1])))
                found = memory.signups_on(rng.sample(keys, 1))
                some = dict(rng.sample(sorted(found.items()), min(len(found), rng.randrange(9))))
                traces = Traces(some, whole, frozenset(rng.sample(keys, 1)), frozenset([rng.randrange(1, 30)]))
                assert store.erase(traces) == memory.erase(traces)
            assert _blobs(store.states_of([CLOCK_KEY, *keys])) == _blobs(memory.states_of([CLOCK_KEY, *keys]))


def _blobs(states: dict[int, KeyState]) -> dict[int, bytes]:
    return {key: state.blob for key, state in states.items()}
