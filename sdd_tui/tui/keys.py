"""Every key, once: it drives dispatch, footer and help."""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding, BindingType


@dataclass(frozen=True)
class Key:
    """A key of a screen or a list on it: what it is called in the footer, and what the help says."""

    screen: str
    key: str
    action: str
    label: str
    help: str


KEYS: tuple[Key, ...] = (
    Key("presets", "enter", "select", "Open", "on a preset, start a run of it and watch"),
    Key("presets", "e", "screen.form", "Edit", "on a preset, change its settings first"),
    Key("runs", "enter", "select_cursor", "Open", "on a run, open it"),
    Key("panel", "e", "again", "Again", "on a run, start it again with changes"),
    Key("panel", "space", "mark", "Mark", "mark a run for comparison, or take its mark away"),
    Key("panel", "c", "compare", "Compare", "show the marked runs, two to six, beside each other"),
    Key("panel", "r", "rename", "Rename", "give the run another name"),
    Key("panel", "t", "tags", "Tags", "change the run's tags"),
    Key("panel", "n", "note", "Note", "write a note about the run"),
    Key("panel", "d", "trash", "Trash", "move the run to the trash folder, after asking"),
    Key("panel", "delete", "trash", "Trash", "the same"),
    Key("panel", "escape", "clear_filter", "Clear filter", "clear and close the filter"),
    Key("home", "slash", "filter", "Filter", "find runs: words, T<=100, test<1, state:failed, tag:paper, -word"),
    Key("home", "o", "sort", "Order", "sort the runs by age, name, state, T, test loss"),
    Key("home", "tab", "other_list", "Lists", "go to the other list"),
    Key("home", "question_mark", "help", "Help", "this page"),
    Key("home", "q", "quit", "Quit", "leave; running runs go on"),
    Key("run", "space", "pause", "Pause/continue", "let the trainer pause (with a checkpoint), or go on"),
    Key("run", "s", "stop", "Stop", "end the run with a checkpoint, after asking; sdd resume goes on from it"),
    Key("run", "x", "log_x", "Log steps", "show the steps on a log axis, or on a linear one"),
    Key("run", "escape", "back", "Back", "back to presets and runs; the run goes on"),
    Key("run", "question_mark", "help", "Help", "this page"),
    Key("run", "q", "quit", "Quit", "leave; the run goes on"),
    Key("choice", "space", "next(1)", "Next value", "on a setting with few values, the next one"),
    Key("choice", "right", "next(1)", "Next value", "the same"),
    Key("choice", "left", "next(-1)", "Previous value", "on a setting with few values, the one before"),
    Key("form", "ctrl+s", "start", "Start", "start the run"),
    Key("form", "down", "field(1)", "Next", "to the next setting, as Tab and Enter do"),
    Key("form", "up", "field(-1)", "Previous", "to the setting before"),
    Key("form", "escape", "leave", "Leave", "leave without starting; asks when something was changed"),
)


PARTS = {"home": ("presets", "runs", "panel", "home"), "run": ("run",), "form": ("choice", "form")}
"""A screen and the lists on it, whose keys its help shows. Enter belongs to the lists: as a key of the screen it would
overtake the arrow keys typed before it."""


KEY_NAMES = {
    "question_mark": "?",
    "slash": "/",
    "escape": "Esc",
    "space": "Space",
    "enter": "Enter",
    "tab": "Tab",
    "delete": "Delete",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "ctrl+s": "Ctrl-S",
}
"""Keys as people call them."""


def bindings(screen: str) -> list[BindingType]:
    """The bindings of a screen or of a list."""
    return [Binding(k.key, k.action, k.label) for k in KEYS if k.screen == screen]


def help_lines(screen: str) -> list[tuple[str, str]]:
    """(key, what it does) of a screen, as a person reads them."""
    return [(KEY_NAMES.get(k.key, k.key), k.help) for k in KEYS if k.screen in PARTS[screen]]
