"""What `w` writes: what there is on a screen to make a picture of, the dialog that asks, and the process that draws.

Invariant: this process never imports matplotlib; only a screen or a panel as SVG is written by it, at once.
"""
