"""A sweep on a Slurm cluster: its job files, its tasks, and what the queue says of them."""
