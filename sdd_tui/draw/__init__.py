"""Pictures from numbers and a size: pure functions that both front ends use. Only chart.py imports plotext."""
