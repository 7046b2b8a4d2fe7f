"""The guided tour and the playground."""

from __future__ import annotations

from dataclasses import replace

from sdd_tui.tui.key_table.key import APP, AROUND, DIGITS, FILL, FOCUS, HELP, Key, in_group, row

TOUR_KEYS = (
    *in_group(
        "tour",
        "The tour",
        Key("enter,right,l", "next", "Next sentence", "after the last one the next model; while it plays, to the end",
            "Next"),
        Key("left,h", "before", "Sentence before", "or the last one of the model before", "Before"),
        Key("space", "play", "Play or pause", "up to what is spoken of; there, from the beginning", "Play"),
        *row(
            "the next model, or the one before; after the last one, the whole curve",
            Key("pagedown", "station(1)", "Next model", footer="Next model"),
            Key("pageup", "station(-1)", "Model before"),
        ),
    ),
    *in_group("tour", AROUND, *DIGITS, *FOCUS, replace(FILL, footer="")),
    *in_group(
        "tour",
        APP,
        Key("escape", "back", "Back", "leave; the tour goes on here the next time", "Leave"),
        HELP,
        Key("q", "quit", "Quit", "leave the app", "Quit"),
    ),
)  # fmt: skip

PLAYGROUND_KEYS = (
    *in_group(
        "playground",
        "Dials",
        *row(
            "turn the dial down or up, and train anew at once",
            Key("left,h", "turn(-1)", "Turn the dial down"),
            Key("right,l", "turn(1)", "Turn the dial up", footer="Turn"),
        ),
        *row(
            "the dial before, or the next one",
            Key("up,k", "choose(-1)", "Dial before"),
            Key("down,j", "choose(1)", "Next dial", footer="Dial"),
        ),
        Key("enter", "keep", "Keep as a run", "start an ordinary run with these settings, and open it", "Keep"),
    ),
    *in_group(
        "playground",
        APP,
        Key("escape", "back", "Back", "nothing is kept", "Back"),
        HELP,
        Key("q", "quit", "Quit", "leave the app", "Quit"),
    ),
)
