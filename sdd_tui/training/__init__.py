"""The process that trains one run into its directory: recording, resuming, branching, requests, events.

Invariant: a run resumed after any end has the bits of the undisturbed one. Sweeps, notebooks and the two front ends
import it.
"""
