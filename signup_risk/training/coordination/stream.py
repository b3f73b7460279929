"""Run labelled sign-ups through a scorer, in their order, and keep what it said and when who joined what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from signup_risk.events import Signup
from signup_risk.normalize import normalize_email
from signup_risk.normalize.shapes import local_shape_fine
from signup_risk.results import Assessment
from signup_risk.scorer import Scorer
from signup_risk.scorer.parallel import assess_parallel

_TIMEOUT: Final = 60.0

Answer = tuple[float | None, str, float | None]


@dataclass(slots=True)
class Stream:
    """Hold one run, a row a sign-up in the order of time.

    Attributes:
        ids: Ids of the sign-ups.
        times: Event times in microseconds.
        labels: 1 abusive, 0 legitimate, -1 unknown.
        groups: Campaign or population that it is drawn from; empty if unknown.
        raws: Raw scores; None where the model could not be asked.
        decisions: What was decided.
        probabilities: Joint probability of account and campaign when it was assessed; None outside campaigns.
        values: Values that the plain ways compare.
        joins: Time, row and campaign of everybody who joined one, in order.
        members: Rows of each campaign at the end.
    """

    ids: list[str] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    raws: list[float | None] = field(default_factory=list)
    decisions: list[str] = field(default_factory=list)
    probabilities: list[float | None] = field(default_factory=list)
    values: list[dict[str, str]] = field(default_factory=list)
    joins: list[tuple[int, int, str]] = field(default_factory=list)
    members: dict[str, list[int]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.ids)


def run_stream(events: Iterable[Mapping[str, Any]], scorer: Scorer, *, workers: int = 1) -> Stream:
    """Run sign-ups through a scorer.

    Outcomes are not reported on the way: campaigns are found without them.

    Args:
        events: Labelled events in the order of time, each with ``at``.
        scorer: A scorer with an empty store.
        workers: Processes that share the work.
    """
    stream = Stream()
    for raw, decision, probability in _answers(_noted(events, stream), scorer, workers):
        stream.raws.append(raw)
        stream.decisions.append(decision)
        stream.probabilities.append(probability)
    rows = {name: row for row, name in enumerate(stream.ids)}
    stream.joins = [(at, rows[name], campaign) for at, name, campaign in scorer.campaign_joins()]
    found = scorer.found_campaigns()
    stream.members = {one.id: [rows[member.signup_id] for member in one.members] for one in found}
    return stream


def _noted(events: Iterable[Mapping[str, Any]], stream: Stream) -> Iterator[Signup]:
    """Note what the labels and the plain ways say of a sign-up; no label is sent on."""
    for place, event in enumerate(events, start=1):
        signup = Signup.from_mapping(event, require_at=True)
        name = signup.signup_id or f"row-{place}"
        stream.ids.append(name)
        stream.times.append(signup.at_us)
        stream.labels.append(-1 if signup.label is None else signup.label)
        stream.groups.append(signup.group or "")
        stream.values.append(plain_values(signup))
        yield replace(signup, signup_id=name, label=None, label_at=None, group=None)


def _answers(signups: Iterable[Signup], scorer: Scorer, workers: int) -> Iterator[Answer]:
    if workers == 1:
        for signup in signups:
            yield _answer(scorer.assess(signup, deadline_ms=_TIMEOUT * 1000))
        return
    for _, answer in assess_parallel(scorer, enumerate(signups), _as_is, _answer, workers=workers, timeout=_TIMEOUT):
        yield answer


def _as_is(signup: Signup) -> Signup:
    return signup


def _answer(assessment: Assessment) -> Answer:
    campaign = assessment.campaign
    return assessment.raw_score, assessment.decision, None if campaign is None else campaign.probability


def plain_values(signup: Signup) -> dict[str, str]:
    """Return the values that the plain ways compare, as anybody would read them."""
    device, email = signup.device, normalize_email(signup.email) if signup.email else None
    network = signup.ip_address.rpartition(".")[0] if signup.ip_address else None
    seconds = signup.session.form_seconds
    found = {
        "ip": signup.ip_address,
        "device": device.id,
        "card": signup.card.token,
        "phone": signup.phone,
        "network+agent": f"{network} {device.user_agent}" if network and device.user_agent else None,
        "domain": email.domain if email else None,
        "shape": local_shape_fine(email.base_local) if email else None,
        "agent": f"{device.user_agent} {device.screen}" if device.user_agent else None,
        "locale": f"{device.time_zone} {device.accept_language}" if device.time_zone else None,
        "form": None if seconds is None else str(round(seconds / 2)),
    }
    return {name: str(value) for name, value in found.items() if value}
