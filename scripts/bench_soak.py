"""Write a store from two processes for minutes: the highest steady rate, memory over time, and parity at the end.

Whole assessments, model and campaigns on. The sign-ups go round in a *synthetic* sample with new ids, five minutes of
event time each, so that after ninety days of event time, some 26,000 sign-ups, the store forgets as much as it learns
and memory has to be flat.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from bench_figures import Figure, print_table, quantile
from bench_sample import machine, sample
from bench_writers import SECRET
from tqdm import tqdm

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # servers are started as in the tests

from signup_risk import Scorer, Signup, open_references
from signup_risk.extract import Keys, describe, signup_name
from signup_risk.stores import Hasher, MemoryStore, Store, Touch, open_ledger, open_store
from signup_risk.stores.windows import MINUTE, RETENTION
from tests.stores.servers import Server, server

START = datetime(2026, 1, 1, tzinfo=UTC)

#: How many sign-ups a process takes at a time: so far they can be apart.
BLOCK = 64

WRITERS = 2

#: Minutes of event time from one sign-up to the next.
STEP = 5

#: Milliseconds that a sign-up may wait for the store.
DEADLINE_MS = 1000.0

#: Memory may grow by so much of itself in an hour, over the second half of the time.
SLOPE = 5.0

#: Seconds between two looks at rate and memory; names looked at for expiry in each, four for each one written.
EVERY = 1.0
SWEEP = 20_000


def event_of(events: Sequence[Mapping[str, Any]], number: int) -> dict[str, Any]:
    """Return the sign-up of a number."""
    at = START + timedelta(minutes=STEP * number)
    return {**events[number % len(events)], "signup_id": f"soak-{number}", "at": at.isoformat()}


@dataclass(frozen=True, slots=True)
class Shared:
    """Hold what the processes share.

    Attributes:
        next: Number of the next sign-up that nobody has taken.
        ready: Where all wait until all are open.
        results: What each one tells at its end.
    """

    next: Any
    ready: Any
    results: Any


def write(url: str, events: Sequence[Mapping[str, Any]], seconds: float, shared: Shared) -> None:
    """Assess block after block until the time is over; tell what went wrong, and what waits for the store."""
    far = datetime(2100, 1, 1, tzinfo=UTC)
    missed: dict[str, int] = {}
    with Scorer.open(url, secret=SECRET, explain="never", deadline_ms=DEADLINE_MS, clock=lambda: far) as scorer:
        shared.ready.wait()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with shared.next.get_lock():
                first = shared.next.value
                shared.next.value += BLOCK
            for number in range(first, first + BLOCK):
                for name in scorer.assess(event_of(events, number)).degraded:
                    missed[name] = missed.get(name, 0) + 1
        health = scorer.health
    without = {name: missed.get(name, 0) for name in ("velocity", "campaigns")}
    shared.results.put((without, health.failures, health.dropped))


@dataclass(slots=True)
class Course:
    """Hold what was seen at each look.

    Attributes:
        seconds: When.
        done: Sign-ups so far.
        process: Megabytes of the writers.
        store: Megabytes of the server, or of the file.
    """

    seconds: list[float] = field(default_factory=list)
    done: list[int] = field(default_factory=list)
    process: list[float] = field(default_factory=list)
    store: list[float] = field(default_factory=list)

    def look(self, done: int, process: float, store: float) -> None:
        """Take note of how far it is and what is held."""
        self.seconds.append(time.monotonic())
        self.done.append(done)
        self.process.append(process)
        self.store.append(store)

    @property
    def rates(self) -> list[float]:
        """Return sign-ups a second, over ten looks each; over all of them if there are fewer."""
        if len(self.done) <= 10:
            return [(self.done[-1] - self.done[0]) / max(EVERY, self.seconds[-1] - self.seconds[0])]
        steps = range(10, len(self.done), 10)
        return [(self.done[i] - self.done[i - 10]) / (self.seconds[i] - self.seconds[i - 10]) for i in steps]

    def growth(self, values: Sequence[float]) -> float:
        """Return by how many percent values grow in an hour: the slope of the second half over its mean."""
        half = len(values) // 2
        times, kept = self.seconds[half:], values[half:]
        mean_time, mean = sum(times) / len(times), sum(kept) / len(kept)
        spread = sum((one - mean_time) ** 2 for one in times) or 1.0
        slope = sum((t - mean_time) * (v - mean) for t, v in zip(times, kept, strict=True)) / spread
        return 100 * 3600 * slope / mean


@contextmanager
def place(kind: str) -> Iterator[tuple[str, Any]]:
    """Give the URL of an empty store, and what tells its megabytes."""
    if kind == "redis":
        with server() as one:
            yield one.url(), lambda: _used(one)
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield (
                f"sqlite:///{folder}/velocity.db",
                lambda: (Path(folder) / "velocity.db").stat().st_size / 2**20,
            )


def _used(one: Server) -> float:
    return float(one.client().info("memory")["used_memory"]) / 2**20


def _resident(pid: int) -> float:
    """Return the megabytes that a process holds (proc(5))."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 / 2**20


def soak(kind: str, minutes: float, events: Sequence[Mapping[str, Any]]) -> list[Figure]:
    """Let writers run, then compare what the store holds with a replay."""
    context = get_context("spawn")
    shared = Shared(context.Value("q", 0), context.Barrier(WRITERS + 1), context.SimpleQueue())
    course, seconds = Course(), 60 * minutes
    with place(kind) as (url, megabytes):
        store, _ = open_store(url, secret=SECRET)
        with closing(store), closing(open_ledger(url)) as ledger:
            given = (url, events, seconds, shared)
            writers = [context.Process(target=write, args=given) for _ in range(WRITERS)]
            for writer in writers:
                writer.start()
            pids = [int(one.pid or 0) for one in writers]
            shared.ready.wait()
            end = time.monotonic() + seconds
            with tqdm(desc="assessed", unit=" sign-ups", disable=None, leave=False) as bar:
                while time.monotonic() < end - EVERY:
                    done = shared.next.value
                    course.look(done, sum(map(_resident, pids)), megabytes())
                    store.sweep(_at(done), limit=SWEEP)
                    ledger.trim(_at(done) - RETENTION)  # what was blocked is kept there until somebody trims it
                    bar.update(done - bar.n)
                    time.sleep(EVERY)
            told = [shared.results.get() for _ in writers]
            for writer in writers:
                writer.join()
            touches = _touches(events)
            differing = _differing(store, touches, shared.next.value)
    return _figures(course, told, differing, shared.next.value)


def _at(number: int) -> int:
    return int((START + timedelta(minutes=STEP * number)).timestamp()) * 1_000_000


def _touches(events: Sequence[Mapping[str, Any]]) -> list[Touch]:
    """Return what the sign-ups of one round touch."""
    references, hasher = open_references(), Hasher(SECRET.encode())
    signups = [Signup.from_mapping(event_of(events, number)) for number in range(len(events))]
    return [Keys(describe(one, references, one.at_us).context, hasher).touch for one in signups]


def _differing(store: Store, touches: Sequence[Touch], count: int) -> int:
    """Replay all sign-ups through memory; return of how many of a round a key's state differs."""
    hasher, replayed = Hasher(SECRET.encode()), MemoryStore()
    for number in tqdm(range(count), "replaying", unit=" sign-ups", disable=None, leave=False):
        name = signup_name(f"soak-{number}", hasher)
        replayed.exchange(touches[number % len(touches)]._replace(at=_at(number), signup=name))
    last = _at(count)
    asked = [touch._replace(at=last, signup=0) for touch in touches]
    return sum(_blobs(store, touch) != _blobs(replayed, touch) for touch in asked)


def _blobs(store: Store, touch: Touch) -> list[bytes | None]:
    return [None if state is None else state.blob for state in store.peek(touch, timeout=60).states]


def _figures(course: Course, told: Sequence[Any], differing: int, count: int) -> list[Figure]:
    rates = course.rates
    # Before it has gone well beyond the retention a store only grows, and so do the names that a worker holds.
    slope = SLOPE if count > 2 * (RETENTION // MINUTE // STEP) else None
    missed = {name: float(sum(one[0][name] for one in told)) for name in told[0][0]}
    return [
        Figure("sign-ups", float(count), ""),
        Figure("a second, median of 10 s", quantile(rates, 0.5), "/s"),
        Figure("a second, slowest 10 s", min(rates), "/s"),
        Figure("processes, last", course.process[-1], "MB"),
        Figure("processes, growth an hour, second half", course.growth(course.process), "%", slope),
        Figure("store, last", course.store[-1], "MB"),
        Figure("store, growth an hour, second half", course.growth(course.store), "%", slope),
        *(Figure(f"sign-ups without {name}", number, "", 0.0) for name, number in missed.items()),
        Figure("failures of the store", float(sum(one[1] for one in told)), "", 0.0),
        Figure("writes dropped", float(sum(one[2] for one in told)), "", 0.0),
        Figure("sign-ups whose states differ from a replay", float(differing), "", 0.0),
    ]


def main() -> None:
    """Soak and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="for each store (default: %(default)s)")
    parser.add_argument("--store", choices=("redis", "sqlite"), action="append", help="only this one (default: both)")
    parser.add_argument("--events", type=int, default=3000, help="sign-ups of a round (default: %(default)s)")
    options = parser.parse_args()
    events = sample(options.events)
    print(machine())
    for kind in options.store or ("redis", "sqlite"):
        title = f"{kind}: {WRITERS} processes for {options.minutes:g} minutes; a synthetic round of {len(events)}"
        print_table(title, soak(kind, options.minutes, events))


if __name__ == "__main__":
    main()
