"""Change entries of the journal in a server, although a stream can only grow and shrink."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Final

from signup_risk.errors import StoreTimeout
from signup_risk.stores.journal import KEPT_FOR
from signup_risk.stores.redis import commands
from signup_risk.stores.redis.commands import call
from signup_risk.stores.redis.hub import Hub
from signup_risk.stores.windows import DAY, SECOND

#: Entries copied in one step: about a millisecond of the server's time.
_PART: Final = 200

#: Seconds after which a copy that nobody goes on with may be begun anew.
_ABANDONED: Final = 30

_KEEP: Final = (KEPT_FOR + 7 * DAY) // SECOND


def amended(hub: Hub, changes: Mapping[int, bytes | None], timeout: float | None) -> int:
    """Change entries; see :meth:`signup_risk.stores.journal.ErasableJournal.amend`.

    An entry that is trimmed while it is being copied comes back with the copy and is trimmed again in its turn.

    Raises:
        StoreTimeout: Another call is changing entries.
    """
    names, token, found = hub.names, secrets.token_bytes(8), 0
    keys = [names.entries, names.copy, names.copied]
    told = [word for number, content in changes.items() for word in (b"%d" % number, content or b"")]
    last = b""
    while True:
        (reply,) = hub.call([call(commands.AMEND, keys, token, _ABANDONED, _KEEP, last, _PART, *told)], timeout)
        if reply is None:
            raise StoreTimeout("another process is erasing from the journal of campaigns; do it again in a minute")
        found, last = found + int(reply[0]), reply[1]
        if not last:
            return found
