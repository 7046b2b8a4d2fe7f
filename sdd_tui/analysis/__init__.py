"""What a model's parameters mean: dimensionality, geometry, projections, snapshots. Numpy only; O(n m²) or O(T m²).

Whoever shows or measures models imports it; it knows no files and no screen.
"""
