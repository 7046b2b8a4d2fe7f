"""An action and its keys, how they are put below headings and into rows, and those that several screens have."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sdd_tui.panels.catalogue import PANELS


@dataclass(frozen=True)
class Key:
    """An action of a screen, or of a list on it."""

    key: str
    """Its key, or several with commas between them; empty for what only the palette has."""
    action: str
    label: str
    """What it does, in words that are clear by themselves: the palette's."""
    help: str = ""
    """A sentence about it."""
    footer: str = ""
    """Its word in the footer; empty for what doesn't stand there."""
    row: str = ""
    """What the help says of it and its neighbours, where several keys share a row."""
    everywhere: bool = False
    """Whether it works in dialogs too, and before anything that has the focus."""
    screen: str = ""
    """The part of the app whose keys it belongs to."""
    group: str = ""
    """The heading in the help that it stands below."""

    @property
    def keys(self) -> list[str]:
        """Its keys; none for what only the palette has."""
        return self.key.split(",") if self.key else []

    @property
    def sentence(self) -> str:
        """What the help says of it, or of all keys in its row."""
        return self.row[:1].upper() + self.row[1:] or ": ".join(filter(None, (self.label, self.help)))


def in_group(screen: str, group: str, *keys: Key) -> tuple[Key, ...]:
    """Keys of a part of the app, below one heading."""
    return tuple(replace(key, screen=screen, group=group) for key in keys)


def row(words: str, *keys: Key) -> tuple[Key, ...]:
    """Keys that share a row of the help: one that goes back and one that goes on."""
    return tuple(replace(key, row=words, help=key.help or words) for key in keys)


def scrolling(words: str, up: str, down: str) -> tuple[Key, ...]:
    """The keys that scroll."""
    keys = Key("left_curly_bracket", up, "Scroll up"), Key("right_curly_bracket", down, "Scroll down")
    return row(words, *keys)


def lines(down: str, up: str, first: str, last: str) -> tuple[Key, ...]:
    """The keys that walk through a list, which has arrows of its own."""
    return (
        *row("a line down or up, as the arrows do", Key("j", down, "A line down"), Key("k", up, "A line up")),
        *row("the first line, or the last", Key("g", first, "First line"), Key("G", last, "Last line")),
    )


TIME, SHOWN, AROUND, TRAINING, APP = (
    "Time",
    "What is shown",
    "Panels",
    "Training: no other key changes it",
    "The app",
)
"""Headings of several screens."""

HELP = Key("question_mark", "help", "Help", "this page", "Help")
AGAIN = "another run; the form has this one's"
FILL = Key("f", "fill", "Fill the screen", "let the panel in focus fill the screen, or put it back", "Fill")
COPY = Key("", "copy", "Copy the panel's numbers", "to the clipboard, over SSH too; long ones to a file")
AXES = Key("", "axes", "Next pair of axes", "of m > 2: which two hidden dimensions the planes show")
PROJECTION = Key("", "projection", "Next projection of m > 2", "two axes, principal components, or a turning view")
FOCUS = row(
    "the next panel, or the one before",
    Key("tab", "next_panel(1)", "Next panel"),
    Key("shift+tab", "next_panel(-1)", "Panel before"),
)
DIGITS = row(
    f"go to a panel: {', '.join(PANELS)}",
    *(
        Key(str(i), f"panel('{name}')", f"Panel {i}: {panel.title}", f"go to the panel {panel.title}")
        for i, (name, panel) in enumerate(list(PANELS.items())[:9], 1)
    ),
)
