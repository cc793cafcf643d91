"""What can be evaluated: comparers by name, shortlists, fusions."""
