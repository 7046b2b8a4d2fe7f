"""Ctrl-C, a scheduler's SIGTERM and a hang-up, noted and obeyed between steps: a step is never half done.

A second signal ends the process at once, without a checkpoint: not by an exception, which could strand a thread at its
team's barrier. Signals that are ignored (nohup, a shell's background jobs) stay ignored. In a process that is somebody
else's (a notebook's kernel) Ctrl-C alone is noted, and nothing ends the process.
"""

from __future__ import annotations

import os
import signal
import threading
from types import FrameType, TracebackType
from typing import Any

from sdd_tui.errors import ExitCode

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interruption:
    """While entered, `wanted` turns True at the first signal."""

    wanted = False

    def __init__(self, hosted: bool = False) -> None:
        """`hosted`: the process is somebody else's."""
        self._hosted = hosted

    def __enter__(self) -> Interruption:
        self._before: dict[int, Any] = {}
        if threading.current_thread() is threading.main_thread():
            for number in (n for n in self._numbers() if signal.getsignal(n) is not signal.SIG_IGN):
                self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)

    def _numbers(self) -> tuple[signal.Signals, ...]:
        return (signal.SIGINT,) if self._hosted else SIGNALS

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self.wanted and not self._hosted:
            os._exit(ExitCode.INTERRUPTED)
        self.wanted = True
