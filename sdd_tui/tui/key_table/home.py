"""Home: its lists, and the lists and forms that open from it."""

from __future__ import annotations

from sdd_tui.tui.key_table.key import AGAIN, APP, HELP, Key, in_group, lines, row, scrolling

HOME_KEYS = (
    *in_group("list", "Lists", *lines("cursor_down", "cursor_up", "first", "last")),
    *in_group("runs", "Lists", *lines("cursor_down", "cursor_up", "scroll_top", "scroll_bottom")),
    *in_group("home", "Lists", Key("tab", "other_list", "Other list", "go to the other list", "Lists")),
    *in_group(
        "experiments",
        "Experiments",
        Key("enter", "select", "Start the experiment", "train it and watch", "Start"),
        Key("e", "screen.form", "Start with other settings", "of a model, change its settings first", "Edit"),
        Key("v", "screen.picture", "Next view", "of a model, its expected picture instead of the words"),
        *scrolling("its words up or down, if not all fit", "screen.about(-3)", "screen.about(3)"),
    ),
    *in_group("results", "Experiments", Key("enter", "open", "Open the results", "or the list of sweeps", "Open")),
    *in_group("runs", "Runs", Key("enter", "select_cursor", "Open the run", footer="Open")),
    *in_group(
        "panel",
        "Runs",
        Key("e", "again", "Start with other settings", AGAIN, "Again"),
        Key("space", "mark", "Mark the run", "or take its mark away; C, t and d are about all marked runs", "Mark"),
        Key("C", "compare", "Compare the marked runs", "two to six, beside each other", "Compare"),
        Key("r", "rename", "Rename", "the run", "Rename"),
        Key("t", "tags", "Tags of the run", "change them, or add some to the marked runs and take some away", "Tags"),
        Key("n", "note", "Write a note", "about the run", "Note"),
        Key("d,delete", "trash", "Move to the trash", "the run or the marked runs, after asking", "Trash"),
    ),
    *in_group(
        "home",
        "Runs",
        Key("slash", "filter", "Filter the runs", "words, T<=100, test<1, state:failed, tag:paper, -word", "Filter"),
        Key("escape", "clear_filter", "Clear and close the filter", footer="Clear filter"),
        Key("o", "sort", "Order of the runs", "by age, name, state, progress, T, train loss, test loss, host", "Order"),
        Key("O", "reverse", "Reverse the order", "the same order the other way round"),
    ),
    *in_group(
        "home",
        "Other screens",
        Key("P", "playground", "Playground", "the dials of a small model, trained anew at each turn", "Playground"),
        Key("T", "tour", "Guided tour", "six recorded models, from three training examples to 20,000", "Tour"),
        Key("S", "sweeps", "Sweeps", "those there are, the paper's own, and all there are to start", "Sweeps"),
    ),
    *in_group(
        "sweeps",
        "The list of sweeps",
        Key("r", "rename_sweep", "Rename", "the sweep", "Rename"),
        Key("d,delete", "trash_sweep", "Move to the trash", "the sweep, after asking", "Trash"),
        Key("escape,S,q", "leave", "Close the list of sweeps", footer="Close"),
    ),
    *in_group(
        "sweep-form",
        "The form of a sweep",
        *row("the next axis, as Tab does, or the one before", Key("down", "line(1)", "Next axis", footer="Next"),
             Key("up", "line(-1)", "Axis before", footer="Previous")),
        Key("escape", "leave", "Back", "leave without starting", "Leave"),
    ),
    *in_group("home", APP, HELP, Key("q", "quit", "Quit", "leave; running runs go on", "Quit")),
)  # fmt: skip
