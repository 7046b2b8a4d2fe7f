"""Thin widgets around sdd_tui.draw."""
