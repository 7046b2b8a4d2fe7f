"""The commands of the README's section about clusters."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

README = Path(__file__).parent.parent.parent / "README.md"
SECTION = "## Sweeps on a cluster\n"


def commands() -> list[list[str]]:
    """Each as a list of words without `sdd`."""
    section = README.read_text(encoding="utf-8").split(SECTION)[1].split("\n## ")[0]
    (block,) = re.findall(r"^```\n(.*?)^```", section, re.M | re.S)
    return [shlex.split(line)[1:] for line in block.splitlines()]
