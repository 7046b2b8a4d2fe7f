"""How files of ours are opened, replaced and synced.

Invariant: nothing is written, cut or made through a link; nothing waits for a pipe or a device; a replaced file is on
the disk, whole, before the old one goes. Raises OSError alone; imports nothing of ours.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import stat
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

LARGEST = 1 << 20
"""Bytes of a file that is read as a whole; status files and the like have a few thousand."""

REMAINS = re.compile(r"\.(.+\.)?new")
"""What a kill leaves of a file that was being replaced."""

REPLACING = re.compile(r"\.(.+)\.[0-9a-f]{8}\.new")
"""What `replace` writes to, of a file of that name."""

OLD_S = 3_600.0
"""Seconds after which a file that was being replaced is a kill's: who still writes to one changes its time."""

NO_SYNC = {errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EBADF, errno.EROFS}
"""What file systems say that can't sync, or not directories."""

NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}
"""What file systems say that have no second names for a file."""


def open_read(path: Path) -> BinaryIO:
    """A regular file for reading."""
    return _opened(path, os.O_RDONLY, "rb")


def open_append(path: Path) -> BinaryIO:
    """A regular file for adding to its end, made if it is missing."""
    return _opened(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, "ab")


def open_update(path: Path, make: bool = False) -> BinaryIO:
    """A regular file for reading and for writing in place; `make` makes it if it is missing."""
    return _opened(path, os.O_RDWR | os.O_NOFOLLOW | (os.O_CREAT if make else 0), "r+b")


def open_lock(path: Path) -> int:
    """Descriptor of a regular file that is locked, made if it is missing."""
    with open_update(path, make=True) as file:
        return os.dup(file.fileno())


def _opened(path: Path, flags: int, mode: str) -> BinaryIO:
    try:
        fd = os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC, 0o666)  # a pipe's other end isn't waited for
    except OSError as error:
        if error.errno == errno.ELOOP and path.is_symlink():
            raise OSError(errno.ELOOP, "It is a link", str(path)) from None
        if error.errno == errno.ENXIO:  # a pipe that nobody reads, a socket
            raise OSError(errno.ENXIO, "Not a regular file", str(path)) from None
        raise
    try:
        kind = os.fstat(fd).st_mode
        if stat.S_ISDIR(kind):
            raise OSError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(kind):
            raise OSError(errno.ENXIO, "Not a regular file", str(path))
    except OSError:
        os.close(fd)
        raise
    return os.fdopen(fd, mode)  # type: ignore[return-value]


def read(path: Path, most: int = LARGEST) -> bytes:
    """A whole regular file, of at most so many bytes."""
    with open_read(path) as file:
        raw = file.read(most + 1)
    if len(raw) > most:
        raise OSError(errno.EFBIG, f"Larger than {most:,} bytes", str(path))
    return raw


def tail(path: Path, most: int = 64_000) -> str:
    """The end of a log."""
    with open_read(path) as file:
        file.seek(max(0, os.fstat(file.fileno()).st_size - most))
        return file.read(most).decode(errors="replace")


def replace(path: Path, content: bytes, lasting: bool = True, over: bool = True) -> None:
    """Write a whole file: readers see the old one or the new one, and so does whoever starts the machine again after it
    lost its power. Without `lasting` that may be the old one for some seconds more, and what kills left of it stays.
    Without `over` what is there already stays, and FileExistsError is raised."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
    try:
        with _opened(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, "wb") as file:
            file.write(content)
            file.flush()
            _sync(file.fileno())
        if over or not _linked(temporary, path):
            temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    if lasting:
        sync(path.parent)
        clear_old_remains(path.parent, path.name)


def _linked(old: Path, new: Path) -> bool:
    """Give a file a second name that nothing has yet; False where the file system has no second names."""
    try:
        os.link(old, new)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        if os.path.lexists(new):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(new)) from None
        return False
    return True


def sync(path: Path) -> None:
    """Have what was written to a file, or the names in a directory, on the disk."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, PermissionError):  # nothing written yet; a directory that may be written, but not read
        return
    try:
        _sync(fd)
    finally:
        os.close(fd)


def _sync(fd: int) -> None:
    try:
        os.fsync(fd)
    except OSError as error:
        if error.errno not in NO_SYNC:
            raise


def make_folder(path: Path) -> None:
    """Make a directory unless it is there; what is not one, or a link to one, is refused."""
    try:
        path.mkdir()
    except FileExistsError:
        kind = path.lstat().st_mode
        if stat.S_ISLNK(kind):
            raise OSError(errno.ELOOP, "It is a link", str(path)) from None
        if not stat.S_ISDIR(kind):
            raise OSError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path)) from None


def clear_remains(folder: Path, spared: str | None = None) -> None:
    """Remove what kills left of files that were being replaced in a directory. For who alone writes there, apart from
    one file that is `spared`."""
    for path in folder.iterdir():
        if REMAINS.fullmatch(path.name) and not path.name.startswith(f".{spared}.") and not path.is_dir():
            path.unlink(missing_ok=True)


def clear_old_remains(folder: Path, name: str | None = None) -> None:
    """Remove what kills left of a file, or of any, that was being replaced in a directory where others may write now,
    as far as that may be done. For who has just put a file there: the directory's time and its files' are then of one
    clock, a file server's for instance."""
    with suppress(OSError):
        now = folder.stat().st_mtime
        for path in folder.iterdir():
            if (found := REPLACING.fullmatch(path.name)) and name in (None, found[1]):
                with suppress(OSError):
                    if path.lstat().st_mtime < now - OLD_S:
                        path.unlink()
