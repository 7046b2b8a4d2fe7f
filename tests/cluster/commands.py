"""The commands of the page about clusters."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

PAGE = Path(__file__).parent.parent.parent / "docs" / "cluster.md"


def commands() -> list[list[str]]:
    """Each as a list of words without `sdd`."""
    (block,) = re.findall(r"^```\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    return [shlex.split(line)[1:] for line in block.splitlines()]
