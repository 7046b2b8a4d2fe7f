"""On hang-up the app leaves at once: with SIGHUP ignored (nohup, some multiplexers) Textual would go on reading a dead
terminal at full speed. The runs are processes of their own and go on."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import termios
import threading
import time
from collections.abc import Callable
from types import FrameType

from sdd_tui.tui.textual_workarounds import TerminalApp

LOOK_S = 0.5
"""Seconds between two looks at the terminal."""

GIVE_BACK_S = 1.0
"""Seconds that giving the terminal back may take: never more than a moment, or never done, where nobody reads it."""


def leave_on_hangup(app: TerminalApp, remember: Callable[[], None]) -> None:
    """Watch the terminal of a running app; nothing to do where there is none, as in tests. `remember` is called before
    it leaves."""
    if app.is_headless:
        return

    loop = asyncio.get_running_loop()

    def leave(code: int = 0, back: bool = False) -> None:
        try:
            remember()
            if back and app.terminal is not None:
                app.terminal.suspend_application_mode()
        finally:
            os._exit(code)  # a tidy exit would write to a terminal that is gone, or that takes its time

    def watch() -> None:
        while True:
            time.sleep(LOOK_S)
            if not _is_there():
                leave()

    def hung_up(number: int, frame: FrameType | None) -> None:
        if _is_there():  # the signal is somebody's own, and the terminal is to be given back
            threading.Timer(GIVE_BACK_S, os._exit, (128 + number,)).start()
            loop.call_soon_threadsafe(leave, 128 + number, True)
        else:
            leave()

    signal.signal(signal.SIGHUP, hung_up)
    # a thread: the app itself may be waiting for room to write to a terminal that nobody reads any more
    threading.Thread(target=watch, daemon=True, name="hang-up").start()


def _is_there() -> bool:
    """Whether there is still a terminal."""
    try:
        termios.tcgetattr(sys.__stdin__ or 0)
    except (termios.error, OSError, ValueError):
        return False
    return True
