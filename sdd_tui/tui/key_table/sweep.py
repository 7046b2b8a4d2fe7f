"""A sweep."""

from __future__ import annotations

from sdd_tui.tui.key_table.key import APP, AROUND, COPY, FILL, HELP, TRAINING, Key, in_group, row

PANES = ("loss", "dimensionality", "planes", "map or table", "cells")
"""The sweep screen's, in the order of their digits."""

SWEEP_KEYS = (
    *in_group(
        "sweep",
        "Points",
        *row(
            "the point before or after on the curve",
            Key("left,h", "choose(0, -1)", "Point before"),
            Key("right,l", "choose(0, 1)", "Point after"),
        ),
        *row("the first point of the curve, or the last", Key("g,home", "end(-1)", "First point"),
             Key("G,end", "end(1)", "Last point")),
        *row(
            "on the other axis of a grid, the value before or after",
            Key("up,k", "choose(1, -1)", "Other axis: value before"),
            Key("down,j", "choose(1, 1)", "Other axis: value after"),
        ),
        *row(
            "on a third axis, the value before or after",
            Key("left_square_bracket", "choose(2, -1)", "Third axis: value before"),
            Key("right_square_bracket", "choose(2, 1)", "Third axis: value after"),
        ),
        Key("x", "turn", "Turn the curve", "let it go along the next axis: a column of the map, not a row", "Turn"),
        Key("n", "next_run", "Next run of the point", "its seeds, one by one", "Run"),
        Key("u", "unfinished", "Next unfinished cell", "one that runs or has failed"),
        Key("enter", "open", "Open the run", "of the lowest training loss, or n's or u's", "Open"),
    ),
    *in_group(
        "sweep",
        AROUND,
        *row(
            f"go to a pane: {', '.join(PANES)}",
            *(Key(str(i), f"pane({i})", f"Pane {i}: {name}", f"go to {name}") for i, name in enumerate(PANES, 1)),
        ),
        *row(
            "the next pane, or the one before; those not shown on a small terminal too",
            Key("tab", "step(1)", "Next panel", footer="Panes"),
            Key("shift+tab", "step(-1)", "Panel before"),
        ),
        FILL,
        Key("v", "curves", "Next view", "the test loss, both cut as in the paper, or both whole on a log axis", "View"),
        COPY,
    ),
    *in_group(
        "sweep",
        TRAINING,
        Key("p", "resume", "Go on with the sweep", "train the cells that are not finished", "Go on"),
        Key("s", "stop", "Stop training", "of all cells, with checkpoints, after asking; p goes on from them", "Stop"),
        Key("a", "add", "Add cells", "train more values of an axis: T=200,300 or seed=4,5", "Add"),
    ),
    *in_group(
        "sweep",
        APP,
        Key("escape", "back", "Back", "to the lists; the sweep goes on", "Back"),
        HELP,
        Key("q", "quit", "Quit", "leave; the sweep goes on", "Quit"),
    ),
)  # fmt: skip
