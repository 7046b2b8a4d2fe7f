"""Grids of trainings: which cells there are, in which order, on what they run, and what came out of them.

A sweep is a directory whose cells are ordinary runs. It knows no screen.
"""
