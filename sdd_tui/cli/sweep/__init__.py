"""`sdd sweep` and what it says."""
