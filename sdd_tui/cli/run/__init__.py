"""Commands that train a run here: run, resume, branch; and what they say of it."""
