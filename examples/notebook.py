"""Trains a small model in this process, watches it, and measures what it learned. Takes a few seconds."""

import numpy as np

import sdd_tui

# Any preset, with the paper's symbols or dotted names as keywords; run_dir="runs/mine" keeps it for the app and `sdd`.
seen = []
result = sdd_tui.train("quick", T=5, seed=4, callback=lambda moment: seen.append(moment.metrics["test_loss"]))

W, b = result.parameters.W, result.parameters.b  # (m, n) and (n,)
print(f"W {W.shape}, {len(seen)} recorded steps, test loss {seen[-1]:.4f}, {result.outcome['solution']}")
losses = result.table  # the recorded losses: a pandas.DataFrame, or a dict of arrays without pandas
print(f"{len(losses['step'])} rows of {', '.join(losses)}")

# Every recorded frame, as arrays over k steps: W (k, m, n), H (k, m, T), D_f (k, n), D_X (k, T).
frames = result.frames
print(f"largest D_f {frames.D_f[-1].max():.3f}; D_X {np.round(frames.D_X[-1], 3)}, m/T = {2 / 5}")

# The paper's measures are functions on arrays, for models of your own too.
X = frames.examples.dense()  # (T, n)
H = sdd_tui.hidden_vectors(W, X)  # (m, T)
assert np.allclose(sdd_tui.example_dimensionality(H), frames.D_X[-1])
assert np.isclose(sdd_tui.loss(W, b, X), result.metrics["train_loss"][-1])
print(f"a regular polygon with {sdd_tui.geometry(H).polygon} corners, gaps {np.round(sdd_tui.geometry(H).gaps)}")
