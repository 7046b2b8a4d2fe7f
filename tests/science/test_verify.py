"""The claims of the quick tier, trained in full."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.helpers import sdd


@pytest.mark.science
def test_every_quick_claim_holds(runs: Path) -> None:
    done = sdd("verify", "--quick", timeout=1_800)
    print(done.out)
    assert done.code == 0, done.err
