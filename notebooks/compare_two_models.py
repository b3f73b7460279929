# %% [markdown]
# # Compare two models on your history
#
# Somebody has trained a new model. Is it better than the one in use, on *your* sign-ups, at the thresholds that *you*
# can bear, and for everybody? A better average is not enough: a new model finds other abuse and stops other people, and
# those who change sides are what you will hear about.
#
# Here the champion is the bundled model, and the challenger is trained on the first two weeks of one site's history.
# Both are judged on the days after. The history is **synthetic**.
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

events = list(simulate(rescaled(load_scenario("varied-1"), signups=7000, days=21), seed=3))
cut = "2026-03-16"
print(f"{len(events):,} synthetic sign-ups, {events[0]['at'][:10]} to {events[-1]['at'][:10]}")

# %% [markdown]
# ## The challenger
#
# What `signup-risk train history.jsonl -o ours` does. It sees nothing from the cut on, and no label that became known
# later.

# %%
references, options = open_references(), TrainingOptions(trials=1, workers=1, maturity_days=0)
with tempfile.TemporaryDirectory() as folder:
    file = Path(folder, "history.jsonl")
    file.write_text("".join(json.dumps(one) + "\n" for one in events if one["at"] < cut), encoding="utf-8")
    with open_history([str(file)]) as history:
        trained = train(history, references, options)
        save_trained(Path(folder, "ours"), trained, history.report, options, references, name="ours")
    challenger = ModelArtefact.load(Path(folder, "ours"))
champion = ModelArtefact.load(bundled_model_path())
print(f"{len(champion.manifest.names)} features in the champion, {len(challenger.manifest.names)} in the challenger")

# %% [markdown]
# ## Judge both on what came after
#
# The whole history is replayed, since velocity needs a past; judged are the days after the cut only.

# %%
table = replay(events, references, wanted_features([champion, challenger]))
later = table.where(table.times >= pd.Timestamp(cut, tz="UTC").value // 1000)
found = evaluate(champion, later, challenger=challenger)

# %% [markdown]
# Read the cautions first. They say what no figure below can tell you.

# %%
for caution in found.cautions:
    print(f"- {caution.text}")

# %% [markdown]
# ## Is it better?
#
# On the left, for four rates of false alarms, how much more abuse the challenger finds; an interval that holds zero
# says that it cannot be told. Both models have the threshold that stops the same share of the honest, so neither wins
# by being stricter. On the right every sign-up by how both rank it: upper right both stop it, upper left only the
# challenger, lower right only the champion.

# %%
scores = judged_frame(champion, later).rename(columns={"raw_score": "champion"})
scores["challenger"] = judged_frame(challenger, later)["raw_score"]
swap = plots.champion_challenger(scores, rate=0.01)
swap

# %%
swap.data.set_index("rate")[["champion_found", "challenger_found", "gain", "gain_low", "gain_high", "verdict"]].round(3)

# %% [markdown]
# ## Who changes sides?
#
# The abusive sign-ups that only one of the two stops, by kind of farm. A challenger that gains on one kind and loses
# another has not learnt more, but something else; you may want both.

# %%
limits = {name: scores.loc[scores["label"] == 0, name].quantile(0.99) for name in ("champion", "challenger")}
stops = {name: scores[name] > limit for name, limit in limits.items()}
kind = scores["group"].str.split(".").str[:2].str.join(".")
sides = pd.DataFrame(
    {
        "both": stops["champion"] & stops["challenger"],
        "only champion": stops["champion"] & ~stops["challenger"],
        "only challenger": ~stops["champion"] & stops["challenger"],
        "neither": ~stops["champion"] & ~stops["challenger"],
    }
)
sides[scores["label"] == 1].groupby(kind).sum().sort_values("neither", ascending=False)

# %% [markdown]
# And the honest. At the same rate overall they are as many, but not the same people:

# %%
plots.group_rates(scores, stops["champion"].to_numpy())

# %%
plots.group_rates(scores, stops["challenger"].to_numpy())

# %% [markdown]
# ## Does it mean what it says?
#
# A model trained on this very site knows how common abuse is here; one from elsewhere does not. If you use
# probabilities, and not only thresholds on `fpr`, this may be the better reason to change.

# %%
plots.calibration(judged_frame(challenger, later))

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
# The rule to agree on before looking: the challenger replaces the champion if its gain at your rate is above zero with
# its whole interval, no group that matters pays more than before, and no kind of farm is lost. If one of these fails,
# or cannot be told, let it run in shadow beside the champion and look again with more campaigns.

# %%
row = swap.data.set_index("rate").loc[0.01]
print(f"at 1 % false positives: {row['verdict']}, {100 * row['gain_low']:+.1f} to {100 * row['gain_high']:+.1f} points")
print("abusive sign-ups that only one stops:", row.filter(like="abusive_only").to_dict())
