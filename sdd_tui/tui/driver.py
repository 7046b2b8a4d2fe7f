"""The terminal, through Textual's driver: how the app takes it and gives it back, and what comes from it.

Invariant: whatever ends or stops the app gives the terminal back as it was, and nothing a terminal sends ends the app.
"""

from __future__ import annotations

import os
import selectors
import signal
import sys
import termios
from codecs import getincrementaldecoder
from collections.abc import Iterable
from contextlib import suppress

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Key, Resize
from textual.keys import Keys
from textual.message import Message
from textual.messages import InBandWindowResize

ENDING = (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM)
"""Signals that end the app. Textual asks for none of them: the alternate screen and the mouse's reports would stay on,
and the cursor hidden."""

LOOK_S = 0.1
"""Seconds between two looks at whether a lone Escape is a key by now."""


class Parser(XTermParser):
    """Textual's, for any input."""

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[Key]:
        """Keys. A code that is no number or no character (CSI 1:2 u, CSI 1114112 u) ended the thread that reads, and
        the app; half a character (CSI 55296 u) could be typed into a name, and no file can keep it."""
        try:
            keys = list(super()._sequence_to_key_events(sequence, alt))
        except (ValueError, OverflowError):
            return [Key(Keys.Ignore, sequence)]
        return [Key(Keys.Ignore, sequence) if "\ud800" <= (key.character or "") < "\ue000" else key for key in keys]

    def parse_mouse_code(self, code: str) -> Message | None:
        """The mouse speaks of cells: of pixels only where sizes in the input (CSI 48 t) are asked for."""
        self.mouse_pixels = False
        return super().parse_mouse_code(code)


class TerminalDriver(LinuxDriver):
    """Textual's driver, with the manners of a terminal's programs."""

    def start_application_mode(self) -> None:
        """Take the terminal."""
        for number in ENDING:
            self._loop.add_signal_handler(number, self.leave, number)
        self._loop.add_signal_handler(signal.SIGTSTP, self.suspend)
        self._loop.add_signal_handler(signal.SIGCONT, self._continued)
        super().start_application_mode()  # type: ignore[no-untyped-call]

    def leave(self, number: int) -> None:
        """End the app as its own keys do, with the exit code that shells give to a signal; the second time at once, as
        the terminal may take nothing any more."""
        self._loop.remove_signal_handler(number)
        self._app.exit(return_code=128 + number)

    def suspend(self) -> None:
        """Stop, until the shell's `fg`. Textual sends SIGSTOP to its own process alone: a wrapper such as `make` would
        keep the terminal, and where no shell is there to come back to, nothing would wake it."""
        self._let_signals_be()
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)  # the wrapper may have stopped before, and the shell be in front
        self.suspend_application_mode()
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
        os.kill(0, signal.SIGTSTP)  # the whole group stops here; not where the kernel knows of no shell that waits
        self._wait_for_front()
        self._come_back()

    def _continued(self) -> None:
        """Somebody had stopped the app by SIGSTOP, and what has used the terminal since left it otherwise."""
        self._let_signals_be()
        self._wait_for_front()
        self.suspend_application_mode()
        self._come_back()

    def _let_signals_be(self) -> None:
        """A stopped app is woken and ended as any process is: its loop doesn't run."""
        for number in (*ENDING, signal.SIGTSTP, signal.SIGCONT):
            self._loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_DFL)

    def _wait_for_front(self) -> None:
        """Behind another program (`bg`), setting the terminal's modes stops a process until `fg`."""
        with suppress(termios.error):
            termios.tcsetattr(self.fileno, termios.TCSANOW, termios.tcgetattr(self.fileno))

    def _come_back(self) -> None:
        self.resume_application_mode()
        self._app.call_later(self._app.refresh, layout=True)

    def _run_input_thread(self) -> None:
        """Textual's reports what goes wrong here without an exit code."""
        try:
            self.run_input_thread()
        except Exception as error:  # noqa: BLE001  # whatever it is, the app ends with it
            self._loop.call_soon_threadsafe(self._app._handle_exception, error)

    def run_input_thread(self) -> None:
        """Wait for input. Textual's ends the app at a byte that is no UTF-8 (here it becomes `�`, and text is in the
        locale's encoding), and reads on and on at the end of input, when the terminal is gone."""
        encoding = getattr(sys.__stdin__, "encoding", None) or "utf-8"
        decode = getincrementaldecoder(encoding)("replace").decode
        parser = Parser(self._debug)
        with selectors.DefaultSelector() as selector, os.fdopen(self._own_input(), "rb", buffering=0) as terminal:
            selector.register(terminal, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                text = ""
                if selector.select(LOOK_S):
                    try:
                        data = terminal.read(4096)
                    except OSError:
                        return
                    if data == b"":
                        return
                    text = decode(data or b"")
                for message in (*(parser.feed(text) if text else ()), *parser.tick()):
                    self.process_message(message)

    def _own_input(self) -> int:
        """The terminal once more, where a read comes back with nothing. What is there to be read may go to the shell:
        a stop comes between seeing and reading it, and the read would wait after `fg`, and the app for it."""
        try:
            return os.open(os.ttyname(self.fileno), os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
        except OSError:  # somebody else's terminal, after `su`
            return os.dup(self.fileno)

    def process_message(self, message: Message) -> None:
        """Pass it on, but no size: in the input can stand 99,999 × 99,999 cells, and the kernel tells the true one."""
        if not isinstance(message, InBandWindowResize | Resize):
            super().process_message(message)

    def _query_in_band_window_resize(self) -> None:
        """Not asked for."""
