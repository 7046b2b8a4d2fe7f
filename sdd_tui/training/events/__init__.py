"""What happens in a run, found in its losses and frames while they are recorded."""
