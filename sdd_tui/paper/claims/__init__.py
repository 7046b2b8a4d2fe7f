"""Every claim, by tier: quick (minutes), scaled (half an hour), paper (eight hours), full (another night or a GPU)."""

from __future__ import annotations

from collections.abc import Sequence

from sdd_tui.config import suggest
from sdd_tui.errors import ConfigError, plain
from sdd_tui.paper.claim import Claim, Tier
from sdd_tui.paper.claims.full import FULL
from sdd_tui.paper.claims.paper import PAPER
from sdd_tui.paper.claims.quick import QUICK
from sdd_tui.paper.claims.scaled import SCALED

TIERS: dict[Tier, tuple[Claim, ...]] = {
    "quick": QUICK,
    "scaled": SCALED,
    "paper": PAPER,
    "full": (*QUICK, *SCALED, *PAPER, *FULL),
}
"""What each tier judges; the full one judges everything."""


def chosen(tier: Tier, only: Sequence[str] = ()) -> list[Claim]:
    """The claims of a tier, or those of these names in any tier. Raises ConfigError."""
    known = {claim.key: claim for claim in TIERS["full"]}
    for key in only:
        if key not in known:
            hint = suggest(key, list(known)) or " `sdd verify --list` lists them."
            raise ConfigError(f"--only {plain(key)}: there is no such claim.{hint}")
    return [known[key] for key in dict.fromkeys(only)] or list(TIERS[tier])
