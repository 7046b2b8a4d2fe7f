"""All panels, in the order of their digits."""

from __future__ import annotations

import numpy as np

from sdd_tui.panels.dimensionality import Dimensionality
from sdd_tui.panels.drawing import Drawing
from sdd_tui.panels.events import Events
from sdd_tui.panels.gram import Gram
from sdd_tui.panels.inspector import Inspector
from sdd_tui.panels.look import Look
from sdd_tui.panels.loss import Loss
from sdd_tui.panels.norms import Norms
from sdd_tui.panels.panel import Panel, V
from sdd_tui.panels.planes import Features, Hidden
from sdd_tui.panels.system import System
from sdd_tui.panels.view import View

PANELS: dict[str, Panel[View]] = {
    p.name: p
    for p in (Loss(), Features(), Hidden(), Dimensionality(), Norms(), Events(), Gram(), Inspector(), System())
}
"""Name -> panel; panel k has the digit k."""


def drawn(panel: Panel[V], view: V, look: Look, width: int, height: int) -> Drawing:
    """A panel at a size. Damaged frames may hold NaN and infinities: they are left out, not warned of."""
    with np.errstate(all="ignore"):
        return panel.draw(view, look, width, height)
