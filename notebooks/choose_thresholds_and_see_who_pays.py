# %% [markdown]
# # Choose thresholds and see who pays
#
# A threshold is a bargain: the stricter it is, the more abuse it stops, and the more honest people with it. Nobody who
# was stopped wrongly will tell you, so the price has to be measured. This notebook does so on a labelled history, in
# the order in which you would ask:
#
# 1. How well are the two told apart at all, and where do today's thresholds stand?
# 2. Can the probabilities be believed?
# 3. What does each threshold cost, and how exactly does it have to be chosen?
# 4. What would the cheapest one change?
# 5. Who pays: which groups of honest people are stopped more often than others?
#
# The history is **synthetic**: the library simulates it, and its bundled model was trained on simulated traffic as
# well. So read the figures as an exercise. With a history of your own, take
# `read_history(["signups.parquet"])` of `signup_risk.training.history` instead.
#
# You need `pip install signup-risk[notebook]`.

# %%
import pandas as pd

from signup_risk import Policy, open_references
from signup_risk.model import ModelArtefact, bundled_model_path
from signup_risk.notebook import judged_frame, plots
from signup_risk.policy import Thresholds
from signup_risk.simulation import load_scenario, rescaled, simulate
from signup_risk.training.evaluate import wanted_features
from signup_risk.training.replay import replay

history = list(simulate(rescaled(load_scenario("heldout-1"), signups=5000, days=18), seed=5))
print(f"{len(history):,} synthetic sign-ups, {history[0]['at'][:10]} to {history[-1]['at'][:10]}")

# %% [markdown]
# Replaying computes every feature as it was at the moment of each sign-up, with the very functions that serve. Nothing
# that came later is seen. `judged_frame` then says what the model makes of each sign-up, and what the policy decides by
# score alone. Campaigns come on top: a scorer that looks for them holds more than these plots show. For what really
# happened give the plots `assessed.assign(label=..., group=...)`, with what `scorer.assess_frame` returned.

# %%
model = ModelArtefact.load(bundled_model_path())
table = replay(history, open_references(), wanted_features([model]))
signups = judged_frame(model, table)
signups.head(3)

# %% [markdown]
# ## Told apart, how well?
#
# Scores of the abusive above, of the legitimate below, on the same scale. The dashed lines are where the decisions of
# the default policy begin. Look for two things: how much of the abuse lies left of all lines (it gets in), and how much
# of the legitimate right of one (they pay).

# %%
plots.score_distribution(signups)

# %% [markdown]
# The same as a curve. Each point of it is a possible threshold; the three dots are what the policy decides by score
# alone, its rule against blocking on a single attribute included. The scale at the bottom is one of logarithms, because
# all that can be borne lies at its left end: on a site with 1,000 honest sign-ups a day, 1 % is ten people. The shaded
# band draws whole campaigns again, since the members of one stand or fall together; with a dozen campaigns it is honest
# that it is wide. Today's dots lie far to the left: by score alone this policy hardly troubles anybody, and lets most
# of the abuse in.

# %%
detection = plots.detection(signups)
detection

# %% [markdown]
# Every plot also hands over its numbers:

# %%
decided = detection.data.query("what != 'curve'").set_index("what")
decided.round(4)

# %% [markdown]
# ## Can the probabilities be believed?
#
# Costs are about to be weighed by probabilities, so they had better mean what they say. Dots on the line do; below it
# the model cries wolf. A model trained elsewhere is seldom calibrated for your traffic: thresholds on `fpr` do not
# suffer from that, since they only use the order of scores, but do not put such a probability into a business case.

# %%
plots.calibration(signups)

# %% [markdown]
# ## What does a threshold cost?
#
# Say what things cost, roughly: here an abusive account burns 25 of trial credit, one honest person who is asked for a
# further step or made to wait costs 8 in lost sign-ups and support, and looking at one case costs 3. Reviewers can do
# 40 a day. Histories often hold more abuse than traffic does; `prevalence` states the costs for the share that you
# really see. Everybody who is stopped is taken to be reviewed: where a step-up is passed without a person looking on,
# give a lower `review`, or none, and leave `capacity` out. With `policy` its mildest threshold is marked as today's.

# %%
costs = plots.Costs(abusive=25, friction=8, review=3, unit="$")
chosen = plots.threshold_cost(signups, costs, prevalence=0.05, capacity=40, signups_a_day=1200, policy=Policy())
chosen

# %% [markdown]
# Two things to take from it. The valley is wide: within the grey stretch it hardly matters where the threshold lies, so
# do not haggle over the third digit, and choose its strict end if you would rather err on the side of the honest. And
# beyond where the hatched part begins there are more cases than reviewers; they would only pile up.

# %%
print(f"cheapest {chosen.best:.2%}, hardly more from {chosen.flat[0]:.2%} to {chosen.flat[1]:.2%}")
print(f"{chosen.cost:,.0f} for 1,000 sign-ups, instead of {chosen.cost_of_none:,.0f} if nobody is stopped")

# %% [markdown]
# What you will be asked is another question: what if we take 3 % instead of 1 %? `at` gives the nearest threshold that
# was worked out, with everything that is known of it.

# %%
numbers = ["fpr", "found", "alarms", "missed", "friction", "review", "total", "low", "high", "stopped_a_day"]
asked = pd.DataFrame({f"{rate:.0%}": chosen.at(rate)[numbers].astype(float) for rate in (0.01, 0.03)})
asked.assign(more=asked["3%"] - asked["1%"]).round(3)

# %% [markdown]
# If you are unsure about a cost, halve and double it. What moves the answer little need not be known better.

# %%
rows = []
for name, varied in {
    "as assumed": costs,
    "abuse costs half": plots.Costs(abusive=12.5, friction=8, review=3),
    "abuse costs double": plots.Costs(abusive=50, friction=8, review=3),
    "friction costs half": plots.Costs(abusive=25, friction=4, review=3),
    "friction costs double": plots.Costs(abusive=25, friction=16, review=3),
}.items():
    found = plots.threshold_cost(signups, varied, prevalence=0.05, repeats=2)
    rows.append({"": name, "cheapest": found.best, "from": found.flat[0], "to": found.flat[1]})
pd.DataFrame(rows).set_index("").map(lambda rate: f"{rate:.2%}")

# %% [markdown]
# ## What would it change?
#
# Put the cheapest threshold into a policy, as that of the step-up, leave reviews and blocks as they were, and decide
# about the same history again, once more by score alone.

# %%
ours = Policy(name="ours", version="2", thresholds=Thresholds(step_up=round(chosen.best, 4), review=0.003, block=0.001))
again = judged_frame(model, table, policy=ours)
changed = plots.detection(again).data.query("what != 'curve'").set_index("what")
parts = {"abuse found today": decided["tpr"], "with ours": changed["tpr"]}
parts |= {"honest stopped today": decided["fpr"], "with ours ": changed["fpr"]}
pd.DataFrame(parts).map(lambda share: f"{share:.2%}")

# %% [markdown]
# (That blocks move a little too is no mistake: a block has to stand without any single attribute, and stand means that
# the rest alone still asks for a step-up.)
#
# ## Who pays?
#
# An average hides who it is made of. The history names the groups that its honest people belong to. Dark bars are
# groups that are stopped more often than all, beyond what chance does to the worst of so many groups.

# %%
paying = plots.group_rates(again, "step_up")
paying

# %% [markdown]
# Yours might name countries, channels or campuses. `judged_frame` holds no such column, so take it from the history;
# then `by` names it:

# %%
again["channel"] = again["signup_id"].map({one["signup_id"]: one.get("channel") for one in history})
plots.group_rates(again, "step_up", by="channel")

# %% [markdown]
# And by how much more than today, by group:

# %%
change = pd.DataFrame({"today": plots.group_rates(signups, "step_up").data["rate"], "ours": paying.data["rate"]})
change["more"] = change["ours"] - change["today"]
change.sort_values("more", ascending=False).head(8).map(lambda share: f"{share:.1%}")

# %% [markdown]
# If a group that matters to you pays many times the average, do not only make the threshold milder for everybody: find
# out what its members share. People at one event, or a course whose students sign up in one hour, are better served by
# an entry in the allow list of the policy for the days that it takes, and those behind a VPN by a further step that
# they can pass.
#
# That is the page to take into the meeting: so much more abuse is found, so much is saved, and these people pay. If it
# is agreed, run the policy in shadow first (`Policy(shadow=True)`): it decides and stops nobody, and after two weeks
# you draw these plots again with what it would have done to real sign-ups. All plots take shadow decisions as they are.

# %%
plots.over_time(again)
