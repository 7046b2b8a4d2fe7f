"""A plane as in the paper: vectors from the origin, features blue, hidden vectors red."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sdd_tui.draw.canvas import LARGEST, Canvas, Floats, Row
from sdd_tui.draw.palette import DARK

MOST_MARKED = 60
"""Vectors up to this many end in a mark; more are dots."""

MOST_OUT = 20
"""Vectors that stand out of a crowd, at most: more would be a crowd of marks."""

MOST_SPOKES = 400
"""Spokes are drawn for the longest vectors only, at most this many."""

SHORT = 0.05
"""Vectors shorter than this share of the longest have no spoke: the thousands of features at the origin."""


CROWDED = 2_000
"""Vectors from so many on are counted in each cell: eight dots fill it, whether there are ten or a thousand."""

SEVERAL = (5, 25)
"""Vectors in a cell from which on it has the next brightness."""

MARKS = " ▒▓"
"""What stands for them where there are no colours; a space for the dots as they are."""


@dataclass(frozen=True)
class Extras:
    """What may be drawn beside the vectors themselves."""

    groups: tuple[NDArray[np.int64], Sequence[str]] | None = None
    """(k,) group of each vector, and the colour of each group."""
    outline: Floats | None = None
    """(2, c) corners of a polygon around the origin."""
    ideal: Floats | None = None
    """The same of what theory says, below everything else."""
    under: Floats | None = None
    """(2, k) further points, below the others."""
    chosen: int | None = None
    """The vector that is marked."""
    related: NDArray[np.intp] | None = None
    """Vectors that have to do with one that is marked elsewhere."""
    legend: tuple[str, str] | None = None
    """What the first and the last of the groups' colours mean, written in a corner."""
    colours: bool = True
    """Whether there are colours."""
    edges: Sequence[tuple[Floats, str]] = ()
    """(2, e, 2) both ends of further lines, and their colour."""


PLAIN = Extras()


MARGIN = 1.12
"""Half the side of a plane, in lengths of what it holds."""


def extent(*sets: NDArray[np.float64]) -> float:
    """Half the side of a square that holds the vectors, with a margin; 1 when there is nothing to hold."""
    longest = max((float(np.abs(v[np.isfinite(v)]).max(initial=0.0)) for v in sets), default=0.0)
    return min(longest, LARGEST) * MARGIN if longest > 0 else 1.0


def plane(
    vectors: NDArray[np.float64],
    width: int,
    height: int,
    colour: str,
    limit: float | None = None,
    mark: str = "●",
    extras: Extras = PLAIN,
    centre: tuple[float, float] = (0.0, 0.0),
) -> list[Row]:
    """Rows of a picture of (m, k) vectors; of m > 2 the first two dimensions, of m = 1 a line."""
    x, y = flat(vectors)
    canvas = Canvas(width, height, limit if limit else extent(np.stack([x, y])), centre)
    _axes(canvas, lone=len(vectors) == 1)
    if extras.ideal is not None:
        _polygon(canvas, extras.ideal, "level")
    if extras.under is not None:
        canvas.points(extras.under[0], extras.under[1], "under")
    if extras.outline is not None:
        _polygon(canvas, extras.outline, "outline")
    for (x_ends, y_ends), name in extras.edges:
        canvas.segments(x_ends[:, 0], y_ends[:, 0], x_ends[:, 1], y_ends[:, 1], name)
    with np.errstate(over="ignore"):
        length = np.hypot(x, y)
    length = np.where(np.isfinite(length), length, 0)
    tall = _tallest(length)
    marked = len(tall) <= MOST_MARKED or len(x) <= MOST_MARKED
    steps = steps_of(colour) if extras.groups is None and len(x) >= CROWDED else []
    if steps:
        _spokes(canvas, x[tall], y[tall], steps[0])
        few = _few(tall, length)
        _spokes(canvas, x[few], y[few], colour)
        canvas.counted(x, y, steps, SEVERAL, "   " if extras.colours else MARKS)
        canvas.marks(x[few], y[few], mark, colour)
    for which, name in [] if steps else _grouped(extras.groups, len(x), colour):
        spokes = tall if which is None else tall[which[tall]]
        _spokes(canvas, x[spokes], y[spokes], name)
        inside = slice(None) if which is None else which
        canvas.points(x[inside], y[inside], name)
        if marked:
            few = spokes if len(x) > MOST_MARKED else np.arange(len(x))[inside]
            canvas.marks(x[few], y[few], mark, name)
    if extras.related is not None:
        canvas.marks(x[extras.related], y[extras.related], "◇", "chosen")
    if extras.chosen is not None and extras.chosen < len(x):
        one = slice(extras.chosen, extras.chosen + 1)
        _spokes(canvas, x[one], y[one], "chosen")
        canvas.marks(x[one], y[one], "◆", "chosen")
    rows = canvas.rows()
    if rows and extras.legend and extras.groups:
        low, high = extras.legend
        rows[-1] = _legend(rows[-1], [(f"{low} ", "dim"), *(("●", c) for c in extras.groups[1]), (f" {high} ", "dim")])
    elif rows and steps:
        rows[-1] = _legend(rows[-1], _counts(steps, extras.colours))
    return rows


def steps_of(colour: str) -> list[str]:
    """The steps of a hue, the brightest last; none of a colour that has none."""
    return [f"{colour}-faint", colour, f"{colour}-bright"] if f"{colour}-faint" in DARK else []


def _counts(steps: Sequence[str], colours: bool) -> Row:
    """What brightness means, or marks where there are no colours."""
    marks = "●●●" if colours else MARKS.replace(" ", "⠶")
    words = ("1 ", *(f"{count} " for count in SEVERAL[:-1]), f"{SEVERAL[-1]}+ a cell ")
    return [
        part for mark, step, word in zip(marks, steps, words, strict=True) for part in ((mark, step), (word, "dim"))
    ]


def _spokes(canvas: Canvas, x: Floats, y: Floats, colour: str) -> None:
    """Lines from the origin."""
    canvas.segments(np.zeros(len(x)), np.zeros(len(x)), x, y, colour)


def _few(tall: NDArray[np.intp], length: Floats) -> NDArray[np.intp]:
    """The vectors that stand out of a crowd: all that have spokes, or those of at least half the longest; none where
    these are many too."""
    out = tall[2 * length[tall] >= length.max(initial=0.0)]
    return tall if len(tall) <= MOST_MARKED else out if len(out) <= MOST_OUT else tall[:0]


def _polygon(canvas: Canvas, corners: Floats, colour: str) -> None:
    ends = np.roll(corners, -1, axis=1)
    canvas.segments(corners[0], corners[1], ends[0], ends[1], colour)


def flat(vectors: NDArray[np.float64]) -> tuple[Floats, Floats]:
    """x and y of (m, k) vectors on the plane."""
    v = np.asarray(vectors, np.float64)
    return v[0], v[1] if len(v) > 1 else np.zeros(v.shape[1])


def nearest(
    vectors: NDArray[np.float64],
    width: int,
    height: int,
    limit: float,
    column: int,
    row: int,
    centre: tuple[float, float] = (0.0, 0.0),
) -> int | None:
    """Which vector of such a picture ends at a cell or near it."""
    return Canvas(width, height, limit, centre).nearest(*flat(vectors), column, row)


def _axes(canvas: Canvas, lone: bool) -> None:
    """The axes; only the upright one for m = 1, whose vectors lie on the other and would be hidden."""
    width, height = canvas.width, canvas.height
    reach = canvas.limit * max(width, 2 * height) / max(1, min(width, 2 * height)) + max(map(abs, canvas.centre))
    canvas.segments(np.zeros(1), np.array([-reach]), np.zeros(1), np.array([reach]), "axis")
    if not lone:
        canvas.segments(np.array([-reach]), np.zeros(1), np.array([reach]), np.zeros(1), "axis")


def _legend(row: Row, legend: Row) -> Row:
    """A row that begins with what the colours mean, where it has room for that."""
    taken = sum(len(text) for text, _ in legend)
    if 2 * taken > sum(len(text) for text, _ in row):
        return row
    found = list(legend)
    for text, colour in row:
        found.append((text[taken:], colour))
        taken = max(0, taken - len(text))
    return [run for run in found if run[0]]


def _tallest(length: Floats) -> NDArray[np.intp]:
    """Indices of the vectors that have spokes, the longest last, so that they are drawn over the others."""
    few = np.arange(len(length))
    if len(length) > MOST_SPOKES:
        few = np.argpartition(length, -MOST_SPOKES)[-MOST_SPOKES:]
    few = few[length[few] > SHORT * length.max(initial=0.0)]
    return np.asarray(few[np.argsort(length[few], kind="stable")])


def _grouped(
    groups: tuple[NDArray[np.int64], Sequence[str]] | None, count: int, colour: str
) -> list[tuple[NDArray[np.bool_] | None, str]]:
    """(which vectors, their colour); None for all of them."""
    if groups is None or len(groups[0]) != count:
        return [(None, colour)]
    of, names = groups
    return [(of == g, name) for g, name in enumerate(names)]
