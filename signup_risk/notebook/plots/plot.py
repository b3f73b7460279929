"""Hold what a plot returns: the figure and the numbers behind it."""

from __future__ import annotations

import base64
import io
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from signup_risk.notebook.plots.look import drawing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Sharp on paper and on fine screens, and some 50 kB a figure.
_DPI: Final = 130
#: In notebooks, which are kept with their outputs.
_SHOWN_DPI: Final = 110


@dataclass(frozen=True, eq=False, repr=False)
class Plot:
    """Hold a figure, what it shows, and the numbers behind it. A notebook shows the figure.

    Attributes:
        figure: A matplotlib figure that pyplot knows nothing of; add to it as you like.
        data: The numbers behind it.
        finding: What it shows, in one sentence; its title.
        note: How it was measured.
        synthetic: Whether it is of simulated sign-ups, or of a model that was trained on such.
    """

    figure: Figure
    data: pd.DataFrame
    finding: str
    note: str
    synthetic: bool

    def save(self, path: str | Path, *, dpi: int = _DPI) -> None:
        """Write the figure to a file; its kind is told by the name (png, svg, pdf).

        Args:
            path: Where to.
            dpi: Dots an inch, for kinds that have dots.
        """
        with drawing():
            self.figure.savefig(path, dpi=dpi, edgecolor=self.figure.get_edgecolor())

    def png(self, *, dpi: int = _DPI) -> bytes:
        """Return the figure as the bytes of a PNG file."""
        with drawing(), io.BytesIO() as file:
            self.figure.savefig(file, format="png", dpi=dpi, edgecolor=self.figure.get_edgecolor())
            return file.getvalue()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.finding} ({len(self.data)} rows of data)>"

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return what notebooks show: the figure, and for those who cannot see it the finding."""
        del include, exclude
        width = round(self.figure.get_figwidth() * 100)
        picture = base64.b64encode(self.png(dpi=_SHOWN_DPI)).decode("ascii")
        return {"image/png": picture, "text/plain": repr(self)}, {"image/png": {"width": width}}
