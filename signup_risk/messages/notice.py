"""Say to an applicant what was decided, about what, and what to do next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from signup_risk.messages.catalogue import Messages
from signup_risk.messages.topics import GENERAL, topic_of


@dataclass(frozen=True, slots=True)
class ApplicantMessage:
    """Hold one thing that an applicant is told.

    Attributes:
        topic: What it is about, one of :data:`signup_risk.messages.TOPICS`.
        text: What could not be confirmed.
        next_step: What an honest person can do.
    """

    topic: str
    text: str
    next_step: str

    def to_dict(self) -> dict[str, str]:
        """Return the message as JSON values."""
        return {"topic": self.topic, "text": self.text, "next_step": self.next_step}


@dataclass(frozen=True, slots=True)
class ApplicantNotice:
    """Hold what an applicant is told of a decision: texts alone, without figures, features or codes.

    Attributes:
        language: Tag of the language.
        headline: What was decided.
        messages: What it was about, at most a few; none if the account is allowed.
        appeal: How to have a person look at it again; None if the account is allowed.
    """

    language: str
    headline: str
    messages: tuple[ApplicantMessage, ...]
    appeal: str | None

    def to_dict(self) -> dict[str, Any]:
        """Return the notice as JSON values."""
        return {
            "language": self.language,
            "headline": self.headline,
            "messages": [one.to_dict() for one in self.messages],
            "appeal": self.appeal,
        }

    def __str__(self) -> str:
        lines = [self.headline, *(f"{one.text} {one.next_step}" for one in self.messages)]
        return "\n".join([*lines, *([self.appeal] if self.appeal else [])])


def notice(
    decision: str, risks: Iterable[tuple[str, str]], messages: Messages, language: str | None, most: int
) -> ApplicantNotice:
    """Return what an applicant is told.

    Args:
        decision: What was decided.
        risks: Code and family of what raised the score, strongest first.
        messages: The catalogue.
        language: A tag, or a header ``Accept-Language``.
        most: How many topics to tell; with 0, or where no reason is known, the general one.
    """
    chosen = messages.language_for(language)
    headline = messages.text(decision, chosen)
    if decision == "allow":
        return ApplicantNotice(chosen, headline, (), None)
    topics = list(dict.fromkeys(topic_of(*risk) for risk in risks))[: max(0, most)] or [GENERAL]
    told = tuple(
        ApplicantMessage(one, messages.text(one, chosen), messages.text(f"{one}.next", chosen)) for one in topics
    )
    return ApplicantNotice(chosen, headline, told, messages.text("appeal", chosen))
