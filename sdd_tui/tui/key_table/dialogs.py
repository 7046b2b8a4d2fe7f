"""Forms, questions, the help, and what belongs to no screen in particular."""

from __future__ import annotations

from sdd_tui.tui.key_table.key import APP, Key, in_group, lines, row

FORM_KEYS = (
    *in_group(
        "choice",
        "Settings with few values",
        Key("space,right", "next(1)", "Next value", footer="Next value"),
        Key("left", "next(-1)", "Value before", footer="Previous value"),
    ),
    *in_group(
        "form",
        "The form",
        Key("ctrl+s", "start", "Start the run", "with these settings", "Start"),
        *row("the next setting, as Tab and Enter do, or the one before", Key("down", "field(1)", "Next setting",
             footer="Next"), Key("up", "field(-1)", "Setting before", footer="Previous")),
        Key("escape", "leave", "Back", "leave without starting; asks when something was changed", "Leave"),
    ),
)  # fmt: skip

DIALOG_KEYS = (
    *in_group("ask", "A line", Key("escape", "leave", "Back", "leave all as it was; Enter keeps the line", "Leave")),
    *in_group(
        "confirm",
        "A question",
        Key("y,enter", "answer(True)", "Yes", footer="Yes"),
        Key("n,escape", "answer(False)", "No", footer="No"),
    ),
    *in_group(
        "help",
        "The help",
        *lines("lines(1)", "lines(-1)", "lines(-10_000)", "lines(10_000)"),
        Key("escape,question_mark,q", "dismiss", "Close the help", footer="Close"),
        Key("w", "app.shot", "Picture", "write this page as a picture"),
    ),
    *in_group(
        "subjects",
        "The dialog of pictures",
        Key("enter", "screen.write", "Write the picture", "the chosen one", "Write"),
        *row(
            "as the next kind of file, or the one before",
            Key("right", "screen.ending(1)", "Next kind of file"),
            Key("left", "screen.ending(-1)", "Kind of file before"),
        ),
    ),
    *in_group("picture", "The dialog of pictures", Key("escape", "leave", "Back", "nothing is written", "Leave")),
    *in_group(
        "writing",
        "While a picture is written",
        Key("escape", "stop_picture", "Stop the picture", "nothing is left of it", "Stop picture", everywhere=True),
    ),
)

APP_KEYS = in_group(
    "app",
    APP,
    Key("w", "shot", "Picture", "write the screen, a panel, a figure or an animation"),
    Key("ctrl+p", "command_palette", "Commands", "all there are, with their keys; found by name or description",
        "Commands"),
    Key("ctrl+z", "suspend", "Suspend", "stop the app; fg in the shell brings it back", everywhere=True),
    Key("", "dark", "Light or dark", "the other colours"),
    Key("", "change_theme", "Theme", "choose other colours"),
    Key("", "marks", "Braille, half blocks or ASCII", "what pictures are made of: the next of these marks"),
)  # fmt: skip
