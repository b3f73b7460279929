"""Read receipts, refusing what was edited, what is of another format and what is too large to be one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import IO, Any, Final

from signup_risk.errors import ConfigurationError, ReceiptRefused
from signup_risk.events.signup import InputWarning
from signup_risk.explain.circumstances import Listed
from signup_risk.policy import Thresholds
from signup_risk.policy.campaign import CampaignRule
from signup_risk.policy.degraded import DegradedRule
from signup_risk.policy.lists import KINDS
from signup_risk.receipts.canonical import digest, number_from_json, parsed
from signup_risk.receipts.fields import Fields
from signup_risk.receipts.record import (
    FORMAT,
    KeyedValues,
    ModelRecord,
    Outcome,
    PolicyRecord,
    Receipt,
    ReferenceRecord,
    Rested,
)
from signup_risk.results import Reason

#: Longest line that is read, in characters; a receipt of 136 features has some 30,000.
LONGEST: Final = 1_000_000

#: What no line of JSON in UTF-8 has: zeros, and the stand-in for bytes that are no text.
_UNTEXTUAL: Final = frozenset("\0\ufffd")


def read_receipt(text: str) -> Receipt:
    """Read one receipt.

    Args:
        text: What :meth:`signup_risk.receipts.Receipt.to_json` wrote.

    Raises:
        ReceiptRefused: It is no receipt, of another format, or was changed.
    """
    if len(text) > LONGEST:
        raise ReceiptRefused(f"this has {len(text):,} characters, a receipt at most {LONGEST:,}; check the file")
    told = parsed(text)
    if not isinstance(told, dict) or "format" not in told or "digest" not in told:
        raise ReceiptRefused("this is no receipt: it has no format or digest; give what scorer.receipt() made")
    if told["format"] != FORMAT:
        raise ReceiptRefused(
            f"the receipt has format {str(told['format'])[:20]!r}, this version reads {FORMAT}; install the version of "
            "signup-risk that made it"
        )
    try:
        _check_digest(told)
        return _receipt(Fields(told, "receipt"))
    except (ConfigurationError, ValueError, OverflowError) as problem:
        if isinstance(problem, ReceiptRefused):
            raise
        raise ReceiptRefused(f"the receipt holds what no receipt can hold ({problem}); get the original") from None


def read_receipts(stream: IO[str]) -> Iterator[tuple[int, Receipt | ReceiptRefused]]:
    """Read receipts one a line, empty lines passed over; or one receipt over many lines, as JSON is made readable.

    A file that is no text, such as a packed one, is refused once and not line by line.

    Args:
        stream: A text file. It is read line by line, and of a line no more than a receipt can be.

    Yields:
        The number of each line with the receipt, or with why there is none.
    """
    number = 0
    while line := stream.readline(LONGEST + 1):
        number += 1
        if number == 1:
            line = line.removeprefix("\ufeff")  # a mark of UTF-8 that some editors write
            if not _UNTEXTUAL.isdisjoint(line):
                yield number, ReceiptRefused("this is no text; unpack it, and give JSON Lines in UTF-8")
                return
        if len(line) > LONGEST and not line.endswith("\n"):
            while (more := stream.readline(LONGEST)) and not more.endswith("\n"):
                pass
        if line.strip() == "{":
            line += stream.read(LONGEST)
        if line.strip():
            try:
                yield number, read_receipt(line)
            except ReceiptRefused as problem:
                yield number, problem


def _check_digest(told: dict[str, Any]) -> None:
    content = {name: value for name, value in told.items() if name not in {"digest", "mark"}}
    found = digest(content)
    if told["digest"] != found:
        raise ReceiptRefused(
            f"the receipt was edited or damaged: its content has digest {found[:12]}, it states "
            f"{str(told['digest'])[:12]!r}; get the original"
        )


def _receipt(told: Fields) -> Receipt:
    told.raw("format")
    stated = told.text("digest")
    receipt = Receipt(
        made_by=told.text("made_by"),
        at=_moment(told.text("at")),
        keyed=_keyed(told.part("keyed")),
        model=_model(told.part("model")),
        references=tuple(map(_reference, told.parts("references"))),
        policy=_policy(told.part("policy")),
        features=_features(told.part("features")),
        rested=_rested(told.part("rested")),
        campaign=None if told.is_null("campaign") else told.text("campaign"),
        outcome=_outcome(told.part("outcome")),
        base_value=told.number("base_value"),
        reasons=_reasons(told.parts("reasons")),
        warnings=tuple(InputWarning(one.text("code"), one.text("pointer")) for one in told.parts("warnings")),
        mark=told.text("mark"),
    )
    told.close()
    if receipt.digest != stated:  # such as names in another order of a list that has one, or rules that differ
        raise ReceiptRefused("the receipt says something that this version does not read; install the one that made it")
    return receipt


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ReceiptRefused("the receipt has a time without an offset; get the original")
    return found


def _keyed(told: Fields) -> KeyedValues:
    values = told.part("values")
    signup = None if told.is_null("signup") else told.text("signup")
    return KeyedValues(told.text("secret"), signup, tuple((name, values.text(name)) for name in values.names()))


def _model(told: Fields) -> ModelRecord:
    versions = told.part("versions")
    held = tuple((name, versions.raw(name)) for name in versions.names())
    if not all(type(value) in {int, str} for _, value in held):
        raise ReceiptRefused("the receipt's versions are neither numbers nor texts; get the original")
    named = [told.line(name) for name in ("name", "version", "fingerprint", "digest")]
    return ModelRecord(named[0], named[1], named[2], named[3], held)


def _reference(told: Fields) -> ReferenceRecord:
    as_of = None if told.is_null("as_of") else told.text("as_of")
    return ReferenceRecord(told.text("name"), told.text("version"), as_of, told.text("sha256"))


def _policy(told: Fields) -> PolicyRecord:
    limits, rule = told.part("thresholds"), told.part("campaign")
    told.text("fingerprint")
    return PolicyRecord(
        name=told.text("name"),
        version=told.text("version"),
        thresholds=Thresholds(limits.number("step_up"), limits.number("review"), limits.number("block")),
        campaign=CampaignRule(
            rule.number("step_up"), rule.number("review"), rule.number("block"), rule.decision("unconfirmed")
        ),
        degraded=tuple(
            DegradedRule(one.text("signal"), one.decision("floor"), one.decision("ceiling"))
            for one in told.parts("degraded")
        ),
        shadow=told.flag("shadow"),
        explore=told.number("explore"),
        lists=told.text("lists"),
    )


def _features(told: Fields) -> tuple[tuple[str, float | None], ...]:
    return tuple((name, number_from_json(told.raw(name))) for name in told.names())


def _rested(told: Fields) -> Rested:
    return Rested(
        degraded=told.texts("degraded"),
        unseen=told.count("unseen"),
        membership=None if told.is_null("membership") else told.number("membership"),
        confirmed=told.flag("confirmed"),
        allowed=None if told.is_null("allowed") else _listed(told.part("allowed")),
        blocked=None if told.is_null("blocked") else _listed(told.part("blocked")),
        draw=None if told.is_null("draw") else told.number("draw"),
        partners=told.number("partners"),
    )


def _listed(told: Fields) -> Listed:
    kind = told.text("kind")
    if kind not in KINDS:
        raise ReceiptRefused(f"the receipt has a list entry of kind {kind[:40]!r}; known are {', '.join(KINDS)}")
    return Listed(kind, told.flag("is_exact"))


def _outcome(told: Fields) -> Outcome:
    return Outcome(
        raw_score=told.number("raw_score"),
        probability=told.number("probability"),
        risk_score=told.number("risk_score"),
        fpr=told.number("fpr"),
        decision=told.decision("decision"),
        shadow_decision=None if told.is_null("shadow_decision") else told.decision("shadow_decision"),
        notes=told.texts("notes"),
        explored=told.flag("explored"),
        propensity=None if told.is_null("propensity") else told.number("propensity"),
    )


def _reasons(told: list[Fields]) -> tuple[Reason, ...]:
    found = tuple(map(_reason, told))
    if len({one.code for one in found}) != len(found):
        raise ReceiptRefused("the receipt has a reason code twice, of which one would go unseen; get the original")
    return found


def _reason(told: Fields) -> Reason:
    return Reason(
        told.code("code"),
        told.text("family"),
        told.text("text"),
        told.number("contribution"),
        told.direction("direction"),
    )
