"""A run on disk: what the trainer writes and anything may read while it grows. It knows no screen."""
