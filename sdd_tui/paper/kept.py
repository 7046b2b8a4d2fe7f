"""Results that come with the program: sweeps without most of their runs, enough to judge claims and to draw figures.

    TIER/about.json            who trained them: machine, versions, commits, when
    TIER/SWEEP/                a sweep's directory like any other, marked as kept: nothing is trained in it
      results.jsonl            every finished cell
      measured.json            what claims read of the cells' parameters: cell, name, number
      cells/CELL/              of each point the run with the lowest training loss: its rows, its events and its last
                               frame in half precision, and no checkpoint

`keeping.py` writes a tier.
"""

from __future__ import annotations

import math
import time
from pathlib import Path

from sdd_tui.errors import DamagedError, NotFoundError, plain
from sdd_tui.run.layout import read_json
from sdd_tui.sweep.directory import list_sweeps

ABOUT = "about.json"
MEASURED = "measured.json"


def home() -> Path:
    """Where the kept tiers lie: in the package (installed from a wheel) or beside it (an editable install)."""
    package = Path(__file__).parent.parent
    inside = package / "verified"
    return inside if inside.is_dir() else package.parent / "docs" / "verified"


def tier_home(tier: str) -> Path:
    """Where a tier's kept results lie. Raises NotFoundError."""
    folder = home() / tier
    if not (folder / ABOUT).is_file():
        raise NotFoundError(f"{folder}: no results of this tier come with the program. Without --kept it is trained.")
    return folder


def sweeps() -> list[Path]:
    """Every kept sweep, of every tier."""
    return [folder for about in sorted(home().glob(f"*/{ABOUT}")) for folder in list_sweeps(about.parent)]


def example(preset: str) -> Path:
    """The kept sweep of a preset's name. Raises NotFoundError."""
    found = {folder.name: folder for folder in sweeps()}
    if preset not in found:
        known = ", ".join(sorted(found)) or "none"
        raise NotFoundError(f"{plain(preset)} is no sweep that comes with the program. There are {known}.")
    return found[preset]


def measured(folder: Path) -> dict[str, dict[str, float]]:
    """What claims read of the cells of a kept sweep; {} for any other. Raises DamagedError."""
    try:
        found = read_json(folder / MEASURED)
    except NotFoundError:
        return {}
    known = {cell: values for cell, values in found.items() if isinstance(values, dict)}
    return {cell: {k: math.nan if v is None else float(v) for k, v in values.items()} for cell, values in known.items()}


def about(folder: Path) -> str:
    """Who trained a tier's kept results, in words. Raises DamagedError."""
    found = read_json(folder / ABOUT)
    try:
        span = " to ".join(dict.fromkeys(time.strftime("%d %B %Y", time.gmtime(t)) for t in found["trained"]))
        return (
            f"{found['cells']:,} kept cells, trained {span} on {', '.join(found['processors'])} by sdd-tui"
            f" {', '.join(found['versions'])} ({', '.join(found['commits'])})"
        )
    except (KeyError, TypeError, ValueError) as error:
        raise DamagedError(f"{folder / ABOUT}: can't be read ({error}).") from None
