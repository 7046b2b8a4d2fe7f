"""status.json as readers see it: every known value of its type, and a trainer that is gone has failed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sdd_tui.errors import plain
from sdd_tui.store.layout import ACTIVE, STATUS, read_json, real, whole
from sdd_tui.store.lock import alive

WHOLES = ("step", "steps")
REALS = ("train_loss", "test_loss", "weight_norm", "bias_norm", "seconds", "steps_per_second", "heartbeat")


def read_status(run: Path) -> dict[str, Any]:
    """The status; a known value of another type is None, a state that isn't text is `damaged`.

    Raises NotFoundError, DamagedError.
    """
    status = read_json(run / STATUS)
    gone = status.get("state") in ACTIVE and not alive(status)
    state = status.get("state")
    status["state"] = plain(state, 10) if isinstance(state, str) else "damaged"
    for names, checked in ((WHOLES, whole), (REALS, real)):
        status |= {name: checked(status[name]) for name in names if name in status}
    if not isinstance(status.get("outcome"), dict):
        status.pop("outcome", None)
    if gone:
        status["state"] = "failed"
        status["outcome"] = {
            "reason": "its process is gone",
            "advice": "sdd resume goes on from the last checkpoint",
        }
    return status
