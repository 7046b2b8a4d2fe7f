"""status.json as readers see it: every known value of its type, and a trainer that is gone has failed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sdd_tui.errors import plain
from sdd_tui.numerals import counted
from sdd_tui.run.course import checked_course
from sdd_tui.run.layout import ACTIVE, STATUS, read_json, real, whole
from sdd_tui.run.liveness import gone

WHOLES = ("step", "steps")
REALS = ("train_loss", "test_loss", "weight_norm", "bias_norm", "seconds", "steps_per_second", "heartbeat",
         "recent_steps_per_second", "memory_mb", "peak_memory_mb")  # fmt: skip


def read_status(run: Path) -> dict[str, Any]:
    """`checked` status of a run. Raises NotFoundError, DamagedError."""
    return checked(read_json(run / STATUS), run)


def checked(status: dict[str, Any], run: Path) -> dict[str, Any]:
    """The status of a run as it is now; a known value of another type is None, a state that isn't text is `damaged`."""
    status = dict(status)
    state = status.get("state")
    why = gone(run, status) if state in ACTIVE else ""
    status["state"] = plain(state, 10) if isinstance(state, str) else "damaged"
    for names, typed in ((WHOLES, whole), (REALS, real)):
        status |= {name: typed(status[name]) for name in names if name in status}
    if "course" in status:
        status["course"] = checked_course(status["course"])
    if not isinstance(status.get("outcome"), dict):
        status.pop("outcome", None)
    if why:
        status["state"] = "failed"
        status["outcome"] = {
            "reason": why,
            "advice": "sdd resume goes on from the last checkpoint",
        }
    return status


REGIMES = {"middle": "between memorising and generalising", "none": "neither memorising nor generalising"}
"""Regimes in longer words; none is what the first versions wrote."""


def findings(outcome: dict[str, Any]) -> list[str]:
    """What an outcome says, in words fit to print."""
    found = [plain(str(outcome[k]), 200) for k in ("reason", "advice") if outcome.get(k)]
    if outcome.get("solution"):
        label = str(outcome["solution"])
        found.append(REGIMES.get(label, plain(label)))
    if (share := real(outcome.get("memorised"))) is not None:
        found.append(f"{100 * share:.0f} % of the training examples memorised")
    if outcome.get("polygon"):
        found.append(f"a regular polygon with {plain(str(outcome['polygon']))} corners")
    if lost := whole(outcome.get("lost")):
        found.append(f"{counted(lost, 'example')} at the origin")
    if features := whole(outcome.get("dedicated_features")):
        found.append(f"{counted(features, 'feature')} with a direction of {'its' if features == 1 else 'their'} own")
    return found
