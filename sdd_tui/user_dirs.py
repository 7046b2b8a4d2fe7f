"""Where what belongs to a user lies when nobody names a place: settings, what the app remembers, compiled kernels.

Invariant: nothing is made or looked at here; a user may have no such place. Any floor may import it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import platformdirs

NO_HOME = "this user has no home directory"


def user_dir(kind: Literal["config", "state", "cache"]) -> Path | None:
    """The program's directory of this kind; None without HOME and an entry in passwd, as in some containers."""
    try:
        path = Path(getattr(platformdirs.PlatformDirs("sdd-tui"), f"user_{kind}_dir"))
    except RuntimeError:
        return None
    return path if path.is_absolute() else None  # platformdirs 4.0 to 4.13 answer with ~/.config as it stands


def settings_path() -> Path | None:
    """Where the app's settings lie."""
    folder = user_dir("config")
    return folder / "settings.toml" if folder else None
