"""Waiting in tests: for something to be so, never for a time. Only a test that fails waits to the end."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE_S = 120
"""Seconds after which something is taken to be never so; a loaded machine may take a hundred times what an idle one
does."""


def wait_until(holds: Callable[[], object], says: Callable[[], object] = lambda: "") -> None:
    """Wait until something holds; `says` tells what there was instead, when it never does."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, f"waited {PATIENCE_S} s for {holds}: {says()}"
        time.sleep(0.01)
