"""From raw scores to calibrated evidence."""
