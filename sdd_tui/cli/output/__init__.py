"""What commands share: options, bars, pictures on stdout."""
