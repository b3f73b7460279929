"""Make the decision of a receipt again, from its feature values alone, and compare every bit."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import nan
from typing import Any, Final

from signup_risk.errors import ModelMismatch, NoExplanation, ReceiptRefused
from signup_risk.explain.circumstances import Listed
from signup_risk.explain.contributions import FeatureContribution, exact, grouped
from signup_risk.extract import select
from signup_risk.features.base import Feature
from signup_risk.model import ModelArtefact
from signup_risk.policy import Evidence, ListEntry, Policy
from signup_risk.receipts.record import Outcome, PolicyRecord, Receipt
from signup_risk.results import Reason

#: Stand-ins for list entries: a policy that holds them finds for the stand-in values what it found for the sign-up.
#: One address lies in a network of documentation (RFC 5737), so that it matches an exact entry and a coarse one.
_VALUE: Final = "198.51.100.7"
_COARSE: Final = "198.51.100.0/24"

#: How the code of what partners add, which is no feature, reads among the reasons.
_PARTNERS: Final = ("partner_indicator", "PARTNER_INDICATOR", "coordination")


@dataclass(frozen=True, slots=True)
class Difference:
    """Say what came out otherwise.

    Attributes:
        name: What it is.
        recorded: What the receipt says.
        found: What was worked out now.
    """

    name: str
    recorded: Any
    found: Any


@dataclass(frozen=True, slots=True, repr=False)
class Replay:
    """Hold a decision that was made again.

    Attributes:
        receipt: The receipt.
        found: What was worked out now.
        differences: What came out otherwise; none if every bit is the same.
    """

    receipt: Receipt
    found: Outcome
    differences: tuple[Difference, ...]

    @property
    def is_reproduced(self) -> bool:
        """Say whether every bit is the same."""
        return not self.differences

    def __repr__(self) -> str:
        told = "; ".join(f"{one.name} {one.recorded!r} was {one.found!r} now" for one in self.differences)
        return f"<Replay of {self.receipt.digest[:12]}: {told or 'the same to the bit'}>"


def replay(receipt: Receipt, artefact: ModelArtefact) -> Replay:
    """Make the decision of a receipt again.

    Args:
        receipt: The receipt.
        artefact: The model that gave the score.

    Raises:
        ModelMismatch: It is another model.
        ReceiptRefused: The receipt lacks values of features, has others, or numbers that no sign-up has.
    """
    _check_model(receipt, artefact)
    names, features = artefact.manifest.names, select(artefact.manifest.names)
    row = _row(receipt, names)
    raw = artefact.booster.raw_score(row)
    if receipt.rested.partners:
        raw += receipt.rested.partners
    *contributions, base_value = artefact.booster.contributions(row)
    try:
        base, codes = _reasons(receipt, features, raw, base_value, contributions)
    except (NoExplanation, OverflowError):
        raise ReceiptRefused(
            f"the parts of the score, {receipt.rested.partners:.3g} log-odds of partners among them, do not add up to "
            "it; no score has such parts, get the original"
        ) from None
    found = _decided(receipt, artefact, features, raw, contributions)
    recorded = receipt.outcome.to_dict() | {"base_value": receipt.base_value}
    recorded |= _told(receipt.reasons)
    now = found.to_dict() | {"base_value": base} | codes
    return Replay(receipt, found, _differences(recorded, now))


def _check_model(receipt: Receipt, artefact: ModelArtefact) -> None:
    wanted, manifest = receipt.model, artefact.manifest
    if wanted.digest == artefact.digest:
        return
    raise ModelMismatch(
        f"the receipt is by model {wanted.name} {wanted.version} with digest {wanted.digest[:12]}, this is "
        f"{manifest.name} {manifest.version} with digest {artefact.digest[:12]}; give the folder of the model that "
        "gave the score as --model"
    )


def _row(receipt: Receipt, names: Sequence[str]) -> array[float]:
    values = dict(receipt.features)
    if set(values) != set(names):
        raise ReceiptRefused(
            f"the receipt has {len(values)} feature values and its model {len(names)} features, or others by name; get "
            "the original"
        )
    return array("d", [nan if (value := values[name]) is None else value for name in names])


def _decided(
    receipt: Receipt,
    artefact: ModelArtefact,
    features: tuple[Feature, ...],
    raw: float,
    contributions: Sequence[float],
) -> Outcome:
    rested, calibration = receipt.rested, artefact.manifest.calibration
    policy = _policy(receipt.policy, rested.allowed, rested.blocked)
    fpr = calibration.fpr(raw)
    step_up_raw = calibration.raw_at(policy.thresholds.step_up)
    inputs = [feature.inputs for feature in features]
    matched = [one.kind for one in (rested.allowed, rested.blocked) if one is not None]
    decision = policy.decide(
        fpr,
        evidence=lambda: Evidence.of(raw, step_up_raw, inputs, contributions, rested.partners),
        listed=dict.fromkeys(matched, (_VALUE,)),
        at=receipt.at,
        degraded=rested.degraded[: len(rested.degraded) - rested.unseen],
        membership=rested.membership,
        confirmed=rested.confirmed,
        draw=rested.draw,
    )
    probability = calibration.probability(raw)
    return Outcome(
        raw,
        probability,
        100 * probability,
        fpr,
        decision.outcome,
        decision.shadow,
        decision.notes,
        decision.explored,
        decision.propensity,
    )


def _policy(record: PolicyRecord, allowed: Listed | None, blocked: Listed | None) -> Policy:
    """Return the policy with stand-ins for the entries that the sign-up matched."""
    return Policy(
        name=record.name,
        version=record.version,
        thresholds=record.thresholds,
        allow=_entries(allowed),
        block=_entries(blocked),
        degraded=record.degraded,
        campaign=record.campaign,
        shadow=record.shadow,
        explore=record.explore,
    )


def _entries(listed: Listed | None) -> tuple[ListEntry, ...]:
    if listed is None:
        return ()
    value = _VALUE if listed.kind != "ip" or listed.is_exact else _COARSE
    return (ListEntry(listed.kind, value, force=True),)


def _reasons(
    receipt: Receipt,
    features: tuple[Feature, ...],
    raw: float,
    base_value: float,
    contributions: Sequence[float],
) -> tuple[float, dict[str, Any]]:
    """Return base value and what each reason code adds, as the explanation of the assessment has them."""
    named = [(feature.name, feature.reason, feature.family) for feature in features]
    amounts = list(contributions)
    if receipt.rested.partners:
        named.append(_PARTNERS)
        amounts.append(receipt.rested.partners)
    base, amounts = exact(raw, base_value, amounts)
    parts = [FeatureContribution(*who, 0.0, amount, "", None) for who, amount in zip(named, amounts, strict=True)]
    groups = grouped(parts, lambda one: one.code)
    reasons = [Reason(one.name, one.family, one.text, one.contribution, one.direction) for one in groups]
    return base, _told(reason for reason in reasons if reason.contribution)


def _told(reasons: Iterable[Reason]) -> dict[str, Any]:
    """Return what reasons say, but for their words."""
    told: dict[str, Any] = {}
    for one in reasons:
        told[f"reason {one.code}"] = one.contribution
        told[f"reason {one.code}, direction"] = one.direction
        told[f"reason {one.code}, family"] = one.family
    return told


def _differences(recorded: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[Difference, ...]:
    names = list(dict.fromkeys([*recorded, *now]))
    pairs = [(name, recorded.get(name), now.get(name)) for name in names]
    return tuple(Difference(*pair) for pair in pairs if _bits(pair[1]) != _bits(pair[2]))


def _bits(value: Any) -> Any:
    return value.hex() if isinstance(value, float) else value
