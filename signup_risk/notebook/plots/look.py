"""Give all figures one look: colours, type, a white card.

The colours are told apart by how dark they are, so they hold in grey print and for colour-blind readers; where they
name things, the stricter or worse one is darker. Figures bring their own white card with an edge, since notebooks may
be dark. Nothing here touches pyplot or leaves a setting behind: figures are made in a context, from matplotlib's own
defaults, whatever style the notebook has set.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from signup_risk.notebook.plots.names import faces

INK: Final = "#1b1f24"
#: Axes, notes; 6 to 1 against white.
QUIET: Final = "#57606a"
FAINT: Final = "#d5dae0"
PAPER: Final = "#ffffff"

ABUSIVE: Final = "#9c2b12"
LEGITIMATE: Final = "#6ba3d0"
UNKNOWN: Final = "#b6bcc3"
ACCENT: Final = "#1f5a96"
AMBER: Final = "#e3a72f"
DECISIONS: Final = {"allow": "#ccd9e4", "step_up": "#efbf55", "review": "#cf6a28", "block": "#6d1a0f"}
#: Low to high, light to dark.
RAMP: Final = ("#a9cbe8", "#7f8fb5", "#8f4a5f", "#6d1a0f")

WIDTH: Final = 7.6

_LOOK: Final[dict[str, Any]] = {
    "figure.dpi": 100,
    "figure.facecolor": PAPER,
    "savefig.facecolor": PAPER,
    "font.size": 9.5,
    "text.color": INK,
    "text.parse_math": False,
    "axes.facecolor": PAPER,
    "axes.edgecolor": QUIET,
    "axes.linewidth": 0.8,
    "axes.labelcolor": QUIET,
    "axes.labelsize": 9.5,
    "axes.titlesize": 9.5,
    "axes.titlecolor": QUIET,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": False,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "grid.color": FAINT,
    "grid.linewidth": 0.7,
    "lines.linewidth": 1.8,
    "lines.solid_capstyle": "round",
    "legend.frameon": False,
    "legend.fontsize": 9,
    "hatch.linewidth": 0.6,
    "hatch.color": "#aab2bb",
}


@contextmanager
def drawing() -> Iterator[None]:
    """Set the look for as long as the block runs, and put back whatever was set before.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    look = _LOOK | {"font.family": faces()}
    from matplotlib import style

    with style.context(look, after_reset=True):
        yield
