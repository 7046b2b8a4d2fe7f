"""What is computed: data, metrics, geometry, engines and the training loop. No files, no printing, no screen."""
