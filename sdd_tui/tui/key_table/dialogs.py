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
        Key("w", "app.shot", "Picture of the screen", "write this page as an SVG picture here"),
    ),
)

APP_KEYS = in_group(
    "app",
    APP,
    Key("w", "shot", "Picture of the screen", "write it as an SVG picture here"),
    Key("ctrl+p", "command_palette", "Commands", "all there are, with their keys; found by name or description",
        "Commands"),
    Key("ctrl+z", "suspend", "Suspend", "stop the app; fg in the shell brings it back", everywhere=True),
    Key("", "dark", "Light or dark", "the other colours"),
    Key("", "change_theme", "Theme", "choose other colours"),
    Key("", "marks", "Braille, half blocks or ASCII", "what pictures are made of: the next of these marks"),
)  # fmt: skip
