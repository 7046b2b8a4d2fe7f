"""What `sdd_tui` offers to notebooks and scripts: recorded runs and sweeps as arrays, training in process, measures.

Every public name is re-exported by `sdd_tui` itself and loaded when it is first asked for.
"""
