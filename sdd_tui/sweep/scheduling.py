"""Which cells a worker trains next: those it can lock, and on a GPU those that go into one batch.

Invariant: whether a cell is finished is looked at after its lock is had, so no cell is trained twice.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sdd_tui.errors import BusyError, DeviceFailedError, NoDeviceError, NoRoomError, SddError, plain
from sdd_tui.run.lock import Lock
from sdd_tui.sweep.directory import make_cell
from sdd_tui.sweep.plan import Cell
from sdd_tui.sweep.results import CellResult, Collector, keep
from sdd_tui.sweep.slots import lost_elsewhere

if TYPE_CHECKING:
    from sdd_tui.config import RunConfig


@dataclass(frozen=True)
class HeldCell:
    """A cell that this worker trains."""

    name: str
    run: Path
    lock: Lock
    room: int
    """How many cells like this one go into a batch."""


class Scheduler:
    """What a worker may claim of a sweep."""

    def __init__(
        self,
        folder: Path,
        session: str,
        cells: Mapping[str, Cell],
        own: Collection[str],
        results: Collector,
        room: Callable[[RunConfig], int],
        workers: int,
    ) -> None:
        """`own`: cells that come first; `room`: how many models like one go into a batch; `workers`: of all of them."""
        self._folder, self._session, self._cells, self._own = folder, session, cells, own
        self._results, self._room, self._workers = results, room, max(1, workers)

    def take(self, open_cells: list[str]) -> list[HeldCell]:
        """Cells that are ours now, of the worker's group if there are any: the first that is free, and those that go
        into a batch with it."""
        found: list[HeldCell] = []
        try:
            self._take(open_cells, found)
        except SddError:
            for claim in found:
                claim.lock.release()
            raise
        return found

    def _take(self, open_cells: list[str], found: list[HeldCell]) -> None:
        share = max(1, -(-len(open_cells) // self._workers))  # no worker takes what others could do at once
        for name in sorted(open_cells, key=lambda name: name not in self._own):
            try:
                room = 1 if self._results.attempts(name) else min(share, self._room(self._cells[name].config))
                if found and not self._goes_with(found, name, room):
                    continue
                run = make_cell(self._folder, self._cells[name])
                lock = Lock(run)
            except BusyError:
                continue
            except (NoRoomError, NoDeviceError, DeviceFailedError):  # which the other cells would meet as well
                raise
            except SddError as error:  # its data or its device is gone: the others go on
                keep(self._folder, self._failed(name, plain(str(error), 300)))
                continue
            self._results.poll()
            failed_now = self._results.attempts(name) > 0 and room > 1
            if failed_now or name not in self._results.open([name], self._session):
                lock.release()
            elif host := lost_elsewhere(self._folder, name):
                keep(self._folder, self._failed(name, f"its worker on {plain(host, 60)} was lost"))
                lock.release()
            else:
                found.append(HeldCell(name, run, lock, room))
                if len(found) >= min(claim.room for claim in found):
                    return

    def _goes_with(self, claims: list[HeldCell], name: str, room: int) -> bool:
        """Whether there is room for a cell in the batch of others."""
        if len(claims) >= min(room, *(claim.room for claim in claims)):
            return False
        from sdd_tui.engine.setup import batch_kind

        return batch_kind(self._cells[name].config) == batch_kind(self._cells[claims[0].name].config)

    def _failed(self, name: str, why: str) -> CellResult:
        """A cell that could not be begun, or whose worker went down together with the task or the host it was on."""
        attempts = self._results.attempts(name) + 1
        return CellResult(name, "failed", attempts=attempts, reason=why, session=self._session)
