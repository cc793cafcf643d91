"""Training the rosette model: pictures of flanks to a weights bundle (docs/training.md)."""
