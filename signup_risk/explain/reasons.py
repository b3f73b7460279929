"""Turn the contributions of single features into reasons that an analyst can read.

Contributions are exact SHAP values in log-odds, so those of the features behind one reason code may be added:
base value and all reasons still make up the raw score. Nothing that an applicant typed gets into a text, only
numbers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from string import Formatter
from typing import TYPE_CHECKING, Final

from signup_risk.errors import ConfigurationError, ModelMismatch
from signup_risk.model.manifest import FeatureSummary
from signup_risk.results import Reason

if TYPE_CHECKING:
    from signup_risk.features.base import Feature

# Beyond this, digits of a float mean nothing to a reader, and "%.0f" would write up to 309 of them.
_MAX_PLAIN: Final = 1e15

#: Texts kept; at about 150 bytes each this is 2.5 MB.
_TEXTS: Final = 16_384


@dataclass(frozen=True, slots=True)
class Explanation:
    """Say what a raw score is made of.

    Attributes:
        base_value: Log-odds that the contributions start from.
        reasons: The strongest reasons, strongest first.
        remainder: What the reasons that were left out add up to; 0 if none was.
    """

    base_value: float
    reasons: tuple[Reason, ...]
    remainder: float

    @property
    def raw_score(self) -> float:
        """Base value, reasons and remainder together."""
        return math.fsum([self.base_value, self.remainder, *(reason.contribution for reason in self.reasons)])


class Explainer:
    """Group contributions by reason code and say what the values were and what is usual.

    Examples:
        >>> from types import SimpleNamespace
        >>> devices = SimpleNamespace(
        ...     name="device_count_24h", family="velocity", reason="DEVICE_VELOCITY_24H", unit="count",
        ...     text="{value:.0f} sign-up{value:s} from this device in 24 h", missing="no device",
        ... )
        >>> usual = FeatureSummary("device_count_24h", "DEVICE_VELOCITY_24H", 1, 0, 0, 0, 1, 2, 0.01, 0.2)
        >>> explanation = Explainer([devices], [usual]).explain([2.5, -3.0], [14.0])
        >>> explanation.reasons[0].text
        '14 sign-ups from this device in 24 h; 99.9% of legitimate sign-ups: at most 2'
        >>> explanation.raw_score
        -0.5
    """

    def __init__(
        self, features: Sequence[Feature], usual: Sequence[FeatureSummary], *, synthetic: bool = False
    ) -> None:
        """Prepare the groups.

        Args:
            features: The features in the order of the model's columns.
            usual: The manifest's summaries in the same order.
            synthetic: Whether what is usual was measured on simulated sign-ups; the texts then say so.

        Raises:
            ModelMismatch: If the two do not name the same features.
            ConfigurationError: If a feature's text is no template of ``value``.
        """
        if [feature.name for feature in features] != [summary.name for summary in usual]:
            raise ModelMismatch(
                f"{len(features)} features are to be explained with a manifest of {len(usual)}, or in "
                "another order; pass the features that the model names"
            )
        self._features = tuple(features)
        people = f"{'simulated ' if synthetic else ''}legitimate sign-ups"
        self._wordings = tuple(_Wording(*pair, people) for pair in zip(features, usual, strict=True))
        codes = list(dict.fromkeys(feature.reason for feature in features))
        self._codes = tuple(codes)
        self._group_of = tuple(codes.index(feature.reason) for feature in features)
        members: list[list[int]] = [[] for _ in codes]
        for column, group in enumerate(self._group_of):
            members[group].append(column)
        self._members = tuple(map(tuple, members))
        # Most values are small counts and flags, said before: looking the words up takes a quarter of the time.
        self._text = lru_cache(_TEXTS)(self._worded)

    def explain(
        self, contributions: Sequence[float], values: Sequence[float], *, top: int | None = None
    ) -> Explanation:
        """Return the reasons of one row.

        Args:
            contributions: One number a feature, then the base value.
            values: The values of the features.
            top: How many reasons to give; all if None.
        """
        sums = [0.0] * len(self._codes)
        for group, contribution in zip(self._group_of, contributions, strict=False):
            sums[group] += contribution
        ranked = sorted(
            (group for group, total in enumerate(sums) if total), key=lambda group: -abs(sums[group])
        )
        given = ranked[:top]
        reasons = tuple(self._reason(group, sums[group], contributions, values) for group in given)
        remainder = math.fsum(sums[group] for group in ranked[len(given) :])
        return Explanation(contributions[-1], reasons, remainder)

    def _reason(
        self, group: int, total: float, contributions: Sequence[float], values: Sequence[float]
    ) -> Reason:
        members = self._members[group]
        strongest = members[0]
        if len(members) > 1:
            sign = math.copysign(1.0, total)
            strongest = max(members, key=lambda column: sign * contributions[column])
        return Reason(
            code=self._codes[group],
            family=self._features[strongest].family,
            text=self._text(strongest, values[strongest]),
            contribution=total,
            direction="risk" if total > 0 else "trust",
        )

    def text(self, column: int, value: float) -> str:
        """Return the analyst's words for the value of one feature, by its column in the model."""
        return self._text(column, value)

    def _worded(self, column: int, value: float) -> str:
        return self._wordings[column].text(value)


class _Wording:
    """Say a feature's value and what is usual; everything but the value is worded beforehand."""

    __slots__ = ("_at_least", "_at_most", "_far_at_most", "_flag", "_missing", "_p50", "_p999", "_template")

    def __init__(self, feature: Feature, usual: FeatureSummary, people: str) -> None:
        spec = _value_spec(feature)
        self._template = feature.text
        self._flag = feature.unit == "flag"
        self._missing = (
            f"{feature.missing}; unknown for {_percent(usual.missing_share)} of {people}"
        )
        self._p50 = self._p999 = math.inf
        if self._flag:
            self._at_least = f"; applies to {_percent(usual.share_nonzero)} of {people}"
        else:
            self._at_least = f"; no {people.removesuffix('s')} showed it"
        self._at_most = self._far_at_most = self._at_least
        if not (self._flag or usual.p01 is None or usual.p50 is None or usual.p99 is None):
            self._p50, self._p999 = usual.p50, math.inf if usual.p999 is None else usual.p999
            self._at_least = f"; 99% of {people}: at least {_Shown(usual.p01):{spec}}"
            self._at_most = f"; 99% of {people}: at most {_Shown(usual.p99):{spec}}"
            self._far_at_most = f"; 99.9% of {people}: at most {_Shown(self._p999):{spec}}"

    def text(self, value: float) -> str:
        """Return the words for this value."""
        if value != value:  # noqa: PLR0124 - NaN, an unknown value, is the one number that differs from itself
            return self._missing
        said = self._template.format(value=_Shown(value))
        if self._flag:
            return (said if value else f"does not apply: {said}") + self._at_least
        if value > self._p999:
            return said + self._far_at_most
        return said + (self._at_most if value >= self._p50 else self._at_least)


class _Shown(float):
    """Format a number for reading: no endless digits, infinity in words, and ``s`` for the ending of a plural."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        if spec == "s":
            return "" if self == 1.0 else "s"
        if math.isinf(self):
            return "more than can be counted" if self > 0 else "less than can be counted"
        if abs(self) >= _MAX_PLAIN:
            return format(float(self), ".3g")
        return format(float(self), spec or (",.0f" if self.is_integer() else ",.6g"))


def _value_spec(feature: Feature) -> str:
    """Return how the template formats its value, having checked that it formats nothing else."""
    try:
        fields = [(name, spec) for _, name, spec, _ in Formatter().parse(feature.text) if name is not None]
        feature.text.format(value=_Shown(0.5))
    except (ValueError, KeyError, IndexError, AttributeError) as problem:
        fields = [("", "")]
        reason = f" ({problem})"
    else:
        reason = ""
    if any(name != "value" for name, _ in fields):
        raise ConfigurationError(
            f"the text of feature {feature.name} may format {{value}} only{reason}; correct it"
        )
    return next((spec or "" for _, spec in fields if spec != "s"), "")


def _percent(share: float) -> str:
    """Return a share as a percentage that keeps rare things apart from absent ones.

    Examples:
        >>> [_percent(share) for share in (0.0, 0.00004, 0.0031, 0.25, 0.9996, 0.99996)]
        ['0%', 'less than 0.01%', '0.31%', '25%', '99.96%', 'more than 99.99%']
    """
    percent = share * 100.0
    if 0.0 < percent < 0.01:
        return "less than 0.01%"
    if 99.99 < percent < 100.0:
        return "more than 99.99%"
    digits = 2 if percent < 1.0 or 99.0 < percent < 100.0 else 1
    return f"{percent:.{digits}f}".rstrip("0").rstrip(".") + "%" if percent else "0%"
