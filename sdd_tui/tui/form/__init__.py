"""The parts of the form: what the fields are and mean, and their widgets."""
