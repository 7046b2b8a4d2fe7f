"""Every action of the app, once: the table drives dispatch, footer, help, command palette and docs/keys.md."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, zip_longest

from textual.binding import Binding, BindingType

from sdd_tui.tui.key_table.compare import COMPARE_KEYS
from sdd_tui.tui.key_table.dialogs import APP_KEYS, DIALOG_KEYS, FORM_KEYS
from sdd_tui.tui.key_table.home import HOME_KEYS
from sdd_tui.tui.key_table.key import Key
from sdd_tui.tui.key_table.run import RUN_KEYS, TIME_KEYS
from sdd_tui.tui.key_table.sweep import SWEEP_KEYS
from sdd_tui.tui.key_table.tour import PLAYGROUND_KEYS, TOUR_KEYS

KEYS: tuple[Key, ...] = (
    *HOME_KEYS,
    *TIME_KEYS,
    *RUN_KEYS,
    *COMPARE_KEYS,
    *TOUR_KEYS,
    *PLAYGROUND_KEYS,
    *SWEEP_KEYS,
    *FORM_KEYS,
    *DIALOG_KEYS,
    *APP_KEYS,
)

PARTS = {
    "home": ("list", "runs", "experiments", "results", "panel", "home", "sweeps", "sweep-form", "app"),
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

WITHOUT_KEY = "Commands without a key (Ctrl+P)"
"""The last heading of the help."""

NAMES = {"question_mark": "?", "escape": "Esc", "space": "Space", "enter": "Enter", "tab": "Tab", "left": "←",
         "right": "→", "up": "↑", "down": "↓", "pageup": "PgUp", "pagedown": "PgDn", "home": "Home", "end": "End",
         "left_square_bracket": "[", "right_square_bracket": "]", "plus": "+", "colon": ":",
         "left_curly_bracket": "{", "right_curly_bracket": "}", "minus": "-", "full_stop": ".",
         "shift+left": "Shift+←", "shift+right": "Shift+→", "shift+up": "Shift+↑", "shift+down": "Shift+↓",
         "shift+tab": "Shift+Tab", "slash": "/", "delete": "Del", "ctrl+p": "Ctrl+P", "ctrl+s": "Ctrl+S",
         "ctrl+z": "Ctrl+Z"}  # fmt: skip


def bindings(*parts: str) -> list[BindingType]:
    """The bindings of screens or lists."""
    return [
        Binding(
            key,
            entry.action,
            entry.footer or entry.label,
            show=bool(entry.footer) and key == entry.keys[0],
            key_display=shown(key),
            priority=entry.everywhere,
            id=entry.screen,
        )
        for entry in KEYS
        if entry.screen in parts
        for key in entry.keys
    ]


def shown(key: str) -> str:
    """A key as a person reads it."""
    return NAMES.get(key, key)


def together(keys: Sequence[Key]) -> str:
    """The keys of a row: those that go back and on side by side, other keys that do the same behind a comma."""
    names = [[shown(key) for key in entry.keys] for entry in keys]
    return ", ".join(_joined([name for name in same if name]) for same in zip_longest(*names, fillvalue=""))


def _joined(names: list[str]) -> str:
    """Side by side, but shorter for the digits and the arrows with Shift."""
    if len(names) > 2:
        return f"{names[0]}-{names[-1]}" if names[0].isdigit() else " ".join([names[0], *(n[-1] for n in names[1:])])
    return " ".join(names)


def commands(screen: str) -> list[Key]:
    """Everything that can be done on a screen, one heading of the help after the other."""
    found = [entry for entry in KEYS if entry.screen in PARTS[screen]]
    headings = list(dict.fromkeys(entry.group for entry in found))
    return sorted(found, key=lambda entry: headings.index(entry.group))


def help_rows(screen: str) -> dict[str, list[tuple[str, str]]]:
    """Heading -> (keys, what they do), a row each; last of all (label, what it does) of what has no key."""
    found = commands(screen)
    rows: dict[str, list[tuple[str, str]]] = {entry.group: [] for entry in found if entry.key}
    for _, same in groupby((entry for entry in found if entry.key), lambda entry: entry.row or entry):
        keys = list(same)
        line = (together(keys), keys[0].sentence)
        if line not in (lines := rows[keys[0].group]):  # two lists are walked through alike
            lines.append(line)
    rows[WITHOUT_KEY] = [(entry.label, entry.help) for entry in found if not entry.key]
    return {heading: lines for heading, lines in rows.items() if lines}
