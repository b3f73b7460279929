# %% [markdown]
# # Review a blocked sign-up
#
# A sign-up was blocked a minute ago, and it is on your desk. Five questions, in the order in which they come:
#
# 1. Why this one?
# 2. What would have changed it?
# 3. Is it alone, or one of many?
# 4. What do those have in common?
# 5. What do we decide, and what is written down?
#
# Everything here is **synthetic**: the library simulates the traffic, and the bundled model was trained on simulated
# traffic too. You need `pip install signup-risk[notebook]`.

# %%
from datetime import timedelta

import pandas as pd

from signup_risk import Scorer
from signup_risk.notebook import contributions_frame, in_common, plots, review_queue
from signup_risk.receipts import replay
from signup_risk.simulation import load_scenario, rescaled, simulate

events = list(simulate(rescaled(load_scenario("bundled-1"), signups=3000, days=10), seed=7))
signups = pd.json_normalize(events)
signups["at"] = pd.to_datetime(signups["at"], utc=True, format="ISO8601")

# %% [markdown]
# The first six days are scored as one frame, and recorded, so that the scorer knows what is usual here. Then sign-ups
# come in one after another, as in the sign-up flow, until one is blocked.

# %%
known = 2000
scorer = Scorer.open("memory://", secret="an example, not a secret")
assessed = scorer.assess_frame(signups.iloc[:known], contributions=True)

for place in range(known, len(events)):
    case = scorer.assess(events[place], explain="always")
    if case.decision == "block":
        break
print(f"sign-up {case.signup_id} of {case.at:%d %B, %H:%M} UTC: {case.decision}, risk score {case.risk_score:.0f}")
print(f"{case.fpr:.2%} of legitimate sign-ups score as high")

# %% [markdown]
# ## Why this one?
#
# Each bar is a reason with what it adds to the score, in log-odds, with the value and what is usual among legitimate
# sign-ups. They are exact: base value and all contributions add up to the score that was given.

# %%
case.explain()

# %% [markdown]
# Before you trust it, put it beside the others. What moves scores on this site in general, and is this case driven by
# the same things? A reason that fires for half of all sign-ups would be no reason.

# %%
plots.beeswarm(contributions_frame(assessed), top=10)

# %% [markdown]
# ## What would have changed it?
#
# The smallest changes with which the decision would have been another, each found by scoring the sign-up again with it.
# The first list is about fairness: what could an honest person in the same place have done differently? If there is
# nothing an honest person could change, be careful with the block. The second list is for you alone. It says what the
# operator will buy next, and for how much; it never goes to an applicant.

# %%
changes = scorer.what_would_change(events[place], largest=2)
print(changes)

# %% [markdown]
# ## Is it alone?
#
# The card says that the device is busy. Here is every sign-up on it up to now, with what had been decided then.

# %%
device = events[place]["device"]["id"]
so_far = signups.iloc[: place + 1]
alike = so_far[so_far["device.id"] == device]
usual = next(one for one in scorer.model.manifest.features if one.name == "device_count_24h")
plots.key_velocity(alike["at"], key="the device of this case", usual=usual, synthetic=True)

# %% [markdown]
# So other accounts were made on the same device, within hours. Let us see what became of them: the first of a farm
# share nothing yet, so they get in, and each one that follows is easier to tell.

# %%
others = scorer.assess_frame(alike, explain="never")  # recorded already: each counts once
others[["signup_id", "at", "decision", "risk_score"]].round({"risk_score": 1})

# %% [markdown]
# ## What do they have in common?
#
# Against all sign-ups so far, ranked by how unlikely it is that chance shows as much. They were picked by their device,
# so that they share it is no finding: it is left out, and what comes *with* it is the question.

# %%
shared = in_common(alike["signup_id"].tolist(), so_far, ignore=["device.id"])
print(shared.to_text(top=8))

# %% [markdown]
# A phone brings its screen, language and time zone along: so far this could be a family, or a phone that is passed
# around. What a family would *not* show is seen in the sign-ups themselves (these people are made up): another name
# each time, another network each time, and mailboxes at domains that nobody has heard of.

# %%
network = alike["ip_address"].str.split(".").str[:2].str.join(".") + ".x.x"
alike[["first_name", "last_name"]].assign(domain=alike["email"].str.split("@").str[1], network=network)

# %% [markdown]
# Ask the same of everything that was held in the days before: here nobody was picked by hand, so each row is a lead.

# %%
held = assessed["decision"].isin(["review", "block"])
leads = in_common(held, signups.iloc[:known])
print(leads.to_text(top=6))

# %%
leads.graph()

# %% [markdown]
# When did they come? The dark parts were held, and below are the campaigns that the scorer has found by itself, with
# those who were known as members when they signed up: whoever came before it was noticed is not among the strokes.

# %%
plots.over_time(assessed)

# %% [markdown]
# ## Decide, and write it down
#
# The queue holds what waits for a person, the costliest first. Here it is made of the case and its neighbours, whatever
# was decided about them.

# %%
now = case.at + timedelta(minutes=10)
queue = review_queue(others, scorer, decisions=None, clock=lambda: now)
queue.pending()[["signup_id", "at", "decision", "risk_score", "expected_cost"]]

# %% [markdown]
# Three rulings, kept apart on purpose. *Abusive* labels a sign-up, for velocity at once and for the next training.
# *Legitimate* says that this is an honest person. *Cleared* closes a case without saying either. Suppose that one
# neighbour has paid an invoice since, and for another you cannot tell.

# %%
names = alike["signup_id"].tolist()
farm = [case.signup_id, *names[2:-1]]
queue.decide(farm, "abusive", by="analyst 7", confidence=0.9, note="one generator, one device")
queue.decide(names[0], "legitimate", by="analyst 7", note="has paid an invoice")
queue.decide(names[1], "cleared", by="analyst 7", note="cannot be told")
written = queue.commit()
written[["signup_id", "outcome", "state"]]

# %% [markdown]
# `commit` reports through the scorer, once each, with who, when and how sure; a ruling that was a mistake is taken back
# with `queue.undo()` and another `commit`. The next sign-up of this kind meets what has just been ruled. Suppose that
# the same comes again an hour later:

# %%
again = events[place] | {"signup_id": "the next one", "at": (case.at + timedelta(hours=1)).isoformat()}
after = scorer.preview(again, explain="always")  # scored, not recorded
print(f"one hour later: {after.decision}, risk score {after.risk_score:.1f}")
for reason in after.reasons[:4]:
    print(f"   {reason.contribution:+.2f} {reason.text}")

# %% [markdown]
# ## For the record, and for the applicant
#
# The receipt holds what the decision rested on: keyed hashes instead of values, the features as exact numbers, versions
# and rules. From it the same decision can be made again to the bit, next year too, as long as the model is kept.

# %%
receipt = scorer.receipt(case)
print(f"{len(receipt.to_json()):,} characters, digest {receipt.digest[:16]}...")
print("made again, every bit the same:", replay(receipt, scorer.model).is_reproduced)

# %% [markdown]
# If the applicant appeals, they get other words: vague on purpose, since each detail is a lesson for the farm, but with
# what an honest person can do next, in their language.

# %%
print(receipt.redacted("en"))

# %%
scorer.close()
