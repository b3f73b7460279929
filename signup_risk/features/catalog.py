"""Join the families into the one catalogue of features that models are trained and served on."""

from __future__ import annotations

from typing import Final

from signup_risk.errors import ConfigurationError
from signup_risk.features import coordination, device, email, geo, identity, payment, phone, velocity
from signup_risk.features.base import Feature

#: One module a family; a feature is added to its module's ``FEATURES``, a family here.
FAMILY_MODULES: Final = (identity, email, phone, payment, geo, device, velocity, coordination)


def joined(features: tuple[Feature, ...]) -> tuple[Feature, ...]:
    """Return the features as given, refusing a name that stands twice.

    Raises:
        ConfigurationError: Two features have one name.
    """
    seen: set[str] = set()
    for entry in features:
        if entry.name in seen:
            raise ConfigurationError(f"two features are named {entry.name!r}; names must be unique, rename one")
        seen.add(entry.name)
    return features


CATALOG: Final[tuple[Feature, ...]] = joined(tuple(f for module in FAMILY_MODULES for f in module.FEATURES))
