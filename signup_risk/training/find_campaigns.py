"""Find the campaigns of a history: score it in its order, as it would have been scored, and keep what came to light."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final

from signup_risk.campaigns.found import FoundCampaign
from signup_risk.campaigns.recount import Recount
from signup_risk.campaigns.report import CampaignReport
from signup_risk.campaigns.words import public_values
from signup_risk.events import Signup
from signup_risk.extract import Prepared, prepare
from signup_risk.results import Assessment
from signup_risk.scorer import Scorer
from signup_risk.scorer.parallel import assess_parallel
from signup_risk.training.history import History, event_of_record, signup_of_record
from signup_risk.training.progress import Progress, quiet

#: Nobody waits for an answer, so a busy store is waited for rather than done without.
_TIMEOUT: Final = 60.0


def find_campaigns(
    history: History, scorer: Scorer, *, workers: int = 1, progress: Progress = quiet
) -> CampaignReport:
    """Find the campaigns of a history.

    Args:
        history: The sign-ups, in the order of time.
        scorer: Its store holds what is found; a new one sees the history alone. Open it with ``explain="never"``.
        workers: Processes that share the work; what is found does not depend on it.
        progress: Shows how far the history is read.

    Returns:
        The report, as :mod:`signup_risk.campaigns.review` takes it.
    """
    records = progress(history.records(), "finding campaigns", len(history))
    first: datetime | None = None
    last: datetime | None = None
    count = 0
    for at in _assessed(records, scorer, workers):
        first, last, count = first or at, at, count + 1
    campaigns = _recounted(history, scorer, progress)
    manifest = scorer.model.manifest
    return CampaignReport(
        signups=count,
        first_at=first,
        last_at=last,
        model=f"{manifest.name} {manifest.version}",
        synthetic=manifest.synthetic,
        secret_check=scorer.secret_check,
        campaigns=campaigns,
        known_good=_known_good(history, frozenset(one.signup_id for found in campaigns for one in found.members)),
        labelled=bool(history.report.legitimate),
    )


def _recounted(history: History, scorer: Scorer, progress: Progress) -> tuple[FoundCampaign, ...]:
    """Read the history once more, to count over all of it what was known in part when campaigns opened."""
    found = scorer.found_campaigns()
    if not found:
        return ()
    count, hasher = Recount(found), scorer.recipe().hasher

    def prepared(signup: Signup) -> Prepared:
        return prepare(signup, signup.at_us, scorer.references, hasher)

    for place, record in enumerate(history.records(), start=1):
        name = event_of_record(record).get("signup_id") or _place_name(place)
        if count.is_member(name):
            made = prepared(signup_of_record(record))
            keys = [entry.key for entry in made.keys.touch.entries]
            count.member(name, keys, made.keys.names, public_values(made.described.context))
    count.ask()
    for record in progress(history.records(), "counting", len(history)):
        made = prepared(signup_of_record(record))
        count.sign_up([entry.key for entry in made.keys.touch.entries], made.keys.names)
    return count.campaigns()


def _assessed(records: Iterable[bytes], scorer: Scorer, workers: int) -> Iterator[datetime]:
    """Yield the time of every sign-up once it is assessed."""
    numbered = enumerate(enumerate(records, start=1))
    if workers == 1:
        for _, item in numbered:
            yield scorer.assess(_read(item), deadline_ms=_TIMEOUT * 1000).at
        return
    for _, at in assess_parallel(scorer, numbered, _read, _time_of, workers=workers, timeout=_TIMEOUT):
        yield at


def _read(item: tuple[int, bytes]) -> Signup:
    """Read a sign-up; one without an id gets its place in the order of time, so that it can be a member."""
    place, record = item
    signup = signup_of_record(record)
    return replace(signup, signup_id=_place_name(place)) if signup.signup_id is None else signup


def _time_of(assessment: Assessment) -> datetime:
    return assessment.at


def _known_good(history: History, members: frozenset[str]) -> frozenset[str]:
    """Return the members that the history labels legitimate."""
    if not history.report.legitimate or not members:
        return frozenset()
    told = ((place, event_of_record(record)) for place, record in enumerate(history.records(), start=1))
    named = ((event.get("signup_id") or _place_name(place), event.get("label")) for place, event in told)
    return frozenset(name for name, label in named if label == 0 and name in members)


def _place_name(place: int) -> str:
    """Name a sign-up without an id by its place in the order of time."""
    return f"row-{place}"
