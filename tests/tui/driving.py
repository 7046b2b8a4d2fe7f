"""Driving the app in tests."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from textual.pilot import Pilot

from sdd_tui.tui.app import SddApp
from sdd_tui.tui.screens.run import RunScreen

PATIENCE_S = 60


@asynccontextmanager
async def driven(app: SddApp, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Pilot[None]]:
    """The app, drawn once."""
    async with app.run_test(size=size) as pilot:
        await pilot.pause(0.1)
        yield pilot


async def until(pilot: Pilot[None], holds: Callable[[], object]) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, holds
        await pilot.pause(0.05)


def run_screen(pilot: Pilot[None]) -> RunScreen:
    """The run screen that is shown."""
    screen = pilot.app.screen
    assert isinstance(screen, RunScreen)
    return screen


def text_of(pilot: Pilot[None]) -> str:
    """Everything on the screen."""
    strips = pilot.app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)
