"""Records the models of the guided tour: `python -m tests.tui.make_tour`."""

from __future__ import annotations

import shutil

from sdd_tui.presets import load
from sdd_tui.run.create import create
from sdd_tui.training.recorder import record
from sdd_tui.tui.tour.moments import RECORDED
from sdd_tui.tui.tour.stations import STATIONS
from tests.tui.make_recorded import anonymous

SETTINGS = ("recording.frames=16", "recording.rows=120", "recording.checkpoints=0", "recording.budget_mb=1.8")
"""Room for sixteen frames in half precision."""


def main() -> None:
    """Record them at the paper's own size, and take this machine's name and clock out: ten minutes on two cores."""
    shutil.rmtree(RECORDED, ignore_errors=True)
    for station in STATIONS:
        run = create(
            load("pentagon", (f"T={station.T}", "title=" + station.title, *SETTINGS)), RECORDED, station.run.name
        )
        record(run)
        anonymous(run)
    (RECORDED / "latest").unlink()


if __name__ == "__main__":
    main()
