"""The footer shows whole entries only, and always the way out and the help."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from textual.command import CommandPalette

from sdd_tui.tui.app import SddApp
from sdd_tui.tui.keys import KEYS
from sdd_tui.tui.keys import shown as as_read
from sdd_tui.tui.screens.help import HelpScreen
from sdd_tui.tui.widgets.footer import FooterEntry, shown
from tests.tui.driving import driven, text_of, until

PALETTE = FooterEntry("ctrl+p", "Ctrl+P", "Commands", "command_palette", palette=True)


def entries(*screens: str) -> list[FooterEntry]:
    """The footer of some screens' keys."""
    keys = {key.action: key for key in reversed(KEYS) if key.screen in screens and key.footer}
    inside = [key for key in KEYS if keys.get(key.action) is key]
    return [*(FooterEntry(k.key, as_read(k.key), k.label, k.action) for k in inside), PALETTE]


def words(chosen: list[int], among: list[FooterEntry]) -> list[str]:
    return [among[i].action for i in chosen]


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize(
    "screens", [("time", "run"), ("compare", "time"), ("sweep",), ("experiments", "home"), ("panel", "runs", "home")]
)
def test_what_is_shown_fits_and_holds_the_way_out_and_the_help(screens: tuple[str, ...], width: int) -> None:
    among = entries(*screens)
    chosen = shown(among, width)
    assert sum(among[i].width for i in chosen) <= width
    assert {"help", "quit"} <= set(words(chosen, among))
    assert any(among[i].key == "escape" for i in chosen) or "home" in screens
    assert chosen == sorted(chosen)


def test_at_80_columns_a_run_shows_every_key_but_the_palette() -> None:
    among = entries("time", "run")
    assert words(shown(among, 80), among) == [e.action for e in among[:-1]]


def test_the_palette_is_shown_only_beside_everything_else() -> None:
    among = entries("compare", "time")
    assert "command_palette" in words(shown(among, 120), among)
    among = entries("panel", "runs", "home")
    assert "command_palette" not in words(shown(among, 120), among)


def test_on_a_narrow_screen_what_can_be_done_without_goes_first() -> None:
    among = entries("time", "run")
    chosen = words(shown(among, 60), among)
    assert {"pause", "stop", "back", "help", "quit"} <= set(chosen) and "branch" not in chosen


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_last_line_of_a_run_has_no_entry_cut(runs: Path, recorded: Path, width: int) -> None:
    async def scenario() -> None:
        async with driven(SddApp(runs, recorded), (width, 24)) as pilot:
            await until(pilot, lambda: text_of(pilot).splitlines()[-1].strip())
            line = text_of(pilot).splitlines()[-1]
            for entry in ("Esc Back", "? Help", "q Quit"):
                assert entry in line
            assert ("Ctrl+P Commands" in line) == (width == 120)
            await pilot.resize_terminal(60 if width > 60 else 120, 24)
            await until(pilot, lambda: ("b Branch" in text_of(pilot).splitlines()[-1]) == (width == 60))

    asyncio.run(scenario())


@pytest.mark.parametrize("width", [60, 120])
async def test_a_click_on_an_entry_presses_its_key(runs: Path, recorded: Path, width: int) -> None:
    async with driven(SddApp(runs, recorded), (width, 24)) as pilot:
        at = text_of(pilot).splitlines()[-1].index("? Help")
        await pilot.click(offset=(at + 3, 23))
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))


async def test_a_click_on_the_palettes_entry_opens_it(runs: Path, recorded: Path) -> None:
    async with driven(SddApp(runs, recorded), (120, 24)) as pilot:
        await pilot.click(offset=(text_of(pilot).splitlines()[-1].index("Ctrl+P"), 23))
        await until(pilot, lambda: isinstance(pilot.app.screen, CommandPalette))
