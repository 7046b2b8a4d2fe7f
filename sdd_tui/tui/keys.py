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
    Key("runs", "enter", "select_cursor", "Open", "on a run, open it"),
    Key("home", "tab", "other_list", "Presets/runs", "go to the other list"),
    Key("home", "question_mark", "help", "Help", "this page"),
    Key("home", "q", "quit", "Quit", "leave; running runs go on"),
    Key("run", "space", "pause", "Pause/continue", "let the trainer pause (with a checkpoint), or go on"),
    Key("run", "s", "stop", "Stop", "end the run with a checkpoint, after asking; sdd resume goes on from it"),
    Key("run", "x", "log_x", "Log steps", "show the steps on a log axis, or on a linear one"),
    Key("run", "escape", "back", "Back", "back to presets and runs; the run goes on"),
    Key("run", "question_mark", "help", "Help", "this page"),
    Key("run", "q", "quit", "Quit", "leave; the run goes on"),
)


PARTS = {"home": ("presets", "runs", "home"), "run": ("run",)}
"""A screen and the lists on it, whose keys its help shows. Enter belongs to the lists: as a key of the screen it would
overtake the arrow keys typed before it."""


def bindings(screen: str) -> list[BindingType]:
    """The bindings of a screen or of a list."""
    return [Binding(k.key, k.action, k.label) for k in KEYS if k.screen == screen]


def help_lines(screen: str) -> list[tuple[str, str]]:
    """(key, what it does) of a screen, as a person reads them."""
    names = {"question_mark": "?", "escape": "Esc", "space": "Space", "enter": "Enter", "tab": "Tab"}
    return [(names.get(k.key, k.key), k.help) for k in KEYS if k.screen in PARTS[screen]]
