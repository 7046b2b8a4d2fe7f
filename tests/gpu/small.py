"""A few steps and evaluations of small models on a GPU, for compute-sanitizer to watch.

compute-sanitizer --tool memcheck python -m tests.gpu.small
"""

from __future__ import annotations

from sdd_tui.engine.data import DataSource, FreshExamples
from sdd_tui.engine.fused_cuda import FusedCUDA
from tests.engine import conformance as c


def main() -> None:
    """Ragged batches with an odd n, tied and untied, few hidden dimensions and many; finite data and fresh."""
    for m, tied in ((2, True), (5, False), (16, True), (64, True)):
        case = c.Case(301, m, (70, 1, 9), 0.97, tied, "relu", (True, False, True), (1e-3,) * 3, (0.01,) * 3, seed=m)
        engine = FusedCUDA("float32")
        state, data = engine.place(case.state()), engine.load(case.data())
        engine.advance(state, data, case.schedule(), 3)
        engine.gradients(state, data, case.schedule())
        engine.evaluate(state, data)
    one = c.Case(301, 2, (1,), 0.97, True, "relu", (True,), (1e-3,), (0.01,), seed=1)
    engine = FusedCUDA("float32")
    state = engine.place(one.state())
    engine.advance(state, engine.load(FreshExamples(DataSource(301, 0.97), 0, 50)), one.schedule(), 3)


if __name__ == "__main__":
    main()
