"""Give a scorer receipts: records of single decisions, from which they can be made again."""

from __future__ import annotations

import hmac
import math
from dataclasses import replace
from typing import Final

from signup_risk._version import __version__
from signup_risk.errors import ConfigurationError, NoExplanation
from signup_risk.explain import AssessmentExplanation, Origin
from signup_risk.explain.circumstances import NAMED, Circumstances, Ruled
from signup_risk.model import ModelArtefact
from signup_risk.policy import Policy
from signup_risk.receipts.record import (
    KeyedValues,
    ModelRecord,
    Outcome,
    Receipt,
    ReferenceRecord,
    Rested,
)
from signup_risk.references import References
from signup_risk.results import Assessment, Reason
from signup_risk.scorer.judge import Judge
from signup_risk.scorer.ruled import record_of
from signup_risk.stores import Hasher

_RECEIPT: Final = b"receipt:"


class ReceiptFace:
    """Be the part of a scorer that explains assessments and writes receipts."""

    _hasher: Hasher
    _references: References
    _artefact: ModelArtefact
    _judge: Judge

    def explain(self, assessment: Assessment) -> AssessmentExplanation:
        """Explain an assessment as :meth:`signup_risk.Assessment.explain` does, also one that another process made.

        Raises:
            NoExplanation: No model gave its score, or another one than this scorer's.
        """
        return self._judge.explain(assessment)

    def receipt(self, assessment: Assessment) -> Receipt:
        """Return the record of an assessment from which the same decision can be made again to the bit.

        It holds keyed hashes in place of what the applicant typed, the exact value of every feature, and what they were
        computed and decided with. ``receipt.to_json()`` is one line to keep, ``signup-risk replay`` makes the decision
        again, ``receipt.redacted()`` is for an applicant who appeals.

        Args:
            assessment: An assessment by this scorer, or by another process with the same model, policy and secret.

        Raises:
            NoExplanation: No model gave its score, or another one than this scorer's.
            ConfigurationError: Another policy decided, lists included, or its values were named under another secret.
        """
        origin, policy = assessment.origin, self._judge.policy
        explanation = self._judge.explain(assessment)
        if not isinstance(origin, Origin) or origin.circumstances is None:
            raise NoExplanation("this assessment does not hold what it rested on; make the receipt of the original")
        _check_ruled(assessment, origin.circumstances.ruled, self._judge.ruled, policy)
        names = self._artefact.manifest.names
        receipt = Receipt(
            made_by=f"signup-risk {__version__}",
            at=assessment.at,
            keyed=_keyed(origin.circumstances, self._hasher),
            model=_model(self._artefact),
            references=_references(self._references),
            policy=record_of(policy, self._hasher),
            features=tuple(sorted(zip(names, map(_known, origin.row), strict=True))),
            rested=_rested(assessment, origin, origin.circumstances),
            campaign=None if assessment.campaign is None else assessment.campaign.id,
            outcome=_outcome(assessment, explanation, self._artefact),
            base_value=explanation.base_value,
            reasons=_reasons(explanation),
            warnings=assessment.warnings,
            mark="",
        )
        return replace(receipt, mark=self._mark(receipt))

    def is_genuine(self, receipt: Receipt) -> bool:
        """Say whether a receipt was made under this scorer's secret and not changed since."""
        return hmac.compare_digest(receipt.mark.encode(), self._mark(receipt).encode())

    def _mark(self, receipt: Receipt) -> str:
        return mark_of(receipt, self._hasher)


def mark_of(receipt: Receipt, hasher: Hasher) -> str:
    """Return the keyed hash of a receipt's digest: only the holder of the secret can write it."""
    return _hex(hasher.name(_RECEIPT, receipt.digest))


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value


def _hex(name: int) -> str:
    return f"{name:016x}"


def _keyed(circumstances: Circumstances, hasher: Hasher) -> KeyedValues:
    values = [(name, _hex(one)) for name, one in zip(NAMED, circumstances.names, strict=True) if one]
    signup = _hex(circumstances.signup) if circumstances.signup else None
    return KeyedValues(hasher.check(), signup, tuple(sorted(values)))


def _model(artefact: ModelArtefact) -> ModelRecord:
    manifest = artefact.manifest
    named = manifest.name, manifest.version, manifest.fingerprint, artefact.digest
    return ModelRecord(*named, tuple(sorted(manifest.versions.items())))


def _references(references: References) -> tuple[ReferenceRecord, ...]:
    return tuple(
        ReferenceRecord(info.name, info.version, info.as_of.isoformat() if info.as_of else None, info.sha256)
        for info in references.infos()
        if info.status != "absent"
    )


def _check_ruled(assessment: Assessment, found: Ruled, own: Ruled, policy: Policy) -> None:
    """Refuse to sign for rules that did not decide, and for names of another secret."""
    if found.secret != own.secret:
        raise ConfigurationError(
            "the values of the assessment were named under another secret than this scorer's; make the receipt with "
            "a scorer under the secret that it was assessed with (each memory:// store without one has its own)"
        )
    if found.policy != own.policy:
        raise ConfigurationError(
            f"the assessment was decided by policy {assessment.policy.name} {assessment.policy.version} with "
            f"fingerprint {found.policy[:12]}, this scorer has {policy.name} {policy.version} with "
            f"{own.policy[:12]}, lists included; make the receipt with a scorer of the policy that decided"
        )


def _rested(assessment: Assessment, origin: Origin, circumstances: Circumstances) -> Rested:
    campaign = assessment.campaign
    return Rested(
        degraded=assessment.degraded,
        unseen=circumstances.unseen,
        membership=circumstances.membership,
        confirmed=campaign is not None and campaign.status == "confirmed",
        allowed=circumstances.allowed,
        blocked=circumstances.blocked,
        draw=circumstances.draw,
        partners=sum((one.contribution for one in origin.further), 0.0),
    )


def _outcome(assessment: Assessment, explanation: AssessmentExplanation, artefact: ModelArtefact) -> Outcome:
    calibration, raw = artefact.manifest.calibration, explanation.raw_score
    return Outcome(
        raw_score=raw,
        probability=calibration.probability(raw),
        risk_score=100 * calibration.probability(raw) if assessment.risk_score is None else assessment.risk_score,
        fpr=calibration.fpr(raw) if assessment.fpr is None else assessment.fpr,
        decision=assessment.decision,
        shadow_decision=assessment.policy.shadow_decision,
        notes=assessment.policy.notes,
        explored=assessment.explored,
        propensity=assessment.propensity,
    )


def _reasons(explanation: AssessmentExplanation) -> tuple[Reason, ...]:
    return tuple(
        Reason(group.name, group.family, group.text, group.contribution, group.direction)
        for group in explanation.by_code()
        if group.contribution
    )
