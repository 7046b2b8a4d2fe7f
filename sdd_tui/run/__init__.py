"""A run on disk: its files, and reading, finding, asking and managing runs.

Invariant: whoever reads sees "not yet", "damaged" or the truth; nothing here trains. Training, sweeps and what
shows runs import it.
"""
