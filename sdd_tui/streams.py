"""The two streams of a process, and its last words: stdout is data, stderr is words, an error is one sentence.

Invariant: words are never worth a run, so whatever is wrong with stderr (closed, a pipe that nobody reads any more, a
full disk) is swallowed; what is wrong with stdout is an OutputError. Anything that starts a process may import this.
"""

from __future__ import annotations

import io
import os
import select
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, TextIO

from sdd_tui.errors import ExitCode, OutputError, ReaderGoneError, SddError, plain

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class _Words(io.FileIO):
    """stderr; what can't be written is dropped."""

    def write(self, data: ReadableBuffer) -> int:
        size = memoryview(data).nbytes
        with suppress(OSError):
            return super().write(data) or size  # None: it would have to wait
        return size


class _Data(io.FileIO):
    """stdout."""

    def write(self, data: ReadableBuffer) -> int:
        """Raises OutputError, ReaderGoneError."""
        try:
            while (written := super().write(data)) is None:  # another program made the terminal non-blocking
                select.select([], [self], [])
            return written
        except BrokenPipeError:
            raise ReaderGoneError("stdout: nobody reads it any more.") from None
        except OSError as error:
            raise OutputError(f"stdout: can't be written ({os.strerror(error.errno or 0).lower()}).") from None


def open_words() -> None:
    """Have stderr swallow its troubles; one that was replaced (by a test, a notebook) stays."""
    _fill_gaps()
    if sys.stderr is sys.__stderr__:
        sys.stderr = _text(_Words(2, "w", closefd=False), sys.stderr, "backslashreplace", by_line=True)


def open_output() -> None:
    """Have trouble with stdout raise OutputError; a terminal that knows no ∞ shows `?`."""
    _fill_gaps()
    if sys.stdout is sys.__stdout__:
        sys.stdout = _text(_Data(1, "w", closefd=False), sys.stdout, "replace", by_line=os.isatty(1))


def answer(program: str, command: Callable[[], object]) -> None:
    """Run a command line; an error becomes one sentence on stderr and the process's exit code."""
    open_words()
    open_output()
    try:
        try:
            command()
        finally:
            sys.stdout.flush()
    except SddError as error:
        if isinstance(error, OutputError):
            _give_up_output()
        if not isinstance(error, ReaderGoneError):
            sys.stderr.write(f"{program}: {plain(str(error), 1_000)}\n")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(ExitCode.INTERRUPTED)


def _give_up_output() -> None:
    """Let what is left for stdout go nowhere, so that Python's last flush has nothing to complain of."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _fill_gaps() -> None:
    """Open the standard streams that are closed, for reading alone: else a run's files would take their numbers, and
    get what is meant for stderr."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDONLY)  # takes the lowest number that is free


def _text(raw: io.FileIO, before: TextIO | None, errors: str, by_line: bool) -> TextIO:
    """A text stream like the one before, which is None where the stream is closed."""
    encoding = before.encoding if before is not None else "utf-8"
    through = before is not None and getattr(before, "write_through", False)  # python -u
    return io.TextIOWrapper(io.BufferedWriter(raw), encoding, errors, line_buffering=by_line, write_through=through)
