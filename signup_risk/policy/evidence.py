"""Keep anybody from being blocked for one attribute alone.

A student behind a campus address, a user of a privacy relay, a person with an unusual name: each has one
attribute that looks bad. So a block has to stand without any single one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Self

#: What partners say counts as one attribute, whatever it was that matched: nobody is blocked for it alone.
_PARTNER: Final = ("partner",)

# They say when and under which number a sign-up came, which is nothing of the applicant's.
_NOT_ATTRIBUTES: Final = frozenset({"at", "signup_id"})


@dataclass(frozen=True, slots=True)
class Evidence:
    """Hold what the risk of one sign-up rests on.

    Attributes:
        raw_score: The model's log-odds.
        step_up_raw: Log-odds from which on the policy asks for a further step.
        risks: Features that raise the score: the attributes of the event that each reads, and by how much.
    """

    raw_score: float
    step_up_raw: float
    risks: tuple[tuple[frozenset[str], float], ...]

    @classmethod
    def of(
        cls,
        raw_score: float,
        step_up_raw: float,
        inputs: Iterable[Sequence[str]],
        contributions: Iterable[float],
        partners: float = 0.0,
    ) -> Self:
        """Gather the evidence from contributions and the inputs of their features.

        Args:
            raw_score: The model's log-odds.
            step_up_raw: Log-odds from which on the policy asks for a further step.
            inputs: For each feature the attributes of the event that it reads.
            contributions: For each feature its log-odds; more numbers than features are ignored (the base
                value).
            partners: Log-odds that partners add.
        """
        pairs = [*zip(inputs, contributions, strict=False)]
        if partners:
            pairs.append((_PARTNER, partners))
        return cls(
            raw_score,
            step_up_raw,
            tuple((frozenset(read) - _NOT_ATTRIBUTES, amount) for read, amount in pairs if amount > 0.0),
        )

    @property
    def attributes(self) -> frozenset[str]:
        """Attributes that have a part in the risk."""
        return frozenset().union(*(read for read, _ in self.risks))

    def without(self, attribute: str) -> float:
        """Return the log-odds without the risk that this attribute alone gives.

        Features that compare it with others stay: a contradiction is not a matter of one attribute.
        """
        alone = frozenset({attribute})
        return self.raw_score - sum(amount for read, amount in self.risks if read == alone)

    def stands_without(self, attribute: str) -> bool:
        """Say whether a further step would still be asked for without this attribute's own risk."""
        return self.without(attribute) >= self.step_up_raw

    def is_broad(self) -> bool:
        """Say whether the risk rests on several attributes, and still stands without any single one of them.

        Examples:
            >>> Evidence.of(6.0, 2.0, [("email",), ("ip_address",)], [3.5, 3.5]).is_broad()
            True
            >>> Evidence.of(6.0, 2.0, [("email",), ("ip_address",)], [6.5, 0.5]).is_broad()
            False
        """
        attributes = self.attributes
        return len(attributes) > 1 and all(map(self.stands_without, attributes))
