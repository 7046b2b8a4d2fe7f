"""A comparison of runs, beside the keys of time and charts that it shares with a run."""

from __future__ import annotations

from sdd_tui.tui.key_table.key import (
    APP,
    AROUND,
    AXES,
    COPY,
    FILL,
    FOCUS,
    HELP,
    PROJECTION,
    SHOWN,
    Key,
    in_group,
    scrolling,
)

COMPARE_KEYS = (
    *in_group(
        "compare",
        SHOWN,
        Key("i", "kind", "Examples or features", "features instead of hidden vectors, or the other way", "Features"),
        Key("", "rate", "Train or test losses", "which of them the chart shows"),
        PROJECTION,
        AXES,
    ),
    *in_group(
        "compare",
        AROUND,
        *FOCUS,
        FILL,
        Key("v", "page", "Next view", "train or test losses, and the projection of planes of m > 2", "View"),
        *scrolling("the table's columns before or after, if not all fit", "scroll(-1)", "scroll(1)"),
        COPY,
    ),
    *in_group(
        "compare",
        APP,
        Key("escape", "back", "Back", "to home", "Back"),
        HELP,
        Key("q", "quit", "Quit", "leave; the runs go on", "Quit"),
    ),
)
