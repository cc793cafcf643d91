"""Where the animal is."""
