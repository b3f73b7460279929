"""Fix the windows of velocity, their grain and how long a key is remembered.

All times are event times in microseconds since the epoch (UTC). A window of length ``L`` read at ``at`` is
``(at - L, at]``. The newest :data:`RECENT` sign-ups of a key are kept one by one, so a window that holds no
more than those is exact. Older ones are counted in buckets of one grain; there the oldest, partly covered
bucket of the window is left out, so a count can fall short by what that one grain held, never exceed it. A sign-up
that is older than all :data:`RECENT` leaves out the bucket of its own moment as well.

What is kept how long, in event time unless said otherwise:

======================================= ============================ =================================================
state of a key, of any kind             90 days after its last use   ``RETENTION``; silent keys go by the sweep
one sign-up in it, name and attributes  while among its newest 64    and less than 30 days older than its newest
record of a sign-up (its keys)          90 days                      ``RETENTION``
names in Redis and Valkey               97 days, by the server       ``redis.layout.KEEP``
settled sign-up, mark, note to forget   8 days                       ``journal.SETTLED_FOR``
members of campaigns                    90 days, and a day at most   ``journal.KEPT_FOR``
campaigns                               90 days after the newest     told anew every 30 days, ``campaigns.keeping``
rulings on campaigns                    until taken back             as campaigns
outcomes and decisions                  until erased or trimmed      ``Ledger.trim``, since models are trained on them
writes that wait                        until the process ends       ``pending.LIMIT``, 10,000
======================================= ============================ =================================================

The 90 days are one figure for all kinds of key, and fixed: first sight and silence of a key are inputs of the model, so
another figure means other features than those it was trained on, and all stores and replays have to forget the same
keys at the same event. Less is kept by erasing (:meth:`signup_risk.Scorer.forget`), by trimming the ledger, or by not
giving a field.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

SECOND: Final = 1_000_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR


@dataclass(frozen=True, slots=True)
class Window:
    """Describe one window.

    Attributes:
        name: Short name, part of feature names.
        length: Length in microseconds.
        grain: Width of a bucket in microseconds: 1/48 to 1/60 of the length.
        level: Position in :data:`WINDOWS`; stored beside the buckets.
    """

    name: str
    length: int
    grain: int
    level: int


MINUTES_10: Final = Window("10m", 10 * MINUTE, 10 * SECOND, 0)
HOUR_1: Final = Window("1h", HOUR, MINUTE, 1)
HOURS_24: Final = Window("24h", DAY, 30 * MINUTE, 2)
DAYS_7: Final = Window("7d", 7 * DAY, 3 * HOUR, 3)
DAYS_30: Final = Window("30d", 30 * DAY, 12 * HOUR, 4)
WINDOWS: Final = (MINUTES_10, HOUR_1, HOURS_24, DAYS_7, DAYS_30)

#: Sign-ups of a key kept one by one. 64 covers what separates a family from a farm; 99.9 % of keys never fill it.
RECENT: Final = 64

#: Reported outcomes kept a key; older ones give way.
OUTCOMES: Final = 32

#: A sign-up may arrive this much later than the newest of its key and still be counted in every window.
LATENESS: Final = HOUR

#: A key silent for longer than this is forgotten, first sight included.
RETENTION: Final = 90 * DAY
