"""The wheel and the sdist hold what a run needs: built, unpacked elsewhere, and run from an empty directory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def run(*command: str, cwd: Path, **env: str) -> str:
    found = subprocess.run(command, cwd=cwd, env=os.environ | env, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    return found.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT), cwd=out)
    return out


@pytest.fixture(scope="module")
def site(built: Path) -> Path:
    """The wheel, installed."""
    return installed(next(built.glob("*.whl")), built / "site")


def installed(package: Path, site: Path) -> Path:
    install = [
        "install",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "--no-compile",
        "--target",
        str(site),
        str(package),
    ]
    run(sys.executable, "-m", "pip", *install, cwd=site.parent)
    return site


def test_the_sdist_installs_the_same_files_as_the_wheel(built: Path, site: Path, tmp_path: Path) -> None:
    def files(where: Path) -> dict[str, bytes]:
        found = {str(p.relative_to(where)): p.read_bytes() for p in where.rglob("*") if p.is_file()}
        own = ("RECORD", "direct_url.json", "__pycache__")  # pip's own words about what it was given
        return {name: data for name, data in found.items() if not any(word in name for word in own)}

    other = installed(next(built.glob("*.tar.gz")), tmp_path / "site")
    assert files(other) == files(site)
    ours = {str(p.relative_to(ROOT)) for p in (ROOT / "sdd_tui").rglob("*") if p.is_file()}
    assert {name for name in ours if "__pycache__" not in name} <= set(files(site))


def test_an_installed_package_trains_a_preset(site: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    sdd = [sys.executable, "-m", "sdd_tui"]
    where = run(sys.executable, "-c", "import sdd_tui; print(sdd_tui.__file__)", cwd=empty, PYTHONPATH=str(site))
    assert where.startswith(str(site))
    assert (site / "sdd_tui/presets/expected/pentagon.json").exists()
    assert "polygons" in run(*sdd, "sweep", "presets", cwd=empty, PYTHONPATH=str(site))
    assert "pentagon" in run(*sdd, "presets", cwd=empty, PYTHONPATH=str(site))
    result = json.loads(run(*sdd, "run", "quick", "optim.steps=500", "--json", cwd=empty, PYTHONPATH=str(site)))
    assert result["status"] == "finished"
    assert (empty / "runs" / result["run"] / "frames.bin").exists()


def test_every_dependency_has_a_reason_and_a_tested_version() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    project = tomllib.loads(text)["project"]
    pinned = {line.split("==")[0].lower() for line in (ROOT / "constraints.txt").read_text().splitlines()}
    extras = project["optional-dependencies"]
    for requirement in [*project["dependencies"], *(r for extra in extras.values() for r in extra)]:
        line = next(line for line in text.splitlines() if f'"{requirement}"' in line)
        assert "# " in line, requirement
        if requirement.startswith("sdd-tui[") or requirement in extras["gpu"]:
            continue  # the latter: nothing of it is installed where these tests run
        name = requirement.split(">")[0].split("<")[0].lower()
        assert name in pinned or name.replace("-", "_") in pinned, name
