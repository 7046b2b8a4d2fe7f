"""All panels, in the order of their digits."""

from __future__ import annotations

from typing import Any

import numpy as np

from sdd_tui.errors import SddError, plain
from sdd_tui.panels.dimensionality import Dimensionality
from sdd_tui.panels.drawing import Drawing, words
from sdd_tui.panels.events import Events
from sdd_tui.panels.gram import Gram
from sdd_tui.panels.inspector import Inspector
from sdd_tui.panels.loss import Loss
from sdd_tui.panels.norms import Norms
from sdd_tui.panels.numbers import as_json
from sdd_tui.panels.panel import Panel, V
from sdd_tui.panels.planes import Features, Hidden
from sdd_tui.panels.system import System
from sdd_tui.panels.view import View
from sdd_tui.panels.view_options import ViewOptions

PANELS: dict[str, Panel[View]] = {
    p.name: p
    for p in (Loss(), Features(), Hidden(), Dimensionality(), Norms(), Events(), Gram(), Inspector(), System())
}
"""Name -> panel; panel k has the digit k."""


def drawn(panel: Panel[V], view: V, options: ViewOptions, width: int, height: int) -> Drawing:
    """A panel at a size, or why it can't be drawn. Damaged frames may hold NaN and infinities: they are left out, not
    warned of."""
    try:
        with np.errstate(all="ignore"):
            return panel.draw(view, options, width, height)
    except SddError as error:  # of what is read only when it is drawn
        return words([plain(str(error), 1_000)], width, height)


def measured(panel: Panel[V], view: V, options: ViewOptions) -> Any:
    """A panel's numbers as JSON has them. Raises SddError."""
    with np.errstate(all="ignore"):
        return as_json(panel.numbers(view, options))
