"""The parts of Home: the table of runs and its panel, what is said about a run, the expected pictures."""
