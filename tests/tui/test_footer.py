"""The footer shows whole entries only, and always the way out and the help."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from textual.command import CommandPalette
from textual.pilot import Pilot

from sdd_tui.run.layout import ACTIVE, STATUS, read_json, replace_json
from sdd_tui.run.liveness import me
from sdd_tui.tui.app import SddApp
from sdd_tui.tui.keys import KEYS
from sdd_tui.tui.keys import shown as as_read
from sdd_tui.tui.screens.help import HelpScreen
from sdd_tui.tui.widgets.footer import FooterEntry, shown
from tests.tui.driving import driven, run_screen, text_of, until

PALETTE = FooterEntry("ctrl+p", "Ctrl+P", "Commands", "command_palette", palette=True)


def entries(*screens: str) -> list[FooterEntry]:
    """The footer of some screens' keys."""
    keys = {entry.action: entry for entry in reversed(KEYS) if entry.screen in screens and entry.footer}
    inside = [entry for entry in KEYS if keys.get(entry.action) is entry]
    return [*(FooterEntry(k.keys[0], as_read(k.keys[0]), k.footer, k.action) for k in inside), PALETTE]


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


STATES = {
    "running": "Space Play  p Pause run  s Stop  b Branch  f Fill  Esc Back  ? Help  q Quit",
    "paused": "Space Play  p Go on  . Step  s Stop  b Branch  Esc Back  ? Help  q Quit",
    "stopped": "Space Play  p Resume  b Branch  e Again  f Fill  Esc Back  ? Help  q Quit",
    "finished": "Space Play  b Branch  e Again  f Fill  Esc Back  ? Help  q Quit",
}
"""State of a run -> what its footer says at 80 columns."""


@pytest.mark.parametrize("state", STATES)
async def test_the_footer_of_a_run_says_what_applies_in_its_state(runs: Path, recorded: Path, state: str) -> None:
    replace_json(recorded / STATUS, read_json(recorded / STATUS) | {"state": "finished"})
    async with driven(SddApp(runs, recorded), (80, 24)) as pilot:
        status = read_json(recorded / STATUS) | ({"state": state} | (me() if state in ACTIVE else {}))
        replace_json(recorded / STATUS, status)
        await until(pilot, lambda: run_screen(pilot).view.state == state)
        await until(pilot, lambda: footer_of(pilot) == sorted(STATES[state].split("  ")))


async def test_the_footer_of_a_run_says_pause_while_it_plays_and_view_where_there_is_another(
    runs: Path, recorded: Path
) -> None:
    async with driven(SddApp(runs, recorded)) as pilot:
        assert "Space Play" in footer_of(pilot) and "v View" not in footer_of(pilot)
        await pilot.press("g", "4", "space")
        await until(pilot, lambda: {"Space Pause", "v View"} <= set(footer_of(pilot)))
        await pilot.press("space")
        await until(pilot, lambda: "Space Play" in footer_of(pilot))


def footer_of(pilot: Pilot[None]) -> list[str]:
    """The entries of the last line."""
    return sorted(re.split(r"\s{2,}▏?\s*", text_of(pilot).splitlines()[-1].strip()))


def test_the_palette_is_shown_only_beside_everything_else() -> None:
    among = entries("compare", "time")
    assert "command_palette" in words(shown(among, 120), among)
    among = entries("panel", "runs", "home")
    assert "command_palette" not in words(shown(among, 120), among)


def test_on_a_narrow_screen_what_can_be_done_without_goes_first() -> None:
    among = entries("time", "run")
    chosen = words(shown(among, 60), among)
    assert {"play", "pause", "back", "help", "quit"} <= set(chosen) and "branch" not in chosen


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
            await until(pilot, lambda: ("e Again" in text_of(pilot).splitlines()[-1]) == (width == 60))

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
