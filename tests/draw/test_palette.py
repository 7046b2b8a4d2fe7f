"""Colours can be read on the grounds they stand on."""

from __future__ import annotations

import pytest
from rich.color import Color, ColorSystem
from textual.theme import Theme

from sdd_tui.draw.palette import CYCLE, DARK, LIGHT, SHADES, colour
from sdd_tui.draw.plane import steps_of
from sdd_tui.tui.theme import THEMES

FAINT = ("axis", "outline", "under", "train-raw", "test-raw", "lr-raw", "feature-faint", "hidden-faint")
"""Colours of marks and lines, never of words."""

GROUNDS = ("heat0", "ink")
"""Colours that others stand on, or that stand on those of heat maps."""


def luminance(colour: str) -> float:
    """WCAG's relative luminance of #rrggbb."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(share * c for share, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    """WCAG's contrast, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_words_have_a_contrast_of_4_5_and_marks_of_3(theme: Theme) -> None:
    table = DARK if theme.dark else LIGHT
    words = {name: colour for name, colour in table.items() if name not in (*FAINT, *GROUNDS)}
    words |= {f"cycle {i}": colour for i, colour in enumerate(CYCLE[theme.dark])}
    marks = {name: table[name] for name in FAINT} | {f"shade {i}": c for i, c in enumerate(SHADES[theme.dark])}
    for ground in (str(theme.background), str(theme.surface)):
        for needed, colours in ((4.5, words), (3.0, marks)):
            poor = {name: contrast(c, ground) for name, c in colours.items() if contrast(c, ground) < needed}
            assert poor == {}, ground


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
@pytest.mark.parametrize("hue", ["feature", "hidden"])
def test_the_steps_of_a_hue_stand_out_more_and_more_and_stay_apart_on_16_colours(theme: Theme, hue: str) -> None:
    steps = [colour(name, theme.dark) or "" for name in steps_of(hue)]
    ground = [contrast(step, str(theme.background)) for step in steps]
    assert ground == sorted(ground) and ground[2] > 1.5 * ground[1] > 1.5 * 1.3 * ground[0]
    assert len({Color.parse(step).downgrade(ColorSystem.STANDARD).number for step in steps}) == 3
