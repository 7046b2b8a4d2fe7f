"""The headless command line: stdout is data, stderr is words. One file a command; heavy imports inside functions."""
