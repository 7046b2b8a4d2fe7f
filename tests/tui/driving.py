"""Driving the app in tests: nothing here waits for a time, all for something to be so."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

from textual._context import active_app, visible_screen_stack
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import OptionList

from sdd_tui.run.layout import STATUS, read_json
from sdd_tui.tui.app import SddApp
from sdd_tui.tui.commands import available
from sdd_tui.tui.home.panel import RunsPanel
from sdd_tui.tui.screens.panel_screen import PanelScreen
from sdd_tui.tui.screens.run import RunScreen
from sdd_tui.tui.screens.sweep import SweepScreen
from tests.waiting import PATIENCE_S


@asynccontextmanager
async def driven(app: SddApp, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Pilot[None]]:
    """The app, read and drawn; over a run that trains use `run_test` itself: that screen never settles."""
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        yield pilot


async def until(pilot: Pilot[Any], holds: Callable[[], object]) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, holds
        await pilot.pause(0.02)


async def settled(pilot: Pilot[Any]) -> None:
    """Wait until everything asked for has come about: nothing works in the background, and between two equal pictures
    the screen has looked at the disk anew."""
    deadline = time.monotonic() + PATIENCE_S
    before, now = None, picture(pilot)
    while now != before or not all(worker.is_finished for worker in pilot.app.workers):
        assert time.monotonic() < deadline, "the screen goes on changing"
        await looked(pilot)
        before, now = now, picture(pilot)


async def looked(pilot: Pilot[Any]) -> None:
    """Wait until what was asked for before has been done, and the screen has looked at the disk and drawn what is new:
    a terminal has answered by then that it shows what came before."""
    await handled(pilot)
    await until(pilot, lambda: not isinstance(pilot.app, SddApp) or pilot.app.pace.ready)
    look_anew(pilot)
    await handled(pilot)


async def handled(pilot: Pilot[Any]) -> None:
    """Let every widget handle all that waits for it, as often as things are handed on from one to the next: a key goes
    from the widget in focus up to the screen, which then changes others, and is drawn."""
    with pilot.app._context():
        await nothing_to_do()


async def nothing_to_do(min_sleep: float = 0, max_sleep: float = 0) -> None:
    """Wait until the app waits for a thread, a file or a timer other than Textual's own two: that by which a screen is
    drawn, and that by which it gets another size. Textual's `wait_for_idle`, in whose place this stands, waits until
    the process takes little of the processor, which is so too where it gets little."""
    app, loop = active_app.get(), cast(Any, asyncio.get_running_loop())
    drawing = True
    while drawing:
        await asyncio.sleep(0)
        while loop._ready:
            await asyncio.sleep(0)
        if app._resize_timer is not None:
            app._check_resize()
        elif drawing := bool(app._screen_stack) and app.screen._update_timer._active.is_set():
            app.screen._on_timer_update()


async def command(pilot: Pilot[Any], label: str) -> None:
    """Do what the palette offers under a name, without typing it."""
    next(found for found in available(pilot.app.screen) if found.entry.label == label).run()()
    await handled(pilot)


async def find(pilot: Pilot[Any], words: str) -> None:
    """Type into the palette until what is meant is the first that it offers."""
    await pilot.press("ctrl+p")
    await until(pilot, lambda: pilot.app.screen.query_one(OptionList).option_count > 20)
    await pilot.press(*words)
    await until(pilot, lambda: pilot.app.screen.query_one(OptionList).option_count < 5)
    await settled(pilot)


def look_anew(pilot: Pilot[Any]) -> None:
    """Let the screen look at the disk now and not at its next tick."""
    screen = pilot.app.screen
    if isinstance(screen, PanelScreen | SweepScreen):
        screen.follow()
    for panel in screen.query(RunsPanel):
        panel.follow()


def run_screen(pilot: Pilot[None]) -> RunScreen:
    """The run screen that is shown."""
    screen = pilot.app.screen
    assert isinstance(screen, RunScreen)
    return screen


def picture(pilot: Pilot[Any], part: Widget | None = None) -> list[Strip]:
    """Everything on the screen, with its colours; or what stands where a widget is, equal if it looks the same."""
    app = pilot.app
    visible_screen_stack.set(app._background_screens)
    if app.is_headless:
        app.screen.refresh()  # the first that is drawn of it: see conftest.drawn_when_looked_at
    strips = app.screen._compositor.render_strips()  # all that is public is a picture in SVG: App.export_screenshot
    if part is None:
        return strips
    x, y, width, height = part.region
    return [strip.crop(x, x + width).simplify() for strip in strips[y : y + height]]


def text_of(pilot: Pilot[Any], part: Widget | None = None) -> str:
    """The same as text."""
    return "\n".join(strip.text for strip in picture(pilot, part))


async def comes_to(pilot: Pilot[None], run: Path, state: str) -> None:
    """Wait until a run is in a state on disk."""
    await until(pilot, lambda: read_json(run / STATUS)["state"] == state)
