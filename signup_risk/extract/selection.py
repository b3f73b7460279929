"""Choose the features that a model names, and say what they are computed with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from signup_risk.errors import ModelMismatch
from signup_risk.features.base import Feature
from signup_risk.features.catalog import CATALOG
from signup_risk.features.kinds import VERSION as KEYS_VERSION
from signup_risk.normalize import accept_language, addresses, card, email, ip, names, phone, shapes, text, user_agent

#: Versions of what features are computed with; a model that was trained with others is refused.
VERSIONS: Final[Mapping[str, int]] = {
    "keys": KEYS_VERSION,
    **{
        module.__name__.rpartition(".")[2]: module.VERSION
        for module in (accept_language, addresses, card, email, ip, names, phone, shapes, text, user_agent)
    },
}


def select(names: tuple[str, ...]) -> tuple[Feature, ...]:
    """Return the features of the catalogue that a model names, in its order.

    Raises:
        ModelMismatch: The catalogue has no feature of that name.
    """
    catalog = {entry.name: entry for entry in CATALOG}
    unknown = [name for name in names if name not in catalog]
    if unknown:
        raise ModelMismatch(
            f"the model wants {len(unknown)} features that this version does not have, {unknown[0]!r} among them; "
            "train it again or install the version that made it"
        )
    return tuple(catalog[name] for name in names)
