"""Choose the features that a model names, and say what they are computed with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from signup_risk.errors import ModelMismatch
from signup_risk.extract.custom import custom_feature, custom_key
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
    """Return the features that a model names, in its order: of the catalogue, or of the caller's own inputs.

    Raises:
        ModelMismatch: There is no feature of that name.
    """
    catalog = {entry.name: entry for entry in CATALOG}
    found = [catalog.get(name) or _custom(name) for name in names]
    unknown = [name for name, entry in zip(names, found, strict=True) if entry is None]
    if unknown:
        raise ModelMismatch(
            f"the model wants {len(unknown)} features that this version does not have, {unknown[0]!r} among them; "
            "train it again or install the version that made it"
        )
    return tuple(entry for entry in found if entry is not None)


def _custom(name: str) -> Feature | None:
    key = custom_key(name)
    return None if key is None else custom_feature(key)
