"""A panel's numbers to the clipboard by OSC 52, over SSH too; what is too long for it goes to a file.

Terminals drop longer strings without a word (tmux and xterm from about 75 KB on), and over SSH megabytes take minutes.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

from textual.app import App

from sdd_tui.errors import SddError, plain
from sdd_tui.panels.catalogue import measured
from sdd_tui.panels.panel import Panel, V
from sdd_tui.panels.view_options import ViewOptions
from sdd_tui.tui.toast import tell

MOST_BYTES = 52_500
"""Of text, which are 70 KB as they are sent, in base64."""


def copy_numbers(app: App[Any], panel: Panel[V], view: V, options: ViewOptions) -> None:
    """Copy a panel's numbers, or the path of a file with them in the working directory; say which."""
    try:
        text = json.dumps(measured(panel, view, options))
    except SddError as error:
        tell(app, error)
        return
    if len(text) <= MOST_BYTES:  # JSON's text is ASCII
        app.copy_to_clipboard(text)
        app.notify(f"The numbers of {panel.title} are in the clipboard.", markup=False, timeout=2)
        return
    what = f"The numbers of {panel.title}"
    path = Path(time.strftime(f"sdd-{panel.name}-%Y%m%d-%H%M%S.json"))
    try:
        path = Path.cwd() / path  # fails in a directory that is gone
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        words = f"{what} are too long for the clipboard, and {plain(str(path), 300)} can't be written"
        app.notify(f"{words}: {error.strerror}.", severity="error", markup=False)
        return
    shown = plain(str(path), 300)
    app.copy_to_clipboard(os.fsencode(path).decode("utf-8", "replace"))  # a path can be any bytes
    words = f"{what} are {len(text) / 1e6:.1f} MB, too long for the clipboard: they are in {shown}, and this path is in"
    app.notify(f"{words} the clipboard.", markup=False, timeout=6)
