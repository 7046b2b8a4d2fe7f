"""Whether files of a user's own examples that a sweep's cells ask for are there, and hold what the cells need."""

from __future__ import annotations

from sdd_tui.config import RunConfig
from sdd_tui.errors import ConfigError, NotFoundError
from sdd_tui.sweep.plan import Cell, Sweep


def check_files(sweep: Sweep) -> None:
    """Read each file once for each kind of data in it that cells ask for, as the cell with most examples does. Raises
    NotFoundError and ConfigError, with that cell's coordinates."""
    if not sweep.base.data.file and not any("data.file" in axis.settings for axis in sweep.axes):
        return
    from sdd_tui.run.data import test_data, training_data

    largest: dict[object, tuple[int, Cell, RunConfig]] = {}
    for cell in sweep.cells():
        config = cell.config
        d = config.data
        if d.file and d.n_examples != "inf":
            kind = (d.file, d.n_features, d.normalise, d.importance)
            largest[kind] = max(largest.get(kind, (0, cell, config)), (d.n_examples, cell, config), key=lambda k: k[0])
    for _, cell, config in largest.values():
        try:
            training_data(config)
            test_data(config)
        except (ConfigError, NotFoundError) as error:
            raise type(error)(f"cell {cell.name}: {error}") from None
