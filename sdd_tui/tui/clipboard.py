"""A panel's numbers to the clipboard by OSC 52, over SSH too; what is too long for it goes to a file.

Terminals drop longer strings without a word (tmux and xterm from about 75 KB on), and over SSH megabytes take minutes.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from textual.app import App

from sdd_tui.panels.numbers import as_json

MOST_BYTES = 52_500
"""Of text, which are 70 KB as they are sent, in base64."""


def copy_numbers(app: App[Any], name: str, title: str, numbers: dict[str, Any]) -> None:
    """Copy a panel's numbers, or the path of a file with them in the working directory; say which."""
    text = json.dumps(as_json(numbers))
    if len(text) <= MOST_BYTES:  # JSON's text is ASCII
        app.copy_to_clipboard(text)
        app.notify(f"The numbers of {title} are in the clipboard.", markup=False, timeout=2)
        return
    path = Path(time.strftime(f"sdd-{name}-%Y%m%d-%H%M%S.json")).absolute()
    try:
        path.write_text(text + "\n")
    except OSError as error:
        words = f"The numbers of {title} are too long for the clipboard, and {path} can't be written: {error.strerror}."
        app.notify(words, severity="error", markup=False)
        return
    app.copy_to_clipboard(str(path))
    words = f"The numbers of {title} are {len(text) / 1e6:.1f} MB, too long for the clipboard: they are in {path}, and"
    app.notify(f"{words} this path is in the clipboard.", markup=False, timeout=6)
