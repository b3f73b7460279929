# %% [markdown]
# # Compare two models on your history
#
# Somebody has trained a new model. Is it better than the one in use, on *your* sign-ups, at the thresholds that *you*
# can bear, and for everybody? A better average is not enough: a new model finds other abuse and stops other people, and
# those who change sides are what you will hear about.
#
# Here the champion is the bundled model. There are two challengers, both made from the first two weeks of one site's
# history: one trained on it from scratch, and one that continues the champion with it. All are judged on the week
# after. The history is **synthetic**, and so is every figure.
#
# You need `pip install signup-risk[notebook]`.

# %%
import json
import tempfile
from pathlib import Path

import pandas as pd

from signup_risk import open_references
from signup_risk.model import ModelArtefact, bundled_model_path
from signup_risk.notebook import judged_frame, plots
from signup_risk.simulation import load_scenario, rescaled, simulate
from signup_risk.training.artefact import save_trained
from signup_risk.training.evaluate import evaluate, wanted_features
from signup_risk.training.history import open_history
from signup_risk.training.replay import replay
from signup_risk.training.train import TrainingOptions, train

events = list(simulate(rescaled(load_scenario("heldout-1"), signups=6000, days=21), seed=5))
cut = "2026-06-26"
print(f"{len(events):,} synthetic sign-ups, {events[0]['at'][:10]} to {events[-1]['at'][:10]}, judged from {cut} on")

# %% [markdown]
# ## The challengers
#
# What `signup-risk train history.jsonl -o ours` and `signup-risk train history.jsonl -o ours --from bundled` do. They
# see no sign-up from the cut on.
#
# One thing flatters them, and the champion not: they learn from every label at once. At the cut an operator would not
# have had most of these, since nobody is known to be honest before a month or two has passed, and some farms are found
# late. With years of history you leave those out: `TrainingOptions(until=...)`, or `signup-risk train --until`. Of
# these two weeks hardly anything would be left, as the cell below counts; so read a gain as the most that is to be had.

# %%
champion, references = ModelArtefact.load(bundled_model_path()), open_references()
options = TrainingOptions(trials=1, workers=1, maturity_days=0)
challengers = {}
with tempfile.TemporaryDirectory() as folder:
    file = Path(folder, "history.jsonl")
    file.write_text("".join(json.dumps(one) + "\n" for one in events if one["at"] < cut), encoding="utf-8")
    for name, base in (("scratch", None), ("continued", champion)):
        with open_history([str(file)]) as history:
            trained = train(history, references, options, base=base)
            save_trained(Path(folder, name), trained, history.report, options, references, name=name, base=base)
        challengers[name] = ModelArtefact.load(Path(folder, name))
for label, word in ((1, "abusive"), (0, "legitimate")):
    known_at = [one["label_at"] for one in events if one["at"] < cut and one.get("label") == label]
    print(f"{sum(at >= cut for at in known_at):,} of {len(known_at):,} labels {word} became known after the cut")
for name, model in challengers.items():
    print(f"{name}: {model.booster.trees} trees over {len(model.manifest.names)} features")

# %% [markdown]
# ## Judge all on what came after
#
# The whole history is replayed, since velocity needs a past; judged are the days after the cut only.

# %%
table = replay(events, references, wanted_features([champion, *challengers.values()]))
later = table.where(table.times >= pd.Timestamp(cut, tz="UTC").value // 1000)
found = evaluate(champion, later, challenger=challengers["continued"])

# %% [markdown]
# Read the cautions first. They say what no figure below can tell you.

# %%
for caution in found.cautions:
    print(f"- {caution.text}")

# %% [markdown]
# ## Is it better?
#
# On the left, for four rates of false alarms, how much more abuse the challenger finds; an interval that holds zero
# says that it cannot be told: `unclear` in the data, which is another thing than `tie`, where all of the interval is
# next to zero. Both models have the threshold that stops the same share of the honest, so neither wins by being
# stricter. On the right every sign-up by how both rank it: upper right both stop it, upper left only the challenger,
# lower right only the champion.
#
# First the one from scratch. A few campaigns are too little to learn from: it knows what these looked like, and the
# next ones look different.

# %%
scores = judged_frame(champion, later).rename(columns={"raw_score": "champion"})
for name, model in challengers.items():
    scores[name] = judged_frame(model, later)["raw_score"]
swap = plots.champion_challenger(scores, "champion", "scratch")
swap

# %%
swap.data.set_index("rate")[["champion_found", "challenger_found", "gain", "gain_low", "gain_high", "verdict"]].round(3)

# %% [markdown]
# Then the one that continues the champion. It adds a few trees at half the pace, so that few labels do not undo what
# was known: nearly all sign-ups lie on the diagonal, and hardly anybody changes sides. That is the safe way to begin
# with labels of your own, and no big step.

# %%
plots.champion_challenger(scores, "champion", "continued")

# %% [markdown]
# Why are the intervals so wide, with hundreds of abusive accounts? Because the members of a campaign stand or fall
# together: they are worth no more than the campaigns that they belong to, and of those there are

# %%
abusive = scores["label"] == 1
print(f"{int(abusive.sum()):,} abusive accounts in {scores.loc[abusive, 'group'].nunique()} campaigns")

# %% [markdown]
# ## Who changes sides?
#
# Between champion and scratch many do. The abusive first, by kind of farm: a challenger that gains on one kind and
# loses another has not learnt more, but something else; you may want both.

# %%
old, new = (scores[name] > scores.loc[scores["label"] == 0, name].quantile(0.99) for name in ("champion", "scratch"))
side = (2 * old + new).map({3: "both", 2: "champion only", 1: "challenger only", 0: "neither"}).rename("stopped by")
kind = scores["group"].str.split(".").str[:2].str.join(".").rename("kind")
pd.crosstab(kind[abusive], side[abusive])

# %% [markdown]
# And the honest. At the same rate overall they are as many, but not the same people. The champion first, then the
# challenger. A group that one of them spares and the other stops several times as often as all is a reason against it,
# whatever it gains elsewhere.

# %%
plots.group_rates(scores, old.to_numpy())

# %%
plots.group_rates(scores, new.to_numpy())

# %% [markdown]
# ## Does it mean what it says?
#
# Probabilities depend on how common abuse is, so a model that was calibrated in other weeks, or elsewhere, can rank
# well and still be off. If most dots lie below the line, that is the reason: state the share of abuse that you expect
# (`signup-risk train --prevalence`), or use thresholds on `fpr`, which do not depend on it.

# %%
plots.calibration(judged_frame(challengers["continued"], later))

# %%
told = {"champion": champion, **challengers}
for name, model in told.items():
    print(f"{name}: stated for {model.manifest.calibration.prevalence:.1%} abuse")
print(f"here: {abusive.sum() / scores['label'].notna().sum():.1%}")

# %% [markdown]
# ## Will it last?
#
# How far score and features moved: since the champion was trained, and within the days judged. A feature that has moved
# means something else now than it did in training; if the champion leans on it, retrain or leave it out.

# %%
plots.drift(found, top=12)

# %% [markdown]
# ## The verdict
#
# The rule to agree on *before* looking: the challenger replaces the champion if its gain at your rate is above zero
# with its whole interval, no group that matters pays more than before, and no kind of farm is lost. If one of these
# fails, or cannot be told, let it run in shadow beside the champion and look again with more campaigns.

# %%
row = swap.data.set_index("rate").loc[0.01]
print(f"at 1 % false positives: {row['verdict']}, {100 * row['gain_low']:+.1f} to {100 * row['gain_high']:+.1f} points")
print("abusive sign-ups that only one stops:", row.filter(like="abusive_only").to_dict())
