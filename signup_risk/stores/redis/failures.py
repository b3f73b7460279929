"""Say in the store's own errors what a Redis server or the way to it did.

No text holds a password, a secret or anything of a sign-up: servers are named by host and port alone.
"""

from __future__ import annotations

import re
import struct
from typing import Final

from redis import exceptions as told

from signup_risk.errors import StoreDamaged, StoreTimeout, StoreUnavailable
from signup_risk.stores.redis.wire import Refusal

#: What error codes mean, and what to do (redis.io/docs/latest/develop/reference/protocol-spec; src/server.c of 7.0).
_MEANINGS: Final = {
    "NOAUTH": "it wants a password; put user and password into the URL",
    "WRONGPASS": "it refused the user or the password of the URL",
    "NOPERM": "the user of the URL may not do this; allow it what the documentation of the Redis store names",
    "READONLY": "it is a read-only replica; give the address of the primary",
    "OOM": "its memory is full and its policy is noeviction; raise maxmemory, or set maxmemory-policy volatile-ttl",
    "LOADING": "it is still loading its data",
    "BUSY": "it is busy with a script of somebody else's",
    "NOSCRIPT": "it does not keep the scripts that are sent to it",
    "MASTERDOWN": "it is a replica that has lost its primary",
    "MISCONF": "it cannot save its data to disk and refuses to write",
    "CLUSTERDOWN": "its cluster is down or does not cover every slot",
    "MOVED": "it is part of a cluster; use redis+cluster:// or rediss+cluster://",
    "CROSSSLOT": "it is part of a cluster; use redis+cluster:// or rediss+cluster://",
    "TRYAGAIN": "its cluster is moving the slot",
    "NOREPLICAS": "it has too few replicas to write",
}
#: What reading a value raises that no version of this library wrote.
DAMAGE: Final = (struct.error, TypeError, ValueError, IndexError)

#: What Lua, and its library for packed values, say of bytes that the scripts cannot read (deps/lua/src/lua_struct.c of
#: 7.0), and what the server says of a value of another type. Anything else that fails in a script may pass.
_DAMAGED: Final = re.compile(r"user_script.*(too short|attempt to|bad argument)|WRONGTYPE", re.DOTALL)

#: Codes that redis-py takes off what the server said, by its class of error; some classes are newer than 5.0.
_TAKEN_OFF: Final = {
    "AskError": "ASK",
    "BusyLoadingError": "LOADING",
    "ClusterCrossSlotError": "CROSSSLOT",
    "ClusterDownError": "CLUSTERDOWN",
    "MasterDownError": "MASTERDOWN",
    "MovedError": "MOVED",
    "NoPermissionError": "NOPERM",
    "NoScriptError": "NOSCRIPT",
    "OutOfMemoryError": "OOM",
    "ReadOnlyError": "READONLY",
    "TryAgainError": "TRYAGAIN",
}

_CODE: Final = re.compile(r"\b(" + "|".join(_MEANINGS) + r")\b")


def refused(where: str, refusal: Refusal) -> StoreUnavailable:
    """Return the error for what a server replied.

    Args:
        where: Name of the server.
        refusal: What it replied. Before version 7 the code of an error inside a script stands within the text.
    """
    found = _CODE.search(str(refusal))
    if found is None and _DAMAGED.search(str(refusal)):
        return StoreDamaged(f"a value of the velocity store {where} is damaged: it answered {refusal.code[:40]}")
    if found is None:
        return StoreUnavailable(f"the velocity store {where} failed: the server answered {refusal.code[:40]}")
    return StoreUnavailable(f"the velocity store {where} failed: {_MEANINGS[found[1]]} ({found[1]})")


def late(where: str, patience: float) -> StoreTimeout:
    """Return the error for a deadline that passed."""
    return StoreTimeout(f"the velocity store {where} did not answer within {patience:.3f} s")


def lost(where: str, error: Exception) -> StoreUnavailable:
    """Return the error for a connection that could not be made, or broke.

    Args:
        where: Name of the server.
        error: What redis-py or the socket raised.
    """
    if isinstance(error, told.AuthenticationError | told.ResponseError | told.BusyLoadingError):
        return refused(where, Refusal(coded(error)))
    if isinstance(error, told.TimeoutError | TimeoutError):
        return StoreTimeout(f"the velocity store {where} did not answer while connecting")
    return StoreUnavailable(f"the velocity store {where} cannot be reached: {_reason(error)}")


def coded(error: Exception) -> str:
    """Return what the server said, with the code that redis-py takes off some errors."""
    text = str(error)
    if code := _TAKEN_OFF.get(type(error).__name__):
        return f"{code} {text}"
    if _CODE.search(text):
        return text
    if isinstance(error, told.AuthenticationError):
        return "NOAUTH" if "required" in text.lower() else "WRONGPASS"
    return "ERR " + text


def _reason(error: Exception) -> str:
    """Return what the system said, without the address that redis-py puts around it."""
    cause: BaseException | None = error
    while cause is not None and not (isinstance(cause, OSError) and cause.strerror):
        cause = cause.__cause__ or cause.__context__
    if cause is None:
        return str(error) if isinstance(error, OSError) else type(error).__name__
    return str(cause.strerror).removeprefix("[SSL: ").rstrip(".")
