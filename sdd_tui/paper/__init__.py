"""The paper's claims as data: its numbers, how each is judged from finished cells, and the report of the verdicts.

It stands on sweeps and knows no screen.
"""
