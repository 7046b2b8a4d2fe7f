"""What went wrong, as a toast: errors name paths and values that others wrote."""

from __future__ import annotations

from typing import Any, Literal

from textual.app import App

from sdd_tui.errors import SddError, plain

LONGEST = 300
"""Characters of an error on the screen."""


def said(error: SddError) -> str:
    """An error as a terminal may have it."""
    return plain(str(error), LONGEST)


def tell(app: App[Any], error: SddError, severity: Literal["warning", "error"] = "error") -> None:
    """Say what went wrong."""
    app.notify(said(error), severity=severity, markup=False)
