"""Times contestants beside each other, for `sdd bench`."""

from __future__ import annotations

from collections.abc import Callable

SETTLE_S = 0.25
"""Seconds before a sample: OpenMP's threads go on spinning for up to 0.2 s after torch's last parallel region."""

SAMPLE_S = 0.15
"""Seconds of one sample at least: a step of 10 µs is timed over thousands."""


def alternate(contestants: dict[str, Callable[[int], None]], rounds: int) -> dict[str, float]:
    """Median seconds a step of each, taking turns so that a machine that slows down slows all of them."""
    import time
    from statistics import median

    def sample(steps: Callable[[int], None], k: int) -> float:
        time.sleep(SETTLE_S)
        began = time.perf_counter()
        steps(k)
        return (time.perf_counter() - began) / k

    counts = {}
    for name, steps in contestants.items():
        sample(steps, 2)  # compile, warm caches, spin up threads
        counts[name] = 1
        while counts[name] * sample(steps, counts[name]) < SAMPLE_S:
            counts[name] *= 2
    samples: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, steps in contestants.items():
            samples[name].append(sample(steps, counts[name]))
    return {name: median(found) for name, found in samples.items()}
