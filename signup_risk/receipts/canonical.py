"""Write JSON in one way only, and read it without losing anything of what stands there."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from signup_risk.errors import ReceiptRefused


def canonical(content: Mapping[str, Any]) -> str:
    """Return JSON with sorted names and no spaces, in ASCII; floats are written so that they are read back exactly.

    Examples:
        >>> canonical({"b": 0.1, "a": None})
        '{"a":null,"b":0.1}'
    """
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def digest(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a content in canonical form, in hexadecimal."""
    return hashlib.sha256(canonical(content).encode("ascii")).hexdigest()


def parsed(text: str) -> Any:
    """Return what a JSON text says.

    Raises:
        ReceiptRefused: It is no JSON, or a name stands in it twice, so that one of the two would go unseen.
    """
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_refuse)
    except (ValueError, RecursionError) as problem:
        if isinstance(problem, ReceiptRefused):
            raise
        raise ReceiptRefused("this is no JSON; a receipt is one JSON object on one line") from None


def number_to_json(value: float | None) -> float | str | None:
    """Return a feature's value as JSON holds it: null for unknown, a text for the infinities.

    Examples:
        >>> number_to_json(None), number_to_json(0.1), number_to_json(-math.inf)
        (None, 0.1, '-inf')
    """
    return str(value) if value is not None and math.isinf(value) else value


def number_from_json(value: Any) -> float | None:
    """Return a feature's value; None for unknown.

    Raises:
        ReceiptRefused: It is no number.
    """
    if value is not None and value not in ("inf", "-inf") and not (isinstance(value, float) and math.isfinite(value)):
        raise ReceiptRefused(f"the receipt has a {type(value).__name__} as the value of a feature; get the original")
    return float(value) if value in ("inf", "-inf") else value


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ReceiptRefused("a name stands twice in one object of the receipt; it was edited, get the original")
    return found


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
