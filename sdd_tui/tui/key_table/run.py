"""A run: time, what is shown, panels, training."""

from __future__ import annotations

from sdd_tui.tui.key_table.key import (
    AGAIN,
    APP,
    AROUND,
    AXES,
    COPY,
    DIGITS,
    FILL,
    FOCUS,
    HELP,
    PROJECTION,
    SHOWN,
    TIME,
    TRAINING,
    Key,
    in_group,
    row,
    scrolling,
)

TIME_KEYS = in_group(
    "time",
    TIME,
    Key("space", "play", "Play or pause", "from the step in view; at the end, from the beginning", "Play"),
    *row("a frame back or on", Key("left,h", "frames(-1)", "A frame back"), Key("right,l", "frames(1)", "A frame on")),
    *row(
        "ten frames back or on",
        Key("pageup", "frames(-10)", "Ten frames back"),
        Key("pagedown", "frames(10)", "Ten frames on"),
    ),
    *row(
        "the first frame; the newest one, and follow what comes",
        Key("g,home", "first", "First frame"),
        Key("G,end", "newest", "Newest frame"),
    ),
    Key("colon", "go_to_step", "Go to a step", "the recorded frame nearest to a step; nothing is trained"),
    *row(
        "the event before or after",
        Key("left_square_bracket", "event(-1)", "Event before"),
        Key("right_square_bracket", "event(1)", "Event after"),
    ),
    Key("", "speed", "Speed of playing", "the next of 2, 5, 10, 20 and 50 frames a second"),
)

CHART_KEYS = in_group(
    "charts",
    SHOWN,
    Key("z", "scale", "Scale of the planes", "each its own, one for all, or held over the run"),
    *row(
        "zoom in or out: the planes in focus, or the charts' steps",
        Key("plus", "zoom(1.5)", "Zoom in"),
        Key("minus", "zoom(0.6666666667)", "Zoom out"),
    ),
    Key("0", "whole", "Whole pictures", "undo zooming and moving"),
    *row(
        "move what is zoomed: planes, or the charts' steps",
        Key("shift+left", "pan(-0.25)", "Move left, to earlier steps"),
        Key("shift+right", "pan(0.25)", "Move right, to later steps"),
        Key("shift+up", "pan(0, 0.25)", "Move planes up"),
        Key("shift+down", "pan(0, -0.25)", "Move planes down"),
    ),
    Key("", "log_x", "Log or linear steps", "the charts' axis of steps"),
    Key("", "log_y", "Log or linear losses", "the charts' axis of losses"),
    Key("", "smooth", "Smooth the losses", "over 5, 15 or 51 rows, or not"),
    Key("", "fit", "Fit the losses", "zoom the losses to the later half of the test loss, or not"),
    Key("", "cross(-1)", "Charts: the row before", "the charts' line to the recorded row before"),
    Key("", "cross(1)", "Charts: the row after", "the charts' line to the recorded row after"),
)

RUN_KEYS = (
    *in_group(
        "run",
        SHOWN,
        *row(
            "the example or feature before or after",
            Key("up,k", "item(-1)", "Example or feature before"),
            Key("down,j", "item(1)", "Example or feature after"),
        ),
        Key("slash", "number", "Choose an example or feature", "by its number: 12, e12 or f5"),
        Key("i", "kind", "Examples or features", "inspect features instead of examples, or the other way"),
        Key("c", "colour", "Colour of the planes", "by dimensionality, by norm, by example, or none"),
    ),
    *CHART_KEYS,
    *in_group(
        "run",
        SHOWN,
        Key("", "rate", "Learning rate", "draw it with the losses, or not"),
        PROJECTION,
        AXES,
        Key("", "outline", "Polygon's outline", "draw the regular polygon around hidden vectors, or not"),
        Key("", "overlay", "Test set in the planes", "its hidden vectors below the training set's, or not"),
        Key("", "star", "D* in the dimensionality", "D* beside D_f and D_X, or not"),
        Key("", "ranking", "Order of examples and features", "by number, the longest first, or by dimensionality"),
    ),
    *in_group(
        "run",
        AROUND,
        *DIGITS,
        *FOCUS,
        FILL,
        Key("v", "page", "Next view", "of the panel in focus, where it has several; planes of m > 2", "View"),
        *scrolling("scroll the panel's lines, if not all fit", "scroll(-5)", "scroll(5)"),
        COPY,
        Key("", "move_panel(-1)", "Move the panel forward", "let it change places with the one before it"),
        Key("", "move_panel(1)", "Move the panel back", "let it change places with the one after it"),
        Key("", "usual_layout", "Usual layout", "every panel back in its place"),
    ),
    *in_group(
        "run",
        TRAINING,
        Key(
            "p",
            "pause",
            "Pause training, or go on",
            "resumes a run that stopped or failed too, after asking",
            "Pause run",
        ),
        Key("full_stop", "single_step", "One training step", "then pause; each press is one", "Step"),
        Key("s", "stop", "Stop training", "with a checkpoint, after asking; p goes on from it", "Stop"),
        Key("b", "branch", "Branch", "a new run from the step in view, with other settings", "Branch"),
        Key("e", "again", "Start with other settings", AGAIN, "Again"),
        Key("", "run_to", "Run to a step", "train up to a step that is asked for, then pause"),
        Key("", "checkpoint", "Write a checkpoint", "now, and go on"),
        Key("", "playground", "Playground", "the dials of a small model, from this run's settings"),
    ),
    *in_group(
        "run",
        APP,
        Key("escape", "back", "Back", "to home; the run goes on", "Back"),
        HELP,
        Key("q", "quit", "Quit", "leave; the run goes on", "Quit"),
    ),
)
