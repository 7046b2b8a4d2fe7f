"""A terminal for tests and benchmarks: runs a command on a real pty, shows what it writes as a terminal would, and
answers when asked for its cursor. On a slow link bytes are shown at a rate, as behind SSH: they queue up.

Invariant: a question is answered only when everything before it has been shown.
"""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from unicodedata import combining, east_asian_width

from tests.waiting import PATIENCE_S

APP = (sys.executable, "-m", "sdd_tui.tui.command")

TOKEN = re.compile(
    r"\x1b\[(?P<values>[0-9;:<=>?!]*)[ -/]*(?P<final>[@-~])"
    r"|\x1b(?P<words>[\]PX^_].*?(?:\x07|\x1b\\))|\x1b[ -/]*[0-Z\\^-~]|(?P<text>[^\x00-\x1f\x7f]+)|(?P<control>[\s\S])",
    re.DOTALL,
)
"""A control sequence, a string for the terminal itself (title, clipboard), text, or one control character."""

FENCE, PASSED = "\x1b[24~", "777;passed"
"""What `fence` types (F12), and what the app then says to the terminal."""

FENCED = """
import asyncio
from textual.events import Key
from textual.pilot import Pilot
from sdd_tui.tui import pace
from sdd_tui.tui.app import SddApp
from sdd_tui.tui.command import main
from tests.tui.driving import looked
pace.PATIENCE_S = pace.SLOW_S = 1e9
handle, tasks = SddApp.on_event, []
async def passed(app):
    await looked(Pilot(app))
    app._driver.write("\\x1b]PASSED\\x07")
async def on_event(app, event):
    if isinstance(event, Key) and event.key == "f12":
        tasks.append(asyncio.create_task(passed(app)))
    else:
        await handle(app, event)
SddApp.on_event = on_event
main()
""".replace("PASSED", PASSED)

FENCED_APP = (sys.executable, "-c", FENCED)
"""The app, which also says when it has done and shown all that it was told before, and takes no link for slow."""

PIECE = 512
"""Bytes shown at once on a slow link."""


class Shown:
    """What stands on the screen."""

    def __init__(self, columns: int, rows: int) -> None:
        self.x = self.y = 0
        self.questions = 0
        """How often the cursor was asked for: once a frame."""
        self.strings: list[str] = []
        """Strings for the terminal itself: titles, clipboard and the like."""
        self._rest = ""
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self.cells: list[list[str]] = []
        self.resize(columns, rows)

    def resize(self, columns: int, rows: int) -> None:
        """Another size; what has room stays."""
        self.columns, self.rows = columns, rows
        self.cells = [row[:columns] + [" "] * (columns - len(row)) for row in self.cells[:rows]]
        self.cells += [[" "] * columns for _ in range(rows - len(self.cells))]

    @property
    def lines(self) -> list[str]:
        """The screen, line by line; the second cell of a wide character is empty."""
        return ["".join(row) for row in self.cells]

    def feed(self, data: bytes) -> list[str]:
        """Show bytes; the answers to what they ask."""
        text = self._rest + self._decode(data)
        self._rest, answers, at = "", [], 0
        while at < len(text):
            if text[at] == "\x1b" and len(text) - at < 64 and not self._whole(text[at:]):
                self._rest = text[at:]  # the end of it comes with the next bytes
                break
            match = TOKEN.match(text, at)
            assert match is not None
            at = match.end()
            if match["text"]:
                self._put(match["text"])
            elif match["final"]:
                answers += self._obey(match["values"], match["final"])
            elif match["words"]:
                self.strings.append(match["words"])
            elif match["control"]:
                self._move(match["control"])
        return answers

    @staticmethod
    def _whole(text: str) -> bool:
        match = TOKEN.match(text)
        return match is not None and not match["control"]

    def _put(self, text: str) -> None:
        if not 0 <= self.y < self.rows:
            return
        row = self.cells[self.y]
        if text.isascii() or not any(c > "ˮ" and (combining(c) or east_asian_width(c) in "WF") for c in text):
            end = min(self.columns, self.x + len(text))
            row[self.x : end] = text[: end - self.x]
            self.x = end
            return
        for c in text:
            wide = 2 if east_asian_width(c) in "WF" else 0 if combining(c) else 1
            if wide == 0 and self.x:
                row[self.x - 1] += c
            elif self.x + wide <= self.columns:
                row[self.x : self.x + wide] = [c, ""][:wide]
                self.x += wide

    def _move(self, control: str) -> None:
        if control == "\r":
            self.x = 0
        elif control == "\n":
            self.y = min(self.rows - 1, self.y + 1)
        elif control == "\b":
            self.x = max(0, self.x - 1)

    def _obey(self, values: str, final: str) -> list[str]:
        numbers = [int(v) if v.isdigit() else 0 for v in values.split(";")]
        if final in "Hf":
            down, across = (*numbers, 1)[:2]
            self.y, self.x = max(1, down) - 1, max(1, across) - 1
        elif final == "J" and numbers[0] == 2:
            self.cells = [[" "] * self.columns for _ in range(self.rows)]
        elif final == "n" and values == "6":
            self.questions += 1
            return [f"\x1b[{self.y + 1};{self.x + 1}R"]
        return []


class Terminal:
    """A command on a pty of its own. Used with `with`: at the end the command is gone."""

    def __init__(
        self,
        command: Sequence[str],
        columns: int = 120,
        rows: int = 40,
        env: Mapping[str, str] | None = None,
        rate: float | None = None,
        controlling: bool = True,
    ) -> None:
        """`rate`: bytes a second that are shown, all at once for None; `controlling`: closing it sends SIGHUP."""
        self.shown = Shown(columns, rows)
        self.written = bytearray()
        """Every byte shown so far."""
        self.rate = rate
        self._waiting: deque[tuple[float, bytes]] = deque()
        """What is on the link, and when each piece has come through."""
        self._free_at = 0.0
        self.master, slave = pty.openpty()
        self._size(slave, columns, rows)
        words = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES", "NO_COLOR")}
        words |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"} | dict(env or {})

        def own_terminal() -> None:
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            list(command), stdin=slave, stdout=slave, stderr=slave, env=words, start_new_session=True,
            preexec_fn=own_terminal if controlling else None,
        )  # fmt: skip
        os.close(slave)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.hang_up()

    def hang_up(self) -> None:
        """Close the terminal's side."""
        if self.master >= 0:
            os.close(self.master)
            self.master = -1

    @property
    def text(self) -> str:
        """Everything on the screen."""
        return "\n".join(self.shown.lines)

    @property
    def frames(self) -> int:
        """Heavy frames so far."""
        return self.shown.questions

    def command(self, name: str) -> None:
        """Find something in the app's palette by its name, and do it."""

        def found(text: str) -> bool:
            lines = [line.strip() for line in text.splitlines() if line.strip()]
            typed = next((i for i, line in enumerate(lines[:-1]) if line.endswith(name)), -1)
            return typed >= 0 and lines[typed + 1].startswith(name)

        self.send("\x10")
        self.until(lambda text: "Search for commands" in text)
        self.send(name)
        self.until(found)
        self.send("\r")

    def send(self, keys: str) -> None:
        """Type."""
        os.write(self.master, keys.encode())

    def resize(self, columns: int, rows: int) -> None:
        """Give the window another size."""
        self.shown.resize(columns, rows)
        self._size(self.master, columns, rows)
        self.process.send_signal(signal.SIGWINCH)

    def look(self, seconds: float = 0.0) -> None:
        """Show what comes, for so long."""
        until = time.perf_counter() + seconds
        while True:
            self._pump(max(0.0, until - time.perf_counter()))
            if time.perf_counter() >= until:
                return

    def until(self, holds: Callable[[str], object], seconds: float = PATIENCE_S) -> float:
        """Show what comes until something holds of the screen's text; when that was."""
        give_up = time.perf_counter() + seconds
        while not holds(self.text):
            if time.perf_counter() > give_up:
                raise AssertionError(f"waited {seconds} s for {holds}:\n{self.text}")
            self._pump(0.02)
        return time.perf_counter()

    def turn(self, count: int) -> None:
        """Show what comes until the command has waited for something so often anew: on a busy machine that takes as
        much longer as all that the command does."""
        began = turns(self.process.pid)
        self.until(lambda _: turns(self.process.pid) >= began + count or self.process.poll() is not None)

    def fence(self) -> None:
        """Show what comes until FENCED_APP has done and shown all that it was told before, and looked at the disk."""
        passed = len([words for words in self.shown.strings if PASSED in words])
        self.send(FENCE)
        self.until(lambda _: len([words for words in self.shown.strings if PASSED in words]) > passed)

    def settled(self) -> list[str]:
        """Show what comes until it is the same twice; the lines that then stand."""
        before, now = [""], self.shown.lines
        while now != before:
            self.fence()
            before, now = now, self.shown.lines
        return now

    def ended(self) -> int:
        """Show everything until the command is gone; its exit code."""
        self.until(lambda _: self.process.poll() is not None)
        shown = -1
        while shown != len(self.written):  # what it wrote last, a few kilobytes at once
            shown = len(self.written)
            self.look()
        return self.process.returncode

    def _pump(self, seconds: float) -> None:
        """Read once, and show what the link lets through."""
        wait = min(seconds, max(0.0, self._waiting[0][0] - time.perf_counter())) if self._waiting else seconds
        if select.select([self.master], [], [], wait)[0]:
            try:
                data = os.read(self.master, 1 << 16)
            except OSError:  # the command is gone
                time.sleep(min(seconds, 0.01))
                data = b""
            if self.rate is None:
                self._show(data)
            else:
                self._send(data, self.rate)
        while self._waiting and self._waiting[0][0] <= time.perf_counter():
            self._show(self._waiting.popleft()[1])

    def _send(self, data: bytes, rate: float) -> None:
        """Put bytes on the link: one after another, none faster than the rate, also after a rest."""
        for i in range(0, len(data), PIECE):
            piece = data[i : i + PIECE]
            self._free_at = max(self._free_at, time.perf_counter()) + len(piece) / rate
            self._waiting.append((self._free_at, piece))

    def _show(self, data: bytes) -> None:
        self.written += data
        for answer in self.shown.feed(data):
            os.write(self.master, answer.encode())

    @staticmethod
    def _size(fd: int, columns: int, rows: int) -> None:
        fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def turns(pid: int) -> int:
    """How often a process has gone to sleep until something happens: a tick, a key, an answer."""
    return int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", Path(f"/proc/{pid}/status").read_text("utf-8"), re.M)[1])  # type: ignore[index]


def cpu_s(pid: int) -> float:
    """CPU seconds a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mb(pid: int) -> float:
    """Resident memory of a process."""
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
