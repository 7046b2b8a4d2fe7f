"""The Textual app: a viewer of run directories. It never trains, and never imports torch or numba."""
