"""Programs named as Slurm's are, which note how they were called and answer what the test lays down."""

from __future__ import annotations

import sys
from pathlib import Path

PROGRAMS = {"sbatch": "Submitted batch job 7", "squeue": "", "scancel": "", "scontrol": "", "srun": ""}
SCRIPT = """#!{python}
import pathlib, sys
here, name = pathlib.Path({folder!r}), {name!r}
with (here / "calls").open("a") as calls:
    calls.write(" ".join([name, *sys.argv[1:]]) + "\\n")
print((here / f"{{name}}.out").read_text())
said = (here / f"{{name}}.err").read_text()
sys.stderr.write(said)
sys.exit(bool(said))
"""


class FakeSlurm:
    """A directory for PATH."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name, answer in PROGRAMS.items():
            self.answer(name, answer)
            program = folder / name
            program.write_text(SCRIPT.format(python=sys.executable, folder=str(folder), name=name), encoding="utf-8")
            program.chmod(0o755)

    def answer(self, name: str, out: str = "", err: str = "") -> None:
        """What a program says from now on; it fails when it says something on stderr."""
        (self.folder / f"{name}.out").write_text(out, encoding="utf-8")
        (self.folder / f"{name}.err").write_text(err, encoding="utf-8")

    def calls(self, name: str) -> list[str]:
        """How a program was called, without its name."""
        log = self.folder / "calls"
        lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
        return [line.partition(" ")[2] for line in lines if line.split()[0] == name]
