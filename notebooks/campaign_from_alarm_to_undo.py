# %% [markdown]
# # One campaign, from the alarm to the undo
#
# A single sign-up of a good farm is innocent; the farm is not. This notebook follows one campaign through an
# analyst's day: it is noticed while accounts are still being made, looked at, confirmed, acted upon with a brake, and
# taken back. The traffic is **synthetic**: the library simulates it, so you can run every cell.
#
# You need `pip install signup-risk[notebook]`.

# %%
from datetime import UTC, datetime

import matplotlib.pyplot as plt
import pandas as pd

from signup_risk import CampaignSettings, Scorer
from signup_risk.campaigns import SignatureList, review
from signup_risk.campaigns.action import Caps
from signup_risk.campaigns.report import CampaignReport
from signup_risk.notebook import campaigns_frame, members_frame
from signup_risk.simulation import load_scenario, rescaled, simulate

events = list(simulate(rescaled(load_scenario("bundled-1"), signups=6000, days=20), seed=7))
print(f"{len(events):,} synthetic sign-ups, {events[0]['at'][:10]} to {events[-1]['at'][:10]}")

# %% [markdown]
# ## The alarm
#
# Sign-ups are assessed one after another, as they would be in the sign-up flow. Nobody has labelled anything. When a
# campaign opens, accounts of the last 24 hours that were admitted, or dealt with more mildly than is suggested now,
# come out as *updates*: they have turned out to belong to it.

# %%
scorer = Scorer.open("memory://", secret="an example, not a secret", explain="never", campaigns=CampaignSettings())
assessments, updates = [], []
for event in events:
    assessments.append(scorer.assess(event))
    updates.extend(scorer.updates())

print(f"{sum(a.campaign is not None for a in assessments):,} sign-ups belonged to a campaign when they came,")
print(f"{len(updates):,} were found by looking back, {sum(u.decision == 'allow' for u in updates):,} of them admitted")

# %% [markdown]
# The first update: what had been decided, and what is suggested now.

# %%
first = next(update for update in updates if update.decision == "allow")
print(first.signup_id, "was", first.decision, "- suggested now:", first.suggested)
print("campaign", first.campaign.id, "with", first.campaign.size, "members, known by:", first.campaign.signature)
for text in first.campaign.shared:
    print("  ", text)

# %% [markdown]
# ## What there is
#
# The report holds every campaign with its combinations and members, for as long as the store remembers.

# %%
report = CampaignReport(
    signups=len(events),
    first_at=assessments[0].at,
    last_at=assessments[-1].at,
    model=f"{scorer.model.manifest.name} {scorer.model.manifest.version}",
    synthetic=scorer.model.manifest.synthetic,
    secret_check=scorer.secret_check,
    campaigns=scorer.found_campaigns(),
)
campaigns_frame(report)[["status", "size", "marks", "first_seen", "opened_at", "signature"]]

# %% [markdown]
# How the largest one grew, and when it was noticed. Everything left of the line got in before anybody knew.

# %%
largest = max(report.campaigns, key=lambda campaign: campaign.size)
members = members_frame(report).query("campaign == @largest.id")
growth = pd.Series(range(1, len(members) + 1), index=pd.DatetimeIndex(members["at"]))
figure, axes = plt.subplots(figsize=(8, 3))
axes.step(growth.index, growth, where="post", color="#b3433b")
axes.axvline(largest.opened_at, color="#444444", linestyle="--", label="noticed")
axes.set_ylabel("members (synthetic)")
axes.set_title(f"Campaign {largest.id}")
axes.legend()
figure.autofmt_xdate()

# %% [markdown]
# ## Is it one?
#
# The combinations, with how many of all sign-ups fall in each. A combination that holds for many others as well says
# little about a member; one that holds for hardly anybody else says much.

# %%
combinations = pd.DataFrame(
    {
        "combination": [cell.words for cell in largest.cells],
        "members": [cell.members for cell in largest.cells],
        "all sign-ups": [cell.total for cell in largest.cells],
        "bits": [round(cell.bits) for cell in largest.cells],
    }
)
combinations.sort_values("bits", ascending=False).head(8)

# %% [markdown]
# It is: nobody but its members shares most of these. The analyst gives it a name and confirms it for two weeks, since
# farms change their ways. Everything stands on the record.

# %%
now = datetime(2026, 3, 1, 9, tzinfo=UTC)
report = review.name(report, largest.id, "Winter farm", by="ada", at=now)
report = review.confirm(report, largest.id, by="ada", at=now, days=14, note="one hosting network, one set-up")

# %% [markdown]
# ## Acting, with a brake
#
# First the preview: who, how they were decided, who is withheld and why, and how far each combination reaches. Suppose
# support knows three of the members to be real customers.

# %%
known = [member.signup_id for member in largest.members if not member.is_mark][:3]
report = CampaignReport.from_dict(report.to_dict() | {"known_good": known})
seen = review.preview(report, largest.id)
print(f"{len(seen.affected):,} would be blocked, withheld: {seen.withheld}")
for text in seen.objections:
    print("refused:", text)

# %% [markdown]
# Known good customers in a campaign stop the action. Having looked at them, the analyst raises that one cap; they
# are withheld, not acted on.

# %%
report, done = review.act(
    report, largest.id, "block", by="ada", reason="winter farm", at=now, caps=Caps(known_good=len(known))
)
print(f"{done.id}: {len(done.changes):,} accounts, first: {done.changes[0][1]} -> {done.changes[0][2]}")

# %% [markdown]
# The record is what your account service carries out. The same record undoes it:

# %%
report, undone = review.undo(report, done.id, by="bob", reason="ada was too quick", at=now)
print(f"{undone.id} takes {undone.undoes} back: {undone.changes[0][1]} -> {undone.changes[0][2]}")
assert [(one, before) for one, before, _ in done.changes] == [(one, after) for one, _, after in undone.changes]

# %% [markdown]
# ## From now on
#
# What was confirmed is an explicit list with an end. It holds the combinations that hardly anybody else falls in: the
# others say too little of a single sign-up. A scorer that is opened with it needs fewer signs of its own: a suspicious
# sign-up in one of them is taken for a member at once, however new its store. One that looks ordinary by itself is not
# stopped by one combination.

# %%
listed: SignatureList = review.signatures(report)
print(f"{len(listed.signatures)} signatures until {listed.signatures[0].until:%Y-%m-%d}")
reach = review.reach(report, largest.id).values()
print("left out, since too many others fall in it:")
for cell in sorted((cell for cell in reach if not cell.acts_alone), key=lambda cell: -cell.outside)[:3]:
    print(f"   {cell.words}: {cell.outside:,} others")
scorer.close()
