"""The columns of the table of runs: what stands in them, which fit a width, and the orders of the runs. Pure."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rich.cells import cell_len

from sdd_tui.draw.sparkline import sparkline
from sdd_tui.errors import plain
from sdd_tui.numerals import unpadded
from sdd_tui.run.index import Listed
from sdd_tui.run.layout import unstamped

STATE_COLOURS = {
    "running": "level",
    "starting": "level",
    "paused": "warn",
    "failed": "bad",
    "damaged": "bad",
    "unreadable": "bad",
}
"""State -> the name of a colour of sdd_tui.draw, which can be read on light and dark grounds and without colours."""

WIDE = 100
"""Cells of the table from which states are written out with their progress, and hosts are always shown."""

SHORTEST_NAME, LONGEST_NAME = 16, 60
"""Cells that a name has before a column is shown that can be done without; and at most."""

SPARE = ("course", "host", "tags", "m", "age", "regime", "train")
"""Columns that can be done without, the first to go first."""

GAP = 2
"""Cells between two columns."""

Cell = tuple[str, str]
"""(words, name of a colour)."""


@dataclass(frozen=True)
class Column:
    """A column after the name."""

    name: str
    cell: Callable[[Listed, float, int], Cell]
    """(run, now, width of the table) -> what stands there."""
    right: bool = False


def age(seconds: float) -> str:
    """How long ago, in one unit."""
    whole = max(0, int(seconds))
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if whole >= size:
            return f"{whole // size:,} {unit}"
    return f"{whole} s"


def shown_name(run: Listed) -> str:
    """A run's name without the time it was made, as the table shows the age."""
    return plain(unstamped(run.name), 100)


def examples(run: Listed) -> int | float | None:
    """The training-set size, T; None where it can't be read."""
    data = run.settings.get("data")
    T = data.get("n_examples") if isinstance(data, dict) else None
    return float("inf") if T == "inf" else T if isinstance(T, int) and 0 <= T < 1e9 else None


def hidden(run: Listed) -> int | None:
    """The hidden dimensions, m; None where they can't be read."""
    model = run.settings.get("model")
    m = model.get("n_hidden") if isinstance(model, dict) else None
    return m if isinstance(m, int) and 0 < m < 1e9 else None


def _state(run: Listed, now: float, width: int) -> Cell:
    words = run.state
    if run.state in ("running", "paused") and run.steps and run.step is not None:
        done = f"{100 * run.step // run.steps} %"
        words = f"{words} {done}" if width >= WIDE else done if run.state == "running" else words
    return words, STATE_COLOURS.get(run.state, "")


def _examples(run: Listed, now: float, width: int) -> Cell:
    T = examples(run)
    return "" if T is None else "∞" if isinstance(T, float) else f"{T:,}", ""


def _loss(value: float | None) -> Cell:
    if value is None:
        return "", ""
    return f"{value:.4f}" if 1e-3 <= abs(value) < 100 or value == 0 else unpadded(f"{value:.1e}"), ""


COLUMNS = (
    Column("state", _state),
    Column("T", _examples, right=True),
    Column("m", lambda run, now, width: ("" if (m := hidden(run)) is None else f"{m:,}", ""), right=True),
    Column("regime", lambda run, now, width: (run.regime or "", "")),
    Column("course", lambda run, now, width: (sparkline(run.course), "train")),
    Column("train", lambda run, now, width: _loss(run.train_loss), right=True),
    Column("test", lambda run, now, width: _loss(run.test_loss), right=True),
    Column("age", lambda run, now, width: (age(now - run.created), ""), right=True),
    Column("host", lambda run, now, width: (plain(run.host or "", 16), "dim")),
    Column("tags", lambda run, now, width: (plain(" ".join(run.tags), 24), "dim")),
)


@dataclass(frozen=True)
class Order:
    """An order of the runs; the key goes through them, a click on the column's head takes one."""

    words: str
    backwards: str
    """What the other way round is called."""
    column: str | None
    value: Callable[[Listed], Any]
    """What runs are sorted by, None for those that come last either way."""


def _order(what: str, column: str | None, value: Callable[[Listed], Any]) -> Order:
    return Order(f"by {what}", f"by {what}, falling", column, value)


ORDERS = (
    Order("newest first", "oldest first", "age", lambda run: -run.created),
    _order("name", "run", lambda run: shown_name(run).casefold()),
    _order("state", "state", lambda run: run.state),
    _order("progress", None, lambda run: run.step / run.steps if run.steps and run.step is not None else None),
    _order("T", "T", examples),
    _order("train loss", "train", lambda run: run.train_loss),
    _order("test loss", "test", lambda run: run.test_loss),
    _order("host", "host", lambda run: run.host),
)


def ordered(runs: Iterable[Listed], order: Order, backwards: bool) -> list[Listed]:
    """The runs in an order, or the other way round; equal ones the newest first."""
    newest = sorted(runs, key=lambda run: (-run.created, run.name))
    known = [run for run in newest if order.value(run) is not None]
    unknown = [run for run in newest if order.value(run) is None]
    found = sorted(known, key=order.value, reverse=backwards) + unknown
    return under_parents(found) if order.column == "age" else found


def under_parents(runs: Sequence[Listed]) -> list[Listed]:
    """The same runs in their order, but each branch right below its parent, or its parent's other branches."""
    branches: dict[str, list[Listed]] = {}
    names = {run.name for run in runs}
    for run in runs:
        if run.parent in names and run.parent != run.name:
            branches.setdefault(str(run.parent), []).append(run)
    found: dict[str, Listed] = {}
    waiting = [run for run in reversed(runs) if run.parent not in names or run.parent == run.name]
    while waiting:
        run = waiting.pop()
        found[run.name] = run
        waiting += reversed(branches.get(run.name, []))
    return [*found.values(), *(run for run in runs if run.name not in found)]  # parents in a circle are nobody's


def depths(runs: Sequence[Listed]) -> list[int]:
    """How far each run stands below the run that it is a branch of, where it stands below it; else 0."""
    above: list[str] = []
    found = []
    for run in runs:
        while above and above[-1] != run.parent:
            above.pop()
        found.append(len(above))
        above.append(run.name)
    return found


def columns(width: int, runs: Sequence[Listed]) -> list[Column]:
    """Those that say something: hosts where there are several or much room, m where it isn't 2 everywhere, the course
    of the train loss (over steps, both on log axes), regimes and tags where there are any."""
    spoken = {
        "host": width >= WIDE or any(run.host not in (None, socket.gethostname()) for run in runs),
        "m": any(hidden(run) not in (None, 2) for run in runs),
        "course": any(run.course for run in runs),
        "regime": any(run.regime for run in runs),
        "tags": any(run.tags for run in runs),
    }
    return [c for c in COLUMNS if spoken.get(c.name, True)]


@dataclass(frozen=True)
class Head:
    """A column as it is laid out."""

    name: str
    width: int
    right: bool = False


Layout = tuple[list[Head], list[list[Cell]]]
"""(columns, cells of each run)."""


def lay_out(
    runs: Sequence[Listed], marked: Sequence[str], now: float, width: int
) -> tuple[list[Head], list[list[Cell]]]:
    """As many columns as leave room for the names, and a column of marks once there are any."""
    names = [
        "  " * (deep - 1) + "└ " * (deep > 0) + shown_name(run) for run, deep in zip(runs, depths(runs), strict=True)
    ]
    longest = max([3, *map(cell_len, names)])
    cells = {c: [c.cell(run, now, width) for run in runs] for c in columns(width, runs)}
    heads = {c: Head(c.name, max([len(c.name), *(cell_len(w) for w, _ in cells[c])]), c.right) for c in cells}

    def room() -> int:
        taken = GAP + sum(head.width + GAP for head in heads.values()) + (1 + GAP if marked else 0)
        return width - taken

    for name in SPARE:
        if room() < min(longest, SHORTEST_NAME):
            heads = {c: head for c, head in heads.items() if head.name != name}
    name_width = max(3, min(room(), longest, LONGEST_NAME))
    rows = [[(plain(names[i], name_width), ""), *(cells[c][i] for c in heads)] for i in range(len(runs))]
    laid_out = [Head("run", name_width), *heads.values()]
    if marked:
        laid_out.insert(0, Head("", 1))
        for run, row in zip(runs, rows, strict=True):
            row.insert(0, ("●" if run.name in marked else "", "strong"))
    return laid_out, rows
