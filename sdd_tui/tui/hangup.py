"""On hang-up the app leaves at once: with SIGHUP ignored (nohup, some multiplexers) Textual would go on reading a dead
terminal at full speed. The runs are processes of their own and go on."""

from __future__ import annotations

import os
import signal
import sys
import termios
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

from textual.app import App

LOOK_S = 0.5
"""Seconds between two looks at the terminal."""


def leave_on_hangup(app: App[Any], remember: Callable[[], None]) -> None:
    """Watch the terminal of a running app; nothing to do where there is none, as in tests. `remember` is called before
    it leaves."""
    if app.is_headless:
        return

    def leave(number: int, frame: FrameType | None) -> None:
        try:
            remember()
        finally:
            os._exit(0)  # a tidy exit would write to the terminal that is gone

    def watch() -> None:
        while True:
            time.sleep(LOOK_S)
            try:
                termios.tcgetattr(sys.__stdin__ or 0)
            except (termios.error, OSError, ValueError):
                leave(signal.SIGHUP, None)

    signal.signal(signal.SIGHUP, leave)
    # a thread: the app itself may be waiting for room to write to a terminal that nobody reads any more
    threading.Thread(target=watch, daemon=True, name="hang-up").start()
