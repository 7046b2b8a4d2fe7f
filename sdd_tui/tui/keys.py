"""Every key, once: it drives dispatch, footer, help, command palette and docs/keys.md."""

from __future__ import annotations

from dataclasses import dataclass, replace

from textual.binding import Binding, BindingType

from sdd_tui.panels.catalogue import PANELS


@dataclass(frozen=True)
class Key:
    """A key of a screen or a list on it: what it is called in the footer, and what the help says."""

    screen: str
    key: str
    action: str
    label: str
    help: str
    footer: bool = True
    """Whether the footer shows it."""
    everywhere: bool = False
    """Whether it works in dialogs too, and before anything that has the focus."""


SAME = "the same"
"""The help of a key that does what the one before it in the table does."""

HOME = (
    Key("experiments", "enter", "select", "Start", "on an experiment, start it and watch"),
    Key("results", "enter", "open", "Open", "on results, or the list of sweeps, open it"),
    Key("experiments", "e", "screen.form", "Edit", "on a model, change its settings first"),
    Key(
        "experiments", "v", "screen.picture", "Picture", "on a model, its expected picture instead of the words", False
    ),
    Key("experiments", "left_curly_bracket", "screen.about(-3)", "Scroll up", "its words up, if not all fit", False),
    Key("experiments", "right_curly_bracket", "screen.about(3)", "Scroll down", "its words down", False),
    Key("runs", "enter", "select_cursor", "Open", "on a run, open it"),
    Key("panel", "e", "again", "Again", "on a run, start it again with changes"),
    Key(
        "panel",
        "space",
        "mark",
        "Mark",
        "mark a run, or take its mark away: c, t and d on a marked run are about all of them",
    ),
    Key("panel", "c", "compare", "Compare", "show the marked runs, two to six, beside each other"),
    Key("panel", "r", "rename", "Rename", "give the run another name"),
    Key("panel", "t", "tags", "Tags", "change the run's tags, or add tags to the marked runs and take some away"),
    Key("panel", "n", "note", "Note", "write a note about the run"),
    Key("panel", "d", "trash", "Trash", "move the run, or the marked runs, to the trash folder, after asking"),
    Key("panel", "delete", "trash", "Trash", SAME),
    Key("home", "slash", "filter", "Filter", "find runs: words, T<=100, test<1, state:failed, tag:paper, -word"),
    Key("home", "escape", "clear_filter", "Clear filter", "clear and close the filter"),
    Key("home", "o", "sort", "Order", "sort the runs by age, name, state, progress, T, train loss, test loss, host"),
    Key("home", "O", "reverse", "Other way", "the same order the other way round", False),
    Key("home", "tab", "other_list", "Lists", "go to the other list"),
    Key("home", "p", "playground", "Playground", "turn the dials of a small model, trained anew at once"),
    Key("home", "T", "tour", "Tour", "the guided tour: six recorded models, from three training examples to 20,000"),
    Key("home", "s", "sweeps", "Sweeps", "sweeps: those there are, the paper's own, and all there are to start"),
    Key("sweeps", "r", "rename_sweep", "Rename", "in the list of sweeps, give one another name"),
    Key("sweeps", "d", "trash_sweep", "Trash", "in the list of sweeps, move one to the trash folder, after asking"),
    Key("sweeps", "delete", "trash_sweep", "Trash", SAME),
    Key("sweeps", "escape", "leave", "Close", "close the list of sweeps"),
    Key("sweeps", "s", "leave", "Close", SAME),
    Key("sweeps", "q", "leave", "Close", SAME),
    Key("home", "question_mark", "help", "Help", "this page"),
    Key("home", "q", "quit", "Quit", "leave; running runs go on"),
)

TIME = (
    Key("time", "left", "frames(-1)", "Back", "a frame back", False),
    Key("time", "right", "frames(1)", "On", "a frame on", False),
    Key("time", "pageup", "frames(-10)", "Back 10", "ten frames back", False),
    Key("time", "pagedown", "frames(10)", "On 10", "ten frames on", False),
    Key("time", "home", "first", "First", "the first frame", False),
    Key("time", "end", "newest", "Newest", "the newest frame, and follow what comes", False),
    Key("time", "p", "play", "Play", "play from the step in view, or stop; from the end it starts at the beginning"),
    Key("time", "o", "speed", "Speed", "play at another speed: 2, 5, 10, 20 or 50 frames a second", False),
)

CHARTS = (
    Key("charts", "x", "log_x", "Log steps", "steps on a log axis, or on a linear one", False),
    Key("charts", "y", "log_y", "Log loss", "losses on a log axis, or on a linear one", False),
    Key("charts", "m", "smooth", "Smooth", "smooth the losses over 5, 15 or 51 rows, or not", False),
    Key("charts", "Y", "fit", "Fit loss", "zoom the losses to the later half of the test loss, or not", False),
    Key("charts", "less_than_sign", "cross(-1)", "Row before", "the charts' line to the recorded row before", False),
    Key("charts", "greater_than_sign", "cross(1)", "Row after", "the charts' line to the row after", False),
    Key("charts", "plus", "zoom(1.5)", "Closer", "zoom in: the charts' steps, or the planes", False),
    Key("charts", "minus", "zoom(0.6666666667)", "Farther", "zoom out", False),
    Key("charts", "shift+left", "pan(-0.25)", "Pan left", "move zoomed charts to earlier steps, or planes left", False),
    Key("charts", "shift+right", "pan(0.25)", "Pan right", "move zoomed charts to later steps, or planes right", False),
    Key("charts", "shift+up", "pan(0, 0.25)", "Pan up", "move planes up", False),
    Key("charts", "shift+down", "pan(0, -0.25)", "Pan down", "move planes down", False),
    Key("charts", "0", "whole", "Whole", "undo zooming and panning", False),
)

DIGITS = tuple(
    Key("run", str(i), f"panel('{name}')", panel.title, f"go to the panel {panel.title}", False)
    for i, (name, panel) in enumerate(list(PANELS.items())[:9], 1)
)

RUN = (
    Key("run", "left_square_bracket", "event(-1)", "Event before", "the event before", False),
    Key("run", "right_square_bracket", "event(1)", "Event after", "the event after", False),
    Key("run", "tab", "app.focus_next", "Next panel", "the next panel", False),
    Key("run", "shift+tab", "app.focus_previous", "Panel before", "the panel before", False),
    *DIGITS,
    Key("run", "f", "fill", "Fill", "let the panel fill the screen, or put it back"),
    Key("run", "v", "page", "View", "another view in panels that hold several", False),
    Key("run", "l", "rate", "Rate", "draw the learning rate with the losses, or not", False),
    Key("run", "c", "colour", "Colour", "colour the planes by dimensionality, by norm, by example, or not", False),
    Key("run", "e", "scale", "Scale", "planes: each its own scale, one for both, or held over the run", False),
    Key("run", "g", "projection", "View m > 2", "for m > 2: two axes, principal components, or a turning view", False),
    Key("run", "a", "axes", "Axes", "for m > 2: the next pair of axes", False),
    Key("run", "u", "outline", "Outline", "the regular polygon's outline, or not", False),
    Key("run", "t", "overlay", "Test set", "the test set's hidden vectors below the training set's, or not", False),
    Key("run", "d", "star", "D*", "D* beside D_f and D_X, or not", False),
    Key("run", "up", "item(-1)", "Item before", "the example or feature before, for the inspector", False),
    Key("run", "down", "item(1)", "Item after", "the example or feature after", False),
    Key("run", "i", "kind", "Example/feature", "inspect features instead of examples, or the other way", False),
    Key(
        "run", "number_sign", "number", "Number", "inspect the example or feature of a number that is asked for", False
    ),
    Key(
        "run", "z", "ranking", "Walk by", "walk through them by number, the longest first, or by dimensionality", False
    ),
    Key("run", "left_curly_bracket", "scroll(-5)", "Scroll up", "scroll the panel's lines up, if not all fit", False),
    Key("run", "right_curly_bracket", "scroll(5)", "Scroll down", "scroll them down", False),
    Key("run", "space", "pause", "Pause/go on", "pause, or go on; resume a run that stopped or failed"),
    Key("run", "full_stop", "single_step", "Step", "one training step, then pause; each press is one", False),
    Key("run", "n", "run_to", "Run to", "run to a step that is asked for, then pause", False),
    Key("run", "k", "checkpoint", "Checkpoint", "write a checkpoint now", False),
    Key("run", "s", "stop", "Stop", "end the run with a checkpoint, after asking; Space goes on from it"),
    Key("run", "r", "again", "Again", "start again with changes: a form with this run's settings", False),
    Key("run", "P", "playground", "Playground", "turn the dials of a small model that begins with this run's", False),
    Key("run", "b", "branch", "Branch", "from the step in view, with other settings, as a new run"),
    Key("run", "C", "copy", "Copy", "copy the panel's numbers, over SSH too; long ones to a file", False),
    Key("run", "escape", "back", "Back", "back to home; the run goes on"),
    Key("run", "question_mark", "help", "Help", "this page"),
    Key("run", "q", "quit", "Quit", "leave; the run goes on"),
)

COMPARE = (
    Key("compare", "left_square_bracket", "event(-1)", "Event before", "the event before, of whichever run", False),
    Key("compare", "right_square_bracket", "event(1)", "Event after", "the event after", False),
    Key("compare", "l", "rate", "Test/train", "train losses instead of test losses, or the other way"),
    Key("compare", "i", "kind", "Hidden/features", "features instead of hidden vectors, or the other way"),
    Key("compare", "e", "scale", "Scale", "planes: each its own scale, one for all, or held over each run"),
    Key(
        "compare",
        "g",
        "projection",
        "View m > 2",
        "for m > 2: two axes, principal components, or a turning view",
        False,
    ),
    Key("compare", "a", "axes", "Axes", "for m > 2: the next pair of axes", False),
    Key("compare", "left_curly_bracket", "scroll(-1)", "Scroll back", "the table's columns before", False),
    Key("compare", "right_curly_bracket", "scroll(1)", "Scroll on", "the table's columns that don't fit", False),
    Key("compare", "tab", "app.focus_next", "Next panel", "the next panel", False),
    Key("compare", "shift+tab", "app.focus_previous", "Panel before", "the panel before", False),
    Key("compare", "f", "fill", "Fill", "let the panel fill the screen, or put it back"),
    Key("compare", "C", "copy", "Copy", "copy the panel's numbers, over SSH too; long ones to a file", False),
    Key("compare", "escape", "back", "Back", "back to home"),
    Key("compare", "question_mark", "help", "Help", "this page"),
    Key("compare", "q", "quit", "Quit", "leave; the runs go on"),
)

TOUR = (
    Key(
        "tour",
        "enter",
        "next",
        "Next",
        "the next sentence, and after the last one the next model; while the recording"
        " plays, straight to what is spoken of",
    ),
    Key("tour", "right", "next", "Next", SAME, False),
    Key("tour", "left", "before", "Back", "the sentence before"),
    Key("tour", "space", "replay", "Play", "play from the beginning to what is spoken of"),
    Key("tour", "pagedown", "station(1)", "Next model", "the next model; after the last one, the whole curve", False),
    Key("tour", "pageup", "station(-1)", "Model before", "the model before", False),
    Key("tour", "n", "station(1)", "Skip", "skip to the next model"),
    Key("tour", "tab", "app.focus_next", "Next panel", "the next panel", False),
    Key("tour", "shift+tab", "app.focus_previous", "Panel before", "the panel before", False),
    *(replace(key, screen="tour") for key in DIGITS),
    Key("tour", "f", "fill", "Fill", "let the panel fill the screen, or put it back", False),
    Key("tour", "escape", "back", "Leave", "leave; the tour goes on here the next time"),
    Key("tour", "question_mark", "help", "Help", "this page"),
    Key("tour", "q", "quit", "Quit", "leave the app"),
)

PLAYGROUND = (
    Key("playground", "right", "turn(1)", "Turn", "turn the dial up, and train anew at once"),
    Key("playground", "left", "turn(-1)", "Turn down", "turn it down", False),
    Key("playground", "down", "choose(1)", "Dial", "the next dial"),
    Key("playground", "up", "choose(-1)", "Dial before", "the dial before", False),
    Key("playground", "l", "turn(1)", "Turn", "the same as the arrows, as in vi: turn up", False),
    Key("playground", "h", "turn(-1)", "Turn down", "turn down", False),
    Key("playground", "j", "choose(1)", "Dial", "the next dial", False),
    Key("playground", "k", "choose(-1)", "Dial before", "the dial before", False),
    Key("playground", "enter", "keep", "Keep", "start an ordinary run with these settings, and open it"),
    Key("playground", "escape", "back", "Back", "leave; nothing is kept"),
    Key("playground", "question_mark", "help", "Help", "this page"),
    Key("playground", "q", "quit", "Quit", "leave the app"),
)

SWEEP_FORM = (
    Key("sweep-form", "down", "line(1)", "Next", "in the form of a sweep, to the next axis, as Tab does"),
    Key("sweep-form", "up", "line(-1)", "Previous", "to the axis before"),
    Key("sweep-form", "escape", "leave", "Leave", "leave without starting"),
)

PANES = ("loss", "dimensionality", "planes", "map or table", "cells")
"""The sweep screen's, in the order of their digits."""

SWEEP = (
    Key("sweep", "left", "choose(0, -1)", "Point before", "the point before on the curve", False),
    Key("sweep", "right", "choose(0, 1)", "Point after", "the point after", False),
    Key("sweep", "up", "choose(1, -1)", "Other axis", "on the other axis of a grid, the value before", False),
    Key("sweep", "down", "choose(1, 1)", "Other axis", "the value after", False),
    Key("sweep", "left_square_bracket", "choose(2, -1)", "Third axis", "on a third axis, the value before", False),
    Key("sweep", "right_square_bracket", "choose(2, 1)", "Third axis", "the value after", False),
    Key("sweep", "tab", "step(1)", "Panes", "the next pane, also one that is not shown on a small terminal"),
    Key("sweep", "x", "turn", "Turn", "let the curve go along the next axis: a column of the map instead of a row"),
    Key("sweep", "n", "next_run", "Run", "the next run of the chosen point: its seeds, one by one"),
    Key("sweep", "e", "unfinished", "Failed", "the next cell that runs or has failed", False),
    Key(
        "sweep", "enter", "open", "Open", "the run that is shown: the one with the lowest training loss, or n's or e's"
    ),
    Key("sweep", "a", "add", "Add", "train more values of an axis: T=200,300 or seed=4,5"),
    Key("sweep", "s", "stop", "Stop", "stop the sweep's workers, after asking; cells go on from checkpoints", False),
    Key("sweep", "R", "resume", "Resume", "train the cells that are not finished", False),
    Key("sweep", "y", "curves", "Curve", "the test loss, both losses cut as in the paper, or both whole on a log axis"),
    *(Key("sweep", str(i), f"pane({i})", name, f"go to {name}", False) for i, name in enumerate(PANES, 1)),
    Key("sweep", "shift+tab", "step(-1)", "Pane before", "the pane before", False),
    Key("sweep", "f", "fill", "Fill", "let the panel fill the screen, or put it back"),
    Key("sweep", "C", "copy", "Copy", "copy the panel's numbers, over SSH too; long ones to a file", False),
    Key("sweep", "escape", "back", "Back", "back to the lists; the sweep goes on"),
    Key("sweep", "question_mark", "help", "Help", "this page"),
    Key("sweep", "q", "quit", "Quit", "leave; the sweep goes on"),
)

FORM = (
    Key("choice", "space", "next(1)", "Next value", "on a setting with few values, the next one"),
    Key("choice", "right", "next(1)", "Next value", SAME),
    Key("choice", "left", "next(-1)", "Previous value", "on a setting with few values, the one before"),
    Key("form", "ctrl+s", "start", "Start", "start the run"),
    Key("form", "down", "field(1)", "Next", "to the next setting, as Tab and Enter do"),
    Key("form", "up", "field(-1)", "Previous", "to the setting before"),
    Key("form", "escape", "leave", "Leave", "leave without starting; asks when something was changed"),
)

DIALOGS = (
    Key("ask", "escape", "leave", "Leave", "where a line is asked for, leave all as it was; Enter keeps the line"),
    Key("confirm", "y", "answer(True)", "Yes", "where something is asked, yes"),
    Key("confirm", "enter", "answer(True)", "Yes", SAME),
    Key("confirm", "n", "answer(False)", "No", "no"),
    Key("confirm", "escape", "answer(False)", "No", SAME),
    Key("help", "escape", "dismiss", "Close", "close the help"),
    Key("help", "question_mark", "dismiss", "Close", SAME),
    Key("help", "q", "dismiss", "Close", SAME),
    Key("help", "w", "app.shot", "Picture", "write this page as a picture", False),
    Key("subjects", "enter", "screen.write", "Write", "in the dialog of pictures, write the chosen one"),
    Key("subjects", "right", "screen.ending(1)", "Next kind", "as the next kind of file", False),
    Key("subjects", "left", "screen.ending(-1)", "Kind before", "as the kind before", False),
    Key("picture", "escape", "leave", "Leave", "close that dialog; nothing is written"),
    Key("writing", "escape", "stop_picture", "Stop picture", "while a picture is being written, stop that", True, True),
)

APP = (
    Key("app", "w", "shot", "Picture", "write the screen, a panel, a figure or an animation", False),
    Key("app", "ctrl+t", "dark", "Light/dark", "light or dark colours", False),
    Key("app", "M", "marks", "Marks", "braille, half blocks or plain ASCII", False),
    Key("app", "ctrl+p", "command_palette", "Commands", "find a command by its name", False),
    Key("app", "ctrl+z", "suspend", "Suspend", "stop the app; fg in the shell brings it back", False, True),
)

KEYS: tuple[Key, ...] = (
    *HOME,
    *TIME,
    *CHARTS,
    *RUN,
    *COMPARE,
    *TOUR,
    *PLAYGROUND,
    *SWEEP_FORM,
    *SWEEP,
    *FORM,
    *DIALOGS,
    *APP,
)

ALWAYS = ("escape", "question_mark", "q")
"""Keys that every footer shows."""

SPARE = (
    "rename",
    "note",
    "tags",
    "trash",
    "sort",
    "again",
    "field(-1)",
    "next(-1)",
    "branch",
    "play",
    "fill",
    "log_y",
    "turn",
)
"""Actions that a narrow footer can do without, the first to go first."""

PARTS = {
    "home": ("experiments", "results", "runs", "panel", "home", "sweeps", "sweep-form", "app"),
    "run": ("time", "charts", "run", "app"),
    "compare": ("time", "charts", "compare", "app"),
    "sweep": ("sweep", "app"),
    "tour": ("tour", "app"),
    "playground": ("playground", "app"),
    "form": ("choice", "form"),
    "dialogs": ("ask", "confirm", "help", "subjects", "picture", "writing"),
}
"""A screen and the parts whose keys work on it. Enter belongs to the lists: as a key of the screen it would overtake
the arrow keys typed before it."""

NAMES = {"question_mark": "?", "escape": "Esc", "space": "Space", "enter": "Enter", "tab": "Tab", "left": "←",
         "right": "→", "up": "↑", "down": "↓", "pageup": "PgUp", "pagedown": "PgDn", "home": "Home", "end": "End",
         "left_square_bracket": "[", "right_square_bracket": "]", "plus": "+", "number_sign": "#",
         "left_curly_bracket": "{", "right_curly_bracket": "}", "minus": "-", "full_stop": ".",
         "shift+left": "Shift+←", "shift+right": "Shift+→", "shift+up": "Shift+↑", "shift+down": "Shift+↓",
         "less_than_sign": "<", "greater_than_sign": ">", "shift+tab": "Shift+Tab", "slash": "/", "delete": "Del",
         "ctrl+t": "Ctrl+T", "ctrl+p": "Ctrl+P", "ctrl+s": "Ctrl+S",
         "ctrl+z": "Ctrl+Z"}  # fmt: skip


def bindings(*parts: str) -> list[BindingType]:
    """The bindings of screens or lists."""
    return [
        Binding(k.key, k.action, k.label, show=k.footer, key_display=shown(k.key), priority=k.everywhere)
        for k in KEYS
        if k.screen in parts
    ]


def shown(key: str) -> str:
    """A key as a person reads it."""
    return NAMES.get(key, key)


def help_lines(screen: str) -> list[tuple[str, str]]:
    """(keys, what they do) of a screen, as a person reads them; keys that do the same, and the digits of panels, on one
    line."""
    lines: list[tuple[str, str]] = []
    for key in (k for part in PARTS[screen] for k in KEYS if k.screen == part):
        if key.action.startswith(("pane(", "panel(")):
            continue
        name, words = shown(key.key), key.help
        if words == SAME:
            before, words = lines.pop()
            name = f"{before}, {name}"
        lines.append((name, words))
    if screen == "sweep":
        lines.append((f"1-{len(PANES)}", f"go to a pane: {', '.join(PANES)}"))
    if screen in ("run", "tour"):
        lines.append((f"1-{len(DIGITS)}", f"go to a panel: {', '.join(PANELS)}"))
    return lines
