"""`sdd verify` and what it says."""
