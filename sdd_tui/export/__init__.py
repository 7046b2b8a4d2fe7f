"""Runs and sweeps in the formats of other programs, each written by the library that defines the format.

A run is read as anything else reads it: what it has so far, if it grows; what can be read, if it is damaged.
"""
