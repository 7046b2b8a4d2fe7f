"""What can go wrong, as one tree; each class carries the exit code the command line answers with.

An error is one sentence: what failed, on which value, where it was written, what to do.
Anything may import this module; it imports nothing of ours.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of `sdd` and `sdd-tui`."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    NOT_FOUND = 3
    NO_DEVICE = 4
    BUSY = 5
    DAMAGED = 6
    NO_ROOM = 7
    INTERRUPTED = 130
    READER_GONE = 141
    """As the shell says of a process that SIGPIPE ended."""


class SddError(Exception):
    """Base of every error a user may see; the message is one plain sentence."""

    exit_code = ExitCode.FAILED


class RunFailedError(SddError):
    """Training ended before its last step: the loss became NaN, or the process was lost."""


class DeviceFailedError(SddError):
    """The device ran out of memory or was lost while it computed."""


class DeviceLostError(DeviceFailedError):
    """The device failed in a way after which this process can't use it any more."""


class ConfigError(SddError):
    """A setting, an option or a file of settings that can't be used."""

    exit_code = ExitCode.USAGE


class ArrayError(SddError, ValueError):
    """An array of the wrong shape, or with numbers in it that can't be used."""

    exit_code = ExitCode.USAGE


class NotFoundError(SddError):
    """No such run, preset or file."""

    exit_code = ExitCode.NOT_FOUND


class NoDeviceError(SddError):
    """No such device or engine on this machine."""

    exit_code = ExitCode.NO_DEVICE


class BusyError(SddError):
    """Another trainer holds the run."""

    exit_code = ExitCode.BUSY


class DamagedError(SddError):
    """A file of a run can't be trusted."""

    exit_code = ExitCode.DAMAGED


class NoRoomError(SddError):
    """The place to write to is full or may not be written."""

    exit_code = ExitCode.NO_ROOM


class NotPermittedError(DamagedError):
    """A file or a directory that may not be read: nothing is known of it."""

    exit_code = ExitCode.NO_ROOM


class OutputError(NoRoomError):
    """stdout can't be written."""


class ReaderGoneError(OutputError):
    """stdout is a pipe whose reader has ended (`sdd ls | head`): a reason to end, not to complain."""

    exit_code = ExitCode.READER_GONE


class InterruptedRunError(SddError):
    """The user interrupted training; a checkpoint was written."""

    exit_code = ExitCode.INTERRUPTED


def plain(text: str, limit: int = 80) -> str:
    """Text that isn't ours, made safe to print: control characters become `?`, long text is cut."""
    clean = "".join(c if c.isprintable() else "?" for c in text)
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"


def not_permitted(path: str) -> NotPermittedError:
    """What is said of a file or a directory that is there and may not be read."""
    return NotPermittedError(f"{path}: can't be read (Permission denied). Have its owner let you read it.")
