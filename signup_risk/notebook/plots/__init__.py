"""Draw what an analyst wants to see, each plot by one call that returns the figure and the numbers behind it.

Every function returns a :class:`Plot` with ``figure`` and ``data``; a notebook shows the figure. Numbers come from the
functions that evaluation uses. Frames hold one row a sign-up with the columns of the contract: ``label``, ``at``,
``group``, ``risk_score``, ``raw_score``, ``fpr``, ``decision``. Plots need matplotlib (extra ``notebook``).
"""

from signup_risk.notebook.plots.cost_curve import CostPlot, threshold_cost
from signup_risk.notebook.plots.distribution import score_distribution
from signup_risk.notebook.plots.families import family_bars
from signup_risk.notebook.plots.groups import group_rates
from signup_risk.notebook.plots.one_key import key_velocity
from signup_risk.notebook.plots.plot import Plot
from signup_risk.notebook.plots.reliability import calibration
from signup_risk.notebook.plots.roc import detection
from signup_risk.notebook.plots.stability import drift, drift_between
from signup_risk.notebook.plots.swap_set import champion_challenger
from signup_risk.notebook.plots.swarm import beeswarm
from signup_risk.notebook.plots.timeline import over_time
from signup_risk.training.evaluate.costs import Costs

__all__ = [
    "CostPlot",
    "Costs",
    "Plot",
    "beeswarm",
    "calibration",
    "champion_challenger",
    "detection",
    "drift",
    "drift_between",
    "family_bars",
    "group_rates",
    "key_velocity",
    "over_time",
    "score_distribution",
    "threshold_cost",
]
