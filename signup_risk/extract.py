"""Turn a sign-up into the facts, the keys and the feature values that everything above works with.

Serving, training and replay call these functions and no others, so that a feature means the same in all three.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from signup_risk.errors import ModelMismatch, StoreError
from signup_risk.events import InputWarning, Signup
from signup_risk.features.base import Feature
from signup_risk.features.catalog import CATALOG
from signup_risk.features.context import Context, Shape
from signup_risk.features.keys import READERS
from signup_risk.features.kinds import KIND, KINDS, KeyKind
from signup_risk.features.kinds import VERSION as KEYS_VERSION
from signup_risk.features.reading import Velocity
from signup_risk.normalize import (
    accept_language,
    address_template,
    addresses,
    billing_shape,
    card,
    coarse_shape,
    describe_text,
    email,
    ip,
    local_shape,
    local_shape_fine,
    matches_name,
    names,
    normalize_email,
    normalize_ip,
    normalize_issuer,
    normalize_languages,
    normalize_name,
    normalize_phone,
    normalize_user_agent,
    phone,
    postal_text,
    shapes,
    stem,
    text,
    text_shape,
    user_agent,
)
from signup_risk.references import CountryFacts, References
from signup_risk.stores import Entry, Exchange, Hasher, KeyView, Touch

_LOG: Final = logging.getLogger(__name__)
_NAN: Final = float("nan")
_MASK: Final = 0xFFFF_FFFF

#: Shortest word that is counted as a word of a mailbox: shorter ones are shared by everybody.
_MIN_STEM: Final = 4

_KEY_MASK: Final = (1 << 63) - 1

#: Each value with what is hashed in front of it: the prefix of its kind, or its name if it is only part of others.
_READERS: Final = tuple(
    (name, KIND[name].prefix() if name in KIND else f"{name}:".encode(), read) for name, read in READERS.items()
)

#: Versions of what features are computed with; a model that was trained with others is refused.
VERSIONS: Final[Mapping[str, int]] = {
    "keys": KEYS_VERSION,
    **{
        module.__name__.rpartition(".")[2]: module.VERSION
        for module in (accept_language, addresses, card, email, ip, names, phone, shapes, text, user_agent)
    },
}


@dataclass(frozen=True, slots=True)
class Described:
    """Hold the facts of a sign-up before its velocity is read.

    Attributes:
        context: The facts.
        warnings: Values of the event that could not be used.
        failed: Facts that could not be worked out through a fault of ours; they are unknown.
    """

    context: Context
    warnings: tuple[InputWarning, ...]
    failed: tuple[str, ...]


@dataclass(slots=True)
class _Draft:
    """Collect facts while they are worked out."""

    signup: Signup
    references: References
    at: int
    facts: dict[str, Any] = field(default_factory=dict)
    warnings: list[InputWarning] = field(default_factory=list)

    def warn(self, code: str, pointer: str) -> None:
        self.warnings.append(InputWarning(code, pointer))

    def country(self, code: str | None) -> CountryFacts | None:
        return None if code is None else self.references.countries.lookup(code, self.at)


def describe(signup: Signup, references: References, at: int) -> Described:
    """Work out the facts of a sign-up.

    A fault in one part leaves its facts unknown and is named in ``failed``: whatever an applicant typed, the
    sign-up flow goes on. The log gets the part and the kind of fault, never a value.

    Args:
        signup: The event.
        references: What is looked up.
        at: Event time in microseconds.
    """
    draft = _Draft(signup, references, at)
    failed = []
    for part in _PARTS:
        try:
            part(draft)
        except Exception as fault:  # noqa: BLE001 - see the docstring
            failed.append(f"facts.{part.__name__.removeprefix('_describe_')}")
            _LOG.warning("%s failed with %s", failed[-1], type(fault).__name__)
    return Described(Context(signup, at, **draft.facts), (*signup.warnings, *draft.warnings), tuple(failed))


def _describe_email(draft: _Draft) -> None:
    if draft.signup.email is None:
        return
    email = normalize_email(draft.signup.email)
    if email is None:
        draft.warn("EMAIL_ADDRESS_UNUSABLE", "/email")
        return
    local = email.base_local
    word = stem(local)
    draft.facts |= {
        "email": email,
        "local_text": describe_text(local),
        "local_shape": Shape(local_shape_fine(local), local_shape(local)),
        "local_stem": word if len(word) >= _MIN_STEM else None,
        "domain": draft.references.domains.lookup(email.domain, draft.at),
        "is_role": draft.references.roles.lookup(email.local, draft.at),
    }


def _describe_network(draft: _Draft) -> None:
    if draft.signup.ip_address is None:
        return
    ip = draft.facts["ip"] = normalize_ip(draft.signup.ip_address)
    if ip is None:
        draft.warn("IP_ADDRESS_INVALID", "/ip_address")
    elif ip.special is not None:
        draft.warn("IP_ADDRESS_RESERVED", "/ip_address")
    else:
        network = draft.facts["network"] = draft.references.networks.lookup(ip.address, draft.at)
        draft.facts["ip_country"] = draft.country(network.country)


def _describe_person(draft: _Draft) -> None:
    signup, facts = draft.signup, draft.facts
    facts["declared_country"] = draft.country(signup.country)
    if signup.first_name is not None or signup.last_name is not None:
        name = facts["name"] = normalize_name(signup.first_name, signup.last_name)
        if name is None:
            draft.warn("NAME_UNUSABLE", "/last_name" if signup.first_name is None else "/first_name")
        elif "email" in facts:
            facts["name_match"] = matches_name(facts["email"].base_local, name.first, name.last)
    if signup.username is not None:
        facts["username_text"] = describe_text(signup.username)
        facts["username_shape"] = Shape(text_shape(signup.username), coarse_shape(signup.username))


def _describe_phone(draft: _Draft) -> None:
    if draft.signup.phone is None:
        return
    number = draft.facts["phone"] = normalize_phone(draft.signup.phone, draft.signup.country)
    if number is None:
        draft.warn("PHONE_UNUSABLE", "/phone")
    else:
        draft.facts["phone_country"] = draft.country(number.region)


def _describe_payment(draft: _Draft) -> None:
    card, billing, facts = draft.signup.card, draft.signup.billing, draft.facts
    facts["card_country"] = draft.country(card.country)
    if card.issuer_id_number is not None:
        issuer = facts["issuer_number"] = normalize_issuer(card.issuer_id_number)
        if issuer is None:
            draft.warn("ISSUER_ID_NUMBER_UNUSABLE", "/card/issuer_id_number")
        else:
            facts["issuer"] = draft.references.issuers.lookup(issuer.number, draft.at)
    if billing.address is not None and (shape := billing_shape(billing.address)):
        postal = postal_text(billing.postal) if billing.postal else ""
        facts["billing_shape"] = shape
        facts["billing_key"] = f"{address_template(billing.address)}\x1f{postal}"
    if billing.first_name is not None or billing.last_name is not None:
        facts["billing_name"] = normalize_name(billing.first_name, billing.last_name)


def _describe_device(draft: _Draft) -> None:
    device, facts = draft.signup.device, draft.facts
    if device.user_agent is not None:
        facts["agent"] = normalize_user_agent(device.user_agent)
        if facts["agent"] is None:
            draft.warn("USER_AGENT_UNUSABLE", "/device/user_agent")
    if device.accept_language is not None:
        facts["languages"] = normalize_languages(device.accept_language)
    if device.time_zone is not None:
        countries = draft.references.countries
        facts["zone_countries"] = countries.countries_of_zone(device.time_zone, draft.at)
        if facts["zone_countries"] is None and countries.infos()[0].is_usable(draft.at):
            draft.warn("TIME_ZONE_UNKNOWN", "/device/time_zone")


_PARTS: Final[tuple[Callable[[_Draft], None], ...]] = (
    _describe_email,
    _describe_network,
    _describe_person,
    _describe_phone,
    _describe_payment,
    _describe_device,
)


class Keys:
    """Hold the hashed names of one sign-up's values and the keys that it touches.

    Args:
        context: Facts of the sign-up.
        hasher: Names values under the store's secret.
    """

    __slots__ = ("kinds", "names", "touch")

    def __init__(self, context: Context, hasher: Hasher) -> None:
        hashes: dict[str, int] = {}
        for name, code, read in _READERS:
            value = read(context)
            if value:
                hashes[name] = hasher.name(code, value)
        names = self.names = {name: value & _MASK or 1 for name, value in hashes.items()}
        self.kinds: list[str] = []
        entries = []
        for kind in KINDS:
            key = _key(kind, hashes)
            if key is not None:
                self.kinds.append(kind.name)
                entries.append(Entry(key, tuple([names.get(other, 0) for other in kind.attributes])))
        signup_id = context.signup.signup_id
        self.touch = Touch(context.at, signup_name(signup_id, hasher), tuple(entries))

    def read(self, answer: Exchange) -> Velocity:
        """Return the velocity that a store's answer holds."""
        own = self.touch.short if answer.repeated else 0
        at = self.touch.at
        views = {k: KeyView(state, at, own) for k, state in zip(self.kinds, answer.states, strict=True)}
        return Velocity(views, self.names)


def _key(kind: KeyKind, hashes: dict[str, int]) -> int | None:
    """Name a key, if the sign-up shows all its values: one value is named already, several by a mix of the names.

    The mix is linear modulo 2^63 with odd factors of its kind. Names are keyed hashes, uniform and independent, so
    it collides no more often than a hash would, and it tells nothing that they do not.
    """
    values = kind.values
    if len(values) == 1:
        return hashes.get(values[0])
    key, factors = _SEEDS[kind.name]
    for value, factor in zip(values, factors, strict=True):
        name = hashes.get(value)
        if name is None:
            return None
        key += name * factor
    return key & _KEY_MASK or 1


def _seed(kind: KeyKind) -> tuple[int, tuple[int, ...]]:
    """Return start and factors of a kind's mix: digests of its name, versions and layout, no secrets."""
    digest = hashlib.sha256(kind.prefix()).digest()
    words = [int.from_bytes(digest[i : i + 8], "little") | 1 for i in range(0, 32, 8)]
    return words[0], tuple(words[1 : 1 + len(kind.values)])


_SEEDS: Final = {kind.name: _seed(kind) for kind in KINDS}


def signup_name(signup_id: str | None, hasher: Hasher) -> int:
    """Return the name under which a store knows a sign-up; 0 without an id."""
    return 0 if signup_id is None else hasher.name(b"signup:", signup_id)


@dataclass(frozen=True, slots=True)
class Observation:
    """Hold one sign-up as the model sees it.

    Attributes:
        context: Its facts, velocity included if the store could be asked.
        values: The features, in the order asked; unknown is NaN.
        warnings: Values of the event that could not be used.
        failed: Facts and features that could not be worked out through a fault of ours; they are unknown.
        touch: What it left, or should have left, in the store.
        problem: Why the store could not be asked, or ``None``.
    """

    context: Context
    values: list[float]
    warnings: tuple[InputWarning, ...]
    failed: tuple[str, ...]
    touch: Touch
    problem: StoreError | None


@dataclass(frozen=True, slots=True)
class Prepared:
    """Hold a sign-up that has been described and whose keys are named, before the store is asked.

    Attributes:
        described: Its facts.
        keys: What it touches.
    """

    described: Described
    keys: Keys


def prepare(signup: Signup, at: int, references: References, hasher: Hasher) -> Prepared:
    """Describe a sign-up and name its keys.

    Args:
        signup: The event.
        at: Event time in microseconds.
        references: What is looked up.
        hasher: Names values under the store's secret.
    """
    described = describe(signup, references, at)
    return Prepared(described, Keys(described.context, hasher))


def complete(
    prepared: Prepared, answer: Exchange | None, features: tuple[Feature, ...], problem: StoreError | None = None
) -> Observation:
    """Compute the features of a prepared sign-up from what the store answered; without an answer velocity is unknown.

    Args:
        prepared: The sign-up.
        answer: What the store knew before it; ``None`` if it could not be asked.
        features: What to compute.
        problem: Why it could not be asked.
    """
    described, keys = prepared.described, prepared.keys
    context = described.context if answer is None else with_velocity(described.context, keys.read(answer))
    values, failed = values_of(context, features)
    return Observation(context, values, described.warnings, described.failed + failed, keys.touch, problem)


def with_velocity(context: Context, velocity: Velocity | None) -> Context:
    """Return the context with what the store knew."""
    return replace(context, velocity=velocity)


def values_of(context: Context, features: tuple[Feature, ...]) -> tuple[list[float], tuple[str, ...]]:
    """Compute features in their order; unknown is NaN. A feature that fails is unknown and named."""
    row, failed = [], []
    for entry in features:
        try:
            value = entry.compute(context)
        except Exception as fault:  # noqa: BLE001 - a fault of one feature must not take the sign-up flow down
            failed.append(f"features.{entry.name}")
            _LOG.warning("feature %s failed with %s", entry.name, type(fault).__name__)
            value = None
        row.append(_NAN if value is None else float(value))
    return row, tuple(failed)


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
